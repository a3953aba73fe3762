"""In Chromium, from disk: no axe violation, no request elsewhere, search, filters, language, and the way from the map to the source."""

import pytest

WIDTHS, SCHEMES = (1280, 390), ("light", "dark")
PAGES = (
    "index.html",
    "carte.html",
    "reseau.html",
    "chronologie.html",
    "programmes.html",
    "clusters.html",
    "documents.html",
    "recherche.html?q=eclat",
    "donnees.html",
    "organisations/org-1.html",
    "projets/prj-1.html",
    "programmes/prg-1.html",
    "pays/CH.html",
    "documents/doc-1.html",
    "documents/doc-3.html",
    "accords/2019.html",
)


@pytest.fixture
def page(browser):
    """A page whose every request and error is noted."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: None if request.url.startswith(("file:", "data:")) else page.problems.append(request.url))
    yield page
    context.close()


def follow(page, selector):
    """Click a link and wait until its page is there, scripts run."""
    with page.expect_navigation(wait_until="load"):
        page.click(selector)


def heading_is(page, words):
    """Wait until the page says what it should."""
    page.wait_for_function("words => document.querySelector('h1')?.innerText === words", arg=words)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_has_an_axe_violation_or_runs_out_of_the_screen(browser, site, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed").Axe()
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    for address in PAGES:
        page.goto(f"{site.as_uri()}/{address}")
        found = axe.run(page, options={"preload": False}).response["violations"]
        assert not found, (address, [(rule["id"], rule["nodes"][0]["html"]) for rule in found])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    context.close()


def test_nothing_runs_but_our_scripts_and_nothing_is_asked_elsewhere(page, site):
    for address in PAGES:
        page.goto(f"{site.as_uri()}/{address}")
        assert page.title() != "taken"
    assert page.problems == []


def test_from_the_map_to_a_quote_to_the_source(page, site):
    page.goto(f"{site.as_uri()}/index.html")
    follow(page, ".drawing a[href='pays/CH.html'] path")
    heading_is(page, "Suisse")
    assert "un accord - de trois ans" in page.inner_text("blockquote >> nth=0")
    source = page.get_attribute("figcaption a.out >> nth=0", "href")
    assert source.startswith("https://presse.example/a?b=<c>#haut:~:text=Le%20p%C3%B4le")
    follow(page, "figcaption a >> nth=0")
    page.locator(".anchor:target + mark").wait_for(state="attached", timeout=10_000)
    assert "Éclat-Énergie" in page.inner_text(".text mark >> nth=0")


def test_a_bar_leads_to_its_agreements(page, site):
    page.goto(f"{site.as_uri()}/chronologie.html")
    follow(page, ".drawing a[href='accords/2019.html#status=signed'] path")
    page.wait_for_function("() => document.querySelector('#facet-status').value === 'signed'")
    assert page.locator("#rows tbody tr:visible").count() == 2
    page.select_option("#facet-kind", "twinning")
    assert page.locator("#rows tbody tr:visible").count() == 0


@pytest.mark.parametrize("words", ["eclat energie", "ÉCLAT", "zurich trois"])
def test_search_sets_accents_and_case_aside(page, site, words):
    page.goto(f"{site.as_uri()}/recherche.html")
    page.fill("#q", words)
    assert page.locator("#results li").count() > 0
    page.fill("#q", "introuvable")
    assert page.inner_text("#found") == "Rien ne correspond."


def test_search_begins_on_the_overview(page, site):
    page.goto(f"{site.as_uri()}/index.html")
    page.fill("#q", "eclat")
    page.keyboard.press("Enter")
    page.wait_for_selector("#results a")
    follow(page, "#results a >> nth=0")
    heading_is(page, "Éclat-Énergie")


def test_the_language_changes_and_stays(page, site):
    page.goto(f"{site.as_uri()}/pays/CH.html")
    page.click("#language")
    heading_is(page, "Switzerland")
    assert page.inner_text("time >> nth=0") == "12 March 2019"
    assert "un accord" in page.inner_text("blockquote >> nth=0")
    page.goto(f"{site.as_uri()}/chronologie.html")
    heading_is(page, "Agreements by year")
    assert page.get_attribute(".drawing a >> nth=0", "aria-label") == "2019 · Memorandum (MoU) · 2"
    page.click("#language")
    heading_is(page, "Accords par année")


def test_every_label_is_told_in_english(page, site):
    for address in PAGES:
        page.goto(f"{site.as_uri()}/{address}")
        page.evaluate("localStorage.setItem('passerelle-language', 'en')")
        page.reload()
        assert (
            page.evaluate(
                "[...document.querySelectorAll('[data-l]')].filter(e => !(e.dataset.l in PASSERELLE_LABELS)).map(e => e.dataset.l)"
            )
            == []
        )


def test_colours_follow_the_button(page, site):
    page.goto(f"{site.as_uri()}/index.html")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_a_filter_hides_rows_and_dims_marks(page, site):
    page.goto(f"{site.as_uri()}/carte.html")
    page.fill("[data-filter]", "introuvable")
    assert page.locator("#countries tbody tr:visible").count() == 0
    assert page.locator(".drawing a.dim").count() == 1
    page.fill("[data-filter]", "SUISSE")
    assert page.locator("#countries tbody tr:visible").count() == 1
    assert page.locator(".drawing a.dim").count() == 0


def test_the_keyboard_reaches_the_marks(page, site):
    page.goto(f"{site.as_uri()}/carte.html")
    page.focus(".drawing a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pays/CH.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
