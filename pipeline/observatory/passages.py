"""A document's text cut where quotes begin and end, so that each can be marked and jumped to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.observatory.catalogue import Quote
from pipeline.observatory.reading import Row


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters: the anchors that begin at it, and whether a quote covers it."""

    anchors: tuple[str, ...]
    text: str
    marked: bool


def pieces(text: str, quotes: Iterable[Quote], dates: Iterable[Row]) -> Iterator[Piece]:
    """The text in pieces; quotes may overlap, dates only give anchors."""
    spans = {(quote.start, quote.end) for quote in quotes}
    places = spans | {(row["char_start"], row["char_end"]) for row in dates}
    anchors: dict[int, list[str]] = {}
    for start, end in sorted(places):
        anchors.setdefault(start, []).append(f"c{start}-{end}")
    cuts = sorted({0, len(text), *(cut for span in spans for cut in span), *anchors})
    depth = changes(spans)
    covered = 0
    for start, end in zip(cuts, cuts[1:], strict=False):
        covered += depth.get(start, 0)
        yield Piece(tuple(anchors.get(start, ())), text[start:end], marked=covered > 0)


def changes(spans: Iterable[tuple[int, int]]) -> dict[int, int]:
    """By how much the number of quotes over the text changes at each place."""
    found: dict[int, int] = {}
    for start, end in spans:
        found[start] = found.get(start, 0) + 1
        found[end] = found.get(end, 0) - 1
    return found
