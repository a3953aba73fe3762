"""TIMEX3 values and the calendar: which days a value covers, and which value a day has at a given grain.

Values follow ISO-TimeML (TIMEX3): `2018-11-12`, `2018-11`, `2018`, `201` (a decade), `20` (a century: its first two digits), `2018-W10`,
`2018-W10-WE`, `2018-Q2`, `2018-H1`, `2018-SU`; an interval is `first/last`. Seasons are the meteorological ones, winter counted
with the year in which it begins.
"""

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

_SEASONS = {"SP": (3, 5), "SU": (6, 8), "FA": (9, 11), "WI": (12, 14)}
_SHAPE = re.compile(r"(\d{4})-(?:(\d{2})(?:-(\d{2}))?|W(\d{2})(-WE)?|([QH])(\d)|(SP|SU|FA|WI))|(\d{2,4})")


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    """From the first day of one month to the last of another; months beyond twelve are those of the next year."""
    end_year, end_month = year + (last - 1) // 12, (last - 1) % 12 + 1
    return date(year, first, 1), date(end_year, end_month, monthrange(end_year, end_month)[1])


def _week(year: int, week: int, weekend: bool) -> tuple[date, date]:
    monday = date.fromisocalendar(year, week, 1)
    return monday + timedelta(days=5 if weekend else 0), monday + timedelta(days=6)


def _era(digits: str) -> tuple[date, date]:
    """A year by four digits, a decade by three, a century by two."""
    span = 10 ** (4 - len(digits))
    first = int(digits) * span
    return date(first, 1, 1), date(first + span - 1, 12, 31)


def _point_days(value: str) -> tuple[date, date]:
    match = _SHAPE.fullmatch(value)
    if match is None:
        raise ValueError(f"{value!r} is no TIMEX3 date")
    year, month, day, week, weekend, kind, order, season, era = match.groups()
    if era:
        return _era(era)
    if day:
        return (exact := date(int(year), int(month), int(day))), exact
    if week:
        return _week(int(year), int(week), bool(weekend))
    if kind:
        length = 3 if kind == "Q" else 6
        return _months(int(year), (int(order) - 1) * length + 1, int(order) * length)
    return _months(int(year), *(_SEASONS[season] if season else (int(month), int(month))))


@lru_cache(maxsize=4096)
def days_covered(value: str) -> tuple[date, date]:
    """The first and the last day of a DATE value, interval or not.

    Raises:
        ValueError: the value is no TIMEX3 date, names a day that does not exist, or ends before it begins.
    """
    first, _, last = value.partition("/")
    begin, end = _point_days(first)[0], _point_days(last or first)[1]
    if end < begin:
        raise ValueError(f"{value!r} ends before it begins")
    return begin, end


def shift_months(day: date, months: int) -> tuple[int, int]:
    """The year and month that lie so many months from a day's."""
    total = day.year * 12 + day.month - 1 + months
    return total // 12, total % 12 + 1


def value_at(day: date, unit: str, offset: int) -> str:
    """The value of the unit (`D`, `W`, `M`, `Q`, `H`, `Y`) that lies so many units from the one around a day.

    Raises:
        OverflowError, ValueError: that lies outside the calendar.
    """
    if unit == "Y":
        return f"{day.year + offset:04d}"
    if unit in "DW":
        moved = day + timedelta(days=offset if unit == "D" else 7 * offset)
        return moved.isoformat() if unit == "D" else week_value(moved)
    size = {"M": 1, "Q": 3, "H": 6}[unit]
    year, month = shift_months(day, offset * size)
    return f"{year:04d}-{month:02d}" if unit == "M" else f"{year:04d}-{unit}{(month - 1) // size + 1}"


def week_value(day: date) -> str:
    """The ISO week around a day."""
    iso = day.isocalendar()
    return f"{iso.year:04d}-W{iso.week:02d}"


def nth_weekday(year: int, month: int, order: int, weekday: int) -> date:
    """The day of a month that is its first, second … or last (-1) of a weekday (Monday 1). Raises ValueError if there is no fifth."""
    if order < 0:
        last = date(year, month, month_days(year, month))
        return last - timedelta(days=(last.isoweekday() - weekday) % 7)
    first = date(year, month, 1)
    return date(year, month, 1 + (weekday - first.isoweekday()) % 7 + 7 * (order - 1))


def month_days(year: int, month: int) -> int:
    """How many days a month has, 0 if there is no such month."""
    return monthrange(year, month)[1] if 1 <= month <= 12 and 1 <= year <= 9999 else 0


def easter(year: int) -> date:
    """Easter Sunday of a Gregorian year (the anonymous algorithm of Meeus, *Astronomical Algorithms*, chapter 8)."""
    century, of_century = divmod(year, 100)
    shift = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    rest = (32 + 2 * (century % 4) + 2 * (of_century // 4) - shift - of_century % 4) % 7
    late = (year % 19 + 11 * shift + 22 * rest) // 451
    month, day = divmod(shift + rest - 7 * late + 114, 31)
    return date(year, month, day + 1)
