"""Proper-name candidates by their shape: sequences of capitalised words with the small words that may stand between them.

Shape says where a name may lie, not what it names: labels come from the words inside and around it (`labels.py`) and from models.
"""

import re
from collections.abc import Iterator
from functools import cache

from pipeline.core.facts import Span
from pipeline.core.lexicon import Lexicon

WORD = re.compile(r"[^\W_]+(?:(?:[-&!@|+]|(?<=[A-Z0-9])\.(?=[A-Z0-9]))[^\W_]+|(?<=[^\W_][^\W_][^\W_])['’](?=[^\W_])[^\W_]+)*\+?")
JOINED = re.compile(r"[ \u00a0\u202f]?(?:&|\+)?[ \u00a0\u202f]?")
NUMBER = re.compile(r"\d{1,4}")
COUNTED = re.compile(r"[.,\u00a0\u202f ]?\d|[\s\u00a0\u202f]*(?:[kM]?[€$£]|Md|euros?|francs?|dollars?|millions?\b|milliards?\b|%|k\b)")
"""What makes a number a sum, not part of a name ("la Région Aquitaine 1,1 million")."""

FRENCH_LINKS = frozenset(["de", "du", "des", "d", "la", "le", "les", "l", "en", "à", "au", "aux", "sur", "pour", "et"])
LONGEST = 14


def is_name_word(word: str) -> bool:
    """Whether a word is written as names are: a capital at its start or inside it."""
    return word[0].isupper() or (any(ch.isupper() for ch in word[1:]) and not word[0].isdigit()) or bool(re.match(r"\d+[A-Z]{2}", word))


def find_names(text: str, span: Span, lexicon: Lexicon) -> Iterator[Span]:
    """Maximal name candidates inside one sentence, left to right.

    Args:
        text: the document's cleaned text.
        span: the sentence.
        lexicon: word lists `connectors`, `not_names`, `institution_nouns` and the patterns `names`.
    """
    words = list(WORD.finditer(text, span.start, span.end))
    position = 0
    while position < len(words):
        word = words[position].group()
        if not is_name_word(word) or word in lexicon.words("not_names"):
            position += 1
            continue
        last = extend(text, words, position, lexicon)
        yield Span(words[position].start(), words[last].end())
        position = last + 1


def extend(text: str, words: list[re.Match[str]], first: int, lexicon: Lexicon) -> int:
    """Index of the last word of the name that begins at `first`."""
    institution = opens_institution(words[first].group(), lexicon)
    last, position = first, first + 1
    while position < len(words) and position - first < LONGEST and joined(text, words[position - 1], words[position]):
        word = words[position].group()
        if (
            is_name_word(word)
            and word not in lexicon.words("roles")
            or NUMBER.fullmatch(word)
            and last == position - 1
            and not COUNTED.match(text, words[position].end())
            or institution
            and word.lower() in lexicon.words("institution_nouns")
        ):
            last = position
        elif not links(word, institution, lexicon):
            break
        position += 1
    return last


def joined(text: str, left: re.Match[str], right: re.Match[str]) -> bool:
    """Whether nothing but a space, an apostrophe or an ampersand stands between two words."""
    between = text[left.end() : right.start()]
    return between in ("'", "’") or (bool(between) and JOINED.fullmatch(between) is not None)


def links(word: str, institution: bool, lexicon: Lexicon) -> bool:
    """Whether a lower-case word may stand inside a name; French small words only inside institutions and after "de"."""
    lower = word.lower()
    if lower not in small_words(lexicon):
        return False
    return institution or lower not in FRENCH_LINKS or lower in ("de", "du", "des", "d", "la", "l")


@cache
def small_words(lexicon: Lexicon) -> frozenset[str]:
    """Single words of the connectors list, without apostrophes."""
    return frozenset(part.rstrip("'’") for line in lexicon.words("connectors") for part in line.lower().split())


@cache
def opens_institution(word: str, lexicon: Lexicon) -> bool:
    """Whether a name that begins with this word is an institution's, written with small words inside."""
    return any(
        p.label in ("RESEARCH", "PUBLIC", "ASSOCIATION") and p.regex.fullmatch(word) for p in lexicon.patterns("names")
    ) or word in lexicon.words("institution_heads")
