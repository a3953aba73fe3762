"""Raw document → cleaned text. Every later offset counts code points of the text that `clean` returns."""

import html
import re
import unicodedata
from dataclasses import dataclass

from pipeline.core.errors import DocumentError
from pipeline.documents.boilerplate import cut_boilerplate, find_title
from pipeline.documents.decode import decode
from pipeline.documents.markup import read_page
from pipeline.documents.raw import RawDocument
from pipeline.documents.rules import Limits, Rules, read_rules
from pipeline.documents.when import calendar_day

LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
WIDE_SPACES = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
CONTROLS = r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
INVISIBLE = re.compile(rf"[{CONTROLS}\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]")
SURROGATES = re.compile(r"[\ud800-\udfff]")
ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#x[0-9A-Fa-f]{1,6});")
TAGS = re.compile(r"<(?:p|br|div|li|html|body|h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CleanText:
    """Cleaned text and what metadata says; `published_on` is an ISO date of whatever precision the metadata has, None if they tell none."""

    text: str
    title: str | None
    published_on: str | None
    publisher: str | None


def clean(raw: RawDocument, *, rules: Rules | None = None) -> CleanText:
    """Text of a document without markup and boilerplate.

    Spaces of every width become plain ones, invisible characters go, letters are NFC; lists and tables stay, one line per item or row.

    Args:
        raw: the document as its source delivers it.
        rules: thresholds and patterns, those of `models/documents/` by default.

    Raises:
        DocumentError: empty, binary, undecodable, too large or without text, with the reason.
    """
    rules = rules or read_rules()
    limits = rules.thresholds.limits
    check_bytes(len(raw.content), limits)
    body = raw.body if raw.body is not None else decode(raw.content, encodings=rules.thresholds.encodings, charset=raw.charset)
    if raw.form == "html" or (raw.body is not None and TAGS.search(body)):
        cleaned = clean_page(body, raw, rules)
    else:
        cleaned = clean_plain(body, raw, rules)
    check_text(cleaned.text, limits)
    return cleaned


def clean_plain(body: str, raw: RawDocument, rules: Rules) -> CleanText:
    """Cleaned plain text."""
    text = with_title(cut_boilerplate(normalise(ENTITY.sub(entity, body)), rules=rules), raw.title)
    return CleanText(text, one_line(raw.title) or find_title(text, rules=rules), calendar_day(raw.published_on), one_line(raw.publisher))


def clean_page(body: str, raw: RawDocument, rules: Rules) -> CleanText:
    """Cleaned main text of a page; what the source says of title, date and publisher outranks what the page says."""
    page = read_page(body, url=raw.url)
    title = one_line(raw.title or page.title)
    text = with_title(cut_boilerplate(normalise(page.text), rules=rules), title)
    published_on = calendar_day(raw.published_on) or page.published_on
    return CleanText(text, title or find_title(text, rules=rules), published_on, one_line(raw.publisher or page.publisher))


def normalise(text: str) -> str:
    """NFC text with `\\n` line ends, plain spaces and nothing invisible."""
    text = WIDE_SPACES.sub(" ", INVISIBLE.sub("", LINE_ENDS.sub("\n", text)))
    return unicodedata.normalize("NFC", SURROGATES.sub("\ufffd", text))


def entity(found: re.Match[str]) -> str:
    """The character that an HTML entity stands for."""
    return html.unescape(found[0])


def one_line(words: str | None) -> str | None:
    """Normalised words on one line, None for nothing."""
    return " ".join(normalise(ENTITY.sub(entity, words)).split()) or None if words else None


def with_title(text: str, title: str | None) -> str:
    """The text with its title in front, unless its beginning already holds it."""
    heading = one_line(title)
    if heading is None or not text:
        return text
    beginning = " ".join(text[: len(heading) + 600].split()).casefold()
    return text if heading.casefold() in beginning else f"{heading}\n\n{text}"


def check_bytes(size: int, limits: Limits) -> None:
    """Raise DocumentError above the size limit."""
    if size > limits.max_bytes:
        raise DocumentError(f"larger than the limit of {limits.max_bytes:,} bytes")


def check_text(text: str, limits: Limits) -> None:
    """Raise DocumentError for a text too long to be one document or too short to say anything."""
    if len(text) > limits.max_characters:
        raise DocumentError(f"the text has {len(text):,} characters, the limit is {limits.max_characters:,}")
    if not text:
        raise DocumentError("nothing is left once menus and other boilerplate are removed")
    if sum(map(str.isalpha, text[: limits.min_letters * 20])) < limits.min_letters:
        raise DocumentError(f"fewer than {limits.min_letters} letters: there is nothing to read")
