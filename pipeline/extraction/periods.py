"""TIMEX3 values → the partial dates and months that facts carry."""

import re
from dataclasses import dataclass

from pipeline.core.facts import DatedExpression


@dataclass(frozen=True, slots=True)
class Period:
    """When something holds, as far as it is told: partial ISO dates and whole months."""

    signed_on: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    duration_months: int | None = None

    def either(self, other: "Period") -> "Period":
        """What this period tells, and the other where it tells nothing."""
        return Period(
            self.signed_on or other.signed_on, self.start_date or other.start_date, self.end_date or other.end_date,
            self.duration_months or other.duration_months,
        )  # fmt: skip


PLAIN = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
MONTHS = {"Y": 12, "M": 1}


def partial_date(when: DatedExpression) -> str | None:
    """ISO prefix of a date (`2012`, `2016-01`, `2018-11-12`); of an interval its start; None for what has no such prefix."""
    return edge(when.value.split("/")[0])


def last_date(when: DatedExpression) -> str | None:
    """ISO prefix of the end of an interval, None for a single date."""
    parts = when.value.split("/")
    return edge(parts[1]) if len(parts) == 2 else None


def edge(value: str) -> str | None:
    """A value as an ISO prefix: quarters, halves, seasons and weeks keep their year only."""
    if PLAIN.fullmatch(value):
        return value
    year = re.match(r"(\d{4})-", value)
    return year.group(1) if year else None


def duration_months(value: str) -> int | None:
    """Months of a TIMEX3 duration of years and months; None for shorter or vague ones."""
    match = re.fullmatch(r"P(?:(\d+)Y)?(?:(\d+)M)?", value)
    if match is None or not any(match.groups()):
        return None
    return 12 * int(match[1] or 0) + int(match[2] or 0)
