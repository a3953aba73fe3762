"""The grammar of single dates: short patterns over a line's classes (`tokens.py`), each with the function that reads its groups."""

import re
from collections.abc import Callable
from dataclasses import replace

from pipeline.extraction.dates.phrases import Point
from pipeline.extraction.dates.tokens import Line, Token, full_year

_MONTH = r"(?P<mon>M|[msr]\.?)"
_OF_YEAR = r"(?:,?(?:D?l?1)?D?(?P<year>Y))"
_CUE = r"(?P<cue>[pPfFC])"
_WEEKDAY = r"(?P<wd>W|[wr]\.?)"
_DAY = rf"(?:{_WEEKDAY},?l?)?(?P<day>[dos])-?{_MONTH}(?:-?{_OF_YEAR}|-?(?P<short>[dn](?=[,.;:)_\-Z(]|$))|{_CUE})?"

_CERTAIN = frozenset({"a", "au", "avant", "apres", "depuis", "des", "pour", "jusqu'", "ici", "courant"})
_CUES = {"p": "past", "F": "past", "P": "next", "f": "next", "C": "current"}
_UNITS = {"1": "Y", "2": "M", "3": "W", "4": "D", "5": "Q", "6": "H"}

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


def _calendar(line: Line, match: re.Match[str]) -> Point | None:
    """A day or a month with whatever else the pattern names."""
    day, short = _number(line, match, "day"), _token(line, match, "short")
    end = match.start("short") if short is not None and len(short.value) != 2 else match.end()
    weekday = _number(line, match, "wd")
    return Point(match.start(), end, _year(line, match), _month(line, match), day, weekday, cue=_cue(line, match))


def _numeric(line: Line, match: re.Match[str]) -> Point:
    year, month, day = line.tokens[match.end() - 1].parts
    return Point(match.start(), match.end(), year, month, day, _number(line, match, "wd"))


def _month_year(line: Line, match: re.Match[str]) -> Point | None:
    year, month = line.tokens[match.end() - 1].parts
    return Point(match.start(), match.end(), year, month) if 1900 <= year < 2151 and 1 <= month <= 12 else None


def _day_month(line: Line, match: re.Match[str]) -> Point | None:
    month, day = line.tokens[match.end() - 1].parts
    long = match.end() - match.start() > 1 or line.word(match.end() - 1)[2:3] == "/" and len(line.word(match.end() - 1)) == 5
    return (
        Point(match.start(), match.end(), None, month, day, _number(line, match, "wd")) if long and 1 <= month <= 12 and day <= 31 else None
    )


def _year_alone(line: Line, match: re.Match[str]) -> Point | None:
    return Point(match.start(), match.end(), _number(line, match, "year"))


def _period_code(line: Line, match: re.Match[str]) -> Point:
    token = _token(line, match, "code")
    return Point(match.start(), match.end(), _year(line, match), part=token.value if token else None)


def _year_part(line: Line, match: re.Match[str]) -> Point | None:
    """A quarter or a half by its ordinal; the last one is the fourth or the second."""
    unit = line.tokens[match.start("unit")].code
    most, letter = (4, "Q") if unit == "5" else (2, "H")
    order = _number(line, match, "ord") or (most if _token(line, match, "last") else 0)
    return (
        Point(match.start(), match.end(), _year(line, match), part=f"{letter}{order}", cue=_cue(line, match))
        if 1 <= order <= most
        else None
    )


def _season(line: Line, match: re.Match[str]) -> Point | None:
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
    return (
        line.classes[match.start()] == "c" or before in ("au", "mi", "debut", "fin") or (before == "en" and match.group("cue") is not None)
    )


def _season_turned(line: Line, match: re.Match[str]) -> Point:
    """`le prochain printemps`."""
    turn = line.classes[match.start("season") - 1]
    return Point(match.start(), match.end(), part=line.tokens[match.start("season")].value, cue=_CUES[turn])


def _back_to_school(line: Line, match: re.Match[str]) -> Point | None:
    """`à la rentrée 2014`, `dès la rentrée`: September; the word alone tells no date."""
    if line.word(match.start() - 1) not in _CERTAIN or line.classes[match.start()] != "l":
        return None
    return _calendar(line, match)


def _feast(line: Line, match: re.Match[str]) -> Point | None:
    """`à Noël`, `avant Pâques`: the day itself; not in `marché de Noël`."""
    if line.word(match.start() - 1) not in _CERTAIN:
        return None
    rule = line.tokens[match.start("feast")].value
    if rule.startswith("easter"):
        return Point(match.start(), match.end(), _year(line, match), month=4, day=1, part=rule)
    month, day = (int(piece) for piece in rule.split("-"))
    return Point(match.start(), match.end(), _year(line, match), month, day)


def _anaphor(line: Line, match: re.Match[str]) -> Point | None:
    """`la veille`, `le lendemain`: a day from the one told last; not `la veille du vote`."""
    if line.classes[match.end() : match.end() + 1] == "D":
        return None
    return Point(match.start(), match.end(), unit="D", offset=line.tokens[match.end() - 1].number, part="TOLD")


def _anaphoric_unit(line: Line, match: re.Match[str]) -> Point | None:
    """`l'année suivante`, `le mois précédent`: from the date told last."""
    if line.word(match.start("unit")).endswith("s") and line.word(match.start("unit")) != "mois":
        return None
    offset = 1 if match.group().endswith("f") else -1
    return Point(match.start(), match.end(), unit=_UNITS[line.tokens[match.start("unit")].code], offset=offset, part="TOLD")


def _course(line: Line, match: re.Match[str]) -> Point:
    """`dans le courant de l'année`, `courant d'année`."""
    return Point(match.start(), match.end(), unit="Y")


def _week_number(line: Line, match: re.Match[str]) -> Point | None:
    number = _number(line, match, "num") or 0
    return Point(match.start(), match.end(), _year(line, match), part=f"W{number:02d}") if 1 <= number <= 53 else None


def _week_of(line: Line, match: re.Match[str]) -> Point | None:
    point = _calendar(line, match)
    return None if point is None else replace(point, part="WEEK")


def _decade(line: Line, match: re.Match[str]) -> Point | None:
    number, word = line.tokens[match.end() - 1].number, line.word(match.end() - 2)
    if word != "annees" or number % 10 or not (number >= 1500 or 10 <= number <= 90):
        return None
    return Point(match.start(), match.end(), number if number >= 100 else 1900 + number, part="DECADE")


def _century(line: Line, match: re.Match[str]) -> Point | None:
    order = _number(line, match, "ord") or 0
    return Point(match.start(), match.end(), 100 * (order - 1), part="CENTURY") if 1 <= order <= 30 else None


def _near_day(line: Line, match: re.Match[str]) -> Point:
    """`hier`, `avant-hier`, `demain`, `après-demain`, `aujourd'hui`, `ce jour`."""
    offset = line.tokens[match.end() - 1].number if line.classes[match.end() - 1] == "H" else 0
    return Point(match.start(), match.end(), unit="D", offset=offset * (2 if match.end() - match.start() > 1 else 1))


def _near_unit(line: Line, match: re.Match[str]) -> Point | None:
    """`l'an dernier`, `la semaine prochaine`, `ce mois`, `cette année`; `ces années` is a duration, if anything."""
    word, cue = line.word(match.start("unit")), _cue(line, match)
    if word.endswith("s") and word != "mois" or line.word(match.start()) in ("les", "ces"):
        return None
    if cue is None and line.classes[match.start()] != "c":
        return None
    offset = {"past": -1, "next": 1}.get(cue or "", 0)
    return Point(match.start(), match.end(), unit=_UNITS[line.tokens[match.start("unit")].code], offset=offset)


def _weekend(line: Line, match: re.Match[str]) -> Point | None:
    offset = {"past": -1, "next": 1}.get(_cue(line, match) or "", 0)
    named = line.classes[match.start()] == "c" or offset
    return Point(match.start(), match.end(), part="WE", unit="W", offset=offset) if named else None


def _weekday(line: Line, match: re.Match[str]) -> Point | None:
    cue = _cue(line, match) or ("current" if line.classes[match.start()] == "c" else None)
    return Point(match.start(), match.end(), weekday=_number(line, match, "wd"), cue=cue)


def _weekday_of_week(line: Line, match: re.Match[str]) -> Point:
    """`vendredi de la semaine prochaine`."""
    offset = {"past": -1, "next": 1}.get(_cue(line, match) or "", 0)
    return Point(match.start(), match.end(), weekday=_number(line, match, "wd"), unit="W", offset=offset)


def _nth_weekday(line: Line, match: re.Match[str]) -> Point | None:
    """`le premier vendredi de juillet`, `le dernier jeudi de mars 2018`."""
    order, month = _number(line, match, "ord") or -1, _month(line, match)
    part = f"nth{order}" if order in (-1, 1, 2, 3, 4, 5) else None
    weekday = _number(line, match, "wd")
    return Point(match.start(), match.end(), _year(line, match), month, 1, weekday, part, cue=_cue(line, match)) if part else None


def _same_month(line: Line, match: re.Match[str]) -> Point:
    """`le 12 courant`, `le 12 du mois dernier`: a day of the month in course, of the last or of the next one."""
    offset = {"past": -1, "next": 1}.get(_cue(line, match) or "", 0)
    return Point(match.start(), match.end(), day=_number(line, match, "day"), unit="M", offset=offset)


_RULES: tuple[tuple[str, Reader], ...] = (
    (rf"[lc]?{_DAY}", _calendar),
    (rf"l?(?:{_WEEKDAY},?l?)?=", _numeric),
    (rf"l?(?:{_WEEKDAY},?l?)?\^", _day_month),
    (rf"(?:[lc]?2D|c)?{_MONTH}(?:-?{_OF_YEAR}|,?(?P<short>n(?=[,.;:)_\-Z(]|$))|{_CUE})?", _calendar),
    (r"~", _month_year),
    (r"l?(?P<day>[do])D?(?P<mon>e),?(?P<year>Y)", _calendar),
    (r"(?P<mon>e)(?P<day>[do]),?(?P<year>Y)", _calendar),
    (r"(?P<mon>e),?(?P<year>Y)", _calendar),
    (r"l?1(?:Y|d|n)", _decade),
    (r"(?:l?1D?)?(?P<year>Y)", _year_alone),
    (r"(?P<code>q)(?:[-/]|Dl?1?)?(?P<year>Y)", _period_code),
    (rf"[lc]?(?:(?P<ord>o)|(?P<last>p))(?P<unit>[56])(?:{_OF_YEAR}|{_CUE})?", _year_part),
    (rf"[lc]?[pP]?(?P<season>S){_OF_YEAR}(?:[-/][Ydn])?", _season),
    (r"(?:[lc]?[pP](?P<season>S))", _season_turned),
    (r"[lc]?(?P<season>S)(?P<cue>[pPfFC])?", _season),
    (rf"l?(?P<mon>a)(?:{_OF_YEAR}|{_CUE})?", _back_to_school),
    (rf"l?(?P<feast>y){_OF_YEAR}?", _feast),
    (rf"l?3(?P<num>[dn]){_OF_YEAR}?", _week_number),
    (rf"[lc]?3D{_DAY}", _week_of),
    (r"[lc]?(?P<ord>o)7", _century),
    (r"(?:[gk]-?)?H", _near_day),
    (r"c4", _near_day),
    (r"[lc](?P<unit>[1235-6])(?P<cue>[pP])?", _near_unit),
    (r"l(?P<unit>[1-356])[fF]", _anaphoric_unit),
    (r"lV", _anaphor),
    (r"l?CDl?1(?!Y)", _course),
    (r"[lc](?P<cue>[pP])(?P<unit>[1235-6])", _near_unit),
    (r"[lc](?:L|j-?v)(?P<cue>[pP])?", _weekend),
    (r"[lc]?(?P<wd>W)(?P<cue>[pPfF])?", _weekday),
    (r"l?(?P<wd>W)D?(?:l3(?P<cue>[pP])|c3)", _weekday_of_week),
    (rf"l?(?:(?P<ord>o)|p)(?P<wd>W)D(?:(?:l?2D)?{_MONTH}(?:{_OF_YEAR}|{_CUE})?)", _nth_weekday),
    (rf"l?(?P<num>o)3{_OF_YEAR}", _week_number),
    (r"l?(?P<day>[do])(?:C|D?c2|Dl?2(?P<cue>[pPC]))", _same_month),
)
_COMPILED = tuple((re.compile(pattern), reader) for pattern, reader in _RULES)
_MODIFIER = re.compile(r"l?b-?(?:Dl?|[lc])?|R")
_LIMIT = re.compile(r"AXU|[gk](?!-?H)")
_INNER_UNIT = re.compile(r"(?P<unit>[1256])")


def _modified(line: Line, index: int) -> Point | None:
    """`début 2018`, `à la mi-mars`, `la fin de l'année`, `vers 2010`: a point inside a modifier."""
    match = _MODIFIER.match(line.classes, index)
    if match is None:
        return None
    mod = next(line.tokens[i].value for i in range(index, match.end()) if line.classes[i] in "bR")
    inner = read_point(line, match.end(), modified=True) or _unit_in_course(line, match)
    if inner is None or (mod != "APPROX" and (inner.day is not None or inner.weekday is not None or inner.unit in ("D", "W"))):
        return None  # "la grève a pris fin jeudi"
    return replace(inner, start=index, mod=mod)


def _limited(line: Line, index: int) -> Point | None:
    """`avant l'été 2022`, `après 2015`, `au plus tard le 30 septembre`: a point that bounds what is told."""
    match = _LIMIT.match(line.classes, index)
    inner = read_point(line, match.end()) if match else None
    if match is None or inner is None or inner.mod in ("BEFORE", "AFTER", "ON_OR_BEFORE") or inner.unit == "D":
        return None
    return replace(inner, start=index, mod=line.tokens[match.end() - 1].value)


def _unit_in_course(line: Line, modifier: re.Match[str]) -> Point | None:
    """The bare unit of `fin d'année`, `la fin du mois`."""
    match = _INNER_UNIT.match(line.classes, modifier.end())
    if match is None or "D" not in modifier.group():
        return None
    return Point(match.start(), match.end(), unit=_UNITS[match.group()])


def read_point(line: Line, index: int, *, modified: bool = False) -> Point | None:
    """The longest single date that begins at a token, or None; nothing here knows a calendar or a reference date."""
    best = None if modified else _modified(line, index) or _limited(line, index)
    for pattern, reader in _COMPILED:
        match = pattern.match(line.classes, index)
        point = reader(line, match) if match else None
        if point is not None and (best is None or point.end > best.end):
            best = point
    return best
