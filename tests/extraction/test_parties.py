"""Coordinated lists of names, subjects, bystanders and role words."""

import pytest
from tagged import keyed_reading

from pipeline.core.facts import Label
from pipeline.core.lexicon import load_lexicon
from pipeline.extraction.parties import (
    bystander,
    chain_after,
    chain_before,
    coordinates,
    distinct,
    listed_parties,
    parenthesised_parties,
    parties_in,
)
from pipeline.extraction.reading import Reading

LEXICON = load_lexicon()
NAMES = {"Novalim": Label.CLUSTER, "Ecofoo": Label.CLUSTER, "Terrafoo": Label.CLUSTER, "Kerlab": Label.COMPANY}

COORDINATING = [
    (" et ", True),
    (", ", True),
    (", le pôle ", True),
    (" (Belgique) et ", True),
    (" (Belgique, depuis 2012), ", True),
    (" ainsi que ", True),
    (" de même que ", True),
    (", d'autre part ", True),
    (", cluster anglais fort de 200 membres, et ", True),
    (" a signé avec ", False),
    (", qui accueille ", False),
    (". Et ", False),
    (" ", False),
    (", membre du pôle ", False),
    (" : ", False),
    (" et\n", False),
]
BYSTANDERS = [
    ("une PME membre du pôle ", True),
    ("un colloque organisé par ", True),
    ("avec le soutien de la ", True),
    ("en marge du salon ", True),
    ("le directeur a signé avec ", False),
    ("le pôle ", False),
    ("membre du pôle\n", False),
]
REFERRED = [
    ("Novalim et Ecofoo se connaissent. Les deux clusters ont signé.", "Les deux clusters", ["Novalim", "Ecofoo"]),
    ("Novalim, cluster breton, est né en 2005. Le pôle a signé.", "Le pôle", ["Novalim"]),
    ("Kerlab est née en 2005. Le pôle a signé.", "Le pôle", []),
    ("Novalim est né en 2005. Les deux clusters ont signé.", "Les deux clusters", []),
]


def reading(text: str) -> Reading:
    """A reading of a text in which the known names stand."""
    return keyed_reading(text, NAMES)


def names(keys: list[str]) -> list[str]:
    """Names of entity keys."""
    return [name for key in keys for name in NAMES if key.endswith(name.lower())]


@pytest.mark.parametrize(("between", "expected"), COORDINATING)
def test_what_coordinates_two_names(between: str, expected: bool) -> None:
    assert coordinates(between, LEXICON) is expected


@pytest.mark.parametrize(("before", "expected"), BYSTANDERS)
def test_words_that_make_a_bystander(before: str, expected: bool) -> None:
    assert bystander(f"{before}Novalim", len(before), LEXICON) is expected


@pytest.mark.parametrize(
    ("text", "chain"),
    [
        ("a signé avec Novalim, Ecofoo (France) et Terrafoo.", ["Novalim", "Ecofoo", "Terrafoo"]),
        ("a signé avec Novalim, qui connaît Ecofoo.", ["Novalim"]),
        ("a signé avec Novalim (Ecofoo) et Terrafoo.", ["Novalim", "Terrafoo"]),
        ("a signé avec un organisme bavarois.", []),
        (f"a signé avec {'x' * 200} Novalim.", []),
    ],
)
def test_the_chain_after_a_position(text: str, chain: list[str]) -> None:
    read = reading(text)
    parties = parties_in(read, read.sentences[0].span)
    assert names(distinct(chain_after(read, parties, text.index("avec")))) == chain


@pytest.mark.parametrize(
    ("text", "chain"),
    [
        ("Novalim et Ecofoo ont signé.", ["Novalim", "Ecofoo"]),
        ("Novalim a vu Ecofoo et Terrafoo qui ont signé.", ["Ecofoo", "Terrafoo"]),
        ("Kerlab, membre du pôle Novalim, ont signé.", ["Kerlab"]),
        ("Hier ont signé Novalim et Ecofoo.", []),
    ],
)
def test_the_subject_before_a_position(text: str, chain: list[str]) -> None:
    read = reading(text)
    parties = parties_in(read, read.sentences[0].span)
    assert names(distinct(chain_before(read, parties, text.index("ont signé")))) == chain


@pytest.mark.parametrize(("text", "words", "expected"), REFERRED)
def test_role_words_stand_for_names_before(text: str, words: str, expected: list[str]) -> None:
    read = reading(text)
    sentence = read.sentence(text.index(words))
    assert sorted(names([p.entity for p in parties_in(read, sentence.span) if p.resolved])) == sorted(expected)


@pytest.mark.parametrize(
    "text",
    [
        "Il a signé avec :\n- Novalim (France)\n- le cluster Ecofoo\nFin du texte.",
        "Il a signé avec :\n1. Novalim\n2. Ecofoo",
        "Il a signé avec :\nNovalim\nEcofoo",
        "Il a signé avec :\nNovalim\tFrance\nEcofoo\tItalie",
        "Il a signé.\nLes voici :\n• Novalim\n• Ecofoo",
    ],
)
def test_a_sentence_introduces_the_list_below_it(text: str) -> None:
    read = reading(text)
    assert names(distinct(listed_parties(read, read.sentences[0]))) == ["Novalim", "Ecofoo"]


def test_a_list_item_is_about_what_it_names_first() -> None:
    read = reading("Il a signé avec :\n- Novalim, dont le directeur vient d'Ecofoo\n- Terrafoo")
    assert names(distinct(listed_parties(read, read.sentences[0]))) == ["Novalim", "Terrafoo"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Il a signé 3 MoU (Novalim Japon, Ecofoo Italie et Terrafoo).", ["Novalim", "Ecofoo", "Terrafoo"]),
        ("Il a signé un MoU (Novalim est venu à Lyon pour cela).", []),
    ],
)
def test_a_parenthesis_lists_two_or_more(text: str, expected: list[str]) -> None:
    read = reading(text)
    assert names(distinct(parenthesised_parties(read, read.sentences[0], 0))) == expected
