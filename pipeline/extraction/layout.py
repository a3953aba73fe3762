"""Cleaned text → lines and sentences.

A press text is more than prose: headings, bulleted items and table rows state facts too. A sentence never crosses the end of a line, and
an item knows the sentence that introduces it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.core.facts import Span

BULLET = re.compile(r"[ \t\u00a0]*(?:[-–—•·*▪►◦○■>✓➢→]|\(?\d{1,2}[.)/°]-?|[a-z][.)])[ \t\u00a0]+(?=\S)")
LINE = re.compile(r"[^\n]+")
STOP = re.compile(r"(?:[.!?…]+|\.{3})(?:[\s\u00a0]*[»”\")\]])?(?=[\s\u00a0]+[«“\"(\[–—-]?[\s\u00a0]*[A-ZÀ-ÖØ-Þ0-9])")
ABBREVIATION = re.compile(
    r"(?:\b(?:M|MM|Mme|Mmes|Mlle|Dr|Drs|Pr|Prs|St|Ste|n|no|p|art|av|bd|cf|etc|env|vol|éd|ex|tél|Inc|Ltd|Co|Corp|vs|Me|Mgr|approx|resp)|\b[A-Z]|\bU\.S|\bB\.V|\bS\.A)\.$"
)
HEADING_LENGTH = 110
CELL = re.compile(r"\t|\s\|\s|\S {3,}\S")


class Kind(StrEnum):
    """What a sentence belongs to."""

    PROSE = "prose"
    HEADING = "heading"
    ITEM = "item"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, heading, list item or table row.

    `line` counts lines with content; `intro` is the index of the sentence that introduces an item.
    """

    index: int
    span: Span
    kind: Kind
    line: int
    intro: int | None = None


def split_sentences(text: str) -> list[Sentence]:
    """All sentences of a text, in order; together they hold every character that is not white space."""
    sentences: list[Sentence] = []
    intro: int | None = None
    for number, match in enumerate(line for line in LINE.finditer(text) if not line.group().isspace()):
        kind = line_kind(match.group())
        for span in sentence_spans(text, match.start(), match.end()):
            sentences.append(Sentence(len(sentences), span, kind, number, intro if kind in (Kind.ITEM, Kind.ROW) else None))
        if kind in (Kind.PROSE, Kind.HEADING):
            intro = len(sentences) - 1
    return sentences


def line_kind(line: str) -> Kind:
    """What a line is, by its shape alone."""
    stripped = line.strip()
    if CELL.search(stripped):
        return Kind.ROW
    if BULLET.match(line):
        return Kind.ITEM
    return Kind.HEADING if len(stripped) <= HEADING_LENGTH and not re.search(r"[.;:!?…»\"”,]$", stripped) else Kind.PROSE


def sentence_spans(text: str, start: int, end: int) -> list[Span]:
    """Split one line `[start, end)` at sentence ends, abbreviations aside."""
    spans, first = [], start
    for stop in STOP.finditer(text, start, end):
        if not ABBREVIATION.search(text[max(first, stop.end() - 8) : stop.end()]):
            spans.append(trim(text, first, stop.end()))
            first = stop.end()
    last = trim(text, first, end)
    return [*spans, last] if last.start < last.end else spans


def trim(text: str, start: int, end: int) -> Span:
    """The range without white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def sentence_at(sentences: Sequence[Sentence], position: int) -> Sentence:
    """The sentence that holds a position, else the last one that starts before it.

    Args:
        sentences: not empty, sorted, as `split_sentences` gives them.
        position: offset in code points.
    """
    low, high = 0, len(sentences)
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if sentences[middle].span.start <= position else (low, middle)
    return sentences[low]
