"""Puts back lists and tables that main-text extraction dropped from the middle of a text.

Extraction judges a block by its share of running words, so a list of partners or a small table may go. One comes back where the words right
before it were kept, unless it stands in a menu or consists of links.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.documents.layout import LISTS, block_lines, lines_of, squeeze

OUTSIDE = ("nav", "header", "footer", "aside", "form", "menu", *LISTS, "table")
MOST_LINKED = 0.6
CLIMB = 2


def put_back(lines: list[str], tree: Any) -> list[str]:
    """The lines with the lists and tables that are missing among them.

    Args:
        lines: extracted lines of a page.
        tree: the whole page.

    Returns:
        New lines; what was there stays in its order.
    """
    places = {key(line): place for place, line in reversed(list(enumerate(lines)))}
    added: dict[int, list[str]] = {}
    for block in candidates(tree):
        missing = [line for line in block_lines(block) if line]
        if len(missing) > 1 and not any(key(line) in places for line in missing):
            place = kept_before(block, places)
            if place is not None:
                added.setdefault(place, []).extend(["", *missing, ""])
                places.update({key(line): place for line in missing})
    return [line for place, kept in enumerate(lines) for line in (kept, *added.get(place, ()))]


def candidates(tree: Any) -> Iterator[Any]:
    """Lists and tables of a page that may belong to its text."""
    for block in tree.iter(*LISTS, "table"):
        inside = next(block.iterancestors(*OUTSIDE), None) is not None
        if not inside and linked_share(block) <= MOST_LINKED:
            yield block


def linked_share(block: Any) -> float:
    """Share of a block's letters that stand in links, 0 to 1."""
    letters = len(squeeze(block.itertext()))
    return sum(len(squeeze(link.itertext())) for link in block.iter("a")) / letters if letters else 1.0


def kept_before(block: Any, places: Mapping[str, int]) -> int | None:
    """Place of the extracted line that stands right before a block in the page; None if those words were not kept."""
    element, climbed = block, 0
    while element is not None and climbed <= CLIMB:
        for before in element.itersiblings(preceding=True):
            words = [key(line) for line in lines_of(before) if line]
            if words:
                return places.get(words[-1])
        element, climbed = element.getparent(), climbed + 1
    return None


def key(line: str) -> str:
    """What two renderings of one line share."""
    return "".join(character for character in line.casefold() if character.isalnum())
