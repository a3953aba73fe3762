"""The review page without a browser: who may enter, what a form must bring, what is kept, what is exported."""

import csv
import io
import re

import pytest
from making import org
from reviewing import POLICY, app_of, made_store, press, release
from starlette.testclient import TestClient

from pipeline.review.desk import Desk
from pipeline.review.pages import harmless
from pipeline.review.posts import back
from pipeline.review.security import session_key
from pipeline.versions.decisions import log_of
from pipeline.versions.store import Store


@pytest.fixture
def store(tmp_path):
    return made_store(tmp_path / "outputs", 6, each=3)


def client(store, who="Ada", **options):
    """Somebody who has entered."""
    found = TestClient(app_of(store, **options), base_url="http://127.0.0.1")
    if who:
        found.post("/entrer", data={"csrf": secret(found.get("/entrer")), "who": who, "token": options.get("token", "")})
    return found


def secret(answer):
    return re.search(r'data-csrf="([^"]+)"', answer.text)[1]


def first(store):
    return Desk(store, POLICY).table.items[0]


def decide(found, store, verdict="accept", **values):
    item = first(store)
    form = {"csrf": secret(found.get("/changements")), "number": item.number, "row": item.fact[1], "seen": 0, "verdict": verdict}
    return found.post("/decider", data={**form, **values}, headers={"accept": "application/json"})


def test_nothing_is_shown_before_a_name_is_told(store):
    found = client(store, who="")
    assert found.get("/changements").url.path == "/entrer"
    assert found.post("/decider").status_code == 401


def test_a_token_keeps_others_out(store):
    stranger = TestClient(app_of(store, token="abc"))
    stranger.post("/entrer", data={"csrf": secret(stranger.get("/entrer")), "who": "Eve", "token": "abd"})
    assert stranger.get("/changements").url.path == "/entrer"
    assert client(store, token="abc").get("/changements").url.path == "/changements"


def test_other_hosts_are_refused_without_a_token(store):
    assert client(store).get("/changements", headers={"host": "evil.example"}).status_code == 400


def test_a_form_from_elsewhere_is_refused(store):
    found = client(store)
    for token in ("", "x", None):
        answer = found.post("/decider", data={"csrf": token, "verdict": "accept", "number": "0"} if token is not None else {})
        assert answer.status_code == 403
    assert log_of(store.outputs).all() == []


def test_every_answer_forbids_strange_scripts(store):
    found = client(store)
    for path in ("/changements", "/organisations", "/nombres", "/etat", "/static/review.js", "/document/doc-none"):
        policy = found.get(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_no_page_names_another_host(store):
    found = client(store)
    for path in ("/changements", "/organisations", "/nombres", "/static/review.js", "/static/review.css"):
        assert not re.findall(r"(?:src|href|url\()\W*(?:https?:)?//", found.get(path).text)


@pytest.mark.parametrize(("verdict", "status"), [("accept", 200), ("reject", 200), ("like", 200), ("maybe", 422)])
def test_verdicts(store, verdict, status):
    answer = decide(client(store), store, verdict)
    assert answer.status_code == status, answer.text
    assert len(log_of(store.outputs).all()) == {"maybe": 0, "like": 6}.get(verdict, 1)


@pytest.mark.parametrize(
    ("values", "message"),
    [({"number": "99"}, "plus là"), ({"number": "-1"}, "plus là"), ({"row": "agr-other"}, "plus là"),
     ({"verdict": "correct"}, "rien"), ({"verdict": "correct", "to_status": "dreamt"}, "dreamt"),
     ({"verdict": "correct", "to_duration_months": "many"}, "nombre"), ({"verdict": "correct", "to_kind": ""}, "nature")],
)  # fmt: skip
def test_forms_that_make_no_sense_are_told_so(store, values, message):
    answer = decide(client(store), store, **values)
    assert answer.status_code == 422
    assert message in answer.json()["message"]
    assert log_of(store.outputs).all() == []


def test_the_second_person_is_told_who_was_faster(store):
    assert decide(client(store), store).status_code == 200
    answer = decide(client(store, who="Blaise"), store, "reject")
    assert answer.status_code == 409
    assert "Ada" in answer.json()["message"]


def test_undo_takes_back_what_was_decided_in_one_go(store):
    found = client(store)
    decide(found, store)
    decide(found, store, "like")
    found.post("/annuler", data={"csrf": secret(found.get("/changements"))})
    assert found.get("/etat").json()["progress"] == [1, 6]
    found.post("/annuler", data={"csrf": secret(found.get("/changements"))})
    assert found.get("/etat").json()["progress"] == [0, 6]


def test_a_fact_that_the_machine_missed_is_added_on_its_words(store):
    found = client(store)
    key = first(store).documents[0]
    form = {"csrf": secret(found.get(f"/document/{key}")), "table": "agreements"} | {
        f"agreements.{column}": value
        for column, value in {"signatories": "Alpha0", "counterparts": "Alpha1", "kind": "mou", "status": "signed"}.items()
    }
    headers = {"accept": "application/json"}
    assert "texte" in found.post(f"/document/{key}", data={**form, "quote": "jamais écrit"}, headers=headers).json()["message"]
    strange = {**form, "quote": "3 mars", "agreements.signatories": "X"}
    assert "« X » n'est pas dans les tables" in found.post(f"/document/{key}", data=strange, headers=headers).json()["message"]
    assert found.post(f"/document/{key}", data={**form, "quote": "Le 3 mars 2019"}, headers=headers).status_code == 200
    decide(found, store, "like")
    assert "publiée" in found.post("/publier", data={"csrf": form["csrf"]}).text
    assert len(store.readable().table("agreements")) == 7


def test_publishing_with_open_changes_publishes_nothing(store):
    found, before = client(store), store.readable()
    answer = found.post("/publier", data={"csrf": secret(found.get("/changements"))})
    assert "6 changements attendent" in answer.text
    assert store.readable() == before


def test_organisations_are_merged_and_split(store):
    found, ids = client(store), [org(name).id for name in ("Alpha0", "Alpha1")]
    form = {"csrf": secret(found.get("/organisations")), "left": ids[0], "right": ids[1]}
    headers = {"accept": "application/json"}
    assert "Alpha0" in found.get(f"/organisation/{ids[0]}").text
    assert found.post("/organisations", data={**form, "verdict": "merge"}, headers=headers).status_code == 200
    assert found.post("/organisations", data={**form, "left": ids[1]}, headers=headers).status_code == 422, "one organisation is not two"
    assert [decision.verdict for decision in log_of(store.outputs).all()] == ["merge"]
    assert found.post(f"/organisation/{ids[0]}", data={**form, "alias": "Gamma"}, headers=headers).status_code == 422


def test_filters_and_pages(store):
    found = client(store)
    assert found.get("/changements?organisation=alpha3&state=all").text.count("<article") == 1
    assert found.get("/changements?country=DE").text.count("<article") == 0
    assert found.get("/changements?below=0.5").text.count("<article") == 0
    for strange in ("below=x", "page=-1", "page=9999999", "page=²", "table=%00", "state=<b>"):
        assert found.get(f"/changements?{strange}").status_code == 200


def test_unknown_documents_and_organisations_are_told_so(store):
    found = client(store)
    assert [found.get(path).status_code for path in ("/document/x", "/organisation/x")] == [404, 404]


def test_nothing_published_is_told_in_words(tmp_path):
    answer = client(Store(tmp_path)).get("/changements")
    assert (answer.status_code, "nothing is published" in answer.text) == (409, True)


def test_exports_hold_no_formulas(tmp_path):
    store = made_store(tmp_path, 2, name="=cmd|' /C calc'!A")
    rows = list(csv.reader(io.StringIO(client(store).get("/changements.csv").text)))
    assert len(rows) == 3
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1"])
def test_harmless(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(
    ("address", "kept"), [("/nombres", True), ("//evil", False), ("https://evil", False), ("/\\evil", False), ("", False)]
)
def test_back_stays_on_this_host(address, kept):
    assert (back(address) == address) == kept


def test_the_key_of_sessions_is_kept_and_private(tmp_path):
    assert session_key(tmp_path) == session_key(tmp_path)
    assert (tmp_path / "review.key").stat().st_mode & 0o077 == 0


def test_the_desk_is_laid_anew_when_another_version_is_staged(store):
    desk = Desk(store, POLICY)
    before = desk.table
    assert desk.table is before
    release(store, press(6, each=3), {"corpus": "other"}, desk.policy)
    assert desk.table is not before
