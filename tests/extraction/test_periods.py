"""From TIMEX3 values to the partial dates of facts."""

import pytest

from pipeline.core.facts import DatedExpression, Span
from pipeline.extraction.periods import Period, duration_months, last_date, partial_date

DATES = [
    ("2012", "2012", None),
    ("2016-01", "2016-01", None),
    ("2018-11-12", "2018-11-12", None),
    ("2016-01/2018-01", "2016-01", "2018-01"),
    ("2012/2014", "2012", "2014"),
    ("2019-Q2", "2019", None),
    ("2019-H1/2020-H2", "2019", "2020"),
    ("2015-SU", "2015", None),
    ("2018-W10", "2018", None),
    ("198", None, None),
]
DURATIONS = [("P2Y", 24), ("P18M", 18), ("P1Y6M", 18), ("P3W", None), ("P10D", None), ("P1DE", None), ("P", None), ("2018", None)]


@pytest.mark.parametrize(("value", "start", "end"), DATES)
def test_edges_keep_the_precision_of_a_date(value: str, start: str | None, end: str | None) -> None:
    when = DatedExpression(Span(0, 4), "DATE", value)
    assert (partial_date(when), last_date(when)) == (start, end)


@pytest.mark.parametrize(("value", "months"), DURATIONS)
def test_durations_of_years_and_months_count_in_months(value: str, months: int | None) -> None:
    assert duration_months(value) == months


def test_a_period_is_completed_and_never_overwritten() -> None:
    known, told = Period(signed_on="2018", duration_months=24), Period("2019", "2019-01", None, 12)
    assert known.either(told) == Period("2018", "2019-01", None, 24)
