"""Documents, facts and resolved entities → rows of every table."""

from collections.abc import Iterable, Sequence

from pipeline.core.facts import Document, DocumentFacts, Quarantined
from pipeline.core.schema import table_names
from pipeline.resolution import Resolution
from pipeline.tables.agreements import agreement_rows
from pipeline.tables.entities import member_rows, organisation_rows, programme_rows, project_rows, state_entities
from pipeline.tables.evidence import Ledger, Row
from pipeline.tables.frames import Tables, frame
from pipeline.tables.funding import funding_rows
from pipeline.tables.links import Links
from pipeline.tables.spans import date_rows, declared_row, mention_rows


def build_tables(
    documents: Iterable[Document], quarantined: Iterable[Quarantined], facts: Sequence[DocumentFacts], resolution: Resolution
) -> Tables:
    """Every declared table, rows sorted by key.

    Args:
        documents: the texts that were read.
        quarantined: the documents that were set aside, with the reason.
        facts: what each of the texts states, in any order.
        resolution: one organisation, project and programme each across documents.
    """
    documents = list(documents)
    facts = sorted(facts, key=lambda document: document.document_id)
    links, ledger = Links(resolution), Ledger({document.document_id: document.text for document in documents})
    rows = {
        **document_rows(documents, quarantined, facts),
        **organisation_rows(resolution),
        "programmes": programme_rows(resolution),
        "projects": project_rows(resolution, facts, links, ledger),
        "project_members": member_rows(facts, links, ledger),
        "funding": funding_rows(facts, links, ledger),
        **agreement_rows(facts, links, ledger),
        **span_rows(facts, links, ledger),
        **ledger.rows(),
    }
    return {name: frame(name, rows.get(name, ())) for name in table_names()}


def document_rows(
    documents: Sequence[Document], quarantined: Iterable[Quarantined], facts: Iterable[DocumentFacts]
) -> dict[str, list[Row]]:
    """Rows of `documents` and `texts`."""
    by_id = {document.document_id: document for document in facts}
    read = [read_row(document, by_id[document.document_id]) for document in documents]
    return {
        "documents": [*read, *map(set_aside_row, quarantined)],
        "texts": [{"document_id": document.document_id, "text": document.text} for document in documents],
    }


def read_row(document: Document, facts: DocumentFacts) -> Row:
    """A document that was read."""
    columns = ("document_id", "source_uri", "title", "publisher", "language", "language_confidence", "content_sha256")
    return {
        **{column: getattr(document, column) for column in columns},
        "published_on": facts.published_on or document.published_on,
        "status": "extracted",
        "char_count": len(document.text),
        "tokens_present": facts.tokens_present,
        "tokens_read": facts.tokens_read,
    }


def set_aside_row(document: Quarantined) -> Row:
    """A document that was set aside."""
    columns = ("document_id", "source_uri", "title", "language", "language_confidence", "content_sha256", "reason", "char_count")
    return {**{column: getattr(document, column) for column in columns}, "status": "quarantined", "tokens_present": 0, "tokens_read": 0}


def span_rows(facts: Iterable[DocumentFacts], links: Links, ledger: Ledger) -> dict[str, list[Row]]:
    """Rows of `dates`, `mentions` and `declared_counts`; notes who is named where and what gave no fact."""
    rows: dict[str, list[Row]] = {"dates": [], "mentions": [], "declared_counts": []}
    for document in facts:
        text = ledger.texts[document.document_id]
        rows["dates"] += once("date_id", date_rows(document, text))
        rows["mentions"] += once("mention_id", mention_rows(document, text, links))
        rows["declared_counts"] += once("declared_id", declared_rows(document, links, ledger))
        state_entities(document, links, ledger)
        for refusal in document.refusals:
            ledger.refuse(document.document_id, refusal)
    return rows


def once(key: str, rows: Iterable[Row]) -> list[Row]:
    """Rows without those that tell the same thing of the same place again; the first one stays."""
    return list({row[key]: row for row in reversed(list(rows))}.values())


def declared_rows(document: DocumentFacts, links: Links, ledger: Ledger) -> list[Row]:
    """Rows of `declared_counts`, each with its words as evidence."""
    rows = [declared_row(document.document_id, found, links) for found in document.declared]
    for row, found in zip(rows, document.declared, strict=True):
        ledger.state("declared_counts", str(row["declared_id"]), document.document_id, (found.evidence,))
    return rows
