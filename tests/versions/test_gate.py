"""Causes, policy and gate: what publishes by itself, what waits, and why it changed."""

import pytest
from making import Resolution, agreement, document, facts, org, several, small_tables, tables_of

from pipeline.core.errors import VersionError
from pipeline.core.lexicon import MODELS
from pipeline.versions.amend import amend
from pipeline.versions.causes import Cause, Causes
from pipeline.versions.decisions import Decision, log_of
from pipeline.versions.diff import Kind
from pipeline.versions.gate import judge, release, release_staged
from pipeline.versions.history import pair, periods, publication_on, row_history
from pipeline.versions.policy import Budget, read_policy
from pipeline.versions.report import FORMATS, report_versions
from pipeline.versions.statements import Statements, diff_facts
from pipeline.versions.store import Store, hashes_of_files

INPUTS = {"corpus": "c", "lexicon": "l", "model": "m", "code": "k", "resolution": "r", "tables": "t", "judgements": "j"}
POLICY = read_policy(MODELS / "review" / "policy.yaml")


def silent(tables, *, keep=0):
    """The tables as if the rule for agreements were broken: all but some agreements are gone."""
    gone = set(tables["agreements"]["agreement_id"][keep:])
    made = dict(tables)
    for name, column in (("agreements", "agreement_id"), ("agreement_parties", "agreement_id"), ("evidence", "row_id")):
        made[name] = made[name][~made[name][column].isin(gone)].reset_index(drop=True)
    return made


def cause(old, new, moved):
    base, head = Statements(old), Statements(new)
    causes = Causes(base, head, INPUTS, INPUTS | moved)
    return {change.table: causes.of(change) for change in diff_facts(base, head).changes()}


def test_a_changed_source_is_the_cause_even_when_rules_moved_too():
    old, new = small_tables(status="planned"), several(0)
    read = document("a.txt", "Alpha et Beta ont enfin signé un accord.")
    stated = facts(read, "Alpha", "Beta", agreements=(agreement(read, "Alpha", "Beta"),))
    new = tables_of([(read, stated)], Resolution([org("Alpha"), org("Beta")]))
    found = cause(old, new, {"lexicon": "L", "corpus": "C"})["agreements"]
    assert (found.cause, found.detail) == (Cause.SOURCE, "a.txt has changed")


def test_a_broken_rule_is_named():
    found = cause(several(3), silent(several(3)), {"lexicon": "L", "rule/rule": "R", "lexicon/patterns/a.yaml": "A", "code": "K"})
    assert (found["agreements"].cause, found["agreements"].detail) == (Cause.LEXICON, "rule rule")


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        ({"model": "M"}, Cause.MODEL),
        ({"code": "K"}, Cause.CODE),
        ({"lexicon": "L"}, Cause.LEXICON),
        ({"resolution": "R"}, Cause.RESOLUTION),
    ],
)
def test_what_alone_moved_is_the_cause(moved, expected):
    found = cause(several(2), silent(several(2)), moved)["agreements"]
    assert (found.cause, found.sure) == (expected, True)


def test_equal_extraction_means_that_only_what_follows_it_can_be_the_cause():
    renamed = small_tables()
    renamed["organisations"] = renamed["organisations"].assign(country_code="FR")
    assert cause(small_tables(), renamed, {"lexicon": "L", "resolution": "R"})["organisations"].cause is Cause.RESOLUTION
    assert cause(small_tables(), renamed, {"lexicon": "L", "judgements": "J"})["organisations"].cause is Cause.DECISION


def judged(old, new, moved, decisions=()):
    return judge(Statements(old), amend(new, decisions), INPUTS, INPUTS | moved, decisions, POLICY)


def test_additions_with_evidence_publish_and_removals_by_a_rule_wait():
    assert judged(several(2), several(3), {"corpus": "C"}).free
    found = judged(several(3), silent(several(3), keep=2), {"lexicon": "L"})
    assert [(item.change.kind, item.reason.cause) for item in found.waiting] == [(Kind.REMOVED, Cause.LEXICON)]
    assert judged(several(3), several(2), {"corpus": "C"}).free, "the press release is gone, and its facts with it"


def test_an_accepted_change_waits_no_more_and_a_changed_one_waits_again():
    old, new = small_tables(), small_tables(status="ended")
    (waiting,) = judged(old, new, {"code": "K"}).waiting
    change = waiting.change
    decision = Decision(change.table, change.row_id, "accept", "Ada", "t", "changed", change.new)
    assert judged(old, new, {"code": "K"}, [decision]).free
    (again,) = judged(old, small_tables(status="planned"), {"code": "K"}, [decision]).waiting
    assert again.reopened


def test_a_budget_stops_everything():
    found = judged(several(60), silent(several(60)), {"corpus": "C"})
    assert found.over is None or "budget" in found.over
    assert Budget(1, 1, 1.0, 50).exceeded({Kind.REMOVED: 2}, 100) == "2 facts would go, the budget is 1"
    assert "50%" in str(Budget(99, 99, 0.5, 10).exceeded({Kind.REMOVED: 6, Kind.CHANGED: 5}, 20))


@pytest.mark.parametrize(
    ("text", "message"),
    [("rules: []", "no policy"), ("budget: {removed: 1, changed: 1, share: 1, few: 1}\nrules: [{tabel: x, then: wait}]", "rule 1.*tabel"),
     ("budget: {removed: 1, changed: 1, share: 1, few: 1}\nrules: [{cause: moon, then: wait}]", "moon"),
     ("budget: {removed: 1, changed: 1, share: 1, few: 1}\nrules: [{cause: code}]", "then"),
     ("budget: {removed: 1, changed: 1, share: 1, few: 1}\nrules: []\nhold: all", "hold 'all'")],
)  # fmt: skip
def test_a_wrong_policy_says_where(tmp_path, text, message):
    path = tmp_path / "policy.yaml"
    path.write_text(text)
    with pytest.raises(VersionError, match=message):
        read_policy(path)


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "outputs")
    store.recover()
    assert release(store, several(4), INPUTS, POLICY).published
    return store


def test_a_planted_regression_publishes_nothing_and_names_its_rule(store):
    before = hashes_of_files(store.readable().folder)
    link = (store.outputs / "current").readlink()
    outcome = release(store, silent(several(4), keep=1), INPUTS | {"lexicon": "L", "rule/rule": "broken"}, POLICY, accept_counts=True)
    assert (outcome.published, outcome.waiting) == (False, 3)
    assert {item.reason.detail for item in outcome.judgement.waiting} == {"rule rule"}
    assert (hashes_of_files(store.readable().folder), (store.outputs / "current").readlink()) == (before, link)
    text = FORMATS["text"](report_versions(*pair(store)))
    assert text.count("[lexicon: rule rule]") == 3


@pytest.mark.parametrize(("mode", "published"), [("never", False), ("review", False), ("auto", True)])
def test_modes(store, mode, published):
    assert release(store, silent(several(4), keep=2), INPUTS | {"code": "K"}, POLICY, mode=mode).published == published


def test_a_first_version_is_published_unless_told_never(tmp_path):
    assert not release(Store(tmp_path), several(1), INPUTS, POLICY, mode="never").published
    assert release(Store(tmp_path), several(1), INPUTS, POLICY, mode="review").published


def test_decisions_made_since_are_in_the_published_version_and_asked_no_more(store):
    broken = silent(several(4), keep=3)
    outcome = release(store, broken, INPUTS | {"code": "K"}, POLICY)
    change = outcome.judgement.waiting[0].change
    quotes = tuple((words.document_id, words.quote) for words in outcome.judgement.base.words[change.table, change.row_id])
    row = {column: value for column, value in change.old.items() if column != "quote"}
    log_of(store.outputs).append(
        Decision(change.table, change.row_id, "add", "Ada", "", "removed", {"quote": change.old["quote"]}, row, quotes)
    )
    outcome = release_staged(store, POLICY)
    assert outcome.published
    assert len(store.readable().table("agreements")) == 4
    assert release(store, broken, INPUTS | {"code": "another"}, POLICY).waiting == 0


def test_history_answers_what_was_said_when(store):
    row = Statements(several(4)).tables["agreements"]["agreement_id"][0]
    release(store, several(4), INPUTS | {"code": "K"}, POLICY)
    assert len(periods(store, "agreements", row)) == 1
    release(store, silent(several(4)), INPUTS, POLICY, mode="auto", accept_counts=True)
    said = periods(store, "agreements", row)
    assert [text == "null" for text, _, _ in said] == [False, True]
    assert said[0][2] == said[1][1]
    assert said[1][2] is None
    assert '"valid_to": null' in list(row_history(store, "agreements", row))[-1]
    assert publication_on(store, store.history()[-1].published_at).version_id == store.readable().version_id
    with pytest.raises(VersionError, match="nothing was published"):
        publication_on(store, "1999-01-01")
    with pytest.raises(VersionError, match="no date"):
        publication_on(store, "mars")


def test_a_missing_base_is_an_error(store):
    with pytest.raises(VersionError, match="no base"):
        pair(store)
    with pytest.raises(VersionError, match="0 versions"):
        pair(store, "ver-unknown")


@pytest.mark.parametrize("form", FORMATS)
def test_reports_escape_what_the_press_writes(store, form):
    hostile = tables_of_hostile("<script>alert(1)</script>|`x`[a](javascript:b)")
    release(store, hostile, INPUTS | {"corpus": "C"}, POLICY, mode="never")
    shown = FORMATS[form](report_versions(*pair(store)))
    assert ("<script>alert" in shown) == (form in ("text", "json"))
    if form == "markdown":
        assert "](javascript" not in shown


def tables_of_hostile(name):
    read = document("h.txt", f"{name} et Beta ont signé.")
    stated = facts(read, name, "Beta", agreements=(agreement(read, name, "Beta"),))
    return tables_of([(read, stated)], Resolution([org(name), org("Beta")]))
