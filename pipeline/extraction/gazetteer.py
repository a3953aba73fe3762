"""Known names in a text: a trie over folded words, longest match first, one pass."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from pipeline.core.facts import Mention, Span
from pipeline.core.lexicon import GazetteerEntry, Lexicon
from pipeline.core.names import fold, fold_words

WORD = re.compile(r"[^\W_]+")
END = ""
SHORT = 5
GAP = re.compile(r"[ \u00a0\u202f.'’&!|+/–-]{1,4}")


def find_known(text: str, lexicon: Lexicon) -> Iterator[Mention]:
    """Mentions of every name that a gazetteer lists, left to right, longest first.

    A short or all-capitals name must be written exactly so; a longer one may differ in case, accents and punctuation, but not begin
    with a small letter where the list has a capital.
    """
    trie, words = build_trie(lexicon), list(WORD.finditer(text))
    folded, position = [fold(word.group()) for word in words], 0
    while position < len(words):
        match = longest(text, words, folded, position, trie)
        if match is None:
            position += 1
            continue
        last, entry = match
        span = Span(words[position].start(), words[last].end())
        yield Mention(span, entry.label, span.quote(text), "", entry.id, 1.0)
        position = last + 1


def longest(
    text: str, words: list[re.Match[str]], folded: list[str], first: int, trie: dict[str, Any]
) -> tuple[int, GazetteerEntry] | None:
    """Last word and entry of the longest listed name that begins at a word."""
    node, found = trie, None
    for position in range(first, len(words)):
        if position > first and not close(text, words[position - 1].end(), words[position].start()):
            break
        node = node.get(folded[position], {})
        if not node:
            break
        for name, entry in node.get(END, ()):
            if written_so(text[words[first].start() : words[position].end()], name):
                found = (position, entry)
    return found


def close(text: str, end: int, start: int) -> bool:
    """Whether two words may belong to one name: only spaces and the marks that names hold between them."""
    return GAP.fullmatch(text, end, start) is not None


def written_so(words: str, name: str) -> bool:
    """Whether a text writes a listed name as closely as its shape demands."""
    if len(name) <= SHORT or name.isupper():
        return words == name
    return words[0].isupper() or words[0] == name[0]


@cache
def build_trie(lexicon: Lexicon) -> dict[str, Any]:
    """Nested dictionaries of folded words; the empty key holds (name, entry) pairs."""
    root: dict[str, Any] = {}
    for entry in lexicon.gazetteer():
        for name in entry.names:
            node = root
            for word in fold_words(name):
                node = node.setdefault(word, {})
            node.setdefault(END, []).append((name, entry))
    return root


@cache
def entries_by_id(lexicon: Lexicon) -> dict[str, GazetteerEntry]:
    """Gazetteer entries by the id that mentions carry as their method."""
    return {entry.id: entry for entry in lexicon.gazetteer()}
