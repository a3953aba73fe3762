"""What was published when, and what a row said from when to when."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Boolean

from pipeline.core.errors import VersionError
from pipeline.core.schema import METADATA, column_names, key_columns, table_names
from pipeline.versions.diff import SEPARATOR
from pipeline.versions.store import Store, Version
from pipeline.versions.timeline import Publication, reading

NOTHING = "null"
"""What a row says, as JSON, while it is not there."""

Period = tuple[str, str, str | None]
"""What was said, as JSON, from when, until when."""


def pair(store: Store, base: str | None = None, head: str | None = None) -> tuple[Version, Version]:
    """The two versions to compare: named ones, else published against staged, else the last two published.

    Raises:
        VersionError: there is no such version, or nothing to compare with.
    """
    if base:
        return named(store, base), named(store, head or "staged")
    published, staged = store.readable(), store.staged()
    if staged and staged.version_id != published.version_id:
        return published, staged
    before = [entry.version_id for entry in store.history() if entry.version_id != published.version_id]
    kept = {version.version_id: version for version in store.all()}
    if not before or before[-1] not in kept:
        raise VersionError(f"{store.outputs} has one version only, {published.version_id}: there is no base to compare it with")
    return kept[before[-1]], published


def named(store: Store, name: str) -> Version:
    """A version by id, or `published` or `staged`.

    Raises:
        VersionError: there is none.
    """
    if name not in ("published", "staged"):
        return store.version(name)
    found = store.published() if name == "published" else store.staged()
    if found is None:
        raise VersionError(f"nothing is {name} in {store.outputs}: run `passerelle run --outputs {store.outputs}` first")
    return found


def publications(store: Store) -> list[str]:
    """Every publication, a line each; those whose files the retention rule has let go are marked."""
    kept = {version.version_id for version in store.all()}
    return [f"{entry.published_at} {entry.version_id}{'' if entry.version_id in kept else ' (not kept)'}" for entry in store.history()]


def publication_on(store: Store, moment: str) -> Publication:
    """What readers saw at a moment; a day means its end. Its version may be one that is no longer kept.

    Raises:
        VersionError: the moment is none, or nothing was published by then.
    """
    when, found = parsed(moment), None
    for entry in store.history():
        if datetime.fromisoformat(entry.published_at) <= when:
            found = entry
    if found is None:
        raise VersionError(f"nothing was published by {moment}; `passerelle history` lists what was published when")
    return found


def parsed(moment: str) -> datetime:
    """A moment in UTC; the end of the day where only a day is given.

    Raises:
        VersionError: it is no ISO 8601 date or time.
    """
    try:
        when = datetime.fromisoformat(moment)
    except ValueError as error:
        raise VersionError(f"{moment!r} is no date: write it as 2026-03-01 or 2026-03-01T12:00+01:00") from error
    if len(moment) == len("2026-03-01"):
        when = when.replace(hour=23, minute=59, second=59, microsecond=999999)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def table_on(store: Store, table: str, moment: str) -> Iterator[str]:
    """What a table said at a moment (a day means its end), a line of JSON for each row.

    Raises:
        VersionError: there is no such table, the moment is none, or nothing was published by then.
    """
    at = publication_on(store, moment).published_at
    then, order = "valid_from <= ? AND (valid_to > ? OR valid_to IS NULL)", ", ".join(key_columns(need_table(table)))
    command = f"SELECT * FROM {table} WHERE {then} ORDER BY {order}"
    with reading(store.timeline) as connection:
        for row in connection.execute(command, (at, at)):
            yield said(table, row)


def row_history(store: Store, table: str, row_id: str) -> Iterator[str]:
    """What a row said from when to when, a line of JSON each with `valid_from` and `valid_to`.

    Raises:
        VersionError: there is no such table, or nothing was published yet.
    """
    for text, start, end in periods(store, need_table(table), row_id):
        yield json.dumps({"valid_from": start, "valid_to": end, "row": json.loads(text)}, ensure_ascii=False)


def need_table(table: str) -> str:
    """The name of a declared table.

    Raises:
        VersionError: there is no such table.
    """
    if table not in METADATA.tables:
        raise VersionError(f"there is no table {table!r}; there are {', '.join(table_names())}")
    return table


def periods(store: Store, table: str, row_id: str) -> list[Period]:
    """What a row said, from when, until when, from the first publication to now."""
    key = f" || '{SEPARATOR}' || ".join(key_columns(table))
    with reading(store.timeline) as connection:
        (first,) = connection.execute("SELECT min(published_at) FROM publications WHERE hashes IS NOT NULL").fetchone()
        found = connection.execute(f"SELECT * FROM {table} WHERE {key} = ? ORDER BY valid_from, rowid", (row_id,)).fetchall()
    return without_gaps(first, [(said(table, row), row["valid_from"], row["valid_to"]) for row in found])


def without_gaps(first: str, told: Iterable[Period]) -> list[Period]:
    """Periods in order, with those in between in which nothing was said; equal neighbours are one period."""
    found: list[Period] = []
    last: str | None = first
    for text, start, end in told:
        if last is not None and start > last:
            found.append((NOTHING, last, start))
        if found and found[-1][0] == text and found[-1][2] == start:
            start = found.pop()[1]
        found.append((text, start, end))
        last = end
    return found if last is None else [*found, (NOTHING, last, None)]


def said(table: str, row: Mapping[str, Any]) -> str:
    """A row of the history as JSON, its period aside."""
    flags = {column.name for column in METADATA.tables[table].columns if isinstance(column.type, Boolean)}
    values = {name: row[name] for name in column_names(table)}
    plain = {name: bool(value) if name in flags and value is not None else value for name, value in values.items()}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True)
