"""Tables → one SQLite file with keys, foreign keys, CHECKs, indexes and the dashboard views: the set-level validation of a run."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from pipeline.core.errors import TableError
from pipeline.core.schema import METADATA, column_names, table_names
from pipeline.tables.frames import Tables, records

SETTINGS = ("PRAGMA page_size = 4096", "PRAGMA journal_mode = MEMORY", "PRAGMA synchronous = OFF", "PRAGMA foreign_keys = ON")


def ddl(dialect: Dialect | None = None) -> list[str]:
    """CREATE TABLE statements, referenced tables first; for SQLite unless another dialect is given."""
    return [str(CreateTable(table).compile(dialect=dialect or sqlite.dialect())).strip() for table in METADATA.sorted_tables]


def postgresql_ddl() -> list[str]:
    """CREATE TABLE statements for PostgreSQL."""
    return ddl(postgresql.dialect())  # type: ignore[no-untyped-call]  # SQLAlchemy leaves its dialects' constructors untyped


def index_ddl() -> list[str]:
    """An index for every foreign key that the primary key does not begin with, and for looking up evidence by row."""
    wanted = [
        (table.name, column.name)
        for table in METADATA.sorted_tables
        for column in table.columns
        if column.foreign_keys and column.name != next(iter(table.primary_key.columns)).name
    ]
    made = [f"CREATE INDEX ix_{table}_{column} ON {table} ({column})" for table, column in wanted]
    return [*made, "CREATE INDEX ix_evidence_row ON evidence (table_name, row_id)"]


def view_ddl() -> str:
    """The dashboard views."""
    return files("pipeline.tables").joinpath("views.sql").read_text("utf-8")


def write_database(tables: Tables, path: Path | str) -> None:
    """Write all tables into a new SQLite file, with every declared constraint on.

    The same tables give the same bytes: one writer, one order, no time of writing.

    Raises:
        TableError: a row breaks a type, a key, a CHECK or a reference.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in SETTINGS:
            connection.execute(statement)
        connection.execute("BEGIN")
        fill(connection, tables)
        connection.execute("COMMIT")


def fill(connection: sqlite3.Connection, tables: Tables) -> None:
    """Create and fill everything in an open transaction."""
    for statement in ddl():
        connection.execute(statement)
    for name in table_names():
        insert(connection, name, tables)
    for statement in (*index_ddl(), *statements(view_ddl())):
        connection.execute(statement)


def statements(script: str) -> Iterator[str]:
    """The statements of an SQL script, one by one: `executescript` would commit in between."""
    buffer = ""
    for line in script.splitlines(keepends=True):
        buffer += line
        if sqlite3.complete_statement(buffer):
            yield buffer
            buffer = ""


def insert(connection: sqlite3.Connection, name: str, tables: Tables) -> None:
    """Insert one table; when that fails, find the row that breaks a constraint."""
    columns = column_names(name)
    command = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    rows = [tuple(row.values()) for row in records(name, tables[name])]
    try:
        connection.executemany(command, rows)
    except sqlite3.Error:
        find_broken(connection, command, name, rows)


def find_broken(connection: sqlite3.Connection, command: str, name: str, rows: list[tuple[Any, ...]]) -> None:
    """Insert row by row until the one that breaks a constraint is found."""
    connection.execute(f"DELETE FROM {name}")
    for row in rows:
        try:
            connection.execute(command, row)
        except sqlite3.Error as error:
            raise TableError(f"table {name}: {error} in row {dict(zip(column_names(name), row, strict=True))}") from error
