"""Who is paid by what → one row per beneficiary, programme and funder, however many documents tell it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pipeline.core.facts import DocumentFacts, Funding, Refusal
from pipeline.core.ids import stable_id
from pipeline.tables.evidence import Ledger, Row
from pipeline.tables.links import Links
from pipeline.tables.merge import most_precise, most_told

Key = tuple[str | None, str | None, str | None, str | None]
"""Project, organisation, programme, funder."""


def funding_rows(facts: Iterable[DocumentFacts], links: Links, ledger: Ledger) -> list[Row]:
    """Rows of `funding`; a grant without a resolved beneficiary or source goes to the ledger of refusals."""
    told: defaultdict[Key, list[tuple[str, Funding]]] = defaultdict(list)
    for document in facts:
        for fact in document.funding:
            key = funding_key(document.document_id, fact, links)
            if not (key[0] or key[1]) or not (key[2] or key[3]):
                refuse(document.document_id, fact, ledger)
            else:
                told[key].append((document.document_id, fact))
    return [funding_row(key, grants, ledger) for key, grants in told.items()]


def funding_key(document_id: str, fact: Funding, links: Links) -> Key:
    """What identifies a grant: who gets it, from which programme, from whom."""
    project = links.project(document_id, fact.beneficiary)
    organisation = None if project else links.organisation(document_id, fact.beneficiary)
    return (project, organisation, links.programme(document_id, fact.programme), links.organisation(document_id, fact.funder))


def refuse(document_id: str, fact: Funding, ledger: Ledger) -> None:
    """Keep the sentence of a grant whose beneficiary or source is not named."""
    for item in fact.evidence[:1]:
        ledger.refuse(document_id, Refusal(item.span, "funding", "the beneficiary, or the programme and the funder, are not named"))


def funding_row(key: Key, grants: Sequence[tuple[str, Funding]], ledger: Ledger) -> Row:
    """One row from all documents that tell the grant."""
    funding_id = stable_id("fun", *key)
    for document_id, fact in grants:
        ledger.state("funding", funding_id, document_id, fact.evidence)
    facts = [fact for _, fact in grants]
    amount, currency, shared = told_amount(facts)
    return {
        "funding_id": funding_id,
        **dict(zip(("project_id", "organisation_id", "programme_id", "funder_id"), key, strict=True)),
        "amount": amount,
        "currency": currency,
        "amount_shared": shared,
        "start_date": most_precise(fact.start_date for fact in facts),
        "end_date": most_precise(fact.end_date for fact in facts),
    }


def told_amount(facts: Iterable[Funding]) -> tuple[float | None, str | None, bool]:
    """Amount, currency and whether it is shared, always from the same telling."""
    told = most_told((fact.amount, fact.currency, fact.amount_shared) for fact in facts if fact.amount is not None)
    return told or (None, None, False)
