"""Every figure on the site is what SQL over the published views gives: each one is recomputed here, from its name and its page."""

import re
import sqlite3
from contextlib import closing

import pytest
from lxml import html

AGREEMENT = "SELECT COUNT(DISTINCT agreement_id) FROM agreement_overview WHERE "

PLACE = "document_id || ' ' || char_start || ' ' || char_end"

OVERVIEW = {
    "agreements": "SELECT COUNT(*) FROM agreements",
    "clusters": "SELECT COUNT(*) FROM organisations WHERE kind = 'cluster'",
    "counterparts": "SELECT COUNT(DISTINCT organisation_id) FROM agreement_parties WHERE side = 'counterpart'",
    "countries": "SELECT COUNT(DISTINCT counterpart_country) FROM agreement_overview",
    "projects": "SELECT COUNT(*) FROM projects",
    "programmes": "SELECT COUNT(*) FROM programmes",
    "funding": "SELECT COUNT(*) FROM funding",
    "documents": "SELECT COUNT(*) FROM documents",
    "quarantined": "SELECT COUNT(*) FROM documents WHERE status <> 'extracted'",
    "statements": "SELECT COUNT(*) FROM evidence",
}
BY_PAGE = {
    "organisation agreements": AGREEMENT + ":id IN (signatory_id, counterpart_id)",
    "organisation partners": "SELECT COUNT(DISTINCT partner_id) FROM cluster_partners WHERE cluster_id = :id",
    "organisation projects": "SELECT COUNT(DISTINCT project_id) FROM project_members WHERE organisation_id = :id",
    "organisation received": "SELECT COUNT(*) FROM funding WHERE organisation_id = :id",
    "organisation given": "SELECT COUNT(*) FROM funding WHERE funder_id = :id",
    "organisation documents": "SELECT COUNT(DISTINCT document_id) FROM document_statements WHERE fact = 'organisations' AND row_id = :id",
    "project members": "SELECT COUNT(*) FROM project_overview WHERE project_id = :id AND part <> 'funding'",
    "project funding": "SELECT COUNT(*) FROM project_overview WHERE project_id = :id AND part = 'funding'",
    "project agreements": AGREEMENT + "project_id = :id",
    "project declared": "SELECT COUNT(*) FROM declared_counts WHERE project_id = :id",
    "project quotes": f"SELECT COUNT(DISTINCT {PLACE}) FROM document_statements WHERE fact = 'projects' AND row_id = :id",
    "programme funding": "SELECT COUNT(*) FROM funding WHERE programme_id = :id",
    "programme quotes": f"SELECT COUNT(DISTINCT {PLACE}) FROM document_statements WHERE fact = 'programmes' AND row_id = :id",
    "country agreements": AGREEMENT + "COALESCE(counterpart_country, '') = :id",
    "country organisations": "SELECT COUNT(*) FROM organisations WHERE country_code = :id",
    "document declared": "SELECT COUNT(*) FROM declared_counts WHERE document_id = :id",
    "document agreements": "SELECT COUNT(DISTINCT row_id) FROM document_statements WHERE fact = 'agreements' AND document_id = :id",
    "document statements": "SELECT COUNT(*) FROM document_statements WHERE document_id = :id",
    "document dates": "SELECT COUNT(*) FROM dates WHERE document_id = :id",
    "year agreements": AGREEMENT + "COALESCE(SUBSTR(COALESCE(signed_on, start_date), 1, 4), '') = :id",
    "network links": "SELECT COUNT(DISTINCT signatory_id || counterpart_id) FROM agreement_overview",
    "listing listed clusters": OVERVIEW["clusters"],
    "listing listed organisations": "SELECT COUNT(*) FROM organisations WHERE kind <> 'cluster'",
    "listing listed projects": OVERVIEW["projects"],
    "listing listed documents": OVERVIEW["documents"],
}
BY_NAME = {
    "country.agreements": AGREEMENT + "COALESCE(counterpart_country, '') = :rest",
    "country.counterparts": "SELECT COUNT(DISTINCT counterpart_id) FROM agreement_overview WHERE COALESCE(counterpart_country, '') = :rest",
    "programme.funding": "SELECT COUNT(*) FROM funding WHERE programme_id = :rest",
    "programme.projects": "SELECT COUNT(DISTINCT project_id) FROM funding WHERE programme_id = :rest",
    "timeline": AGREEMENT + "COALESCE(SUBSTR(COALESCE(signed_on, start_date), 1, 4), '') || '.' || kind || '.' || status = :rest",
    "undated": AGREEMENT + "COALESCE(signed_on, start_date) IS NULL",
    "link": AGREEMENT + "signatory_id || '.' || counterpart_id = :rest",
    "declared": "SELECT declared FROM declared_counts WHERE declared_id = :rest",
    "found": "SELECT found FROM declared_counts WHERE declared_id = :rest",
    "rows": None,
    "added": None,
    "removed": None,
}


def query_of(kind, name, ident):
    if kind == "index" and name in OVERVIEW:
        return OVERVIEW[name]
    if name == "undated":
        return BY_NAME[name]
    if kind == "listing":
        return BY_PAGE[f"{kind} {name} {ident}"]
    return BY_PAGE.get(f"{kind} {name}") or next(query for prefix, query in BY_NAME.items() if name.startswith(f"{prefix}."))


def recomputed(connection, kind, name, ident):
    prefix, _, rest = name.partition(".") if re.match(r"(timeline|link|declared|found|rows)\.", name) else name.rpartition(".")
    if prefix == "rows":
        return connection.execute(f"SELECT COUNT(*) FROM {rest}").fetchone()[0]
    return connection.execute(query_of(kind, name, ident), {"id": ident, "rest": rest}).fetchone()[0]


def figures(site):
    for path in site.rglob("*.html"):
        body = html.fromstring(path.read_bytes()).find("body")
        for element in body.iter("data"):
            if element.get("data-figure"):
                yield path.name, body.get("data-kind"), element.get("data-figure"), body.get("data-id"), int(element.get("value"))


def test_every_figure_is_what_the_views_give(outputs, site):
    seen = set()
    with closing(sqlite3.connect(outputs / "passerelle.db")) as connection:
        for page, kind, name, ident, shown in figures(site):
            seen.add(f"{kind} {name.split('.')[0]}")
            if not name.startswith(("added.", "removed.")):
                assert shown == recomputed(connection, kind, name, ident), (page, name, ident)
    assert len(seen) > 30


@pytest.mark.parametrize(("name", "added"), [("agreements", 1), ("documents", 0), ("funding", 0)])
def test_what_is_new_is_told(site, name, added):
    shown = {figure: value for page, _, figure, _, value in figures(site) if page == "index.html"}
    assert (shown[f"added.{name}"], shown[f"removed.{name}"]) == (added, 0)


def test_the_marks_of_the_map_carry_the_figures_of_its_table(outputs, site):
    page = html.fromstring((site / "carte.html").read_bytes())
    marks = {link.get("href"): link.get("aria-label") for link in page.iter("a") if link.get("data-parts")}
    assert marks == {"pays/CH.html": "Suisse · 3"}


def test_sums_of_money_leave_shared_ones_out(site):
    page = html.fromstring((site / "programmes.html").read_bytes())
    assert [element.get("value") for element in page.iter("data") if element.get("data-currency")] == ["920000.5"]
