"""Every check passes on sound tables and names the row when one is broken."""

import pytest
from making import small_tables

from pipeline.core.errors import TableError
from pipeline.core.schema import METADATA, table_names
from pipeline.tables.checks import CHECK_DOCS, Severity, check_tables, counts_within_bounds
from pipeline.tables.database import postgresql_ddl, write_database


def failed(tables, **options):
    return {check.name: check for check in check_tables(tables, **options) if not check.passed}


def test_sound_tables_pass_every_check():
    checks = check_tables(small_tables())
    assert [check.name for check in checks] == list(CHECK_DOCS)
    assert all(check.passed for check in checks)


def broken(table, column, value):
    tables = small_tables()
    tables[table].loc[0, column] = value
    return tables


@pytest.mark.parametrize(
    ("table", "column", "value", "check", "says"),
    [
        ("evidence", "quote", "nobody wrote this", "quotes_match", "nobody wrote this"),
        ("mentions", "char_end", 3, "quotes_match", "mentions"),
        ("evidence", "row_id", "agr-0", "references_resolve", "agr-0"),
        ("agreement_parties", "organisation_id", "org-0", "schema_holds", "FOREIGN KEY"),
        ("agreements", "status", "wished", "schema_holds", "CHECK"),
        ("organisations", "name", None, "schema_holds", "NOT NULL"),
        ("documents", "tokens_read", 3, "texts_are_read_whole", "a.txt: 3 of 7"),
    ],
)
def test_a_planted_fault_is_named(table, column, value, check, says):
    found = failed(broken(table, column, value))
    assert says in found[check].detail
    assert found[check].blocks


def test_the_same_key_twice_breaks_the_schema():
    tables = small_tables()
    tables["organisations"].loc[1, "organisation_id"] = tables["organisations"].loc[0, "organisation_id"]
    assert "UNIQUE" in failed(tables)["schema_holds"].detail


def test_a_missing_column_breaks_the_schema():
    tables = small_tables()
    tables["agreements"] = tables["agreements"].drop(columns="status")
    assert "columns" in failed(tables)["schema_holds"].detail


def test_a_fact_without_words_fails():
    tables = small_tables()
    tables["evidence"] = tables["evidence"][tables["evidence"]["table_name"] != "agreements"]
    assert "has no evidence" in failed(tables)["facts_have_evidence"].detail


def test_declared_counts_are_a_warning():
    tables = small_tables()
    read = tables["documents"]["document_id"][0]
    tables["declared_counts"].loc[0] = ["dec-0", read, None, "agreement", 8, 1]
    assert not failed(tables)["declared_counts_met"].blocks
    assert CHECK_DOCS["declared_counts_met"][0] is Severity.WARNING


@pytest.mark.parametrize(
    ("before", "passes"),
    [
        ({"evidence": 30, "texts": 1}, False),  # a tenth of the rows are left
        ({"evidence": 30, "texts": 10}, True),  # and of the documents
        ({"evidence": 4, "texts": 1}, True),  # too few to judge
        ({"documents": 100, "texts": 1}, True),  # how many documents there are is the user's business
        ({}, True),
    ],
)
def test_counts_are_bound_to_the_version_before(before, passes):
    assert counts_within_bounds(small_tables(), before, 0.5, 3.0).passed is passes


def test_write_database_names_the_row(tmp_path):
    with pytest.raises(TableError, match=r"table agreements: CHECK .*'status': 'wished'"):
        write_database(broken("agreements", "status", "wished"), tmp_path / "x.db")


def test_postgresql_tables_compile():
    statements = postgresql_ddl()
    assert len(statements) == len(table_names())
    assert all("CREATE TABLE" in statement for statement in statements)
    assert sum(statement.count("REFERENCES") for statement in statements) == sum(
        len(table.foreign_keys) for table in METADATA.sorted_tables
    )
