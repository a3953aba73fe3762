"""Names made comparable: case, accents, punctuation and spaces aside, without generic heads and legal forms, and the parts of compounds.

Method: `pipeline.core.names.fold`; lists in `models/resolution/`.
"""

import csv
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import get_args

from pipeline.core.errors import LexiconError
from pipeline.core.names import fold, fold_words
from pipeline.core.territories import sure_names
from pipeline.resolution.values import Family

LISTS = Path(__file__).resolve().parents[2] / "models" / "resolution"

BRACKETED = re.compile(r"^(?P<full>[^()]+?)\s*\((?P<short>[^()]+)\)$")
WORD = re.compile(r"[^\W_]+")
COMPOUND = re.compile(r"\s+[-–—|]\s+|\s*[–—]\s*|\s*/\s*")

ACRONYM = 2
"""Least letters of a name in brackets after a full one."""

Words = tuple[str, ...]


@lru_cache(maxsize=1 << 16)
def core(name: str, family: Family) -> str:
    """Key of a name without generic heads, tails and legal forms (`pôle Pégase` → `pegase`, `Foo GmbH` → `foo`).

    A name is never stripped down to nothing, to a territory or to generic words only.
    """
    words = without_article(fold_words(name))
    while (shorter := shortened(words, family)) != words:
        words = shorter
    return "".join(words) or fold(name)


def without_article(words: Words) -> Words:
    """The words of a name without articles before them."""
    while len(words) > 1 and words[:1] in affix_words("any", "head"):
        words = words[1:]
    return words


def shortened(words: Words, family: Family) -> Words:
    """The words of a name without one head, tail or legal form, or the same words."""
    heads, tails = affixes()[family, "head"], affixes()[family, "tail"]
    for size in range(min(len(words) - 1, 6), 0, -1):
        if words[:size] in heads and stands_alone(words[size:], family):
            return words[size:]
        if words[-size:] in tails and stands_alone(words[:-size], family):
            return words[:-size]
    return words


def stands_alone(words: Words, family: Family) -> bool:
    """Whether words name something on their own: not a territory, not an affix, not one letter, no preposition first."""
    heads = affixes()[family, "head"]
    if "".join(words) in ("", *"abcdefghijklmnopqrstuvwxyz") or words[0] in prepositions() or words in heads:
        return False
    return " ".join(words) not in sure_names()


@lru_cache(maxsize=1 << 16)
def parts(name: str, family: Family) -> tuple[str, ...]:
    """Keys of the parts of a compound name (`A – B`, `A/B`, `A (B)`), without territories and short ones; none for a simple name."""
    match = BRACKETED.match(name)
    pieces = [match["full"], match["short"]] if match else COMPOUND.split(name)
    if len(pieces) < 2:
        return ()
    named = [piece for piece in pieces if " ".join(fold_words(piece)) not in sure_names() and not is_generic(piece, family)]
    least = ACRONYM if match else int(thresholds()["least_part"])
    return tuple(sorted({key for key in (core(piece, family) for piece in named) if len(key) >= least}))


@lru_cache(maxsize=1 << 16)
def is_generic(name: str, family: Family) -> bool:
    """Whether a name names nothing: one generic word (`la Commission`), or generic words in lower case (`le pôle wallon`)."""
    written = WORD.findall(name)
    while written and fold_words(written[0]) in affix_words("any", "head"):
        written = written[1:]
    words = [fold(word) for word in written]
    if len(words) < 2:
        return not words or words[0] in generic(family)
    return written[0][0].islower() and all(word in generic(family) or word in sure_names() for word in words)


@cache
def generic(family: Family) -> frozenset[str]:
    """Words, folded, that no name is made of alone: those of heads and binders and the list of generic words, with their plurals."""
    words = {word for position in ("head", "tail") for row in affix_words(family, position) for word in row}
    words |= prepositions() | {fold(row["word"]) for row in read_list("generic.csv", "word")}
    return frozenset(words | {f"{word}s" for word in words})


@cache
def affixes() -> Mapping[tuple[Family, str], frozenset[Words]]:
    """Folded heads and tails by family; legal forms are tails of organisations."""
    found = {(family, side): affix_words(family, side) for family in get_args(Family) for side in ("head", "tail")}
    legal = frozenset(fold_words(row["form"]) for row in read_list("legal.csv", "form"))
    return {**found, ("organisation", "tail"): found["organisation", "tail"] | legal}


@cache
def affix_words(kind: str, position: str) -> frozenset[Words]:
    """Folded generic heads or tails of one kind of thing, with those of any kind."""
    listed = read_list("heads.csv", "kind", "position", "words")
    return frozenset(fold_words(row["words"]) for row in listed if row["kind"] in (kind, "any") and row["position"] == position)


@cache
def prepositions() -> frozenset[str]:
    """Words that bind what follows to the head: `association de Foo` is not `de Foo`."""
    return frozenset(row["word"] for row in read_list("binders.csv", "word"))


@cache
def thresholds() -> Mapping[str, float]:
    """The numbers that resolution uses, by name."""
    return {row["name"]: float(row["value"]) for row in read_list("thresholds.csv", "name", "value", "meaning")}


def read_list(file: str, *columns: str, folder: Path = LISTS) -> list[dict[str, str]]:
    """Rows of one list.

    Raises:
        LexiconError: the file is missing or its header differs.
    """
    path = folder / file
    if not path.is_file():
        raise LexiconError(f"{path}: list is missing; expected a CSV with the columns {', '.join(columns)}")
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        if tuple(reader.fieldnames or ()) != columns:
            raise LexiconError(f"{path}: columns are {reader.fieldnames}, expected {list(columns)}")
        return list(reader)
