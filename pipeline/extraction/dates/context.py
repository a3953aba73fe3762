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
_STRETCH = 10  # days of a fair or a mission, of which a weekday alone can be one
_ENTRY = 8
_BULLET = re.compile(r"[^\w\n]*(?:[Ll]e |[Dd]u )?")
_HEADED = re.compile(r"\s?:|\s[–—-]\s|[ \t]{2,}")
_OPENING = 24  # a year this near to the beginning of its sentence frames what follows ("En 2015, …")


@dataclass(frozen=True, slots=True)
class Anchor:
    """An explicit date already read: where it begins, its year, and how fine it is (`Point.rank`)."""

    offset: int
    year: int
    rank: int


@dataclass(slots=True)
class Context:
    """One document while it is read.

    `reference` is the publication date, `named_year` the year of a masked event name, `told` the first day of what was told last,
    `told_day` the day that was told last, `stretch` the first and last of the few days that were told last.
    """

    text: str
    reference: date | None = None
    named_year: int | None = None
    anchors: list[Anchor] = field(default_factory=list)
    told: date | None = None
    told_day: date | None = None
    stretch: tuple[date, date] | None = None
    _breaks: list[int] | None = None

    def tell(self, first: date | None, last: date | None) -> None:
        """Remember what was told last by its first and last day, None for a duration."""
        if first is None or last is None:
            return
        self.told = first
        if first == last:
            self.told_day = first
        elif (last - first).days <= _STRETCH:
            self.stretch = (first, last)

    def is_entry(self, start: int, end: int) -> bool:
        """Whether a span heads an entry of a list: only a bullet before it on its line, a colon or a spaced dash behind it."""
        floor = max(0, start - _ENTRY)
        before = self.text[max(floor, self.text.rfind("\n", floor, start) + 1) : start]
        return _BULLET.fullmatch(before) is not None and _HEADED.match(self.text, end) is not None

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

    def tense(self, start: int, end: int, *, firm: bool = False) -> str | None:
        """`past` or `future` by the nearest verb in the clause, else by a participle; None without either. `firm` trusts no participle."""
        first, last = self.sentence(start, end)
        before = _CLAUSE.split(self.text[max(first, start - _REACH) : start].lower())[-1]
        after = _CLAUSE.split(self.text[end : min(last, end + _REACH)].lower(), maxsplit=1)[0]
        at = load_cues()["tense"]
        if at["past_at"].search(before) or at["future_at"].search(before):
            return "past" if at["past_at"].search(before) else "future"
        nearest, tense = min((_distance(before, after, tense), tense) for tense in ("future", "past", "passive")[: 2 if firm else 3])
        if nearest <= _REACH:
            return "future" if tense == "future" else "past"
        return "past" if not firm and _distance(before, after, "participle") <= _REACH else None

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
