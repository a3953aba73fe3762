"""Doubtful changes put to the test: their documents are extracted with some parts of the one version and some of the other."""

from collections.abc import Callable
from functools import cached_property

from pipeline.core.errors import VersionError
from pipeline.core.facts import Document
from pipeline.versions.again import LIMITS, Again
from pipeline.versions.attribution import Restated, Taken, attribute, seen
from pipeline.versions.diff import Change, Kind
from pipeline.versions.statements import Statements, diff_facts


class UntoldError(VersionError):
    """The test has not told; the message says why not."""


class Trial:
    """Tells which parts make a change between two versions."""

    def __init__(self, base: Statements, head: Statements, again: Again, concerned: Callable[[Change], set[str]]) -> None:
        """Nothing is extracted before it is asked for.

        Args:
            base: the earlier version.
            head: the later version.
            again: what extracts, or only remembers.
            concerned: the documents that a change is about, none if it needs no test.
        """
        self.base, self.head, self.again, self.concerned = base, head, again, concerned
        self._restated: dict[tuple[Kind, Taken], tuple[Restated, str]] = {}

    def of(self, change: Change) -> list[tuple[str, ...]]:
        """The fewest parts that make a change, as `attribute` tells them; nothing if extraction does not make it.

        Raises:
            UntoldError: its documents were not extracted with the parts that are needed.
        """
        return attribute(self.again.moved, lambda taken: seen(change, self._told(change, taken)))

    def _told(self, change: Change, taken: Taken) -> Restated:
        side = Kind.REMOVED if change.kind is Kind.REMOVED else Kind.ADDED
        if (side, taken) not in self._restated:
            facts, why = self.again.read(taken, self._documents)
            restated = Restated(self.base if side is Kind.REMOVED else self.head, self._documents.values(), list(facts.values()))
            self._restated[side, taken] = restated, why
        restated, why = self._restated[side, taken]
        if left := self.concerned(change) - restated.read:
            raise UntoldError(why if left <= self._documents.keys() else self._left_out(left))
        return restated

    def _left_out(self, documents: set[str]) -> str:
        if not documents <= self._texts.keys():
            return "the text was cleaned otherwise"
        if not documents <= self._found.keys():
            return "the last run did not read the text"
        return f"more than {self.again.most} documents are concerned (models/review/{LIMITS})"

    @cached_property
    def _texts(self) -> dict[str, str]:
        """Texts of the documents that both versions read alike."""
        tables = (side.tables["texts"] for side in (self.base, self.head))
        old, new = (dict(zip(table["document_id"], table["text"], strict=True)) for table in tables)
        return {key: text for key, text in new.items() if old.get(key) == text}

    @cached_property
    def _changes(self) -> list[set[str]]:
        """Documents of each doubtful change."""
        return [found for change in diff_facts(self.base, self.head).changes() if (found := self.concerned(change))]

    @cached_property
    def _found(self) -> dict[str, Document]:
        wanted = set().union(*self._changes)
        return self.again.documents({key: text for key, text in self._texts.items() if key in wanted})

    @cached_property
    def _documents(self) -> dict[str, Document]:
        """The documents to extract again: of one change after the other as long as their number allows."""
        taken: dict[str, Document] = {}
        for documents in self._changes:
            more = {key: self._found[key] for key in sorted(documents & self._found.keys())}
            if more.keys() == documents and (self.again.most is None or len(taken | more) <= self.again.most):
                taken |= more
        return taken
