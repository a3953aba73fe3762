"""Sentences in context, with parties, dates and trigger marked; whole documents with all that was found in them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import pandas as pd

from pipeline.core.errors import LexiconError
from pipeline.core.lexicon import Lexicon, Pattern
from pipeline.versions.statements import ENTITIES, Statements, Words

AROUND = 140
"""Code points of context on either side of a quote."""

Range = tuple[int, int]
"""First code point, and one past the last."""

PRIORITY = ("party", "date", "trigger", "mention")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a document that means something."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text to show, with what it means (nothing for plain text) and whether it is part of the quote."""

    text: str
    kind: str = ""
    quoted: bool = False
    here: bool = False
    """Whether it is what somebody has followed a link to."""


class Passages:
    """Looks up what stands where in the documents of one version."""

    def __init__(self, statements: Statements, lexicon: Lexicon) -> None:
        self.statements, self.lexicon = statements, lexicon

    @property
    def texts(self) -> Mapping[str, str]:
        """The cleaned text of each document."""
        return self.statements.texts

    @cached_property
    def mentions(self) -> Mapping[str, list[tuple[int, int, str]]]:
        """Mentions by document: start, end, and the id of the row named."""
        found = defaultdict(list)
        table = self.statements.tables["mentions"]
        named = table["organisation_id"].fillna(table["project_id"]).fillna(table["programme_id"])
        for document, start, end, row in zip(table["document_id"], table["char_start"], table["char_end"], named, strict=True):
            found[document].append((int(start), int(end), "" if pd.isna(row) else row))
        return found

    @cached_property
    def dates(self) -> Mapping[str, list[tuple[int, int]]]:
        """Dates by document."""
        found = defaultdict(list)
        table = self.statements.tables["dates"]
        for document, start, end in zip(table["document_id"], table["char_start"], table["char_end"], strict=True):
            found[document].append((int(start), int(end)))
        return found

    @cached_property
    def rules(self) -> Mapping[str, Pattern]:
        """Patterns by id; none where the models folder has none."""
        try:
            names = [path.stem for path in sorted(self.lexicon.folder.glob("patterns/*.yaml"))]
            return {rule.id: rule for name in names for rule in self.lexicon.patterns(name)}
        except LexiconError:
            return {}

    def passage(self, words: Words, ids: Iterable[str]) -> list[Piece]:
        """A quote in its context: its parties (ids of rows), dates and trigger marked."""
        text = self.texts.get(words.document_id, "")
        if text[words.start : words.end] != words.quote:
            return [Piece(words.quote, quoted=True)]
        start, end = around(text, words.start, words.end)
        marks = [*self.named(words.document_id, set(ids)), *self.when(words.document_id), *self.triggers(words, text)]
        return pieces(text, (start, end), marks, [(words.start, words.end)])

    def document(self, document_id: str, here: tuple[int, int] | None = None) -> list[Piece]:
        """A whole text with mentions and dates marked; the words of facts are the quoted stretches, `here` is what is looked for."""
        text = self.texts.get(document_id, "")
        marks = [Mark(start, end, "party" if row else "mention") for start, end, row in self.mentions.get(document_id, ())]
        return pieces(text, (0, len(text)), [*marks, *self.when(document_id)], self.quoted(document_id), here)

    def quoted(self, document_id: str) -> list[tuple[int, int]]:
        """Stretches that state facts other than that a name is there."""
        return self._quoted.get(document_id, [])

    @cached_property
    def _quoted(self) -> Mapping[str, list[tuple[int, int]]]:
        found = defaultdict(list)
        for (table, _), words in self.statements.words.items():
            for item in words if table not in ENTITIES else ():
                found[item.document_id].append((item.start, item.end))
        return found

    def named(self, document_id: str, ids: set[str]) -> list[Mark]:
        """Where a document names the parties."""
        return [Mark(start, end, "party" if row in ids else "mention") for start, end, row in self.mentions.get(document_id, ())]

    def when(self, document_id: str) -> list[Mark]:
        """Where a document names dates."""
        return [Mark(start, end, "date") for start, end in self.dates.get(document_id, ())]

    def triggers(self, words: Words, text: str) -> list[Mark]:
        """Where the rule that found a fact matches in its quote."""
        rule = self.rules.get(words.method)
        found = rule.regex.search(text, words.start, words.end) if rule else None
        return [Mark(*found.span(), "trigger")] if found else []


def around(text: str, start: int, end: int) -> Range:
    """A stretch with its context, cut between words."""
    before = text.find(" ", start - AROUND, start) + 1 or start if start > AROUND else 0
    after = text.rfind(" ", end, end + AROUND) if end + AROUND < len(text) else len(text)
    return before, max(after, end)


def pieces(text: str, shown: Range, marks: Iterable[Mark], quotes: Iterable[Range], here: Range | None = None) -> list[Piece]:
    """A stretch of text cut where marks begin and end; where several overlap, the first of `PRIORITY` shows."""
    start, end = shown
    inside = sorted((m for m in marks if m.start < end and m.end > start and m.start < m.end), key=lambda mark: mark.start)
    ranges, sought = [*quotes], [here] if here else []
    bounds = [*((m.start, m.end) for m in inside), *ranges, *sought]
    cuts = sorted({start, end, *(min(max(cut, start), end) for bound in bounds for cut in bound)})
    return [Piece(text[one:other], kind_at(inside, one), within(one, ranges), within(one, sought)) for one, other in pairwise(cuts)]


def within(position: int, ranges: Iterable[Range]) -> bool:
    """Whether a position lies in one of some stretches."""
    return any(first <= position < last for first, last in ranges)


def kind_at(marks: Iterable[Mark], position: int) -> str:
    """What a position means."""
    kinds = {mark.kind for mark in marks if mark.start <= position < mark.end}
    return next((kind for kind in PRIORITY if kind in kinds), "")
