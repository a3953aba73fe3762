"""The parties of an agreement whose own sentence does not join them: "A a reçu la directrice de B. Le protocole d'accord vaut deux ans."

The two organisations named last, sentence by sentence backwards, are the parties if they are no more than two; a single one is the
counterpart of whom the text is about. Only a word whose sentence tells a status ("a été signé", "arrive à échéance") looks back.
"""

import re
from collections.abc import Iterator, Sequence

from pipeline.core.facts import Label
from pipeline.extraction.layout import Kind, Sentence
from pipeline.extraction.parties import Party, distinct, parties_in
from pipeline.extraction.reading import Reading

BACK = 2
OPENING = 8
ENTRY = re.compile(r"\s*(?:\([^()\n]*\))?\s*(?:[;:/|–—-]\s|,\s)")
SIDES = frozenset({Label.CLUSTER, Label.RESEARCH, Label.ASSOCIATION, Label.ORG})


def nearby_pair(reading: Reading, sentence: Sentence, parties: Sequence[Party]) -> tuple[str, str] | None:
    """The two organisations between which a sentence must tell an agreement: named in it or right before it.

    Args:
        reading: the document.
        sentence: the one with the word for an agreement.
        parties: the parties in it.

    Returns:
        Signatory and counterpart; None where three or more may be meant, or nobody but the topic.
    """
    keys: list[str] = []
    for told in (parties, *(() if opens_entry(reading, sentence, parties) else earlier(reading, sentence))):
        keys = list(dict.fromkeys([*keys, *distinct([p for p in told if p.label in SIDES])]))
        if len(keys) >= 2:
            break
    topic = reading.topic
    if len(keys) == 1 and topic is not None and topic != keys[0]:
        keys.insert(0, topic)
    if len(keys) != 2:
        return None
    first, second = sorted(keys, key=lambda key: key != topic)
    return first, second


def opens_entry(reading: Reading, sentence: Sentence, parties: Sequence[Party]) -> bool:
    """Whether a sentence is an entry of a list ("B – Norvège – mémorandum, 2016"): one name opens it, a mark sets it off."""
    if len(distinct(parties)) != 1 or parties[0].resolved or parties[0].span.start - sentence.span.start > OPENING:
        return False
    return ENTRY.match(reading.text, parties[0].span.end, sentence.span.end) is not None


def earlier(reading: Reading, sentence: Sentence) -> Iterator[list[Party]]:
    """Parties of the sentences before one, the nearest first; an item or a table row looks no further than its own line."""
    for previous in reversed(reading.sentences[max(0, sentence.index - BACK) : sentence.index]):
        if sentence.kind in (Kind.ITEM, Kind.ROW) and previous.line != sentence.line:
            return
        yield parties_in(reading, previous.span)
