"""Folds a text without moving a single offset: lower case, no accents, plain apostrophes, dashes and spaces.

Every code point maps to exactly one code point, so that an offset into the folded text is an offset into the text.
"""

import unicodedata

_PLAIN = {"’": "'", "ʼ": "'", "‘": "'", "´": "'", "`": "'", "–": "-", "‑": "-", "‐": "-", "−": "-", "—": "_", "―": "_"}
_SPACES = "\u00a0\u202f\u2007\u2009\u200a\u2002\u2003\u3000"


def _folded(char: str) -> str:
    """One code point for one code point: the base letter in lower case where that is a single one."""
    base = unicodedata.normalize("NFKD", char)[:1].lower()
    return base if len(base) == 1 and base.isalnum() else char


def _table() -> dict[int, str]:
    """Latin letters, ligature-free, with super- and subscripts, modifier letters and full-width forms."""
    ranges = [
        range(0x41, 0x5B),
        range(0xAA, 0x250),
        range(0x2B0, 0x2B9),
        range(0x1D2C, 0x1D6B),
        range(0x1E00, 0x1F00),
        range(0x2070, 0x209D),
        range(0xFF10, 0xFF5B),
    ]
    folded = {code: _folded(chr(code)) for block in ranges for code in block}
    return folded | {ord(char): plain for char, plain in _PLAIN.items()} | dict.fromkeys(map(ord, _SPACES), " ")


class _Table(dict[int, str]):
    """Leaves what is not listed as it is, and remembers that, so that `str.translate` never asks twice."""

    def __missing__(self, code: int) -> str:
        self[code] = chr(code)
        return self[code]


_TABLE = _Table(_table())


def fold(text: str) -> str:
    """The text in lower case without accents, same length, offset for offset; typographic marks become plain ones."""
    return text.translate(_TABLE)


def fold_word(word: str) -> str:
    """A word as the lexicon keys it: folded, without soft hyphens and combining marks."""
    folded = fold(unicodedata.normalize("NFC", word)).replace("\u00ad", "")
    return "".join(char for char in folded if not unicodedata.combining(char))
