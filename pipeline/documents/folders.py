"""A folder of files → raw documents, in the order of their addresses.

Read are the endings named in `models/documents/thresholds.yaml`, each also with `.gz`, and in any case. An address is the path below the
folder, with slashes; bytes of a name that are no UTF-8 are written `\\xe9`. Hidden files and folders are passed over.
"""

import gzip
import os
import re
import stat
import zlib
from collections.abc import Iterator
from io import BufferedIOBase
from pathlib import Path
from typing import Literal

from pipeline.core.errors import DocumentError, SourceError
from pipeline.core.facts import Quarantined
from pipeline.core.ids import content_hash
from pipeline.documents.raw import RawDocument, set_aside
from pipeline.documents.records import read_json, read_lines
from pipeline.documents.rules import Rules, Suffixes

Kind = Literal["text", "html", "json", "jsonl", "unread"]
Read = RawDocument | Quarantined

RESERVED = ("decisions.jsonl",)
"""Names of files in a corpus that are no documents, although their type is read: people's decisions."""


def read_folder(folder: Path, *, prefix: str = "", rules: Rules) -> Iterator[Read]:
    """Documents of a folder and of those below it, or of one file.

    Args:
        folder: the folder, or a single file.
        prefix: what stands before each address (the folder's own path below the corpus).
        rules: endings and size limits.

    Raises:
        SourceError: there is no such folder, or it cannot be listed.
    """
    for source_uri, path in list_files(folder, prefix):
        kind = kind_of(path.name, rules.thresholds.suffixes)
        if path.is_dir():
            yield set_aside(source_uri, "the folder cannot be listed: what is in it is missing")
        elif kind == "unread":
            yield set_aside(source_uri, f"files of the type {Path(path.name).suffix.lower()} are not read: save it as .txt or .html")
        elif kind is not None:
            yield from read_file(source_uri, path, kind, rules)


def list_files(folder: Path, prefix: str = "") -> list[tuple[str, Path]]:
    """Address and path of every file that is not hidden, and of every folder that cannot be listed, sorted by address.

    Raises:
        SourceError: there is no such folder, or it cannot be listed itself.
    """
    if folder.is_file():
        return [(printable(folder.name), folder)]
    if not folder.is_dir():
        raise SourceError(f"{folder}: there is no such folder")
    return sorted((printable("/".join([*filter(None, [prefix]), *path.relative_to(folder).parts])), path) for path in walk(folder))


def walk(folder: Path) -> Iterator[Path]:
    """Files below a folder that are not hidden, each linked folder once, and the folders that cannot be listed."""
    closed: list[Path] = []
    seen = {os.path.realpath(folder)}

    def refuse(error: OSError) -> None:
        if Path(error.filename) == folder:
            raise SourceError(f"{folder}: the folder cannot be listed: {error.strerror}") from error
        closed.append(Path(error.filename))

    for parent, folders, names in os.walk(folder, onerror=refuse, followlinks=True):
        open_ones = sorted(name for name in folders if not name.startswith("."))
        folders[:] = [name for name in open_ones if is_new(os.path.realpath(Path(parent, name)), seen)]
        yield from (Path(parent, name) for name in names if not name.startswith(".") and name not in RESERVED)
    yield from closed


def is_new(path: str, seen: set[str]) -> bool:
    """Whether a path was not seen before; it is from now on."""
    new = path not in seen
    seen.add(path)
    return new


def printable(name: str) -> str:
    """A path as valid text on one line: undecodable bytes and control characters are escaped."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return re.sub(r"[\x00-\x1f\x7f\u2028\u2029]", lambda found: f"\\x{ord(found[0]):02x}", text)


def kind_of(name: str, suffixes: Suffixes) -> Kind | None:
    """How a file is read by its ending; None for files that are none of ours."""
    plain = name.lower().removesuffix(".gz")
    if plain.endswith(suffixes.unread):
        return "unread"
    pairs: tuple[tuple[Kind, tuple[str, ...]], ...] = (
        ("text", suffixes.text),
        ("html", suffixes.html),
        ("json", suffixes.json_),
        ("jsonl", suffixes.jsonl),
    )
    return next((kind for kind, endings in pairs if plain.endswith(endings)), None)


def read_file(source_uri: str, path: Path, kind: Kind, rules: Rules) -> Iterator[Read]:
    """Documents of one file; whatever goes wrong with it becomes a row."""
    try:
        with open_file(path) as stream:
            yield from read_stream(source_uri, stream, kind, rules)
    except DocumentError as error:
        yield set_aside(source_uri, str(error))
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        yield set_aside(source_uri, f"the gzip file is broken: {error}")
    except OSError as error:
        yield set_aside(source_uri, f"the file cannot be read: {error.strerror or error}")


def open_file(path: Path) -> BufferedIOBase:
    """The unpacked bytes of a regular file.

    Raises:
        DocumentError: a pipe, a socket or a device.
        OSError: missing, or not ours to read.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise DocumentError("not a regular file")
    if path.name.lower().endswith(".gz"):
        return gzip.open(path, "rb")
    return path.open("rb")


def read_stream(source_uri: str, stream: BufferedIOBase, kind: Kind, rules: Rules) -> Iterator[Read]:
    """Documents of one open file.

    Raises:
        DocumentError: it is over the size limit.
    """
    if kind == "jsonl":
        yield from contained(source_uri, stream, rules)
        return
    limit = rules.thresholds.limits.max_bytes
    content = stream.read(limit + 1)
    if len(content) > limit:
        raise DocumentError(f"larger than the limit of {limit:,} bytes")
    if kind == "json":
        yield from contained_json(source_uri, content, rules)
    else:
        yield RawDocument(source_uri, content, "html" if kind == "html" else "text")


def contained(source_uri: str, stream: BufferedIOBase, rules: Rules) -> Iterator[Read]:
    """Lines of a `.jsonl` file; an empty file is a row."""
    empty = True
    for found in read_lines(source_uri, stream, rules=rules):
        empty = False
        yield found
    if empty:
        yield set_aside(source_uri, "the document is empty", b"")


def contained_json(source_uri: str, content: bytes, rules: Rules) -> Iterator[Read]:
    """Entries of a `.json` file; one that is no text, or holds nothing, is a row with the hash of its bytes."""
    try:
        entries = list(read_json(source_uri, content, rules=rules))
    except DocumentError as error:
        entries = [set_aside(source_uri, str(error), content)]
    yield from entries or [set_aside(source_uri, "the JSON list holds no document", content)]


def folder_fingerprint(folder: Path) -> str:
    """Hash of paths, sizes and times of change: equal while no file was added, removed or written.

    Raises:
        SourceError: there is no such folder, or it cannot be listed.
    """
    rows = []
    for source_uri, path in list_files(folder):
        status = path.lstat() if path.is_symlink() and not path.exists() else path.stat()
        rows.append(f"{source_uri}\0{status.st_size}\0{status.st_mtime_ns}")
    return content_hash("\n".join(rows))


def count_folder(folder: Path, *, rules: Rules) -> int:
    """How many documents a folder holds: its files, and the lines of its `.jsonl`; what cannot be opened counts as one.

    Raises:
        SourceError: there is no such folder, or it cannot be listed.
    """
    kinds = ((path, kind_of(path.name, rules.thresholds.suffixes)) for _, path in list_files(folder))
    return sum(count_lines(path) if kind == "jsonl" else 1 for path, kind in kinds if kind is not None)


def count_lines(path: Path) -> int:
    """Lines of a file that are not blank; 1 where it cannot be read."""
    try:
        with open_file(path) as stream:
            return sum(1 for line in stream if line.strip())
    except (DocumentError, OSError, EOFError, zlib.error):
        return 1
