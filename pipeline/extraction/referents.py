"""Who or what a stretch of text may say is paid: names of projects and organisations, and role words that stand for them ("le projet", "nous").

A name behind "par", "avec", "dont" … is oblique: it is not what the sentence is about.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pipeline.core.facts import Label, Span
from pipeline.extraction.layout import Sentence
from pipeline.extraction.mentions import ORGANISATIONS, WEAK
from pipeline.extraction.parties import last_cluster
from pipeline.extraction.reading import Reading

HEAD = r"(?:(?:la|le|les|l['’]|un|une|son|sa|ses|leur|notre|nos|ce|cette|du|de la|de l['’])\s*)?(?:[a-zéèêàîç-]+\s+(?:de\s+(?:comp[ée]titivit[ée]\s+)?)?){0,2}[«“\"]?\s*"
OBLIQUE = re.compile(
    rf"(?:\b(?:par|avec|chez|selon|entre|contre|sous|via|outre|membres? d[eu]|dont|o[ùu]|comme|sans|hors|vers|depuis|issue? d[eu]|accueilli\w*|membre)\b|\b(?:que|qu['’])\s*(?!(?:le|la|les|son|sa|ses|un|une|ce|cette|notre|nos|leur|l['’])\b)[a-zéè']+)\s*{HEAD}\Z",
    re.IGNORECASE,
)
DATIVE = re.compile(rf"\b(?:à|au|aux|pour|en faveur d[eu]s?|au profit d[eu]s?|au b[ée]n[ée]fice d[eu]s?|dans|[àa] destination d[eu]s?)\s*{HEAD}\Z|\b(?:en faveur |au profit |au b[ée]n[ée]fice )d['’]\Z")
OF = re.compile(rf"(?:\b(?:de|du|des|à|au|aux|sur|en|dans|pour)\b|\bd['’])\s*{HEAD}\Z", re.IGNORECASE)
ADJECTIVE = re.compile(r"\s*(?:(?:\w+(?:en|if|al|el|ique|eux|é|ais|ain|ois|er|ne|ve|le|se|de comp[ée]titivit[ée]|baptis[ée]e?|intitul[ée]e?|nomm[ée]e?))\s+){0,2}[«“\"]?\s*")
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
        if m.entity not in paying and m.score > WEAK and (m.label is Label.PROJECT or (m.label in ORGANISATIONS and m.label is not Label.PUBLIC))
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
    return bool(after) and ADJECTIVE.fullmatch(reading.text[referent.span.end : after[0].span.start]) is not None


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
    return OBLIQUE.search(reading.text[max(0, referent.span.start - BACK) : referent.span.start].rsplit("\n", 1)[-1]) is not None


def dependent(reading: Reading, referent: Referent) -> bool:
    """Whether a preposition stands before a name: it is not the subject."""
    before = reading.text[max(0, referent.span.start - BACK) : referent.span.start].rsplit("\n", 1)[-1]
    return oblique(reading, referent) or OF.search(before) is not None


def dative(reading: Reading, referent: Referent) -> bool:
    """Whether "à", "pour" or "en faveur de" leads to a name; a role word may hold its own "au"."""
    before = reading.text[max(0, referent.span.start - BACK) : referent.span.start]
    own = reading.text[referent.span.start : referent.span.end].lower()
    return DATIVE.search(before) is not None or own.startswith(("au ", "à "))


def subject_of(reading: Reading, sentence: Sentence, end: int, paying: Collection[str]) -> Referent | None:
    """What a clause is about: the first thing before a position that no preposition governs."""
    inside = referents_in(reading, sentence.span.start, end, paying)
    return next((r for r in inside if not dependent(reading, r)), None)
