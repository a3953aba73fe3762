"""The facts that people judge, one row each: the tables of facts with what belongs to a fact on its row.

An agreement has its parties (`signatories`, `counterparts`: ids joined by `|`), every fact but a bare entity its words (`quote`: the
different quotes in alphabetical order, a line each), so that a changed party or sentence is a change of that one fact.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import pyarrow as pa

from pipeline.core.schema import METADATA, key_columns
from pipeline.tables.frames import Tables, arrow_table
from pipeline.versions.diff import SEPARATOR, Diff, diff_tables, row_id

ENTITIES = ("organisations", "projects", "programmes")
FACTS = (*ENTITIES, "project_members", "funding", "agreements", "declared_counts")
SIDES = {"signatories": "signatory", "counterparts": "counterpart"}
QUOTE = "quote"

FactKey = tuple[str, str]
"""Table and row id of a fact."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words that state a fact: where they stand, what found them, how sure."""

    document_id: str
    start: int
    end: int
    quote: str
    method: str
    confidence: float

    def within(self, text: str) -> "Words | None":
        """The same words where they stand in a text: at their place, else at the first place that has them; None if they are gone."""
        if text[self.start : self.end] == self.quote:
            return self
        start = text.find(self.quote)
        return replace(self, start=start, end=start + len(self.quote)) if start >= 0 else None


class Statements:
    """The facts of one version with their words and parties."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables

    @cached_property
    def words(self) -> Mapping[FactKey, list[Words]]:
        """The words of each fact."""
        found: defaultdict[FactKey, list[Words]] = defaultdict(list)
        table = self.tables["evidence"]
        columns = ("table_name", "row_id", "document_id", "char_start", "char_end", "quote", "method", "confidence")
        for name, row, document, start, end, quote, method, confidence in zip(*(table[column] for column in columns), strict=True):
            found[name, row].append(Words(document, int(start), int(end), quote, method, float(confidence)))
        return found

    @cached_property
    def texts(self) -> dict[str, str]:
        """The cleaned text of each document."""
        table = self.tables["texts"]
        return dict(zip(table["document_id"], table["text"], strict=True))

    @cached_property
    def arrow(self) -> dict[str, pa.Table]:
        """The tables of facts, each row with its parties and its words."""
        return {name: self._arrow(name) for name in FACTS}

    def _arrow(self, name: str) -> pa.Table:
        table = arrow_table(name, self.tables[name])
        ids = [row_id(row, key_columns(name)) for row in table.select(list(key_columns(name))).to_pylist()]
        if name == "agreements":
            for column, side in SIDES.items():
                table = table.append_column(column, pa.array([self.parties[row].get(side) for row in ids], pa.string()))
        if name not in ENTITIES:
            table = table.append_column(QUOTE, pa.array([self.quote((name, row)) for row in ids], pa.string()))
        return table

    @cached_property
    def parties(self) -> Mapping[str, Mapping[str, str]]:
        """Ids of each agreement's parties, by side."""
        found: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        table = self.tables["agreement_parties"]
        for agreement, party, side in zip(table["agreement_id"], table["organisation_id"], table["side"], strict=True):
            found[agreement][side].append(party)
        joined = {agreement: {side: SEPARATOR.join(sorted(ids)) for side, ids in sides.items()} for agreement, sides in found.items()}
        return defaultdict(dict, joined)

    def quote(self, fact: FactKey) -> str | None:
        """The different quotes of a fact, a line each."""
        return joined_quotes(words.quote for words in self.words.get(fact, ()))

    def confidence(self, fact: FactKey) -> float:
        """How sure the surest words of a fact are; 0 without words."""
        return max((words.confidence for words in self.words.get(fact, ())), default=0.0)

    @cached_property
    def rows(self) -> dict[FactKey, dict[str, Any]]:
        """Every fact as plain values."""
        return {(name, row_id(row, key_columns(name))): row for name, table in self.arrow.items() for row in table.to_pylist()}

    @cached_property
    def addresses(self) -> dict[str, str]:
        """The address of each document."""
        return dict(zip(self.tables["documents"]["document_id"], self.tables["documents"]["source_uri"], strict=True))

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of organisations, projects and programmes by id."""
        pairs = ((self.tables[name][f"{name[:-1]}_id"], self.tables[name]["name"]) for name in ENTITIES)
        return {key: name for keys, names in pairs for key, name in zip(keys, names, strict=True)}


def joined_quotes(quotes: Iterable[str]) -> str | None:
    """Different quotes, white space aside, a line each; None if there are none."""
    return "\n".join(sorted({" ".join(quote.split()) for quote in quotes})) or None


def diff_facts(base: Statements, head: Statements) -> Diff:
    """What differs between the facts of two versions."""
    return diff_tables(base.arrow, head.arrow)


def fact_key(table: str, row: Mapping[str, Any]) -> FactKey:
    """Table and row id of a row."""
    return table, row_id(row, key_columns(table))


def references(table: str, row: Mapping[str, Any]) -> Iterator[FactKey]:
    """The facts that a fact's row names: organisations, projects, programmes, and the parties of an agreement."""
    yield from ((target, row[column]) for column, target in reference_columns(table) if row.get(column))
    yield from (("organisations", party) for side in SIDES for party in (row.get(side) or "").split(SEPARATOR) if party)


@cache
def reference_columns(table: str) -> tuple[tuple[str, str], ...]:
    """Columns of a table of facts that name another fact, with the table of that."""
    pairs = ((column.name, key.column.table.name) for column in METADATA.tables[table].columns for key in column.foreign_keys)
    return tuple((column, target) for column, target in pairs if target in FACTS)
