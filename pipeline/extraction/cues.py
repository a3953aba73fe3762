"""Words that make a public body or a programme a payer: what stands before it, the verb of which it is the subject, a sum beside it.

The words are those of `patterns/funding*.yaml`; here is where in a sentence they may stand.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.facts import Label, Mention, Span
from pipeline.extraction.amounts import Amount
from pipeline.extraction.layout import Sentence
from pipeline.extraction.mentions import ORGANISATIONS
from pipeline.extraction.parties import PRONOUN
from pipeline.extraction.reading import Reading
from pipeline.extraction.referents import LINKS

FUNDERS = frozenset({Label.PUBLIC, Label.PROGRAMME})
REACH, BEFORE, UNDER = 220, 60, 40
"""Code points from words of paying to a payer, before a name, and from "au titre de" to a programme."""

CLAUSE_END = re.compile(r"[;.]\s|\n|\b(?:que|qu|dont)\b[^,]*\Z")
PLAIN_WORDS = re.compile(r"\s*(?:[a-zéèêà'’]+\s+){0,3}")


@dataclass(frozen=True, slots=True)
class Cue:
    """Words of paying: where, on which side the payer stands, by which pattern."""

    span: Span
    side: str
    method: str


def candidates(reading: Reading, sentence: Sentence) -> list[Mention]:
    """Mentions that may pay: public bodies and programmes that are no place or speaker, foundations, agents of "financé par"."""
    named = reading.mentions_in(sentence.span.start, sentence.span.end)
    return [m for m in named if (m.label in FUNDERS or gives(reading, sentence, m)) and not aside(reading, sentence, m)]


def gives(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """Whether an organisation that is no public body may pay: its name says fund or bank, or "financé … par" leads to it."""
    if mention.label not in ORGANISATIONS or mention.label is Label.CLUSTER:
        return False
    before = reading.text[max(sentence.span.start, mention.span.start - REACH) : mention.span.start]
    return any(p.regex.search(mention.name if p.label == "name" else before) for p in reading.lexicon.patterns("funding_givers"))


def aside(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """Whether the words before a name make it a place, an office or a speaker."""
    before = reading.text[max(sentence.span.start, mention.span.start - BEFORE) : mention.span.start]
    return any(p.regex.search(before) for p in reading.lexicon.patterns("funding_bystanders"))


def cue_of(reading: Reading, sentence: Sentence, payer: Mention, sums: Sequence[Amount]) -> Cue | None:
    """The words that make a mention a payer: a verb of which it is the subject, words of paying before it, a sum beside it."""
    cues = all_cues(reading, sentence)
    subject = next((c for c in cues if c.side.startswith("before") and is_subject(reading, payer, c, sums)), None)
    sides = ("after", "receives", "receives.sum") if sums else ("after", "receives")
    after = [c for c in cues if c.side in sides and leads_to(reading, c, payer)]
    nearest = max(after, key=lambda c: c.span.end, default=None)
    told = own_project(reading, sentence, payer) or subject or nearest or beside_sum(reading, payer, sums)
    money = sums or reading.projects_in(sentence.span.start, sentence.span.end) or PRONOUN.match(reading.text, sentence.span.start)
    return told or (under(cues, payer) if money else None)


def under(cues: Sequence[Cue], payer: Mention) -> Cue | None:
    """The words "au titre de" right before a programme."""
    near = (c for c in cues if c.side == "programme" and 0 <= payer.span.start - c.span.end <= UNDER)
    return next(near, None) if payer.label is Label.PROGRAMME else None


def all_cues(reading: Reading, sentence: Sentence) -> list[Cue]:
    """Every word of paying in a sentence, in order."""
    found = [
        Cue(Span(match.start(), match.end()), p.label, p.id)
        for p in (*reading.lexicon.patterns("funding"), *reading.lexicon.patterns("funding_with_sum"))
        if p.label != "own"
        for match in p.regex.finditer(reading.text, sentence.span.start, sentence.span.end)
    ]
    return sorted(found, key=lambda cue: (cue.span, cue.side))


def own_project(reading: Reading, sentence: Sentence, payer: Mention) -> Cue | None:
    """The words "projet", "ce projet européen" right before a programme."""
    if payer.label is not Label.PROGRAMME:
        return None
    start = max(sentence.span.start, payer.span.start - BEFORE)
    for pattern in reading.lexicon.patterns("funding"):
        if pattern.label == "own" and (match := pattern.regex.search(reading.text, start, payer.span.start)):
            return Cue(Span(match.start(), match.end()), "own", pattern.id)
    return None


def is_subject(reading: Reading, payer: Mention, cue: Cue, sums: Sequence[Amount]) -> bool:
    """Whether a payer is the subject of a verb after it: no other actor stands right before the verb, a weak verb has a sum."""
    gap = reading.text[payer.span.end : cue.span.start]
    if not 0 <= cue.span.start - payer.span.end <= REACH or CLAUSE_END.search(gap):
        return False
    if cue.side == "before.sum" and not any(s.span.start >= cue.span.end for s in sums):
        return False
    between = [m for m in reading.mentions_in(payer.span.end, cue.span.start) if m.label in ORGANISATIONS or m.label is Label.PROJECT]
    others = [m for m in between if m.label not in FUNDERS]
    return not (others and PLAIN_WORDS.fullmatch(reading.text[others[-1].span.end : cue.span.start]))


def leads_to(reading: Reading, cue: Cue, payer: Mention) -> bool:
    """Whether words of paying reach a payer after them."""
    gap = reading.text[cue.span.end : payer.span.start]
    return 0 <= payer.span.start - cue.span.end <= REACH and not re.search(r";|\.\s", gap)


def beside_sum(reading: Reading, payer: Mention, sums: Sequence[Amount]) -> Cue | None:
    """The sum that stands right after a payer, or before it with "de"."""
    to_sum = reading.lexicon.wording(LINKS, "to_sum")
    for amount in sums:
        after = payer.span.end <= amount.span.start and to_sum.fullmatch(reading.text[payer.span.end : amount.span.start])
        if after or is_from(reading, amount, payer.span):
            return Cue(amount.span, "sum", "funding.sum")
    return None


def is_from(reading: Reading, amount: Amount, payer: Span) -> bool:
    """Whether "de" or "par" alone leads from a sum to a payer."""
    from_sum = reading.lexicon.wording(LINKS, "from_sum")
    return amount.span.end <= payer.start and from_sum.fullmatch(reading.text[amount.span.end : payer.start]) is not None
