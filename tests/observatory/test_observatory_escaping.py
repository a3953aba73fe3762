"""Press text is hostile: nothing of it becomes markup, script, a link or a spreadsheet's formula."""

import csv
import json
import re

import pytest
import site_rows
from lxml import html

from pipeline.observatory.downloads import safe
from pipeline.observatory.links import page_path, quote_address, text_fragment, web_address
from pipeline.observatory.search import script_json

SCRIPTS = {"static/start.js", "static/labels.js", "static/app.js", "static/search-index.js", "static/search.js"}


def pages(site):
    return [(path, html.fromstring(path.read_bytes())) for path in site.rglob("*.html")]


def test_no_page_has_a_script_or_a_handler_of_its_own(site):
    for path, page in pages(site):
        sources = {(script.get("src") or "inline").removeprefix("../") for script in page.iter("script")}
        assert sources <= SCRIPTS, path
        assert not page.xpath("//@*[starts-with(name(), 'on')]"), path
        assert not page.xpath("//img | //iframe | //object | //base"), path


def test_only_pages_of_the_site_and_the_web_are_linked(site):
    for path, page in pages(site):
        for link in page.xpath("//*[local-name() = 'a']/@href"):
            if not link.startswith("https://presse.example/"):
                assert re.fullmatch(r"(\.\./)?[\w./-]*(#[\w.=-]*)?", link), (path, link)


def test_every_link_within_the_site_leads_somewhere(site):
    anchors = {path.resolve(): set(page.xpath("//@id")) for path, page in pages(site)}
    for path, page in pages(site):
        for link in page.xpath("//*[local-name() = 'a']/@href"):
            target, _, anchor = link.partition("#")
            if link.startswith("https:") or target.startswith(("../donnees", "donnees/")):
                continue
            there = (path.parent / target).resolve() if target else path.resolve()
            assert there in anchors, (path, link)
            assert not anchor or "=" in anchor or anchor in anchors[there], (path, link)


def test_nothing_is_asked_of_another_host(site):
    for path in site.rglob("*"):
        if path.suffix in {".html", ".css"}:
            content = path.read_text("utf-8")
            assert not re.search(r"""(?:src|srcset|poster)=["']https?:|url\(\s*["']?https?:|@import""", content), path


def test_hostile_names_are_shown_as_they_are(site):
    page = html.fromstring((site / page_path("organisation", "org-2")).read_bytes())
    assert page.xpath("string(//h1)").strip() == site_rows.HOSTILE.strip()


def test_the_search_index_is_one_script_of_plain_data(site):
    script = (site / "static" / "search-index.js").read_text("utf-8")
    assert not set("<>&\u2028\u2029") & set(script)
    entries = json.loads(script.removeprefix("window.PASSERELLE_INDEX=").removesuffix(";\n"))
    assert ["orgkind.cluster", site_rows.HOSTILE, "", "organisations/org-2.html"] in entries


def test_json_in_a_script_means_the_same():
    value = ["</script>", "<!--", "\u2028", "é"]
    assert json.loads(script_json(value)) == value


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+33", "'+33"),
        ("-a", "'-a"),
        ("@x", "'@x"),
        ("  =1", "'  =1"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("a=b", "a=b"),
    ],
)
def test_no_cell_is_a_formula(cell, shown):
    assert safe(cell) == shown


@pytest.mark.parametrize(("cell", "shown"), [(-3, -3), (0.5, 0.5), (True, 1), (None, None)])
def test_numbers_stay_numbers(cell, shown):
    assert safe(cell) == shown


def test_the_csv_of_a_table_has_its_rows(site):
    with (site / "donnees" / "organisations.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["organisation_id"]: row for row in csv.DictReader(file)}
    assert rows["org-3"]["name"] == "'=cmd|' /C calc'!A0"
    assert rows["org-2"]["name"] == site_rows.HOSTILE


@pytest.mark.parametrize(
    "uri", ["javascript:alert(1)", "data:text/html,x", "press/a.txt", "//host/x", "https://", "https://[", "https://a b/", "http://a\n/"]
)
def test_only_web_addresses_are_linked(uri):
    assert web_address(uri) is None
    assert quote_address(uri, "mots") is None


@pytest.mark.parametrize(
    ("uri", "quote", "address"),
    [
        ("https://a.example/x", "un accord", "https://a.example/x#:~:text=un%20accord"),
        ("https://a.example/x#haut", "a", "https://a.example/x#haut:~:text=a"),
        ("https://a.example/x#:~:text=old", "a", "https://a.example/x#:~:text=a"),
        ("https://a.example/x", "Auvergne-Rhône, & Co", "https://a.example/x#:~:text=Auvergne%2DRh%C3%B4ne%2C%20%26%20Co"),
    ],
)
def test_a_quote_has_an_address(uri, quote, address):
    assert quote_address(uri, quote) == address


def test_a_long_quote_is_told_by_its_ends():
    assert text_fragment("un deux trois quatre cinq six sept " * 20) == (
        "un%20deux%20trois%20quatre%20cinq%20six,deux%20trois%20quatre%20cinq%20six%20sept"
    )


@pytest.mark.parametrize("name", ["../../etc", "a/b", "", "é", "x" * 200, ".."])
def test_no_name_leads_out_of_its_folder(name):
    assert re.fullmatch(r"organisations/x-[0-9a-f]{16}\.html", page_path("organisation", name))
