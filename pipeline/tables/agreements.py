"""Links that documents report → one row per agreement, however many documents tell it.

What identifies an agreement is who is bound by what family of text: parties and family, never status, date or duration, which may be
learnt later. `partnership`, `cooperation_agreement`, `convention` and `other` are one family, because a bare "accord" may be any of them;
only where one document tells two kinds side by side (a letter signed, an accord to come) do the kinds stand for themselves. Links whose
dates of signing or projects contradict each other are different occasions; the earliest keeps the plain key.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.core.facts import Agreement, DocumentFacts, Refusal
from pipeline.core.ids import stable_id
from pipeline.core.schema import AGREEMENT_KINDS
from pipeline.tables.evidence import Ledger, Row
from pipeline.tables.links import Links
from pipeline.tables.merge import most_precise, most_told, same_time, strongest_status

FAMILIES = {kind: "accord" if kind in ("cooperation_agreement", "partnership", "convention", "other") else kind for kind in AGREEMENT_KINDS}


@dataclass(frozen=True, slots=True)
class Link:
    """One document's agreement with its parties and project resolved."""

    document_id: str
    fact: Agreement
    signatories: tuple[str, ...]
    counterparts: tuple[str, ...]
    project_id: str | None

    @property
    def key(self) -> tuple[str, ...]:
        """What identifies the link: its family and its parties; the project stands in for a side that has no named party."""
        return (FAMILIES[self.fact.kind], *self.bound)

    @property
    def bound(self) -> tuple[str, ...]:
        """Who is bound, whichever way round it is told."""
        parties = sorted({*self.signatories, *self.counterparts})
        return (*parties, *([self.project_id] if len(parties) < 2 and self.project_id else []))


def agreement_rows(facts: Iterable[DocumentFacts], links: Links, ledger: Ledger) -> dict[str, list[Row]]:
    """Rows of `agreements` and `agreement_parties`; a link that binds nobody goes to the ledger of refusals."""
    rows: dict[str, list[Row]] = {"agreements": [], "agreement_parties": []}
    for key, occasion in occasions(resolved_links(facts, links, ledger)):
        rows["agreements"].append(merged(key, occasion))
        rows["agreement_parties"] += parties(key, occasion)
        for link in occasion:
            ledger.state("agreements", key, link.document_id, link.fact.evidence)
    return rows


def resolved_links(facts: Iterable[DocumentFacts], links: Links, ledger: Ledger) -> list[Link]:
    """Every agreement of every document that binds two different named sides."""
    told = []
    for document in facts:
        for agreement in document.agreements:
            link = resolve_link(document.document_id, agreement, links)
            if len(link.bound) < 2 or not (link.counterparts or link.signatories):
                refuse(link, ledger)
            else:
                told.append(link)
    return told


def resolve_link(document_id: str, fact: Agreement, links: Links) -> Link:
    """The link between rows; a party that is a project stands as the project, one that is on both sides as a signatory."""
    signatories = links.organisations(document_id, fact.signatories)
    counterparts = tuple(party for party in links.organisations(document_id, fact.counterparts) if party not in signatories)
    keys = [key for key in (fact.project, *fact.signatories, *fact.counterparts) if key]
    projects = [project for key in keys if (project := links.project(document_id, key))]
    return Link(document_id, fact, signatories, counterparts, projects[0] if projects else None)


def refuse(link: Link, ledger: Ledger) -> None:
    """Keep the sentence of a link whose sides are not two different named organisations."""
    for item in link.fact.evidence[:1]:
        ledger.refuse(link.document_id, Refusal(item.span, link.fact.kind, "the two sides are not two different named organisations"))


def occasions(links: Sequence[Link]) -> list[tuple[str, list[Link]]]:
    """Links grouped into agreements, each with its stable key."""
    groups = defaultdict(list)
    for link in sorted(links, key=lambda link: (link.fact.signed_on or "9999", link.project_id or "~", link.document_id, link.fact.kind)):
        groups[link.key].append(link)
    return [agreement for key, group in groups.items() for agreement in split_group(key, group)]


def split_group(key: tuple[str, ...], group: list[Link]) -> list[tuple[str, list[Link]]]:
    """The agreements of one family between the same parties: by kind where one document tells two kinds, then by occasion."""
    if not tells_two_kinds(group):
        return split_occasions(key, group)
    kinds = sorted({link.fact.kind for link in group})
    by_kind = [((kind, *key[1:]), [link for link in group if link.fact.kind == kind]) for kind in kinds]
    return [agreement for kind_key, links in by_kind for agreement in split_occasions(kind_key, links)]


def tells_two_kinds(group: Iterable[Link]) -> bool:
    """Whether one document tells two kinds of agreement side by side."""
    kinds = defaultdict(set)
    for link in group:
        kinds[link.document_id].add(link.fact.kind)
    return any(len(told) > 1 for told in kinds.values())


def split_occasions(key: tuple[str, ...], group: Iterable[Link]) -> list[tuple[str, list[Link]]]:
    """Links apart when their dates of signing or projects contradict; the first occasion has the plain key."""
    found: list[list[Link]] = []
    for link in group:
        home = next((occasion for occasion in found if all(compatible(link, other) for other in occasion)), None)
        if home is None:
            found.append([link])
        else:
            home.append(link)
    return [(stable_id("agr", *key, *(occasion_marks(links) if index else ())), links) for index, links in enumerate(found)]


def occasion_marks(links: Sequence[Link]) -> tuple[str | None, str | None]:
    """What tells a later occasion from the first: its year and its project."""
    signed = most_precise(link.fact.signed_on for link in links)
    return (signed and signed[:4], most_told(link.project_id for link in links))


def compatible(one: Link, other: Link) -> bool:
    """Whether two links may be the same agreement."""
    projects = {link.project_id for link in (one, other) if link.project_id}
    return same_time(one.fact.signed_on, other.fact.signed_on) and len(projects) < 2


def merged(key: str, occasion: Sequence[Link]) -> Row:
    """One row from all documents that tell the agreement."""
    facts = [link.fact for link in occasion]
    status = strongest_status(fact.status for fact in facts)
    return {
        "agreement_id": key,
        "kind": most_told(fact.kind for fact in facts),
        "status": status,
        "signed_on": None if status == "planned" else most_precise(fact.signed_on for fact in facts),
        "start_date": most_precise(fact.start_date for fact in facts),
        "end_date": most_precise(fact.end_date for fact in facts),
        "duration_months": most_told(fact.duration_months for fact in facts),
        "project_id": most_told(link.project_id for link in occasion),
    }


def parties(key: str, occasion: Sequence[Link]) -> list[Row]:
    """The parties, on the sides that most documents put them on."""
    sides = most_told((link.signatories, link.counterparts) for link in occasion) or ((), ())
    return [
        {"agreement_id": key, "organisation_id": party, "side": side}
        for side, listed in zip(("signatory", "counterpart"), sides, strict=True)
        for party in listed
    ]
