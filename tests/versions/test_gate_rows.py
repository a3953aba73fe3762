"""Publishing row by row: what may pass is published at once, what waits is held back alone until somebody decides."""

from dataclasses import replace

import pytest
from making import Resolution, agreement, document, facts, org, several, small_tables, tables_of
from reviewing import INPUTS, POLICY

from pipeline.tables.checks import check_tables
from pipeline.versions.again import Again, Limits
from pipeline.versions.cascade import drop_facts
from pipeline.versions.causes import Cause
from pipeline.versions.decisions import Decision, log_of
from pipeline.versions.diff import Kind
from pipeline.versions.gate import judge_staged, release, release_staged
from pipeline.versions.history import pair
from pipeline.versions.policy import Budget
from pipeline.versions.put import quotes_of
from pipeline.versions.report import report_versions
from pipeline.versions.statements import Statements
from pipeline.versions.store import Store, hashes_of_files
from pipeline.workflow.report import released


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "outputs")
    store.recover()
    assert release(store, several(4), INPUTS, POLICY).published
    return store


def losing_one(count, more, **moved):
    """Some agreements more, and one of those before lost by a rule."""
    lost = ("agreements", several(1)["agreements"]["agreement_id"][0])
    return drop_facts(several(count + more), {lost}), INPUTS | {"corpus": "C", "lexicon": "L", **moved}


def waiting_ids(store, policy=POLICY):
    return [(item.change.kind, item.change.row_id, item.reason.cause) for item in judge_staged(store, policy).waiting]


def test_what_may_pass_is_published_and_what_waits_is_held_back_alone(store):
    (lost,) = several(1)["agreements"]["agreement_id"]
    tables, inputs = losing_one(4, 3)
    outcome = release(store, tables, inputs, POLICY)
    assert (outcome.published, outcome.waiting, len(tables["agreements"])) == (True, 1, 6)
    shown = store.readable()
    assert len(shown.table("agreements")) == 7
    assert store.staged() == outcome.version != shown == outcome.shown
    assert [check.detail for check in check_tables(shown.tables()) if check.blocks] == []
    report = report_versions(*pair(store))
    assert [(entry.kind, entry.row_id, entry.cause) for entry in report.entries] == [(Kind.REMOVED, lost, "lexicon")]
    assert waiting_ids(store) == [(Kind.REMOVED, lost, Cause.LEXICON)]
    assert {change.row_id for change in shown.held.values()} == {lost}


def test_run_again_nothing_new_is_published_and_the_bytes_stay(store):
    tables, inputs = losing_one(4, 3)
    release(store, tables, inputs, POLICY)
    before, history = hashes_of_files(store.readable().folder), store.history()
    for moved in ({}, {"lexicon": "L2"}, {"code": "K"}, {"corpus": "C2"}):
        outcome = release(store, tables, inputs | moved, POLICY)
        assert (outcome.published, outcome.waiting) == (False, 1)
        assert (hashes_of_files(store.readable().folder), store.history()) == (before, history)


def test_a_waiting_change_keeps_its_cause_whatever_moves_later(store):
    tables, inputs = losing_one(4, 3)
    release(store, tables, inputs, POLICY)
    for more, moved in enumerate(({"corpus": "C2"}, {"resolution": "R"}), start=1):
        tables, inputs = losing_one(4, 3 + more, **moved)
        assert release(store, tables, inputs, POLICY).published
        assert [cause for *_, cause in waiting_ids(store)] == [Cause.LEXICON]
        assert len(store.readable().table("agreements")) == 7 + more


def test_a_waiting_change_is_not_extracted_again_while_a_new_one_is(store, monkeypatch):
    asked = set()
    monkeypatch.setattr(Again, "documents", lambda _, texts: asked.update(texts) or {})
    first, second = several(2)["agreements"]["agreement_id"]
    release(store, *losing_one(4, 3), POLICY)
    tables, inputs = losing_one(4, 4, lexicon="L2", code="K")
    release(store, drop_facts(tables, {("agreements", second)}), inputs, POLICY, limits=Limits(60, 60.0))
    held = store.readable().held
    assert {row: change.sure for (_, row), change in held.items()} == {first: True, second: False}
    assert held["agreements", second].detail.endswith("the last run did not read the text")
    assert asked == {words.document_id for words in Statements(store.readable().tables()).words["agreements", second]}


def test_the_last_decision_publishes_the_staged_version_and_a_rejected_change_does_not_come_back(store):
    tables, inputs = losing_one(4, 3)
    outcome = release(store, tables, inputs, POLICY)
    (change,) = [item.change for item in outcome.judgement.waiting]
    quotes = quotes_of(outcome.judgement.base.words[change.table, change.row_id])
    row = {column: value for column, value in change.old.items() if column != "quote"}
    seen = {"quote": change.old["quote"]}
    log_of(store.outputs).append(Decision(change.table, change.row_id, "add", "Ada", "", "removed", seen, row, quotes))
    again = release(store, tables, inputs, POLICY)
    assert (again.waiting, store.readable()) == (0, store.staged())
    assert len(store.readable().table("agreements")) == 7
    assert not store.readable().held
    assert release(store, tables, inputs | {"lexicon": "L3"}, POLICY).waiting == 0


def test_an_accepted_removal_is_published(store):
    tables, inputs = losing_one(4, 3)
    change = release(store, tables, inputs, POLICY).judgement.waiting[0].change
    log_of(store.outputs).append(Decision(change.table, change.row_id, "accept", "Ada", "", "removed", change.old))
    assert release_staged(store, POLICY).shown == store.staged() == store.readable()
    assert len(store.readable().table("agreements")) == 6


def test_a_policy_may_hold_the_whole_version(store):
    tables, inputs = losing_one(4, 3)
    outcome = release(store, tables, inputs, replace(POLICY, hold="version"))
    assert (outcome.published, outcome.waiting, len(store.readable().table("agreements"))) == (False, 1, 4)


def test_a_broken_budget_and_a_failing_check_hold_everything(store):
    tables, inputs = losing_one(4, 3)
    tight = replace(POLICY, budget=Budget(0, 0, 1.0, 0))
    outcome = release(store, tables, inputs, tight)
    assert (outcome.published, outcome.judgement.passing) == (False, 0)
    assert "1 facts would go" in outcome.judgement.over
    broken = {**tables, "evidence": tables["evidence"].assign(quote="words that nobody wrote")}
    assert not release(store, broken, inputs, POLICY, accept_counts=True).published
    assert release(store, tables, inputs, tight, accept_counts=True).published
    assert release(store, several(9), inputs, tight).judgement.over is None, "what was held back before is not counted again"


def reworded(text, status):
    """The small tables from another sentence."""
    read = document("a.txt", text)
    stated = facts(read, "Alpha", "Beta", agreements=(agreement(read, "Alpha", "Beta", status=status),))
    return read, stated


def test_a_document_keeps_its_text_while_a_waiting_fact_quotes_words_that_are_gone(tmp_path):
    store = Store(tmp_path)
    people = Resolution([org("Alpha"), org("Beta"), org("Gamma")])
    other = document("b.txt", "Gamma et Beta ont signé un accord.")
    stated = facts(other, "Gamma", "Beta", agreements=(agreement(other, "Gamma", "Beta"),))
    first = reworded("Alpha et Beta ont signé un accord.", "signed")
    release(store, tables_of([first], Resolution([org("Alpha"), org("Beta")])), INPUTS, POLICY)
    base = Statements(store.readable().tables())
    (key, row) = next((key, row) for key, row in base.rows.items() if key[0] == "agreements")
    log_of(store.outputs).append(Decision(*key, "accept", "Ada", "", "added", row, quotes=quotes_of(base.words[key])))
    release(store, tables_of([first], Resolution([org("Alpha"), org("Beta")])), INPUTS, POLICY)
    later = tables_of([reworded("Alpha et Beta veulent signer.", "planned"), (other, stated)], people)
    outcome = release(store, later, INPUTS | {"corpus": "C"}, POLICY)
    assert (outcome.waiting, outcome.judgement.waiting[0].reopened) == (1, True)
    shown = store.readable().tables()
    assert dict(zip(shown["texts"]["document_id"], shown["texts"]["text"], strict=True)) == {
        first[0].document_id: "Alpha et Beta ont signé un accord.", other.document_id: other.text,
    }  # fmt: skip
    assert sorted(shown["agreements"]["status"]) == ["signed", "signed"]
    assert outcome.judgement.held.documents == {first[0].document_id}
    assert "a.txt stays as it was published" in "\n".join(released(outcome, store.outputs))
    assert not release(store, later, INPUTS | {"corpus": "C"}, POLICY).published


def test_a_fact_that_got_another_key_is_not_shown_twice(tmp_path):
    store = Store(tmp_path)
    assert release(store, small_tables(name="Alpha"), INPUTS, POLICY).published
    read = document("a.txt", "Alpha et Beta ont signé un accord.")
    stated = facts(read, "Alpha", "Beta", agreements=(agreement(read, "Alpha", "Beta"),))
    renamed = tables_of([(read, stated)], Resolution([org("Alphanor", aliases=("Alpha",)), org("Beta")]))
    outcome = release(store, renamed, INPUTS | {"resolution": "R"}, POLICY)
    assert outcome.judgement.counts() == {"wait": 2, "held": 2}
    assert list(store.readable().table("organisations")["name"]) == list(small_tables()["organisations"]["name"])
