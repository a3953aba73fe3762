"""The lists: clusters, other organisations, projects, documents."""

from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup

from pipeline.observatory.catalogue import Catalogue, document_title
from pipeline.observatory.formats import country, label, moment
from pipeline.observatory.labels import french
from pipeline.observatory.links import page_path
from pipeline.observatory.reading import Row
from pipeline.observatory.render import Page

Cells = tuple[object, ...]


def listings(catalogue: Catalogue) -> Iterator[Page]:
    """One page for each list."""
    organisations = catalogue.rows["organisations"]
    clusters = [row for row in organisations if row["kind"] == "cluster"]
    others = [row for row in organisations if row["kind"] != "cluster"]
    yield listing(catalogue, "clusters", ("cluster", "country", "region", "agreements"), clusters, cluster_cells)
    yield listing(catalogue, "organisations", ("organisation", "nature", "country", "agreements"), others, organisation_cells)
    yield listing(catalogue, "projects", ("project", "period", "members", "funding"), catalogue.rows["projects"], project_cells)
    yield listing(catalogue, "documents", ("document", "published_on", "status", "statements"), catalogue.rows["documents"], document_cells)


def listing(catalogue: Catalogue, name: str, columns: Sequence[str], rows: Sequence[Row], cells: Callable[[Catalogue, Row], Cells]) -> Page:
    """A list as a page."""
    file = {"projects": "projets.html"}.get(name, f"{name}.html")
    return Page(file, "listing", french(name), name, {"title": name, "columns": columns, "rows": [cells(catalogue, row) for row in rows]})


def link(kind: str, key: str, name: str) -> Markup:
    """A link to a page, from a page at the site's root."""
    return Markup('<a href="{}">{}</a>').format(page_path(kind, key), name)


def cluster_cells(catalogue: Catalogue, row: Row) -> Cells:
    """One cluster."""
    key = row["organisation_id"]
    agreements = catalogue.agreements_of_organisation.get(key, ())
    return link("organisation", key, row["name"]), place(row), row["region"] or "", counted(agreements)


def organisation_cells(catalogue: Catalogue, row: Row) -> Cells:
    """One organisation that is no cluster."""
    key = row["organisation_id"]
    named = link("organisation", key, row["name"])
    return named, label(f"orgkind.{row['kind']}"), place(row), counted(catalogue.agreements_of_organisation.get(key, ()))


def project_cells(catalogue: Catalogue, row: Row) -> Cells:
    """One project."""
    key = row["project_id"]
    ends = [moment(day) for day in (row["start_date"], row["end_date"]) if day]
    members = {part["organisation_id"] for part in catalogue.parts.get(key, ()) if part["part"] not in (None, "funding")}
    grants = catalogue.funding("project_id").get(key, ())
    return link("project", key, row["name"]), Markup(" → ").join(ends), counted(members), counted(grants)


def document_cells(catalogue: Catalogue, row: Row) -> Cells:
    """One document."""
    key = row["document_id"]
    status = Markup("{} {}").format(label(f"docstatus.{row['status']}"), row["reason"] or "")
    quotes = catalogue.quotes_of_document.get(key, ())
    return link("document", key, document_title(row)), moment(row["published_on"]), status, counted(quotes)


def place(row: Row) -> Markup:
    """An organisation's country, if it is known."""
    return country(row["country_code"]) if row["country_code"] else Markup("")


def counted(items: Sequence[object] | set[object]) -> str:
    """How many; nothing for none."""
    return str(len(items)) if items else ""
