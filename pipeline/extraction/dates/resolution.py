"""From what the words say to a TIMEX3 value: partial dates against the passage, the document and the publication date."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pipeline.extraction.dates.calendar import days_covered, easter, month_days, nth_weekday, shift_months, value_at
from pipeline.extraction.dates.context import Context
from pipeline.extraction.dates.phrases import Duration, Interval, Phrase, Point

_FAR_AHEAD = 300  # days beyond which a day without its year is not announced if it has just gone by
_WINTER_TOLD = 8  # up to August `cet hiver` is the one that began the year before
_PART_MONTHS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}


@dataclass(frozen=True, slots=True)
class Resolved:
    """A value and what it rests on (`explicit`, `document`, `publication`); `guess` if nothing told past from future."""

    value: str
    basis: str = "explicit"
    guess: bool = False


class UnresolvableError(Exception):
    """Inner signal: the expression has no value; the message is the reason that `Rejection` carries."""


def _first_month(point: Point) -> int:
    """The month in which a point begins, for telling which of two partial dates comes first."""
    if point.month is not None:
        return point.month
    part = point.part or ""
    if part[:1] in ("Q", "H"):
        return (int(part[1]) - 1) * (3 if part[0] == "Q" else 6) + 1
    return _PART_MONTHS.get(part, 1)


def _begins(point: Point, year: int) -> date | None:
    """The first day of a partial point in a year, None if that year does not have it (29 February)."""
    month, day = _first_month(point), point.day or 1
    return date(year, month, day) if day <= month_days(year, month) else None


def _ends(point: Point, begin: date) -> date:
    if point.day is not None:
        return begin
    part = point.part or ""
    length = 6 if part.startswith("H") else 3 if part else 1
    year, month = shift_months(begin, length)
    return date(year, month, 1) - timedelta(days=1)


def _spelled(point: Point, year: int) -> str:
    """The value of a point whose year is known."""
    if point.part == "DECADE":
        return f"{year // 10:03d}"
    if point.part == "CENTURY":
        return f"{year // 100:02d}"
    if point.part is not None and point.part.startswith("easter"):
        return (easter(year) + timedelta(days=int(point.part[7:]))).isoformat()
    if point.part is not None and point.part.startswith("nth"):
        return nth_weekday(year, point.month or 1, int(point.part[3:]), point.weekday or 1).isoformat()
    if point.part == "WEEK":
        return value_at(date(year, point.month or 1, _checked_day(point, year)), "W", 0)
    if point.part is not None:
        return f"{year:04d}-{point.part}"
    if point.month is None:
        return f"{year:04d}"
    return f"{year:04d}-{point.month:02d}" + (f"-{_checked_day(point, year):02d}" if point.day is not None else "")


def _checked_day(point: Point, year: int) -> int:
    if not 1 <= (point.day or 0) <= month_days(year, point.month or 0):
        raise UnresolvableError("impossible date")
    return point.day or 0


def _by_cue(point: Point, days: list[date], reference: date, cue: str) -> date | None:
    """The candidate that `dernier`, `prochain` or `courant` means."""
    if cue == "past":
        return max((day for day in days if _ends(point, day) < reference), default=None)
    if cue == "next":
        return min((day for day in days if day > reference), default=None)
    return next((day for day in days if day.year == reference.year), None)


def _by_tense(point: Point, days: list[date], reference: date, tense: str | None) -> date | None:
    if tense == "future":
        coming = min((day for day in days if _ends(point, day) >= reference), default=None)
        gone = max((day for day in days if day <= reference), default=None)
        far = point.day is not None and coming and gone and (coming - reference).days > _FAR_AHEAD
        return gone if far and gone and (reference - gone).days < 365 - _FAR_AHEAD else coming
    if tense == "past":
        return max((day for day in days if day <= reference), default=None)
    return min(days, key=lambda day: abs(day - reference), default=None)


def _publication_year(point: Point, reference: date, tense_near: Callable[[], str | None]) -> tuple[int, bool]:
    """The year of a partial date by its cue, else its weekday, else the tense, else the nearest one; and whether that is a guess."""
    days = [day for year in range(max(1, reference.year - 4), reference.year + 5) if (day := _begins(point, year))]
    if not days:
        raise UnresolvableError("impossible date")
    if point.cue == "current" and point.part == "WI" and reference.month <= _WINTER_TOLD and tense_near() != "future":
        return reference.year - 1, False
    if point.cue:
        chosen = _by_cue(point, days, reference, point.cue)
        return (chosen or days[0]).year, chosen is None
    near = [day for day in days if point.part is None and abs(day.year - reference.year) <= 1 and day.isoweekday() == point.weekday]
    if near:
        return min(near, key=lambda day: abs(day - reference)).year, False
    tense = tense_near()
    chosen = _by_tense(point, days, reference, tense)
    return (chosen or days[0]).year, tense is None


def _side(point: Point, context: Context, span: tuple[int, int]) -> str | None:
    """The tense near a partial date; a limit lies ahead unless a verb says otherwise, and so does an entry of an agenda."""
    tense = context.tense(*span, firm=point.mod == "BEFORE")
    ahead = point.mod == "BEFORE" or context.is_entry(*span)
    return tense or ("future" if ahead else None)


def _fits(told: int, reference: date, tense: str | None) -> bool:
    """Whether a year told nearby can be meant on the side of the publication date that the tense tells."""
    return tense != ("future" if told < reference.year else "past") or told == reference.year


def _year_of(point: Point, context: Context, span: tuple[int, int]) -> tuple[int, str, bool]:
    """The year of a partial point, its basis, and whether it is a guess."""
    if point.cue and point.cue.startswith("year"):
        return _reference(context).year + int(point.cue[4:]), "publication", False
    reference = context.reference
    told = None if point.cue else context.same_sentence_year(*span) or context.frame_year(span[0])
    if told is not None and (reference is None or _fits(told, reference, context.tense(*span))):
        return told, "document", False
    if reference is not None:
        year, guess = _publication_year(point, reference, lambda: _side(point, context, span))
        entry = not point.cue and point.weekday is None and context.is_entry(*span) and context.tense(*span) is None
        return year, "publication", guess or entry
    year_told = context.document_year()
    if year_told is None or point.cue:
        raise UnresolvableError("no year known")
    return year_told, "document", True


def _weekday(point: Point, context: Context, span: tuple[int, int]) -> Resolved:
    """The day that a weekday alone means: by its cue, by a day told before, else by the tense (the past without one)."""
    reference, wanted = _reference(context), point.weekday or 0
    back = (reference.isoweekday() - wanted) % 7
    last, coming = reference - timedelta(days=back or 7), reference + timedelta(days=7 - back)
    if point.cue in ("past", "next"):
        return Resolved((last if point.cue == "past" else coming).isoformat(), "publication")
    if context.stretch and context.is_entry(*span):
        first, end = context.stretch
        day = first + timedelta(days=(wanted - first.isoweekday()) % 7)
        if day <= end:
            return Resolved(day.isoformat(), "document")
    tense = context.tense(*span)
    if back == 0:
        day = reference
    elif point.cue == "current":
        later = wanted > reference.isoweekday()
        day = coming if tense != "past" and (later or tense == "future") else last
    else:
        day = coming if tense == "future" else last
    return Resolved(day.isoformat(), "publication", tense is None)


def _numbered_weekday(point: Point, context: Context) -> Resolved:
    """`lundi 16`: the nearest such day to the one told last, or to the reference date."""
    base = context.told_day or (_reference(context) if context.told is None or context.reference else context.told + timedelta(days=14))
    near = (base + timedelta(days=offset) for distance in range(190) for offset in (distance, -distance))
    day = next((day for day in near if day.day == point.day and day.isoweekday() == point.weekday), None)
    if day is None:
        raise UnresolvableError("impossible date")
    return Resolved(day.isoformat(), "document" if context.told_day else "publication")


def _day_alone(point: Point, context: Context, span: tuple[int, int]) -> Resolved:
    """`le 15`: the nearest one on the side of the tense (the past without one), without a publication date nearest to the day told last."""
    base = context.reference or context.told_day
    if base is None:
        raise UnresolvableError("no reference date")
    year_months = (shift_months(base, months) for months in (-1, 0, 1))
    days = [date(y, m, point.day or 1) for y, m in year_months if (point.day or 1) <= month_days(y, m)]
    tense = context.tense(*span) or "past"
    chosen = _by_tense(point, days, base, tense) if context.reference else min(days, key=lambda day: abs(day - base), default=None)
    if chosen is None:
        raise UnresolvableError("impossible date")
    return Resolved(chosen.isoformat(), "publication" if context.reference else "document", guess=True)


def _reference(context: Context) -> date:
    if context.reference is None:
        raise UnresolvableError("no reference date")
    return context.reference


def _told(point: Point, context: Context) -> date:
    """The day from which `la veille` or `l'année suivante` counts: the one told last, else the reference date."""
    told = context.told_day if point.unit == "D" else context.told
    return told if told is not None else _reference(context)


def _relative(point: Point, context: Context) -> Resolved:
    if point.part == "TOLD":
        return Resolved(value_at(_told(point, context), point.unit or "D", point.offset), "document")
    if point.weekday is not None:
        monday = _reference(context) - timedelta(days=_reference(context).weekday())
        return Resolved((monday + timedelta(days=7 * point.offset + point.weekday - 1)).isoformat(), "publication")
    value = value_at(_reference(context), point.unit or "D", point.offset)
    if point.day is not None:
        year, month = (int(piece) for piece in value.split("-"))
        return Resolved(_spelled(replace(point, month=month), year), "publication")
    return Resolved(value + ("-WE" if point.part == "WE" else ""), "publication")


def resolve_point(point: Point, context: Context, span: tuple[int, int]) -> Resolved:
    """The value of a single date; `span` is where it stands (code points). Raises UnresolvableError with the reason."""
    if point.unit is not None:
        return _relative(point, context)
    if point.weekday is not None and point.day is None:
        return _weekday(point, context, span)
    if point.month is None and point.day is not None:
        return _numbered_weekday(point, context) if point.weekday is not None else _day_alone(point, context, span)
    if point.year is not None:
        return Resolved(_spelled(point, point.year))
    if point.month is not None and point.day is not None and point.day > 29 and point.day > month_days(2024, point.month):
        raise UnresolvableError("impossible date")
    year, basis, guess = _year_of(point, context, span)
    return Resolved(_spelled(point, year), basis, guess)


def _completed(left: Point, right: Point) -> Point:
    """The left end of an interval with what the right one lends it: its month, its year (the one before if it would come later)."""
    if left.day is not None and left.month is None and left.unit is None:
        left = replace(left, month=right.month, unit=right.unit, offset=right.offset)
    if left.year is None and right.year is not None and left.rank >= 2:
        later = _first_month(left) > _first_month(right)
        left = replace(left, year=right.year - later)
    return replace(left, cue=left.cue or right.cue) if left.year is None and left.month is not None else left


def _in_course(left: Point, right: Point, first: Resolved, reference: date) -> Resolved:
    """The beginning a year earlier if the interval then holds the publication date: `du 7 au 19 décembre` of a fair that is open."""
    year = int(first.value[:4]) - 1
    begin, end = _begins(left, year), _begins(right, year + (_first_month(left) > _first_month(right)))
    holds = begin is not None and end is not None and begin <= reference <= _ends(right, end)
    return replace(first, value=_spelled(left, year)) if holds else first


def resolve_interval(interval: Interval, context: Context, span: tuple[int, int]) -> Resolved:
    """The value `first/last` of an interval; what one end leaves open the other tells."""
    left, right = _completed(interval.left, interval.right), interval.right
    first = resolve_point(left, context, span)
    if first.basis == "publication" and left.month is not None and not left.cue and left.unit is None:
        first = _in_course(left, right, first, _reference(context))
    if right.year is None and right.unit is None and (right.month is not None or right.part is not None):
        year = int(first.value[:4]) + (_first_month(left) > _first_month(right))
        last = Resolved(_spelled(right, year), first.basis)
    else:
        last = resolve_point(right, context, span)
    basis = first.basis if first.basis != "explicit" else last.basis
    return Resolved(f"{first.value}/{last.value}", basis, first.guess or last.guess)


def resolve_distance(duration: Duration, context: Context) -> Resolved:
    """The date that lies so far from the reference date, at the grain of the unit told; weeks are told for days."""
    weeks = duration.unit == "W"
    unit, count = ("D", 7 * duration.count) if weeks else (duration.unit, duration.count)
    return Resolved(value_at(_reference(context), unit, duration.sense * count), "publication")


def resolve(phrase: Phrase, context: Context, span: tuple[int, int]) -> tuple[str, Resolved]:
    """The TIMEX3 type and value of a phrase. Raises UnresolvableError with the reason why it has none."""
    try:
        if isinstance(phrase, Duration):
            return ("DATE", resolve_distance(phrase, context)) if phrase.sense else ("DURATION", Resolved(phrase.value))
        resolved = resolve_interval(phrase, context, span) if isinstance(phrase, Interval) else resolve_point(phrase, context, span)
        days_covered(resolved.value)
    except (ValueError, OverflowError) as error:
        raise UnresolvableError("impossible date") from error
    return "DATE", resolved
