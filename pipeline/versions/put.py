"""Putting into the tables what people state: corrected values, and names and facts that the machine did not find."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.core.facts import ORGANISATION_KINDS
from pipeline.core.ids import stable_id
from pipeline.core.schema import METADATA, column_names, key_columns
from pipeline.tables.frames import Tables, frame, records
from pipeline.tables.spans import REFERENCES
from pipeline.versions.cascade import row_ids
from pipeline.versions.decisions import Decision
from pipeline.versions.diff import SEPARATOR, row_id
from pipeline.versions.statements import ENTITIES, SIDES

METHOD = "decision"
"""`method` of the words on which a person states a fact."""

LABELS = {kind: label.value for label, kind in ORGANISATION_KINDS.items()}
"""What a mention of an organisation of a kind is labelled."""

Row = dict[str, Any]


def corrected(tables: Tables, decisions: Sequence[Decision]) -> tuple[Tables, list[Decision]]:
    """The tables with corrected values, and the decisions that refer to what is not there."""
    unfit = [decision for decision in decisions if lost_references(tables, decision.table_name, decision.value)]
    return with_values(tables, [decision for decision in decisions if decision not in unfit]), unfit


def with_values(tables: Tables, decisions: Iterable[Decision]) -> Tables:
    """The tables with the values of decisions in the rows that they are about."""
    values: defaultdict[str, dict[str, Row]] = defaultdict(dict)
    sides: dict[str, Mapping[str, Any]] = {}
    for decision in decisions:
        known = column_names(decision.table_name)
        told = {column: value for column, value in decision.value.items() if column in known}
        values[decision.table_name].setdefault(decision.row_id, {}).update(told)
        if parties := {column: value for column, value in decision.value.items() if column in SIDES and value}:
            sides[decision.row_id] = {**sides.get(decision.row_id, {}), **parties}
    made = {**tables, **{name: with_rows(tables[name], name, rows) for name, rows in values.items()}}
    return {**made, "agreement_parties": with_parties(made["agreement_parties"], sides)} if sides else made


def with_rows(table: pd.DataFrame, name: str, values: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """A table with some columns of some rows set."""
    rows = records(name, table)
    for known, found in zip(row_ids(name, table), rows, strict=True):
        found.update(values.get(known, {}))
    return frame(name, rows)


def with_parties(table: pd.DataFrame, agreements: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """The parties, with the sides of some agreements as told."""
    told = {(agreement, SIDES[column]) for agreement, sides in agreements.items() for column in sides}
    kept = [row for row in records("agreement_parties", table) if (row["agreement_id"], row["side"]) not in told]
    return frame("agreement_parties", [*kept, *(row for agreement, sides in agreements.items() for row in party_rows(agreement, sides))])


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
    """The tables with what people state; those whose words or references are gone are given back.

    Where the machine has found the same row, the values that people told stand; a name stays as the documents use it most.
    """
    texts = dict(zip(tables["texts"]["document_id"], tables["texts"]["text"], strict=True)) if decisions else {}
    ids = {name: set(row_ids(name, tables[name])) for name in {decision.table_name for decision in decisions}}
    rows: defaultdict[str, list[Row]] = defaultdict(list)
    told, unplaced = [], []
    for decision in decisions:
        words = words_of(decision, texts)
        if not words or len(words) < len(decision.quotes) or lost_references(tables, decision.table_name, decision.value):
            unplaced.append(decision)
            continue
        rows["evidence"] += words
        for name, more in named_rows(decision, words).items():
            rows[name] += more
        if decision.row_id in ids[decision.table_name]:
            told.append(told_again(decision))
        else:
            rows[decision.table_name].append({c: v for c, v in decision.value.items() if c in column_names(decision.table_name)})
            rows["agreement_parties"] += party_rows(decision.row_id, decision.value)
    grown = {name: with_more(tables[name], name, more) for name, more in rows.items() if more}
    return with_values({**tables, **grown}, told), unplaced


def with_more(table: pd.DataFrame, name: str, rows: Iterable[Row]) -> pd.DataFrame:
    """A table with more rows; those whose key it has already are passed over."""
    keys = key_columns(name)
    return frame(name, {row_id(row, keys): row for row in [*rows, *records(name, table)]}.values())


def told_again(decision: Decision) -> Decision:
    """What a stated fact sets in a row that the machine has found too: the values that were told."""
    kept = {"name", *key_columns(decision.table_name)} if decision.table_name in ENTITIES else set(key_columns(decision.table_name))
    value = {column: item for column, item in decision.value.items() if item is not None and column not in kept}
    return Decision(*decision.fact, decision.verdict, decision.who, value=value)


def named_rows(decision: Decision, words: Iterable[Row]) -> dict[str, list[Row]]:
    """What hangs on a name that a person states: where it stands, and that it is a form of the organisation's name."""
    if decision.table_name not in ENTITIES:
        return {}
    alias = {"organisation_id": decision.row_id, "alias": decision.value["name"]}
    mentions = [mention_row(decision, row) for row in words if " ".join(row["quote"].split()) == decision.value["name"]]
    return {"mentions": mentions, **({"organisation_aliases": [alias]} if decision.table_name == "organisations" else {})}


def mention_row(decision: Decision, words: Row) -> Row:
    """The place at which a person has seen a name."""
    label = LABELS[decision.value["kind"]] if decision.table_name == "organisations" else decision.table_name[:-1].upper()
    place = {column: words[column] for column in ("document_id", "char_start", "char_end")}
    return {
        "mention_id": stable_id("men", *place.values(), label, METHOD),
        **place,
        "text": words["quote"],
        "label": label,
        **dict.fromkeys(REFERENCES.values()),
        REFERENCES[decision.table_name]: decision.row_id,
        "method": METHOD,
        "score": 1.0,
    }


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
