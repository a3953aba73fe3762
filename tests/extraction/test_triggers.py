"""Trigger words of a sentence: read once, bounded, in their own sense."""

import pytest
from tagged import keyed_reading

from pipeline.core.facts import Label
from pipeline.extraction.judging import states
from pipeline.extraction.triggers import MOST, find_triggers

NAMES = {"Novalim": Label.CLUSTER, "Ecofoo": Label.CLUSTER}
STATING = [
    ("Novalim a signé un MoU avec Ecofoo.", ["mou"], [True]),
    ("Novalim a signé un accord de licence avec Ecofoo.", ["cooperation_agreement"], [False]),
    ("Aucun MoU n'a été signé avec Ecofoo.", ["mou"], [False]),
    ("Novalim a vu Ecofoo.", [], []),
]


@pytest.mark.parametrize(("text", "kinds", "stating"), STATING)
def test_a_trigger_states_something_unless_refused_or_denied(text: str, kinds: list[str], stating: list[bool]) -> None:
    reading = keyed_reading(text, NAMES)
    found = find_triggers(reading, reading.sentences[0])
    assert ([t.kind for t in found], [states(reading, reading.sentences[0], t) for t in found]) == (kinds, stating)


def test_triggers_inside_a_sure_name_are_none() -> None:
    text = "Novalim a rejoint Alliance Foo."
    assert [len(find_triggers(r := keyed_reading(text, names), r.sentences[0])) for names in ({}, {"Alliance Foo": Label.ORG})] == [1, 0]


def test_a_sentence_is_read_for_triggers_once() -> None:
    reading = keyed_reading("Novalim a signé un MoU. Un accord lie Novalim à Ecofoo.", NAMES)
    first, second = (find_triggers(reading, sentence) for sentence in reading.sentences)
    assert reading.triggers == {0: first, 1: second}
    assert find_triggers(reading, reading.sentences[0]) is first
    assert first != second


def test_a_reading_keeps_its_triggers_to_itself() -> None:
    one, other = keyed_reading("Un MoU avec Ecofoo.", NAMES), keyed_reading("Novalim et Ecofoo.", NAMES)
    assert (len(find_triggers(one, one.sentences[0])), len(find_triggers(other, other.sentences[0]))) == (1, 0)


def test_a_sentence_has_so_many_triggers_and_no_more() -> None:
    reading = keyed_reading("un MoU, " * (2 * MOST), {})
    assert [len(find_triggers(reading, sentence)) for sentence in reading.sentences] == [MOST]
