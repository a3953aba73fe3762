"""What was published when, and what a row said from when to when."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pyarrow.compute as pc

from pipeline.core.errors import VersionError
from pipeline.core.schema import METADATA, key_columns, table_names
from pipeline.versions.diff import key_array, read_arrow
from pipeline.versions.store import Publication, Store, Version


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


def version_on(store: Store, moment: str) -> Version:
    """What readers saw at a moment; a day means its end.

    Raises:
        VersionError: the moment is none, nothing was published by then, or that version is no longer kept.
    """
    when, found = parsed(moment), None
    for entry in store.history():
        if datetime.fromisoformat(entry.published_at) <= when:
            found = entry
    if found is None:
        raise VersionError(f"nothing was published by {moment}; `passerelle history` lists what was published when")
    return store.version(found.version_id)


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


def row_history(store: Store, table: str, row_id: str) -> Iterator[str]:
    """What a row said from when to when, a line of JSON each with `valid_from` and `valid_to`, over the versions that are kept.

    Raises:
        VersionError: there is no such table.
    """
    if table not in METADATA.tables:
        raise VersionError(f"there is no table {table!r}; there are {', '.join(table_names())}")
    for said, start, end in periods(store, table, row_id):
        yield json.dumps({"valid_from": start, "valid_to": end, "row": json.loads(said)}, ensure_ascii=False)


def periods(store: Store, table: str, row_id: str) -> list[tuple[str, str, str | None]]:
    """What a row said (as JSON, `null` for nothing), from when, until when; equal neighbours are one period."""
    found: list[tuple[str, str, str | None]] = []
    for version, entry in kept_publications(store):
        said = row_of(version, table, row_id)
        if found and found[-1][0] == said:
            continue
        if found:
            found[-1] = (*found[-1][:2], entry.published_at)
        found.append((said, entry.published_at, None))
    return found


def kept_publications(store: Store) -> Iterator[tuple[Version, Publication]]:
    """Publications whose version is still there, the earliest first."""
    kept = {version.version_id: version for version in store.all()}
    return ((kept[entry.version_id], entry) for entry in store.history() if entry.version_id in kept)


def row_of(version: Version, table: str, row_id: str) -> str:
    """One row of a version as JSON, `null` if it is not there."""
    rows = read_arrow(version, [table])[table]
    keys = key_array(table, version.version_id, rows, key_columns(table))
    found = rows.filter(pc.equal(keys, row_id)).to_pylist()
    return json.dumps(found[0] if found else None, ensure_ascii=False, sort_keys=True)
