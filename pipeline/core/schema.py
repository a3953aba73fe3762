"""THE TABLES, declared once.

DDL for SQLite and PostgreSQL, the Parquet schema, the data dictionary and Dagster's table schemas are all derived from `METADATA`.
A column's `comment` is its documentation; `info["key"]` of a table names the columns that identify a row to a reader.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
from sqlalchemy import Boolean as Bool
from sqlalchemy import CheckConstraint, Column, Float, ForeignKey, Integer, MetaData, String, Table

METADATA = MetaData(
    naming_convention={
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)

AGREEMENT_KINDS = ("mou", "letter_of_intent", "cooperation_agreement", "partnership", "convention", "twinning", "alliance", "other")
AGREEMENT_STATUSES = ("signed", "active", "planned", "ended")
ORGANISATION_KINDS = ("cluster", "company", "research", "public", "association", "other")
MEMBER_ROLES = ("coordinator", "partner", "label")
SIDES = ("signatory", "counterpart")
DATE_TYPES = ("DATE", "DURATION")
DATE_ROLES = (
    "published", "signed", "since", "project_start", "project_end", "project_period", "agreement_duration", "project_duration",
    "event", "other",
)  # fmt: skip
VERDICTS = ("accept", "reject", "correct", "add", "merge", "split", "withdraw")
DECISION_STATES = ("standing", "reopened", "replaced", "withdrawn")
DOCUMENT_STATUSES = ("extracted", "quarantined")
LABELS = ("CLUSTER", "COMPANY", "RESEARCH", "PUBLIC", "ASSOCIATION", "ORG", "PROJECT", "PROGRAMME", "PLACE")


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """CHECK that a column holds one of a closed list of values (or null)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IS NULL OR {column} IN ({listed})", name=column)


def text(name: str, comment: str, *arguments: Any, required: bool = False) -> Column[str]:
    """A text column."""
    return Column(name, String, *arguments, nullable=not required, comment=comment)


def key(name: str, comment: str, *arguments: Any) -> Column[str]:
    """A text column of the primary key."""
    return Column(name, String, *arguments, primary_key=True, nullable=False, comment=comment)


def number(name: str, comment: str, *, required: bool = False) -> Column[int]:
    """A whole-number column."""
    return Column(name, Integer, nullable=not required, comment=comment)


def real(name: str, comment: str, *, required: bool = False) -> Column[float]:
    """A floating-point column."""
    return Column(name, Float, nullable=not required, comment=comment)


PARTIAL = "ISO 8601, as precise as the source: `2012`, `2016-01` or `2018-11-12`"
DAY = "ISO 8601 day"

documents = Table(
    "documents",
    METADATA,
    key("document_id", "stable key of the source's address"),
    text("source_uri", "file (relative to its corpus) or web address; its file name without extension names its gold", required=True),
    text("title", "title from the header or the metadata"),
    text("publisher", "who publishes, from the source's metadata"),
    text("published_on", f"publication date given by header, dateline or metadata; {PARTIAL}"),
    text("language", "ISO 639-1 code found by langdetect"),
    real("language_confidence", "probability of that language, 0–1"),
    text("content_sha256", "SHA-256 of the source's bytes"),
    text("status", "`extracted`, or `quarantined` with its reason", one_of("status", DOCUMENT_STATUSES), required=True),
    text("reason", "why the document was set aside, in words"),
    number("char_count", "length of the cleaned text in code points", required=True),
    number("tokens_present", "words of the cleaned text", required=True),
    number(
        "tokens_read", "words that extraction has read; fewer than `tokens_present` means that part of a text was dropped", required=True
    ),
    info={"key": ("document_id",), "doc": "One row per document read, set-aside ones included."},
)

texts = Table(
    "texts",
    METADATA,
    key("document_id", "the document", ForeignKey("documents.document_id")),
    text("text", "the cleaned text that every offset points into", required=True),
    info={"key": ("document_id",), "doc": "The cleaned text of each extracted document."},
)

organisations = Table(
    "organisations",
    METADATA,
    key("organisation_id", "stable key"),
    text("name", "the name that the documents use most, whole", required=True),
    text("kind", "what it is", one_of("kind", ORGANISATION_KINDS), required=True),
    text("country_code", "ISO 3166-1 alpha-2, if a document states it or a stated place implies it"),
    text("region", "region as named"),
    info={"key": ("organisation_id",), "doc": "One row per organisation across all documents."},
)

organisation_aliases = Table(
    "organisation_aliases",
    METADATA,
    key("organisation_id", "the organisation", ForeignKey("organisations.organisation_id")),
    key("alias", "a form of its name that a document uses"),
    info={"key": ("organisation_id", "alias"), "doc": "Every form of every organisation's name."},
)

projects = Table(
    "projects",
    METADATA,
    key("project_id", "stable key"),
    text("name", "name of the project, consortium or alliance", required=True),
    text("start_date", f"start; {PARTIAL}"),
    text("end_date", f"end; {PARTIAL}"),
    number("duration_months", "planned duration in months"),
    info={"key": ("project_id",), "doc": "One row per named project, consortium or alliance."},
)

project_members = Table(
    "project_members",
    METADATA,
    key("project_id", "the project", ForeignKey("projects.project_id")),
    key("organisation_id", "the member", ForeignKey("organisations.organisation_id")),
    key("role", "`coordinator`, `partner` or `label` (a cluster that has given its label)", one_of("role", MEMBER_ROLES)),
    info={"key": ("project_id", "organisation_id", "role"), "doc": "Who takes part in which project."},
)

programmes = Table(
    "programmes",
    METADATA,
    key("programme_id", "stable key"),
    text("name", "name of the funding programme", required=True),
    info={"key": ("programme_id",), "doc": "One row per funding programme."},
)

funding = Table(
    "funding",
    METADATA,
    key("funding_id", "stable key"),
    text("project_id", "the beneficiary, if it is a project", ForeignKey("projects.project_id")),
    text("organisation_id", "the beneficiary, if it is an organisation", ForeignKey("organisations.organisation_id")),
    text("programme_id", "the programme that pays", ForeignKey("programmes.programme_id")),
    text("funder_id", "the organisation that pays", ForeignKey("organisations.organisation_id")),
    real("amount", "amount in units of the currency"),
    text("currency", "ISO 4217 code"),
    Column("amount_shared", Bool(name="amount_shared"), nullable=False, comment="true when several beneficiaries or funders share the sum"),
    text("start_date", f"start of the funding; {PARTIAL}"),
    text("end_date", f"end of the funding; {PARTIAL}"),
    CheckConstraint("(project_id IS NULL) <> (organisation_id IS NULL)", name="one_beneficiary"),
    CheckConstraint("programme_id IS NOT NULL OR funder_id IS NOT NULL", name="a_source"),
    info={"key": ("funding_id",), "doc": "Who is paid by which programme or funder."},
)

agreements = Table(
    "agreements",
    METADATA,
    key("agreement_id", "stable key"),
    text("kind", "which kind of agreement", one_of("kind", AGREEMENT_KINDS), required=True),
    text("status", "`signed`, `active`, `planned` or `ended`", one_of("status", AGREEMENT_STATUSES), required=True),
    text("signed_on", f"date of signing; {PARTIAL}"),
    text("start_date", f"start of validity; {PARTIAL}"),
    text("end_date", f"end of validity; {PARTIAL}"),
    number("duration_months", "validity in months"),
    text("project_id", "the project in whose name it was signed", ForeignKey("projects.project_id")),
    info={"key": ("agreement_id",), "doc": "One row per bilateral link that documents report."},
)

agreement_parties = Table(
    "agreement_parties",
    METADATA,
    key("agreement_id", "the agreement", ForeignKey("agreements.agreement_id")),
    key("organisation_id", "the party", ForeignKey("organisations.organisation_id")),
    key("side", "`signatory` is the side whose story is told, `counterpart` the other", one_of("side", SIDES)),
    info={"key": ("agreement_id", "organisation_id", "side"), "doc": "The parties of each agreement."},
)

declared_counts = Table(
    "declared_counts",
    METADATA,
    key("declared_id", "stable key"),
    text("document_id", "the document that declares", ForeignKey("documents.document_id"), required=True),
    text("project_id", "the project that the count is about", ForeignKey("projects.project_id")),
    text("fact", "what is counted: `agreement`, `member`, `project` …", required=True),
    number("declared", "the number that the document states", required=True),
    number("found", "how many were extracted from that document", required=True),
    info={"key": ("declared_id",), "doc": "Numbers that a document states about its own facts, beside what was found."},
)

dates = Table(
    "dates",
    METADATA,
    key("date_id", "stable key"),
    text("document_id", "the document", ForeignKey("documents.document_id"), required=True),
    number("char_start", "first code point", required=True),
    number("char_end", "one past the last code point", required=True),
    text("text", "the exact words", required=True),
    text("type", "TIMEX3 type", one_of("type", DATE_TYPES), required=True),
    text("value", "TIMEX3 value", required=True),
    text("mod", "TIMEX3 modifier: START, MID, END, APPROX, BEFORE, AFTER …"),
    text("start_date", f"first day covered; {DAY}"),
    text("end_date", f"last day covered; {DAY}"),
    text("role", "what the date is for", one_of("role", DATE_ROLES), required=True),
    text("basis", "what the value rests on: `explicit`, `document` or `publication`", required=True),
    Column("guess", Bool(name="guess"), nullable=False, comment="true when past or future was chosen without a cue"),
    info={"key": ("date_id",), "doc": "Every expression that a calendar can hold."},
)

mentions = Table(
    "mentions",
    METADATA,
    key("mention_id", "stable key"),
    text("document_id", "the document", ForeignKey("documents.document_id"), required=True),
    number("char_start", "first code point", required=True),
    number("char_end", "one past the last code point", required=True),
    text("text", "the exact words", required=True),
    text("label", "what is named", one_of("label", LABELS), required=True),
    text("organisation_id", "the organisation named", ForeignKey("organisations.organisation_id")),
    text("project_id", "the project named", ForeignKey("projects.project_id")),
    text("programme_id", "the programme named", ForeignKey("programmes.programme_id")),
    text("method", "id of the rule or list entry, or name and version of the model", required=True),
    real("score", "how sure, 0–1", required=True),
    info={"key": ("mention_id",), "doc": "Every place where a document names something."},
)

evidence = Table(
    "evidence",
    METADATA,
    key("evidence_id", "stable key"),
    text("table_name", "table of the fact", required=True),
    text("row_id", "key of the fact's row (columns of a composite key joined by `|`)", required=True),
    text("document_id", "the document", ForeignKey("documents.document_id"), required=True),
    number("char_start", "first code point", required=True),
    number("char_end", "one past the last code point", required=True),
    text("quote", "the exact words that state the fact", required=True),
    text("method", "id of the rule, or name and version of the model", required=True),
    real("confidence", "how sure, 0–1", required=True),
    info={"key": ("evidence_id",), "doc": "The words that state each fact, in each document that states it."},
)

refusals = Table(
    "refusals",
    METADATA,
    key("refusal_id", "stable key"),
    text("document_id", "the document", ForeignKey("documents.document_id"), required=True),
    number("char_start", "first code point of the sentence", required=True),
    number("char_end", "one past its last code point", required=True),
    text("quote", "the sentence", required=True),
    text("trigger", "the word that made it a candidate", required=True),
    text("reason", "why no fact was made of it", required=True),
    info={"key": ("refusal_id",), "doc": "Sentences with a trigger that gave no fact, and why."},
)

decisions = Table(
    "decisions",
    METADATA,
    key("decision_id", "stable key"),
    text("table_name", "table of the fact", required=True),
    text("row_id", "key of the fact's row, as in `evidence`; a rejected fact has no row", required=True),
    text("verdict", "what was decided", one_of("verdict", VERDICTS), required=True),
    text("state", "whether it holds; `reopened` when its quote or value changed", one_of("state", DECISION_STATES), required=True),
    text("columns", "columns that hold a corrected value, joined by `,`"),
    text("seen", "values that it was made on, as JSON"),
    text("value", "values that it sets, as JSON"),
    text("quote", "the words that it was made on"),
    text("who", "who decided", required=True),
    text("decided_at", "when; ISO 8601, UTC", required=True),
    text("why", "the reason given"),
    info={"key": ("decision_id",), "doc": "What people decided about facts: the audit trail, nothing is ever taken out of it."},
)

ARROW_TYPES: Mapping[type, pa.DataType] = {String: pa.string(), Integer: pa.int64(), Float: pa.float64(), Bool: pa.bool_()}


def table_names() -> list[str]:
    """Names of all tables, referenced ones before those that refer to them."""
    return [table.name for table in METADATA.sorted_tables]


def key_columns(name: str) -> tuple[str, ...]:
    """Columns that identify a row of a table to its readers."""
    columns: tuple[str, ...] = METADATA.tables[name].info["key"]
    return columns


def column_names(name: str) -> list[str]:
    """Columns of a table in their declared order."""
    return [column.name for column in METADATA.tables[name].columns]


def arrow_schema(name: str) -> pa.Schema:
    """Parquet schema of a table, each field with its documentation."""
    return pa.schema([arrow_field(column) for column in METADATA.tables[name].columns])


def arrow_field(column: Column[Any]) -> pa.Field:
    """Parquet field of a column."""
    return pa.field(column.name, ARROW_TYPES[type(column.type)], nullable=bool(column.nullable), metadata={"doc": column.comment or ""})


def data_dictionary() -> str:
    """The tables and columns as Markdown, for the README and the downloads."""
    return "\n".join(line for table in METADATA.sorted_tables for line in dictionary_of(table))


def dictionary_of(table: Table) -> list[str]:
    """One table's part of the data dictionary."""
    head = [f"#### {table.name}", "", str(table.info["doc"]), "", "| column | type | meaning |", "| --- | --- | --- |"]
    rows = [f"| {column.name} | {type_name(column)} | {column.comment} |" for column in table.columns]
    return [*head, *rows, ""]


def type_name(column: Column[Any]) -> str:
    """Type of a column as the dictionary tells it: `text`, `integer` …, with the key and the reference."""
    words = [{"String": "text", "Integer": "integer", "Float": "real", "Boolean": "boolean"}[type(column.type).__name__]]
    words += ["key"] if column.primary_key else []
    words += [f"→ {reference.column.table.name}" for reference in column.foreign_keys]
    return ", ".join(words)
