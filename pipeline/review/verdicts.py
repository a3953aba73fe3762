"""What a key or a form means → decisions for the log."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from pipeline.core.errors import VersionError
from pipeline.core.schema import key_columns
from pipeline.review.desk import NO_CHANGE, Item, Table
from pipeline.review.values import check_row, editable, parsed
from pipeline.versions.decisions import Decision
from pipeline.versions.diff import Kind
from pipeline.versions.naming import NAMES, Directory, key_of
from pipeline.versions.put import quotes_of
from pipeline.versions.statements import QUOTE


def now() -> str:
    """The present, UTC; what is decided in one go bears one time."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def accept(item: Item, table: Table, who: str, at: str, why: str = "") -> list[Decision]:
    """The change may be published."""
    change = item.judged.change
    return [decision(item, table, "accept", who, at, why, seen=dict(change.row))]


def reject(item: Item, table: Table, who: str, at: str, why: str = "") -> list[Decision]:
    """What readers see stays: a new fact stays out, a lost one stays in, changed values stay as they were."""
    change = item.judged.change
    if change.kind is Kind.REMOVED:
        return [kept(item, table, who, at, why)]
    columns = [column for column in change.columns if column != QUOTE]
    if change.kind is Kind.ADDED or not columns:
        return [decision(item, table, "reject", who, at, why, seen=dict(change.new))]
    seen = {**{column: change.new[column] for column in columns}, **quote_of(change.new)}
    return [decision(item, table, "correct", who, at, why, seen=seen, value={column: change.old[column] for column in columns})]


def kept(item: Item, table: Table, who: str, at: str, why: str) -> Decision:
    """A lost fact stays in, on those of its words that still stand.

    Raises:
        VersionError: none of them stands any more.
    """
    change = item.judged.change
    quotes = [words for words in table.base.words.get(item.fact, ()) if words.quote in table.head.texts.get(words.document_id, "")]
    if not quotes:
        raise VersionError("les mots de ce fait ne sont plus dans les textes : acceptez sa disparition, ou ajoutez-le sur d'autres mots")
    value = {column: value for column, value in change.old.items() if column != QUOTE}
    return Decision(*item.fact, "add", who, at, change.kind.value, quote_of(change.old), value, quotes_of(quotes), why)


def correct(
    item: Item, table: Table, who: str, at: str, values: Mapping[str, str], why: str = "", *, directory: Directory
) -> list[Decision]:
    """Some columns hold other values, and the fact may be published with them; other key columns make it another fact.

    Raises:
        VersionError: a value is not one that the column can hold, or nothing is corrected.
    """
    change = item.judged.change
    told = {column: parsed(change.table, column, values[column], directory) for column in editable(change.table) if column in values}
    wanted = {column: value for column, value in told.items() if value != change.new.get(column)}
    if change.kind is Kind.REMOVED or not wanted:
        raise VersionError("rien n'est corrigé : changez au moins une valeur d'un fait qui est là")
    check_row(change.table, {**change.new, **wanted})
    if wanted.keys() & set(key_columns(change.table)):
        return replaced(item, table, who, at, wanted, why)
    seen = {**{column: change.new[column] for column in wanted}, **quote_of(change.new)}
    corrected = decision(item, table, "correct", who, at, why, seen=seen, value=wanted)
    if item.number == NO_CHANGE:
        return [corrected]  # what the fact stands on, a person's word for example, stays
    return [corrected, decision(item, table, "accept", who, at, why, seen={**change.new, **wanted})]


def replaced(item: Item, table: Table, who: str, at: str, wanted: Mapping[str, Any], why: str) -> list[Decision]:
    """A fact whose key was wrong stays out, the right one is stated on its words.

    Raises:
        VersionError: the right one is there already.
    """
    change = item.judged.change
    value = {column: item for column, item in {**change.new, **wanted}.items() if column != QUOTE}
    key = key_of(change.table, value)
    if (change.table, key) in table.head.rows:
        raise VersionError("ce fait est déjà dans les tables : rejetez celui-ci")
    wrong = decision(item, table, "reject", who, at, why, seen=dict(change.new))
    names = {part: table.names[part] for part in value.values() if isinstance(part, str) and part in table.names}
    return [wrong, Decision(change.table, key, "add", who, at, "added", quote_of(change.new), {**value, NAMES: names}, wrong.quotes, why)]


def decision(
    item: Item, table: Table, verdict: str, who: str, at: str, why: str, *, seen: dict[str, Any], value: dict[str, Any] | None = None
) -> Decision:
    """A decision on a change, with the words it is made on."""
    change = item.judged.change
    words = (table.base if change.kind is Kind.REMOVED else table.head).words.get(item.fact, ())
    return Decision(change.table, change.row_id, verdict, who, at, change.kind.value, seen, value or {}, quotes_of(words), why)


def quote_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The words of a fact, if it has any of its own."""
    return {QUOTE: row[QUOTE]} if row.get(QUOTE) else {}


def undo(decisions: Iterable[Decision], who: str, at: str, wanted: str = "") -> list[Decision]:
    """Withdraw what a person decided last, or in one go with the decision of an id."""
    decisions = list(decisions)
    gone = {decision.value.get("decision_id") for decision in decisions if decision.verdict == "withdraw"}
    own = [d for d in decisions if d.who == who and d.verdict != "withdraw" and d.decision_id not in gone]
    times = [d.decided_at for d in own if not wanted or d.decision_id == wanted]
    last = [d for d in own if times and d.decided_at == times[-1]]
    return [Decision(d.table_name, d.row_id, "withdraw", who, at, value={"decision_id": d.decision_id}) for d in last]
