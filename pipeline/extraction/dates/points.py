"""The grammar of single dates: short patterns over a line's classes (`tokens.py`), each with the reader of its groups (`readers.py`)."""

import re
from dataclasses import replace

from pipeline.extraction.dates import readers
from pipeline.extraction.dates.phrases import Point
from pipeline.extraction.dates.readers import Reader
from pipeline.extraction.dates.tokens import Line

_MONTH = r"(?P<mon>M|[mr]\.?|s\.?(?![1-8]))"
_OF_YEAR = r"(?:,?(?:D?l?1)?D?(?P<year>Y))"
_CUE = r"(?P<cue>[pPfFC])"
_WEEKDAY = r"(?P<wd>W|[wr]\.?)"
_DAY = rf"(?:{_WEEKDAY},?l?)?(?P<day>[dos])-?{_MONTH}(?:-?{_OF_YEAR}|-?(?P<short>[dn](?=[,.;:)_\-Z(]|$))|{_CUE})?"


_RULES: tuple[tuple[str, Reader], ...] = (
    (rf"[lc]?{_DAY}", readers.calendar_date),
    (rf"l?(?:{_WEEKDAY},?l?)?=", readers.numeric_date),
    (rf"l?(?:{_WEEKDAY},?l?)?\^", readers.day_and_month),
    (rf"(?:[lc]?2D|c)?{_MONTH}(?:-?{_OF_YEAR}|,?(?P<short>n(?=[,.;:)_\-Z(]|$))|{_CUE})?", readers.calendar_date),
    (r"~", readers.month_and_year),
    (r"l?(?P<day>[do])D?(?P<mon>e),?(?P<year>Y)", readers.calendar_date),
    (r"(?P<mon>e)(?P<day>[do]),?(?P<year>Y)", readers.calendar_date),
    (r"(?P<mon>e),?(?P<year>Y)", readers.calendar_date),
    (r"l?1(?:Y|d|n)", readers.decade),
    (r"(?:l?1D?)?(?P<year>Y)", readers.year_alone),
    (r"(?P<code>q)(?:[-/]|Dl?1?)?(?P<year>Y)", readers.period_code),
    (rf"[lc]?(?:(?P<ord>o)|(?P<last>p))(?P<unit>[56])(?:{_OF_YEAR}|{_CUE})?", readers.year_part),
    (rf"[lc]?[pP]?(?P<season>S){_OF_YEAR}(?:[-/][Ydn])?", readers.season),
    (r"(?:[lc]?[pP](?P<season>S))", readers.season_turned),
    (r"[lc]?(?P<season>S)(?P<cue>[pPfFC])?", readers.season),
    (rf"l?(?P<mon>a)(?:{_OF_YEAR}|{_CUE})?", readers.back_to_school),
    (rf"l?(?P<feast>y){_OF_YEAR}?", readers.feast),
    (rf"l?3(?P<num>[dn]){_OF_YEAR}?", readers.week_number),
    (rf"[lc]?3D{_DAY}", readers.week_of),
    (r"[lc]?(?P<ord>o)7", readers.century),
    (r"(?:[gk]-?)?H", readers.near_day),
    (r"c4", readers.near_day),
    (r"[lc](?P<unit>[1235-6])(?P<cue>[pP])?", readers.near_unit),
    (r"l(?P<unit>[1-356])[fF]", readers.told_unit),
    (r"lV", readers.told_day),
    (r"l?CDl?1(?!Y)", readers.year_in_course),
    (r"[lc](?P<cue>[pP])(?P<unit>[1235-6])", readers.near_unit),
    (r"[lc](?:L|j-?v)(?P<cue>[pP])?", readers.weekend),
    (r"[lc]?(?P<wd>W)(?P<cue>[pPfF])?", readers.weekday_alone),
    (r"[lc]?(?P<wd>W)(?P<day>[do])(?![1-8t%])", readers.numbered_weekday),
    (r"l?(?P<wd>W)D?(?:l3(?P<cue>[pP])|c3)", readers.weekday_of_week),
    (rf"l?(?:(?P<ord>o)|p)(?P<wd>W)D(?:(?:l?2D)?{_MONTH}(?:{_OF_YEAR}|{_CUE})?)", readers.nth_weekday),
    (rf"l?(?P<num>o)3{_OF_YEAR}", readers.week_number),
    (r"l?(?P<day>[do])(?:C|D?c2|Dl?2(?P<cue>[pPC]))", readers.day_of_month_in_course),
    (r"l(?P<day>[do])(?=[,.;:)Z(KN]|A(?![dnoY])|$)", readers.day_alone),
)
_COMPILED = tuple((re.compile(pattern), reader) for pattern, reader in _RULES)
_ANY = re.compile("|".join(f"(?:{re.sub('[?]P<[a-z]+>', '?:', pattern)})" for pattern, _ in _RULES))
_MODIFIER = re.compile(r"l?b-?(?:Dl?|[lc])?|R")
_LIMIT = re.compile(r"AXU|[gk](?!-?H)")
_NEAR_YEAR = re.compile(r"D(?:l1(?P<cue>[pP])|c1)")
_INNER_UNIT = re.compile(r"(?P<unit>[1256])(?P<cue>[pP])?")


def _modified(line: Line, index: int) -> Point | None:
    """`début 2018`, `à la mi-mars`, `la fin de l'année`, `vers 2010`: a point inside a modifier."""
    match = _MODIFIER.match(line.classes, index)
    if match is None:
        return None
    mod = next(line.tokens[i].value for i in range(index, match.end()) if line.classes[i] in "bR")
    inner = _longest(line, match.end(), None) or _unit_in_course(line, match)
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
    """The unit of `fin d'année`, `la fin du mois dernier`."""
    match = _INNER_UNIT.match(line.classes, modifier.end())
    if match is None or "D" not in modifier.group():
        return None
    offset = {"p": -1, "P": 1}.get(match.group("cue") or "", 0)
    return Point(match.start(), match.end(), unit=readers.UNITS[match.group("unit")], offset=offset)


def read_point(line: Line, index: int) -> Point | None:
    """The longest single date that begins at a token, or None; nothing here knows a calendar or a reference date."""
    if index not in line.points:
        point = _longest(line, index, _modified(line, index) or _limited(line, index))
        line.points[index] = None if point is None else _of_year(line, point)
    return line.points[index]


def _of_year(line: Line, point: Point) -> Point:
    """The point with `de l'an prochain`, `de cette année` behind it, if that is told: its cue is then how many years from the reference."""
    match = _NEAR_YEAR.match(line.classes, point.end) if point.rank >= 2 and point.year is None and not point.cue else None
    if match is None:
        return point
    years = {None: "0", "p": "-1", "P": "1"}[match.group("cue")]
    return replace(point, end=match.end(), cue=f"year{years}")


def _longest(line: Line, index: int, best: Point | None) -> Point | None:
    """The longest date of the rules, if it is longer than the best one so far."""
    if _ANY.match(line.classes, index) is None:
        return best
    for pattern, reader in _COMPILED:
        match = pattern.match(line.classes, index)
        point = reader(line, match) if match else None
        if point is not None and (best is None or point.end > best.end):
            best = point
    return best
