"""What each page holds."""

from collections.abc import Iterator, Sequence
from typing import Any

from markupsafe import Markup

from pipeline.core.schema import AGREEMENT_KINDS, AGREEMENT_STATUSES
from pipeline.observatory import charts, network
from pipeline.observatory.catalogue import Agreement, Catalogue, by, document_title, source_of
from pipeline.observatory.labels import country_key, french
from pipeline.observatory.links import page_path
from pipeline.observatory.listings import listings
from pipeline.observatory.news import News
from pipeline.observatory.passages import pieces
from pipeline.observatory.reading import Row
from pipeline.observatory.render import Page

TOTALS = (
    ("agreements", "chronologie.html"),
    ("clusters", "clusters.html"),
    ("counterparts", "reseau.html"),
    ("countries", "carte.html"),
    ("projects", "projets.html"),
    ("programmes", "programmes.html"),
    ("funding", "programmes.html"),
    ("documents", "documents.html"),
    ("statements", "recherche.html"),
)
LATEST = 8
FRESH = 20
ENTITY_OF = {"organisations": "organisation", "projects": "project", "programmes": "programme"}
"""Page of the row that a statement about a name is about."""


def pages(catalogue: Catalogue, news: News, tables: Sequence[dict[str, Any]]) -> Iterator[Page]:
    """Every page of the site."""
    yield from chart_pages(catalogue, news)
    yield from listings(catalogue)
    yield from (organisation_page(catalogue, row) for row in catalogue.rows["organisations"])
    yield from (project_page(catalogue, row) for row in catalogue.rows["projects"])
    yield from (programme_page(catalogue, row) for row in catalogue.rows["programmes"])
    yield from (document_page(catalogue, row) for row in catalogue.rows["documents"])
    yield from country_pages(catalogue)
    yield from year_pages(catalogue)
    yield Page("recherche.html", "search", french("search"), "", {})
    yield Page("donnees.html", "data", french("data"), "", {"tables": tables})


def chart_pages(catalogue: Catalogue, news: News) -> Iterator[Page]:
    """Overview, map, network, timeline, programmes."""
    rows = catalogue.rows
    world = charts.world_map(rows["countries"])
    by_kind = charts.timeline(rows["timeline"], "kind", "timeline_kind")
    by_status = charts.timeline(rows["timeline"], "status", "timeline_status")
    shown = network.network(rows)
    counted = {"bars": charts.programme_bars(rows["programme_counts"]), "amounts": by(rows["amounts"], "programme_id")}
    yield overview(catalogue, news, world=world, timeline=by_kind)
    yield Page("carte.html", "map", french("map_title"), "", {"map": world, "rows": rows["countries"]})
    yield Page("reseau.html", "network", french("network_title"), "", {"network": shown, "drawing": network.drawing(shown)})
    years = {"undated": undated(catalogue), "by_kind": by_kind, "by_status": by_status, "rows": rows["timeline"]}
    yield Page("chronologie.html", "timeline", french("timeline_title"), "", years)
    yield Page("programmes.html", "programmes", french("programmes_title"), "", {**counted, "rows": rows["programme_counts"]})


def overview(catalogue: Catalogue, news: News, *, world: Markup, timeline: Markup) -> Page:
    """What is new, totals, map and timeline, the latest agreements."""
    added = news.changes["agreements"].added if news.before else frozenset()
    fresh = [agreement for agreement in catalogue.agreements if agreement.agreement_id in added]
    values = {
        "totals": catalogue.totals,
        "totals_shown": TOTALS,
        "map": world,
        "countries": catalogue.rows["countries"],
        "years": catalogue.rows["timeline"],
        "undated": undated(catalogue),
        "timeline": timeline,
        "fresh": fresh[:FRESH],
        "latest": catalogue.agreements[:LATEST],
    }
    return Page("index.html", "index", french("overview"), "", values)


def undated(catalogue: Catalogue) -> int:
    """How many agreements have no date."""
    return len(catalogue.agreements_of_year.get(None, ()))


def organisation_page(catalogue: Catalogue, row: Row) -> Page:
    """An organisation: its agreements, partners, projects and grants, and the documents that name it."""
    key = row["organisation_id"]
    values = {
        "row": row,
        "aliases": catalogue.aliases.get(key, []),
        "agreements": catalogue.agreements_of_organisation.get(key, []),
        "partners": catalogue.partners.get(key, []),
        "memberships": catalogue.memberships.get(key, []),
        "received": catalogue.funding("organisation_id").get(key, []),
        "given": catalogue.funding("funder_id").get(key, []),
        "documents": catalogue.first_quotes("organisations", key),
    }
    return Page(page_path("organisation", key), "organisation", row["name"], key, values)


def project_page(catalogue: Catalogue, row: Row) -> Page:
    """A project: its members, grants, agreements and declared counts."""
    key = row["project_id"]
    values = {
        "row": row,
        "members": [part for part in catalogue.parts.get(key, ()) if part["part"] not in (None, "funding")],
        "funding": catalogue.funding("project_id").get(key, []),
        "agreements": catalogue.agreements_of_project.get(key, []),
        "declared": catalogue.declared_of_project.get(key, []),
        "quotes": catalogue.stated("projects", key),
    }
    return Page(page_path("project", key), "project", row["name"], key, values)


def programme_page(catalogue: Catalogue, row: Row) -> Page:
    """A programme: what it pays."""
    key = row["programme_id"]
    values = {"row": row, "funding": catalogue.funding("programme_id").get(key, []), "quotes": catalogue.stated("programmes", key)}
    return Page(page_path("programme", key), "programme", row["name"], key, values)


def document_page(catalogue: Catalogue, row: Row) -> Page:
    """A document: its text, and everything that it states."""
    key = row["document_id"]
    quotes, dates = catalogue.quotes_of_document.get(key, []), catalogue.dates.get(key, [])
    values = {
        "row": row,
        "source": source_of(row),
        "declared": catalogue.declared.get(key, []),
        "agreements": catalogue.agreements_of_document.get(key, []),
        "quotes": quotes,
        "dates": dates,
        "entity_of": ENTITY_OF,
        "pieces": list(pieces(row["text"] or "", quotes, dates)),
    }
    return Page(page_path("document", key), "document", document_title(row), key, values)


def country_pages(catalogue: Catalogue) -> Iterator[Page]:
    """Each country of a counterpart or of any organisation; one for counterparts without a known country."""
    codes = {*catalogue.agreements_of_country, *catalogue.organisations_of_country}
    for code in sorted(codes, key=str):
        values = {
            "code": code,
            "agreements": catalogue.agreements_of_country.get(code, []),
            "organisations": catalogue.organisations_of_country.get(code, []),
        }
        yield Page(page_path("country", code), "country", french(country_key(code)), code or "", values)


def year_pages(catalogue: Catalogue) -> Iterator[Page]:
    """The agreements of each year, and those without a date."""
    years = sorted(catalogue.agreements_of_year, key=lambda year: year or "~")
    for year in years:
        yield year_page(year, years, catalogue.agreements_of_year[year])


def year_page(year: str | None, years: Sequence[str | None], agreements: Sequence[Agreement]) -> Page:
    """One year's agreements, with filters."""
    values = {"year": year, "years": years, "agreements": agreements, "kinds": AGREEMENT_KINDS, "statuses": AGREEMENT_STATUSES}
    return Page(page_path("year", year), "year", f"{french('agreements')}, {year or french('undated')}", year or "", values)
