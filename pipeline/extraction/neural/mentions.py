"""The mention model: token classification over pieces, read in overlapping windows, decoded under the BIO constraint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from pipeline.core.facts import Label, Span
from pipeline.extraction.neural.decoding import Floats, log_softmax, merge, tagged_runs, text_span, transitions, viterbi
from pipeline.extraction.neural.session import Forward, open_session, open_tokenizer, read_config, run_rows
from pipeline.extraction.neural.tokens import Pieces, Window, encode, windows


@dataclass(frozen=True, slots=True)
class PredictedMention:
    """A mention that a model found: code points of the text, label, and probability (0–1, geometric mean over its pieces)."""

    span: Span
    label: Label
    score: float


class MentionModel(Protocol):
    """Finds mentions; loaded once, used for many texts."""

    @property
    def name_version(self) -> str:
        """Name and version for the `method` of a mention, such as `mentions@1.0`."""

    def predict(self, texts: Sequence[str]) -> list[list[PredictedMention]]:
        """For each text its mentions, sorted, none overlapping another."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How texts are read: pieces of a window, pieces that neighbours share, pieces of a batch, least score of a mention."""

    window: int = 256
    overlap: int = 64
    batch: int = 1
    threshold: float = 0.0


class WindowedMentionModel:
    """Any model that scores BIO tags for the pieces of a window."""

    def __init__(self, forward: Forward, tokenizer: Any, tags: Sequence[str], *, name_version: str, reading: Reading) -> None:
        self.forward, self.tokenizer, self.tags, self.reading = forward, tokenizer, list(tags), reading
        self._name_version = name_version
        self.first, self.step = transitions(self.tags)

    @property
    def name_version(self) -> str:
        """Name and version, such as `mentions@1.0`."""
        return self._name_version

    def predict(self, texts: Sequence[str]) -> list[list[PredictedMention]]:
        """For each text its mentions, sorted, none overlapping another; every piece of every text is read."""
        pieces = [encode(text, self.tokenizer) for text in texts]
        cuts = [windows(len(p), self.reading.window, self.reading.overlap) for p in pieces]
        rows = [p.ids[w.start : w.end] for p, mine in zip(pieces, cuts, strict=True) for w in mine]
        logits = iter(run_rows(self.forward, rows, self.reading.batch))
        return [
            self.read(text, p, mine, [next(logits)[1 : w.end - w.start + 1] for w in mine])
            for text, p, mine in zip(texts, pieces, cuts, strict=True)
        ]

    def read(self, text: str, pieces: Pieces, cuts: Sequence[Window], logits: Sequence[Floats]) -> list[PredictedMention]:
        """The mentions of one text from the logits of its windows."""
        if not cuts:
            return []
        scores = log_softmax(merge(len(pieces), cuts, logits))
        path = viterbi(scores, self.first, self.step)
        found = [self.mention(text, pieces, scores, path, *run) for run in tagged_runs(path, self.tags)]
        return disjoint([m for m in found if m.score >= self.reading.threshold and m.span.start < m.span.end])

    def mention(self, text: str, pieces: Pieces, scores: Floats, path: Sequence[int], start: int, end: int, label: str) -> PredictedMention:
        """One mention from a run of pieces `[start, end)`."""
        sure = float(np.exp(np.mean([scores[place, path[place]] for place in range(start, end)])))
        return PredictedMention(text_span(text, pieces.offsets, start, end), Label(label), sure)


def disjoint(mentions: Sequence[PredictedMention]) -> list[PredictedMention]:
    """Sorted mentions; of two that overlap (after widening to whole words) the surer stays."""
    kept: list[PredictedMention] = []
    for mention in sorted(mentions, key=lambda m: (-m.score, m.span)):
        if not any(mention.span.overlaps(other.span) for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: m.span)


def load_mention_model(models_dir: Path, config: Mapping[str, Any] | None = None) -> MentionModel:
    """The mention model that a configuration names.

    Args:
        models_dir: the folder `models/`.
        config: the entry `mentions` of `models/config.yaml`: `folder` (shipped ONNX model) or `huggingface` (folder or hub id, with
            `labels`), and `window`, `overlap`, `batch`, `threads`, `threshold`.

    Raises:
        ModelError: a file is missing or does not load; the message says which and how to get it.
    """
    options = dict(config or {})
    reading = Reading(**{name: options[name] for name in ("window", "overlap", "batch", "threshold") if name in options})
    if options.get("huggingface"):
        from pipeline.extraction.neural.huggingface import load_token_classifier

        return load_token_classifier(str(options["huggingface"]), dict(options.get("labels") or {}), reading)
    folder = models_dir / str(options.get("folder", "mentions"))
    about = read_config(folder / "config.json")
    forward = open_session(folder / "model.onnx", int(options.get("threads", 2)))
    tokenizer = open_tokenizer(models_dir / "encoder" / "tokenizer.json")
    return WindowedMentionModel(forward, tokenizer, about["tags"], name_version=f"mentions@{about['version']}", reading=reading)
