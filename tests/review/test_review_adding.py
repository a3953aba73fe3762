"""What the machine missed is added on its words: every table of facts, new names with it, kept in every later run."""

import re
from dataclasses import replace

import pytest
from making import Resolution, agreement, document, facts, mention, org, programme, project, tables_of
from reviewing import INPUTS, POLICY, app_of
from starlette.testclient import TestClient

from pipeline.core.facts import Funding, Label, Refusal
from pipeline.core.lexicon import load_lexicon
from pipeline.resolution import resolve
from pipeline.review.labels import reason_label
from pipeline.tables.checks import check_tables
from pipeline.tables.frames import records
from pipeline.versions.amend import amend
from pipeline.versions.decisions import DecisionLog, export_file, import_file, log_of
from pipeline.versions.gate import release
from pipeline.versions.statements import Statements
from pipeline.versions.store import Store

TEXT = """Alpha et Beta ont signé un accord.
Le projet Vega réunit Alpha et
Nordfjord Cluster (Norvège). Bpifrance verse 2,5 millions d'euros à Vega au titre de Phare 2030."""
GRANT = "Bpifrance verse 2,5 millions d'euros à Vega au titre de Phare 2030"


def tables(text=TEXT, *names, **stated):
    """What the machine finds in the text: two clusters, an agreement, a project, a programme; more names as asked."""
    read = document("presse/a.txt", text)
    labels = {"Vega": Label.PROJECT, "Phare 2030": Label.PROGRAMME}
    found = (agreement(read, "Alpha", "Beta"),)
    given = facts(read, "Alpha", "Beta", "Vega", "Phare 2030", *names, labels=labels, agreements=found, **stated)
    rows = Resolution([org("Alpha"), org("Beta"), *map(org, names)], [project("Vega")], [programme("Phare 2030")])
    return tables_of([(read, given)], rows)


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "outputs")
    store.recover()
    assert release(store, tables(), INPUTS, POLICY).published
    return store


@pytest.fixture
def person(store):
    """Somebody before the page."""
    found = TestClient(app_of(store), base_url="http://127.0.0.1")
    found.post("/entrer", data={"csrf": secret(found.get("/entrer").text), "who": "Ada"})
    return found


def secret(page):
    return re.search(r'data-csrf="([^"]+)"', page)[1]


ADDRESS = f"/document/{document('presse/a.txt', TEXT).document_id}"


def add(person, table, quote, *, new=(), quiet=True, **values):
    """Send the form; what it answers."""
    form = {"csrf": secret(person.get(ADDRESS).text), "table": table, "quote": quote, "back": ADDRESS}
    defaults = {"funding.amount_shared": "false", "agreements.kind": "mou", "agreements.status": "signed", "organisations.kind": "cluster"}
    form |= defaults | {f"{table}.{column}": value for column, value in values.items()}
    for number, parts in enumerate(new, start=1):
        form |= {f"new{number}.{part}": value for part, value in zip(("name", "kind", "country"), parts, strict=True)}
    return person.post(ADDRESS, data=form, headers={"accept": "application/json"} if quiet else {})


def publish(person):
    return person.post("/publier", data={"csrf": secret(person.get(ADDRESS).text)}).text


def held(store, text=TEXT, *names, **stated):
    """What the next run makes of the decisions, sound."""
    made = amend(tables(text, *names, **stated), log_of(store.outputs).all())
    assert [check.detail for check in check_tables(made.tables) if check.blocks] == []
    return made


NORDFJORD = ("Nordfjord Cluster", "cluster", "Norvège")
BPIFRANCE = ("Bpifrance", "public", "FR")
CASES = [
    ("agreements", "Nordfjord Cluster (Norvège)",
     {"signatories": "Alpha ; Beta", "counterparts": "Nordfjord Cluster", "signed_on": "2019-03"}, [NORDFJORD]),
    ("funding", GRANT, {"project_id": "Vega", "programme_id": "Phare 2030", "amount": "2 500 000", "currency": "eur"}, []),
    ("funding", GRANT, {"organisation_id": "alpha", "funder_id": "Bpifrance", "amount": "0,5", "currency": "EUR"}, [BPIFRANCE]),
    ("project_members", "Le projet Vega réunit Alpha", {"project_id": "Vega", "organisation_id": "Alpha", "role": "coordinator"}, []),
    ("project_members", "Vega réunit Alpha et Nordfjord Cluster",
     {"project_id": "Vega", "organisation_id": "Nordfjord Cluster", "role": "partner"}, [NORDFJORD]),
    ("organisations", "Nordfjord Cluster", {"country_code": "NO"}, []),
    ("projects", "Vega réunit", {"name": "réunit", "start_date": "2019", "end_date": "2020-02-29"}, []),
    ("programmes", "millions d'euros", {}, []),
]  # fmt: skip


@pytest.mark.parametrize(("table", "quote", "values", "new"), CASES)
def test_every_fact_is_added_published_and_found_again_in_every_later_run(person, store, table, quote, values, new):
    before = len(store.readable().table(table))
    assert add(person, table, quote, new=new, **values).status_code == 200
    assert "pas encore publiés (" in person.get(ADDRESS).text
    assert "publiée" in publish(person)
    assert len(store.readable().table(table)) == before + 1
    made = held(store)
    assert len(made.tables[table]) == before + 1
    assert not made.reopened
    added = [row for row in records("evidence", made.tables["evidence"]) if row["method"] == "decision"]
    assert {row["table_name"] for row in added} == {table} | ({"organisations"} if new else set())
    assert all(row["quote"] == TEXT[row["char_start"] : row["char_end"]] for row in added)
    assert "pas encore publiés" not in person.get(ADDRESS).text


def test_a_selection_with_other_line_breaks_is_kept_as_the_text_has_it(person, store):
    add(person, "project_members", "réunit  Alpha et Nordfjord", project_id="Vega", organisation_id="Alpha", role="label")
    assert log_of(store.outputs).all()[0].quotes[0][1] == "réunit Alpha et\nNordfjord"


WRONG = [
    ("agreements", "Alpha", {"signatories": "Alpha", "counterparts": "Alpha"}, [], "différentes"),
    ("agreements", "Alpha", {"signatories": "Alpha", "counterparts": "Beta"}, [], "déjà dans les tables"),
    ("agreements", "Alpha", {"signatories": "Alpha"}, [], "contrepartie"),
    ("agreements", "Alpha", {"signatories": "Alpha", "counterparts": "Gamma"}, [], "« Gamma » n'est pas dans les tables"),
    ("agreements", "Alpha", {"signatories": "Alpha", "counterparts": "Gamma"},
     [("Gamma", "cluster", "")], "ne sont pas dans le texte"),
    ("agreements", "Alpha", {"signatories": "Alpha", "counterparts": "Bpifrance"}, [("Bpifrance", "", "")], "dites ce que c'est"),
    ("agreements", "Alpha", {"signatories": "Alpha", "counterparts": "Bpifrance"},
     [("Bpifrance", "public", "Atlantide")], "n'est pas un pays"),
    ("agreements", "Alpha", {"signatories": "Alpha", "counterparts": "Bpifrance", "signed_on": "2019-02-30"},
     [BPIFRANCE], "n'est pas une date"),
    ("agreements", "Alpha", {"signatories": "Alpha", "counterparts": "Bpifrance", "start_date": "2020", "end_date": "2019-12"},
     [BPIFRANCE], "avant"),
    ("funding", GRANT, {"programme_id": "Phare 2030"}, [], "bénéficiaire"),
    ("funding", GRANT, {"project_id": "Vega"}, [], "source"),
    ("funding", GRANT, {"project_id": "Vega", "programme_id": "Phare 2030", "amount": "5"}, [], "devise"),
    ("funding", GRANT, {"project_id": "Vega", "programme_id": "Phare 2030", "amount": "-5", "currency": "EUR"}, [], "n'est pas un nombre"),
    ("funding", GRANT, {"project_id": "Vega", "programme_id": "Phare 2030", "amount": "5", "currency": "écus"}, [], "n'est pas une devise"),
    ("funding", GRANT, {"project_id": "Vega", "programme_id": "Phare 2030"}, [BPIFRANCE], "ne sert à rien"),
    ("project_members", "Vega", {"project_id": "Vega", "organisation_id": "Alpha", "role": "roi"}, [], "labellisation"),
    ("project_members", "Vega", {"project_id": "Alpha", "organisation_id": "Alpha", "role": "label"}, [], "« Alpha » n'est pas"),
    ("organisations", "ALPHA", {}, [], "ne sont pas dans le texte"),
    ("organisations", "Alpha", {}, [], "déjà dans les tables"),
    ("moons", "Alpha", {}, [], "dites ce qu'il faut ajouter"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "quote", "values", "new", "message"), WRONG)
def test_what_cannot_be_is_told_and_nothing_is_kept(person, store, table, quote, values, new, message):
    answer = add(person, table, quote, new=new, **values)
    assert (answer.status_code, message in answer.json()["message"]) == (422, True), answer.json()
    assert log_of(store.outputs).all() == []


def test_without_a_script_the_page_comes_back_with_what_was_typed(person):
    answer = add(person, "funding", GRANT, quiet=False, project_id="Vega", amount="12 000", currency="EUR")
    assert answer.status_code == 422
    assert "source" in answer.text
    assert 'value="12 000"' in answer.text
    assert 'value="funding" checked' in answer.text


def test_the_key_of_a_new_name_is_that_of_extraction_so_that_nothing_is_doubled(person, store):
    add(person, "agreements", "Nordfjord Cluster (Norvège)", new=[NORDFJORD], signatories="Alpha", counterparts="Nordfjord Cluster")
    entity = log_of(store.outputs).all()[0]
    read = document("presse/a.txt", TEXT)
    found = facts(read, "Nordfjord Cluster")
    (row,) = resolve([found], known=load_lexicon().gazetteer()).organisations
    assert row.id == entity.row_id
    known = tables(TEXT, "Nordfjord Cluster")
    moved = {org("Nordfjord Cluster").id: row.id}  # the key that real resolution gives
    for name in ("organisations", "organisation_aliases", "mentions"):
        known[name] = known[name].assign(organisation_id=known[name]["organisation_id"].replace(moved))
    known["evidence"] = known["evidence"].assign(row_id=known["evidence"]["row_id"].replace(moved))
    made = amend(known, log_of(store.outputs).all())
    assert list(made.tables["organisations"]["name"]).count("Nordfjord Cluster") == 1
    assert made.tables["organisations"].set_index("organisation_id").loc[row.id, "country_code"] == "NO", "what a person told stands"
    assert [check.detail for check in check_tables(made.tables) if check.blocks] == []


def test_a_name_found_later_under_another_key_takes_the_added_facts_over(person, store):
    add(person, "agreements", "Nordfjord Cluster (Norvège)", new=[NORDFJORD], signatories="Alpha", counterparts="Nordfjord Cluster")
    before = log_of(store.outputs).all()[0].row_id
    made = held(store, TEXT, "Nordfjord Cluster")  # these tables have a key of their own for it
    rows = made.tables["organisations"]
    assert before not in set(rows["organisation_id"])
    assert list(rows["name"]).count("Nordfjord Cluster") == 1
    parties = [row for key, row in Statements(made.tables).rows.items() if key[0] == "agreements"]
    assert org("Nordfjord Cluster").id in {row["counterparts"] for row in parties}
    assert not made.reopened


def test_a_fact_that_the_machine_finds_later_is_one_and_keeps_what_was_told(person, store):
    add(person, "funding", GRANT, project_id="Vega", programme_id="Phare 2030", amount="2500000", currency="EUR")
    read = document("presse/a.txt", TEXT)
    evidence = agreement(read, "Alpha", "Beta").evidence
    found = Funding("Vega", evidence, programme="Phare 2030", amount=7.0, currency="USD", start_date="2020")
    made = held(store, funding=(found,))
    (row,) = records("funding", made.tables["funding"])
    assert (row["amount"], row["currency"], row["start_date"]) == (2500000, "EUR", "2020")


@pytest.mark.parametrize("what", ["quote", "party"])
def test_an_added_fact_is_open_again_when_its_words_change(person, store, what):
    add(person, "agreements", "Nordfjord Cluster (Norvège)", new=[NORDFJORD], signatories="Alpha", counterparts="Nordfjord Cluster")
    publish(person)
    text = TEXT.replace("(Norvège)", "(Suède)") if what == "quote" else TEXT.replace("Nordfjord Cluster", "Sudfjord Cluster")
    made = held(store, text)
    assert len(made.tables["agreements"]) == 1
    assert "agreements" in {table for table, _ in made.reopened}
    outcome = release(store, tables(text), INPUTS | {"corpus": "C"}, POLICY)
    assert ("agreements", "removed", True) in {(j.change.table, j.change.kind.value, j.reopened) for j in outcome.judgement.waiting}


def test_added_facts_go_through_a_file(person, store, tmp_path):
    add(person, "agreements", "Nordfjord Cluster (Norvège)", new=[NORDFJORD], signatories="Alpha", counterparts="Nordfjord Cluster")
    export_file(log_of(store.outputs), tmp_path / "decisions.jsonl")
    other = DecisionLog(tmp_path / "other.db")
    assert import_file(other, tmp_path / "decisions.jsonl") == 2
    there, here = (amend(tables(), log.all()).tables for log in (other, log_of(store.outputs)))
    assert all(there[name].equals(here[name]) for name in here)


def test_undo_and_withdrawing_take_back_the_fact_and_its_new_names(person, store):
    add(person, "agreements", "Nordfjord Cluster (Norvège)", new=[NORDFJORD], signatories="Alpha", counterparts="Nordfjord Cluster")
    add(person, "programmes", "millions d'euros")
    key = next(made for made in log_of(store.outputs).all() if made.table_name == "agreements").decision_id
    person.post("/annuler", data={"csrf": secret(person.get(ADDRESS).text), "decision": key})
    made = held(store)
    assert (len(made.tables["agreements"]), len(made.tables["organisations"]), len(made.tables["programmes"])) == (1, 2, 2)
    assert "n'est pas dans les tables" in add(
        person, "agreements", "Alpha", signatories="Alpha", counterparts="Nordfjord Cluster"
    ).json()["message"], "a name that was withdrawn is unknown again"


def test_a_name_added_before_is_a_party_later_and_is_offered(person, store):
    add(person, "organisations", "Nordfjord Cluster", country_code="NO")
    assert person.get("/noms?table=organisations&q=nordfj").json() == {"names": ["Nordfjord Cluster"], "known": False}
    assert person.get("/noms?table=organisations&q=nordfjord cluster").json()["known"]
    assert add(person, "agreements", "Alpha et\nNordfjord", signatories="Alpha", counterparts="nordfjord cluster").status_code == 200
    assert not held(store).reopened


def test_an_added_fact_is_corrected_and_rejected_on_its_own_page(person, store):
    add(person, "funding", GRANT, project_id="Vega", programme_id="Phare 2030", amount="5", currency="EUR")
    publish(person)
    (row,) = store.readable().table("funding")["funding_id"]
    page = person.get(f"/fait?table=funding&row={row}")
    assert "maintenu par Ada" in page.text
    form = {"csrf": secret(page.text), "table": "funding", "row": row, "verdict": "correct", "to_amount": "6"}
    assert person.post("/decider", data=form, headers={"accept": "application/json"}).status_code == 200
    publish(person)
    assert list(store.readable().table("funding")["amount"]) == [6.0]
    assert list(held(store).tables["funding"]["amount"]) == [6.0], "the correction holds in the next run too"
    person.post("/decider", data=form | {"verdict": "reject"})
    publish(person)
    assert len(store.readable().table("funding")) == len(held(store).tables["funding"]) == 0


def test_a_sentence_without_a_fact_leads_to_the_form_and_says_when_it_was_used(person, store):
    read = document("presse/a.txt", TEXT)
    start = TEXT.index("Bpifrance")
    refused = Refusal(replace(mention(TEXT, "Alpha").span, start=start, end=start + len(GRANT)), "verse", "no source")
    release(store, tables(TEXT, refusals=(refused,)), INPUTS | {"code": "K"}, POLICY)
    link = re.search(r'href="([^"]+refus=[^"]+)#ajouter"', person.get("/nombres").text)[1]
    assert f">{GRANT}</textarea>".replace("'", "&#39;") in person.get(link.replace("&amp;", "&")).text
    add(person, "funding", GRANT, project_id="Vega", programme_id="Phare 2030")
    assert "1 fait ajouté" in person.get("/nombres").text
    assert read.document_id in link


CORRECTED = [
    ("agreements", {"to_signatories": "Beta", "to_counterparts": "Alpha"}, None),
    ("agreements", {"to_status": "ended", "to_end_date": "2020-06", "to_project_id": "Vega", "to_duration_months": "24"}, None),
    ("agreements", {"to_counterparts": "Alpha"}, "des deux côtés"),
    ("agreements", {"to_end_date": "juin 2020"}, "n'est pas une date"),
    ("organisations", {"to_kind": "company", "to_country_code": "belgique", "to_region": "Wallonie"}, None),
    ("organisations", {"to_country_code": "ZZ"}, "n'est pas un pays"),
    ("projects", {"to_name": "Véga", "to_start_date": "2018"}, None),
    ("programmes", {"to_name": ""}, "il faut une valeur"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "values", "message"), CORRECTED)
def test_every_published_fact_is_corrected_although_nothing_waits(person, store, table, values, message):
    row = store.readable().table(table).iloc[0, 0]
    form = {"csrf": secret(person.get(ADDRESS).text), "table": table, "row": row, "verdict": "correct", **values}
    answer = person.post("/decider", data=form, headers={"accept": "application/json"})
    if message:
        assert (answer.status_code, message in answer.json()["message"]) == (422, True)
        return
    assert answer.status_code == 200, answer.text
    assert "publiée" in publish(person)
    made = held(store)
    assert not made.reopened
    told = {key[0]: found for key, found in Statements(made.tables).rows.items() if key[1] == row}[table]
    assert all(told[column.removeprefix("to_")] not in (None, "") for column in values)


def test_the_role_of_a_member_is_corrected(person, store):
    add(person, "project_members", "Le projet Vega réunit Alpha", project_id="Vega", organisation_id="Alpha", role="partner")
    publish(person)
    row = "|".join(store.readable().table("project_members").iloc[0])
    form = {"csrf": secret(person.get(ADDRESS).text), "table": "project_members", "row": row, "verdict": "correct"}
    form["to_role"] = "coordinator"
    assert person.post("/decider", data=form, headers={"accept": "application/json"}).status_code == 200
    publish(person)
    assert list(store.readable().table("project_members")["role"]) == list(held(store).tables["project_members"]["role"]) == ["coordinator"]


def test_every_reason_of_the_word_lists_is_told_in_french():
    lexicon = load_lexicon()
    found = {pattern.label for name in ("refusals", "unreal", "funding_refusals") for pattern in lexicon.patterns(name)}
    assert {reason for reason in found if reason_label(reason) == reason} == set()
