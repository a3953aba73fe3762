"""Organisations, projects and programmes → their rows, and which document names each in which words."""

from collections import defaultdict
from collections.abc import Iterable

from pipeline.core.facts import DocumentFacts, Entity, Evidence, Mention, Project
from pipeline.resolution import Resolution
from pipeline.tables.evidence import Ledger, Row
from pipeline.tables.links import Links
from pipeline.tables.merge import most_precise, most_told


def organisation_rows(resolution: Resolution) -> dict[str, list[Row]]:
    """Rows of `organisations` and `organisation_aliases`."""
    columns = ("name", "kind", "country_code", "region")
    found = resolution.organisations
    return {
        "organisations": [{"organisation_id": item.id, **{column: getattr(item, column) for column in columns}} for item in found],
        "organisation_aliases": [{"organisation_id": item.id, "alias": alias} for item in found for alias in {item.name, *item.aliases}],
    }


def programme_rows(resolution: Resolution) -> list[Row]:
    """Rows of `programmes`."""
    return [{"programme_id": item.id, "name": item.name} for item in resolution.programmes]


def project_rows(resolution: Resolution, facts: Iterable[DocumentFacts], links: Links, ledger: Ledger) -> list[Row]:
    """Rows of `projects`: the name from the resolution, dates and duration from all documents that tell them."""
    told: defaultdict[str, list[Project]] = defaultdict(list)
    for document in facts:
        for project in document.projects:
            if project_id := links.project(document.document_id, project.entity):
                told[project_id].append(project)
                ledger.state("projects", project_id, document.document_id, project.evidence)
    return [project_row(item.id, item.name, told[item.id]) for item in resolution.projects]


def project_row(project_id: str, name: str, told: Iterable[Project]) -> Row:
    """One row from all documents that tell the project."""
    told = list(told)
    return {
        "project_id": project_id,
        "name": name,
        "start_date": most_precise(project.start_date for project in told),
        "end_date": most_precise(project.end_date for project in told),
        "duration_months": most_told(project.duration_months for project in told),
    }


def member_rows(facts: Iterable[DocumentFacts], links: Links, ledger: Ledger) -> list[Row]:
    """Rows of `project_members`; who coordinates is not told again as a partner."""
    told: defaultdict[tuple[str, str, str], list[tuple[str, tuple[Evidence, ...]]]] = defaultdict(list)
    for document in facts:
        for project in document.projects:
            for key, evidence in memberships(document.document_id, project, links):
                told[key].append((document.document_id, evidence))
    rows = []
    for (project_id, member, role), tellings in told.items():
        told_role = "coordinator" if role == "partner" and (project_id, member, "coordinator") in told else role
        rows.append((project_id, member, told_role))
        for document_id, evidence in tellings:
            ledger.state("project_members", f"{project_id}|{member}|{told_role}", document_id, evidence)
    return [dict(zip(("project_id", "organisation_id", "role"), key, strict=True)) for key in dict.fromkeys(rows)]


def memberships(document_id: str, project: Project, links: Links) -> list[tuple[tuple[str, str, str], tuple[Evidence, ...]]]:
    """The members of one document's project that are organisations, each with the words that say so."""
    project_id = links.project(document_id, project.entity)
    members = [(links.organisation(document_id, member.organisation), member) for member in project.members]
    return [
        ((project_id, organisation, member.role), member.evidence or project.evidence)
        for organisation, member in members
        if project_id and organisation
    ]


def state_entities(document: DocumentFacts, links: Links, ledger: Ledger) -> None:
    """Note which organisations, projects and programmes a document names, in the words of its evidence or of its first mention."""
    first: dict[str, Mention] = {}
    for mention in sorted(document.mentions, key=lambda mention: mention.span):
        first.setdefault(mention.entity, mention)
    for entity in document.entities:
        if row := links.row(document.document_id, entity.key):
            ledger.state(*row, document.document_id, entity_evidence(entity, first.get(entity.key)))


def entity_evidence(entity: Entity, mention: Mention | None) -> tuple[Evidence, ...]:
    """The words that name an entity."""
    named = (Evidence(mention.span, mention.method, mention.score),) if mention else ()
    return entity.evidence or named
