"""Bytes → text: byte-order marks, UTF-8, UTF-16, old encodings, repaired mojibake; binary files are refused.

A wrong guess would corrupt names, so each step is taken only on proof: valid UTF-8 with letters outside ASCII is UTF-8 whatever a header
declares, and an old encoding is accepted only if what it yields looks like French.
"""

import codecs
import re

import charset_normalizer
import ftfy

from pipeline.core.errors import DocumentError
from pipeline.documents.rules import EncodingRules

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SIGNATURES = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "a gzip archive inside another"),
    (b"\x7fELF", "a program"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"{\\rtf", "an RTF document"),
    (b"SQLite format 3", "an SQLite database"),
)
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
# a UTF-8 lead byte and its continuation, each read as one old-encoding character: "Ã©", "â€™", "Â "
TAIL = "\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122"
MOJIBAKE = re.compile(f"[ÃÂ][{TAIL}]|â€.|â\u0080.")
SAMPLE = 65_536


def decode(content: bytes, *, encodings: EncodingRules, charset: str | None = None) -> str:
    """Text of a document.

    Args:
        content: its bytes.
        encodings: the old encodings to try and how their yield is judged.
        charset: what the carrier declares, None if nothing; a page's own `<meta charset>` is used after it.

    Returns:
        The text without byte-order mark, mojibake repaired; line ends and spaces as they were.

    Raises:
        DocumentError: the bytes are empty or binary, or no encoding yields a text that can be believed.
    """
    if not content.strip(b"\x00 \t\r\n"):
        raise DocumentError("the document is empty")
    refuse_signatures(content)
    text = by_mark(content) or by_nulls(content) or by_utf8(content)
    if text is None:
        refuse_controls(content.decode("latin-1"), encodings)
        text = by_legacy(content, encodings, charset or declared_charset(content))
    refuse_controls(text, encodings)
    return repair(text).lstrip("\ufeff")


def refuse_signatures(content: bytes) -> None:
    """Raise DocumentError for a file that says by its first bytes that it is no text."""
    for signature, what in SIGNATURES:
        if content.startswith(signature):
            raise DocumentError(f"not a text: the content is {what}")


def refuse_controls(text: str, encodings: EncodingRules) -> None:
    """Raise DocumentError when control characters make up more than a text ever holds."""
    sample = text[:SAMPLE]
    share = len(CONTROLS.findall(sample)) / len(sample) if sample else 0.0
    if share > encodings.binary_share:
        raise DocumentError(f"not a text: {share:.0%} of the characters are control codes (binary data)")


def by_mark(content: bytes) -> str | None:
    """Decode by the byte-order mark; None without one."""
    for mark, name in MARKS:
        if content.startswith(mark):
            return strict(content[len(mark) :], name)
    return None


def by_nulls(content: bytes) -> str | None:
    """Decode UTF-16 without a mark, told by zero bytes in nearly every other place; None if it is not that."""
    sample = content[:SAMPLE]
    even, odd = sample[::2].count(0) * 2 / len(sample), sample[1::2].count(0) * 2 / len(sample)
    if odd > 0.6 and even < 0.1:
        return strict(content, "utf-16-le")
    return strict(content, "utf-16-be") if even > 0.6 and odd < 0.1 else None


def by_utf8(content: bytes) -> str | None:
    """Decode UTF-8, also with a few stray bytes of cp1252 in it; None if it is mostly something else."""
    text = strict(content, "utf-8")
    if text is not None:
        return text
    try:
        mixed = content.decode("utf-8", "passerelle.stray")
    except UnicodeDecodeError:
        return None
    strays = len(content) - len(content.decode("utf-8", "ignore").encode())
    letters = sum(1 for character in mixed if character > "\x7f")
    return mixed if strays * 10 <= letters else None


def stray_byte(error: UnicodeError) -> tuple[str, int]:
    """Decoding error handler: read the bytes that are no UTF-8 as cp1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252"), error.end


codecs.register_error("passerelle.stray", stray_byte)


def by_legacy(content: bytes, encodings: EncodingRules, charset: str | None) -> str:
    """Decode with the old encoding whose yield looks most like French, the declared one first.

    Raises:
        DocumentError: none yields a text that can be believed.
    """
    names = [name for name in (known_encoding(charset), *encodings.legacy) if name]
    yields = [(text, expected_share(text, encodings)) for name in dict.fromkeys(names) if (text := strict(content, name)) is not None]
    text, share = max(yields, key=lambda pair: pair[1], default=("", 0.0))
    if share >= encodings.least_expected:
        return text
    best = charset_normalizer.from_bytes(content[:SAMPLE]).best()
    guessed = strict(content, best.encoding) if best else None
    if guessed is None:
        raise DocumentError("the encoding of the characters is not recognised: save the document as UTF-8")
    return guessed


def known_encoding(name: str | None) -> str | None:
    """The name if Python knows a text encoding of that name; a declared latin-1 is cp1252, as browsers read it."""
    if name is None:
        return None
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    return "cp1252" if found.name == "iso8859-1" else found.name


def strict(content: bytes, encoding: str) -> str | None:
    """The decoded text, None where one byte does not fit the encoding."""
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def expected_share(text: str, encodings: EncodingRules) -> float:
    """Share of French characters among those outside ASCII, 0 to 1; 1 where there are none."""
    foreign = [character for character in text[:SAMPLE] if character > "\x7f"]
    return sum(character in encodings.expected for character in foreign) / len(foreign) if foreign else 1.0


def declared_charset(content: bytes) -> str | None:
    """What a page's `<meta charset>` declares in its first kilobytes."""
    found = META_CHARSET.search(content[:4096])
    return found[1].decode("ascii") if found else None


def repair(text: str) -> str:
    """Undo UTF-8 that was once read as cp1252 ("Ã©" for "é"), only where its traces are certain."""
    traces = len(MOJIBAKE.findall(text))
    if traces == 0:
        return text
    fixed = ftfy.fix_encoding(text)
    return fixed if len(MOJIBAKE.findall(fixed)) < traces else text
