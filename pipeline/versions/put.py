"""Putting into the tables what people state: corrected values, and facts that the machine did not find."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.core.ids import stable_id
from pipeline.core.schema import METADATA, column_names
from pipeline.tables.frames import Tables, frame, records
from pipeline.versions.cascade import row_ids
from pipeline.versions.decisions import Decision
from pipeline.versions.diff import SEPARATOR
from pipeline.versions.statements import SIDES

METHOD = "decision"
"""`method` of the words on which a person states a fact."""

Row = dict[str, Any]


def corrected(tables: Tables, decisions: Sequence[Decision]) -> tuple[Tables, list[Decision]]:
    """The tables with corrected values, and the decisions that refer to what is not there."""
    made, unfit = dict(tables), []
    for decision in decisions:
        if lost_references(made, decision.table_name, decision.value):
            unfit.append(decision)
            continue
        columns = {column: value for column, value in decision.value.items() if column not in SIDES}
        made[decision.table_name] = with_values(made[decision.table_name], decision.table_name, decision.row_id, columns)
        if sides := {column: str(value) for column, value in decision.value.items() if column in SIDES and value}:
            made["agreement_parties"] = with_parties(made["agreement_parties"], decision.row_id, sides)
    return made, unfit


def with_values(table: pd.DataFrame, name: str, row: str, values: Mapping[str, Any]) -> pd.DataFrame:
    """A table with some columns of one row set."""
    if not values:
        return table
    rows = records(name, table)
    for known, found in zip(row_ids(name, table), rows, strict=True):
        if known == row:
            found.update(values)
    return frame(name, rows)


def with_parties(table: pd.DataFrame, agreement: str, sides: Mapping[str, str]) -> pd.DataFrame:
    """The parties with one agreement's sides as told."""
    told = {SIDES[column] for column in sides}
    kept = [row for row in records("agreement_parties", table) if row["agreement_id"] != agreement or row["side"] not in told]
    return frame("agreement_parties", [*kept, *party_rows(agreement, sides)])


def party_rows(agreement: str, sides: Mapping[str, Any]) -> list[Row]:
    """Rows of the parties of an agreement."""
    return [
        {"agreement_id": agreement, "organisation_id": party, "side": side}
        for column, side in SIDES.items()
        for party in str(sides.get(column) or "").split(SEPARATOR)
        if party
    ]


def lost_references(tables: Tables, name: str, values: Mapping[str, Any]) -> list[str]:
    """Columns of a row whose reference leads nowhere."""
    organisations = set(tables["organisations"]["organisation_id"])
    sides = [column for column in SIDES if not set(filter(None, str(values.get(column) or "").split(SEPARATOR))) <= organisations]
    columns = METADATA.tables[name].columns
    references = [(column, key.column) for column in columns if values.get(column.name) for key in column.foreign_keys]
    return sides + [column.name for column, target in references if values[column.name] not in set(tables[target.table.name][target.name])]


def put_facts(tables: Tables, decisions: Sequence[Decision]) -> tuple[Tables, list[Decision]]:
    """The tables with facts that people state; those whose words or references are gone are given back."""
    rows: dict[str, list[Row]] = {}
    unplaced = []
    texts = dict(zip(tables["texts"]["document_id"], tables["texts"]["text"], strict=True)) if decisions else {}
    for decision in decisions:
        words = words_of(decision, texts)
        if not words or len(words) < len(decision.quotes) or lost_references(tables, decision.table_name, decision.value):
            unplaced.append(decision)
            continue
        rows.setdefault(decision.table_name, []).append({c: v for c, v in decision.value.items() if c in column_names(decision.table_name)})
        rows.setdefault("evidence", []).extend(words)
        rows.setdefault("agreement_parties", []).extend(party_rows(decision.row_id, decision.value))
    grown = {name: frame(name, [*records(name, tables[name]), *more]) for name, more in rows.items() if more}
    return {**tables, **grown}, unplaced


def words_of(decision: Decision, texts: Mapping[str, str]) -> list[Row]:
    """Evidence rows for the quotes of a decision that still stand in their document."""
    return [row for document, quote in decision.quotes if (row := evidence_row(decision, document, quote, texts.get(document, "")))]


def evidence_row(decision: Decision, document: str, quote: str, text: str) -> Row | None:
    """Where a quote stands now, None if it is gone."""
    start = text.find(quote)
    if not quote or start < 0:
        return None
    end = start + len(quote)
    return {
        "evidence_id": stable_id("evi", decision.table_name, decision.row_id, document, start, end, METHOD),
        "table_name": decision.table_name,
        "row_id": decision.row_id,
        "document_id": document,
        "char_start": start,
        "char_end": end,
        "quote": quote,
        "method": METHOD,
        "confidence": 1.0,
    }


def quotes_of(words: Iterable[Any], *, most: int = 20) -> tuple[tuple[str, str], ...]:
    """Pairs of document and quote for a decision, each once."""
    return tuple(sorted({(item.document_id, item.quote) for item in words}))[:most]
