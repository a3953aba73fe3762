"""One fact is one row, however many documents tell it, in whatever order; every row keeps its words."""

import itertools
from datetime import date

import pandas as pd
import pytest
from making import Resolution, agreement, document, facts, org, programme, project, quote, tables_of

from pipeline.core.facts import DatedExpression, DeclaredCount, Funding, Label, Membership, Project, Quarantined, Refusal, Span
from pipeline.core.schema import column_names, table_names
from pipeline.tables.build import build_tables
from pipeline.tables.checks import check_tables

NAMES = ("Alpha", "Beta", "Gamma")
WORLD = Resolution([org(name) for name in NAMES], [project("MARÉE"), project("HOULE")], [programme("Fonds Azur")])
ONE = document("one.txt", "Alpha et Beta ont signé un accord avec Gamma, dans MARÉE, payé par le Fonds Azur.")
TWO = document("two.txt", "Beta rappelle son accord avec Alpha, signé le 3 mai 2019.")


def rows(tables, name):
    return tables[name].astype(object).where(tables[name].notna(), None).to_dict("records")


def linked(*told):
    """Tables of documents that each tell some agreements: (document, agreement keyword arguments)."""
    pairs = [(read, facts(read, "Alpha", "Beta", agreements=tuple(agreement(read, **each) for each in links))) for read, *links in told]
    return tables_of(pairs, WORLD)


AB = {"one": "Alpha", "other": "Beta"}
BA = {"one": "Beta", "other": "Alpha"}


def test_every_table_is_there_with_its_columns():
    tables = tables_of([], WORLD)
    assert set(tables) == set(table_names())
    assert all(list(tables[name].columns) == column_names(name) for name in tables)


def test_same_agreement_from_two_documents_is_one_row_with_two_quotes():
    tables = linked((ONE, AB), (TWO, BA | {"signed_on": "2019-05-03"}))
    (row,) = rows(tables, "agreements")
    evidence = [each for each in rows(tables, "evidence") if each["table_name"] == "agreements"]
    assert row["signed_on"] == "2019-05-03"
    assert {each["document_id"] for each in evidence} == {ONE.document_id, TWO.document_id}
    assert {each["row_id"] for each in evidence} == {row["agreement_id"]}


@pytest.mark.parametrize(
    "later",
    [
        {"status": "active"},
        {"status": "ended"},
        {"signed_on": "2019-05"},
        {"duration_months": 24},
        {"project": "MARÉE"},
        {"start_date": "2012"},
    ],
)
def test_key_of_an_agreement_stays_when_something_is_learnt_later(later):
    before, after = linked((ONE, AB)), linked((ONE, AB), (TWO, BA | later))
    assert list(before["agreements"]["agreement_id"]) == list(after["agreements"]["agreement_id"])


@pytest.mark.parametrize(
    ("first", "second", "column", "expected"),
    [
        ({"signed_on": "2019"}, {"signed_on": "2019-05-03"}, "signed_on", "2019-05-03"),
        ({"status": "active"}, {"status": "planned"}, "status", "active"),
        ({"status": "signed"}, {"status": "ended"}, "status", "ended"),
        ({"duration_months": None}, {"duration_months": 24}, "duration_months", 24),
        ({"kind": "partnership"}, {"kind": "cooperation_agreement"}, "kind", "cooperation_agreement"),
        ({"start_date": "2012"}, {"start_date": "2013"}, "start_date", "2012"),
    ],
)
def test_conflicts_are_settled_the_same_way_in_any_order(first, second, column, expected):
    for one, other in itertools.permutations((first, second)):
        (row,) = rows(linked((ONE, AB | one), (TWO, BA | other)), "agreements")
        assert row[column] == expected


def test_a_wish_has_no_date_of_signing():
    (row,) = rows(linked((ONE, AB | {"status": "planned", "signed_on": "2020"})), "agreements")
    assert row["signed_on"] is None


def test_letter_and_accord_of_one_document_are_two_rows():
    letter, accord = AB | {"kind": "letter_of_intent"}, AB | {"kind": "partnership", "status": "planned"}
    assert len(linked((ONE, letter, accord))["agreements"]) == 2
    convention = AB | {"kind": "convention"}
    tables = linked((ONE, accord, convention), (TWO, BA | {"kind": "convention"}))
    assert sorted(tables["agreements"]["kind"]) == ["convention", "partnership"]


def test_signings_of_different_years_are_two_agreements_and_the_first_keeps_its_key():
    first, both = linked((ONE, AB | {"signed_on": "2012"})), linked((ONE, AB | {"signed_on": "2012"}), (TWO, BA | {"signed_on": "2019"}))
    keys = dict(zip(both["agreements"]["signed_on"], both["agreements"]["agreement_id"], strict=True))
    assert sorted(keys) == ["2012", "2019"]
    assert [keys["2012"]] == list(first["agreements"]["agreement_id"])


def test_one_agreement_among_three():
    tables = linked((ONE, {"one": "Alpha", "other": ("Beta", "Gamma")}))
    assert len(tables["agreements"]) == 1
    assert sorted(tables["agreement_parties"]["side"]) == ["counterpart", "counterpart", "signatory"]


def test_a_project_may_stand_in_for_the_signatory():
    tables = linked((ONE, {"one": (), "other": "Beta", "project": "MARÉE"}), (TWO, {"one": "HOULE", "other": "Beta"}))
    assert len(tables["agreements"]) == 2
    assert set(tables["agreements"]["project_id"]) == {each.id for each in WORLD.projects}


@pytest.mark.parametrize("link", [{"one": "Alpha", "other": "Alpha"}, {"one": (), "other": "Beta"}, {"one": "Alpha", "other": "Nobody"}])
def test_a_link_without_two_sides_goes_to_the_ledger(link):
    tables = linked((ONE, link))
    assert tables["agreements"].empty
    assert list(tables["refusals"]["quote"]) == [ONE.text]


def funded(*grants: Funding):
    return tables_of([(ONE, facts(ONE, *NAMES, labels={"Gamma": Label.COMPANY}, funding=grants))], WORLD)


def test_funding_is_keyed_by_who_is_paid_by_what():
    evidence = (quote(ONE.text, "payé par le Fonds Azur"),)
    tables = funded(
        Funding("MARÉE", evidence, "Fonds Azur"), Funding("MARÉE", evidence, "Fonds Azur", amount=2.5, currency="EUR", amount_shared=True)
    )
    (row,) = rows(tables, "funding")
    assert (row["amount"], row["currency"], row["amount_shared"]) == (2.5, "EUR", True)
    assert row["organisation_id"] is None


def test_funding_without_a_source_goes_to_the_ledger():
    tables = funded(Funding("MARÉE", (quote(ONE.text, "payé"),), "Fonds Inconnu"))
    assert tables["funding"].empty
    assert list(tables["refusals"]["quote"]) == ["payé"]


def test_members_and_dates_of_a_project():
    evidence = (quote(ONE.text, "dans MARÉE"),)
    partner, coordinator = Membership("Alpha", "partner", evidence), Membership("Alpha", "coordinator")
    told = Project(
        "MARÉE", (partner, coordinator, Membership("Beta", "label"), Membership("Nobody", "partner")), evidence, start_date="2016-01"
    )
    tables = tables_of([(ONE, facts(ONE, *NAMES, projects=(told,)))], WORLD)
    assert sorted(tables["project_members"]["role"]) == ["coordinator", "label"]
    assert [row["start_date"] for row in rows(tables, "projects") if row["name"] == "MARÉE"] == ["2016-01"]


def test_documents_set_aside_are_rows():
    tables = build_tables([], [Quarantined("doc-1", "x.bin", "binary")], [], WORLD)
    (row,) = rows(tables, "documents")
    assert (row["status"], row["reason"]) == ("quarantined", "binary")


def everything():
    text = "Le 3 mai 2019, Alpha et Beta ont signé 8 accords."
    read = document("all.txt", text, published_on="2019-05")
    dated = DatedExpression(quote(text, "3 mai 2019").span, "DATE", "2019-05-03", start_date=date(2019, 5, 3), end_date=date(2019, 5, 3))
    stated = facts(
        read,
        "Alpha",
        "Beta",
        agreements=(agreement(read, "Alpha", "Beta"),),
        dates=(dated, dated),
        declared=(DeclaredCount("agreement", 8, 1, quote(text, "8 accords")),),
        refusals=(Refusal(Span(0, 5), "accord", "no party"),),
    )
    return read, stated


def test_offsets_quote_the_text_and_doubles_are_told_once():
    tables = tables_of([everything()], WORLD)
    assert list(tables["dates"]["text"]) == ["3 mai 2019"]
    assert list(tables["dates"]["start_date"]) == ["2019-05-03"]
    assert list(tables["documents"]["published_on"]) == ["2019-05"]
    failed = [check.name for check in check_tables(tables) if not check.passed]
    assert failed == ["facts_have_evidence", "declared_counts_met"]  # projects and programmes that no document names; 1 of 8


def test_order_of_documents_does_not_matter():
    pairs = [everything(), (ONE, facts(ONE, *NAMES, agreements=(agreement(ONE, "Alpha", "Beta"),))), (TWO, facts(TWO, "Alpha", "Beta"))]
    first = tables_of(pairs, WORLD)
    for shuffled in itertools.permutations(pairs):
        other = tables_of(shuffled, WORLD)
        for name in first:
            pd.testing.assert_frame_equal(first[name], other[name])
