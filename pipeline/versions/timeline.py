"""What every row said from when to when, for as long as the outputs folder lives: outputs/history.db.

One table for each published table, with its columns and three more: `valid_from`, `valid_to` (null while readers see the row) and
`version_id`, the version that said it first (slowly changing dimension, type 2); `publications` lists what was published when. Only rows
that changed are written. The file follows `versions/history.json`: each publication is one transaction, and one that a killed process
left out is made up for by the next writer, with the time of the publication. A row whose two times are equal was never the last word of
its second. Readers are never locked out (WAL), and read with `mode=ro`.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.dialects import sqlite

from pipeline.core.errors import VersionError
from pipeline.core.schema import METADATA, column_names, key_columns, table_names

FILE = "history.db"
PERIOD = ("valid_from", "valid_to", "version_id")
NOW = "published"
"""Name under which the published version's database is attached."""


@dataclass(frozen=True, slots=True)
class Publication:
    """That a version became the one that readers see, and when (UTC, ISO 8601)."""

    version_id: str
    published_at: str


def follow(path: Path, publications: Sequence[Publication], databases: Mapping[str, Path]) -> None:
    """Bring the file up to the last publication; what it has already is not written again.

    Args:
        path: the file; made if it is not there.
        publications: all of them, the earliest first.
        databases: the SQLite file of each version that is still kept.

    Raises:
        VersionError: the file is broken, or tells of other publications.
    """
    with opened(path) as connection:
        known = recorded(connection)
        if known != list(publications[: len(known)]):
            raise VersionError(
                f"{path}: it tells of other publications than versions/history.json: move it away, a new one is made of the versions kept"
            )
        for publication in publications[len(known) :]:
            add(connection, publication, databases.get(publication.version_id))


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The file for writing, every table and column there.

    Raises:
        VersionError: it is broken.
    """
    with closing(sqlite3.connect(path.resolve().as_uri(), uri=True, isolation_level=None, timeout=30)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            with transaction(connection):
                prepare(connection)
            yield connection
        except sqlite3.DatabaseError as error:
            raise VersionError(f"{path}: cannot be written ({error}): move it away, a new one is made of the versions kept") from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def prepare(connection: sqlite3.Connection) -> None:
    """Make the tables that are not there, and the columns that were declared since."""
    connection.execute("CREATE TABLE IF NOT EXISTS publications (version_id TEXT NOT NULL, published_at TEXT NOT NULL, hashes TEXT)")
    for name in table_names():
        declared = types(name)
        columns = ", ".join(f"{column} {kind}" for column, kind in declared.items())
        period = "valid_from TEXT NOT NULL, valid_to TEXT, version_id TEXT NOT NULL"
        connection.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns}, {period})")
        for column in declared.keys() - columns_of(connection, "main", name):
            connection.execute(f"ALTER TABLE {name} ADD COLUMN {column} {declared[column]}")
        connection.execute(f"CREATE INDEX IF NOT EXISTS ix_{name} ON {name} ({', '.join(key_columns(name))}, valid_to)")


def types(name: str) -> dict[str, str]:
    """Columns of a declared table with their SQL type."""
    return {column.name: column.type.compile(dialect=sqlite.dialect()) for column in METADATA.tables[name].columns}


def columns_of(connection: sqlite3.Connection, schema: str, name: str) -> set[str]:
    """Columns that a table on disk has; nothing if it is not there."""
    return {row[1] for row in connection.execute(f"PRAGMA {schema}.table_info({name})")}


def recorded(connection: sqlite3.Connection) -> list[Publication]:
    """The publications that the file knows, the earliest first."""
    return [Publication(*row) for row in connection.execute("SELECT version_id, published_at FROM publications ORDER BY rowid")]


def add(connection: sqlite3.Connection, publication: Publication, database: Path | None) -> None:
    """Record one publication; of a version that is no longer kept only that it was."""
    if database is None:
        connection.execute("INSERT INTO publications VALUES (?, ?, NULL)", (publication.version_id, publication.published_at))
        return
    connection.execute(f"ATTACH ? AS {NOW}", (f"{database.resolve().as_uri()}?mode=ro&immutable=1",))
    try:
        with transaction(connection):
            hashes = manifest_hashes(database)
            known = known_hashes(connection)
            for name in (name for name in table_names() if hashes.get(name) is None or hashes.get(name) != known.get(name)):
                turn(connection, name, publication)
            values = (publication.version_id, publication.published_at, json.dumps(hashes))
            connection.execute("INSERT INTO publications VALUES (?, ?, ?)", values)
    finally:
        connection.execute(f"DETACH {NOW}")


def manifest_hashes(database: Path) -> dict[str, str]:
    """Hash of each table's rows in the version that a database belongs to."""
    hashes: dict[str, str] = json.loads((database.parent / "manifest.json").read_text("utf-8"))["tables"]
    return hashes


def known_hashes(connection: sqlite3.Connection) -> dict[str, str]:
    """Hash of the rows that are open now, by table."""
    found = connection.execute("SELECT hashes FROM publications WHERE hashes IS NOT NULL ORDER BY rowid DESC LIMIT 1").fetchone()
    return json.loads(found[0]) if found else {}


def turn(connection: sqlite3.Connection, name: str, publication: Publication) -> None:
    """Close the rows of a table that readers do not see any more, and begin those that are new."""
    there, columns = columns_of(connection, NOW, name), column_names(name)
    shown = ", ".join(column if column in there else f"NULL AS {column}" for column in columns)
    source = f"(SELECT {shown} FROM {NOW}.{name})" if there else f"(SELECT {shown} WHERE 0)"
    equal = " AND ".join(f"old.{column} {'=' if column in key_columns(name) else 'IS'} new.{column}" for column in columns)
    connection.execute(
        f"UPDATE main.{name} AS old SET valid_to = ? WHERE valid_to IS NULL AND NOT EXISTS (SELECT 1 FROM {source} AS new WHERE {equal})",
        (publication.published_at,),
    )
    connection.execute(
        f"INSERT INTO main.{name} ({', '.join((*columns, *PERIOD))}) SELECT {', '.join(f'new.{c}' for c in columns)}, ?, NULL, ?"
        f" FROM {source} AS new WHERE NOT EXISTS (SELECT 1 FROM main.{name} AS old WHERE {equal} AND old.valid_to IS NULL)",
        (publication.published_at, publication.version_id),
    )


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """The file for reading.

    Raises:
        VersionError: it is not there yet, or broken.
    """
    if not path.exists():
        raise VersionError(f"{path} is not there: nothing was published yet, or the next run writes it")
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
        connection.row_factory = sqlite3.Row
        try:
            yield connection
        except sqlite3.DatabaseError as error:
            raise VersionError(f"{path}: cannot be read ({error}): move it away, a new one is made of the versions kept") from error
