"""The memory of earlier runs: a document whose bytes and rules are unchanged is not cleaned again, one whose text and extractor are
unchanged is not extracted again. Every entry is on disk as soon as it is stored, so a killed run keeps what it did."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from pipeline.core.errors import VersionError
from pipeline.core.facts import Document, DocumentFacts, Quarantined
from pipeline.core.ids import content_hash

Loaded = Document | Quarantined
Value = TypeVar("Value")

CACHE = "cache.db"
"""The file, below what an outputs folder keeps for itself."""

REMEMBERED = 3
"""Extractors whose facts are kept: the present one, and those that a change of rules is compared with."""

UNREAD = ("content_sha256", "language", "language_confidence")
"""What extraction does not look at: it changes without changing a fact."""


class Memory(MutableMapping[str, Value], Generic[Value]):
    """A mapping on disk, one table of one SQLite file; `epoch` marks the entries that it writes."""

    def __init__(self, connection: sqlite3.Connection, table: str, adapter: TypeAdapter[Value], *, epoch: str = "") -> None:
        self.connection, self.table, self.adapter, self.epoch = connection, table, adapter, epoch
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table} (key TEXT PRIMARY KEY, epoch TEXT NOT NULL, value BLOB NOT NULL)")

    def __getitem__(self, key: str) -> Value:
        row = self.connection.execute(f"SELECT value FROM {self.table} WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise KeyError(key)
        return self.adapter.validate_json(row[0])

    def __setitem__(self, key: str, value: Value) -> None:
        with self.connection:
            self.connection.execute(
                f"INSERT INTO {self.table} VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
                " WHERE value <> excluded.value",
                (key, self.epoch, self.adapter.dump_json(value)),
            )

    def __delitem__(self, key: str) -> None:
        with self.connection:
            self.connection.execute(f"DELETE FROM {self.table} WHERE key = ?", (key,))

    def __iter__(self) -> Iterator[str]:
        return (key for (key,) in self.connection.execute(f"SELECT key FROM {self.table} ORDER BY key"))

    def __len__(self) -> int:
        (count,) = self.connection.execute(f"SELECT count(*) FROM {self.table}").fetchone()
        return int(count)

    def forget_epochs(self, *, keep: int) -> None:
        """Drop the entries of all epochs but the ones written to last."""
        newest = f"SELECT epoch FROM {self.table} GROUP BY epoch ORDER BY max(rowid) DESC LIMIT ?"
        with self.connection:
            self.connection.execute(f"DELETE FROM {self.table} WHERE epoch NOT IN ({newest})", (keep,))


class FactsCache:
    """What was extracted, by the hash of all that it was extracted from."""

    def __init__(self, memory: Memory[DocumentFacts]) -> None:
        self.memory = memory

    def key(self, document: Document) -> str:
        """Hash of the document's text and metadata, and of the extractor."""
        read = {name: value for name, value in asdict(document).items() if name not in UNREAD}
        return content_hash(json.dumps([self.memory.epoch, read], sort_keys=True, ensure_ascii=False))

    def get(self, document: Document) -> DocumentFacts | None:
        """What this extractor read from this document before, None if it has not seen it so."""
        return self.memory.get(self.key(document))

    def put(self, document: Document, facts: DocumentFacts) -> None:
        """Keep what was read."""
        self.memory[self.key(document)] = facts


@contextmanager
def open_file(path: Path) -> Iterator[sqlite3.Connection]:
    """The file behind the memory, new if there is none.

    Raises:
        VersionError: the file is broken.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path)
    try:
        for setting in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL"):
            connection.execute(setting)
        yield connection
    except sqlite3.DatabaseError as error:
        raise VersionError(f"{path} is broken ({error}): delete it, the next run reads every document again") from error
    finally:
        connection.close()


@contextmanager
def open_documents(path: Path) -> Iterator[Memory[Loaded]]:
    """Cleaned documents of earlier runs, by `content_key`."""
    with open_file(path) as connection:
        yield Memory(connection, "documents", TypeAdapter(Loaded))


@contextmanager
def open_facts(path: Path, *, extractor: str) -> Iterator[FactsCache]:
    """Facts of earlier runs, those of the given extractor first; older extractors than the last few are forgotten."""
    with open_file(path) as connection:
        memory = Memory(connection, "facts", TypeAdapter(DocumentFacts), epoch=extractor)
        memory.forget_epochs(keep=REMEMBERED)
        yield FactsCache(memory)


def known_documents(connection: sqlite3.Connection, texts: Mapping[str, str]) -> dict[str, Document]:
    """The documents of earlier runs that have these texts, by id; of several readings of one the latest."""
    memory = Memory(connection, "documents", TypeAdapter(Loaded))
    wanted = "CAST(value AS TEXT) ->> '$.document_id' IN (SELECT value FROM json_each(?))"
    rows = connection.execute(f"SELECT value FROM documents WHERE {wanted} ORDER BY rowid", (json.dumps(list(texts)),))
    found = (memory.adapter.validate_json(value) for (value,) in rows)
    return {item.document_id: item for item in found if isinstance(item, Document) and item.text == texts[item.document_id]}
