"""What looks like a date or a duration by its form and is none by what stands around it."""

import re
from dataclasses import replace

from pipeline.extraction.dates.cues import load_cues
from pipeline.extraction.dates.phrases import Duration, Interval, Phrase, Point
from pipeline.extraction.dates.tokens import Line

_INTRODUCES = frozenset("NDEgkIJBbC10Ki(O")
_LOOK_BACK = 48
_SET = re.compile(r"Tl?[1-9]")  # "45 jours par an", not "pour deux ans par l'éditeur" or "trois ans chacun"


def _before(line: Line, phrase: Phrase) -> tuple[str, str]:
    """The class and the words of the token before a phrase; a blank class at the beginning."""
    index = phrase.start - 1
    return (line.classes[index], line.text[line.tokens[index].start : line.tokens[index].end]) if index >= 0 else ("Z", "")


def _plural_noun_follows(line: Line, phrase: Phrase) -> bool:
    """Whether a lower-case plural follows at once, which makes a number of the year: `2000 entreprises`."""
    if phrase.end >= len(line.tokens) or line.classes[phrase.end] != "x":
        return False
    token = line.tokens[phrase.end]
    word = line.text[token.start : token.end]
    return word[:1].islower() and word[-1:] in "sx" and len(word) > 3 and token.start - line.tokens[phrase.end - 1].end == 1


def _on_one_line(line: Line, index: int) -> bool:
    """Whether only blanks, no line break, part a token from the one before."""
    return index > 0 and "\n" not in line.text[line.tokens[index - 1].end : line.tokens[index].start]


def named_by(line: Line, phrase: Phrase) -> bool:
    """Whether a year is the tail of a name: a capitalised word stands right before it (`BIO 2010`, `Hydrogaïa 2015`)."""
    code, word = _before(line, phrase)
    return code == "x" and word[:1].isupper() and _on_one_line(line, phrase.start) and not _heads_year(line, phrase.start - 1)


def _heads_year(line: Line, index: int) -> bool:
    """Whether an earlier word of a heading in capitals takes a year: `RAPPORT ANNUEL 2018`."""
    word = line.text[line.tokens[index].start : line.tokens[index].end]
    return word.isupper() and "0" in line.classes[max(0, index - 2) : index]


def _counts(line: Line, phrase: Phrase, code: str) -> bool:
    """Whether the number counts things: an article, an approximation or a verb before it, a plural noun after it."""
    if code in "Xlcu" or load_cues()["counted"]["after"].match(line.folded, line.tokens[phrase.end - 1].end):
        return True
    round_number = line.tokens[phrase.end - 1].number % 50 == 0
    return _plural_noun_follows(line, phrase) and (
        code not in _INTRODUCES or (round_number and code in "DAR") or line.classes[phrase.start - 2 : phrase.start - 1] in tuple("XR")
    )


def _glued(line: Line, phrase: Phrase) -> bool:
    """Whether a word, a number or a sign is written onto the year: `loi 2018-771`, `n°2018`, `rapport-2019`."""
    first, last = line.offsets(phrase.start, phrase.end)
    left, right = line.folded[max(0, first - 2) : first], line.folded[last : last + 2]
    hyphen = left[1:] == "-" and left[:1].isalpha() and line.classes[phrase.start - 2 : phrase.start - 1] != "b"
    return left[-1:] in tuple("°#/_&=@\\") or hyphen or (right[:1] in ("-", "/", "_") and right[1:].isalnum())


def _postal(line: Line, phrase: Phrase, code: str) -> bool:
    """Whether the four digits are a Belgian or Swiss postal code: after a comma, a dash or nothing, before a capitalised word."""
    if code not in ",-_" or phrase.end >= len(line.tokens) or line.classes[phrase.end] != "x":
        return False
    word = line.text[line.tokens[phrase.end].start : line.tokens[phrase.end].end]
    return word[:1].isupper() and word[1:2].islower()


def _bad_year(line: Line, phrase: Phrase) -> str | None:
    code, _ = _before(line, phrase)
    if line.tokens[phrase.start].value == "spelled" and code not in "NDEgkIJ1b":
        return "an amount"
    if _glued(line, phrase):
        return "part of a number"
    if named_by(line, phrase):
        return "part of a name"
    if _counts(line, phrase, code) and not isinstance(phrase, Interval):
        return "an amount"
    return "a postal code" if _postal(line, phrase, code) else None


def _bad_month(line: Line, point: Point) -> str | None:
    """A month alone must be introduced, or be written as months are: in lower case, whole, and not `mai` or `mars` in a name."""
    code, before = _before(line, point)
    token = line.tokens[point.start]
    if line.classes[point.start] in "msr":
        return "an abbreviation alone"
    if code == "x" and _named_month(line, point):
        return "a name"
    heads = line.classes[point.end : point.end + 1] == ":" and not before[:1].isalnum()
    introduced = heads or code in _INTRODUCES or code in "AlT" or point.mod is not None or point.end - point.start > 1
    return None if introduced or line.text[token.start].islower() or point.month not in (3, 4, 5, 6) else "a name"


def _named_month(line: Line, point: Point) -> bool:
    """`Studio Novembre`: a month in title case behind a capitalised word."""
    word, before = (line.text[line.tokens[i].start : line.tokens[i].end] for i in (point.start, point.start - 1))
    return word.istitle() and before[:1].isupper() and _on_one_line(line, point.start)


def _any_weekday(line: Line, point: Point) -> bool:
    """`le mardi`, `un vendredi`, `les Fusées du samedi`: a weekday of no certain week; `il reviendra le mardi` tells one."""
    before, first = line.word(point.start - 1), line.word(point.start)
    if point.cue is not None or first not in ("le", "les") and before not in ("un", "du"):
        return False
    start, tense = line.offsets(point.start, point.end)[0], load_cues()["tense"]
    clause = line.text[max(0, start - _LOOK_BACK) : start].lower()
    return first != "le" or not (tense["future"].search(clause) or tense["future_at"].search(clause))


def _is_nowadays(line: Line, point: Point) -> bool:
    """`les ingénieurs de demain`, `cela ne date pas d'hier`, a name that ends in `Demain`."""
    first, _ = line.offsets(point.start, point.end)
    word, before = line.text[first : first + 2], line.text[max(0, first - 2) : first]
    named = word.istitle() and before[1:] == " " and before[:1].isalnum()
    return named or load_cues()["vague"]["nowadays"].search(line.folded, max(0, first - _LOOK_BACK), first) is not None


def _is_set(line: Line, phrase: Phrase) -> bool:
    """Whether `tous les`, `chaque`, `par` make the words a set of times."""
    first, _ = line.offsets(phrase.start, phrase.end)
    if line.folded[first - 1 : first] == "/" and not isinstance(phrase, Duration):
        return False
    return load_cues()["vague"]["before"].search(line.folded, max(0, first - _LOOK_BACK), first) is not None


def _is_age(line: Line, phrase: Duration) -> bool:
    """Whether years are somebody's age or an anniversary: `âgé de 30 ans`, `(37 ans)`, `ses 10 ans`."""
    if phrase.unit != "Y" and phrase.value[-1] != "Y" or phrase.sense:
        return False
    first, last = line.offsets(phrase.start, phrase.end)
    around = line.folded[max(0, first - 2) : first].strip() + line.folded[last : last + 1]
    cues, window = load_cues()["age"], line.folded[max(0, first - _LOOK_BACK) : first]
    grown = phrase.count >= 14 and phrase.mod is None and line.classes[phrase.start] in "dn"
    minor = phrase.count >= 14 and phrase.mod in ("LESS_THAN", "MORE_THAN") and window.endswith("les ")
    apposed = minor or grown and (around in (",,", ",.", "()", "(,") or cues["reached"].search(window) is not None)
    return apposed or cues["before"].search(window) is not None or cues["after"].match(line.folded, last, last + 40) is not None


def _broken(line: Line, phrase: Duration) -> bool:
    """Whether a line ends between number and unit and the unit begins another one: `41`, next line `Jours de mission`."""
    first, last = line.offsets(phrase.start, phrase.end)
    head, _, tail = line.text[first:last].partition("\n")
    return bool(tail) and head[-1:].isdigit() and tail[:1].isupper()


def _uncertain(line: Line, point: Point) -> str | None:
    """Why a point is of no certain day: any weekday, nowadays, a number that only looks like a date; None if it is."""
    last = line.classes[point.end - 1]
    if point.mod is not None and point.unit is not None and line.classes[point.start] == "b" and _before(line, point)[0] == "D":
        return "any such time"
    if point.weekday is not None and point.rank == 0 and point.unit is None and _any_weekday(line, point):
        return "any such time"
    if point.unit == "D" and point.part is None and last == "H" and _is_nowadays(line, point):
        return "nowadays"
    first, _ = line.offsets(point.start, point.end)
    numbered = last == "=" and load_cues()["vague"]["numbered"].search(line.folded, max(0, first - _LOOK_BACK), first)
    return "part of a number" if numbered else None


def refusal(line: Line, phrase: Phrase) -> str | None:
    """Why the words are no date or duration after all, None if they are one."""
    if _is_set(line, phrase):
        return "a set of times"
    if isinstance(phrase, Duration):
        if _SET.match(line.classes, phrase.end) or _broken(line, phrase):
            return "a set of times" if _SET.match(line.classes, phrase.end) else "two lines of a list"
        return "an age" if _is_age(line, phrase) else None
    if isinstance(phrase, Interval):
        return _bad_year(line, phrase) if phrase.left.rank == 1 and phrase.left.start == phrase.start else None
    if (reason := _uncertain(line, phrase)) is not None:
        return reason
    if phrase.rank == 1 and line.classes[phrase.end - 1] == "Y" and line.classes[phrase.start] in "YRgkA":
        return _bad_year(line, replace(phrase, start=phrase.end - 1))
    if phrase.month is not None and phrase.day is None and phrase.year is None:
        return _bad_month(line, phrase)
    return None
