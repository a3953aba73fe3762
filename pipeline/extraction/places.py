"""Places in running text: countries, regions, cities and demonyms, with the territory each stands for.

One pass over the words; at each capitalised word (or word that begins a demonym) the longest listed name wins. A name that is also a common
word, a first name or a brand (`ambiguous.csv`) is a place only beside one of its cues (`cues.csv`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from pipeline.core.facts import Span
from pipeline.core.territories import FILES, Territory, demonyms, fold, fold_letters, index, parts, rows, sure_names

TOKEN = re.compile(r"(?:[^\W_][̀-ͯ]*)+")
JOINTS = frozenset([" ", "-", "'", "’", "\xa0", "\u202f", "‐", "‑", "–", "\n", ".", ". "])
"""What may stand between the words of one name."""
ABBREVIATION = 4
"""Names of at most so many letters that are not the usual name of their country or region must be all capitals (`US`, `PACA`)."""
UNSURE_CUES = ("at", "bracket", "country")
"""Cues of which one must stand beside the name of a city that few readers know."""
CONTEXT = 40
"""Code points read on each side of an ambiguous name to find its cue."""
SENTENCE_ENDS = frozenset('.!?:;•·*\n\t»«"“”(–—|>/')

Token = re.Match[str]


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a text names, and the territory it stands for."""

    span: Span
    territory: Territory


@dataclass(frozen=True, slots=True)
class Names:
    """All listed names, ready for scanning.

    `capital` and `lower` map folded names to territories, for a first word with and without a capital; `longest` gives the most words of
    the names that begin with a word, `opening` the words that begin a name in lower case.
    """

    capital: Mapping[str, Territory]
    lower: Mapping[str, Territory]
    longest: Mapping[str, int]
    opening: frozenset[str]


@dataclass(frozen=True, slots=True)
class Cue:
    """Words of which one stands before a place and, if there are any such, one after it."""

    before: tuple[str, ...]
    after: tuple[str, ...]


def find_places(text: str) -> list[Place]:
    """Every place that a text names, in order, without overlaps.

    Args:
        text: cleaned text of any length; time grows linearly with it.

    Returns:
        Places with half-open spans in code points; names inside a longer proper name are reported too (the caller decides). A part of a
        territory (`Nord de l’Allemagne`) is one place whose region is that phrase.
    """
    tokens = list(TOKEN.finditer(text))
    found: list[Place] = []
    for place in scan(text, tokens):
        found.append(widened(place, text, found[-1].span.end if found else 0))
    return found


def scan(text: str, tokens: list[Token]) -> Iterator[Place]:
    """Listed names that stand in a text as places, the longest at each word."""
    names, position, past = listed_names(), 0, 0
    for position, token in enumerate(tokens):
        word = folded(token[0])
        if position < past or word not in names.longest or not (token[0][0].isupper() or word in names.opening):
            continue
        for count, key in reversed(candidates(text, tokens, position, names.longest[word])):
            territory = accepted(key, text, token.start(), tokens[position + count - 1].end(), names)
            if territory:
                past = position + count
                yield Place(Span(token.start(), tokens[past - 1].end()), territory)
                break


def candidates(text: str, tokens: list[Token], first: int, most: int) -> list[tuple[int, str]]:
    """Word counts and folded names of the runs of joined words that begin at a word."""
    key = folded(tokens[first][0])
    found = [(1, key)]
    for at in range(first + 1, min(first + most, len(tokens))):
        gap = text[tokens[at - 1].end() : tokens[at].start()]
        if gap not in JOINTS or (gap == ". " and len(tokens[at - 1][0]) > 2):
            break
        key = f"{key} {folded(tokens[at][0])}"
        found.append((at - first + 1, key))
    return found


def accepted(key: str, text: str, start: int, end: int, names: Names) -> Territory | None:
    """The territory of a folded name, if its letters and its neighbours allow that it is meant."""
    territory = names.capital.get(key) if text[start].isupper() else lower_case(key, text[start:end], names)
    if territory is None or (is_abbreviation(key, territory) and not text[start:end].isupper()):
        return None
    if territory.kind == "city" and " " in key and not text[start:end].split()[-1][0].isupper() and "-" not in text[start:end]:
        return None
    if territory.kind == "demonym" and preceded(text, start, cues()["language"].before):
        return None
    return territory if is_meant(key, text, start, end) else None


def lower_case(key: str, quote: str, names: Names) -> Territory | None:
    """The territory of a name that begins in lower case: a demonym, or several words with a capital among them."""
    return names.lower.get(key) or (names.capital.get(key) if " " in key and quote != quote.lower() else None)


def is_abbreviation(key: str, territory: Territory) -> bool:
    """Whether a name is a short form that only capitals tell from a word."""
    return len(key) <= ABBREVIATION and territory.kind in ("country", "region") and fold(territory.name) != key


def is_meant(key: str, text: str, start: int, end: int) -> bool:
    """Whether an ambiguous or little known name stands beside a cue and is no part of a longer name; other names always are meant."""
    if text[start].islower():
        return True
    forms, names = ambiguous().get(key) or (None, UNSURE_CUES)
    if forms is None and key in sure_names():
        return True
    if text[start:end] not in forms if forms else is_acronym(text[start:end]):
        return False
    if re.match(r"[ \u00a0\-][A-ZÀ-Þ]", text[end : end + 2]):
        return False
    return any(holds(name, text, start, end) for name in names)


def is_acronym(quote: str) -> bool:
    """Whether a name is written like an abbreviation: few letters, all capitals."""
    return len(quote) <= ABBREVIATION and quote.isupper()


def holds(cue: str, text: str, start: int, end: int) -> bool:
    """Whether a cue stands beside a span; `mid`: after a word in lower case, `country`: before a territory set off by bracket or comma."""
    if cue == "mid":
        before = text[max(0, start - CONTEXT) : start].rstrip(" '’")
        return bool(before) and before[-1] not in SENTENCE_ENDS and re.search(r"(?:^|\W)[^\W\dA-ZÀ-Þ]\w*,?$", before) is not None
    if cue == "country":
        match = re.match(r"\s?[(,]\s?([^\W\d_][^()\n,;.]{1,40})[),.;]", text[end : end + CONTEXT])
        territory = index().get(fold(match[1])) if match else None
        return territory is not None and territory.kind in ("country", "region")
    words = cues()[cue]
    return preceded(text, start, words.before) and (not words.after or text[end : end + CONTEXT].lstrip().startswith(words.after))


def preceded(text: str, start: int, words: Iterable[str]) -> bool:
    """Whether one of the words stands right before an offset."""
    before = " " + text[max(0, start - CONTEXT) : start].lower().replace("’", "'").rstrip()
    return any(before.endswith(word) and (not word[0].isalpha() or not before[-len(word) - 1].isalpha()) for word in words)


def widened(place: Place, text: str, floor: int) -> Place:
    """The place with a part before it, but not before an offset, taken in: `Nord de l’Allemagne` for `Allemagne`."""
    if place.territory.kind == "demonym":
        return place
    start = max(floor, place.span.start - CONTEXT)
    match = re.search(r"\b[\w-]+ (?:de |du |des |d['’])(?:la |l['’])?$", text[start : place.span.start])
    if match is None or not parts().match(fold(text[start + match.start() : place.span.end])):
        return place
    span = Span(start + match.start(), place.span.end)
    quote = span.quote(text)
    return Place(span, replace(place.territory, name=quote, region=quote, kind="region"))


@lru_cache(maxsize=1 << 16)
def folded(word: str) -> str:
    """Folded form of one word."""
    return fold_letters(word)


@cache
def listed_names() -> Names:
    """All names of the index, prepared once per process."""
    capital, lower = index(), dict(demonyms())
    longest: dict[str, int] = {}
    for key in capital:
        first, _, rest = key.partition(" ")
        longest[first] = max(longest.get(first, 0), rest.count(" ") + 2 if rest else 1)
    opening = {key.partition(" ")[0] for key in (*lower, *lower_names())}
    return Names(capital, lower, longest, frozenset(opening))


def lower_names() -> Iterator[str]:
    """Folded names of the own lists that begin with a word in lower case (`canton de Vaud`)."""
    for file in FILES.values():
        for row in rows(file, "name", "country_code", "aliases"):
            yield from (fold(name) for name in (row["name"], *row["aliases"].split("|")) if name[:1].islower())


@cache
def ambiguous() -> Mapping[str, tuple[frozenset[str], tuple[str, ...]]]:
    """Folded ambiguous names: the exact forms, and the cues of which one must hold (none: never a place in running text)."""
    found: dict[str, tuple[frozenset[str], tuple[str, ...]]] = {}
    for row in rows("ambiguous.csv", "name", "cues", "reason"):
        forms, _ = found.get(fold(row["name"]), (frozenset[str](), ()))
        found[fold(row["name"])] = (forms | {row["name"]}, tuple(row["cues"].split()))
    return found


@cache
def cues() -> Mapping[str, Cue]:
    """Cues by name."""
    found: dict[str, dict[str, list[str]]] = {}
    for row in rows("cues.csv", "cue", "side", "word"):
        found.setdefault(row["cue"], {"before": [], "after": []})[row["side"]].append(row["word"])
    return {name: Cue(tuple(sides["before"]), tuple(sides["after"])) for name, sides in found.items()}
