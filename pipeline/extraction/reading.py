"""One document as the fact finders see it: text, sentences, mentions, entities and dates, with the look-ups that they share."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipeline.core.facts import DatedExpression, Document, Entity, Label, Mention
from pipeline.core.lexicon import Lexicon, Pattern
from pipeline.core.names import fold
from pipeline.extraction.layout import Kind, Sentence, sentence_at
from pipeline.extraction.mentions import ORGANISATIONS

TITLE = 160
"""Code points in which a title and a first line fit: who is named there is likelier the topic."""


@dataclass(frozen=True)
class Reading:
    """A document with everything found in it so far. Mentions and dates are sorted by span; mentions carry their entity's key."""

    document: Document
    sentences: Sequence[Sentence]
    mentions: Sequence[Mention]
    entities: dict[str, Entity]
    dates: Sequence[DatedExpression]
    lexicon: Lexicon

    @property
    def text(self) -> str:
        """The cleaned text."""
        return self.document.text

    @cached_property
    def starts(self) -> list[int]:
        """Start offsets of the mentions."""
        return [mention.span.start for mention in self.mentions]

    @cached_property
    def triggers(self) -> dict[int, Any]:
        """Trigger words already read, by the index of their sentence."""
        return {}

    def mentions_in(self, start: int, end: int) -> list[Mention]:
        """Mentions that lie inside `[start, end)`."""
        first = bisect_left(self.starts, start)
        last = bisect_left(self.starts, end)
        return [mention for mention in self.mentions[first:last] if mention.span.end <= end]

    def organisations_in(self, start: int, end: int) -> list[Mention]:
        """Mentions of organisations inside `[start, end)`, weak ones included."""
        return [mention for mention in self.mentions_in(start, end) if mention.label in ORGANISATIONS]

    def projects_in(self, start: int, end: int) -> list[Mention]:
        """Mentions of projects inside `[start, end)`."""
        return [mention for mention in self.mentions_in(start, end) if mention.label is Label.PROJECT]

    def dates_in(self, start: int, end: int) -> list[DatedExpression]:
        """Dates and durations inside `[start, end)`."""
        return [when for when in self.dates if start <= when.span.start and when.span.end <= end]

    def sentence(self, position: int) -> Sentence:
        """The sentence that holds a position."""
        return sentence_at(self.sentences, position)

    def items_after(self, sentence: Sentence) -> list[Sentence]:
        """The list items or table rows that a sentence introduces."""
        items: list[Sentence] = []
        for following in self.sentences[sentence.index + 1 :]:
            if following.kind not in (Kind.ITEM, Kind.ROW) or following.intro != sentence.index:
                break
            items.append(following)
        return items

    @cached_property
    def topic(self) -> str | None:
        """Key of the organisation whose story the text tells: the publisher, else who is named most and first."""
        counts: dict[str, float] = {}
        publisher = fold(self.document.publisher or "")
        for mention in self.mentions:
            if mention.label in ORGANISATIONS and mention.label is not Label.PUBLIC and mention.score > 0.5:
                counts[mention.entity] = counts.get(mention.entity, 0.0) + self.weight(mention, publisher)
        return max(counts, key=lambda key: counts[key]) if counts else None

    def weight(self, mention: Mention, publisher: str) -> float:
        """How much one mention speaks for its entity being the topic."""
        early = 3.0 if mention.span.start < TITLE else 2.0 if mention.span.start < len(self.text) / 4 else 1.0
        cluster = 2.5 if mention.label is Label.CLUSTER else 1.0
        published = 5.0 if publisher and fold(mention.name) == publisher else 1.0
        return early * cluster * published


def first_match(patterns: Sequence[Pattern], text: str, start: int, end: int) -> Pattern | None:
    """The first pattern, in file order, that occurs in `[start, end)`."""
    return next((pattern for pattern in patterns if pattern.regex.search(text, start, end)), None)
