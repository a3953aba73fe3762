"""Near-misses for a reviewer: pairs of rows that look alike but were not merged, each with an explained score.

Method: rows that share a rare word or a beginning are compared by rapidfuzz (the better of plain and word-set likeness); countries and
kinds raise or lower the score. Nothing is merged here.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz import fuzz

from pipeline.core.names import fold, fold_words
from pipeline.core.territories import sure_names
from pipeline.resolution.linking import UNKNOWN_KIND
from pipeline.resolution.normal import is_generic, thresholds
from pipeline.resolution.values import Family, Resolution, ResolvedEntity

BEGINNING = 4


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two rows, by id, that may be one; `score` from 0 to 1 and what it is made of, in words."""

    left: str
    right: str
    score: float
    reasons: tuple[str, ...]


def suggestions(resolution: Resolution, *, least: float | None = None) -> list[Suggestion]:
    """Pairs that a reviewer should see, the likeliest first.

    Args:
        resolution: the rows.
        least: least score; by default `similar` of `models/resolution/thresholds.csv`.

    Returns:
        Pairs of one table that nobody judged different.
    """
    limit = thresholds()["similar"] if least is None else least
    tables = (resolution.organisations, resolution.projects, resolution.programmes)
    pairs = (pair for rows in tables for pair in candidates(rows) if frozenset((pair[0].id, pair[1].id)) not in resolution.apart)
    scored = (compared(left, right) for left, right in pairs)
    return sorted((found for found in scored if found.score >= limit), key=lambda found: (-found.score, found.left, found.right))


def candidates(rows: Sequence[ResolvedEntity]) -> Iterator[tuple[ResolvedEntity, ResolvedEntity]]:
    """Pairs of rows that share a rare word or the beginning of a name, each once."""
    blocks: defaultdict[str, set[int]] = defaultdict(set)
    for index, row in enumerate(rows):
        for alias in forms(row):
            for key in {fold(alias)[:BEGINNING], *(word for word in fold_words(alias) if len(word) >= BEGINNING)}:
                blocks[key].add(index)
    rare = [sorted(block) for block in blocks.values() if 1 < len(block) <= thresholds()["common_word"]]
    for left, right in sorted({pair for block in rare for pair in combinations(block, 2)}):
        yield rows[left], rows[right]


def forms(row: ResolvedEntity) -> tuple[str, ...]:
    """The names of a row that name something: not `le pôle wallon`, nor a territory's."""
    family: Family = {"project": "project", "programme": "programme"}.get(row.kind, "organisation")  # type: ignore[assignment]
    named = (name for name in row.aliases if not is_generic(name, family))
    return tuple(name for name in named if name == row.name or " ".join(fold_words(name)) not in sure_names())


def compared(left: ResolvedEntity, right: ResolvedEntity) -> Suggestion:
    """Score of a pair and its reasons."""
    likeness, one, other = max((alike(a, b), a, b) for a in forms(left) for b in forms(right))
    score, reasons = likeness, [f"« {one} » and « {other} » are {likeness:.0%} alike"]
    for amount, reason in adjustments(left, right):
        score += amount
        reasons.append(f"{reason} ({amount:+.2f})")
    return Suggestion(left.id, right.id, round(min(max(score, 0.0), 1.0), 4), tuple(reasons))


def alike(left: str, right: str) -> float:
    """Likeness of two names from 0 to 1: of their letters, or of their words whatever their order, a little less."""
    words = fuzz.token_set_ratio(" ".join(fold_words(left)), " ".join(fold_words(right)))
    return max(fuzz.ratio(fold(left), fold(right)), 0.9 * words) / 100


def adjustments(left: ResolvedEntity, right: ResolvedEntity) -> Iterator[tuple[float, str]]:
    """What raises or lowers a score, and why."""
    if left.country_code and right.country_code:
        same = left.country_code == right.country_code
        told = f"both in {left.country_code}" if same else f"one in {left.country_code}, one in {right.country_code}"
        yield (thresholds()["same_country"] if same else -thresholds()["other_country"]), told
    if left.kind != right.kind and UNKNOWN_KIND not in (left.kind, right.kind):
        yield -thresholds()["other_kind"], f"one {left.kind}, one {right.kind}"
