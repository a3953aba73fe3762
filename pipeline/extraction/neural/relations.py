"""The link scorer: reads a text once and judges every candidate pair of mentions in it.

Each candidate adds two marker pieces behind the text that take the position of its mentions' first pieces; markers see the text and
each other, the text does not see them (levitated markers: Zhong & Chen, NAACL 2021; Ye et al., ACL 2022). So one pass judges all pairs,
and each in its whole context: title, introduction of the list, sentence.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.core.errors import ModelError
from pipeline.core.facts import ORGANISATION_KINDS, Label, Span
from pipeline.extraction.neural.decoding import Floats, log_softmax
from pipeline.extraction.neural.session import HOW_TO_GET, open_tokenizer, read_config, require
from pipeline.extraction.neural.tokens import BEGIN, END, Integers, Pieces, Window, encode, windows

FAMILIES = ("agreement", "member", "funding")
"""What a candidate may be: organisation–organisation, project–organisation, beneficiary–programme or funder."""

KINDS = ("mou", "letter_of_intent", "cooperation_agreement", "partnership", "convention", "twinning", "alliance", "other")
STATUSES = ("signed", "active", "planned", "ended")
ROLES = ("coordinator", "partner", "label")
OUTPUTS = (*FAMILIES, *KINDS, *STATUSES, *ROLES, "a_signatory")
"""The logits of one candidate: is it a link of each family; kind and status of an agreement; role of a member; does `a` sign."""

HEADS = {"agreement": (KINDS, STATUSES), "member": (ROLES,), "funding": ()}
PAYERS = (Label.PROGRAMME, Label.PUBLIC, Label.ORG, Label.ASSOCIATION, Label.COMPANY)
REACH = {"agreement": 1500, "member": 1200, "funding": 900}
"""Code points between two mentions beyond which they make no candidate (the farthest linked pairs of the training corpus)."""

NEAREST = 2
"""Pairs of mentions, the nearest ones, that stand for a pair of entities."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two mentions that a fact may link.

    `kind` is one of `FAMILIES`. Member: `a` is the project. Funding: `a` is the beneficiary. Agreement: in the order of the text.
    `context` limits what is read to these code points; None reads the whole text (in windows).
    """

    kind: str
    a: Span
    b: Span
    context: Span | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """What the model says of a candidate.

    `probability` (0–1, calibrated on the dev split) that the text states the link; `labels` holds probabilities given that it does: each
    kind and each status of an agreement and `a_signatory`, each role of a member.
    """

    probability: float
    labels: dict[str, float]

    def best(self, names: Sequence[str]) -> str:
        """The likeliest of some labels, such as `KINDS`."""
        return max(names, key=lambda name: self.labels.get(name, 0.0))


@dataclass(frozen=True, slots=True)
class Named:
    """A mention with the document-level key of what it names."""

    span: Span
    label: Label
    entity: str


@dataclass(frozen=True, slots=True)
class Passage:
    """What one pass reads: piece ids with their offsets, and the first pieces of each candidate's mentions (candidates × 2)."""

    ids: Integers
    firsts: Integers
    candidates: tuple[int, ...]


def gap(a: Span, b: Span) -> int:
    """Code points between two spans."""
    return max(a.start - b.end, b.start - a.end, 0)


def families(a: Label, b: Label) -> Iterator[tuple[str, bool]]:
    """The families that two labels allow, and whether the second mention comes first in the candidate."""
    organisations = (a in ORGANISATION_KINDS, b in ORGANISATION_KINDS)
    if all(organisations):
        yield "agreement", False
    if a == Label.PROJECT and organisations[1]:
        yield "member", False
    if b == Label.PROJECT and organisations[0]:
        yield "member", True
    for turned, paid, payer in ((False, a, b), (True, b, a)):
        if payer in PAYERS and (paid == Label.PROJECT or (paid in ORGANISATION_KINDS and payer in (Label.PROGRAMME, Label.PUBLIC))):
            yield "funding", turned


def candidates_of(mentions: Sequence[Named]) -> list[Candidate]:
    """Candidates of one document: for each pair of entities their nearest mentions within reach, the same at training and at run time."""
    entities: dict[str, list[Named]] = {}
    for mention in mentions:
        entities.setdefault(mention.entity, []).append(mention)
    made = []
    for one, other in combinations(entities.values(), 2):
        for kind, turned in families(one[0].label, other[0].label):
            made += nearest(kind, *((other, one) if turned else (one, other)))
    return made


def nearest(kind: str, ours: Sequence[Named], theirs: Sequence[Named]) -> list[Candidate]:
    """The nearest pairs of mentions of two entities."""
    pairs = sorted(product(ours, theirs), key=lambda pair: (gap(pair[0].span, pair[1].span), pair[0].span))
    near = [(a.span, b.span) for a, b in pairs[:NEAREST] if gap(a.span, b.span) <= REACH[kind]]
    return [Candidate(kind, *(sorted(pair) if kind == "agreement" else pair)) for pair in near]


def first_piece(pieces: Pieces, span: Span) -> int:
    """The piece in which a span begins."""
    return int(np.searchsorted(pieces.offsets[:, 1], span.start, side="right"))


def best_window(cuts: Sequence[Window], first: int, second: int) -> int | None:
    """The window that holds both pieces and has most text around them; None if none holds both."""
    low, high = min(first, second), max(first, second)
    rooms = [(min(low - cut.start, cut.end - 1 - high), number) for number, cut in enumerate(cuts) if cut.start <= low and high < cut.end]
    return max(rooms)[1] if rooms else None


def passages(pieces: Pieces, candidates: Sequence[Candidate], size: int, overlap: int, most: int) -> list[Passage]:
    """Cut a text and its candidates into passes.

    Args:
        pieces: the pieces of the text.
        candidates: pairs to judge; one whose mentions no window holds together is in no passage.
        size: pieces of a window.
        overlap: pieces that neighbours share.
        most: candidates of one pass.
    """
    cuts = windows(len(pieces), size, overlap)
    firsts = [(first_piece(pieces, c.a), first_piece(pieces, c.b)) for c in candidates]
    placed: dict[int, list[int]] = {}
    for number, pair in enumerate(firsts):
        window = best_window(cuts, *pair)
        if window is not None:
            placed.setdefault(window, []).append(number)
    return [
        Passage(pieces.ids[cuts[w].start : cuts[w].end], np.array([firsts[n] for n in some], np.int64) - cuts[w].start, tuple(some))
        for w, numbers in placed.items()
        for some in (numbers[at : at + most] for at in range(0, len(numbers), most))
    ]


def feed(passage: Passage, markers: Mapping[str, Sequence[int]], kinds: Sequence[str]) -> dict[str, Any]:
    """The arrays that the network takes for one passage.

    Args:
        passage: text and candidates.
        markers: the two marker ids of each family.
        kinds: the family of each candidate of the passage.
    """
    text, pairs = len(passage.ids) + 2, len(passage.candidates)
    marks = np.array([markers[kind] for kind in kinds], np.int64).reshape(-1)
    places = (passage.firsts + 1).reshape(-1)
    sees = np.zeros((text + 2 * pairs, text + 2 * pairs), np.float32)
    sees[:, :text] = 1
    own = text + 2 * np.arange(pairs)
    for row, column in product((0, 1), repeat=2):
        sees[own + row, own + column] = 1
    return {
        "input_ids": np.concatenate([[BEGIN], passage.ids, [END], marks])[None],
        "position_ids": np.concatenate([np.arange(text), places])[None],
        "sees": sees[None],
        "firsts": passage.firsts + 1,
        "marks": np.stack([own, own + 1], 1),
    }


def probability(logit: float, calibration: Mapping[str, float]) -> float:
    """Platt's calibration of a logit (Platt 1999): the logistic function of `scale` × logit + `shift`."""
    return float(1 / (1 + np.exp(-np.clip(calibration["scale"] * logit + calibration["shift"], -30, 30))))


def to_scores(kind: str, logits: Floats, calibration: Mapping[str, Mapping[str, float]]) -> Scores:
    """The scores of one candidate from its row of logits."""
    of = dict(zip(OUTPUTS, logits.tolist(), strict=True))
    labels: dict[str, float] = {}
    for names in HEADS[kind]:
        labels.update(zip(names, np.exp(log_softmax(np.array([of[name] for name in names], np.float32))).tolist(), strict=True))
    if kind == "agreement":
        labels["a_signatory"] = probability(of["a_signatory"], {"scale": 1, "shift": 0})
    return Scores(probability(of[kind], calibration[kind]), labels)


class RelationModel:
    """The shipped link scorer; loaded once, used for many texts."""

    def __init__(self, run: Any, tokenizer: Any, about: Mapping[str, Any], *, size: int = 508, overlap: int = 128, most: int = 128) -> None:
        self.run, self.tokenizer, self.about = run, tokenizer, about
        self.size, self.overlap, self.most = size, overlap, most

    @property
    def name_version(self) -> str:
        """Name and version for the `method` of a fact, such as `relations@1.0`."""
        return f"relations@{self.about['version']}"

    def score(self, text: str, candidates: Sequence[Candidate]) -> list[Scores]:
        """Judge candidates of one text; one whose mentions stand too far apart to be read together gets probability 0."""
        scores = [Scores(0.0, {})] * len(candidates)
        for context in dict.fromkeys(c.context for c in candidates):
            mine = [number for number, c in enumerate(candidates) if c.context == context]
            self.score_within(text, context or Span(0, len(text)), mine, candidates, scores)
        return scores

    def score_within(self, text: str, context: Span, mine: Sequence[int], candidates: Sequence[Candidate], scores: list[Scores]) -> None:
        """Judge the candidates `mine`, reading one stretch of the text."""
        pieces = encode(context.quote(text), self.tokenizer)
        pieces = Pieces(pieces.ids, pieces.offsets + context.start)
        chosen = [candidates[number] for number in mine]
        for passage in passages(pieces, chosen, self.size, self.overlap, self.most):
            kinds = [chosen[number].kind for number in passage.candidates]
            rows = self.run(feed(passage, self.about["markers"], kinds))
            for number, kind, row in zip(passage.candidates, kinds, rows, strict=True):
                scores[mine[number]] = to_scores(kind, row, self.about["calibration"])


def load_relation_model(models_dir: Path, config: Mapping[str, Any] | None = None) -> RelationModel:
    """The link scorer that a configuration names.

    Args:
        models_dir: the folder `models/`.
        config: the entry `relations` of `models/config.yaml`: `folder`, `threads`, `window`, `overlap`, `most`.

    Raises:
        ModelError: a file is missing or does not load; the message says which and how to get it.
    """
    import onnxruntime

    options = dict(config or {})
    folder = models_dir / str(options.get("folder", "relations"))
    about = read_config(folder / "config.json")
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = int(options.get("threads", 2))
    settings.add_session_config_entry("session.intra_op.allow_spinning", "0")
    path = require(folder / "model.onnx")
    try:
        session = onnxruntime.InferenceSession(str(path), settings, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises many classes without a common base
        raise ModelError(f"{path} does not load as an ONNX model ({error}): {HOW_TO_GET}") from error
    tokenizer = open_tokenizer(models_dir / "encoder" / "tokenizer.json")
    sizes = {name: int(options[key]) for name, key in (("size", "window"), ("overlap", "overlap"), ("most", "most")) if key in options}
    return RelationModel(lambda arrays: session.run(None, arrays)[0], tokenizer, about, **sizes)
