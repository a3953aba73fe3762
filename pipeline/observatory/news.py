"""What is new since the version that was published before."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pipeline.versions.store import Store, Version

WATCHED = ("documents", "organisations", "projects", "programmes", "agreements", "funding")
KEYS: Mapping[str, str] = {"funding": "funding_id"} | {name: f"{name.removesuffix('s')}_id" for name in WATCHED[:-1]}


@dataclass(frozen=True, slots=True)
class Change:
    """The keys of one table that came and went."""

    added: frozenset[str]
    removed: frozenset[str]


@dataclass(frozen=True, slots=True)
class News:
    """The published version beside the one before; `before` is None when there is none on disk."""

    version_id: str
    published_at: str
    before: str | None
    before_at: str | None
    changes: Mapping[str, Change]


def news(store: Store, version: Version) -> News:
    """What the version changed."""
    history = store.history()
    at = next((entry.published_at for entry in reversed(history) if entry.version_id == version.version_id), "")
    kept = {kept.version_id: kept for kept in store.all()}
    others = [entry for entry in history if entry.version_id in kept and entry.version_id != version.version_id]
    earlier = [entry for entry in others if entry.published_at <= at]
    if not earlier:
        return News(version.version_id, at, None, None, {})
    before = earlier[-1]
    return News(version.version_id, at, before.version_id, before.published_at, changes(kept[before.version_id], version))


def changes(before: Version, after: Version) -> dict[str, Change]:
    """The keys that came and went, by table."""
    old, new = keys(before.folder / "passerelle.db"), keys(after.folder / "passerelle.db")
    return {name: Change(new[name] - old[name], old[name] - new[name]) for name in WATCHED}


def keys(database: Path) -> dict[str, frozenset[str]]:
    """The keys of the watched tables."""
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        return {name: frozenset(key for (key,) in connection.execute(f"SELECT {KEYS[name]} FROM {name}")) for name in WATCHED}
