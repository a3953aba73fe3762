"""Scores of pieces → the best lawful tags → spans of the text."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.core.facts import Span
from pipeline.extraction.neural.tokens import Integers, Window

Floats = NDArray[np.float32]

FORBIDDEN = -1e4
"""Log-probability of a step that BIO does not allow: an I that follows neither B nor I of its label."""

EDGES = ' \t\n\u00a0\u202f,;:«»"“”‘’„•·*…'
"""Characters that no name begins or ends with."""

BRACKETS = {"(": ")", "[": "]", "{": "}"}


def log_softmax(logits: Floats) -> Floats:
    """Log-probabilities over the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), np.float32)


def merge(length: int, cuts: Sequence[Window], scores: Sequence[Floats]) -> Floats:
    """One row of scores per piece: where windows overlap, that of the window in which the piece stands deepest.

    Args:
        length: pieces of the text.
        cuts: its windows, which hold every piece.
        scores: for each window, pieces × tags.
    """
    merged = np.zeros((length, scores[0].shape[1]), np.float32)
    depth = np.full(length, -1, np.int64)
    for cut, rows in zip(cuts, scores, strict=True):
        place = np.arange(cut.end - cut.start)
        mine = np.minimum(place if cut.start else place + length, place[::-1] if cut.end < length else place[::-1] + length)
        deeper = np.flatnonzero(mine > depth[cut.start : cut.end])
        merged[cut.start + deeper] = rows[deeper]
        depth[cut.start + deeper] = mine[deeper]
    return merged


def transitions(tags: Sequence[str]) -> tuple[Floats, Floats]:
    """Log-scores of the first tag, and of each tag after each other: 0 where BIO allows it."""
    first = np.array([FORBIDDEN if tag.startswith("I-") else 0.0 for tag in tags], np.float32)
    step = np.zeros((len(tags), len(tags)), np.float32)
    for after, tag in enumerate(tags):
        if tag.startswith("I-"):
            step[:, after] = [0.0 if before[2:] == tag[2:] else FORBIDDEN for before in tags]
    return first, step


def viterbi(scores: Floats, first: Floats, step: Floats) -> list[int]:
    """The best lawful sequence of tags (Viterbi 1967).

    Args:
        scores: log-probabilities, pieces × tags.
        first: log-scores of the first tag.
        step: log-scores of each tag (column) after each other (row).
    """
    best = scores[0] + first
    back = np.zeros(scores.shape, np.int64)
    for place in range(1, len(scores)):
        paths = best[:, None] + step
        back[place] = paths.argmax(axis=0)
        best = paths.max(axis=0) + scores[place]
    path = [int(best.argmax())]
    for place in range(len(scores) - 1, 0, -1):
        path.append(int(back[place, path[-1]]))
    return path[::-1]


def tagged_runs(path: Sequence[int], tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """Runs of pieces `[start, end)` that make one mention, with their label."""
    starts = [place for place, tag in enumerate(path) if tags[tag].startswith("B-")]
    borders = [*starts, len(path)]
    return [(left, run_end(path, tags, left, right), tags[path[left]][2:]) for left, right in pairwise(borders)]


def run_end(path: Sequence[int], tags: Sequence[str], start: int, limit: int) -> int:
    """Where the run that begins at `start` ends: at the first piece that is not further in it."""
    return next((place for place in range(start + 1, limit) if not tags[path[place]].startswith("I-")), limit)


def text_span(text: str, offsets: Integers, start: int, end: int) -> Span:
    """The code points of a run of pieces `[start, end)`, tidied."""
    return tidy(text, int(offsets[start, 0]), int(offsets[end - 1, 1]))


def tidy(text: str, left: int, right: int) -> Span:
    """A range as a name is bounded: whole words, without signs at the edges or a bracket that has no partner."""
    left, right = whole_words(text, left, right)
    while left < right and text[left] in EDGES:
        left += 1
    while left < right and text[right - 1] in EDGES:
        right -= 1
    return Span(*lone_brackets(text, left, right))


def whole_words(text: str, left: int, right: int) -> tuple[int, int]:
    """Widen a range that begins or ends inside a word."""
    while 0 < left < right and text[left].isalnum() and text[left - 1].isalnum():
        left -= 1
    while left < right < len(text) and text[right - 1].isalnum() and text[right].isalnum():
        right += 1
    return left, right


def lone_brackets(text: str, left: int, right: int) -> tuple[int, int]:
    """Drop an opening bracket at the beginning, or a closing one at the end, whose partner stands outside."""
    for opening, closing in BRACKETS.items():
        if left < right and text[left] == opening and closing not in text[left:right]:
            left += 1
        if left < right and text[right - 1] == closing and opening not in text[left:right]:
            right -= 1
    return left, right
