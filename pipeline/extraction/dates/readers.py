"""What the groups of a matched pattern mean: one small reader per kind of date, from a match over a line's classes to a point."""

import re
from collections.abc import Callable
from dataclasses import replace

from pipeline.extraction.dates.phrases import Point
from pipeline.extraction.dates.tokens import Line, Token, full_year

_CERTAIN = frozenset({"a", "au", "avant", "apres", "depuis", "des", "pour", "jusqu'", "ici", "courant", "tout"})
_CUES = {"p": "past", "F": "past", "P": "next", "f": "next", "C": "current"}
UNITS = {"1": "Y", "2": "M", "3": "W", "4": "D", "5": "Q", "6": "H"}

Reader = Callable[[Line, re.Match[str]], Point | None]


def _token(line: Line, match: re.Match[str], name: str) -> Token | None:
    """The token of a named group, None where the group is absent from the match or from the pattern."""
    index = match.start(name) if name in match.re.groupindex else -1
    return line.tokens[index] if index >= 0 else None


def _number(line: Line, match: re.Match[str], name: str) -> int | None:
    token = _token(line, match, name)
    return None if token is None else token.number


def _cue(line: Line, match: re.Match[str]) -> str | None:
    token = _token(line, match, "cue")
    return None if token is None else _CUES[token.code]


def _year(line: Line, match: re.Match[str]) -> int | None:
    short = _token(line, match, "short")
    if short is not None:
        return full_year(short.value) if len(short.value) == 2 else None
    return _number(line, match, "year")


def _month(line: Line, match: re.Match[str]) -> int | None:
    token = _token(line, match, "mon")
    return None if token is None else int(token.value)


def calendar_date(line: Line, match: re.Match[str]) -> Point | None:
    """A day or a month with whatever else the pattern names."""
    day, short = _number(line, match, "day"), _token(line, match, "short")
    if day is not None and _spaced_dash(line, match.start("day") + 1):
        return None
    end = match.start("short") if short is not None and len(short.value) != 2 else match.end()
    weekday = _number(line, match, "wd")
    return Point(match.start(), end, _year(line, match), _month(line, match), day, weekday, cue=_cue(line, match))


def _spaced_dash(line: Line, index: int) -> bool:
    """Whether a dash between blanks parts a number from a month, as in `no 9 – septembre 2023`."""
    return line.classes[index] == "-" and line.text[line.tokens[index].end].isspace()


def numeric_date(line: Line, match: re.Match[str]) -> Point:
    """A whole date in digits, with its weekday if told."""
    year, month, day = line.tokens[match.end() - 1].parts
    return Point(match.start(), match.end(), year, month, day, _number(line, match, "wd"))


def month_and_year(line: Line, match: re.Match[str]) -> Point | None:
    """`01/2013`, `2013-01`."""
    year, month = line.tokens[match.end() - 1].parts
    return Point(match.start(), match.end(), year, month) if 1900 <= year < 2151 and 1 <= month <= 12 else None


def day_and_month(line: Line, match: re.Match[str]) -> Point | None:
    """`17/01`: both of two digits, or introduced."""
    month, day = line.tokens[match.end() - 1].parts
    long = match.end() - match.start() > 1 or line.word(match.end() - 1)[2:3] == "/" and len(line.word(match.end() - 1)) == 5
    return (
        Point(match.start(), match.end(), None, month, day, _number(line, match, "wd")) if long and 1 <= month <= 12 and day <= 31 else None
    )


def year_alone(line: Line, match: re.Match[str]) -> Point | None:
    """A year and nothing else."""
    return Point(match.start(), match.end(), _number(line, match, "year"))


def period_code(line: Line, match: re.Match[str]) -> Point:
    """`T1 2019`, `S2 2020`."""
    token = _token(line, match, "code")
    return Point(match.start(), match.end(), _year(line, match), part=token.value if token else None)


def year_part(line: Line, match: re.Match[str]) -> Point | None:
    """A quarter or a half by its ordinal; the last one is the fourth or the second."""
    unit = line.tokens[match.start("unit")].code
    most, letter = (4, "Q") if unit == "5" else (2, "H")
    order = _number(line, match, "ord") or (most if _token(line, match, "last") else 0)
    return (
        Point(match.start(), match.end(), _year(line, match), part=f"{letter}{order}", cue=_cue(line, match))
        if 1 <= order <= most
        else None
    )


def season(line: Line, match: re.Match[str]) -> Point | None:
    """A season that is a certain one."""
    if not _names_one(line, match):
        return None
    token = line.tokens[match.start("season")]
    cue = _cue(line, match) or ("current" if line.classes[match.start()] == "c" else None)
    return Point(match.start(), match.end(), _year(line, match), part=token.value, cue=cue)


def _names_one(line: Line, match: re.Match[str]) -> bool:
    """Whether a season is a certain one: by its year, a cue or a preposition. `l'été` alone is any, `a été` is none."""
    if match.group("year") if "year" in match.re.groupindex else False:
        return True
    before = line.word(match.start() - 1)
    if line.classes[match.start()] == "l":
        return match.group("cue") is not None or before in _CERTAIN
    if line.classes[max(0, match.start() - 3) : match.start()] == "bDl":
        return True  # "au début de l'été"
    return (
        line.classes[match.start()] == "c" or before in ("au", "mi", "debut", "fin") or (before == "en" and match.group("cue") is not None)
    )


def season_turned(line: Line, match: re.Match[str]) -> Point:
    """`le prochain printemps`."""
    turn = line.classes[match.start("season") - 1]
    return Point(match.start(), match.end(), part=line.tokens[match.start("season")].value, cue=_CUES[turn])


def back_to_school(line: Line, match: re.Match[str]) -> Point | None:
    """`à la rentrée 2014`, `dès la rentrée`: September; the word alone tells no date."""
    if line.word(match.start() - 1) not in _CERTAIN or line.classes[match.start()] != "l":
        return None
    return calendar_date(line, match)


def feast(line: Line, match: re.Match[str]) -> Point | None:
    """`à Noël`, `avant Pâques`: the day itself; not in `marché de Noël`."""
    if line.word(match.start() - 1) not in _CERTAIN:
        return None
    rule = line.tokens[match.start("feast")].value
    if rule.startswith("easter"):
        return Point(match.start(), match.end(), _year(line, match), month=4, day=1, part=rule)
    month, day = (int(piece) for piece in rule.split("-"))
    return Point(match.start(), match.end(), _year(line, match), month, day)


def told_day(line: Line, match: re.Match[str]) -> Point | None:
    """`la veille`, `le lendemain`: a day from the one told last; not `la veille du vote`."""
    if line.classes[match.end() : match.end() + 1] == "D":
        return None
    return Point(match.start(), match.end(), unit="D", offset=line.tokens[match.end() - 1].number, part="TOLD")


def told_unit(line: Line, match: re.Match[str]) -> Point | None:
    """`l'année suivante`, `le mois précédent`: from the date told last."""
    if line.word(match.start("unit")).endswith("s") and line.word(match.start("unit")) != "mois":
        return None
    offset = 1 if match.group().endswith("f") else -1
    return Point(match.start(), match.end(), unit=UNITS[line.tokens[match.start("unit")].code], offset=offset, part="TOLD")


def year_in_course(line: Line, match: re.Match[str]) -> Point:
    """`dans le courant de l'année`, `courant d'année`."""
    return Point(match.start(), match.end(), unit="Y")


def week_number(line: Line, match: re.Match[str]) -> Point | None:
    """`la semaine 10 de 2018`."""
    number = _number(line, match, "num") or 0
    return Point(match.start(), match.end(), _year(line, match), part=f"W{number:02d}") if 1 <= number <= 53 else None


def week_of(line: Line, match: re.Match[str]) -> Point | None:
    """`la semaine du 12 mars 2018`: the ISO week around that day."""
    point = calendar_date(line, match)
    return None if point is None else replace(point, part="WEEK")


def decade(line: Line, match: re.Match[str]) -> Point | None:
    """`les années 1990`, `les années nonante`; two digits are of the twentieth century."""
    number, word = line.tokens[match.end() - 1].number, line.word(match.end() - 2)
    if word != "annees" or number % 10 or not (number >= 1500 or 10 <= number <= 90):
        return None
    return Point(match.start(), match.end(), number if number >= 100 else 1900 + number, part="DECADE")


def century(line: Line, match: re.Match[str]) -> Point | None:
    """`le XXe siècle`."""
    order = _number(line, match, "ord") or 0
    return Point(match.start(), match.end(), 100 * (order - 1), part="CENTURY") if 1 <= order <= 30 else None


def _there(line: Line, end: int) -> str | None:
    """`TOLD` if `-là` follows, which points at the time told last."""
    return "TOLD" if line.classes[end : end + 2] == "-l" and line.word(end + 1) == "la" else None


def near_day(line: Line, match: re.Match[str]) -> Point | None:
    """`hier`, `avant-hier`, `demain`, `après-demain`, `aujourd'hui`, `ce jour`; `à ce jour` is no day, `ce jour-là` the one told last."""
    near = line.classes[match.end() - 1] == "H"
    if not near and (line.word(match.start() - 1) == "a" or line.word(match.start()) != "ce"):
        return None
    offset = line.tokens[match.end() - 1].number if near else 0
    part = None if near else _there(line, match.end())
    return Point(match.start(), match.end(), unit="D", part=part, offset=offset * (2 if match.end() - match.start() > 1 else 1))


def near_unit(line: Line, match: re.Match[str]) -> Point | None:
    """`l'an dernier`, `la semaine prochaine`, `ce mois`, `cette année`; `ces années` is a duration, if anything."""
    word, cue = line.word(match.start("unit")), _cue(line, match)
    if word.endswith("s") and word != "mois" or line.word(match.start()) in ("les", "ces"):
        return None
    if cue is None and line.classes[match.start()] != "c":
        return None
    offset = {"past": -1, "next": 1}.get(cue or "", 0)
    part = _there(line, match.end()) if cue is None else None
    return Point(match.start(), match.end(), unit=UNITS[line.tokens[match.start("unit")].code], offset=offset, part=part)


def weekend(line: Line, match: re.Match[str]) -> Point | None:
    """`ce week-end`, `le week-end prochain`; `le week-end` alone is any."""
    offset = {"past": -1, "next": 1}.get(_cue(line, match) or "", 0)
    named = line.classes[match.start()] == "c" or offset
    return Point(match.start(), match.end(), part="WE", unit="W", offset=offset) if named else None


def weekday_alone(line: Line, match: re.Match[str]) -> Point | None:
    """A weekday, with `dernier`, `prochain` or `ce` if told."""
    cue = _cue(line, match) or ("current" if line.classes[match.start()] == "c" else None)
    return Point(match.start(), match.end(), weekday=_number(line, match, "wd"), cue=cue)


def numbered_weekday(line: Line, match: re.Match[str]) -> Point | None:
    """`lundi 16`: a day whose month goes without saying; digits only, and on one line."""
    first, last = line.offsets(match.start(), match.end())
    day = _number(line, match, "day") or 0
    alone = 1 <= day <= 31 and line.text[last - 1].isdigit() and "\n" not in line.text[first:last]
    return Point(match.start(), match.end(), day=day, weekday=_number(line, match, "wd")) if alone else None


def day_alone(line: Line, match: re.Match[str]) -> Point | None:
    """`le 15`: a day of the month that goes without saying; in digits, right after its article."""
    first, last = line.offsets(match.start(), match.end())
    words, day = line.folded[first:last].split(), _number(line, match, "day") or 0
    bare = len(words) == 2 and words[0] == "le" and (words[1].isdigit() or words[1] == "1er")
    return Point(match.start(), match.end(), day=day) if bare and 1 <= day <= 31 else None


def weekday_of_week(line: Line, match: re.Match[str]) -> Point:
    """`vendredi de la semaine prochaine`."""
    offset = {"past": -1, "next": 1}.get(_cue(line, match) or "", 0)
    return Point(match.start(), match.end(), weekday=_number(line, match, "wd"), unit="W", offset=offset)


def nth_weekday(line: Line, match: re.Match[str]) -> Point | None:
    """`le premier vendredi de juillet`, `le dernier jeudi de mars 2018`."""
    order, month = _number(line, match, "ord") or -1, _month(line, match)
    part = f"nth{order}" if order in (-1, 1, 2, 3, 4, 5) else None
    weekday = _number(line, match, "wd")
    return Point(match.start(), match.end(), _year(line, match), month, 1, weekday, part, cue=_cue(line, match)) if part else None


def day_of_month_in_course(line: Line, match: re.Match[str]) -> Point:
    """`le 12 courant`, `le 12 du mois dernier`: a day of the month in course, of the last or of the next one."""
    offset = {"past": -1, "next": 1}.get(_cue(line, match) or "", 0)
    return Point(match.start(), match.end(), day=_number(line, match, "day"), unit="M", offset=offset)
