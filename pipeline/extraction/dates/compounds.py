"""The grammar of several dates at once: intervals (`du 12 au 15 mai 2014`) and coordinations (`les 7 et 8 juin 2012`)."""

import re
from dataclasses import replace

from pipeline.extraction.dates.phrases import Interval, Point
from pipeline.extraction.dates.points import read_point
from pipeline.extraction.dates.tokens import Line

_FRAGMENT = re.compile(r"[lc]?(?:(?P<wd>W|[wr]\.?),?l?)?(?P<day>[do])(?![1-8%])")
_OPENING = re.compile(r"(?P<open>[DBIE]|ED|ND)?l?")
_SEPARATORS = {"D": "A|J[AN]?l?|-A", "B": "KA?|A", "I": "A|J[AN]?", "E": "A|J[AN]?", "": "A|-|J[AN]?|/"}
_SEPARATOR = {opening: re.compile(f"(?:{pattern})") for opening, pattern in _SEPARATORS.items()}
_LIST = re.compile(r"[lc]?(?:(?:[Ww]\.?)?[do](?:,K?|KA?l?|/|-(?=K)|&)){1,8}")
_ITEM = re.compile(r"(?:(?P<wd>W|[wr]\.?))?(?P<day>[do])")
_MONTHS_LIST = re.compile(r"(?P<months>(?:M(?:,K?|KN?|/)){1,5})(?=M)")


def _fragment(line: Line, index: int) -> Point | None:
    """A bare day, good only as the first part of something that tells the month."""
    match = _FRAGMENT.match(line.classes, index)
    if match is None or line.word(index - 1) in ("°", "no", "n", "vol", "num"):
        return None
    day = line.tokens[match.start("day")].number
    weekday = line.tokens[match.start("wd")].number if match.group("wd") else None
    return Point(match.start(), match.end(), day=day, weekday=weekday) if 1 <= day <= 31 else None


def _two_digit_end(line: Line, index: int, left: Point) -> Point | None:
    """The end of `2019-20`: two digits that follow those of the first year."""
    token = line.tokens[index] if index < len(line.tokens) else None
    if token is None or token.code not in "dn" or len(token.value) != 2 or left.rank != 1 or left.year is None:
        return None
    year = left.year - left.year % 100 + token.number
    return Point(index, index + 1, year=year) if 0 < year - left.year <= 20 else None


def _compatible(left: Point, right: Point) -> bool:
    """Whether the right end can close what the left one opens: same grain, and the right one at least as fully told."""
    if left.day is not None and left.month is None and left.unit is None:
        return right.day is not None
    if left.unit is not None and left.day is not None and right.unit == "M":
        return right.day is not None
    if left.rank == 0 or right.rank == 0:
        return left.rank == right.rank == 0 and (left.weekday is None) == (right.weekday is None)
    if left.month is not None and left.day is None and left.year is None:
        return right.month is not None and right.day is None
    return (left.year is None or right.year is not None) and right.part not in ("DECADE", "CENTURY", "WEEK")


def _tight(line: Line, left: Point, separator: re.Match[str], right: Point) -> bool:
    """A bare dash or slash joins only what is written alike: two years, two months, two days of one month, two whole dates."""
    if separator.group() not in "-/":
        return True
    same = left.rank == right.rank or left.rank == 3 == right.rank
    spaced = line.tokens[separator.start()].start - line.tokens[left.end - 1].end
    return same and spaced <= 1 and (separator.group() == "-" or left.rank == 1) and (left.rank != 1 or line.classes[right.start] in "Ydn")


def _candidates(line: Line, index: int) -> list[Point]:
    return [point for point in (read_point(line, index), _fragment(line, index)) if point is not None]


def _closing(line: Line, opening: str, left: Point) -> Point | None:
    """The right end of an interval whose left end has been read."""
    separator = _SEPARATOR[opening[:1]].match(line.classes, left.end)
    if separator is None:
        return None
    right = read_point(line, separator.end())
    if right is None and separator.group() in "-/":
        right = _two_digit_end(line, separator.end(), left)
    if right is None or not _compatible(left, right) or not _tight(line, left, separator, right):
        return None
    return right


def read_interval(line: Line, index: int) -> Interval | None:
    """The interval that begins at a token, its preposition included, or None."""
    opening = _OPENING.match(line.classes, index)
    if opening is None:
        return None
    for begin in {opening.end("open") if opening.group("open") else index, opening.end()}:
        for left in _candidates(line, begin):
            right = _closing(line, _opened(opening), left)
            if right is not None:
                return Interval(index, right.end, left, right)
    return None


def _opened(opening: re.Match[str]) -> str:
    group = opening.group("open") or ""
    return "E" if group.startswith("E") else "D" if group == "ND" else group


def _inherited(line: Line, listed: re.Match[str], last: Point) -> list[Point]:
    """The days of a list, each with the month, year and cue of the last one; the first one takes the article."""
    points = []
    for item in _ITEM.finditer(line.classes, listed.start(), listed.end()):
        day = line.tokens[item.start("day")].number
        weekday = line.tokens[item.start("wd")].number if item.group("wd") else None
        points.append(replace(last, start=item.start(), end=item.end(), day=day, weekday=weekday))
    points[0] = replace(points[0], start=listed.start())
    return points


def read_list(line: Line, index: int) -> list[Point]:
    """The dates of `les 7, 8 et 9 juin 2012` or `en mai et juin derniers`, each on its own; an empty list if there is none."""
    listed = _LIST.match(line.classes, index)
    if listed is not None:
        last = read_point(line, listed.end())
        if last is not None and last.day is not None and last.month is not None and last.unit is None:
            return [*_inherited(line, listed, last), last]
    months = _MONTHS_LIST.match(line.classes, index)
    last = read_point(line, months.end()) if months else None
    if months is None or last is None or last.day is not None or last.month is None:
        return []
    firsts = [i for i in range(months.start(), months.end()) if line.classes[i] == "M"]
    return [*(replace(last, start=i, end=i + 1, month=int(line.tokens[i].value)) for i in firsts), last]
