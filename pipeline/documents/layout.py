"""Elements of a page → lines: paragraphs and headings apart by a blank line, `- …` per list item, `a | b` per table row."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

LISTS, ITEMS = ("list", "ul", "ol", "dl"), ("item", "li", "dt", "dd")
ROWS, CELLS = ("row", "tr"), ("cell", "td", "th")
TABLE_PARTS = {"tbody", "thead", "tfoot", "tr", "td", "th", "caption"}
HEADINGS = {"head", "h1", "h2", "h3", "h4", "h5", "h6"}
BLOCKS = {"p", "quote", "blockquote", "code", "pre", "ab", "div", "section", "article", "main", "table", "figure", *HEADINGS, *LISTS}
BREAKS, BREAK = {"lb", "br"}, "\v"
SPACES = re.compile(r"[ \t\r\n\f]+")
SILENT = {"script", "style", "noscript", "template"}


def lines_of(element: Any) -> Iterator[str]:
    """Lines of an extracted body: paragraphs and headings apart by a blank line, list items and table rows each on a line."""
    run = [element.text or ""]
    for child in element:
        if is_block(child):
            yield from paragraph(run)
            yield from block_lines(child)
            run = []
        else:
            run.extend(pieces_of(child))
        run.append(child.tail or "")
    yield from paragraph(run)


def is_block(element: Any) -> bool:
    """Whether an element stands on lines of its own."""
    return element.tag in BLOCKS or any(inner.tag in BLOCKS for inner in element.iterdescendants())


def block_lines(element: Any) -> Iterator[str]:
    """Lines of a list, a table, or anything that holds paragraphs; a blank one after them."""
    if element.tag in LISTS:
        yield from (*list_lines(element), "")
    elif element.tag == "table":
        yield from (*filter(None, (row_line(row) for row in element.iter(*ROWS))), "")
    else:
        yield from lines_of(element)


def paragraph(run: list[str]) -> Iterator[str]:
    """Lines of running words and a blank one; nothing for nothing."""
    words = squeeze(run)
    if words:
        yield from (*words.split("\n"), "")


def list_lines(element: Any, indent: str = "") -> Iterator[str]:
    """One line per item of a list, lists inside it indented."""
    for item in element.iterchildren(*ITEMS):
        nested = list(item.iterchildren(*LISTS))
        words = squeeze(pieces_of(item, nested)).replace("\n", " ")
        if words:
            yield f"{indent}- {words}"
        for inner in nested:
            yield from list_lines(inner, indent + "  ")


def row_line(row: Any) -> str:
    """Cells of a table row between bars, nothing for a row without words."""
    cells = [squeeze(pieces_of(cell)).replace("\n", " ") for cell in row.iterchildren(*CELLS)]
    return " | ".join(cells) if any(cells) else ""


def squeeze(pieces: Iterable[str]) -> str:
    """Words on one line, but for the line breaks that the page sets itself."""
    lines = (SPACES.sub(" ", part).strip() for part in "".join(pieces).split(BREAK))
    return "\n".join(line for line in lines if line)


def pieces_of(element: Any, without: Sequence[Any] = ()) -> Iterator[str]:
    """Text of an element in order, with `BREAK` where the page breaks the line."""
    if not isinstance(element.tag, str) or element.tag in SILENT:
        return
    yield BREAK if element.tag in BREAKS else element.text or ""
    for child in element:
        if child not in without:
            yield from pieces_of(child)
            yield BREAK if child.tag in BLOCKS else ""
        yield child.tail or ""


def unwrap_layout(tree: Any) -> None:
    """Turn tables that lay out a page (they hold tables, headings or several paragraphs) into plain blocks, in place."""
    for table in [table for table in tree.iter("table") if lays_out(table)]:
        for part in [table, *own_parts(table)]:
            part.tag = "div"


def lays_out(table: Any) -> bool:
    """Whether a table holds what no table of data does."""
    return any(
        inner.tag in ("table", "h1", "h2", "h3", "article") or (inner.tag == "td" and len(inner.findall("p")) > 2)
        for inner in table.iterdescendants()
    )


def own_parts(element: Any) -> Iterator[Any]:
    """Bodies, rows and cells of a table, without those of tables inside it."""
    for child in element:
        if child.tag in TABLE_PARTS:
            yield child
            yield from own_parts(child)
