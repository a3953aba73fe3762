"""Mentions of one thing brought together: spellings, acronyms, shortened names; tagged texts."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tagged import cases_of, found_in, mention, told_in

from pipeline.core.facts import Entity, Label
from pipeline.core.lexicon import load_lexicon
from pipeline.extraction.entities import abbreviates, group_mentions, short, subsequence, without_doubtful_clusters

LEXICON = load_lexicon()

ACRONYMS = [
    ("PRC", "Pôle Risques Côtiers", True),
    ("CNRS", "Centre national de la recherche scientifique", True),
    ("UCA", "Université de la Côte d'Azur", True),
    ("ADEME", "Agence de l'environnement et de la maîtrise de l'énergie", True),
    ("PRC", "Pôle Énergie Marine", False),
    ("XRC", "Pôle Risques Côtiers", False),
    ("P", "Pôle Risques", False),
    ("PRC", "Pôle", False),
    ("Pôle Risques", "Pôle Risques Côtiers", False),
]
GROUPED = [
    ("Le Pôle Risques Côtiers (PRC) grandit. Le PRC signe.", ["Pôle Risques Côtiers", "PRC", "PRC"], 1),
    ("Aquavélia grandit. AQUAVELIA signe.", ["Aquavélia", "AQUAVELIA"], 1),
    ("Severn Medtech Cluster grandit. Severn Medtech signe.", ["Severn Medtech Cluster", "Severn Medtech"], 1),
    ("Le pôle Éolis grandit. Éolis signe.", ["pôle Éolis", "Éolis"], 1),
    ("Bio Nord et Bio Sud. Bio grandit.", ["Bio Nord", "Bio Sud", "Bio"], 3),
    ("Novalim (Ecofoo Santé) signe.", ["Novalim", "Ecofoo Santé"], 2),
    ("Novalim et Novalin signent.", ["Novalim", "Novalin"], 2),
]


@pytest.mark.parametrize("path", cases_of("entities"))
def test_tagged_text(path: Path) -> None:
    assert found_in(path) == told_in(path)


@pytest.mark.parametrize(("acronym", "name", "expected"), ACRONYMS)
def test_an_acronym_begins_the_words_of_its_name(acronym: str, name: str, expected: bool) -> None:
    assert abbreviates(acronym, name) is expected


@pytest.mark.parametrize(("text", "names", "entities"), GROUPED)
def test_names_of_one_thing_are_one_entity(text: str, names: list[str], entities: int) -> None:
    mentions = [mention(text, name, Label.CLUSTER, nth=names[:index].count(name)) for index, name in enumerate(names)]
    keyed, grouped = group_mentions(text, sorted(mentions, key=lambda m: m.span), LEXICON)
    assert len(grouped) == entities
    assert {m.entity for m in keyed} == {entity.key for entity in grouped}


def test_a_thing_is_what_most_of_its_mentions_say() -> None:
    text = "Novalim, Novalim, Novalim"
    labels = [Label.CLUSTER, Label.COMPANY, Label.CLUSTER]
    keyed, (entity,) = group_mentions(text, [mention(text, "Novalim", label, nth=n) for n, label in enumerate(labels)], LEXICON)
    assert (entity.label, {m.label for m in keyed}) == (Label.CLUSTER, {Label.CLUSTER})


def test_the_fullest_name_comes_first() -> None:
    text = "Novalim, puis Novalim Sud Santé"
    _, (entity,) = group_mentions(text, [mention(text, n, Label.CLUSTER) for n in ("Novalim", "Novalim Sud Santé")], LEXICON)
    assert entity.names == ("Novalim Sud Santé", "Novalim")


def test_a_project_and_an_organisation_of_one_name_stay_apart() -> None:
    text = "Novalim et Novalim"
    _, entities = group_mentions(text, [mention(text, "Novalim", Label.CLUSTER), mention(text, "Novalim", Label.PROJECT, nth=1)], LEXICON)
    assert sorted(entity.key for entity in entities) == ["organisation:novalim", "project:novalim"]


@pytest.mark.parametrize(("name", "expected"), [("PRC", True), ("CNRS", True), ("Prc", False), ("Pôle RC", False), ("ABCDEFGHIJK", False)])
def test_short_names_look_like_acronyms(name: str, expected: bool) -> None:
    assert short(name) is expected


@given(st.text(max_size=8), st.text(max_size=20))
def test_letters_in_order(letters: str, text: str) -> None:
    assert subsequence(letters, letters)
    assert subsequence(letters, "".join(a + b for a, b in zip(letters, text.ljust(len(letters)), strict=False)))


@pytest.mark.parametrize(("scores", "label"), [((0.6, 0.84), Label.ORG), ((0.6, 0.86), Label.CLUSTER)])
def test_a_cluster_that_no_mention_is_sure_of_is_told_as_an_organisation(scores: tuple[float, ...], label: Label) -> None:
    text = "Novalim avance. Novalim recrute."
    told = [mention(text, "Novalim", Label.CLUSTER, score=score, nth=number) for number, score in enumerate(scores)]
    mentions = [replace(each, entity="organisation:novalim", method="mentions@2.0") for each in told]
    entities, kept = without_doubtful_clusters([Entity("organisation:novalim", Label.CLUSTER, ("Novalim",))], mentions)
    assert {e.label for e in entities} == {m.label for m in kept} == {label}


def test_what_is_no_cluster_stays_what_it_is_however_doubtful() -> None:
    text = "Novalim avance."
    mentions = [replace(mention(text, "Novalim", Label.COMPANY, score=0.5), entity="organisation:novalim", method="mentions@2.0")]
    entities, told = without_doubtful_clusters([Entity("organisation:novalim", Label.COMPANY, ("Novalim",))], mentions)
    assert (entities[0].label, told[0].label) == (Label.COMPANY, Label.COMPANY)


def test_a_cluster_that_a_rule_tells_is_told() -> None:
    text = "Novalim avance."
    mentions = [replace(mention(text, "Novalim", Label.CLUSTER, score=0.6), entity="organisation:novalim", method="head.cluster")]
    entities, _ = without_doubtful_clusters([Entity("organisation:novalim", Label.CLUSTER, ("Novalim",))], mentions)
    assert entities[0].label is Label.CLUSTER
