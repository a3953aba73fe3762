"""Numbers that a text states of its own facts: tagged texts, and what is no such number."""

from pathlib import Path

import pytest
from tagged import cases_of, found_in, keyed_reading, told_in

from pipeline.core.facts import Label
from pipeline.extraction.counts import find_counts

COUNTED = [
    ("Novalim a signé 8 accords.", [("agreement", 8)]),
    ("Novalim a signé huit MoU et trois lettres d'intention.", [("agreement", 8), ("agreement", 3)]),
    ("Novalim a signé vingt nouveaux accords de coopération.", [("agreement", 20)]),
    ("NOVAFOO réunit quatre clusters européens.", [("member", 4)]),
    ("Novalim connaît quatre clusters européens.", []),
    ("Novalim a signé un accord.", []),
    ("Novalim a signé 1 accord.", []),
    ("Novalim a signé en 2018 accords et conventions.", []),
    ("Novalim a 200 partenaires.", []),
    ("Novalim, page 12, accords signés.", []),
    ("Novalim a labellisé 12 projets collaboratifs.", [("project", 12)]),
    ("Novalim a signé 8\u00a0accords. Les 8 accords durent.", [("agreement", 8)]),
]


@pytest.mark.parametrize("path", cases_of("counts"))
def test_tagged_text(path: Path) -> None:
    assert found_in(path) == told_in(path)


@pytest.mark.parametrize(("text", "expected"), COUNTED)
def test_a_number_right_before_what_is_counted(text: str, expected: list[tuple[str, int]]) -> None:
    reading = keyed_reading(text, {"Novalim": Label.CLUSTER, "NOVAFOO": Label.PROJECT})
    assert [(count.fact, count.declared) for count in find_counts(reading, [], [])] == expected


def test_what_was_found_stands_beside_what_is_declared() -> None:
    reading = keyed_reading("Novalim a signé 8 accords.", {"Novalim": Label.CLUSTER})
    (count,) = find_counts(reading, [], [])
    assert (count.declared, count.found, count.evidence.span.quote(reading.text)) == (8, 0, "8 accords")
