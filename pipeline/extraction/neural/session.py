"""ONNX models under onnxruntime: loading, and running rows of pieces in batches of like length."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import ModelError
from pipeline.extraction.neural.tokens import Integers, pad

Floats = NDArray[np.float32]

Forward = Callable[[Integers, Integers], Floats]
"""Piece ids and attention mask (rows × pieces) → logits."""

HOW_TO_GET = "run `make models`, or take the files from the release"


def open_network(path: Path, threads: int) -> Callable[[dict[str, Any]], Floats]:
    """Load an ONNX file with one output.

    Args:
        path: the model.
        threads: threads that one operator may use; 0 leaves the choice to onnxruntime.

    Returns:
        A function from the network's named arrays to its output.

    Raises:
        ModelError: the file is missing or is no model.
    """
    import onnxruntime

    require(path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting threads leave the cores to others
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises many classes without a common base
        raise ModelError(f"{path} does not load as an ONNX model ({error}): {HOW_TO_GET}") from error
    return lambda arrays: np.asarray(session.run(None, arrays)[0], np.float32)


def open_session(path: Path, threads: int) -> Forward:
    """A network over piece ids and attention mask; arguments and errors as of `open_network`."""
    run = open_network(path, threads)
    return lambda ids, mask: run({"input_ids": ids, "attention_mask": mask})


def open_tokenizer(path: Path) -> Any:
    """Load a `tokenizer.json`.

    Raises:
        ModelError: the file is missing.
    """
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(require(path)))


def read_config(path: Path) -> dict[str, Any]:
    """Load a model's `config.json`.

    Raises:
        ModelError: the file is missing or is no JSON object.
    """
    try:
        content = json.loads(require(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"{path} is not JSON ({error}): {HOW_TO_GET}") from error
    return dict(content)


def require(path: Path) -> Path:
    """The path, if there is a file.

    Raises:
        ModelError: there is none; the message says how to get it.
    """
    if not path.is_file():
        raise ModelError(f"the model file {path} is missing: {HOW_TO_GET}")
    return path


def batches(lengths: Sequence[int], pieces: int) -> Iterator[list[int]]:
    """Row numbers grouped by like length, at most `pieces` pieces (padding counted) a batch, always at least one row."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: lengths[row]):
        if batch and (len(batch) + 1) * (lengths[row] + 2) > pieces:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def run_rows(forward: Forward, rows: Sequence[Integers], pieces: int) -> list[Floats]:
    """Logits of each row, in the order given; padding is left in for the caller to cut off.

    Args:
        forward: the model.
        rows: piece ids of each row, without begin and end marks.
        pieces: size of a batch.
    """
    results: list[Floats] = [np.zeros(0, np.float32)] * len(rows)
    for batch in batches([len(row) for row in rows], pieces):
        for row, logits in zip(batch, forward(*pad([rows[row] for row in batch])), strict=True):
            results[row] = logits
    return results
