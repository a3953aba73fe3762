"""Rules and scorer combined, with a scorer whose judgements are written by hand."""

from pathlib import Path

import pytest
from tagged import keyed_reading

from pipeline.core.facts import Agreement, Evidence, Funding, Label, Membership, Project, Span
from pipeline.extraction.judging import Thresholds, judge_agreements, judge_funding, judge_members, without_triangles
from pipeline.extraction.links import Link, Links, pair_key
from pipeline.extraction.neural.relations import Scores
from pipeline.extraction.reading import Reading

TEXT = "Novalim a signé un MoU avec Ecofoo. Terrafoo reçoit 2 M€ de la Région Foo au titre de COSME dans le projet NOVAFOO avec Kerlab."
NAMES = {
    "Novalim": Label.CLUSTER,
    "Ecofoo": Label.CLUSTER,
    "Terrafoo": Label.CLUSTER,
    "Kerlab": Label.COMPANY,
    "Région Foo": Label.PUBLIC,
    "COSME": Label.PROGRAMME,
    "NOVAFOO": Label.PROJECT,
}
A, B, C, K = "organisation:novalim", "organisation:ecofoo", "organisation:terrafoo", "organisation:kerlab"
R, P, J = "organisation:regionfoo", "programme:cosme", "project:novafoo"
RULE = (Evidence(Span(0, 35), "agreement.mou+with", 0.85),)
LIMITS = Thresholds(accept=0.8, veto=0.2, label=0.9)
KEYS = dict(zip((A, B, C, K, R, P, J), ("Novalim", "Ecofoo", "Terrafoo", "Kerlab", "Région Foo", "COSME", "NOVAFOO"), strict=True))
SPANS = {key: Span(TEXT.index(name), TEXT.index(name) + len(name)) for key, name in KEYS.items()}


@pytest.fixture
def reading() -> Reading:
    """The text with all its names."""
    return keyed_reading(TEXT, NAMES)


def judged(family: str, a: str, b: str, probability: float, **labels: float) -> Link:
    """A judgement of a pair."""
    return Link(family, a, b, SPANS[a], SPANS[b], Scores(probability, labels))


def links(*told: Link) -> Links:
    """All judgements of a document."""
    return Links("scorer 1", {(link.family, link.a, link.b): link for link in told})


def agreement(a: str = A, b: str = B, status: str = "active") -> Agreement:
    """An agreement that a rule found."""
    return Agreement("mou", status, (a,), (b,), RULE)


@pytest.mark.parametrize(
    ("probability", "confidence"), [(0.1, None), (0.19, None), (0.2, 0.2), (0.5, 0.5), (0.95, 0.95)], ids=lambda value: str(value)
)
def test_a_rules_agreement_is_vetoed_or_takes_the_scorers_confidence(
    reading: Reading, probability: float, confidence: float | None
) -> None:
    kept = judge_agreements(reading, [agreement()], links(judged("agreement", A, B, probability, active=0.95)), LIMITS)
    assert [fact.evidence[0].confidence for fact in kept] == ([confidence] if confidence is not None else [])


def test_a_pair_is_known_in_either_order(reading: Reading) -> None:
    assert judge_agreements(reading, [agreement(B, A)], links(judged("agreement", A, B, 0.1)), LIMITS) == []


def test_an_agreement_without_a_judgement_stands(reading: Reading) -> None:
    assert judge_agreements(reading, [agreement()], links(), LIMITS) == [agreement()]


@pytest.mark.parametrize(("probability", "label", "status"), [(0.95, 0.95, "signed"), (0.95, 0.6, "active"), (0.5, 0.95, "active")])
def test_only_a_sure_scorer_overrules_the_status(reading: Reading, probability: float, label: float, status: str) -> None:
    (kept,) = judge_agreements(reading, [agreement()], links(judged("agreement", A, B, probability, signed=label)), LIMITS)
    assert kept.status == status


def test_a_sure_pair_is_an_agreement_without_a_rule(reading: Reading) -> None:
    told = judged("agreement", A, B, 0.9, mou=0.9, signed=0.8, a_signatory=0.9)
    (fact,) = judge_agreements(reading, [], links(told), LIMITS)
    assert (fact.kind, fact.status, fact.signatories, fact.counterparts) == ("mou", "signed", (A,), (B,))
    assert fact.evidence == (Evidence(Span(0, 35), "scorer 1", 0.9),)


@pytest.mark.parametrize("probability", [0.5, 0.79])
def test_a_doubtful_pair_is_none(reading: Reading, probability: float) -> None:
    assert judge_agreements(reading, [], links(judged("agreement", A, B, probability, mou=0.9)), LIMITS) == []


def test_the_surer_sides_of_a_triangle_are_kept() -> None:
    sides = [judged("agreement", A, B, 0.99), judged("agreement", A, C, 0.95), judged("agreement", B, C, 0.9)]
    assert without_triangles(sides, []) == sides[:2]


def test_a_triangle_that_rules_began_is_not_closed() -> None:
    closing = judged("agreement", B, C, 0.9)
    assert without_triangles([closing], [agreement(A, B), agreement(A, C)]) == []


def project(*members: str) -> Project:
    """A project that rules found."""
    return Project(J, tuple(Membership(key, "partner", RULE) for key in members), RULE)


def test_members_are_vetoed_and_added(reading: Reading) -> None:
    told = links(judged("member", J, K, 0.1), judged("member", J, C, 0.9, coordinator=0.8, partner=0.1), judged("member", J, B, 0.5))
    (kept,) = judge_members(reading, [project(K, A)], told, LIMITS)
    assert [(m.organisation, m.role) for m in kept.members] == [(A, "partner"), (C, "coordinator")]


@pytest.mark.parametrize(("label", "role"), [(0.95, "coordinator"), (0.7, "partner")])
def test_only_a_sure_scorer_overrules_the_role(reading: Reading, label: float, role: str) -> None:
    (kept,) = judge_members(reading, [project(K)], links(judged("member", J, K, 0.9, coordinator=label, partner=0.05)), LIMITS)
    assert [m.role for m in kept.members] == [role]


def test_a_row_stands_if_one_of_its_payers_does(reading: Reading) -> None:
    row = Funding(J, RULE, P, R)
    assert judge_funding(reading, [row], links(judged("funding", J, P, 0.1), judged("funding", J, R, 0.6)), LIMITS) == [row]
    assert judge_funding(reading, [row], links(judged("funding", J, P, 0.1), judged("funding", J, R, 0.1)), LIMITS) == []


def test_programme_and_funder_of_one_sentence_are_one_row(reading: Reading) -> None:
    (row,) = judge_funding(reading, [], links(judged("funding", C, R, 0.9), judged("funding", C, P, 0.95)), LIMITS)
    assert (row.beneficiary, row.programme, row.funder, row.amount, row.currency) == (C, P, R, 2e6, "EUR")


@pytest.mark.parametrize(
    ("family", "expected"), [("agreement", ("agreement", B, A)), ("member", ("member", A, B)), ("funding", ("funding", A, B))]
)
def test_only_agreements_are_symmetrical(family: str, expected: tuple[str, str, str]) -> None:
    known = {(family, B, A): judged(family, B, A, 0.5)}
    assert pair_key(family, A, B, known) == expected


def test_thresholds_of_the_project_are_in_order() -> None:
    import yaml

    from pipeline.core.lexicon import MODELS

    limits = yaml.safe_load(Path(MODELS / "config.yaml").read_text(encoding="utf-8")).get("judging") or {}
    assert [family for family, told in limits.items() if not 0 <= told["veto"] <= told["accept"] <= 1] == []
