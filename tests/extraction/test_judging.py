"""Rules and scorer combined, with a scorer whose judgements are written by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tagged import keyed_reading

from pipeline.core.facts import Agreement, Evidence, Funding, Label, Membership, Project, Span
from pipeline.extraction.judging import Thresholds, judge_agreements, judge_funding, judge_members, judge_places, without_triangles
from pipeline.extraction.links import Link, Links
from pipeline.extraction.neural.relations import Pair, Scores
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


MOU = "Novalim a signé un MoU avec Ecofoo."
TOLD = [
    (MOU, True),
    ("Novalim et Ecofoo ont reçu des visiteurs.", False),
    ("Novalim a signé un accord de licence avec Ecofoo.", False),
    ("Aucun MoU n'a été signé entre Novalim et Ecofoo.", False),
    ("Novalim dément. Aucun accord n'a été signé avec Ecofoo.", False),
    ("Un MoU est signé. Novalim et Ecofoo se félicitent.", False),
    ("Novalim se félicite. Un MoU est signé. Ecofoo aussi.", True),
    ("Novalim a signé un accord de licence. Un MoU le lie à Ecofoo.", True),
]
PAID = [
    ("Novalim reçoit une subvention de la Région Foo.", True),
    ("Novalim reçoit 2 M€ de la Région Foo.", True),
    ("Novalim reçoit des visiteurs de la Région Foo.", False),
    ("Novalim est né. La Région Foo le finance.", True),
    ("Novalim est né. Il grandit. La Région Foo le finance.", False),
]


@pytest.fixture
def reading() -> Reading:
    """The text with all its names."""
    return keyed_reading(TEXT, NAMES)


def judged(family: str, a: str, b: str, probability: float, **labels: float) -> Link:
    """A judgement of a pair."""
    return Link(Pair(family, a, b, span(TEXT, KEYS[a]), span(TEXT, KEYS[b])), Scores(probability, labels))


def links(*told: Link) -> Links:
    """All judgements of a document."""
    return Links("scorer 1", {(link.pair.family, link.a, link.b): link for link in told})


def told_alone(text: str, names: Mapping[str, Label]) -> list[Agreement]:
    """What a sure judgement of Novalim and Ecofoo alone comes to in a text."""
    told = Link(Pair("agreement", A, B, span(text, "Novalim"), span(text, "Ecofoo")), Scores(0.9, {}))
    return judge_agreements(keyed_reading(text, names), [], [], links(told), LIMITS)


def paid_alone(text: str, names: Mapping[str, Label], rows: Sequence[Funding] = ()) -> list[Funding]:
    """The rows that a sure judgement of Novalim and Région Foo adds to those of the rules."""
    told = Link(Pair("funding", A, R, span(text, "Novalim"), span(text, "Région Foo")), Scores(0.9, {}))
    return [row for row in judge_funding(keyed_reading(text, names), rows, links(told), LIMITS) if row not in rows]


def span(text: str, words: str) -> Span:
    """Where words first stand in a text."""
    return Span(text.index(words), text.index(words) + len(words))


def agreement(a: str = A, b: str = B, status: str = "active") -> Agreement:
    """An agreement that a rule found."""
    return Agreement("mou", status, (a,), (b,), RULE)


@pytest.mark.parametrize(
    ("probability", "confidence"), [(0.1, None), (0.19, None), (0.2, 0.2), (0.5, 0.5), (0.95, 0.95)], ids=lambda value: str(value)
)
def test_a_rules_agreement_is_vetoed_or_takes_the_scorers_confidence(
    reading: Reading, probability: float, confidence: float | None
) -> None:
    kept = judge_agreements(reading, [agreement()], [], links(judged("agreement", A, B, probability, active=0.95)), LIMITS)
    assert [fact.evidence[0].confidence for fact in kept] == ([confidence] if confidence is not None else [])


def test_a_pair_is_known_in_either_order(reading: Reading) -> None:
    assert judge_agreements(reading, [agreement(B, A)], [], links(judged("agreement", A, B, 0.1)), LIMITS) == []


def test_an_agreement_without_a_judgement_stands(reading: Reading) -> None:
    assert judge_agreements(reading, [agreement()], [], links(), LIMITS) == [agreement()]


@pytest.mark.parametrize(("probability", "label", "status"), [(0.95, 0.95, "signed"), (0.95, 0.6, "active"), (0.5, 0.95, "active")])
def test_only_a_sure_scorer_overrules_the_status(reading: Reading, probability: float, label: float, status: str) -> None:
    (kept,) = judge_agreements(reading, [agreement()], [], links(judged("agreement", A, B, probability, signed=label)), LIMITS)
    assert kept.status == status


def test_a_sure_pair_is_an_agreement_without_a_rule(reading: Reading) -> None:
    told = judged("agreement", A, B, 0.9, mou=0.9, signed=0.8, a_signatory=0.9)
    (fact,) = judge_agreements(reading, [], [], links(told), LIMITS)
    assert (fact.kind, fact.status, fact.signatories, fact.counterparts) == ("mou", "signed", (A,), (B,))
    assert fact.evidence == (Evidence(Span(0, 35), "scorer 1", 0.9),)


@pytest.mark.parametrize("probability", [0.5, 0.79])
def test_a_doubtful_pair_is_none(reading: Reading, probability: float) -> None:
    assert judge_agreements(reading, [], [], links(judged("agreement", A, B, probability, mou=0.9)), LIMITS) == []


@pytest.mark.parametrize(("text", "stated"), TOLD)
def test_a_sure_pair_needs_a_trigger_that_states_something(text: str, stated: bool) -> None:
    assert bool(told_alone(text, NAMES)) is stated


@pytest.mark.parametrize("vague", ["Novalim", "Ecofoo"])
def test_a_sure_pair_with_a_party_of_unknown_kind_is_none(vague: str) -> None:
    assert told_alone(MOU, NAMES | {vague: Label.ORG}) == []


@pytest.mark.parametrize(
    ("members", "left"), [([], 1), ([A], 1), ([A, B], 0), ([C, B, A], 0)], ids=["of none", "one of two", "both", "among others"]
)
def test_members_of_one_project_are_no_parties_by_the_scorers_word_alone(reading: Reading, members: list[str], left: int) -> None:
    told = links(judged("agreement", A, B, 0.9))
    assert len(judge_agreements(reading, [], [project(*members)], told, LIMITS)) == left


def test_members_of_two_projects_may_be_parties(reading: Reading) -> None:
    told = links(judged("agreement", A, B, 0.9))
    assert len(judge_agreements(reading, [], [project(A, C), project(B, K)], told, LIMITS)) == 1


def test_a_project_is_no_party_with_its_own_member(reading: Reading) -> None:
    told = links(judged("agreement", A, J, 0.9))
    assert [len(judge_agreements(reading, [], [project(member)], told, LIMITS)) for member in (A, B)] == [0, 1]


def test_a_rules_agreement_between_members_of_one_project_stands(reading: Reading) -> None:
    told = links(judged("agreement", A, B, 0.9, active=0.5))
    assert len(judge_agreements(reading, [agreement()], [project(A, B)], told, LIMITS)) == 1


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


@pytest.mark.parametrize(("text", "paid"), PAID)
def test_a_sure_payer_needs_words_of_money_near_by(text: str, paid: bool) -> None:
    assert bool(paid_alone(text, NAMES)) is paid


@pytest.mark.parametrize(("label", "paid"), [(Label.PUBLIC, True), (Label.COMPANY, False), (Label.CLUSTER, False), (Label.ORG, False)])
def test_a_sure_payer_is_a_public_body(label: Label, paid: bool) -> None:
    assert bool(paid_alone(PAID[0][0], NAMES | {"Région Foo": label})) is paid


@pytest.mark.parametrize(("place", "paid"), [(Span(0, 47), False), (Span(60, 90), True)], ids=["there", "elsewhere"])
def test_a_payer_that_a_rule_gave_to_another_there_is_none(place: Span, paid: bool) -> None:
    row = Funding(C, (Evidence(place, "funding.of", 0.8),), None, R)
    assert bool(paid_alone(PAID[0][0], NAMES, [row])) is paid


def test_only_agreements_are_symmetrical() -> None:
    known = links(judged("agreement", B, A, 0.5), judged("funding", B, R, 0.5))
    assert known.of("agreement", A, B) == known.of("agreement", B, A) is not None
    assert known.of("funding", R, B) is None


def test_thresholds_of_the_project_are_in_order() -> None:
    import yaml

    from pipeline.core.lexicon import MODELS

    limits = yaml.safe_load(Path(MODELS / "config.yaml").read_text(encoding="utf-8")).get("judging") or {}
    assert [family for family, told in limits.items() if not 0 <= told["veto"] <= told["accept"] <= 1] == []


@pytest.mark.parametrize(("probability", "country"), [(0.9, "NO"), (0.5, None)])
def test_an_organisation_that_no_words_place_is_where_the_scorer_is_sure(probability: float, country: str | None) -> None:
    text = "Novalim a son siège tout près du port de Bergen."
    reading = keyed_reading(text, {"Novalim": Label.CLUSTER, "Bergen": Label.PLACE})
    (place,) = (key for key, entity in reading.entities.items() if entity.label is Label.PLACE)
    told = Link(Pair("located", A, place, span(text, "Novalim"), span(text, "Bergen")), Scores(probability, {}))
    assert judge_places(reading, links(told), LIMITS)[A].country_code == country


def test_a_country_that_words_tell_is_not_overruled() -> None:
    text = "Novalim a son siège tout près du port de Bergen."
    reading = keyed_reading(text, {"Novalim": Label.CLUSTER, "Bergen": Label.PLACE})
    reading.entities[A] = replace(reading.entities[A], country_code="FR")
    (place,) = (key for key, entity in reading.entities.items() if entity.label is Label.PLACE)
    told = Link(Pair("located", A, place, span(text, "Novalim"), span(text, "Bergen")), Scores(0.99, {}))
    assert judge_places(reading, links(told), LIMITS)[A].country_code == "FR"
