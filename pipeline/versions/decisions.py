"""What people decided about facts: an append-only log in one SQLite file that survives every run, and its form as JSON lines for git.

A decision is about one fact (`table_name`, `row_id`). Verdicts:

- `accept`: the fact as it stands in `seen` may be published (`change` says whether it is added, changed or removed)
- `reject`: the fact stays out
- `correct`: the columns in `value` hold that, whatever is extracted
- `add`: the fact in `value` is stated by the quotes, although the machine did not find it or finds it no more
- `merge`, `split`: two names are, or are not, one organisation
- `withdraw`: the decision named in `value` no longer holds

`seen` is what the decision was made on: when a later run has another value, or no longer the quote, the decision is open again.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.core.errors import VersionError
from pipeline.core.ids import stable_id
from pipeline.core.schema import VERDICTS
from pipeline.versions.files import write_whole

FILE = "decisions.db"
EXPORT = "decisions.jsonl"

SCHEMA = """
CREATE TABLE IF NOT EXISTS decisions (sequence INTEGER PRIMARY KEY AUTOINCREMENT, decision_id TEXT NOT NULL UNIQUE, entry TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS no_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are never changed'); END;
CREATE TRIGGER IF NOT EXISTS no_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are never deleted'); END;
"""


class ConflictError(VersionError):
    """Somebody else has decided on this fact since it was shown; `decision` is theirs."""

    def __init__(self, decision: "Decision") -> None:
        super().__init__(f"{decision.who} has decided on {decision.table_name} {decision.row_id} since ({decision.verdict}): look again")
        self.decision = decision


@dataclass(frozen=True, slots=True)
class Decision:
    """One verdict of one person; `quotes` are the words it was made on, as pairs of document and quote."""

    table_name: str
    row_id: str
    verdict: str
    who: str
    decided_at: str = ""
    change: str | None = None
    seen: Mapping[str, Any] = field(default_factory=dict)
    value: Mapping[str, Any] = field(default_factory=dict)
    quotes: tuple[tuple[str, str], ...] = ()
    why: str = ""

    @property
    def decision_id(self) -> str:
        """Stable key: the same decision imported twice is one."""
        return stable_id("vrd", self.table_name, self.row_id, self.verdict, self.who, self.decided_at, *map(dump, (self.seen, self.value)))

    @property
    def fact(self) -> tuple[str, str]:
        """What it is about."""
        return self.table_name, self.row_id


def dump(value: Any) -> str:
    """A value as one line of JSON, keys sorted."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def to_line(decision: Decision) -> str:
    """A decision as a line of the export."""
    return dump({"decision_id": decision.decision_id, **asdict(decision)})


def from_line(line: str, where: str = "line") -> Decision:
    """A decision from a line of the export.

    Raises:
        VersionError: the line is no decision.
    """
    try:
        entry = json.loads(line)
        known = {item.name for item in fields(Decision)}
        values = {name: value for name, value in entry.items() if name in known}
        quotes = tuple((str(document), str(quote)) for document, quote in entry.get("quotes", ()))
        decision = Decision(**{**values, "quotes": quotes})
    except (ValueError, TypeError, AttributeError) as error:
        raise VersionError(f"{where}: not a decision ({error}); expected the form that `passerelle decisions export` writes") from error
    if decision.verdict not in VERDICTS:
        raise VersionError(f"{where}: verdict {decision.verdict!r}; it must be one of {', '.join(VERDICTS)}")
    return decision


class DecisionLog:
    """The log on disk. Each `append` is on disk when it returns; several processes may read and append at once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.path, timeout=30, isolation_level=None)) as connection:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                connection.executescript(SCHEMA)
                yield connection
            except sqlite3.DatabaseError as error:
                raise VersionError(f"{self.path}: the log of decisions cannot be used ({error}): restore it from its export") from error

    def append(self, *decisions: Decision, after: int | None = None) -> list[Decision]:
        """Keep decisions, all or none, in order; what has no time yet gets the present.

        Args:
            decisions: what was decided; those that are known already are passed over.
            after: number of the last decision that the deciding person had seen; None does not ask.

        Raises:
            ConflictError: somebody else has decided on one of the facts after that.
        """
        stamped = [stamp(decision) for decision in decisions]
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                self._refuse_conflicts(connection, stamped, after)
                rows = [(decision.decision_id, to_line(decision)) for decision in stamped]
                connection.executemany("INSERT OR IGNORE INTO decisions (decision_id, entry) VALUES (?, ?)", rows)
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise
        return stamped

    def _refuse_conflicts(self, connection: sqlite3.Connection, new: list[Decision], after: int | None) -> None:
        if after is None:
            return
        facts, people = {decision.fact for decision in new}, {decision.who for decision in new}
        for (entry,) in connection.execute("SELECT entry FROM decisions WHERE sequence > ? ORDER BY sequence DESC", (after,)):
            other = from_line(entry)
            if other.fact in facts and other.who not in people:
                raise ConflictError(other)

    def all(self) -> list[Decision]:
        """Every decision, the earliest first."""
        return [decision for _, decision in self.since(0)]

    def since(self, sequence: int) -> list[tuple[int, Decision]]:
        """Decisions after a number, each with its own."""
        if not self.path.exists():
            return []
        with self._open() as connection:
            rows = connection.execute("SELECT sequence, entry FROM decisions WHERE sequence > ? ORDER BY sequence", (sequence,)).fetchall()
        return [(number, from_line(entry)) for number, entry in rows]

    @property
    def last(self) -> int:
        """Number of the last decision, 0 before the first."""
        if not self.path.exists():
            return 0
        with self._open() as connection:
            (number,) = connection.execute("SELECT coalesce(max(sequence), 0) FROM decisions").fetchone()
        return int(number)


def stamp(decision: Decision) -> Decision:
    """The decision with the present time, unless it has one."""
    if decision.decided_at:
        return decision
    values = {item.name: getattr(decision, item.name) for item in fields(Decision)}
    return Decision(**{**values, "decided_at": datetime.now(UTC).isoformat(timespec="microseconds")})


def log_of(outputs: Path) -> DecisionLog:
    """The log below an outputs folder."""
    return DecisionLog(outputs / FILE)


def export_file(log: DecisionLog, path: Path) -> int:
    """Write all decisions as JSON lines, in one step; returns their number."""
    decisions = log.all()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, "".join(f"{to_line(decision)}\n" for decision in decisions))
    return len(decisions)


def import_file(log: DecisionLog, path: Path) -> int:
    """Append the decisions of a file that the log does not know; returns their number.

    Raises:
        VersionError: a line is no decision; nothing was taken.
    """
    lines = path.read_text("utf-8").split("\n")  # a quote may hold other separators of lines
    read = [from_line(line, f"{path}, line {number}") for number, line in enumerate(lines, start=1) if line.strip()]
    known = {decision.decision_id for decision in log.all()}
    new = [decision for decision in read if decision.decision_id not in known]
    if new:
        log.append(*new)
    return len(new)


def hash_of(decisions: Iterable[Decision]) -> str:
    """One id for a list of decisions: an input of the versions that obey them."""
    return stable_id("dcs", *(decision.decision_id for decision in decisions))
