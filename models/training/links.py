"""Training examples of the link scorer: pairs of entities of the annotated texts, and what the facts say of each."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from models.training.annotated import AnnotatedText
from models.training.data import ORGANISATIONS, all_mentions
from pipeline.core.facts import Label, Span
from pipeline.extraction.neural.relations import KINDS, OUTPUTS, ROLES, STATUSES, Named, Pair, Passage, pairs_of, passages
from pipeline.extraction.neural.tokens import Pieces, encode

IGNORED = -1.0
"""Target of a logit that a pair says nothing about."""


MISTAKEN = 0.08
"""Share of organisations that get a wrong kind in a reading of the training texts."""


@dataclass(frozen=True, slots=True)
class Link:
    """A fact between two entities: family, keys of `a` and `b`, labels that hold, and the words that state it."""

    family: str
    a: str
    b: str
    labels: tuple[str, ...]
    evidence: Span


@dataclass(frozen=True, slots=True)
class LinkExample:
    """One passage ready for training: its pairs and their truth (pairs × outputs: 1 true, 0 false, `IGNORED` unknown)."""

    name: str
    passage: Passage
    pairs: tuple[Pair, ...]
    truth: NDArray[np.float32]


def links_of(text: AnnotatedText) -> Iterator[Link]:
    """Every link that the facts of a text state."""
    for fact in text.facts("agreements"):
        where = Span(*text.evidence[fact["evidence"]])
        labels = (fact["kind"], fact["status"])
        yield from (Link("agreement", a, b, labels, where) for a in fact["signatories"] for b in fact["counterparts"])
    for fact in text.facts("projects"):
        where = Span(*text.evidence[fact["evidence"]])
        yield from (Link("member", fact["entity"], m["entity"], (m["role"],), where) for m in fact.get("members") or [])
    for fact in text.facts("funding"):
        where = Span(*text.evidence[fact["evidence"]])
        yield from (Link("funding", fact["beneficiary"], fact[x], (), where) for x in ("programme", "funder") if fact.get(x))


def unknown_pairs(text: AnnotatedText) -> set[frozenset[str]]:
    """Pairs on one side of one agreement: whether they are linked is a matter of telling, so nothing is learned from them."""
    sides = [side for fact in text.facts("agreements") for side in (fact["signatories"], fact["counterparts"])]
    return {frozenset((a, b)) for side in sides for a in side for b in side if a != b}


def named_mentions(text: AnnotatedText) -> list[Named]:
    """The mentions of a text as the candidate generator takes them."""
    return [Named(Span(m.start, m.end), Label(text.entities[m.entity]["label"]), m.entity) for m in all_mentions(text)]


def mistaken(mentions: Sequence[Named], share: float, chance: random.Random) -> list[Named]:
    """The mentions with some organisations under another kind, alike at each occurrence: what the mention model may get wrong."""
    keys = dict.fromkeys(mention.entity for mention in mentions if mention.label.value in ORGANISATIONS)
    wrong = {key: Label(chance.choice(ORGANISATIONS)) for key in keys if chance.random() < share}
    return [replace(mention, label=wrong.get(mention.entity, mention.label)) for mention in mentions]


def examples_of(text: AnnotatedText, tokenizer: Tokenizer, sizes: dict[str, int], chance: random.Random | None = None) -> list[LinkExample]:
    """The passages of a text with the truth of their pairs.

    Args:
        text: an annotated text.
        tokenizer: the encoder's.
        sizes: `size` and `overlap` of `passages`.
        chance: gives some organisations a wrong kind, as happens at run time; None leaves all as annotated.
    """
    mentions = named_mentions(text)
    if chance:
        mentions = mistaken(mentions, MISTAKEN, chance)
    pieces, pairs = encode(text.text, tokenizer), pairs_of(mentions)
    made = []
    for passage in passages(pieces, mentions, pairs, **sizes):
        some = tuple(pairs[number] for number in passage.pairs)
        seen = extent(pieces, passage)
        made.append(LinkExample(text.path.stem, passage, some, np.stack([truth_of(text, pair, seen) for pair in some])))
    return made


def extent(pieces: Pieces, passage: Passage) -> Span:
    """The code points that a passage reads."""
    return Span(int(pieces.offsets[passage.window.start, 0]), int(pieces.offsets[passage.window.end - 1, 1]))


def truth_of(text: AnnotatedText, pair: Pair, seen: Span) -> NDArray[np.float32]:
    """The truth of one pair: a link counts in the passages that hold its words; where they are elsewhere nothing is said about it."""
    truth = np.full(len(OUTPUTS), IGNORED, np.float32)
    place = OUTPUTS.index(pair.family)
    if pair.family == "located":
        truth[place] = located(text, pair)
        return truth
    links = [k for k in links_of(text) if k.family == pair.family and joins(k, pair)]
    inside = [k for k in links if k.evidence.overlaps(seen)]
    if inside:
        fill(truth, pair, inside[0])
    elif not links and not (pair.family == "agreement" and frozenset((pair.a, pair.b)) in unknown_pairs(text)):
        truth[place] = 0.0
    return truth


def joins(link: Link, pair: Pair) -> bool:
    """Whether a link is between the entities of a pair; an agreement may be told either way round."""
    return (link.a, link.b) == (pair.a, pair.b) or (link.family == "agreement" and (link.b, link.a) == (pair.a, pair.b))


def located(text: AnnotatedText, pair: Pair) -> float:
    """Whether a place tells where an organisation is: it is in the organisation's country; unknown where the place has none."""
    ours, theirs = (text.entities[key].get("country") for key in (pair.a, pair.b))
    return IGNORED if theirs is None else float(ours == theirs)


def fill(truth: NDArray[np.float32], pair: Pair, link: Link) -> None:
    """Write a link into the truth of a pair."""
    groups = {"agreement": (KINDS, STATUSES), "member": (ROLES,), "funding": ()}[pair.family]
    truth[OUTPUTS.index(pair.family)] = 1.0
    for group in groups:
        for name in group:
            truth[OUTPUTS.index(name)] = float(name in link.labels)
    if pair.family == "agreement":
        truth[OUTPUTS.index("a_signatory")] = float(link.a == pair.a)


def gold_pairs(text: AnnotatedText) -> dict[tuple[str, str, str], Any]:
    """What a document states, by family and entity keys (agreements in sorted order), with the labels."""
    return {(k.family, *(sorted((k.a, k.b)) if k.family == "agreement" else (k.a, k.b))): k.labels for k in links_of(text)}
