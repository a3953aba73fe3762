"""Each dashboard question is one SELECT."""

import sqlite3

import pytest
from making import Resolution, agreement, document, facts, org, programme, project, quote, tables_of

from pipeline.core.facts import Funding, Label, Membership, Project
from pipeline.tables.database import write_database

TEXT = "Alpha (France) et Beta (Italie) ont signé un accord le 3 mai 2019. Le projet MARÉE réunit Alpha et Delta; le Fonds Azur le paie."


@pytest.fixture
def base(tmp_path):
    read = document("news.txt", TEXT, title="Un accord")
    told = Project("MARÉE", (Membership("Alpha", "coordinator"), Membership("Delta", "partner")), (quote(TEXT, "projet MARÉE"),))
    names = {"Alpha": Label.CLUSTER, "Beta": Label.CLUSTER, "Delta": Label.COMPANY, "MARÉE": Label.PROJECT, "Fonds Azur": Label.PROGRAMME}
    stated = facts(
        read,
        *names,
        labels=names,
        agreements=(agreement(read, "Alpha", "Beta", signed_on="2019-05-03"),),
        projects=(told,),
        funding=(Funding("MARÉE", (quote(TEXT, "le Fonds Azur le paie"),), "Fonds Azur", amount=2e6, currency="EUR"),),
    )
    organisations = [org("Alpha", country_code="FR"), org("Beta", country_code="IT"), org("Delta", kind="company")]
    resolution = Resolution(organisations, [project("MARÉE")], [programme("Fonds Azur")])
    write_database(tables_of([(read, stated)], resolution), tmp_path / "x.db")
    connection = sqlite3.connect(tmp_path / "x.db")
    yield connection
    connection.close()


def test_agreements_with_names_countries_and_dates(base):
    columns = "signatory, signatory_country, counterpart, counterpart_country, kind, status, signed_on"
    (row,) = base.execute(f"SELECT {columns} FROM agreement_overview")
    assert row == ("Alpha", "FR", "Beta", "IT", "mou", "signed", "2019-05-03")


def test_partners_of_a_cluster(base):
    rows = base.execute("SELECT partner, through, link FROM cluster_partners WHERE cluster = 'Alpha' ORDER BY partner").fetchall()
    assert rows == [("Beta", "agreement", "mou"), ("Delta", "project", "MARÉE")]


def test_projects_with_members_and_funding(base):
    rows = base.execute(
        "SELECT part, organisation, programme, amount FROM project_overview WHERE project = 'MARÉE' ORDER BY part"
    ).fetchall()
    assert rows == [("coordinator", "Alpha", None, None), ("funding", None, "Fonds Azur", 2e6), ("partner", "Delta", None, None)]


def test_what_a_document_states_with_quotes(base):
    rows = base.execute("SELECT fact, about, quote FROM document_statements WHERE source_uri = 'news.txt'").fetchall()
    assert ("projects", "MARÉE", "projet MARÉE") in rows
    assert ("agreements", "mou", TEXT) in rows
    assert all(quoted in TEXT for _, _, quoted in rows)


def test_foreign_keys_are_indexed(base):
    plan = base.execute("EXPLAIN QUERY PLAN SELECT * FROM agreement_parties WHERE organisation_id = 'x'").fetchone()[-1]
    assert "USING INDEX" in plan
