"""Integrity checks on the tables of one version. Results are plain values: who blocks on them is decided elsewhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pandas as pd

from pipeline.core.errors import TableError
from pipeline.core.schema import key_columns, table_names
from pipeline.tables.database import write_database
from pipeline.tables.frames import Tables

STATED = ("organisations", "projects", "programmes", "project_members", "agreements", "funding", "declared_counts")
"""Tables whose every row needs the words of at least one document."""

FEW = 20
"""Tables with fewer rows than this before are too small for a bound on their change."""

UNBOUND = ("documents", "texts", "refusals", "decisions")
"""Tables whose size is the user's business, or no fact."""


class Severity(StrEnum):
    """What a failed check means: an error keeps the version from being published, a warning is told."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found."""

    name: str
    passed: bool
    severity: Severity
    detail: str
    metadata: Mapping[str, int] = field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        """Whether the version may not be published."""
        return not self.passed and self.severity is Severity.ERROR


def check_tables(
    tables: Tables, *, previous_rows: Mapping[str, int] | None = None, shrink: float = 0.5, growth: float = 3.0
) -> list[CheckResult]:
    """Run every check.

    Args:
        tables: all tables of a version.
        previous_rows: row counts of the version that readers see now, None if there is none or its counts are no measure.
        shrink: a table may not fall below this share of its rows before, in proportion to the documents.
        growth: nor rise above this multiple.
    """
    return [
        schema_holds(tables),
        quotes_match(tables),
        references_resolve(tables),
        facts_have_evidence(tables),
        texts_are_read_whole(tables),
        counts_within_bounds(tables, previous_rows or {}, shrink, growth),
        declared_counts_met(tables),
    ]


CHECK_DOCS: Mapping[str, tuple[Severity, str]] = {
    "schema_holds": (Severity.ERROR, "Types, keys, nulls, CHECKs and foreign keys, by loading every row into SQLite."),
    "quotes_match": (Severity.ERROR, "Each quote equals the document's text at its offsets."),
    "references_resolve": (Severity.ERROR, "Each evidence row points at a row that exists."),
    "facts_have_evidence": (Severity.ERROR, "Each fact is stated in the words of at least one document."),
    "texts_are_read_whole": (Severity.ERROR, "Extraction has read as many words as the texts have."),
    "counts_within_bounds": (Severity.ERROR, "No table lost or gained more rows, per document, than the bounds allow."),
    "declared_counts_met": (Severity.WARNING, "As many facts were found as the documents themselves declare."),
}
"""Every check by name, with what its failure means and what it looks at."""


def result(name: str, faults: Iterable[str], *, looked_at: int, advice: str = "") -> CheckResult:
    """A check's result from the list of faults that it found."""
    faults = list(faults)
    shown = "; ".join(faults[:5]) + ("; …" if len(faults) > 5 else "") + advice
    detail = f"{len(faults)} of {looked_at}: {shown}" if faults else f"{looked_at} looked at"
    return CheckResult(name, not faults, CHECK_DOCS[name][0], detail, {"looked_at": looked_at, "faults": len(faults)})


def schema_holds(tables: Tables) -> CheckResult:
    """Types, nulls, keys, CHECKs and foreign keys, by loading every row into SQLite."""
    faults: list[str] = []
    try:
        write_database(tables, ":memory:")
    except TableError as error:
        faults = [str(error)]
    return result("schema_holds", faults, looked_at=sum(map(len, tables.values())))


def quotes_match(tables: Tables) -> CheckResult:
    """`quote == text[start:end]` wherever offsets are kept."""
    texts = dict(zip(tables["texts"]["document_id"], tables["texts"]["text"], strict=True))
    columns = {"evidence": "quote", "refusals": "quote", "dates": "text", "mentions": "text"}
    faults = [fault for name, column in columns.items() for fault in misquotes(name, tables[name], column, texts)]
    return result("quotes_match", faults, looked_at=sum(len(tables[name]) for name in columns))


def misquotes(name: str, table: pd.DataFrame, column: str, texts: Mapping[str, str]) -> list[str]:
    """The rows of one table whose words are not what stands at their place."""
    rows = zip(table["document_id"], table["char_start"], table["char_end"], table[column], strict=True)
    return [
        f"{name}: {quote!r} is not at {start}–{end} of {document}"
        for document, start, end, quote in rows
        if not quote or texts.get(document, "")[start:end] != quote
    ]


def row_ids(tables: Tables) -> dict[str, set[str]]:
    """The keys of every table, columns of a composite key joined by `|`."""
    keys = {name: [tables[name][column] for column in key_columns(name)] for name in table_names()}
    return {name: {"|".join(map(str, key)) for key in zip(*columns, strict=True)} for name, columns in keys.items()}


def references_resolve(tables: Tables) -> CheckResult:
    """Evidence points at rows that exist (foreign keys proper are part of the schema)."""
    ids, evidence = row_ids(tables), tables["evidence"]
    pairs = sorted(set(zip(evidence["table_name"], evidence["row_id"], strict=True)))
    faults = [f"evidence for {table} {row}, which is not there" for table, row in pairs if row not in ids.get(table, set())]
    return result("references_resolve", faults, looked_at=len(pairs))


def facts_have_evidence(tables: Tables) -> CheckResult:
    """Each row of a table of facts has the words of at least one document."""
    ids, evidence = row_ids(tables), tables["evidence"]
    stated = set(zip(evidence["table_name"], evidence["row_id"], strict=True))
    faults = [f"{table} {row} has no evidence" for table in STATED for row in sorted(ids[table]) if (table, row) not in stated]
    return result("facts_have_evidence", faults, looked_at=sum(len(ids[table]) for table in STATED))


def texts_are_read_whole(tables: Tables) -> CheckResult:
    """Words read = words present, in every extracted document."""
    read = tables["documents"][tables["documents"]["status"] == "extracted"]
    rows = zip(read["source_uri"], read["tokens_read"], read["tokens_present"], strict=True)
    faults = [f"{source}: {got} of {present} words read" for source, got, present in rows if got != present]
    return result("texts_are_read_whole", faults, looked_at=len(read))


def counts_within_bounds(tables: Tables, previous: Mapping[str, int], shrink: float, growth: float) -> CheckResult:
    """No table shrank or grew out of proportion to the number of documents."""
    scale = len(tables["texts"]) / previous["texts"] if previous.get("texts") else 1.0
    low, high = shrink * min(scale, 1.0), growth * max(scale, 1.0)
    watched = {name: rows for name, rows in previous.items() if rows >= FEW and name in tables and name not in UNBOUND}
    faults = [
        f"{name}: {len(tables[name])} rows, {rows} before (allowed {int(low * rows)}–{int(high * rows)})"
        for name, rows in watched.items()
        if not low * rows <= len(tables[name]) <= high * rows
    ]
    return result("counts_within_bounds", faults, looked_at=len(watched), advice=". If this is meant, run again with --accept-counts.")


def declared_counts_met(tables: Tables) -> CheckResult:
    """A warning where a document declares a number of facts and another number was found."""
    declared = tables["declared_counts"]
    sources = dict(zip(tables["documents"]["document_id"], tables["documents"]["source_uri"], strict=True))
    rows = zip(declared["document_id"], declared["fact"], declared["declared"], declared["found"], strict=True)
    faults = [f"{sources[document]}: {found} of {told} declared ({fact})" for document, fact, told, found in rows if found != told]
    return result("declared_counts_met", faults, looked_at=len(declared))
