"""Which entities of which documents become one row: tables of cases, and properties that hold for every set of documents."""

import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.facts import DocumentFacts, Entity, Evidence, Label, Span
from pipeline.core.lexicon import GazetteerEntry
from pipeline.resolution import NO_JUDGEMENTS, Judgement, Judgements, Resolution, resolve, suggestions
from pipeline.resolution.judgements import make_judgements

C, CO, P, G = Label.CLUSTER, Label.COMPANY, Label.PROJECT, Label.PROGRAMME

Named = tuple[Label, str | None, tuple[str, ...]]
"""Label, country and names of one entity."""


def entity(label: Label, *names: str, country: str | None = None, region: str | None = None, confidence: float | None = None) -> Entity:
    evidence = (Evidence(Span(0, 1), "test", confidence),) if confidence is not None else ()
    return Entity(names[0], label, names, country, region, evidence)


def documents(*entities: Entity) -> list[DocumentFacts]:
    """One document for each entity."""
    return [DocumentFacts(f"doc-{number:05}", entities=(one,)) for number, one in enumerate(entities)]


def rows(resolution: Resolution) -> int:
    return len(resolution.organisations) + len(resolution.projects) + len(resolution.programmes)


def together(resolution: Resolution) -> set[frozenset[tuple[str, str]]]:
    """The entities of each row."""
    return {frozenset(row.members) for row in (*resolution.organisations, *resolution.projects, *resolution.programmes)}


SAME = [
    ("case", entity(C, "BioWin"), entity(C, "Biowin")),
    ("accents", entity(C, "Lyonbiopôle"), entity(C, "Lyonbiopole")),
    ("spaces and punctuation", entity(C, "Bio-Win"), entity(C, "Bio Win")),
    ("compound and part", entity(C, "GAPR – Medsilesia"), entity(C, "MedSilesia")),
    ("compound with slash", entity(C, "BioPmed/Bioindustry Park Silvano Fumero"), entity(C, "BioPmed")),
    ("name and territory", entity(C, "ToHealth - Toronto"), entity(C, "ToHealth")),
    ("acronym in brackets", entity(C, "Health Industries South Australia (HiSA)"), entity(C, "HiSA")),
    ("alias of a document", entity(C, "Health Industries South Australia", "HiSA"), entity(C, "HiSA")),
    ("head", entity(C, "pôle Pégase"), entity(C, "Pégase")),
    ("long head", entity(C, "pôle de compétitivité Pégase"), entity(C, "Pôle Pégase")),
    ("article", entity(C, "le Bioparc Alpha"), entity(C, "Bioparc Alpha")),
    ("project head", entity(P, "projet MAGIA"), entity(P, "MAGIA")),
    ("programme head", entity(G, "programme COSME"), entity(G, "COSME")),
    ("legal form", entity(CO, "Foobar GmbH"), entity(CO, "Foobar")),
    ("dotted legal form", entity(CO, "Foobar S.p.A."), entity(CO, "FOOBAR")),
    ("kinds differ", entity(C, "Foobar Park"), entity(CO, "Foobar Park")),
    ("one country unknown", entity(C, "Foobar", country="FR"), entity(C, "Foobar")),
    ("short, nothing against it", entity(C, "XYZ", country="FR"), entity(C, "XYZ", country="FR")),
    ("short, kind unknown", entity(C, "XYZ"), entity(Label.ORG, "XYZ")),
    ("institution", entity(Label.PUBLIC, "Région wallonne"), entity(Label.PUBLIC, "la Région wallonne")),
    ("university", entity(Label.RESEARCH, "Université de Lyon"), entity(Label.RESEARCH, "université de Lyon", "Université de Lyon")),
]  # fmt: skip
APART = [
    ("countries", entity(C, "BioValley", country="FR"), entity(C, "BioValley", country="US")),
    ("organisation and project", entity(C, "Foobar"), entity(P, "Foobar")),
    ("project and programme", entity(P, "Foobar"), entity(G, "Foobar")),
    ("short, kinds contradict", entity(C, "XYZ"), entity(CO, "XYZ")),
    ("short, countries contradict", entity(C, "XYZ", country="FR"), entity(C, "XYZ", country="BE")),
    ("near-miss", entity(C, "BioWin"), entity(C, "BioWind")),
    ("territory after a head", entity(C, "Cluster Québec"), entity(Label.PUBLIC, "Québec")),
    ("role", entity(C, "Alpha Santé", "le pôle wallon"), entity(C, "Beta Eau", "le pôle wallon")),
    ("country as alias", entity(C, "Alpha Association", "Etats-Unis"), entity(C, "Beta Institute", "Etats-Unis")),
    ("two roles", entity(C, "le cluster"), entity(C, "le cluster")),
    ("bound head", entity(Label.ASSOCIATION, "Association de Foobar"), entity(C, "Foobar")),
    ("place in common", entity(C, "Alpha – Toronto"), entity(C, "Beta – Toronto")),
    ("part in common", entity(Label.RESEARCH, "Université Alpha – CNRS"), entity(Label.RESEARCH, "Université Beta – CNRS")),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right"), [case[1:] for case in SAME], ids=[case[0] for case in SAME])
def test_one_row(left: Entity, right: Entity) -> None:
    found = resolve(documents(left, right))
    assert rows(found) == 1
    assert found.id_of("doc-00000", left.key) == found.id_of("doc-00001", right.key) is not None


@pytest.mark.parametrize(("left", "right"), [case[1:] for case in APART], ids=[case[0] for case in APART])
def test_two_rows(left: Entity, right: Entity) -> None:
    assert rows(resolve(documents(left, right))) == 2


def test_two_organisations_side_by_side_are_not_made_one() -> None:
    found = resolve(documents(entity(C, "Alpha Park – Beta Park"), entity(C, "Alpha Park"), entity(C, "Beta Park")))
    assert rows(found) == 3


def test_places_have_no_row() -> None:
    found = resolve(documents(entity(Label.PLACE, "Lyon")))
    assert (rows(found), found.id_of("doc-00000", "Lyon")) == (0, None)


def test_an_unknown_country_goes_to_the_most_stated_one() -> None:
    found = resolve(documents(*[entity(C, "Foobar", country=code) for code in ("FR", "US", "US", None)]))
    assert sorted(len(row.members) for row in found.organisations) == [1, 3]
    assert found.id_of("doc-00003", "Foobar") == found.id_of("doc-00001", "Foobar")


def test_conflicting_countries_do_not_meet_through_a_third() -> None:
    found = resolve(documents(entity(C, "Alpha", country="FR"), entity(C, "Alpha", "Beta"), entity(C, "Beta", country="DE")))
    assert all(len({one.country_code}) == 1 for one in found.organisations)
    assert rows(found) == 2


def test_the_row_tells_name_kind_country_region_aliases_and_reasons() -> None:
    found = resolve(documents(
        entity(C, "BioWin", country="BE", region="Wallonie"), entity(C, "Biowin"), entity(C, "BioWin", "le pôle wallon", country="BE"),
    ))  # fmt: skip
    (row,) = found.organisations
    assert (row.name, row.kind, row.country_code, row.region) == ("BioWin", "cluster", "BE", "Wallonie")
    assert row.aliases == ("BioWin", "Biowin", "le pôle wallon")
    assert {merge.reason for merge in row.merges} == {"same name"}
    assert len(row.merges) == 2


def test_the_reason_names_the_rule() -> None:
    (row,) = resolve(documents(entity(C, "GAPR – Medsilesia"), entity(C, "MedSilesia"))).organisations
    assert [(merge.reason, merge.shared) for merge in row.merges] == [("part of a compound name", "medsilesia")]


@pytest.mark.parametrize(
    ("entities", "kind"),
    [
        ([entity(C, "Foobar", confidence=0.9), entity(CO, "Foobar", confidence=0.4), entity(CO, "Foobar", confidence=0.4)], "cluster"),
        ([entity(C, "Foobar"), entity(Label.ASSOCIATION, "Foobar")], "association"),
        ([entity(C, "Foobar", confidence=1.0), entity(Label.ASSOCIATION, "Foobar", confidence=1.0)], "cluster"),
        ([entity(Label.ORG, "Foobar"), entity(Label.ORG, "Foobar"), entity(CO, "Foobar")], "company"),
        ([entity(Label.ORG, "Foobar")], "other"),
    ],
)
def test_kind(entities: list[Entity], kind: str) -> None:
    assert [row.kind for row in resolve(documents(*entities)).organisations] == [kind]


@pytest.mark.parametrize(
    ("names", "name"),
    [(["BioWin", "Biowin", "BioWin"], "BioWin"), (["Alpha", "pôle Alpha"], "pôle Alpha"), (["ALPHA", "Alpha"], "ALPHA")],
)
def test_name(names: list[str], name: str) -> None:
    assert [row.name for row in resolve(documents(*[entity(C, one) for one in names])).organisations] == [name]


KNOWN = [GazetteerEntry("g.1", ("Alpha Santé", "AlphaSanté Sud", "ASS"), C, "FR", "Occitanie")]


def test_the_gazetteer_makes_its_aliases_one_and_tells_kind_country_and_id() -> None:
    found = resolve(documents(entity(CO, "AlphaSanté Sud"), entity(Label.ORG, "ASS")), known=KNOWN)
    (row,) = found.organisations
    assert (row.kind, row.country_code, row.region) == ("cluster", "FR", "Occitanie")
    assert "known alias" in {merge.reason for merge in row.merges}
    alone = resolve(documents(entity(C, "Alpha Santé")), known=KNOWN)
    assert alone.organisations[0].id == row.id


def test_an_institution_of_no_country_is_one_wherever_it_is_told() -> None:
    known = [GazetteerEntry("g.2", ("Union des Alphas", "UdA"), Label.PUBLIC, None, None)]
    facts = documents(
        entity(Label.PUBLIC, "Union des Alphas", country="TN"), entity(Label.PUBLIC, "l’Union des Alphas", "UdA", country="BE")
    )
    (row,) = resolve(facts, known=known).organisations
    assert (row.country_code, row.region) == (None, None)


def test_a_known_name_abroad_is_another_organisation() -> None:
    found = resolve(documents(entity(C, "Alpha Santé", country="FR"), entity(C, "ASS", country="US")), known=KNOWN)
    assert rows(found) == 2


def test_ids_of_homonyms_differ_and_the_most_named_keeps_the_plain_one() -> None:
    alone = resolve(documents(entity(C, "Foobar", country="FR"))).organisations[0].id
    found = resolve(documents(entity(C, "Foobar", country="US"), entity(C, "Foobar", country="FR"), entity(C, "Foobar", country="FR")))
    assert len({row.id for row in found.organisations}) == 2
    assert next(row.id for row in found.organisations if row.country_code == "FR") == alone


@pytest.mark.parametrize("alias", ["Biowin", "pôle BioWin", "BioWin Wallonie", "le BioWin"])
def test_an_alias_does_not_change_the_id(alias: str) -> None:
    before = resolve(documents(entity(C, "BioWin"))).organisations[0].id
    after = resolve([*documents(entity(C, "BioWin")), DocumentFacts("doc-a", entities=(entity(C, alias, "BioWin"),))])
    assert [row.id for row in after.organisations] == [before]


def test_ids_are_frozen() -> None:
    found = resolve(documents(entity(C, "BioWin"), entity(P, "projet MAGIA"), entity(G, "programme COSME")))
    assert [row.id for row in (*found.organisations, *found.projects, *found.programmes)] == [
        "org-78fea3a61c36440a", "prj-5c24eeb671a0cb02", "prg-e0961d3bd6572177",
    ]  # fmt: skip


NAMES = [
    "BioWin",
    "Biowin",
    "pôle BioWin",
    "BioWin – Alpha",
    "Alpha",
    "Alpha SA",
    "XYZ",
    "xyz",
    "Alpha Beta (AB)",
    "AB",
    "Beta",
    "le pôle",
    "Bio",
]
ENTITIES = st.builds(
    lambda label, names, country: Entity(names[0], label, tuple(names), country),
    st.sampled_from([C, CO, Label.ORG, P, G, Label.PLACE]),
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True),
    st.sampled_from([None, None, "FR", "BE"]),
)
FACTS = st.lists(st.lists(ENTITIES, max_size=4, unique_by=lambda one: one.key), max_size=8).map(
    lambda stated: [DocumentFacts(f"doc-{number}", entities=tuple(one)) for number, one in enumerate(stated)]
)
JUDGED = st.lists(
    st.builds(Judgement, st.sampled_from(NAMES), st.sampled_from(NAMES), st.just("organisation"), st.just("same")), max_size=3
)


@given(FACTS, st.randoms())
@settings(deadline=None)
def test_the_order_of_documents_does_not_matter(facts: list[DocumentFacts], random: object) -> None:
    shuffled = facts.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert resolve(shuffled) == resolve(facts)


@given(FACTS)
@settings(deadline=None)
def test_every_entity_has_one_row_and_every_row_its_own_id(facts: list[DocumentFacts]) -> None:
    found = resolve(facts)
    entities = [(document.document_id, one.key) for document in facts for one in document.entities if one.label is not Label.PLACE]
    every = [*found.organisations, *found.projects, *found.programmes]
    assert sorted(where for row in every for where in row.members) == sorted(entities)
    assert len({row.id for row in every}) == len(every)
    assert all(found.id_of(*where) == row.id for row in every for where in row.members)
    assert all(len(row.merges) == len(row.members) - 1 for row in every)
    assert resolve([*facts, *facts]) == found


@given(FACTS)
@settings(deadline=None)
def test_different_countries_never_share_a_row(facts: list[DocumentFacts]) -> None:
    country = {(document.document_id, one.key): one.country_code for document in facts for one in document.entities}
    assert all(len({country[where] for where in members} - {None}) < 2 for members in together(resolve(facts)))


@given(FACTS)
@settings(deadline=None)
def test_a_document_about_others_changes_nothing(facts: list[DocumentFacts]) -> None:
    before = resolve(facts)
    after = resolve([*facts, DocumentFacts("doc-0a", entities=(entity(C, "Gamma Unrelated"),))])
    assert set(before.organisations) <= set(after.organisations)
    assert (before.projects, before.programmes) == (after.projects, after.programmes)


PLAIN = st.lists(
    st.lists(st.sampled_from(["BioWin", "pôle BioWin", "Biowin", "Alpha", "Beta", "XYZ"]), min_size=1, max_size=2, unique=True),
    min_size=1,
    max_size=8,
).map(lambda stated: documents(*[entity(C, *names) for names in stated]))


@given(PLAIN, st.data())
@settings(deadline=None)
def test_a_further_document_splits_nothing_and_makes_no_new_id_for_known_names(facts: list[DocumentFacts], data: st.DataObject) -> None:
    names = sorted({one.name for document in facts for one in document.entities})
    stated = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
    before, after = resolve(facts), resolve([*facts, DocumentFacts("doc-000", entities=(entity(C, *stated),))])
    assert all(any(members <= wider for wider in together(after)) for members in together(before))
    assert {row.id for row in after.organisations} <= {row.id for row in before.organisations}


@given(FACTS, JUDGED, st.sampled_from(NAMES), st.sampled_from(NAMES))
@settings(deadline=None)
def test_judgements_are_obeyed(facts: list[DocumentFacts], same: list[Judgement], left: str, right: str) -> None:
    judged = make_judgements(same)
    different = [*same, Judgement(left, right, "organisation", "different")]
    try:
        judged = make_judgements(different)
    except Exception:  # noqa: BLE001
        different = same
    check_same(facts, judged, resolve(facts, judgements=judged))
    if different is not same:
        check_apart(facts, judged, resolve(facts, judgements=judged))


def check_same(facts: Sequence[DocumentFacts], judged: Judgements, found: Resolution) -> None:
    ids: dict[int, set[str | None]] = {}
    for where, group in first_groups(facts, judged):
        ids.setdefault(group, set()).add(found.id_of(*where))
    assert all(len(one) == 1 for one in ids.values())


def check_apart(facts: Sequence[DocumentFacts], judged: Judgements, found: Resolution) -> None:
    pairs = [(a, b) for a in first_groups(facts, judged) for b in first_groups(facts, judged) if frozenset((a[1], b[1])) in judged.apart]
    assert all(found.id_of(*a[0]) != found.id_of(*b[0]) for a, b in pairs)


def first_groups(facts: Sequence[DocumentFacts], judged: Judgements) -> list[tuple[tuple[str, str], int]]:
    """Each organisation with the judged group of its fullest name."""
    from pipeline.resolution.resolve import bearer_of

    found = []
    for document in facts:
        for one in document.entities:
            bearer = bearer_of(document.document_id, one)
            group = judged.group(bearer, one.name) if bearer and bearer.family == "organisation" else None
            if bearer and group is not None:
                found.append((bearer.where, group))
    return found


def test_near_misses_are_suggested_with_reasons_and_never_merged() -> None:
    found = resolve(documents(entity(C, "Health Valley Alpha", country="NL"), entity(C, "HealthValley Alfa", country="NL")))
    (pair,) = suggestions(found)
    assert rows(found) == 2
    assert 0.86 <= pair.score <= 1
    assert "both in NL (+0.03)" in pair.reasons


def test_generic_names_and_countries_are_no_near_misses() -> None:
    found = resolve(documents(entity(C, "PME"), entity(C, "la PME"), entity(C, "Alpha", "Etats-Unis"), entity(C, "Omega", "Etats-Unis")))
    assert suggestions(found) == []


def test_homonyms_abroad_are_suggested_unless_judged() -> None:
    facts = documents(entity(C, "BioValley", country="FR"), entity(C, "BioValley", country="CH"))
    assert [pair.reasons[1] for pair in suggestions(resolve(facts))] == ["one in FR, one in CH (-0.12)"]
    judged = make_judgements([Judgement("BioValley@FR", "BioValley@CH", "organisation", "different")])
    assert suggestions(resolve(facts, judgements=judged)) == []


def test_nothing_gives_nothing() -> None:
    assert rows(resolve([], judgements=NO_JUDGEMENTS)) == 0
    assert suggestions(resolve([])) == []


@pytest.mark.slow
def test_fifty_thousand_entities_in_ten_seconds() -> None:
    facts = [
        DocumentFacts(
            f"doc-{d}",
            entities=tuple(entity(C, f"Pôle Alpha{(d * 7 + e * 131) % 9000}", country="FR" if d % 2 else None) for e in range(10)),
        )
        for d in range(5000)
    ]
    start = time.process_time()
    found = resolve(facts)
    assert time.process_time() - start < 10
    assert rows(found) == 9000
