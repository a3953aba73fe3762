"""What versions were made with, kept by content: word lists, trained models and code, each file once however many versions share it.

::

    outputs/.passerelle/parts/
    ├── <sha256>         the bytes of a file
    └── <sha256>.list    the files of one part, `sha256  name` a line; its own hash is what the inputs of a version name

A list is written after the files that it names and removed before them, so a list that is there is whole.
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pipeline.core.errors import VersionError
from pipeline.core.ids import content_hash
from pipeline.versions.files import file_hash, sync, write_whole

FOLDER, LIST, DRAFT = "parts", ".list", ".copy.new"


class Parts:
    """The parts kept below one folder; writers hold the store's lock."""

    def __init__(self, private: Path) -> None:
        self.folder = private / FOLDER

    def keeps(self, part: str) -> bool:
        """Whether a part (by its hash) is there."""
        return (self.folder / f"{part}{LIST}").is_file()

    def keep(self, part: str, files: Mapping[str, Path]) -> int:
        """Keep the files of a part; what is there already is not even read.

        Args:
            part: hash of the list of files.
            files: where they are, by the name under which they are laid out again.

        Returns:
            How many files were copied.

        Raises:
            VersionError: the files are not what the hash says.
        """
        if self.keeps(part):
            return 0
        self.folder.mkdir(parents=True, exist_ok=True)
        before = set(self._names())
        text = "".join(f"{self._copy(path)}  {name}\n" for name, path in sorted(files.items()))
        if content_hash(text) != part:
            raise VersionError("a word list, a model or the code changed while a run was reading it: run again")
        new = set(self._names()) - before
        sync(self.folder)
        write_whole(self.folder / f"{part}{LIST}", text)
        return len(new)

    def _names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    def _copy(self, path: Path) -> str:
        """Keep a file, if it is not kept already; returns the hash of what is kept."""
        if (self.folder / (sha := file_hash(path))).is_file():
            return sha
        draft = self.folder / DRAFT
        shutil.copyfile(path, draft)
        sha = file_hash(draft)
        sync(draft)
        os.replace(draft, self.folder / sha)
        return sha

    def files(self, part: str) -> Iterator[tuple[str, str]]:
        """Hash and name of each file of a part."""
        for line in (self.folder / f"{part}{LIST}").read_text("utf-8").splitlines():
            sha, name = line.split("  ", 1)
            yield sha, name

    def lay(self, part: str, folder: Path) -> None:
        """Lay the files of a part out below a folder, as copies.

        Raises:
            VersionError: the part is not kept, or a file of it is not what was written.
        """
        if not self.keeps(part) or file_hash(self.folder / f"{part}{LIST}") != part:
            raise VersionError(f"{self.folder} does not keep {part} as it was written: remove the folder, the next run keeps it anew")
        for sha, name in self.files(part):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.folder / sha, path)
            if file_hash(path) != sha:
                raise VersionError(f"{self.folder / sha} ({name}) changed after writing: remove {self.folder}, the next run keeps it anew")

    def retain(self, parts: Iterable[str]) -> list[str]:
        """Forget all but these parts, and what a killed process left half written; returns the names removed, lists first."""
        if not self.folder.is_dir():
            return []
        lists = {f"{part}{LIST}" for part in parts}
        doomed = [name for name in self._names() if name.endswith(LIST) and name not in lists]
        self._remove(doomed)
        named = {sha for path in self.folder.glob(f"*{LIST}") for sha, _ in self.files(path.name.removesuffix(LIST))}
        loose = [name for name in self._names() if not name.endswith(LIST) and name not in named]
        self._remove(loose)
        return [*doomed, *loose]

    def _remove(self, names: Iterable[str]) -> None:
        for name in names:
            (self.folder / name).unlink()
