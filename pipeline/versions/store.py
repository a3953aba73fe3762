"""Versions of the tables on disk.

::

    outputs/
    ├── versions/<version_id>/    passerelle.db, tables/<table>.parquet, manifest.json – whole or absent, never changed;
    │                             held.json where changes wait that readers do not see yet
    ├── versions/history.json     what was published when, the latest last
    ├── history.db                what every row said from when to when, versions that are no longer kept included
    ├── staged   → versions/…     the version that the last run made
    ├── current  → versions/…     the version that readers see: replacing this link is the publication
    ├── tables   → current/tables
    └── passerelle.db → current/passerelle.db

A version's id is made of its rows and of the hashes of what they were made from, so the same input gives the same version. Readers who
have a file open keep it; who wants several tables of one version reads them below `os.path.realpath(outputs/current)`.
"""

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from pipeline.core.errors import VersionError
from pipeline.core.ids import content_hash, stable_id
from pipeline.core.schema import table_names
from pipeline.tables.database import ddl, view_ddl, write_database
from pipeline.tables.frames import Tables, read_parquet, read_table, table_hash, write_parquet
from pipeline.versions.files import discard, file_hash, locked, point, sync, sync_tree, write_whole
from pipeline.versions.held import FILE, HeldChange, held_back, to_text
from pipeline.versions.parts import Parts
from pipeline.versions.timeline import FILE as TIMELINE
from pipeline.versions.timeline import Publication, follow

KEPT = 10
"""Published versions that stay on disk."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a version was made from, and what it holds.

    `inputs` names the hash of each thing that can move a row (corpus, lexicon, model, code, judgements …); `tables` has the hash of
    each table's rows, `rows` their number, `files` the hash of each file's bytes.
    """

    version_id: str
    inputs: Mapping[str, str]
    tables: Mapping[str, str]
    rows: Mapping[str, int]
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Version:
    """One whole version on disk."""

    version_id: str
    folder: Path

    @property
    def manifest(self) -> Manifest:
        """What it was made from, and what it holds."""
        return Manifest(**json.loads((self.folder / "manifest.json").read_text("utf-8")))

    def tables(self) -> Tables:
        """All its tables."""
        return read_parquet(self.folder / "tables")

    def table(self, name: str) -> pd.DataFrame:
        """One of its tables."""
        return read_table(self.folder / "tables", name)

    @property
    def held(self) -> Mapping[tuple[str, str], HeldChange]:
        """The changes that it holds back, by fact."""
        return held_back(self.folder)


class Store:
    """The versions below one outputs folder.

    Writers hold `lock()` around everything they do; readers need no lock.
    """

    def __init__(self, outputs: Path) -> None:
        self.outputs = outputs
        self.versions = outputs / "versions"
        self.private = outputs / ".passerelle"
        self.history_file = self.versions / "history.json"
        self.timeline = outputs / TIMELINE

    def lock(self) -> AbstractContextManager[None]:
        """Keep other writers out; a second one is told who holds it."""
        return locked(self.private / "lock", str(self.outputs))

    def version(self, version_id: str) -> Version:
        """A version by its id, or by the unambiguous beginning of it.

        Raises:
            VersionError: there is none, or more than one.
        """
        found = [version for version in self.all() if version.version_id.startswith(version_id)]
        if len(found) != 1:
            known = ", ".join(version.version_id for version in self.all()) or "none"
            raise VersionError(f"{len(found)} versions in {self.versions} begin with {version_id!r}; there are: {known}")
        return found[0]

    def all(self) -> list[Version]:
        """Every version on disk, by id."""
        folders = sorted(self.versions.glob("ver-*")) if self.versions.is_dir() else []
        return [Version(folder.name, folder) for folder in folders]

    def staged(self) -> Version | None:
        """The version that the last run made."""
        return self._behind("staged")

    def published(self) -> Version | None:
        """The version that readers see."""
        return self._behind("current")

    def readable(self) -> Version:
        """The version that readers see.

        Raises:
            VersionError: nothing was published yet.
        """
        version = self.published()
        if version is None:
            raise VersionError(f"nothing is published in {self.outputs}: run `passerelle run --outputs {self.outputs}` first")
        return version

    def _behind(self, link: str) -> Version | None:
        folder = (self.outputs / link).resolve()
        return Version(folder.name, folder) if folder.is_dir() and (self.outputs / link).is_symlink() else None

    def history(self) -> list[Publication]:
        """Every publication, the earliest first."""
        if not self.history_file.exists():
            return []
        return [Publication(**entry) for entry in json.loads(self.history_file.read_text("utf-8"))]

    def stage(self, tables: Tables, inputs: Mapping[str, str]) -> Version:
        """Write a version and make it the staged one.

        Raises:
            TableError: rows break the declared schema.
        """
        version = self.write(tables, inputs)
        point(self.outputs / "staged", f"versions/{version.version_id}")
        return version

    def write(self, tables: Tables, inputs: Mapping[str, str], *, held: Iterable[HeldChange] = ()) -> Version:
        """Write a version that nobody sees yet; an equal one that is there already is used as it is.

        Args:
            tables: every declared table.
            inputs: hash of each thing that they were made from.
            held: changes that they hold back.

        Raises:
            TableError: rows break the declared schema.
        """
        held = list(held)
        notes = {FILE: to_text(held)} if held else {}
        hashes = {name: table_hash(tables[name]) for name in table_names()}
        schema = content_hash("\n".join((*ddl(), view_ddl())))
        version_id = stable_id("ver", *sorted(hashes.items()), *sorted(inputs.items()), schema, *notes.items())
        folder = self.versions / version_id
        if not folder.is_dir():
            self._write(folder, tables, inputs={**inputs, "schema": schema}, hashes=hashes, notes=notes)
        return Version(version_id, folder)

    def _write(
        self, folder: Path, tables: Tables, *, inputs: Mapping[str, str], hashes: Mapping[str, str], notes: Mapping[str, str]
    ) -> None:
        draft = folder.with_name(f".{folder.name}.new")
        if draft.exists():
            shutil.rmtree(draft)
        (draft / "tables").mkdir(parents=True)
        write_parquet(tables, draft / "tables")
        write_database(tables, draft / "passerelle.db")
        for name, content in notes.items():
            (draft / name).write_text(content, "utf-8")
        rows = {name: len(tables[name]) for name in hashes}
        manifest = Manifest(folder.name, dict(sorted(inputs.items())), dict(hashes), rows, hashes_of_files(draft))
        (draft / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1, ensure_ascii=False) + "\n", "utf-8")
        seal(draft)
        os.replace(draft, folder)
        sync(self.versions)

    def publish(self, version: Version, *, keep: int = KEPT) -> None:
        """Let readers see a version, in one step; then forget versions that the retention rule no longer keeps.

        Raises:
            VersionError: the version's files are not what its manifest says.
        """
        verify(version)
        point(self.outputs / "tables", "current/tables")
        point(self.outputs / "passerelle.db", "current/passerelle.db")
        point(self.outputs / "current", f"versions/{version.version_id}")
        self.record()
        self.retain(keep=keep)

    def record(self) -> None:
        """Bring the histories up to what readers see: a process killed right after the switch has not written it down."""
        published, history = self.published(), self.history()
        if published and (not history or history[-1].version_id != published.version_id):
            at = max([self._switched(), *(entry.published_at for entry in history[-1:])])  # a clock that was put back tells no lies
            history.append(Publication(published.version_id, at))
            write_whole(self.history_file, json.dumps([asdict(entry) for entry in history], indent=1) + "\n")
        if history:
            follow(self.timeline, history, {version.version_id: version.folder / "passerelle.db" for version in self.all()})

    def _switched(self) -> str:
        """When the link that readers follow was made."""
        return datetime.fromtimestamp((self.outputs / "current").lstat().st_mtime, UTC).isoformat(timespec="seconds")

    def retain(self, *, keep: int = KEPT) -> list[str]:
        """Forget all versions but the staged one, the published one and the last `keep` published before; returns the ids forgotten."""
        pointed = [version.version_id for version in (self.staged(), self.published()) if version]
        published = list(dict.fromkeys(entry.version_id for entry in reversed(self.history())))[: keep + 1]
        doomed = [version for version in self.all() if version.version_id not in {*pointed, *published}]
        for version in doomed:
            discard(version.folder)
        Parts(self.private).retain(part for version in self.all() for part in version.manifest.inputs.values())
        return [version.version_id for version in doomed]

    def recover(self) -> None:
        """Clear away what a killed process left half done; nothing of it was ever visible."""
        self.versions.mkdir(parents=True, exist_ok=True)
        for leftover in self.versions.glob(".ver-*"):
            shutil.rmtree(leftover)
        self.record()


def hashes_of_files(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder, by relative path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): file_hash(path) for path in files}


def seal(folder: Path) -> None:
    """Make a version read-only, so that no SQL client changes it by accident, and safe on disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o444)
    sync_tree(folder)


def verify(version: Version) -> None:
    """Compare a version's files with its manifest.

    Raises:
        VersionError: a file is missing, or is not what was written.
    """
    found = hashes_of_files(version.folder)
    del found["manifest.json"]
    wrong = sorted(name for name in {*found, *version.manifest.files} if found.get(name) != version.manifest.files.get(name))
    if wrong:
        raise VersionError(f"version {version.version_id}: {', '.join(wrong)} changed after writing: remove {version.folder}, run again")
