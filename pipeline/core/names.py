"""Comparing names: one folding of case, accents, punctuation and spaces for the whole project."""

import re
import unicodedata
from functools import lru_cache

UNSPOKEN = re.compile(r"[\W_]+")


def strip_accents(text: str) -> str:
    """The text without combining marks (`Lyonbiopôle` → `Lyonbiopole`). Length may change: for comparison, not for offsets."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(ch for ch in decomposed if not unicodedata.combining(ch))


@lru_cache(maxsize=65536)
def fold(name: str) -> str:
    """Key under which two spellings of a name are equal: case, accents, punctuation and spaces aside. For comparison, not for display."""
    return UNSPOKEN.sub("", strip_accents(name).casefold())


@lru_cache(maxsize=65536)
def fold_words(name: str) -> tuple[str, ...]:
    """The words of a name, each folded."""
    return tuple(word for word in UNSPOKEN.split(strip_accents(name).casefold()) if word)
