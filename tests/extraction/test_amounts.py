"""Amounts of money in every notation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.facts import Span
from pipeline.core.lexicon import load_lexicon
from pipeline.extraction.amounts import find_amounts

LEXICON = load_lexicon()

AMOUNTS = [
    ("300 000 €", (300_000.0, "EUR")),
    ("300\u00a0000\u00a0€", (300_000.0, "EUR")),
    ("300\u202f000\u202feuros", (300_000.0, "EUR")),
    ("750.000 euros", (750_000.0, "EUR")),
    ("1.200.000 EUR", (1_200_000.0, "EUR")),
    ("1 200 000,50 €", (1_200_000.5, "EUR")),
    ("1,2 M€", (1_200_000.0, "EUR")),
    ("1.2 M€", (1_200_000.0, "EUR")),
    ("4,1 millions d'euros", (4_100_000.0, "EUR")),
    ("4,1 millions d’euros", (4_100_000.0, "EUR")),
    ("4 millions euros", (4_000_000.0, "EUR")),
    ("un million d'euros", None),
    ("310 k€", (310_000.0, "EUR")),
    ("310 K€", (310_000.0, "EUR")),
    ("2 milliards d'euros", (2e9, "EUR")),
    ("1,5 Md€", (1.5e9, "EUR")),
    ("30 milliers d'euros", (30_000.0, "EUR")),
    ("12 €", (12.0, "EUR")),
    ("CHF 500'000", (500_000.0, "CHF")),
    ("CHF 500’000", (500_000.0, "CHF")),
    ("500'000 francs", (500_000.0, "CHF")),
    ("2 millions de francs suisses", (2_000_000.0, "CHF")),
    ("2 Mio. CHF", (2_000_000.0, "CHF")),
    ("3 millions de dollars", (3_000_000.0, "USD")),
    ("3 millions de dollars canadiens", (3_000_000.0, "CAD")),
    ("5 M$", (5_000_000.0, "USD")),
    ("5 M$ CA", (5_000_000.0, "CAD")),
    ("5 M$ CAN", (5_000_000.0, "CAD")),
    ("250 000 $ US", (250_000.0, "USD")),
    ("$ 250 000", (250_000.0, "USD")),
    ("3 M£", (3_000_000.0, "GBP")),
    ("£ 3 millions", (3_000_000.0, "GBP")),
    ("40 milliards FCFA", (40e9, "XOF")),
    ("40 millions de francs CFA", (40e6, "XOF")),
    ("12 millions de dirhams", (12e6, "MAD")),
    ("12 MDH", (12e6, "MAD")),
    ("3 millions de dinars tunisiens", (3e6, "TND")),
    ("3 millions de dinars algériens", (3e6, "DZD")),
    ("3 millions de yens", (3e6, "JPY")),
    ("12 emplois", None),
    ("Horizon 2020", None),
    ("300 000 visiteurs", None),
    ("l'Europe des 27", None),
]


@pytest.mark.parametrize(("words", "expected"), AMOUNTS)
def test_an_amount_is_a_number_and_a_currency(words: str, expected: tuple[float, str] | None) -> None:
    text = f"Le projet reçoit {words} de la Région."
    found = [(amount.value, amount.currency) for amount in find_amounts(text, Span(0, len(text)), LEXICON)]
    assert found == ([expected] if expected else [])


def test_amounts_are_read_in_the_order_of_the_text() -> None:
    text = "CHF 500'000, puis 1,2 M€ et 3 millions de dollars canadiens"
    found = find_amounts(text, Span(0, len(text)), LEXICON)
    assert [(a.value, a.currency) for a in found] == [(500_000.0, "CHF"), (1_200_000.0, "EUR"), (3_000_000.0, "CAD")]


def test_only_the_span_is_read() -> None:
    text = "10 € ou 20 € ou 30 €"
    assert [amount.value for amount in find_amounts(text, Span(5, 12), LEXICON)] == [20.0]


@given(st.text(alphabet=st.sampled_from("0123456789 .,'M€$kdmilonseur\u00a0CHF"), max_size=60))
def test_spans_are_inside_sorted_and_apart(text: str) -> None:
    found = find_amounts(text, Span(0, len(text)), LEXICON)
    bounds = [bound for amount in found for bound in (amount.span.start, amount.span.end)]
    assert bounds == sorted(bounds)
    assert [amount for amount in found if amount.value < 0 or not 0 <= amount.span.start < amount.span.end <= len(text)] == []


@given(st.integers(1, 10**9))
def test_a_number_written_with_thin_spaces_is_read_back(value: int) -> None:
    text = f"{value:,} €".replace(",", "\u202f")
    assert [amount.value for amount in find_amounts(text, Span(0, len(text)), LEXICON)] == [float(value)]
