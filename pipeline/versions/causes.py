"""Why a fact changed: what moved between two versions, read from their recorded hashes.

A person's decision comes first, then the bytes of the documents that state the fact; where neither moved, what the project itself is made
of. When several of those moved, what each document gave decides: equal mentions and words mean that only what follows extraction can be
the cause; among word lists, models and code it is the rule or model that the fact's words name, if that is one that moved. Where documents
can be extracted again with some of the old parts and some of the new, that settles it. A change that was held back keeps the cause that it
had then: what moved since is not what it waits for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

import pandas as pd

from pipeline.core.facts import by_model
from pipeline.versions.again import NAMES, Again
from pipeline.versions.diff import Change, Kind
from pipeline.versions.held import HeldChange
from pipeline.versions.statements import FactKey, Statements
from pipeline.versions.trial import Trial, UntoldError

Inputs = Mapping[str, str]
"""Hash of each thing that a version was made from."""

RULE, LIST, TRAINED = "rule/", "lexicon/", "model/"
"""Prefixes of the inputs that hash single rules and single files of `models/`."""


class Cause(StrEnum):
    """What moved."""

    SOURCE = "source"
    LEXICON = "lexicon"
    MODEL = "model"
    CODE = "code"
    RESOLUTION = "resolution"
    DECISION = "decision"


EXTRACTION = {"lexicon": Cause.LEXICON, "model": Cause.MODEL, "code": Cause.CODE}
AFTERWARDS = {"judgements": Cause.DECISION, "resolution": Cause.RESOLUTION, "tables": Cause.CODE, "schema": Cause.CODE}


@dataclass(frozen=True, slots=True)
class Reason:
    """The cause of a change: in short, in detail (documents, rules, files), and whether nothing else can be it."""

    cause: Cause
    detail: str = ""
    sure: bool = True


class Causes:
    """Explains the changes between two versions."""

    def __init__(
        self,
        base: Statements,
        head: Statements,
        before: Inputs,
        after: Inputs,
        decided: Iterable[FactKey] = (),
        again: Again | None = None,
        *,
        held: Mapping[FactKey, HeldChange] = MappingProxyType({}),
    ) -> None:
        self.base, self.head, self.decided, self.held = base, head, frozenset(decided), held
        self.moved = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        self._recorded: dict[FactKey, Reason] = {}
        self.trial = Trial(base, head, again, self._concerned) if again and len(again.moved) > 1 else None

    def of(self, change: Change) -> Reason:
        """The cause of one change of a fact."""
        reason = self.recorded(change)
        if self.trial is None or not self._concerned(change):
            return reason
        try:
            parts = self.trial.of(change)
        except UntoldError as error:
            return doubted(reason, str(error))
        if parts:
            return self._settled(change, parts)
        return reason if self._same(change) else doubted(reason, "what its documents state alone does not make it")

    def _concerned(self, change: Change) -> set[str]:
        """The documents of a change that may be made by any of several parts; of one that was held back before, none."""
        known = (change.table, change.row_id) in self.held
        doubtful = not known and self.recorded(change).cause not in (Cause.SOURCE, Cause.DECISION)
        return self.documents(change) if doubtful else set()

    def _settled(self, change: Change, sets: Sequence[tuple[str, ...]]) -> Reason:
        """The reason that extracting again has shown: one part, one of several, or several together."""
        parts = list(dict.fromkeys(part for found in sets for part in found))
        causes = [EXTRACTION[part] for part in parts]
        details = ", ".join(filter(None, (self._part_detail(change, cause) for cause in causes)))
        if len(parts) == 1:
            return Reason(causes[0], f"{details or NAMES[parts[0]]} (tried: alone)")
        names = " or ".join(" and ".join(NAMES[part] for part in found) for found in sets)
        return Reason(causes[0], f"{names} (tried: {'only together' if sets[0][1:] else 'each alone'}): {details}")

    def _part_detail(self, change: Change, cause: Cause) -> str:
        rules = sorted(self.methods(change) & self.moved_rules) if cause is Cause.LEXICON else []
        return "rule " + ", ".join(rules) if rules else self.detail(cause)

    def recorded(self, change: Change) -> Reason:
        """The cause of one change of a fact, by what is recorded alone."""
        fact = (change.table, change.row_id)
        if fact not in self._recorded:
            self._recorded[fact] = self._read(change)
        return self._recorded[fact]

    def _read(self, change: Change) -> Reason:
        fact = (change.table, change.row_id)
        if fact in self.decided:
            return Reason(Cause.DECISION, "a person's decision on this fact")
        if (known := self.held.get(fact)) and not self._gone(change):
            return Reason(Cause(known.cause), known.detail, known.sure)
        if moved := sorted(self.documents(change) & self.moved_documents.keys()):
            return Reason(Cause.SOURCE, "; ".join(f"{self.addresses.get(name, name)} {self.moved_documents[name]}" for name in moved[:3]))
        return self._own(change)

    def _gone(self, change: Change) -> bool:
        """Whether every document that stated a lost fact is gone: then nothing else matters."""
        gone = {name for name, what in self.moved_documents.items() if what == "is gone"}
        return change.kind is Kind.REMOVED and self.documents(change) <= gone

    def _own(self, change: Change) -> Reason:
        wanted = AFTERWARDS if self._same(change) else EXTRACTION
        found = {name: cause for name, cause in wanted.items() if name in self.moved} or self._elsewhere()
        if named := self._named(change, found):
            return named
        if not found:
            return Reason(Cause.SOURCE, "other documents", sure=False) if "corpus" in self.moved else Reason(Cause.CODE, sure=False)
        cause = next(iter(dict.fromkeys(found.values())))
        return Reason(cause, self.detail(cause) or ", ".join(found), sure=len(set(found.values())) == 1)

    def _same(self, change: Change) -> bool:
        """Whether extraction gave the same for the documents of a change, as far as the tables tell."""
        return all(self.given(self.base, document) == self.given(self.head, document) for document in self.documents(change))

    def _elsewhere(self) -> dict[str, Cause]:
        return {name: cause for name, cause in {**EXTRACTION, **AFTERWARDS}.items() if name in self.moved}

    def _named(self, change: Change, found: Mapping[str, Cause]) -> Reason | None:
        if "lexicon" not in found and "model" not in found:
            return None
        methods = self.methods(change)
        if rules := sorted(methods & self.moved_rules):
            return Reason(Cause.LEXICON, "rule " + ", ".join(rules))
        if "model" in found and (models := sorted(method for method in methods if by_model(method))):
            return Reason(Cause.MODEL, ", ".join(models))
        return None

    def detail(self, cause: Cause) -> str:
        """Which rules and files moved."""
        prefix = {Cause.LEXICON: LIST, Cause.MODEL: TRAINED}.get(cause)
        files = sorted(name.removeprefix(prefix) for name in self.moved if prefix and name.startswith(prefix))
        rules = [f"rule {name}" for name in sorted(self.moved_rules)] if cause is Cause.LEXICON else []
        return ", ".join((*rules[:3], *files[:3]))

    @cached_property
    def moved_rules(self) -> set[str]:
        """Ids of the rules that are new, gone or worded otherwise."""
        return {name.removeprefix(RULE) for name in self.moved if name.startswith(RULE)}

    def documents(self, change: Change) -> set[str]:
        """The documents whose words the change is about: those of one side that the other does not have, else all."""
        old, new = ({w.document_id for w in side.words.get((change.table, change.row_id), ())} for side in (self.base, self.head))
        old |= {str(change.old["document_id"])} if change.old.get("document_id") else set()
        new |= {str(change.new["document_id"])} if change.new.get("document_id") else set()
        return new if change.kind is Kind.ADDED else old if change.kind is Kind.REMOVED else old | new

    def methods(self, change: Change) -> set[str]:
        """Rules and models that the fact's words name, on the side or sides where it stands."""
        fact = (change.table, change.row_id)
        return {words.method for side in (self.base, self.head) for words in side.words.get(fact, ())}

    @cached_property
    def moved_documents(self) -> dict[str, str]:
        """Documents whose bytes are not what they were, and what happened to them."""
        old, new = (sources(side) for side in (self.base, self.head))
        return {
            **dict.fromkeys(new.keys() - old.keys(), "is new"),
            **dict.fromkeys(old.keys() - new.keys(), "is gone"),
            **{name: "has changed" for name in old.keys() & new.keys() if old[name] != new[name]},
        }

    @cached_property
    def addresses(self) -> dict[str, str]:
        """Addresses of documents by id."""
        return {**self.base.addresses, **self.head.addresses}

    def given(self, side: Statements, document: str) -> frozenset[tuple[object, ...]]:
        """What extraction gave for a document, resolution aside: its mentions and dates by place."""
        return self._given[id(side)].get(document, frozenset())

    @cached_property
    def _given(self) -> dict[int, dict[str, frozenset[tuple[object, ...]]]]:
        return {id(side): extracted(side) for side in (self.base, self.head)}


def sources(side: Statements) -> dict[str, str]:
    """Hash of each document's bytes."""
    table = side.tables["documents"]
    return {key: "" if pd.isna(sha) else sha for key, sha in zip(table["document_id"], table["content_sha256"], strict=True)}


def extracted(side: Statements) -> dict[str, frozenset[tuple[object, ...]]]:
    """Places, labels and methods of all mentions, dates, words and refusals, by document."""
    columns = {
        "mentions": ("char_start", "char_end", "label", "method"),
        "dates": ("char_start", "char_end", "type", "value"),
        "evidence": ("table_name", "char_start", "char_end", "method"),
        "refusals": ("char_start", "char_end", "trigger", "reason"),
    }
    found: dict[str, set[tuple[object, ...]]] = {}
    for name, wanted in columns.items():
        table = side.tables[name]
        for document, *values in zip(table["document_id"], *(table[column] for column in wanted), strict=True):
            found.setdefault(document, set()).add((name, *values))
    return {document: frozenset(values) for document, values in found.items()}


def doubted(reason: Reason, why: str) -> Reason:
    """A reason that something else may be the cause of, and why that is not known."""
    return replace(reason, detail=joined(reason.detail, why), sure=False)


def joined(*details: str) -> str:
    """Details that say something, in one line."""
    return "; ".join(filter(None, details))
