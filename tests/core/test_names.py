"""Folding names: what makes two spellings one name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.names import fold, fold_words, strip_accents

SAME = [
    ("Lyonbiopôle", "LYONBIOPOLE"),
    ("Alpha-RLH", "Alpha RLH"),
    ("BioRegio STERN", "Bioregio-Stern"),
    ("S2E2", "s2 e2"),
    ("Straße Cluster", "STRASSE CLUSTER"),
    ("Que\u0301bec", "Québec"),
    ("GEN.ERA", "GENERA"),
    ("pôle «\u00a0Éolis\u00a0»", "Pole Eolis"),
    ("Œnotech", "œnotech"),
    ("ﬁbres", "fibres"),
]
DIFFERENT = [("Novalim", "Novalin"), ("Alpha 1", "Alpha 2"), ("東京", "京都"), ("Bio", "Biot")]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_spellings_of_one_name_fold_alike(left: str, right: str) -> None:
    assert fold(left) == fold(right)


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_other_names_do_not(left: str, right: str) -> None:
    assert fold(left) != fold(right)


@pytest.mark.parametrize(
    ("name", "words"),
    [("BioRegio STERN", ("bioregio", "stern")), ("Pôle d’Éolis", ("pole", "d", "eolis")), ("R&D_2020", ("r", "d", "2020")), ("…", ())],
)
def test_words_are_folded_one_by_one(name: str, words: tuple[str, ...]) -> None:
    assert fold_words(name) == words


@pytest.mark.parametrize(("text", "plain"), [("Lyonbiopôle", "Lyonbiopole"), ("ÀÉÎÕÜÇ", "AEIOUC"), ("Ångström", "Angstrom"), ("", "")])
def test_accents_are_stripped(text: str, plain: str) -> None:
    assert strip_accents(text) == plain


@given(st.text())
def test_words_together_are_the_folded_name(name: str) -> None:
    assert "".join(fold_words(name)) == fold(name)


@given(st.text(alphabet=st.characters(codec="latin-1")))
def test_folding_twice_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)
