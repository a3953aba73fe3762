"""Where each page stands, and how a quote is found in its source."""

import re
from urllib.parse import quote as percent
from urllib.parse import urlsplit

from pipeline.core.ids import stable_id

FOLDERS = {
    "organisation": "organisations",
    "project": "projets",
    "programme": "programmes",
    "country": "pays",
    "document": "documents",
    "year": "accords",
}
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,80}")
UNKNOWN = "inconnu"
LONGEST = 240
"""Characters of a quote above which a text fragment names only its beginning and its end."""
ENDS = 6
"""Words of such a beginning or end."""


def page_path(kind: str, name: object) -> str:
    """A page's address, relative to the site's root; a name that is not plain is replaced by a hash of it."""
    text = UNKNOWN if name is None else str(name)
    return f"{FOLDERS[kind]}/{text if PLAIN.fullmatch(text) else stable_id('x', text)}.html"


def web_address(uri: str) -> str | None:
    """The address if it is one of the web, None for a file or anything else: no other scheme is ever linked."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    return uri if parts.scheme in ("http", "https") and parts.netloc and uri.isprintable() and " " not in uri else None


def quote_address(uri: str, quote: str) -> str | None:
    """The web address of a quote: a browser scrolls to the words and marks them."""
    address = web_address(uri)
    if address is None:
        return None
    base, _, anchor = address.partition("#")
    anchor = anchor.partition(":~:")[0]
    return f"{base}#{anchor}:~:text={text_fragment(quote)}"


def text_fragment(quote: str) -> str:
    """The quote as a text directive: whole, or its first and last words when it is long or runs over lines."""
    words = quote.split()
    if len(quote) <= LONGEST and "\n" not in quote.strip():
        return encoded(" ".join(words))
    return f"{encoded(' '.join(words[:ENDS]))},{encoded(' '.join(words[-ENDS:]))}"


def encoded(text: str) -> str:
    """Percent-encoded; the dash too, which has a meaning in a text directive."""
    return percent(text, safe="", errors="replace").replace("-", "%2D")
