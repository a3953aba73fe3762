"""Training examples of the link scorer: candidates of the annotated texts, and what their facts say of each."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from models.training.annotated import AnnotatedText
from models.training.data import all_mentions
from pipeline.core.facts import Label, Span
from pipeline.extraction.neural.relations import KINDS, OUTPUTS, ROLES, STATUSES, Candidate, Named, Passage, candidates_of, passages
from pipeline.extraction.neural.tokens import encode

IGNORED = -1.0
"""Target of a logit that a candidate says nothing about."""


@dataclass(frozen=True, slots=True)
class Link:
    """A fact between two entities: family, keys of `a` and `b`, labels that hold, and the words that state it."""

    family: str
    a: str
    b: str
    labels: tuple[str, ...]
    evidence: Span


@dataclass(frozen=True, slots=True)
class Target:
    """A candidate with the entity keys of its mentions and the truth: one number per output, 1 true, 0 false, `IGNORED` unknown."""

    candidate: Candidate
    a: str
    b: str
    truth: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LinkExample:
    """One passage ready for training, with the targets of its candidates."""

    name: str
    passage: Passage
    targets: tuple[Target, ...]


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


def targets_of(text: AnnotatedText) -> list[Target]:
    """All candidates of a text with their truth."""
    mentions = named_mentions(text)
    key = {mention.span: mention.entity for mention in mentions}
    links, unknown = list(links_of(text)), unknown_pairs(text)
    pairs = [(c, key[c.a], key[c.b]) for c in candidates_of(mentions)]
    return [Target(c, a, b, truth_of(c, a, b, matching(links, c.kind, a, b), pairs, unknown)) for c, a, b in pairs]


def matching(links: Iterable[Link], family: str, a: str, b: str) -> list[Link]:
    """The links of a family between two entities; an agreement may be told either way round."""
    return [k for k in links if k.family == family and ((k.a, k.b) == (a, b) or (family == "agreement" and (k.b, k.a) == (a, b)))]


def truth_of(
    candidate: Candidate, a: str, b: str, links: Sequence[Link], pairs: Sequence[tuple[Candidate, str, str]], unknown: set[frozenset[str]]
) -> NDArray[np.float32]:
    """The truth of one candidate: a linked pair of entities counts where the evidence is; elsewhere nothing is said about it."""
    truth = np.full(len(OUTPUTS), IGNORED, np.float32)
    if not links:
        known = not (candidate.kind == "agreement" and frozenset((a, b)) in unknown)
        truth[OUTPUTS.index(candidate.kind)] = 0.0 if known else IGNORED
        return truth
    same = [c for c, first, second in pairs if c.kind == candidate.kind and (first, second) == (a, b)]
    link = max(links, key=lambda link: nearness(candidate, link))
    if nearness(candidate, link) == max(nearness(c, k) for c in same for k in links):
        fill(truth, candidate.kind, link, a)
    return truth


def nearness(candidate: Candidate, link: Link) -> int:
    """How many of the two mentions stand in the words that state the link."""
    return sum(link.evidence.covers(span) for span in (candidate.a, candidate.b))


def fill(truth: NDArray[np.float32], family: str, link: Link, a: str) -> None:
    """Write a link into the truth of a candidate."""
    groups = {"agreement": (KINDS, STATUSES), "member": (ROLES,), "funding": ()}[family]
    truth[OUTPUTS.index(family)] = 1.0
    for group in groups:
        for name in group:
            truth[OUTPUTS.index(name)] = float(name in link.labels)
    if family == "agreement":
        truth[OUTPUTS.index("a_signatory")] = float(link.a == a)


def examples_of(
    text: AnnotatedText, tokenizer: Tokenizer, sizes: dict[str, int], chance: random.Random | None = None, negatives: int | None = None
) -> list[LinkExample]:
    """The passages of a text.

    Args:
        text: an annotated text.
        tokenizer: the encoder's.
        sizes: `size`, `overlap` and `most` of `passages`.
        chance: shuffles candidates, so that those of one passage vary; None keeps their order.
        negatives: at most so many candidates that are not true, a sample by `chance`; None keeps all.
    """
    targets = targets_of(text)
    if chance:
        chance.shuffle(targets)
        true = [t for t in targets if t.truth.max() > 0]
        targets = true + [t for t in targets if t.truth.max() <= 0][:negatives]
    cut = passages(encode(text.text, tokenizer), [t.candidate for t in targets], **sizes)
    return [LinkExample(text.path.stem, p, tuple(targets[n] for n in p.candidates)) for p in cut]


def gold_pairs(text: AnnotatedText) -> dict[tuple[str, str, str], Any]:
    """What a document states, by family and entity keys (agreements in sorted order), with the labels."""
    return {(k.family, *(sorted((k.a, k.b)) if k.family == "agreement" else (k.a, k.b))): k.labels for k in links_of(text)}
