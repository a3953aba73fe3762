"""Agreements: tagged texts, and how several tellings of one link are brought together."""

from pathlib import Path

import pytest
from tagged import cases_of, found_in, told_in

from pipeline.core.facts import Agreement, Evidence, Span
from pipeline.extraction.agreements import merge_agreements


def told(kind: str, status: str, a: str = "a", *b: str, at: int = 0, confidence: float = 0.85, signed_on: str | None = None) -> Agreement:
    """One telling of a link."""
    return Agreement(kind, status, (a,), b or ("b",), (Evidence(Span(at, at + 9), "rule", confidence),), signed_on=signed_on)


MERGED = [
    ("signed and active are one link, signed", [told("mou", "signed"), told("mou", "active")], [("mou", "signed")]),
    ("the other way round is the same link", [told("mou", "signed"), told("mou", "signed", "b", "a")], [("mou", "signed")]),
    ("an end outranks a signing", [told("mou", "signed"), told("mou", "ended")], [("mou", "ended")]),
    ("the surer kind is kept", [told("partnership", "signed", confidence=0.6), told("mou", "signed")], [("mou", "signed")]),
    (
        "a letter signed, an accord to come",
        [told("letter_of_intent", "signed"), told("mou", "planned")],
        [("letter_of_intent", "signed"), ("mou", "planned")],
    ),
    ("other parties are another link", [told("mou", "signed"), told("mou", "signed", "a", "c")], [("mou", "signed"), ("mou", "signed")]),
    ("two of three are one link", [told("mou", "signed", "a", "b", "c"), told("mou", "signed", "a", "c")], [("mou", "signed")]),
    (
        "partners of one are not linked",
        [told("mou", "signed", "a", "b", "c"), told("mou", "signed", "b", "d")],
        [("mou", "signed"), ("mou", "signed")],
    ),
]


@pytest.mark.parametrize("path", cases_of("agreements"))
def test_tagged_text(path: Path) -> None:
    assert found_in(path) == told_in(path)


@pytest.mark.parametrize(("tellings", "expected"), [pytest.param(tellings, expected, id=name) for name, tellings, expected in MERGED])
def test_tellings_of_one_link_are_merged(tellings: list[Agreement], expected: list[tuple[str, str]]) -> None:
    assert [(fact.kind, fact.status) for fact in merge_agreements(tellings)] == expected


def test_a_merged_link_keeps_all_evidence_and_every_date() -> None:
    (merged,) = merge_agreements([told("mou", "active"), told("mou", "signed", at=20, signed_on="2018-11")])
    assert (merged.signed_on, [e.span.start for e in merged.evidence]) == ("2018-11", [0, 20])
