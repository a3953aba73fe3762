"""Trigger words of agreements: where they stand, of which kind, with which status, and when the same words mean something else."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pipeline.core.facts import Label, Mention, Refusal, Span
from pipeline.core.lexicon import Pattern
from pipeline.extraction.layout import Sentence
from pipeline.extraction.mentions import WEAK
from pipeline.extraction.reading import Reading, first_match

DEMONSTRATIVE = re.compile(r"\b(?:ce|cet|cette|ces|ledit|ladite|le pr[ée]sent)\s+(?:\d+\s+|\w+\s+)?\Z", re.IGNORECASE)

DEFINITE = re.compile(r"\b(?:l['’]|cette |d'|leur |notre )\Z", re.IGNORECASE)
MOST = 30
"""Triggers of one sentence: no writer needs more, and time stays linear in the length of any text."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word that may state an agreement: where, of which kind, by which pattern."""

    span: Span
    kind: str
    method: str


def find_triggers(reading: Reading, sentence: Sentence) -> Sequence[Trigger]:
    """Trigger words of a sentence, the first pattern that matches a place deciding its kind; of a list without end the first ones."""
    if sentence.index not in reading.triggers:
        reading.triggers[sentence.index] = tuple(islice(read_triggers(reading, sentence), MOST))
    found: Sequence[Trigger] = reading.triggers[sentence.index]
    return found


def read_triggers(reading: Reading, sentence: Sentence) -> Iterator[Trigger]:
    """Read the trigger words of a sentence; words inside a sure name are none."""
    named = reading.mentions_in(sentence.span.start, sentence.span.end)
    taken = [m.span for m in named if m.label is not Label.PLACE and m.score > WEAK]
    for pattern in reading.lexicon.patterns("agreements"):
        for match in pattern.regex.finditer(reading.text, sentence.span.start, sentence.span.end):
            span = Span(match.start(), match.end())
            if not any(span.overlaps(other) for other in taken) and not names_project(reading, span):
                taken.append(span)
                yield Trigger(span, pattern.label, pattern.id)


def names_project(reading: Reading, word: Span) -> bool:
    """Whether a word such as "alliance" is the head of a project's name ("l'alliance SOLATINA") or stands for that project."""
    head = word.quote(reading.text).lower()
    named = any(reading.text[: m.span.start].rstrip(" «“\u00a0").lower().endswith(f" {head}") for m in reading.mentions if is_project(m))
    return named and DEFINITE.search(reading.text, 0, word.start) is not None


def is_project(mention: Mention) -> bool:
    """Whether a mention names a project."""
    return mention.label is Label.PROJECT and mention.score > WEAK


def refusing(reading: Reading, sentence: Sentence, trigger: Trigger) -> Pattern | None:
    """The refusal pattern that covers a trigger, if any."""
    for pattern in reading.lexicon.patterns("refusals"):
        for match in pattern.regex.finditer(reading.text, sentence.span.start, sentence.span.end):
            if Span(match.start(), match.end()).overlaps(trigger.span):
                return pattern
    return first_match(reading.lexicon.patterns("unreal"), reading.text, *around(reading.text, sentence.span, trigger.span))


def around(text: str, sentence: Span, trigger: Span) -> tuple[int, int]:
    """The part of a sentence, between semicolons, in which a trigger stands."""
    before = text.rfind(";", sentence.start, trigger.start) + 1
    after = text.find(";", trigger.end, sentence.end)
    return max(before, sentence.start), after if after >= 0 else sentence.end


def refusal(reading: Reading, sentence: Sentence, trigger: Trigger) -> Refusal:
    """The ledger's line for a trigger sentence without a fact."""
    pattern = refusing(reading, sentence, trigger)
    denied = status_of(reading, sentence, trigger) == "denied"
    reason = pattern.label if pattern else "denied" if denied else "no two named parties linked by it"
    return Refusal(sentence.span, trigger.span.quote(reading.text), reason)


def plural(trigger: Trigger, reading: Reading) -> bool:
    """Whether a trigger is in the plural."""
    return trigger.span.quote(reading.text).split()[0].rstrip(",").endswith(("s", "S"))


def status_of(reading: Reading, sentence: Sentence, trigger: Trigger) -> str:
    """Status by the cues around a trigger: its own clause first, a signing anywhere in the sentence next, else active."""
    patterns = reading.lexicon.patterns("status")
    later = min((m.span.start for m in find_triggers(reading, sentence) if m.span.start > trigger.span.end), default=sentence.span.end)
    lasting = first_match([p for p in patterns if p.label in ("ended", "active")], reading.text, trigger.span.start, later)
    if lasting is not None:
        return lasting.label
    start, end = clause(reading.text, sentence.span, trigger.span)
    near = first_match(patterns, reading.text, start, end)
    if near is not None:
        return near.label
    return (
        "signed"
        if any(p.label == "signed" and p.regex.search(reading.text, sentence.span.start, sentence.span.end) for p in patterns)
        else "active"
    )


def clause(text: str, sentence: Span, trigger: Span) -> tuple[int, int]:
    """The words around a trigger that can tell its status: back to the clause's start, forward a little."""
    start = max(sentence.start, trigger.start - 90)
    for match in re.finditer(r"[;:]\s|,\s(?:mais|et que|tandis)|\bqui\b", text[start : trigger.start]):
        start += match.end() if start + match.end() < trigger.start else 0
        break
    end = min(sentence.end, trigger.end + 60)
    stop = re.search(r"[;:]\s|\b(?:qui|pour|afin|visant|prévoyant|portant)\b", text[trigger.end : end])
    return start, trigger.end + stop.start() if stop else end
