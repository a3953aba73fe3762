"""Writing that a killed process cannot leave half done."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.core.errors import VersionError


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Make a file's bytes, or a folder's list of names, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """`sync` for all files below a folder, then for the folders."""
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
    sync(folder)


def write_whole(path: Path, content: str) -> None:
    """Replace a text file in one step: a reader finds the old content or the new."""
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(content, "utf-8")
    sync(draft)
    os.replace(draft, path)
    sync(path.parent)


def point(link: Path, target: str) -> None:
    """Let a symbolic link point elsewhere in one step.

    Raises:
        VersionError: something that is no link stands in its place.
    """
    if link.exists() and not link.is_symlink():
        raise VersionError(f"{link} is not a link that Passerelle made: move it away, or use another --outputs")
    if link.is_symlink() and str(link.readlink()) == target:
        return
    draft = link.with_name(f".{link.name}.new")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    os.replace(draft, link)
    sync(link.parent)


def discard(folder: Path) -> None:
    """Remove a folder so that its name never stands for half of its content."""
    doomed = folder.with_name(f".{folder.name.lstrip('.')}.gone")
    if doomed.exists():
        shutil.rmtree(doomed)
    os.replace(folder, doomed)
    shutil.rmtree(doomed)


@contextmanager
def locked(path: Path, what: str) -> Iterator[None]:
    """Hold an exclusive lock; it falls with the process, however that ends.

    Raises:
        VersionError: another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise VersionError(f"process {holder} is already writing to {what}: wait until it ends, or use another --outputs") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
