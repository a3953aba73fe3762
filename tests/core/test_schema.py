"""The tables: everything derived from the one declaration agrees with it."""

import re
import sqlite3
from dataclasses import fields

import pyarrow as pa
import pytest
from sqlalchemy import Table, create_engine, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateTable

from pipeline.core import facts, schema
from pipeline.core.schema import METADATA, arrow_schema, column_names, data_dictionary, key_columns, table_names

TABLES = METADATA.sorted_tables
DIALECTS: list[Dialect] = [sqlite.dialect(), postgresql.dialect()]  # type: ignore[no-untyped-call]
BY_NAME = [pytest.param(table, id=table.name) for table in TABLES]
DASHBOARD = {
    "documents": "document_id source_uri title published_on language language_confidence content_sha256 status reason char_count",
    "organisations": "organisation_id name kind country_code region",
    "organisation_aliases": "organisation_id alias",
    "projects": "project_id name start_date end_date duration_months",
    "project_members": "project_id organisation_id role",
    "programmes": "programme_id name",
    "funding": ("funding_id project_id organisation_id programme_id funder_id amount currency amount_shared start_date end_date"),
    "agreements": "agreement_id kind status signed_on start_date end_date duration_months project_id",
    "agreement_parties": "agreement_id organisation_id side",
    "declared_counts": "document_id project_id fact declared found",
    "dates": "date_id document_id char_start char_end text type value mod start_date end_date role",
    "mentions": "mention_id document_id char_start char_end text label organisation_id project_id programme_id method score",
    "evidence": "table_name row_id document_id char_start char_end quote method confidence",
}


@pytest.mark.parametrize(("name", "columns"), DASHBOARD.items())
def test_a_dashboard_finds_its_columns(name: str, columns: str) -> None:
    assert set(columns.split()) <= set(column_names(name))


@pytest.mark.parametrize("table", BY_NAME)
def test_the_parquet_schema_has_the_declared_columns(table: Table) -> None:
    derived = arrow_schema(table.name)
    assert derived.names == column_names(table.name)
    assert [derived.field(c.name).nullable for c in table.columns] == [bool(c.nullable) for c in table.columns]
    assert [derived.field(c.name).metadata[b"doc"].decode() for c in table.columns] == [c.comment for c in table.columns]


@pytest.mark.parametrize("table", BY_NAME)
def test_an_empty_table_can_be_made_from_the_parquet_schema(table: Table) -> None:
    assert pa.Table.from_pylist([], schema=arrow_schema(table.name)).num_rows == 0


@pytest.mark.parametrize("table", BY_NAME)
@pytest.mark.parametrize("dialect", DIALECTS, ids=["sqlite", "postgresql"])
def test_ddl_names_every_column_and_constraint(table: Table, dialect: Dialect) -> None:
    ddl = str(CreateTable(table).compile(dialect=dialect))
    assert [name for name in column_names(table.name) if not re.search(rf'^\s*"?{name}"? ', ddl, re.MULTILINE)] == []
    assert ddl.count("FOREIGN KEY") == sum(len(column.foreign_keys) for column in table.columns)


def test_sqlite_creates_all_tables_with_their_columns() -> None:
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    made = inspect(engine)
    assert {t: [c["name"] for c in made.get_columns(t)] for t in table_names()} == {t: column_names(t) for t in table_names()}
    engine.dispose()


@pytest.mark.parametrize("table", BY_NAME)
def test_the_dictionary_tells_every_column(table: Table) -> None:
    part = re.split(r"^#### ", data_dictionary(), flags=re.MULTILINE)
    told = next(text for text in part if text.startswith(f"{table.name}\n"))
    assert re.findall(r"^\| (\w+) \| ", told, re.MULTILINE)[1:] == column_names(table.name)
    assert table.info["doc"] in told


@pytest.mark.parametrize("table", BY_NAME)
def test_key_columns_exist_and_are_never_null(table: Table) -> None:
    assert key_columns(table.name)
    assert [name for name in key_columns(table.name) if table.columns[name].nullable] == []


def test_referenced_tables_come_first() -> None:
    order = table_names()
    references = [(t.name, f.column.table.name) for t in TABLES for c in t.columns for f in c.foreign_keys]
    assert [pair for pair in references if order.index(pair[1]) > order.index(pair[0])] == []


def test_labels_and_kinds_are_those_of_the_facts() -> None:
    assert set(schema.LABELS) == set(facts.Label)
    assert set(schema.ORGANISATION_KINDS) == set(facts.ORGANISATION_KINDS.values())


def test_dates_of_the_facts_have_their_columns() -> None:
    assert {f.name for f in fields(facts.DatedExpression)} - {"span", "method"} <= set(column_names("dates"))


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("organisations", "('org-1', 'Novalim', 'club', 'FR', NULL)"),
        ("agreements", "('agr-1', 'handshake', 'signed', NULL, NULL, NULL, NULL, NULL)"),
        ("agreements", "('agr-1', 'mou', 'dreamt', NULL, NULL, NULL, NULL, NULL)"),
        ("agreements", "('agr-1', NULL, 'signed', NULL, NULL, NULL, NULL, NULL)"),
    ],
)
def test_a_value_outside_its_list_is_refused(table: str, values: str) -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.execute(str(CreateTable(METADATA.tables[table]).compile(dialect=sqlite.dialect())))
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(f"INSERT INTO {table} ({', '.join(column_names(table))}) VALUES {values}")
    connection.close()
