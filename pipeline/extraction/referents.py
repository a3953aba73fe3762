"""Who or what a text may say is paid: names of projects and organisations, and role words for them ("le projet", "nous").

A name behind "par", "avec", "dont" … is oblique: it is not what the sentence is about.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pipeline.core.facts import Label, Span
from pipeline.extraction.layout import Sentence
from pipeline.extraction.mentions import ORGANISATIONS, WEAK
from pipeline.extraction.parties import last_cluster
from pipeline.extraction.reading import Reading

LINKS = "funding_links"
BACK = 60
KINDS = {
    "company": frozenset({Label.COMPANY, Label.ORG}),
    "research": frozenset({Label.RESEARCH}),
    "association": frozenset({Label.ASSOCIATION, Label.CLUSTER}),
}


@dataclass(frozen=True, slots=True)
class Referent:
    """A project or organisation that a stretch names or means, and where; `named` is false for a role word."""

    key: str
    span: Span
    project: bool
    named: bool = True


def referents_in(reading: Reading, start: int, end: int, paying: Collection[str]) -> list[Referent]:
    """Everything in a stretch that may be paid, in order; payers, places and public bodies may not."""
    named = [
        Referent(m.entity, m.span, m.label is Label.PROJECT)
        for m in reading.mentions_in(start, end)
        if m.entity not in paying
        and m.score > WEAK
        and (m.label is Label.PROJECT or (m.label in ORGANISATIONS and m.label is not Label.PUBLIC))
    ]
    meant = [r for r in role_words(reading, start, end) if r.key not in paying and not introduces(reading, r)]
    return sorted([*named, *meant], key=lambda referent: referent.span)


def role_words(reading: Reading, start: int, end: int) -> Iterator[Referent]:
    """What "le projet", "le pôle", "l'entreprise", "nous" stand for."""
    for pattern in reading.lexicon.patterns("funding_topics"):
        for match in pattern.regex.finditer(reading.text, start, end):
            key = meant_by(reading, pattern.label, match.start())
            if key is not None:
                yield Referent(key, Span(match.start(), match.end()), pattern.label == "project", named=False)


def introduces(reading: Reading, referent: Referent) -> bool:
    """Whether a role word stands right before the name that it announces ("le projet X")."""
    after = reading.mentions_in(referent.span.end, referent.span.end + BACK)
    return (
        bool(after)
        and reading.lexicon.wording(LINKS, "adjective").fullmatch(reading.text[referent.span.end : after[0].span.start]) is not None
    )


def meant_by(reading: Reading, kind: str, position: int) -> str | None:
    """The entity that a role word of a kind means at a position: the last one named that fits, else the topic."""
    if kind == "us":
        return reading.topic
    if kind == "cluster":
        return next(iter(last_cluster(reading, position)), None)
    before = [m for m in reading.mentions_in(0, position) if m.score > WEAK]
    if kind == "project":
        return next((m.entity for m in reversed(before) if m.label is Label.PROJECT), None)
    return next((m.entity for m in reversed(before) if m.label in KINDS[kind]), None)


def oblique(reading: Reading, referent: Referent) -> bool:
    """Whether the words before a name make it an agent, a companion or part of a relative clause."""
    return (
        reading.lexicon.wording(LINKS, "oblique").search(
            reading.text[max(0, referent.span.start - BACK) : referent.span.start].rsplit("\n", 1)[-1]
        )
        is not None
    )


def dependent(reading: Reading, referent: Referent) -> bool:
    """Whether a preposition stands before a name: it is not the subject."""
    before = reading.text[max(0, referent.span.start - BACK) : referent.span.start].rsplit("\n", 1)[-1]
    return oblique(reading, referent) or reading.lexicon.wording(LINKS, "governed").search(before) is not None


def dative(reading: Reading, referent: Referent) -> bool:
    """Whether "à", "pour" or "en faveur de" leads to a name; a role word may hold its own "au"."""
    before = reading.text[max(0, referent.span.start - BACK) : referent.span.start]
    own = reading.text[referent.span.start : referent.span.end].lower()
    return reading.lexicon.wording(LINKS, "dative").search(before) is not None or own.startswith(("au ", "à "))


def subject_of(reading: Reading, sentence: Sentence, end: int, paying: Collection[str]) -> Referent | None:
    """What a clause is about: the first thing before a position that no preposition governs."""
    inside = referents_in(reading, sentence.span.start, end, paying)
    return next((r for r in inside if not dependent(reading, r)), None)
