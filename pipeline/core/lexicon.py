"""Reads and validates `models/`: gazetteers, word lists and patterns; gives their content hash.

Layout of a models folder::

    gazetteer/*.csv      name,label,aliases,country_code,region,source   (aliases joined by `|`)
    patterns/*.yaml      a list of entries: id, label, pattern, hits, misses, source (optional)
    words/*.txt          one word or phrase a line, `#` starts a comment

In a pattern a space stands for any run of white space and `'` for either apostrophe; case is ignored unless the pattern begins
with `(?-i)`. Every pattern carries sentences that it must find (`hits`) and that it must not (`misses`); a test runs them all.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipeline.core.errors import LexiconError
from pipeline.core.facts import Label
from pipeline.core.ids import content_hash

MODELS = Path(__file__).resolve().parents[2] / "models"
CASE_SENSITIVE = "(?-i)"
REVIEW = "review"
CONFIG = "config.yaml"
BESIDE = ("dates", "documents", "resolution", "territories")
"""Lists that the code reads beside itself, whatever models folder is named."""
HASHED_SUFFIXES = {".csv", ".yaml", ".txt", ".jsonl"}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One entry of a pattern file. `id` becomes the `method` of what it finds, `label` says what that means."""

    id: str
    label: str
    regex: re.Pattern[str]
    hits: tuple[str, ...]
    misses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GazetteerEntry:
    """A known name: all its forms, what it is and where."""

    id: str
    names: tuple[str, ...]
    label: Label
    country_code: str | None
    region: str | None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything listed under one models folder, read on demand and kept."""

    folder: Path

    def patterns(self, name: str) -> tuple[Pattern, ...]:
        """Entries of `patterns/<name>.yaml` in file order.

        Raises:
            LexiconError: the file is missing or an entry is wrong.
        """
        return read_patterns(self.folder / "patterns" / f"{name}.yaml")

    def wording(self, name: str, label: str) -> re.Pattern[str]:
        """The one pattern of `patterns/<name>.yaml` that has a label.

        Raises:
            LexiconError: no entry has it.
        """
        found = next((pattern.regex for pattern in self.patterns(name) if pattern.label == label), None)
        if found is None:
            raise LexiconError(f"{self.folder / 'patterns' / name}.yaml: no entry has the label {label!r}; restore it from the project")
        return found

    def words(self, name: str) -> frozenset[str]:
        """Lines of `words/<name>.txt`, comments and blank lines left out."""
        return read_words(self.folder / "words" / f"{name}.txt")

    def gazetteer(self) -> tuple[GazetteerEntry, ...]:
        """All entries of all gazetteers, sorted by file and line."""
        return read_gazetteers(self.folder / "gazetteer")

    def content_hash(self) -> str:
        """SHA-256 over every listed file (trained models have their own hash)."""
        return content_hash(listing(self.listed()))

    def listed(self) -> dict[str, Path]:
        """Every listed file that can move a row by its name below the folder; how rows are reviewed, and what is trained, is none."""
        named = {path.relative_to(folder): path for folder in (MODELS, self.folder) for path in listed_files(folder)}
        read = {name: MODELS / name if name.parts[0] in BESIDE else self.folder / name for name in named}
        return {name.as_posix(): path for name, path in sorted(read.items()) if name.as_posix() != CONFIG and path.is_file()}


def load_lexicon(folder: Path = MODELS) -> Lexicon:
    """The lexicon of a models folder.

    Raises:
        LexiconError: there is no such folder.
    """
    if not folder.is_dir():
        raise LexiconError(f"{folder}: no models folder; pass --models or run from a checkout of the project")
    return Lexicon(folder)


def listed_files(folder: Path) -> Iterator[Path]:
    """Files of a models folder that hold words; the page on which people decide has its own."""
    found = (path for path in folder.rglob("*") if path.suffix in HASHED_SUFFIXES and path.is_file())
    return (path for path in found if path.relative_to(folder).parts[0] != REVIEW)


def listing(files: Mapping[str, Path]) -> str:
    """Names and SHA-256 of files, a line each, sorted by name."""
    return "".join(f"{content_hash(path.read_bytes())}  {name}\n" for name, path in sorted(files.items()))


@cache
def read_patterns(path: Path) -> tuple[Pattern, ...]:
    """Parse one pattern file."""
    try:
        entries = yaml.load(read_text(path), Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise LexiconError(f"{path}: no valid YAML: {error}") from error
    if not isinstance(entries, list):
        raise LexiconError(f"{path}: expected a list of entries with id, label and pattern")
    patterns = tuple(make_pattern(path, entry) for entry in entries)
    if doubled := {p.id for p in patterns if [q.id for q in patterns].count(p.id) > 1}:
        raise LexiconError(f"{path}: ids used twice: {', '.join(sorted(doubled))}")
    return patterns


def make_pattern(path: Path, entry: dict[str, Any]) -> Pattern:
    """Validate and compile one entry."""
    if not isinstance(entry, dict):
        raise LexiconError(f"{path}: {entry!r} is no entry; each needs id, label and pattern")
    if examples := [name for name in ("hits", "misses") if not isinstance(entry.get(name, []), list)]:
        raise LexiconError(f"{path}: entry {entry.get('id')!r}: {' and '.join(examples)} must be a list of sentences")
    missing = {"id", "label", "pattern"} - entry.keys()
    if missing or (unknown := entry.keys() - {"id", "label", "pattern", "hits", "misses", "source"}):
        raise LexiconError(
            f"{path}: entry {entry.get('id')!r} lacks {sorted(missing)}"
            if missing
            else f"{path}: entry {entry['id']!r} has unknown {sorted(unknown)}"
        )
    try:
        regex = compile_pattern(entry["pattern"])
    except re.error as error:
        raise LexiconError(f"{path}: entry {entry['id']!r}: {error}") from error
    return Pattern(entry["id"], entry["label"], regex, tuple(entry.get("hits", ())), tuple(entry.get("misses", ())))


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of the lexicon: a space is any white space, `'` either apostrophe, case ignored unless told."""
    flags = re.NOFLAG if pattern.startswith(CASE_SENSITIVE) else re.IGNORECASE
    source = pattern.removeprefix(CASE_SENSITIVE).strip().replace("'", "['’]")
    return re.compile(re.sub(r"\s+", r"\\s+", source), flags)


@cache
def read_words(path: Path) -> frozenset[str]:
    """Read one word list."""
    lines = (line.split("#", 1)[0].strip() for line in read_text(path).splitlines())
    return frozenset(line for line in lines if line)


@cache
def read_gazetteers(folder: Path) -> tuple[GazetteerEntry, ...]:
    """Read every gazetteer of a folder."""
    return tuple(entry for path in sorted(folder.glob("*.csv")) for entry in read_gazetteer(path))


def read_gazetteer(path: Path) -> Iterator[GazetteerEntry]:
    """Read one gazetteer."""
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            if row.get("label") not in Label.__members__ or not row.get("name"):
                raise LexiconError(f"{path}, line {number}: needs a name and a label among {', '.join(Label)}")
            names = (row["name"], *(alias for alias in (row.get("aliases") or "").split("|") if alias))
            yield GazetteerEntry(
                f"gazetteer.{path.stem}.{number}", names, Label(row["label"]), row.get("country_code") or None, row.get("region") or None
            )


def read_text(path: Path) -> str:
    """Read a UTF-8 file under models/ or say that it is missing."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise LexiconError(f"{path}: cannot be read ({error.strerror}); restore it from the project") from error
    except UnicodeDecodeError as error:
        raise LexiconError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
