"""Training examples: texts with labelled spans from the annotated corpus and from WiNER-fr, cut into windows of pieces."""

import csv
import json
import random
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from models.training.annotated import LABELS, AnnotatedText, AnnotationError, TaggedMention, read_annotated
from pipeline.extraction.neural.tokens import Integers, Window, encode, windows

TAGS = ("O", *(f"{mark}-{label}" for label in LABELS for mark in "BI"))
"""What the mention model says of a piece: outside, first of a mention, further in a mention."""

ORGANISATIONS = ("CLUSTER", "COMPANY", "RESEARCH", "PUBLIC", "ASSOCIATION", "ORG")
WINER_TYPES = {"Organization": ORGANISATIONS, "Location": ("PLACE",)}
HELD_OUT = 100
"""The last articles of WiNER-fr by id, never trained on."""

SHORTEST = 4
"""Code points of the shortest name that is looked for where it is not marked."""

LabelledSpan = tuple[int, int, tuple[str, ...]]
"""Half-open code points and the labels that are right (one, or all kinds of organisation where the source does not tell)."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text with its labelled spans, sorted and disjoint."""

    name: str
    text: str
    spans: tuple[LabelledSpan, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One window ready for training: piece ids (n) and, for each piece, which tags are right (n × tags, boolean)."""

    ids: Integers
    right: NDArray[np.bool_]


def all_mentions(annotated: AnnotatedText) -> list[TaggedMention]:
    """The marked mentions, and every other place where the same words stand with a capital: titles that a writer left unmarked."""
    mentions = list(annotated.mentions)
    taken = [(m.start, m.end) for m in mentions] + [(d.start, d.end) for d in annotated.dates]
    names = {annotated.text[m.start : m.end]: m.entity for m in annotated.mentions}
    for name in sorted(names, key=len, reverse=True):
        if len(name) < SHORTEST or not name[0].isupper():
            continue
        for found in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", annotated.text):
            if not any(start < found.end() and found.start() < end for start, end in taken):
                mentions.append(TaggedMention(found.start(), found.end(), names[name]))
                taken.append(found.span())
    return sorted(mentions, key=lambda m: m.start)


def from_annotated(annotated: AnnotatedText) -> Example:
    """The mentions of an annotated text under the labels of their entities."""
    spans = sorted((m.start, m.end, (annotated.entities[m.entity]["label"],)) for m in all_mentions(annotated))
    return Example(annotated.path.stem, annotated.text, tuple(spans))


def readable(folder: Path) -> list[AnnotatedText]:
    """All annotated texts below a folder; a file that breaks the format is reported and passed over."""
    texts = []
    for path in sorted(folder.rglob("*.txt")):
        try:
            texts.append(read_annotated(path))
        except (AnnotationError, ValueError, KeyError) as error:
            print(f"passed over: {error}")
    return texts


def read_split(path: Path) -> dict[str, str]:
    """File stem → `train`, `dev` or `test`."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["text"]: row["part"] for row in csv.DictReader(lines)}


def read_winer(path: Path) -> tuple[list[Example], list[Example]]:
    """WiNER-fr (Dupont, TALN 2019): articles for training, and the last hundred by id for measuring."""
    rows = sorted((json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()), key=lambda row: row["id"])
    examples = [Example(row["id"], row["text"], winer_spans(row["ents"])) for row in rows]
    return examples[:-HELD_OUT], examples[-HELD_OUT:]


def winer_spans(entities: Iterable[tuple[int, int, str, bool]]) -> tuple[LabelledSpan, ...]:
    """Outermost organisations and places; all other types are outside."""
    found = sorted((start, end, WINER_TYPES[type_]) for start, end, type_, outermost in entities if outermost and type_ in WINER_TYPES)
    return tuple(found)


def tag_pieces(example: Example, offsets: Integers) -> NDArray[np.bool_]:
    """For each piece the tags that are right: B on the first piece of a span, I on the others, else O."""
    right = np.zeros((len(offsets), len(TAGS)), bool)
    right[:, 0] = True
    for start, end, labels in example.spans:
        inside = np.flatnonzero((offsets[:, 0] < end) & (offsets[:, 1] > start))
        for place, piece in enumerate(inside):
            right[piece] = False
            right[piece, [TAGS.index(f"{'I' if place else 'B'}-{label}") for label in labels]] = True
    return right


def rows_of(example: Example, tokenizer: Tokenizer, size: int, overlap: int) -> list[Row]:
    """The windows of one example."""
    pieces = encode(example.text, tokenizer)
    right = tag_pieces(example, pieces.offsets)
    return [Row(pieces.ids[w.start : w.end], right[w.start : w.end]) for w in windows(len(pieces), size, overlap)]


def jittered(length: int, size: int, chance: random.Random) -> list[Window]:
    """Windows without overlap whose borders fall elsewhere in each epoch."""
    first = chance.randint(size // 2, size)
    borders = [0, *range(first, length, size), length]
    return [Window(left, right) for left, right in zip(borders, borders[1:], strict=False) if left < right]


def training_rows(example: Example, tokenizer: Tokenizer, size: int, chance: random.Random) -> list[Row]:
    """The windows of one example for one epoch."""
    pieces = encode(example.text, tokenizer)
    right = tag_pieces(example, pieces.offsets)
    cuts = [Window(0, len(pieces))] if len(pieces) <= size else jittered(len(pieces), size, chance)
    return [Row(pieces.ids[w.start : w.end], right[w.start : w.end]) for w in cuts]


def names_by_label(examples: Iterable[Example]) -> dict[str, list[str]]:
    """The names that bear each label, for `swap_names`."""
    names: dict[str, set[str]] = {}
    for example in examples:
        for start, end, labels in example.spans:
            if len(labels) == 1 and "\n" not in example.text[start:end]:
                names.setdefault(labels[0], set()).add(example.text[start:end])
    return {label: sorted(found) for label, found in names.items()}


def swap_names(example: Example, names: dict[str, list[str]], share: float, chance: random.Random) -> Example:
    """Put other names of the same label in the place of some names, alike at each occurrence (mention replacement: Dai & Adel 2020)."""
    chosen: dict[str, str] = {}
    pieces: list[str] = []
    spans: list[LabelledSpan] = []
    last = length = 0
    for start, end, labels in example.spans:
        old = example.text[start:end]
        if old not in chosen:
            swap = len(labels) == 1 and chance.random() < share
            chosen[old] = chance.choice(names.get(labels[0], [old])) if swap else old
        pieces += [example.text[last:start], chosen[old]]
        begin = length + start - last
        length = begin + len(chosen[old])
        spans.append((begin, length, labels))
        last = end
    return Example(example.name, "".join([*pieces, example.text[last:]]), tuple(spans))


def without_accents(text: str) -> str:
    """Capitals without accents, as titles of the wire are typed; code points stay where they were."""
    plain = (unicodedata.normalize("NFD", char)[0].upper() for char in text)
    return "".join(new if len(new) == 1 else old for new, old in zip(plain, text, strict=True))


def shout(example: Example, share: float, chance: random.Random) -> Example:
    """Set some lines in capitals without accents."""
    lines = [without_accents(line) if chance.random() < share else line for line in example.text.split("\n")]
    return Example(example.name, "\n".join(lines), example.spans)


def batches(rows: Sequence[Row], tokens: int, chance: random.Random) -> list[list[Row]]:
    """Rows of like length together, at most `tokens` pieces (padding counted) a batch, in random order."""
    ordered = sorted(rows, key=lambda row: (len(row.ids), chance.random()))
    made: list[list[Row]] = [[]]
    for row in ordered:
        if (len(made[-1]) + 1) * (len(row.ids) + 2) > tokens and made[-1]:
            made.append([])
        made[-1].append(row)
    chance.shuffle(made)
    return [batch for batch in made if batch]
