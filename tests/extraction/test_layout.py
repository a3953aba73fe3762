"""Lines and sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.facts import Span
from pipeline.extraction.layout import Kind, line_kind, sentence_at, split_sentences

TEXTS = st.text(alphabet=st.sampled_from('aB1 é.!?…:;«»"()\n\t-•|,’\u00a0'), max_size=200) | st.text(max_size=80)

SENTENCES = [
    ("Une phrase. Une autre.", ["Une phrase.", "Une autre."]),
    ("M. Durand signe. Il part.", ["M. Durand signe.", "Il part."]),
    ("Le Dr. Weil et J. Petit sont là.", ["Le Dr. Weil et J. Petit sont là."]),
    ("Ils sont trois (Lyon, Namur, etc.) ici.", ["Ils sont trois (Lyon, Namur, etc.) ici."]),
    ("« C'est fait. » Le pôle se réjouit.", ["« C'est fait. »", "Le pôle se réjouit."]),
    ("Un budget de 1.200 euros. Rien de plus…", ["Un budget de 1.200 euros.", "Rien de plus…"]),
    ("Novalim Inc. Est-ce vrai ? Oui !", ["Novalim Inc. Est-ce vrai ?", "Oui !"]),
    ("Titre\n\nCorps du texte.", ["Titre", "Corps du texte."]),
    ("Le site novalim.fr est ouvert. Écrire à a@b.fr", ["Le site novalim.fr est ouvert.", "Écrire à a@b.fr"]),
    ("", []),
    (" \n\t\n", []),
]
KINDS = [
    ("- Novalim", Kind.ITEM),
    ("• Novalim (France)", Kind.ITEM),
    ("1. Novalim", Kind.ITEM),
    ("2) Novalim", Kind.ITEM),
    ("a) Novalim", Kind.ITEM),
    ("\u00a0– Novalim", Kind.ITEM),
    ("Novalim\tFrance", Kind.ROW),
    ("Novalim | France | 2018", Kind.ROW),
    ("Les partenaires", Kind.HEADING),
    ("Le pôle signe un accord.", Kind.PROSE),
    ("Les partenaires :", Kind.PROSE),
    ("2018 fut une bonne année.", Kind.PROSE),
    ("-10 % de fréquentation.", Kind.PROSE),
    ("mot " * 40, Kind.PROSE),
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [sentence.span.quote(text) for sentence in split_sentences(text)] == expected


@pytest.mark.parametrize(("line", "kind"), KINDS)
def test_kinds_of_lines(line: str, kind: Kind) -> None:
    assert line_kind(line) is kind


def test_items_know_the_sentence_that_introduces_them() -> None:
    text = "Avant. Le pôle a signé avec :\n- Novalim\n- Ecofoo\nAprès.\n- Terralim"
    sentences = split_sentences(text)
    assert [(s.span.quote(text), s.intro) for s in sentences if s.kind is Kind.ITEM] == [
        ("- Novalim", 1),
        ("- Ecofoo", 1),
        ("- Terralim", 4),
    ]


def test_an_item_without_an_introduction_has_none() -> None:
    assert [sentence.intro for sentence in split_sentences("- Novalim\n- Ecofoo")] == [None, None]


@given(TEXTS)
def test_sentences_hold_every_character_that_is_no_space(text: str) -> None:
    held = "".join(sentence.span.quote(text) for sentence in split_sentences(text))
    assert "".join(held.split()) == "".join(text.split())


@given(TEXTS)
def test_sentences_are_numbered_sorted_and_apart(text: str) -> None:
    sentences = split_sentences(text)
    assert [s.index for s in sentences] == list(range(len(sentences)))
    bounds = [bound for s in sentences for bound in (s.span.start, s.span.end)]
    assert bounds == sorted(bounds)
    assert [s for s in sentences if s.span.quote(text) != s.span.quote(text).strip() or s.span.start >= s.span.end] == []


@given(TEXTS)
def test_a_sentence_never_crosses_a_line(text: str) -> None:
    assert [s for s in split_sentences(text) if "\n" in s.span.quote(text)] == []


@given(TEXTS, st.integers(0, 200))
def test_a_position_has_the_sentence_that_holds_it(text: str, position: int) -> None:
    sentences = split_sentences(text)
    holding = [s for s in sentences if s.span.covers(Span(position, position + 1))]
    assert not holding or sentence_at(sentences, position) == holding[0]
