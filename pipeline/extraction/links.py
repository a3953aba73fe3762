"""What the relation scorer says of every pair of entities in a document, ready to be asked by entity.

The scorer stands beside the rules: it confirms or vetoes what they found, and adds links that no rule states (see `judging.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.core.facts import Mention
from pipeline.extraction.neural.relations import Named, Pair, RelationModel, Scores, pairs_of


@dataclass(frozen=True, slots=True)
class Link:
    """One pair of entities with what the scorer says of it."""

    pair: Pair
    scores: Scores

    @property
    def a(self) -> str:
        """Entity key of the first: of a member's project, of a beneficiary, of who is located."""
        return self.pair.a

    @property
    def b(self) -> str:
        """Entity key of the second."""
        return self.pair.b

    @property
    def probability(self) -> float:
        """Calibrated probability that the text states the link."""
        return self.scores.probability


@dataclass(frozen=True, slots=True)
class Links:
    """The judgement of each pair; `method` is the scorer's name and version."""

    method: str
    judged: Mapping[tuple[str, str, str], Link]

    def of(self, family: str, a: str, b: str) -> Link | None:
        """The judgement of a pair; of an agreement in either order."""
        return self.judged.get((family, a, b)) or (self.judged.get((family, b, a)) if family == "agreement" else None)

    def family(self, name: str, *, least: float) -> list[Link]:
        """The links of a family that are at least so probable, the surest first."""
        found = [link for link in self.judged.values() if link.pair.family == name and link.probability >= least]
        return sorted(found, key=lambda link: (-link.probability, link.pair.a_span, link.pair.b_span))


def judge_pairs(model: RelationModel, text: str, mentions: Sequence[Mention], *, least: float) -> Links:
    """Let the scorer judge every pair of entities of a document that a fact may link.

    Args:
        model: the relation scorer.
        text: the cleaned text.
        mentions: keyed mentions; weak ones are in no pair.
        least: score up to which a mention is weak.
    """
    named = [Named(m.span, m.label, m.entity) for m in mentions if m.score > least]
    pairs = pairs_of(named)
    scored = zip(pairs, model.score(text, named, pairs), strict=True)
    return Links(model.name_version, {(pair.family, pair.a, pair.b): Link(pair, scores) for pair, scores in scored})
