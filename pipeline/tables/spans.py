"""What stands at which place of a document → rows of `dates`, `mentions` and `declared_counts`."""

from pipeline.core.facts import DatedExpression, DeclaredCount, DocumentFacts, Mention, Span
from pipeline.core.ids import stable_id
from pipeline.tables.evidence import Row
from pipeline.tables.links import Links

REFERENCES = {"organisations": "organisation_id", "projects": "project_id", "programmes": "programme_id"}


def place(document_id: str, span: Span, text: str) -> Row:
    """The columns that say where something stands."""
    return {"document_id": document_id, "char_start": span.start, "char_end": span.end, "text": span.quote(text)}


def date_rows(document: DocumentFacts, text: str) -> list[Row]:
    """Rows of `dates`."""
    return [date_row(document.document_id, found, text) for found in document.dates]


def date_row(document_id: str, found: DatedExpression, text: str) -> Row:
    """One dated expression."""
    return {
        "date_id": stable_id("dat", document_id, found.span.start, found.span.end, found.type, found.value, found.mod),
        **place(document_id, found.span, text),
        "type": found.type,
        "value": found.value,
        "mod": found.mod,
        "start_date": found.start_date and found.start_date.isoformat(),
        "end_date": found.end_date and found.end_date.isoformat(),
        "role": found.role,
        "basis": found.basis,
        "guess": found.guess,
    }


def mention_rows(document: DocumentFacts, text: str, links: Links) -> list[Row]:
    """Rows of `mentions`."""
    return [mention_row(document.document_id, found, text, links) for found in document.mentions]


def mention_row(document_id: str, found: Mention, text: str, links: Links) -> Row:
    """One mention, with the row that it names."""
    row = links.row(document_id, found.entity)
    return {
        "mention_id": stable_id("men", document_id, found.span.start, found.span.end, found.label.value, found.entity),
        **place(document_id, found.span, text),
        "label": found.label.value,
        **dict.fromkeys(REFERENCES.values()),
        **({REFERENCES[row[0]]: row[1]} if row else {}),
        "method": found.method,
        "score": found.score,
    }


def declared_row(document_id: str, found: DeclaredCount, links: Links) -> Row:
    """One number that a document states about its own facts; its key is the place of the words."""
    span = found.evidence.span
    return {
        "declared_id": stable_id("dec", document_id, found.fact, span.start, span.end),
        "document_id": document_id,
        "project_id": links.project(document_id, found.project),
        "fact": found.fact,
        "declared": found.declared,
        "found": found.found,
    }
