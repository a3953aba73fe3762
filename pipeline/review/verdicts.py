"""What a key or a form means → decisions for the log."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Boolean, Float, Integer

from pipeline.core.errors import VersionError
from pipeline.core.ids import stable_id
from pipeline.core.schema import AGREEMENT_KINDS, AGREEMENT_STATUSES, METADATA, ORGANISATION_KINDS, key_columns
from pipeline.review.desk import Item, Table
from pipeline.tables.agreements import FAMILIES
from pipeline.versions.decisions import Decision
from pipeline.versions.diff import Kind
from pipeline.versions.put import quotes_of
from pipeline.versions.statements import QUOTE

ALLOWED: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("agreements", "kind"): AGREEMENT_KINDS,
    ("agreements", "status"): AGREEMENT_STATUSES,
    ("organisations", "kind"): ORGANISATION_KINDS,
}
"""Closed lists of values, by table and column."""


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
        value = {column: value for column, value in change.old.items() if column != QUOTE}
        return [decision(item, table, "add", who, at, why, seen=quote_of(change.old), value=value)]
    columns = [column for column in change.columns if column != QUOTE]
    if change.kind is Kind.ADDED or not columns:
        return [decision(item, table, "reject", who, at, why, seen=dict(change.new))]
    seen = {**{column: change.new[column] for column in columns}, **quote_of(change.new)}
    return [decision(item, table, "correct", who, at, why, seen=seen, value={column: change.old[column] for column in columns})]


def correct(item: Item, table: Table, who: str, at: str, values: Mapping[str, str], why: str = "") -> list[Decision]:
    """Some columns hold other values, and the fact may be published with them.

    Raises:
        VersionError: a value is not one that the column can hold, or nothing is corrected.
    """
    change = item.judged.change
    told = {column: parsed(change.table, column, value) for column, value in values.items()}
    wanted = {column: value for column, value in told.items() if value != change.new.get(column)}
    if change.kind is Kind.REMOVED or not wanted:
        raise VersionError("rien n'est corrigé : changez au moins une valeur d'un fait qui est là")
    seen = {**{column: change.new[column] for column in wanted}, **quote_of(change.new)}
    corrected = decision(item, table, "correct", who, at, why, seen=seen, value=wanted)
    return [corrected, decision(item, table, "accept", who, at, why, seen={**change.new, **wanted})]


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


def undo(decisions: Iterable[Decision], who: str, at: str) -> list[Decision]:
    """Withdraw what a person decided last."""
    decisions = list(decisions)
    gone = {decision.value.get("decision_id") for decision in decisions if decision.verdict == "withdraw"}
    own = [d for d in decisions if d.who == who and d.verdict != "withdraw" and d.decision_id not in gone]
    last = [d for d in own if d.decided_at == own[-1].decided_at] if own else []
    return [Decision(d.table_name, d.row_id, "withdraw", who, at, value={"decision_id": d.decision_id}) for d in last]


def editable(table: str) -> list[str]:
    """Columns that a person may correct: no keys, no references."""
    columns = METADATA.tables[table].columns
    return [column.name for column in columns if column.name not in key_columns(table) and not column.foreign_keys]


def parsed(table: str, column: str, text: str) -> str | int | float | bool | None:
    """A value as typed into a form; nothing for an empty field.

    Raises:
        VersionError: the column cannot hold it.
    """
    text, kind = text.strip(), METADATA.tables[table].columns[column].type
    allowed = ALLOWED.get((table, column))
    if allowed and text not in allowed:
        raise VersionError(f"{column} : « {text} » ne fait pas partie de {', '.join(allowed)}")
    if not text and not METADATA.tables[table].columns[column].nullable:
        raise VersionError(f"{column} : il faut une valeur")
    try:
        return typed(text, kind) if text else None
    except ValueError as error:
        raise VersionError(f"{column} : « {text} » n'est pas un nombre") from error


def typed(text: str, kind: object) -> str | int | float | bool:
    """A text as a value of a column's type."""
    if isinstance(kind, Integer):
        return int(text)
    if isinstance(kind, Float):
        return float(text.replace(",", ".").replace("\u202f", ""))
    return text.casefold() in ("1", "true", "oui", "vrai") if isinstance(kind, Boolean) else text


def missed(table: Table, document_id: str, quote: str, form: Mapping[str, str], who: str, at: str) -> Decision:
    """An agreement that the machine did not find, on the words that a person selected.

    Raises:
        VersionError: the words are not in the document, a party is unknown, or the fact is there already.
    """
    texts = table.head.tables["texts"].set_index("document_id")["text"]
    if not quote.strip() or quote not in str(texts.get(document_id, "")):
        raise VersionError("ces mots ne sont pas dans le texte : sélectionnez-les dans le document")
    ids = {name.casefold(): key for key, name in table.head.names.items() if key.startswith("org-")}
    parties = [ids.get(form.get(side, "").strip().casefold(), "") for side in ("one", "other")]
    if "" in parties or parties[0] == parties[1]:
        raise VersionError("il faut deux organisations différentes qui sont dans les tables : choisissez-les dans la liste")
    kind, status = (str(parsed("agreements", column, form.get(column, ""))) for column in ("kind", "status"))
    row_id = stable_id("agr", FAMILIES[kind], *sorted(parties))
    if ("agreements", row_id) in table.head.rows:
        raise VersionError("cet accord est déjà dans les tables")
    row = {column.name: None for column in METADATA.tables["agreements"].columns}
    value = {**row, "agreement_id": row_id, "kind": kind, "status": status, "signatories": parties[0], "counterparts": parties[1]}
    seen = {QUOTE: " ".join(quote.split())}
    return Decision("agreements", row_id, "add", who, at, "added", seen, value, ((document_id, quote),), form.get("why", ""))
