"""What holds for any text: offsets inside it, quotes that are what was read, no exception, no super-linear time."""

import re
from datetime import date
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.facts import DatedExpression, Span
from pipeline.extraction.dates import find_dates, find_publication_date, scan
from pipeline.extraction.dates.calendar import days_covered
from pipeline.extraction.dates.folding import fold

REFERENCE = date(2016, 3, 15)
PIECES = (
    "le 12", "1er", "31", "février", "mars 2018", "2014", "2014-2020", " à ", " et ", "du ", "au ", "entre ", "lundi",
    "mardi dernier", "deux ans", "et demi", "18 mois", "début ", "fin ", "mi-", "avant ", "depuis ", "il y a ", "dans ", "12/11/18",
    "2018-11-12T10:00", "T1 2019", "été", "Noël", "semaine", "prochaine", "hier", "la veille", "l'année suivante", "Horizon 2020",
    "XXe siècle", "les années 90", ", ", ". ", "\n", "\n\n", "(", ")", " – ", "-", "/", "Paris, ", "Publié le ", "©",
    "vingt et un ", "quatre-vingt-dix", "jusqu'au ", "les 7, 8 et 9 juin", "\u00a0", "e\u0301", "€", "%",
)  # fmt: skip
phrases = st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join)
texts = st.one_of(st.text(max_size=200), phrases)
dates = st.one_of(st.none(), st.dates())


@given(texts, dates)
def test_spans_are_sorted_disjoint_and_inside(text: str, reference: date | None) -> None:
    spans = [expression.span for expression in find_dates(text, reference=reference)]
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


@given(texts, dates)
def test_quotes_are_whole_words_without_space_around(text: str, reference: date | None) -> None:
    quotes = [expression.span.quote(text) for expression in find_dates(text, reference=reference)]
    assert [quote.strip() for quote in quotes] == quotes


def _agrees(expression: DatedExpression) -> bool:
    """Whether the days told are those that the value covers."""
    if expression.type == "DURATION":
        return re.fullmatch(r"P(\d+(\.\d+)?[YMWD])+", expression.value) is not None and expression.start_date is None
    return (expression.start_date, expression.end_date) == days_covered(expression.value)


@given(texts, dates)
def test_days_are_those_of_the_value(text: str, reference: date | None) -> None:
    assert all(_agrees(expression) for expression in find_dates(text, reference=reference))


@given(phrases)
def test_appended_paragraph_changes_nothing(text: str) -> None:
    longer = text + "\n\nLe pôle compte ses membres."
    assert _read(longer) == _read(text + "\n\nLe pôle compte ses adhérents.")


def _read(text: str) -> list[tuple[Span, str, str | None]]:
    return [(e.span, e.value, e.mod) for e in find_dates(text, reference=REFERENCE)]


@given(phrases)
def test_what_was_read_reads_the_same_again(text: str) -> None:
    assert _read(text) == _read(text)


@given(st.text(max_size=200))
def test_folding_moves_no_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(texts)
def test_publication_date_is_quoted_by_its_span(text: str) -> None:
    published = find_publication_date(text)
    assert published is None or published[1] in [expression.span for expression in find_dates(text)]


@given(phrases, st.integers(0, 60), st.integers(0, 60))
def test_nothing_is_read_inside_a_mask(text: str, start: int, length: int) -> None:
    mask = Span(start, start + length)
    assert not any(length and expression.span.overlaps(mask) for expression in find_dates(text, masks=[mask]))


HOSTILE = (
    "le 12 ", "du 3 au ", "1 ", "de 2014 à ", "\n", "  ", "vingt ", "les 7, ", "- ", "1.1.", "12/", "2014-2020-", "www.", "a@",
    "\n2018", "((((", "mars ", "Paris, le 3 mars 2018 – ", "e\u0301", "\u00ad", "il y a ", "début de la ", "avant ", "9", "x",
    "En 2018, ", "Janvier 2020\n", "© ", "Aa ", "un ", "0 0 0 ", "2 ans et ", "lire aussi ", "archives\n", "le 3 mars ", "Lundi, ",
    "s'achève ", "signé ", "n° ", "Horizon 2020 ",
)  # fmt: skip


def _seconds(text: str) -> float:
    """The better of two, so that a busy machine does not look like a slow program."""
    times = []
    for _ in range(2):
        begin = process_time()
        find_dates(text, reference=REFERENCE)
        times.append(process_time() - begin)
    return min(times)


@pytest.mark.parametrize("unit", HOSTILE, ids=repr)
def test_time_grows_no_faster_than_the_text(unit: str) -> None:
    short, long = (unit * (size // len(unit)) for size in (2_500, 10_000))
    assert _seconds(long) < 8 * _seconds(short) + 0.05


def test_an_impossible_date_is_counted_and_not_told() -> None:
    result = scan("Signé le 31 février 2018, puis le 30/02/2018 et le 3 mars 2018.")
    assert (result.impossible, [e.value for e in result.expressions]) == (2, ["2018-03-03"])
