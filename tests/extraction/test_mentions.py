"""Mentions from gazetteers, words, shapes and a model, merged."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tagged import mention

from pipeline.core.facts import Label, Mention, Span
from pipeline.core.lexicon import load_lexicon
from pipeline.extraction.layout import split_sentences
from pipeline.extraction.mentions import AGREED, WEAK, find_mentions, merge
from pipeline.extraction.places import find_places

LEXICON = load_lexicon()
WORDS = ["Le pôle ", "Novalim", "Ecofoo Valley", "Université de ", "France", "BioXyz", "COSME"]
MARKS = [" et ", ", ", " (", ")", "\n- ", " du ", " « ", " »", ". ", "l’"]
PIECES = st.sampled_from([*WORDS, *MARKS])


def found_in(text: str, *predicted: Mention, people: tuple[Span, ...] = ()) -> list[Mention]:
    """Mentions of a text."""
    return find_mentions(text, split_sentences(text), LEXICON, predicted=predicted, people=people, places=find_places(text))


def labels(text: str, *predicted: Mention) -> dict[str, Label]:
    """Label of each mention of a text that is not weak, places aside."""
    return {m.name: m.label for m in found_in(text, *predicted) if m.score > WEAK and m.label is not Label.PLACE}


LABELLED = [
    ("Hier, le pôle Novalim a signé.", {"Novalim": Label.CLUSTER}),
    ("Hier, les clusters Novalim, Ecofoo et Terrafoo ont signé.", dict.fromkeys(("Novalim", "Ecofoo", "Terrafoo"), Label.CLUSTER)),
    ("Hier, la société Novalim a signé.", {"Novalim": Label.COMPANY}),
    ("Hier, Novalim, cluster anglais, a signé.", {"Novalim": Label.CLUSTER}),
    ("Hier, Nordfoo Science Park a signé.", {"Nordfoo Science Park": Label.CLUSTER}),
    ("Hier, l'Université de Bellecombe a signé.", {"Université de Bellecombe": Label.RESEARCH}),
    ("Hier, le projet NOVAFOO a démarré.", {"NOVAFOO": Label.PROJECT}),
    ("Hier, le projet est financé par COSME.", {"COSME": Label.PROGRAMME}),
]


@pytest.mark.parametrize(("text", "expected"), LABELLED)
def test_words_label_names_without_a_model(text: str, expected: dict[str, Label]) -> None:
    assert labels(text) == expected


def test_a_name_that_nothing_labels_is_weak() -> None:
    (found,) = found_in("Hier, Novalim a signé.")
    assert (found.name, found.label, found.score) == ("Novalim", Label.ORG, WEAK)


def test_a_capital_that_only_opens_the_sentence_is_no_name() -> None:
    assert found_in("Demain sera un autre jour.") == []


def test_a_person_is_no_mention() -> None:
    text = "Hier, Ada Durand a signé."
    assert found_in(text, people=(Span(6, 16),)) == []


def test_the_words_around_relabel_what_a_model_doubts() -> None:
    text = "Hier, la société Novalim a signé."
    assert labels(text, mention(text, "Novalim", Label.CLUSTER, score=0.9)) == {"Novalim": Label.COMPANY}


def test_a_head_noun_outweighs_a_sure_model() -> None:
    text = "Hier, la société Novalim a signé."
    assert labels(text, mention(text, "Novalim", Label.CLUSTER, score=0.99)) == {"Novalim": Label.COMPANY}


@pytest.mark.parametrize(("score", "label"), [(0.9, Label.COMPANY), (0.5, Label.CLUSTER)])
def test_an_apposition_does_so_only_where_the_model_doubts(score: float, label: Label) -> None:
    text = "Hier, Novalim, cluster anglais, a signé."
    assert labels(text, mention(text, "Novalim", Label.COMPANY, score=score)) == {"Novalim": label}


def test_words_that_tell_the_same_kind_make_a_model_surer() -> None:
    text = "Hier, le cluster Novalim a signé."
    (found,) = found_in(text, mention(text, "Novalim", Label.CLUSTER, score=0.7))
    assert (found.label, found.score) == (Label.CLUSTER, AGREED)


def test_plain_words_are_no_programme() -> None:
    text = "Hier, le programme de compétitivité a pris fin."
    assert labels(text, mention(text, "compétitivité", Label.PROGRAMME, score=0.9)) == {}


def test_a_doubtful_cluster_is_an_organisation() -> None:
    text = "Hier, Novalim a signé."
    assert labels(text, mention(text, "Novalim", Label.CLUSTER, score=0.55)) == {"Novalim": Label.ORG}


@pytest.mark.parametrize(("score", "name"), [(0.5, "Nordic Ocean Foo"), (0.9, "Nordic")])
def test_a_name_that_a_doubtful_model_cuts_is_made_whole(score: float, name: str) -> None:
    text = "Hier, le cluster Nordic Ocean Foo a signé."
    assert list(labels(text, mention(text, "Nordic", Label.CLUSTER, score=score))) == [name]


def test_a_name_that_opens_a_list_item_is_whole() -> None:
    text = "Ont signé :\n- Nordic Ocean Foo ;\n- Novalim."
    assert "Nordic Ocean Foo" in labels(text, mention(text, "Nordic", Label.CLUSTER, score=0.9))


def test_a_place_is_not_drawn_into_a_name_in_prose() -> None:
    text = "Hier, le cluster Novalim Wallonie a signé."
    assert labels(text, mention(text, "Novalim", Label.CLUSTER, score=0.9)) == {"Novalim": Label.CLUSTER}


def test_the_surest_of_overlapping_mentions_is_kept_then_the_longest() -> None:
    text = "Nordic Ocean Cluster"
    long, short = mention(text, text, Label.CLUSTER, score=0.8), mention(text, "Nordic Ocean", Label.ORG, score=0.8)
    assert merge([short, long]) == [long]
    assert merge([long, replace(short, score=0.9)]) == [replace(short, score=0.9)]


@given(st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=60))
@settings(max_examples=80, deadline=None)
def test_spans_are_inside_sorted_and_apart(text: str) -> None:
    found = found_in(text)
    bounds = [bound for m in found for bound in (m.span.start, m.span.end)]
    assert bounds == sorted(bounds)
    assert [m for m in found if m.span.quote(text) != m.name or not m.name.strip()] == []
