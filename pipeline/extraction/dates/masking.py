"""Where no date is read: programme and event names, © lines, teasers, archive lists, web addresses."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from pipeline.core.facts import Span
from pipeline.extraction.dates.cues import load_cues, load_patterns
from pipeline.extraction.dates.lexicon import load_atoms

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_AT = re.compile(r"@\S{1,253}")
_LOCAL_PART = 64
_SHORT_LINE = 140  # a teaser or an archive entry; a paragraph is longer
_BLOCK_LINES = 25
_LIST_ENTRY = re.compile(r"[ \t>*•|-]{0,5}(?:(?P<month>[^\W\d]{3,9}) )?(?:19|20)[0-9]{2}(?: ?\([0-9]{1,4}\))?[ \t]*")
_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")


def _block_end(text: str, start: int) -> int:
    """The end of the short lines that follow a heading such as `Archives`."""
    end = start
    for _ in range(_BLOCK_LINES):
        stop = text.find("\n", end + 1)
        stop = len(text) if stop < 0 else stop
        if stop - end > _SHORT_LINE or stop <= end:
            break
        end = stop
    return end


def _lines(text: str) -> Iterator[tuple[int, str]]:
    offset = 0
    for line in text.split("\n"):
        yield offset, line
        offset += len(line) + 1


def _is_entry(line: str) -> bool:
    """Whether a folded line is nothing but a month with its year, or a year: an entry of an archive menu."""
    match = _LIST_ENTRY.fullmatch(line) if len(line) < 40 else None
    atom = load_atoms().get(match.group("month")) if match and match.group("month") else None
    return match is not None and (match.group("month") is None or (atom is not None and atom.kind.startswith("month")))


def _archive_lists(folded: str) -> Iterator[Span]:
    """Runs of three and more lines that hold a month or a year alone."""
    run: list[tuple[int, int]] = []
    for offset, line in [*_lines(folded), (len(folded), "end")]:
        if _is_entry(line):
            run.append((offset, offset + len(line)))
        elif line.strip():
            if len(run) >= 3:
                yield Span(run[0][0], run[-1][1])
            run = []


def _names(text: str, folded: str) -> Iterator[Span]:
    """Programme names with a year; `à l'horizon 2020` is none, nor is the whole `l'horizon 2030`."""
    for match in load_cues()["name"]["programme"].finditer(folded):
        aim = folded[max(0, match.start() - 2) : match.start()] == "l'" and text[match.start()].islower()
        if not aim and (text[match.start()].isupper() or folded.startswith("horizon", match.start())):
            yield Span(match.start(), match.end())


def masked_spans(text: str, folded: str) -> list[Span]:
    """The spans of a text inside which a number or a month is no date, by the lists in `models/dates/cues.csv`."""
    spans = [*_names(text, folded), *_archive_lists(folded), *_menus(folded)]
    spans += [Span(m.start(), m.end()) for pattern in load_patterns("mask", "rest") for m in pattern.finditer(folded)]
    spans += [Span(m.start(), m.end()) for m in _ADDRESS.finditer(text)]
    return spans + [Span(max(0, m.start() - _LOCAL_PART, _blank_before(text, m.start())), m.end()) for m in _AT.finditer(text)]


def _blank_before(text: str, offset: int) -> int:
    return text.rfind(" ", max(0, offset - _LOCAL_PART), offset) + 1


def _menus(folded: str) -> Iterator[Span]:
    """Lines that begin as teasers do, and the short lines under a heading such as `Archives`."""
    masks = load_cues()["mask"]
    for offset, _ in _lines(folded):
        line, block = masks["line"].match(folded, offset), masks["block"].match(folded, offset)
        if line is not None:
            yield Span(line.start(), line.end())
        if block is not None:
            yield Span(block.start(), _block_end(folded, block.end()))


class Masks:
    """Spans merged and sorted, so that asking whether one is hit takes logarithmic time."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: Iterable[Span]) -> None:
        self._starts, self._ends = list[int](), list[int]()
        for span in sorted(spans):
            if self._ends and span.start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], span.end)
            elif span.end > span.start:
                self._starts.append(span.start)
                self._ends.append(span.end)

    def hit(self, span: Span) -> bool:
        """Whether a span shares a code point with a masked one."""
        index = bisect_left(self._starts, span.end) - 1
        return index >= 0 and self._ends[index] > span.start


def year_in_names(text: str, folded: str, masks: Sequence[Span]) -> int | None:
    """The year in the first masked name that is no programme: `BIO 2010` tells when its document is set."""
    programmes = Masks(Span(m.start(), m.end()) for m in load_cues()["name"]["programme"].finditer(folded))
    for span in sorted(masks):
        match = _YEAR.search(text, span.start, span.end)
        if match is not None and not programmes.hit(span):
            return int(match.group())
    return None
