"""What the relation scorer says of every pair of entities in a document, ready to be asked by entity.

The scorer stands beside the rules: it confirms or vetoes what they found, and adds links that no rule states (see `judging.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.core.facts import Label, Mention, Span
from pipeline.extraction.neural.relations import Named, RelationModel, Scores, candidates_of


@dataclass(frozen=True, slots=True)
class Link:
    """One pair of entities judged: a family (`agreement`, `member`, `funding`), both entity keys, both mentions and the scores.

    Agreement: in the order of the text. Member: `a` is the project. Funding: `a` is the beneficiary.
    """

    family: str
    a: str
    b: str
    a_span: Span
    b_span: Span
    scores: Scores

    @property
    def probability(self) -> float:
        """Calibrated probability that the text states the link."""
        return self.scores.probability


@dataclass(frozen=True, slots=True)
class Links:
    """The surest judgement of each pair; `method` is the scorer's name and version."""

    method: str
    judged: Mapping[tuple[str, str, str], Link]

    def of(self, family: str, a: str, b: str) -> Link | None:
        """The judgement of a pair; of an agreement in either order."""
        return self.judged.get((family, a, b)) or (self.judged.get((family, b, a)) if family == "agreement" else None)

    def family(self, name: str, *, least: float) -> list[Link]:
        """The links of a family that are at least so probable, the surest first."""
        found = [link for link in self.judged.values() if link.family == name and link.probability >= least]
        return sorted(found, key=lambda link: (-link.probability, link.a_span, link.b_span))


def judge_pairs(model: RelationModel, text: str, mentions: Sequence[Mention], *, least: float) -> Links:
    """Let the scorer judge every candidate pair of a document.

    Args:
        model: the relation scorer.
        text: the cleaned text.
        mentions: keyed mentions; weak ones and places are no candidates.
        least: score below which a mention is weak.
    """
    named = [Named(m.span, m.label, m.entity) for m in mentions if m.score > least and m.label is not Label.PLACE]
    keys = {m.span: m.entity for m in named}
    candidates = candidates_of(named)
    best: dict[tuple[str, str, str], Link] = {}
    for candidate, scores in zip(candidates, model.score(text, candidates), strict=True):
        a, b = keys[candidate.a], keys[candidate.b]
        key = pair_key(candidate.kind, a, b, best)
        if key not in best or best[key].probability < scores.probability:
            best[key] = Link(candidate.kind, a, b, candidate.a, candidate.b, scores)
    return Links(model.name_version, best)


def pair_key(family: str, a: str, b: str, known: Mapping[tuple[str, str, str], Link]) -> tuple[str, str, str]:
    """Key of a pair: of an agreement the order that is already known."""
    return (family, b, a) if family == "agreement" and (family, b, a) in known else (family, a, b)
