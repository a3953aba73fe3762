"""A text as a line of classes: one letter per token, so that the grammar is a set of short patterns over that line.

Numeric dates, phone numbers, clock times and grouped numbers are one token each, so that no part of them can be read as something else.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pipeline.extraction.dates.folding import fold, fold_word
from pipeline.extraction.dates.lexicon import MODELS, load_atoms
from pipeline.extraction.dates.numerals import TENS, read_numeral
from pipeline.extraction.dates.phrases import Point
from pipeline.extraction.dates.windows import trigger, windows

YEARS = range(1500, 2151)
_TOKEN = re.compile(
    r"""
    (?P<ago>il\ +y\ +a(?![\w']))
  | (?P<century>(?:x?v?i{1,3}|i?x{1,2}|xi?[vx]|xx[iv]|v)\ ?(?:e|eme)\ (?=siecle))
  | (?P<word>(?:aujourd'hui|jusqu'|[ldjcmnst]'|[^\W\d][\w\u0300-\u036f\u00ad]*))
  | (?P<url>(?<![0-9])(?:/|\#|@|=|&)[0-9]{4}(?![0-9]))
  | (?P<phone>\+[0-9]{2,3}(?:[ .-]?\(?[0-9]{1,4}\)?){3,6}|0[0-9](?:[ .-][0-9]{2}){4}|\(?[0-9]{3}\)?[ .-][0-9]{3}-[0-9]{4})(?![0-9])
  | (?P<iso>[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[t\ ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?
      (?:z|[+-][0-9]{2}:?[0-9]{2})?)?)(?![0-9-])
  | (?P<ymd>[0-9]{4}(?:\.[0-9]{1,2}\.|/[0-9]{1,2}/)[0-9]{1,2})(?![0-9./])
  | (?P<dmy>[0-9]{1,2}(?:\ ?/\ ?[0-9]{1,2}\ ?/\ ?|\.\ ?[0-9]{1,2}\.\ ?|-[0-9]{1,2}-)(?:[0-9]{4}|[0-9]{2}))(?![0-9]|[./-][0-9])
  | (?P<clock>[0-9]{1,2}\ ?(?:h|heures?)(?:\ ?[0-9]{2})?(?![\w'])|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9:]))
  | (?P<my>[0-9]{1,2}\ ?/\ ?[0-9]{4}(?![0-9/])|(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])(?![0-9-]))
  | (?P<dm>[0-9]{1,2}/[0-9]{1,2})(?![0-9/]|[,.][0-9]|\ ?[%€])
  | (?P<num>[0-9]{1,3}(?:[ .][0-9]{3}){1,6}(?![0-9])(?:,[0-9]+)?|[0-9]{1,3}[.,][0-9]+(?:[.,][0-9]+)*)
  | (?P<ordinal>(?:1\ (?:er|re)|2\ nde?|[0-9]{1,3}(?:ere?|er|re|eme|ieme|nde?|e|th|st|rd)))(?![\w])
  | (?P<quarter>[1-4][t])(?![\w])
  | (?P<other>[0-9]+[^\W\d][\w]*)
  | (?P<int>[0-9]+)
  | (?P<blank>\n\s*\n|(?<![\n\ ])\ {3,}(?!\n)|\t)
  | (?P<mark>[^\w\s]|[_])
    """,
    re.VERBOSE,
)
_ROMAN = re.compile(r"(x{0,2})(ix|iv|v?i{0,3})(?:e|eme|er)")
_PERIOD_CODE = re.compile(r"[tqsh][1-4]")
_MARKS = frozenset(",.-/()_:;")
_NEVER_AFTER_YEAR = frozenset("%€$£°")


Entries = Mapping[str, tuple[str, str, int]]


class Token(NamedTuple):
    """One token, a tuple since there are many: its class letter, its code points `[start, end)`, and what it is worth."""

    code: str
    start: int
    end: int
    value: str = ""
    number: int = 0
    parts: tuple[int, ...] = ()


_NEW = tuple.__new__  # a page has a hundred words that are no date: this skips the named tuple's own, slower constructor


class Line:
    """The tokens of one text and their classes as one string; `text` is as given, `folded` its folded form.

    `points` keeps what `read_point` has read at a token, since intervals, lists and single dates all ask for it.
    """

    __slots__ = ("classes", "folded", "points", "text", "tokens")

    def __init__(self, text: str, folded: str, tokens: list[Token]) -> None:
        self.text, self.folded, self.tokens = text, folded, tokens
        self.classes = "".join([token.code for token in tokens])
        self.points = dict[int, Point | None]()

    def offsets(self, start: int, end: int) -> tuple[int, int]:
        """The code points that the tokens `[start, end)` cover."""
        return self.tokens[start].start, self.tokens[end - 1].end

    def word(self, index: int) -> str:
        """The folded form of one token, empty beyond either end."""
        return self.folded[self.tokens[index].start : self.tokens[index].end] if 0 <= index < len(self.tokens) else ""


def _integers(text: str) -> list[int]:
    return [int(piece) for piece in re.findall("[0-9]+", text)]


def _pair_year(two_digits: int) -> int:
    """The year of a two-digit one: 1930 to 2029 and on, the window that POSIX and press archives use (69 → 1969)."""
    return two_digits + (2000 if two_digits < 50 else 1900)


def full_year(digits: str) -> int:
    """The year that two or four digits write; two digits stand for 1950 to 2049."""
    return _pair_year(int(digits)) if len(digits) == 2 else int(digits)


def _numeric(match: re.Match[str]) -> Token:
    """A whole date in digits, as its year, month and day, whatever its order."""
    digits = re.findall("[0-9]+", match.group())[:3]
    year, month, day = digits if len(digits[0]) == 4 else reversed(digits)
    return Token("=", match.start(), match.end(), parts=(full_year(year), int(month), int(day)))


def _month_year(match: re.Match[str]) -> Token:
    first, second = _integers(match.group())
    return Token("~", match.start(), match.end(), parts=(max(first, second), min(first, second)))


def _day_month(match: re.Match[str]) -> Token:
    day, month = _integers(match.group())
    return Token("^", match.start(), match.end(), parts=(month, day))


def _integer(match: re.Match[str]) -> Token:
    digits, start, end = match.group(), match.start(), match.end()
    number = int(digits) if len(digits) <= 4 else 0
    code = (
        "d" if len(digits) <= 2 and 1 <= number <= 31 else "n" if len(digits) <= 3 else "Y" if len(digits) == 4 and number in YEARS else "#"
    )
    if code == "Y" and match.string[end : end + 1] in _NEVER_AFTER_YEAR and end < len(match.string):
        code = "#"
    return Token(code, start, end, digits, number)


def _figure(match: re.Match[str]) -> Token:
    """A grouped or decimal number; one that ends in a half (`2,5`) may count units of time."""
    half = re.fullmatch(r"([0-9]{1,2})[.,]5", match.group())
    return Token("&" if half else "#", match.start(), match.end(), "", int(half.group(1)) if half else 0)


def _ordinal(match: re.Match[str]) -> Token:
    return Token("o", match.start(), match.end(), "", _integers(match.group())[0])


def _as(code: str) -> Callable[[re.Match[str]], Token]:
    return lambda match: Token(code, match.start(), match.end())


def _mark(match: re.Match[str]) -> Token:
    char = match.group()
    return Token(char if char in _MARKS else "x", match.start(), match.end())


def _quarter(match: re.Match[str]) -> Token:
    return Token("q", match.start(), match.end(), "Q" + match.group()[0])


def _roman(word: str) -> int:
    """The value of a Roman ordinal up to thirty (`xxe` → 20), 0 if the word is none."""
    match = _ROMAN.fullmatch(word)
    if match is None:
        return 0
    units = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"]
    return 10 * len(match.group(1)) + (units.index(match.group(2)) if match.group(2) in units else 0)


def _unlisted(match: re.Match[str], word: str) -> Token:
    """A word that the lexicon does not hold: a period code (`T1`, `S2`), a Roman ordinal (`XXe`), or nothing."""
    start, end = match.span()
    if len(word) > 9 or (word[-1] not in "er" and len(word) != 2):
        return _NEW(Token, ("x", start, end, "", 0, ()))
    if len(word) == 2 and _PERIOD_CODE.fullmatch(word):
        kind = {"t": "Q", "q": "Q", "s": "H", "h": "H"}[word[0]]
        return Token("q" if kind == "Q" or word[1] in "12" else "x", start, end, kind + word[1])
    number = _roman(word) if word[0] in "xvi" and word[-1] in "er" else 0
    return Token("o" if number else "x", start, end, "", number)


def _roman_apart(match: re.Match[str]) -> Token:
    """`XX e siècle`, the ordinal's ending set apart as superscripts are when copied."""
    return Token("o", match.start(), match.end() - 1, "", _roman(match.group().replace(" ", "")))


_READERS: dict[str, Callable[[re.Match[str]], Token]] = {
    "iso": _numeric, "ymd": _numeric, "dmy": _numeric, "my": _month_year, "dm": _day_month, "int": _integer, "ordinal": _ordinal,
    "mark": _mark, "quarter": _quarter, "url": _as("x"), "phone": _as("#"), "clock": _as("t"), "num": _figure, "other": _as("x"),
    "blank": _as("Z"), "ago": _as("Q"), "century": _roman_apart,
}  # fmt: skip


@cache
def _entries(folder: Path) -> dict[str, tuple[str, str, int]]:
    """Class, value and number of every listed word."""
    entries = {}
    for word, atom in load_atoms(folder).items():
        number = 7 if atom.kind == "sept" else int(atom.value) if atom.value.lstrip("-").isdigit() else 0
        entries[word] = (atom.code, atom.value, number)
    return entries


def _word(match: re.Match[str], entries: Entries) -> Token:
    word = match.group()
    entry = entries.get(word) or (None if word.isascii() else entries.get(fold_word(word)))
    if entry is None:
        return _unlisted(match, word)
    return _NEW(Token, (entry[0], match.start(), match.end(), entry[1], entry[2], ()))


def _pieces(tokens: list[Token], start: int) -> tuple[list[int], list[int]]:
    """The numeral pieces from a token on, and the index after each of them; hyphens and `et un`, `et onze` join them."""
    values, ends, index = [tokens[start].number], [start + 1], start + 1
    while index < len(tokens) and len(values) < 8:
        if tokens[index].code == "-":
            index += 1
        elif tokens[index].code == "K" and tokens[index].value == "" and values[-1] in TENS:
            index += 1
            if index >= len(tokens) or tokens[index].number not in (1, 11):
                break
        if index >= len(tokens) or tokens[index].code not in "nsu" or tokens[index].value.isdigit() is False:
            break
        if tokens[index].code == "u" and tokens[index - 1].code != "K" and values[-1] not in (*TENS, 100):
            break
        values.append(tokens[index].number)
        index += 1
        ends.append(index)
    return values, ends


def _is_spelled(token: Token, folded: str) -> bool:
    return token.code == "n" and folded[token.start].isalpha()


def _hyphen_ordinal(tokens: list[Token], index: int) -> bool:
    """Whether `-neuvième` follows, as in `dix-neuvième`."""
    return index + 1 < len(tokens) and tokens[index].code == "-" and tokens[index + 1].code == "o" and tokens[index + 1].number < 10


def _numeral(tokens: list[Token], start: int) -> tuple[Token, int]:
    """The spelled numeral that begins at a token as one token, and the index after it."""
    values, ends = _pieces(tokens, start)
    value, taken = read_numeral(values)
    end = ends[taken - 1]
    if taken == len(ends) and _hyphen_ordinal(tokens, end):
        return Token("o", tokens[start].start, tokens[end + 1].end, "spelled", value + tokens[end + 1].number), end + 2
    code = "d" if 1 <= value <= 31 else "Y" if value in YEARS and value >= 1900 else "n"
    return Token(code, tokens[start].start, tokens[end - 1].end, "spelled", value), end


def _spelled_joined(tokens: list[Token], folded: str) -> list[Token]:
    """The tokens with every numeral in words made one token."""
    if not any(token.code == "n" for token in tokens):
        return tokens
    joined, index = list[Token](), 0
    while index < len(tokens):
        token, index = _numeral(tokens, index) if _is_spelled(tokens[index], folded) else (tokens[index], index + 1)
        joined.append(token)
    return joined


def _tokens(folded: str, window: tuple[int, int], entries: Entries) -> list[Token]:
    """The tokens of one window, closed by a barrier that no phrase crosses."""
    matches = _TOKEN.finditer(folded, *window)
    tokens = [_word(m, entries) if m.lastgroup == "word" else _READERS[m.lastgroup or ""](m) for m in matches]
    return [*_spelled_joined(tokens, folded), Token("Z", window[1], window[1])]


def tokenise(text: str, *, folder: Path = MODELS) -> Line:
    """The line of a text: every offset is one of `text` (code points). Takes time linear in the length of the text."""
    folded, entries = fold(text), _entries(folder)
    stretches = windows(folded, trigger(folder))
    return Line(text, folded, [token for window in stretches for token in _tokens(folded, window, entries)])
