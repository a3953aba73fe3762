"""Reads and checks `models/documents/`: thresholds and the patterns of boilerplate."""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from pipeline.core.errors import LexiconError
from pipeline.core.ids import content_hash

RULES_FOLDER = Path(__file__).parents[2] / "models" / "documents"
LIBRARIES = ("charset-normalizer", "dateparser", "ftfy", "htmldate", "langdetect", "lxml", "trafilatura")


class Declared(BaseModel):
    """Base of everything read from YAML here: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(Declared):
    """Sizes: bytes and code points above which, letters below which a document is set aside."""

    max_bytes: int = Field(gt=0)
    max_characters: int = Field(gt=0)
    min_letters: int = Field(ge=0)


class LanguageRules(Declared):
    """The language that goes on, and how a text is sampled; probabilities are 0 to 1, lengths count code points."""

    wanted: str
    threshold: float = Field(gt=0, lt=1)
    sure: float = Field(gt=0, le=1)
    stretches: int = Field(gt=0)
    stretch_characters: int = Field(gt=0)
    second_stretches: int = Field(gt=0)
    second_stretch_characters: int = Field(gt=0)


class EncodingRules(Declared):
    """Which old encodings are tried and what a right reading looks like."""

    legacy: tuple[str, ...]
    expected: str
    least_expected: float = Field(ge=0, le=1)
    binary_share: float = Field(gt=0, lt=1)


class Suffixes(Declared):
    """How file names end, by the way they are read; `unread` ones are reported."""

    text: tuple[str, ...]
    html: tuple[str, ...]
    json_: tuple[str, ...] = Field(alias="json")
    jsonl: tuple[str, ...]
    unread: tuple[str, ...]


class WebRules(Declared):
    """How sites are asked: times in seconds."""

    user_agent: str
    connect_seconds: float = Field(gt=0)
    read_seconds: float = Field(gt=0)
    whole_seconds: float = Field(gt=0)
    attempts: int = Field(gt=0)
    backoff_seconds: float = Field(ge=0)
    longest_wait_seconds: float = Field(ge=0)
    seconds_between_requests: float = Field(ge=0)
    max_redirects: int = Field(ge=0)


class Thresholds(Declared):
    """The whole of `thresholds.yaml`."""

    limits: Limits
    language: LanguageRules
    encodings: EncodingRules
    suffixes: Suffixes
    web: WebRules


class Pattern(Declared):
    """One entry of `boilerplate.yaml`.

    `kind` says what a match does: `line` cuts the line, `word` is an entry of a menu (a line made of such words only is cut), `opener` cuts
    the line and the teasers under it, `not_title` keeps the line, which cannot be the title. Matched are whole lines, case aside.
    """

    id: str
    kind: Literal["line", "word", "opener", "not_title"]
    pattern: str
    hits: tuple[str, ...]
    misses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything under `models/documents/`; `digest` changes whenever a byte of it does, or of the code and libraries that use it."""

    thresholds: Thresholds
    patterns: tuple[Pattern, ...]
    digest: str

    def __hash__(self) -> int:
        return hash(self.digest)


@lru_cache(maxsize=8)
def read_rules(folder: Path = RULES_FOLDER) -> Rules:
    """Thresholds and patterns of one folder.

    Raises:
        LexiconError: a file is missing, is no YAML or does not have the declared form.
    """
    paths = [folder / "thresholds.yaml", folder / "boilerplate.yaml"]
    thresholds, entries = (read_yaml(path) for path in paths)
    try:
        checked = Thresholds.model_validate(thresholds)
        patterns = TypeAdapter(tuple[Pattern, ...]).validate_python(entries)
    except ValidationError as error:
        raise LexiconError(f"{folder}: {plain_errors(error)}") from error
    check_patterns(patterns, folder)
    return Rules(checked, patterns, content_hash("\0".join([*(path.read_text(encoding="utf-8") for path in paths), code_digest()])))


def code_digest() -> str:
    """Hash of the code that cleans and identifies, and of the versions of the libraries that it rests on."""
    sources = (path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    versions = (f"{name} {version(name)}".encode() for name in LIBRARIES)
    return content_hash(b"\0".join([*sources, *versions]))


def read_yaml(path: Path) -> Any:
    """The content of one YAML file.

    Raises:
        LexiconError: the file is missing or is no YAML.
    """
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise LexiconError(f"{path}: {error}") from error


def check_patterns(patterns: tuple[Pattern, ...], folder: Path) -> None:
    """Every pattern compiles and no id stands twice."""
    seen: set[str] = set()
    for pattern in patterns:
        if pattern.id in seen:
            raise LexiconError(f"{folder / 'boilerplate.yaml'}: the id {pattern.id!r} stands twice")
        seen.add(pattern.id)
        try:
            re.compile(pattern.pattern)
        except re.error as error:
            raise LexiconError(f"{folder / 'boilerplate.yaml'}: {pattern.id}: {error}") from error


def plain_errors(error: ValidationError) -> str:
    """What a declaration breaks, one clause per problem: where, what."""
    return "; ".join(f"{'.'.join(str(part) for part in item['loc']) or 'the whole'}: {item['msg']}" for item in error.errors())


@lru_cache(maxsize=32)
def compiled(rules: Rules, kind: str) -> re.Pattern[str]:
    """All patterns of one kind as one, to be used with `fullmatch` on a stripped line."""
    return re.compile("|".join(f"(?:{entry.pattern})" for entry in rules.patterns if entry.kind == kind) or r"(?!)", re.IGNORECASE)
