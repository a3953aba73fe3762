"""What is to be decided: the changes of the staged version, and what people have decided on them since it was staged.

The changes are worked out once per pair of versions and kept; each request only looks at the decisions that are new.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

from pipeline.versions.again import Again, stamp
from pipeline.versions.amend import Amended
from pipeline.versions.causes import Cause, Reason
from pipeline.versions.decisions import Decision, log_of
from pipeline.versions.describe import title
from pipeline.versions.diff import Change, Kind
from pipeline.versions.gate import Judged, judge_versions
from pipeline.versions.policy import Policy
from pipeline.versions.statements import FactKey, Statements
from pipeline.versions.store import Store

PAGE = 50
"""Changes on one page."""

NO_CHANGE = -1
"""Number of a fact on which no change waits."""


@dataclass(frozen=True, slots=True)
class Item:
    """One change on the desk."""

    number: int
    judged: Judged
    title: str
    documents: tuple[str, ...]
    people: frozenset[str]
    """Organisations that it is about."""
    countries: frozenset[str]

    @property
    def fact(self) -> FactKey:
        """Table and row id."""
        return self.judged.change.table, self.judged.change.row_id

    @property
    def home(self) -> str:
        """The document under which it is shown; nothing if no words state it."""
        return self.documents[0] if self.documents else ""

    @property
    def likeness(self) -> tuple[str, ...]:
        """What changes must share to be decided as one."""
        change, reason = self.judged.change, self.judged.reason
        columns = change.columns if change.kind is Kind.CHANGED else ()
        return (change.table, change.kind, reason.cause, reason.detail if reason.cause != "source" else "", *columns)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a person wants to see; an empty text means everything."""

    table: str = ""
    kind: str = ""
    cause: str = ""
    country: str = ""
    organisation: str = ""
    below: str = ""
    state: str = "open"

    def fit(self, item: Item, decided: Mapping[FactKey, Decision]) -> bool:
        """Whether a change is among what is wanted."""
        change = item.judged.change
        pairs = ((self.table, change.table), (self.kind, change.kind.value), (self.cause, item.judged.reason.cause.value))
        return (
            all(not wanted or wanted == value for wanted, value in pairs)
            and (not self.country or self.country in item.countries)
            and (not self.organisation or any(self.organisation.casefold() in name.casefold() for name in item.people))
            and (not self.below or item.judged.confidence < float(self.below))
            and (self.state == "all" or (item.fact in decided) == (self.state == "done"))
        )


@dataclass(frozen=True)
class Table:
    """The two versions and their differences: what lies on the desk until another version is staged or published."""

    base: Statements
    head: Statements
    changes: tuple[Judged, ...]
    obeyed: frozenset[str]
    """Ids of the decisions that the staged version obeys already."""
    over: str | None = None
    versions: tuple[str, str, int] = ("", "", 0)
    """Ids of both, and the moment up to which it is known what makes their changes."""

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of both versions, the new ones first."""
        return {**self.base.names, **self.head.names}

    @cached_property
    def items(self) -> list[Item]:
        """The changes that wait for a person, by document and fact."""
        waiting = sorted((judged for judged in self.changes if judged.waits), key=self._place)
        return [self._item(number, judged) for number, judged in enumerate(waiting)]

    @cached_property
    def by_fact(self) -> dict[FactKey, Item]:
        """The changes by fact."""
        return {item.fact: item for item in self.items}

    @cached_property
    def choices(self) -> dict[str, list[tuple[str, int]]]:
        """What the filters offer, with counts."""
        return choices(self.items)

    def item_of(self, fact: FactKey) -> Item | None:
        """The change of a fact, or a fact that has not changed as if it were new; None if it is not there."""
        if fact in self.by_fact:
            return self.by_fact[fact]
        row = self.head.rows.get(fact)
        if row is None:
            return None
        change = Change(*fact[:1], Kind.ADDED, fact[1], tuple(row), new=row)
        return self._item(NO_CHANGE, Judged(change, Reason(Cause.SOURCE), self.head.confidence(fact), "publish"))

    def documents_of(self, judged: Judged) -> tuple[str, ...]:
        """Documents whose words state a changed fact, in the version in which it stands."""
        side = self.base if judged.change.kind is Kind.REMOVED else self.head
        fact = (judged.change.table, judged.change.row_id)
        return tuple(dict.fromkeys(words.document_id for words in side.words.get(fact, ())))

    def _place(self, judged: Judged) -> tuple[str, str, str]:
        documents = self.documents_of(judged)
        return (self.addresses.get(documents[0], "") if documents else "~", judged.change.table, judged.change.row_id)

    def _item(self, number: int, judged: Judged) -> Item:
        row = judged.change.row
        ids = [part for value in row.values() if isinstance(value, str) and value.startswith("org-") for part in value.split("|")]
        people = frozenset(self.names[key] for key in ids if key in self.names)
        countries = frozenset(self.countries[key] for key in ids if key in self.countries)
        return Item(number, judged, title(judged.change.table, row, self.names), self.documents_of(judged), people, countries)

    @cached_property
    def countries(self) -> dict[str, str]:
        """Country of each organisation that has one."""
        tables = [side.tables["organisations"].dropna(subset=["country_code"]) for side in (self.base, self.head)]
        return {key: code for table in tables for key, code in zip(table["organisation_id"], table["country_code"], strict=True)}

    @cached_property
    def addresses(self) -> dict[str, str]:
        """Address of each document."""
        return {**self.base.addresses, **self.head.addresses}


@dataclass
class Desk:
    """The table, laid anew when versions move, and the decisions on what lies there."""

    store: Store
    policy: Policy
    _table: Table | None = None
    _lock: Lock = field(default_factory=Lock)
    _last: int = 0
    _log: dict[str, Decision] = field(default_factory=dict)
    """Decisions that are not withdrawn, by id, as far as they were read: up to the number `_last`."""

    @property
    def table(self) -> Table:
        """The present table.

        Raises:
            VersionError: nothing is published or staged yet.
        """
        with self._lock:
            base = self.store.readable()
            staged = self.store.staged() or base
            now = (base.version_id, staged.version_id, stamp(self.store.private))
            if self._table is None or self._table.versions != now:
                self._table = self._lay(now)
            return self._table

    def _lay(self, now: tuple[str, str, int]) -> Table:
        base = self.store.readable()
        staged = self.store.staged() or base
        tables = staged.tables()
        rows = zip(*(tables["decisions"][column] for column in ("decision_id", "table_name", "row_id", "state", "verdict")), strict=True)
        known = list(rows)
        moved = frozenset((name, row) for _, name, row, state, verdict in known if state == "standing" and verdict != "withdraw")
        reopened = frozenset((name, row) for _, name, row, state, _ in known if state == "reopened")
        obeyed = frozenset(key for key, *_ in known)
        decisions = [decision for decision in log_of(self.store.outputs).all() if decision.decision_id in obeyed]
        amended = Amended(tables, moved, reopened)
        again = Again(self.store.private, base.manifest.inputs, staged.manifest.inputs)
        judgement = judge_versions(base, staged, amended, decisions, self.policy, again)
        return Table(judgement.base, judgement.head, judgement.changes, obeyed, judgement.over, now)

    def decided(self) -> tuple[int, dict[FactKey, Decision]]:
        """Number of the last decision, and the decisions made since staging, the last one on each fact."""
        obeyed = self.table.obeyed
        with self._lock:
            for number, decision in log_of(self.store.outputs).since(self._last):
                self._last = number
                self._read(decision.decision_id, decision)
            return self._last, {d.fact: d for key, d in self._log.items() if key not in obeyed}

    def _read(self, key: str, decision: Decision) -> None:
        if decision.verdict == "withdraw":
            self._log.pop(decision.value.get("decision_id", ""), None)
        else:
            self._log[key] = decision

    def select(self, filters: Filters, decided: Mapping[FactKey, Decision]) -> list[Item]:
        """The changes that a person wants to see."""
        return [item for item in self.table.items if filters.fit(item, decided)]

    def progress(self, decided: Mapping[FactKey, Decision]) -> tuple[int, int]:
        """Changes decided, and all."""
        facts = self.table.by_fact
        return len(facts.keys() & decided.keys()), len(facts)


def choices(items: Sequence[Item]) -> dict[str, list[tuple[str, int]]]:
    """What the filters offer, with counts."""
    return {
        "table": sorted(Counter(item.judged.change.table for item in items).items()),
        "kind": sorted(Counter(item.judged.change.kind.value for item in items).items()),
        "cause": sorted(Counter(item.judged.reason.cause.value for item in items).items()),
        "country": sorted(Counter(country for item in items for country in item.countries).items()),
    }
