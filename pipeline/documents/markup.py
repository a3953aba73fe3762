"""HTML → title, publication date, publisher and the main text, with lists as `- …` lines and table rows as `a | b`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import htmldate
import trafilatura
from lxml.html import HtmlElement  # type: ignore[import-untyped]

from pipeline.core.errors import DocumentError

LAST_DAY = "2099-12-31"
BLOCKS = {"p", "quote", "code", "ab", "div"}
SPACES = re.compile(r"[ \t\r\n\f]+")


@dataclass(frozen=True, slots=True)
class Page:
    """Main text of a page and what its head says; `published_on` is a full ISO day."""

    text: str
    title: str | None
    published_on: str | None
    publisher: str | None


def read_page(html: str, *, url: str | None = None) -> Page:
    """Main text and metadata of a page; nothing is fetched.

    Args:
        html: the page.
        url: its address, whose path may hold a date.

    Raises:
        DocumentError: there is no text in the page.
    """
    tree = trafilatura.load_html(html)
    if tree is None:
        raise DocumentError("broken HTML: no page could be read from it")
    published_on = page_date(tree, url)
    found = trafilatura.bare_extraction(tree, url=url, favor_recall=True, include_comments=False, include_tables=True, with_metadata=True)
    text = "\n".join(lines_of(found.body)) if found is not None and not isinstance(found, dict) and found.body is not None else ""
    if not text.strip():
        raise DocumentError("the HTML page holds no text")
    assert_document: Any = found
    return Page(text, assert_document.title or None, published_on, assert_document.sitename or None)


def page_date(tree: HtmlElement, url: str | None) -> str | None:
    """The first publication date that the page's head or markup declares."""
    return htmldate.find_date(tree, original_date=True, extensive_search=False, url=url, max_date=LAST_DAY)


def lines_of(element: Any, bullet: str = "- ") -> Iterator[str]:
    """Lines of an extracted body: paragraphs and headings apart by a blank line, list items and rows each on a line."""
    for child in element:
        if child.tag == "list":
            yield from (*list_lines(child), "")
        elif child.tag == "table":
            yield from (*(row_line(row) for row in child.iter("row")), "")
        elif child.tag in BLOCKS and child.find(".//list") is not None:
            yield from lines_of(child)
        else:
            yield from (*inline(child).split("\n"), "")
        if child.tail and child.tail.strip():
            yield from (SPACES.sub(" ", child.tail).strip(), "")


def list_lines(element: Any, indent: str = "") -> Iterator[str]:
    """One line per item of a list, lists inside it indented."""
    for item in element.iterchildren("item"):
        nested = list(item.iterchildren("list"))
        words = inline(item, without=nested)
        if words:
            yield f"{indent}- {words.replace(chr(10), ' ')}"
        for inner in nested:
            yield from list_lines(inner, indent + "  ")


def row_line(row: Any) -> str:
    """Cells of a table row between bars."""
    return " | ".join(inline(cell).replace("\n", " ") for cell in row.iterchildren("cell"))


def inline(element: Any, without: list[Any] | None = None) -> str:
    """Words of an element on one line, but for line breaks that the page sets itself."""
    pieces = pieces_of(element, without or [])
    return "\n".join(SPACES.sub(" ", part).strip() for part in "".join(pieces).split("\v")).strip()


def pieces_of(element: Any, without: list[Any]) -> Iterator[str]:
    """Text of an element in order; `\\v` stands for a line break."""
    yield element.text or ""
    for child in element:
        if child in without:
            continue
        if child.tag == "lb":
            yield "\v"
        elif isinstance(child.tag, str):
            yield from pieces_of(child, without)
            yield "\v" if child.tag in BLOCKS else ""
        yield child.tail or ""
