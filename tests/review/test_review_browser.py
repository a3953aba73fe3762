"""The review page in real Chromium: decided by keyboard, reloaded, published; two people at once; nothing the press writes runs."""

import pytest
from making import org
from reviewing import INPUTS, POLICY, axe_source, entered, made_store, press, serving

from pipeline.versions.decisions import log_of
from pipeline.versions.gate import release
from pipeline.versions.statements import Statements

pytestmark = pytest.mark.slow


def verdicts(page):
    return page.eval_on_selector_all(".card", "cards => cards.map(card => card.dataset.verdict || '')")


def decided(page, count):
    """Wait until so many changes are decided, and the server has said so."""
    page.wait_for_function("n => document.querySelectorAll('.card[data-verdict]:not([data-verdict=sent])').length === n", arg=count)


def counted(page, words):
    """Wait until the progress says so."""
    page.wait_for_function("words => document.getElementById('count')?.textContent === words", arg=words)


def press_key(page, key, count):
    page.keyboard.press(key)
    decided(page, count)


def statuses(store):
    return list(store.readable().table("agreements")["status"])


def test_forty_changes_decided_by_keyboard_reloaded_and_published(store, browser):
    with serving(store) as address:
        page = entered(browser, address, "Ada")
        assert page.locator(".card").count() == 40
        press_key(page, "a", 1)
        press_key(page, "r", 2)
        page.reload()
        counted(page, "2 sur 40")
        page.goto(f"{address}/changements?state=all")
        assert sorted(set(verdicts(page))) == ["", "accept", "correct"]
        page.goto(f"{address}/changements")
        press_key(page, "u", 0)
        page.goto(f"{address}/changements?state=all")
        decided(page, 1)
        page.goto(f"{address}/changements")
        page.keyboard.press("j")
        page.keyboard.press("k")
        press_key(page, "A", 39)
        counted(page, "40 sur 40")
        page.click("text=Publier")
        page.wait_for_selector("text=publiée")
        assert statuses(store) == ["planned"] * 40
        assert page.said == []
    again = release(store, press(40, status="planned"), INPUTS | {"lexicon": "L2", "rule/rule": "R2"}, POLICY)
    assert again.waiting == 0, "the next run asks nothing again"


def test_keys_typed_without_waiting_go_to_one_change_each_and_survive_a_reload(store, browser):
    with serving(store) as address:
        page = entered(browser, address, "Ada")
        for key in "aarra":
            page.keyboard.press(key)
        page.reload()
        page.wait_for_function("() => document.getElementById('count').textContent === '5 sur 40'")
    made = log_of(store.outputs).all()
    assert [decision.verdict for decision in made].count("correct") == 2
    assert len({decision.fact for decision in made}) == len(made) == 5


def test_a_changed_sentence_opens_exactly_its_fact(store):
    rows = Statements(store.staged().tables()).rows
    from pipeline.review.desk import Desk
    from pipeline.review.verdicts import reject

    table = Desk(store, POLICY).table
    log_of(store.outputs).append(*[made for item in table.items for made in reject(item, table, "Ada", "t")])
    same = release(store, press(40, status="planned"), INPUTS | {"model": "another"}, POLICY)
    assert same.published
    assert set(statuses(store)) == {"signed"}
    later = press(40, status="planned")
    texts, first = later["texts"], rows[next(key for key in rows if key[0] == "agreements")]["quote"]
    for name, column in (("texts", "text"), ("evidence", "quote")):
        later[name][column] = [value.replace(first, first.replace("accord", "Accord")) for value in later[name][column]]
    assert len(texts)
    outcome = release(store, later, INPUTS | {"model": "third"}, POLICY)
    assert [(item.change.kind, item.reopened) for item in outcome.judgement.waiting] == [("changed", True)]


def test_a_correction_by_keyboard_is_published_and_marked(store, browser):
    with serving(store) as address:
        page = entered(browser, address, "Ada")
        page.keyboard.press("c")
        page.locator(".correct[open] select[name=to_status]").select_option("ended")
        page.locator(".correct[open] button").click()
        decided(page, 1)
        press_key(page, "A", 40)
        page.click("text=Publier")
        page.wait_for_selector("text=publiée")
    assert sorted(set(statuses(store))) == ["ended", "planned"]
    marks = store.readable().table("decisions")
    assert list(marks[marks["verdict"] == "correct"]["columns"]) == ["status"]


def test_two_people_at_once_lose_nothing(store, browser):
    with serving(store) as address:
        one, other = (entered(browser, address, who) for who in ("Ada", "Blaise"))
        other.route("**/etat", lambda route: route.abort())  # or the other is told before deciding, on a slow machine
        one.keyboard.press("a")
        decided(one, 1)
        other.unroute("**/etat")
        other.keyboard.press("r")
        other.wait_for_function("() => document.getElementById('notice').textContent.includes('Ada a déjà décidé')")
        decided(other, 1)
        assert "Ada" in other.locator(".card[data-verdict] .verdict").inner_text()
        other.keyboard.press("j")
        other.keyboard.press("a")
        decided(other, 2)
        decided(one, 2)
        assert [decision.who for decision in log_of(store.outputs).all()] == ["Ada", "Blaise"]


def first_document(page, address):
    path = page.get_attribute("h2 a", "href")
    page.goto(address + path)
    return path


def choose(page, words):
    """Select words in the text the way a mouse does."""
    page.evaluate(
        """words => {
            const walker = document.createTreeWalker(document.getElementById("text"), NodeFilter.SHOW_TEXT), range = document.createRange();
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const at = node.data.indexOf(words);
                if (at >= 0) { range.setStart(node, at); range.setEnd(node, at + words.length); break; }
            }
            getSelection().removeAllRanges(); getSelection().addRange(range);
            document.getElementById("text").dispatchEvent(new PointerEvent("pointerup", { bubbles: true }));
        }""",
        words,
    )


def test_a_missed_fact_with_a_new_name_is_added_by_selecting_words(store, browser):
    with serving(store) as address:
        page = entered(browser, address, "Ada")
        first_document(page, address)
        choose(page, "accord à Lyon")
        page.wait_for_function("() => document.getElementById('quote').value === 'accord à Lyon'")
        page.check("[name=table][value=funding]")
        assert page.locator("fieldset.agreements").is_hidden()
        page.fill("[name='funding.organisation_id']", "Alpha0")
        page.focus("[name='funding.funder_id']")
        choose(page, "Lyon")
        page.wait_for_function("() => document.querySelector(\"[name='new1.name']\").value === 'Lyon'")
        page.select_option("[name='new1.kind']", "public")
        page.fill("[name='new1.country']", "France")
        page.fill("[name='funding.amount']", "1 000")
        page.click("#add button")
        page.wait_for_selector("text=un montant va avec sa devise")
        page.fill("[name='funding.currency']", "EUR")
        page.click("#add button")
        page.wait_for_selector("text=pas encore publiés (2)")
        assert [(made.table_name, made.verdict) for made in log_of(store.outputs).all()] == [("organisations", "add"), ("funding", "add")]
        assert page.said in ([], ["Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)"])


def test_words_are_chosen_by_keyboard(store, browser):
    with serving(store) as address:
        page = entered(browser, address, "Ada")
        first_document(page, address)
        page.focus("#text")
        page.keyboard.press("ArrowRight")
        page.wait_for_function("() => document.getElementById('quote').value !== ''")
        first = page.input_value("#quote")
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("Shift+ArrowRight")
        page.wait_for_function("words => document.getElementById('quote').value.split(/\\s+/).length > words", arg=len(first.split()))
        chosen = page.input_value("#quote")
        assert chosen.startswith(first)
        assert chosen in page.inner_text("#text")
        page.keyboard.press("Enter")
        page.wait_for_function("() => document.activeElement.id === 'quote'")


def test_without_a_script_a_fact_is_added_too(store, browser):
    with serving(store) as address:
        page = entered(browser, address, "Ada")
        bare = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state()).new_page()
        bare.goto(address + first_document(page, address))
        bare.fill("#quote", "Alpha0 et Beta")
        bare.check("[name=table][value=project_members]")
        bare.fill("[name='project_members.project_id']", "Lyon")
        bare.fill("[name='project_members.organisation_id']", "alpha0")
        bare.click("#new summary")
        bare.fill("[name='new1.name']", "Lyon")
        bare.select_option("[name='new1.kind']", "project")
        bare.click("#add button")
        assert "2 décisions enregistrées" in bare.inner_text("#notice")
        assert bare.locator("text=pas encore publiés (2)").count() == 1


def test_a_refused_correction_stays_open_and_says_why(store, browser):
    with serving(store) as address:
        page = entered(browser, address, "Ada")
        page.keyboard.press("c")
        page.fill(".correct[open] [name=to_signed_on]", "mars 2019")
        page.locator(".correct[open] button").click()
        page.wait_for_function("() => document.getElementById('notice').textContent.includes(\"n'est pas une date\")")
        assert page.input_value(".correct[open] [name=to_signed_on]") == "mars 2019"
        page.fill(".correct[open] [name=to_signed_on]", "2019-03")
        page.locator(".correct[open] button").click()
        decided(page, 1)


HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">\u202e=1+1'


def test_nothing_that_the_press_writes_runs(tmp_path, browser):
    store = made_store(tmp_path / "o", 4, words=f'ont signé {HOSTILE} "un accord" {{{{ 7*7 }}}}', name=HOSTILE)
    with serving(store) as address:
        page = entered(browser, address, "<b>Ada</b>")
        page.goto(f"{address}/changements?state=all&organisation={'<script>'}")
        pages = [page.get_attribute("h2 a", "href") or "/", "/organisations", "/nombres", "/changements?table=<script>alert(3)</script>"]
        for path in pages:
            page.goto(address + path)
            assert page.locator("script:not([src])").count() == 0
            assert page.locator("img").count() == 0
            assert page.locator("header b").count() == 0
        assert page.said == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_fits_and_passes_axe(store, browser, width, scheme):
    script = axe_source()
    with serving(store) as address:
        page = entered(browser, address, "Ada", viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
        key = page.get_attribute("h2 a", "href")
        organisation, fact = f"/organisation/{org('Beta').id}", f"/fait?table=organisations&row={org('Beta').id}"
        for path in ("/changements", key, "/organisations", organisation, "/nombres", fact):
            page.goto(address + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            if script:
                page.evaluate(script.read_text("utf-8"))
                found = page.evaluate("axe.run()")
                assert [(fault["id"], [node["html"] for node in fault["nodes"]][:2]) for fault in found["violations"]] == [], path
    if not script:
        pytest.skip("axe-core is not there (pip install axe-playwright-python); widths were tested")
