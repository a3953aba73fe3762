"""What stays as readers know it while changes wait: the facts of the waiting changes, and all that cannot move without them.

A waiting change drags along, until nothing more follows:

- a lost organisation, project or programme that a kept fact names;
- a change whose new row names what is not shown yet;
- the other half of a fact that got another key: an addition stated by the same words as a lost fact that stays, and the reverse. Else
  readers would see the same agreement twice, or not at all;
- a document whose new text lacks the words that a kept fact quotes: it stays with its old text and everything that this text states.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.versions.diff import Change, Kind
from pipeline.versions.statements import ENTITIES, QUOTE, FactKey, Statements, Words, joined_quotes, references

DECLARED = "declared_counts"
COUNTED = {"agreements": "agreement", "projects": "project", "project_members": "member"}
"""What a document may count, by the table of what is counted."""

OPPOSITE = {Kind.ADDED: Kind.REMOVED, Kind.REMOVED: Kind.ADDED}

Place = tuple[str, str, str]
"""Table of a fact, document, and words that state it there."""


@dataclass(frozen=True)
class Held:
    """What stays as it was published.

    `facts` have the row and the words of before, or stay out if there were none; `documents` have their text of before; `recounts` says how
    many more facts, by key of a declared count, readers find of those that it counts than the new version has.
    """

    facts: frozenset[FactKey] = frozenset()
    documents: frozenset[str] = frozenset()
    recounts: Mapping[str, int] = field(default_factory=dict)

    def keeps(self, change: Change) -> bool:
        """Whether a change is not shown to readers."""
        recounted = change.table == DECLARED and change.row_id in self.recounts
        return (change.table, change.row_id) in self.facts or (recounted and change.kind is Kind.CHANGED)


def hold(base: Statements, head: Statements, changes: Iterable[Change], waiting: Iterable[FactKey]) -> Held:
    """What stays while some changes wait.

    Args:
        base: the facts that readers see.
        head: the facts that shall be published.
        changes: every change between the two.
        waiting: the facts whose change waits.
    """
    keeper = Keeper(base, head, {(change.table, change.row_id): change.kind for change in changes})
    facts, documents = set(waiting), set[str]()
    while True:
        more = keeper.named(facts) | keeper.naming(facts) | keeper.twins(facts) | keeper.stated_in(documents)
        texts = keeper.texts_of(facts | more, documents)
        if more <= facts and texts <= documents:
            return Held(frozenset(facts), frozenset(documents), keeper.recounts(facts, documents))
        facts, documents = facts | more, documents | texts


def kept_words(base: Statements, head: Statements, fact: FactKey, held: Iterable[FactKey], documents: Iterable[str]) -> list[Words]:
    """The words of a fact beside held ones, as far as they stand in the texts that readers get.

    Args:
        base: the facts that readers see.
        head: the facts that shall be published.
        fact: the fact.
        held: the facts that stay as they are.
        documents: those whose text stays as it is.
    """
    old, new = base.words.get(fact, []), head.words.get(fact, [])
    if by_document(base, head, fact) or fact not in held:
        return [words for words in old if words.document_id in documents] + [words for words in new if words.document_id not in documents]
    return [found for words in old if (found := words if words.document_id in documents else standing(words, head))]


def by_document(base: Statements, head: Statements, fact: FactKey) -> bool:
    """Whether each document says by itself where a fact is named: a name that is in both versions, whatever else is told of it."""
    return fact[0] in ENTITIES and fact in base.rows and fact in head.rows


def standing(words: Words, head: Statements) -> Words | None:
    """Where words stand in the new text of their document, None if they are gone."""
    return words.within(head.texts.get(words.document_id, ""))


class Keeper:
    """Looks up what cannot move without a fact that stays."""

    def __init__(self, base: Statements, head: Statements, kinds: Mapping[FactKey, Kind]) -> None:
        self.base, self.head, self.kinds = base, head, kinds

    def named(self, facts: Iterable[FactKey]) -> set[FactKey]:
        """What facts name as readers know them, and the new version has no more."""
        rows = ((name, self.base.rows.get((name, key), {})) for name, key in facts)
        return {other for name, row in rows for other in references(name, row) if other not in self.head.rows}

    def naming(self, facts: Iterable[FactKey]) -> set[FactKey]:
        """The changes whose new row names what only the new version has."""
        return {other for fact in facts if fact not in self.base.rows for other in self._naming.get(fact, ())}

    @cached_property
    def _naming(self) -> Mapping[FactKey, set[FactKey]]:
        found: defaultdict[FactKey, set[FactKey]] = defaultdict(set)
        for fact in self.kinds.keys() & self.head.rows.keys():
            for other in references(fact[0], self.head.rows[fact]):
                found[other].add(fact)
        return found

    def twins(self, facts: Iterable[FactKey]) -> set[FactKey]:
        """Additions and losses of one table that the same words state as a loss or an addition among the facts."""
        known = ((place, OPPOSITE.get(self.kinds[fact])) for fact in facts if fact in self.kinds for place in self.places(fact))
        return {other for place, kind in known for other in self._stated.get(place, ()) if self.kinds[other] is kind}

    @cached_property
    def _stated(self) -> Mapping[Place, set[FactKey]]:
        found: defaultdict[Place, set[FactKey]] = defaultdict(set)
        for fact in (fact for fact, kind in self.kinds.items() if kind in OPPOSITE):
            for place in self.places(fact):
                found[place].add(fact)
        return found

    def places(self, fact: FactKey) -> set[Place]:
        """Where a fact is stated, in the version that has it."""
        words = self.base.words.get(fact, []) if self.kinds[fact] is Kind.REMOVED else self.head.words.get(fact, [])
        return {(fact[0], item.document_id, item.quote) for item in words}

    def stated_in(self, documents: Iterable[str]) -> set[FactKey]:
        """The facts that documents state on either side: every change, and what quotes them without a change."""
        found = {fact for document in documents for fact in self._by_document.get(document, ())}
        return {fact for fact in found if fact in self.kinds or fact[0] not in ENTITIES}

    @cached_property
    def _by_document(self) -> Mapping[str, set[FactKey]]:
        found: defaultdict[str, set[FactKey]] = defaultdict(set)
        for side in (self.base, self.head):
            for fact, words in side.words.items():
                for item in words:
                    found[item.document_id].add(fact)
        return found

    def texts_of(self, facts: set[FactKey], documents: set[str]) -> set[str]:
        """The documents that must keep their text, so that kept facts and names keep their words."""
        names = {fact for document in documents for fact in self._by_document.get(document, ())}
        return {document for fact in facts | names if fact in self.base.rows for document in self._texts_of(fact, facts, documents)}

    def _texts_of(self, fact: FactKey, facts: set[FactKey], documents: set[str]) -> set[str]:
        left, row = kept_words(self.base, self.head, fact, facts, documents), self.base.rows[fact]
        about = {row["document_id"]} - self._documents if fact in facts and "document_id" in row else set()
        enough = bool(left) if QUOTE not in row else joined_quotes(words.quote for words in left) == row[QUOTE]
        if enough or not (fact in facts or by_document(self.base, self.head, fact)):
            return about
        gone = {words.document_id for words in self.base.words.get(fact, []) if standing(words, self.head) is None or not left}
        return about | gone

    @cached_property
    def _documents(self) -> set[str]:
        return set(self.head.tables["documents"]["document_id"])

    def recounts(self, facts: set[FactKey], documents: set[str]) -> dict[str, int]:
        """How many more of what each declared count counts readers find in its document than the new version has."""
        counts: Counter[tuple[str, str, str | None]] = Counter()
        for fact in facts:
            if counted := self._counted(fact):
                counts.update((words, *counted) for words in stating(kept_words(self.base, self.head, fact, facts, documents)))
                counts.subtract((words, *counted) for words in stating(self.head.words.get(fact, ())))
        rows = ((key, row) for (name, key), row in self.head.rows.items() if name == DECLARED and (name, key) not in facts)
        told = {key: counts[row["document_id"], row["fact"], row["project_id"] if row["fact"] == "member" else None] for key, row in rows}
        return {key: more for key, more in told.items() if more}

    def _counted(self, fact: FactKey) -> tuple[str, str | None] | None:
        row = self.base.rows.get(fact) or self.head.rows.get(fact) or {}
        if fact[0] not in COUNTED or row.get("role") == "label":
            return None
        return COUNTED[fact[0]], row["project_id"] if fact[0] == "project_members" else None


def stating(words: Iterable[Words]) -> set[str]:
    """The documents of words."""
    return {item.document_id for item in words}
