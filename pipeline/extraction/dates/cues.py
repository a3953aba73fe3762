"""The words around an expression, read from `models/dates/cues.csv`: a pattern per entry, joined per family and name.

`family` is `tense` (`past`, `future`), `role_before`, `role_after` (a role), `header` (`published`, `updated`, `closing`), `mask`, `name` …
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.core.errors import LexiconError
from pipeline.extraction.dates.lexicon import MODELS, read_rows

FAMILIES = frozenset({"tense", "role_before", "role_after", "header", "mask", "name", "age", "vague", "counted", "role_length", "length"})


@dataclass(frozen=True, slots=True)
class Cue:
    """One entry of `cues.csv`: a pattern for one name of one family, and texts in which it does and does not match."""

    id: str
    family: str
    name: str
    pattern: str
    source: str
    hits: str
    misses: str


@cache
def read_cues(folder: Path = MODELS) -> tuple[Cue, ...]:
    """Every entry of `cues.csv`, in order; a pattern that does not compile is a LexiconError."""
    path = folder / "cues.csv"
    cues = []
    for number, row in read_rows(path, tuple(Cue.__slots__)):
        cue = Cue(**row)
        if cue.family not in FAMILIES:
            raise LexiconError(f"{path}: line {number}: unknown family {cue.family!r}; known: {', '.join(sorted(FAMILIES))}")
        _compiled(cue.pattern, path, number)
        cues.append(cue)
    return tuple(cues)


def _compiled(pattern: str, path: Path, number: int) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise LexiconError(f"{path}: line {number}: {pattern!r} is no regular expression ({error})") from error


@cache
def load_patterns(family: str, name: str, folder: Path = MODELS) -> tuple[re.Pattern[str], ...]:
    """The patterns of one family and name, each on its own: one that begins with a literal is searched for much faster alone."""
    return tuple(re.compile(cue.pattern) for cue in read_cues(folder) if (cue.family, cue.name) == (family, name))


@cache
def load_cues(folder: Path = MODELS) -> dict[str, dict[str, re.Pattern[str]]]:
    """Family → name → the pattern that matches any of its entries. Names keep the order of the file: the first that matches wins."""
    grouped: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for cue in read_cues(folder):
        grouped[cue.family][cue.name].append(cue.pattern)
    return {
        family: {name: re.compile("|".join(f"(?:{p})" for p in patterns)) for name, patterns in names.items()}
        for family, names in grouped.items()
    }
