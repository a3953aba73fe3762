"""HTML → title, publication date, publisher and the main text, with lists as `- …` lines and table rows as `a | b`."""

import re
from dataclasses import dataclass
from typing import Any

import htmldate
import trafilatura
from lxml.etree import ParserError
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from pipeline.core.errors import DocumentError
from pipeline.documents.layout import lines_of, unwrap_layout
from pipeline.documents.rescue import put_back

LAST_DAY = "2099-12-31"
OPEN_TITLE = re.compile(r"<title\b[^>]*>(?![^<]*</title)", re.IGNORECASE)  # would make the whole page its title
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # one of them makes libxml2 give up the whole page


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
    tree = parse_html(html)
    unwrap_layout(tree)
    published_on = page_date(tree, url)
    found: Any = trafilatura.bare_extraction(
        tree, url=url, favor_recall=True, include_comments=False, include_tables=True, with_metadata=True
    )
    text = "" if found is None or found.body is None else "\n".join(put_back(list(lines_of(found.body)), tree))
    if not text.strip():
        raise DocumentError("the HTML page holds no text")
    return Page(text, found.title or None, published_on, found.sitename or None)


def parse_html(html: str) -> HtmlElement:
    """The tree of a page, mended where tags are missing; what the page declares as its encoding no longer counts.

    Raises:
        DocumentError: nothing in it can be read as a page.
    """
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(OPEN_TITLE.sub("", CONTROLS.sub("", html)).encode("utf-8", "replace"), parser=parser)
    except ParserError as error:
        raise DocumentError(f"broken HTML: {error}") from error


def page_date(tree: HtmlElement, url: str | None) -> str | None:
    """The first publication date that the page's head or markup declares."""
    return htmldate.find_date(tree, original_date=True, extensive_search=False, url=url, max_date=LAST_DAY)
