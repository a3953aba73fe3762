"""What surrounds an expression: its sentence, the tense near it, and the years that the passage and the document are about."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from pipeline.extraction.dates.cues import load_cues

_BOUNDARY = re.compile(r"(?<=[.!?…])[\"»)”]?\s+(?=[\W]{0,2}[A-ZÀ-ÖØ-Þ])|\n")
_CLAUSE = re.compile(r"[;:]\s|,\s(?:ce\s)?(?=qui\b|que\b|qu['’]|dont\b|où\b|alors\sque\b|tandis\sque\b)")
_REACH = 160  # code points on either side in which a tense is looked for: two long clauses
_FAR = 1000  # code points beyond which a sentence is no sentence: keeps the time linear
_OPENING = 24  # a year this near to the beginning of its sentence frames what follows ("En 2015, …")


@dataclass(frozen=True, slots=True)
class Anchor:
    """An explicit date already read: where it begins, its year, and how fine it is (`Point.rank`)."""

    offset: int
    year: int
    rank: int
    day: date | None = None


@dataclass(slots=True)
class Context:
    """One document while it is read.

    `reference` is the publication date, `named_year` the year of a masked event name, `told` the first day of what was told last,
    `told_day` the day that was told last.
    """

    text: str
    reference: date | None = None
    named_year: int | None = None
    anchors: list[Anchor] = field(default_factory=list)
    told: date | None = None
    told_day: date | None = None
    _breaks: list[int] | None = None

    def tell(self, first: date | None, *, exact: bool) -> None:
        """Remember what was told last; `exact` if it is one day."""
        self.told = first or self.told
        self.told_day = (first if exact else None) or self.told_day

    @property
    def breaks(self) -> list[int]:
        """The offsets at which sentences begin, ascending."""
        if self._breaks is None:
            self._breaks = [0, *(match.end() for match in _BOUNDARY.finditer(self.text))]
        return self._breaks

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The code points of the sentence around a span, half-open, cut where it is far longer than sentences are."""
        first = max(0, bisect_right(self.breaks, start) - 1)
        after = bisect_left(self.breaks, max(end, start + 1))
        last = self.breaks[after] if after < len(self.breaks) else len(self.text)
        return max(self.breaks[first], start - _FAR), min(last, end + _FAR)

    def tense(self, start: int, end: int) -> str | None:
        """`past` or `future` by the nearest verb in the clause, else by a participle alone, None without either."""
        first, last = self.sentence(start, end)
        before = _CLAUSE.split(self.text[max(first, start - _REACH) : start].lower())[-1]
        after = _CLAUSE.split(self.text[end : min(last, end + _REACH)].lower(), maxsplit=1)[0]
        at = load_cues()["tense"]
        if at["past_at"].search(before) or at["future_at"].search(before):
            return "past" if at["past_at"].search(before) else "future"
        nearest, tense = min((_distance(before, after, tense), tense) for tense in ("future", "past"))
        if nearest <= _REACH:
            return tense
        return "past" if _distance(before, after, "participle") <= _REACH else None

    def same_sentence_year(self, start: int, end: int) -> int | None:
        """The year of the day or month told nearest to a span in its sentence, before it if possible."""
        first, last = self.sentence(start, end)
        near = [anchor for anchor in self._between(first, last) if anchor.rank >= 2]
        before = [a for a in self._between(first, start) if a.rank >= 2 or self.reference is None]
        return before[-1].year if before else near[0].year if near else None

    def frame_year(self, start: int) -> int | None:
        """The year that the paragraph's latest sentence opening sets (`En 2015, …`), None without one."""
        floor = max(0, start - 2 * _FAR)
        paragraph = max(floor, self.text.rfind("\n", floor, start) + 1)
        for anchor in reversed(self._between(paragraph, start)):
            if anchor.offset - self.sentence(anchor.offset, anchor.offset + 1)[0] <= _OPENING and anchor.rank == 1:
                return anchor.year
        return None

    def document_year(self) -> int | None:
        """The year told most often, the first of those that tie; else the year in an event's name."""
        counts = Counter(anchor.year for anchor in self.anchors)
        return max(counts, key=lambda year: counts[year]) if counts else self.named_year

    def _between(self, start: int, end: int) -> list[Anchor]:
        low = bisect_left(self.anchors, start, key=lambda anchor: anchor.offset)
        return self.anchors[low : bisect_left(self.anchors, end, key=lambda anchor: anchor.offset)]


def _distance(before: str, after: str, tense: str) -> int:
    """Code points to the nearest cue of a tense, more than the reach if there is none; what follows counts threefold."""
    pattern = load_cues()["tense"][tense]
    left = max((match.end() for match in pattern.finditer(before)), default=-1)
    right = pattern.search(after)
    return min(len(before) - left if left >= 0 else _REACH + 1, 3 * right.start() if right else _REACH + 1)
