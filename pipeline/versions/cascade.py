"""Taking facts out of the tables with all that hangs on them, so that every reference still resolves."""

from collections.abc import Iterable, Iterator
from functools import reduce

import pandas as pd

from pipeline.core.schema import METADATA, key_columns, table_names
from pipeline.tables.frames import Tables
from pipeline.versions.diff import SEPARATOR
from pipeline.versions.statements import FactKey

LOOSENED = {("mentions", "organisation_id"), ("mentions", "project_id"), ("mentions", "programme_id"), ("agreements", "project_id"),
            ("declared_counts", "project_id")}  # fmt: skip
"""References that are emptied when what they name is taken out; a row with any other such reference goes with it."""

BOTH_SIDES = 2


def drop_facts(tables: Tables, facts: Iterable[FactKey]) -> Tables:
    """The tables without these facts, without the rows that refer to them, and without the words of all of those."""
    made, doomed = dict(tables), set(facts)
    while doomed:
        for name in table_names():
            made[name] = without(made[name], name, {row for table, row in doomed if table == name})
        doomed = set(dangling(made)) | set(bound_to_nobody(made, tables))
    return made if not facts else with_words_of_rows(made)


def row_ids(name: str, table: pd.DataFrame) -> "pd.Series[str]":
    """Row ids of a table."""
    columns = [table[column].astype(str) for column in key_columns(name)]
    return reduce(lambda ids, column: ids + SEPARATOR + column, columns)


def without(table: pd.DataFrame, name: str, rows: set[str]) -> pd.DataFrame:
    """A table without some rows."""
    return table[~row_ids(name, table).isin(rows)].reset_index(drop=True) if rows else table


def dangling(tables: Tables) -> Iterator[FactKey]:
    """Rows whose reference leads nowhere; references that may be empty are emptied on the way."""
    for name in table_names():
        for column in METADATA.tables[name].columns:
            for reference in column.foreign_keys:
                target = reference.column
                lost = tables[name][column.name].notna() & ~tables[name][column.name].isin(tables[target.table.name][target.name])
                if not lost.any():
                    continue
                if (name, column.name) in LOOSENED:
                    tables[name] = tables[name].assign(**{column.name: tables[name][column.name].mask(lost)})
                else:
                    yield from ((name, row) for row in row_ids(name, tables[name][lost]))


def bound_to_nobody(tables: Tables, before: Tables) -> Iterator[FactKey]:
    """Agreements that have lost a party and have fewer than two, the project counted."""
    had, has = (made["agreement_parties"].groupby("agreement_id").size() for made in (before, tables))
    for agreement, project in zip(tables["agreements"]["agreement_id"], tables["agreements"]["project_id"], strict=True):
        left = int(has.get(agreement, 0))
        if left < int(had.get(agreement, 0)) and left + (not pd.isna(project)) < BOTH_SIDES:
            yield "agreements", agreement


def with_words_of_rows(tables: Tables) -> Tables:
    """The tables without words of facts that are not there."""
    ids = {name: set(row_ids(name, tables[name])) for name in table_names()}
    evidence = tables["evidence"]
    there = [row in ids.get(name, ()) for name, row in zip(evidence["table_name"], evidence["row_id"], strict=True)]
    return {**tables, "evidence": evidence[there].reset_index(drop=True)}
