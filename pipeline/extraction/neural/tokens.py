"""Text → pieces with code-point offsets → overlapping windows, the same at training and at run time.

Lines are encoded one by one and joined by the piece `<mask>`, which the fine-tuned models read as "new line": titles, lists and tables
keep their shape, and a piece never runs over a line break.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

BEGIN, PAD, END = 0, 1, 2
"""Ids of `<s>`, `<pad>` and `</s>` in every tokenizer of the encoder."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of one text: `ids` (n) and half-open code-point `offsets` (n × 2) into the text; a new line has an empty range."""

    ids: Integers
    offsets: Integers

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces `[start, end)` of one text, read in one go."""

    start: int
    end: int


def line_starts(text: str) -> tuple[list[str], list[int]]:
    """The lines that hold more than blanks, and the code point at which each begins."""
    lines, starts, at = [], [], 0
    for line in text.split("\n"):
        if line.strip():
            lines.append(line)
            starts.append(at)
        at += len(line) + 1
    return lines, starts


def trim_offsets(text: str, offsets: Sequence[tuple[int, int]], start: int) -> list[tuple[int, int]]:
    """Offsets moved to where the line begins, without the blank that a piece may carry in front."""
    moved = []
    for left, right in offsets:
        while left < right and text[start + left].isspace():
            left += 1
        moved.append((start + left, start + right))
    return moved


def encode(text: str, tokenizer: Any) -> Pieces:
    """All pieces of a text, none left out.

    Args:
        text: any text, offsets count its code points.
        tokenizer: a `tokenizers.Tokenizer` of the encoder.
    """
    lines, starts = line_starts(text)
    newline = tokenizer.token_to_id("<mask>")
    ids: list[int] = []
    offsets: list[tuple[int, int]] = []
    for line, start, encoding in zip(lines, starts, tokenizer.encode_batch(lines, add_special_tokens=False), strict=True):
        if ids:
            ids.append(newline)
            offsets.append((start, start))
        ids.extend(encoding.ids)
        offsets.extend(trim_offsets(text, encoding.offsets, start) if line else [])
    return Pieces(np.array(ids, np.int64), np.array(offsets, np.int64).reshape(-1, 2))


def windows(length: int, size: int, overlap: int) -> list[Window]:
    """Overlapping windows that together hold every piece; a short text is one window.

    Args:
        length: pieces of the text.
        size: pieces of a window, its begin and end marks not counted.
        overlap: pieces that two neighbours share, at least.
    """
    if length <= size:
        return [Window(0, length)] if length else []
    count = -(-(length - overlap) // (size - overlap))
    starts = np.linspace(0, length - size, count).round().astype(int)
    return [Window(int(start), int(start) + size) for start in starts]


def pad(rows: Sequence[Integers]) -> tuple[Integers, Integers]:
    """Rows of ids between begin and end marks, padded to the longest, and their attention mask."""
    width = max(len(row) for row in rows) + 2
    ids = np.full((len(rows), width), PAD, np.int64)
    for place, row in zip(ids, rows, strict=True):
        place[0] = BEGIN
        place[1 : len(row) + 1] = row
        place[len(row) + 1] = END
    return ids, (ids != PAD).astype(np.int64)
