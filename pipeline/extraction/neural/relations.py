"""The link scorer: reads a text once, with the kinds of its mentions written into it, and judges every pair of entities.

A piece of a mention carries the embedding of its label beside its own. What the encoder makes of a mention's first and last piece
stands for the mention, the log-sum-exp of its mentions for an entity, and each pair looks over the whole passage for the words that tie
it (pooling and localised context: Zhou et al., ATLOP, AAAI 2021). So one pass judges all pairs, each in its whole context: title,
introduction of the list, sentences between.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.core.facts import ORGANISATION_KINDS, Label, Span
from pipeline.extraction.neural.decoding import Floats, log_softmax
from pipeline.extraction.neural.session import open_network, open_tokenizer, read_config
from pipeline.extraction.neural.tokens import BEGIN, END, Integers, Pieces, Window, encode, windows

FAMILIES = ("agreement", "member", "funding", "located")
"""What a pair may be: organisation–organisation, project–organisation, beneficiary–programme or funder, organisation–place."""

KINDS = ("mou", "letter_of_intent", "cooperation_agreement", "partnership", "convention", "twinning", "alliance", "other")
STATUSES = ("signed", "active", "planned", "ended")
ROLES = ("coordinator", "partner", "label")
OUTPUTS = (*FAMILIES, *KINDS, *STATUSES, *ROLES, "a_signatory")
"""The logits of one pair: is it a link of each family; kind and status of an agreement; role of a member; does `a` sign."""

HEADS = {"agreement": (KINDS, STATUSES), "member": (ROLES,), "funding": (), "located": ()}
PAYERS = (Label.PROGRAMME, Label.PUBLIC, Label.ORG, Label.ASSOCIATION, Label.COMPANY)
LABELS = tuple(Label)
REACH = {"agreement": 1500, "member": 1200, "funding": 900, "located": 200}
"""Code points between two mentions beyond which they make no pair (the farthest linked pairs of the training corpus; places stand near)."""

BUCKETS = (0, 4, 12, 30, 60, 120, 240, 400)
"""Pieces between the nearest mentions of a pair from which on it is in the next class of distance."""


@dataclass(frozen=True, slots=True)
class Named:
    """A mention with the document-level key of what it names."""

    span: Span
    label: Label
    entity: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entities that a fact may link, with their nearest mentions.

    `family` is one of `FAMILIES`. Member: `a` is the project. Funding: `a` is the beneficiary. Located: `a` is the organisation.
    Agreement: in the order of the text.
    """

    family: str
    a: str
    b: str
    a_span: Span
    b_span: Span


@dataclass(frozen=True, slots=True)
class Scores:
    """What the model says of a pair.

    `probability` (0–1, calibrated on the dev split) that the text states the link; `labels` holds probabilities given that it does: each
    kind and each status of an agreement and `a_signatory`, each role of a member.
    """

    probability: float
    labels: dict[str, float]

    def best(self, names: Sequence[str]) -> str:
        """The likeliest of some labels, such as `KINDS`."""
        return max(names, key=lambda name: self.labels.get(name, 0.0))


@dataclass(frozen=True, slots=True)
class Passage:
    """What one pass reads.

    `ids` (n) are pieces; `mentions` are those inside, with their first and last pieces in `places` (mentions × 2, counted in the passage);
    `pairs` are the numbers of the pairs judged in it.
    """

    window: Window
    ids: Integers
    mentions: tuple[Named, ...]
    places: Integers
    pairs: tuple[int, ...]


def gap(a: Span, b: Span) -> int:
    """Code points between two spans."""
    return max(a.start - b.end, b.start - a.end, 0)


def families(a: Label, b: Label) -> Iterator[tuple[str, bool]]:
    """The families that two labels allow, and whether the second entity comes first in the pair."""
    organisations = (a in ORGANISATION_KINDS, b in ORGANISATION_KINDS)
    if all(organisations):
        yield "agreement", False
    for turned, first, second in ((False, a, b), (True, b, a)):
        if first == Label.PROJECT and second in ORGANISATION_KINDS:
            yield "member", turned
        if second in PAYERS and (first == Label.PROJECT or (first in ORGANISATION_KINDS and second in (Label.PROGRAMME, Label.PUBLIC))):
            yield "funding", turned
        if first in ORGANISATION_KINDS and second == Label.PLACE:
            yield "located", turned


def pairs_of(mentions: Sequence[Named]) -> list[Pair]:
    """All pairs of entities of one document that may be linked, the same at training and at run time."""
    entities: dict[str, list[Named]] = {}
    for mention in mentions:
        entities.setdefault(mention.entity, []).append(mention)
    made = []
    for one, other in combinations(entities.values(), 2):
        allowed = list(families(one[0].label, other[0].label))
        near = nearest(one, other) if allowed else None
        made += [pair for family, turned in allowed if near and (pair := pair_of(family, *near, turned=turned))]
    return made


def nearest(ours: Sequence[Named], theirs: Sequence[Named]) -> tuple[Named, Named]:
    """The mentions of two entities that stand nearest, the earliest of them."""
    return min(product(ours, theirs), key=lambda pair: (gap(pair[0].span, pair[1].span), pair[0].span))


def pair_of(family: str, one: Named, other: Named, *, turned: bool) -> Pair | None:
    """The pair that two mentions stand for, None if they are out of reach."""
    if gap(one.span, other.span) > REACH[family]:
        return None
    a, b = (other, one) if turned or (family == "agreement" and other.span < one.span) else (one, other)
    return Pair(family, a.entity, b.entity, a.span, b.span)


def piece_at(pieces: Pieces, position: int) -> int:
    """The piece that holds a code point, or the next one."""
    return int(np.searchsorted(pieces.offsets[:, 1], position, side="right"))


def passages(pieces: Pieces, mentions: Sequence[Named], pairs: Sequence[Pair], size: int, overlap: int) -> list[Passage]:
    """Cut a text into passes; a pair is judged in each pass that holds mentions of both its entities.

    Args:
        pieces: the pieces of the text.
        mentions: its mentions.
        pairs: the pairs to judge; one whose entities no window holds together is in no passage.
        size: pieces of a window.
        overlap: pieces that neighbours share.
    """
    spans = [(piece_at(pieces, m.span.start), piece_at(pieces, m.span.end - 1)) for m in mentions]
    made = []
    for cut in windows(len(pieces), size, overlap):
        inside = [n for n, (first, last) in enumerate(spans) if cut.start <= first and last < cut.end]
        there = {mentions[n].entity for n in inside}
        judged = tuple(n for n, pair in enumerate(pairs) if pair.a in there and pair.b in there)
        if judged:
            places = np.array([spans[n] for n in inside], np.int64) - cut.start
            made.append(Passage(cut, pieces.ids[cut.start : cut.end], tuple(mentions[n] for n in inside), places, judged))
    return made


def feed(passage: Passage, pairs: Sequence[Pair]) -> dict[str, Any]:
    """The arrays that the network takes for one passage.

    `input_ids` and `types` (1 × pieces with begin and end), `places` (mentions × 2), `members` (entities × mentions, 1 where the mention is
    the entity's), `pairs` and `nearest` (pairs × 2: entities and their nearest mentions), `kinds` (pairs × 2: family, class of distance).

    Args:
        passage: text and mentions.
        pairs: those that the passage judges, in its order.
    """
    keys = list(dict.fromkeys(mention.entity for mention in passage.mentions))
    members = np.array([[mention.entity == key for mention in passage.mentions] for key in keys], np.float32)
    places = passage.places + 1
    near = np.array([nearest_inside(passage, pair) for pair in pairs], np.int64)
    apart = np.abs(places[near[:, 0], 0] - places[near[:, 1], 0])
    kinds = np.stack([[FAMILIES.index(pair.family) for pair in pairs], np.searchsorted(BUCKETS, apart)], 1)
    return {
        "input_ids": np.concatenate([[BEGIN], passage.ids, [END]])[None],
        "types": types_of(passage)[None],
        "places": places,
        "members": members,
        "pairs": np.array([(keys.index(pair.a), keys.index(pair.b)) for pair in pairs], np.int64),
        "nearest": near,
        "kinds": kinds.astype(np.int64),
    }


def types_of(passage: Passage) -> Integers:
    """For each piece 0, or a number for the label of the mention that it begins (odd) or continues (even)."""
    types = np.zeros(len(passage.ids) + 2, np.int64)
    for mention, (first, last) in zip(passage.mentions, passage.places + 1, strict=True):
        types[first : last + 1] = 2 + 2 * LABELS.index(mention.label)
        types[first] -= 1
    return types


def nearest_inside(passage: Passage, pair: Pair) -> tuple[int, int]:
    """Numbers of the nearest mentions of a pair's entities within a passage."""
    ours, theirs = ([n for n, m in enumerate(passage.mentions) if m.entity == key] for key in (pair.a, pair.b))
    return min(product(ours, theirs), key=lambda two: gap(passage.mentions[two[0]].span, passage.mentions[two[1]].span))


def probability(logit: float, calibration: Mapping[str, float]) -> float:
    """Platt's calibration of a logit (Platt 1999): the logistic function of `scale` × logit + `shift`."""
    return float(1 / (1 + np.exp(-np.clip(calibration["scale"] * logit + calibration["shift"], -30, 30))))


def to_scores(family: str, logits: Floats, calibration: Mapping[str, Mapping[str, float]]) -> Scores:
    """The scores of one pair from its row of logits."""
    of = dict(zip(OUTPUTS, logits.tolist(), strict=True))
    labels: dict[str, float] = {}
    for names in HEADS[family]:
        labels.update(zip(names, np.exp(log_softmax(np.array([of[name] for name in names], np.float32))).tolist(), strict=True))
    if family == "agreement":
        labels["a_signatory"] = probability(of["a_signatory"], {"scale": 1, "shift": 0})
    return Scores(probability(of[family], calibration[family]), labels)


class RelationModel:
    """The shipped link scorer; loaded once, used for many texts."""

    def __init__(self, run: Any, tokenizer: Any, about: Mapping[str, Any], *, size: int = 508, overlap: int = 128) -> None:
        self.run, self.tokenizer, self.about = run, tokenizer, about
        self.size, self.overlap = size, overlap

    @property
    def name_version(self) -> str:
        """Name and version for the `method` of a fact, such as `relations@2.0`."""
        return f"relations@{self.about['version']}"

    def score(self, text: str, mentions: Sequence[Named], pairs: Sequence[Pair]) -> list[Scores]:
        """Judge pairs of one text, each in the passage that is surest of it; one that no passage holds whole gets probability 0."""
        scores = [Scores(0.0, {})] * len(pairs)
        for passage in passages(encode(text, self.tokenizer), mentions, pairs, self.size, self.overlap):
            chosen = [pairs[number] for number in passage.pairs]
            rows = self.run(feed(passage, chosen))
            for number, pair, row in zip(passage.pairs, chosen, rows, strict=True):
                found = to_scores(pair.family, row, self.about["calibration"])
                scores[number] = max(scores[number], found, key=lambda score: score.probability)
        return scores


def load_relation_model(models_dir: Path, config: Mapping[str, Any] | None = None) -> RelationModel:
    """The link scorer that a configuration names.

    Args:
        models_dir: the folder `models/`.
        config: the entry `relations` of `models/config.yaml`: `folder`, `threads`, `window`, `overlap`.

    Raises:
        ModelError: a file is missing or does not load; the message says which and how to get it.
    """
    options = dict(config or {})
    folder = models_dir / str(options.get("folder", "relations"))
    about = read_config(folder / "config.json")
    network = open_network(folder / "model.onnx", int(options.get("threads", 2)))
    tokenizer = open_tokenizer(models_dir / "encoder" / "tokenizer.json")
    sizes = {name: int(options[key]) for name, key in (("size", "window"), ("overlap", "overlap")) if key in options}
    return RelationModel(network, tokenizer, about, **sizes)
