"""Decisions hold in every later run, whatever is extracted, until the quote or the value they were made on changes; nothing is lost."""

import multiprocessing
import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from making import Resolution, agreement, document, facts, org, small_tables, tables_of

from pipeline.core.errors import VersionError
from pipeline.documents.folders import RESERVED
from pipeline.tables.checks import check_tables
from pipeline.tables.frames import records
from pipeline.versions.amend import amend
from pipeline.versions.decisions import EXPORT, ConflictError, Decision, DecisionLog, export_file, from_line, import_file, to_line
from pipeline.versions.put import quotes_of
from pipeline.versions.standing import decided_names, standing
from pipeline.versions.statements import Statements


def fact(tables, table="agreements"):
    """Key and row of the first fact of a table."""
    return next((key, row) for key, row in Statements(tables).rows.items() if key[0] == table)


def decide(tables, verdict, *, table="agreements", at="2026-01-01T00:00:00+00:00", seen=None, **values):
    (name, row_id), row = fact(tables, table)
    quotes = quotes_of(Statements(tables).words[name, row_id])
    return Decision(name, row_id, verdict, "Ada", at, "added", row if seen is None else seen, values, quotes)


def restated(extra):
    """The small tables from a sentence that has changed."""
    read = document("a.txt", f"Alpha et Beta ont signé un accord{extra}.")
    stated = facts(read, "Alpha", "Beta", agreements=(agreement(read, "Alpha", "Beta"),))
    return tables_of([(read, stated)], Resolution([org("Alpha"), org("Beta")]))


def sound(tables):
    assert [check.detail for check in check_tables(tables) if check.blocks] == []
    return tables


def test_a_rejected_fact_stays_out_with_all_that_hangs_on_it():
    tables = small_tables()
    amended = amend(tables, [decide(tables, "reject")])
    made = sound(amended.tables)
    assert len(made["agreements"]) == len(made["agreement_parties"]) == 0
    assert len(made["organisations"]) == 2
    assert amended.touched == {fact(tables)[0]}
    (row,) = records("decisions", made["decisions"])
    assert (row["verdict"], row["state"], row["who"]) == ("reject", "standing", "Ada")
    assert len(tables["agreements"]) == 1, "the tables given are not changed"


def test_decisions_applied_twice_are_applied_once():
    tables = small_tables()
    for verdict, values in (("reject", {}), ("correct", {"status": "planned"})):
        decisions = [decide(tables, verdict, seen={"status": "signed"}, **values)]
        once = amend(tables, decisions).tables
        twice = amend(once, decisions)
        assert all(once[name].equals(twice.tables[name]) for name in once)
        assert twice.touched


@pytest.mark.parametrize("verdict", ["reject", "accept"])
@pytest.mark.parametrize("change", [{"status": "planned"}, {"extra": " hier"}])
def test_a_changed_value_or_quote_opens_a_decision_again(verdict, change):
    decision = decide(small_tables(), verdict)
    later = restated(change["extra"]) if "extra" in change else small_tables(**change)
    amended = amend(later, [decision])
    assert amended.reopened == {decision.fact}
    assert len(amended.tables["agreements"]) == 1
    assert list(amended.tables["decisions"]["state"]) == ["reopened"]


def test_more_quotes_leave_a_decision_standing():
    tables = small_tables()
    more = document("b.txt", "Alpha et Beta ont signé aussi ici.")
    read = document("a.txt", "Alpha et Beta ont signé un accord.")
    pairs = [(d, facts(d, "Alpha", "Beta", agreements=(agreement(d, "Alpha", "Beta"),))) for d in (read, more)]
    amended = amend(tables_of(pairs, Resolution([org("Alpha"), org("Beta")])), [decide(tables, "reject")])
    assert len(amended.tables["agreements"]) == 0
    assert not amended.reopened


def test_a_corrected_value_stays_corrected_and_is_marked():
    tables = small_tables()
    decision = decide(tables, "correct", seen={"status": "signed"}, status="planned", signed_on="2019-03")
    (row,) = records("agreements", sound(amend(tables, [decision]).tables)["agreements"])
    assert (row["status"], row["signed_on"]) == ("planned", "2019-03")
    assert amend(tables, [decision]).tables["decisions"]["columns"][0] == "status,signed_on"
    assert amend(small_tables(status="ended"), [decision]).reopened == {decision.fact}


def test_sides_are_corrected_as_parties():
    tables = small_tables()
    _, row = fact(tables)
    seen = {side: row[side] for side in ("signatories", "counterparts")}
    decision = decide(tables, "correct", seen=seen, signatories=row["counterparts"], counterparts=row["signatories"])
    made = sound(amend(tables, [decision]).tables)
    assert fact(made)[1]["signatories"] == row["counterparts"]


def test_a_fact_that_the_machine_no_longer_finds_is_kept_while_its_words_stand():
    tables = small_tables()
    _, row = fact(tables)
    decision = decide(tables, "add", seen={"quote": row["quote"]}, **{c: v for c, v in row.items() if c != "quote"})
    without = amend(tables, [decide(tables, "reject")]).tables
    made = sound(amend(without, [decision]).tables)
    assert fact(made)[1] == row
    assert list(made["evidence"][made["evidence"]["table_name"] == "agreements"]["method"]) == ["decision"]
    gone = {**without, "texts": without["texts"].assign(text="Rien.")}
    assert amend(gone, [decision]).reopened == {decision.fact}


def test_a_rejected_organisation_takes_its_facts_along():
    tables = small_tables()
    made = sound(amend(tables, [decide(tables, "reject", table="organisations")]).tables)
    assert (len(made["organisations"]), len(made["agreements"]), len(made["agreement_parties"])) == (1, 0, 0)
    assert made["mentions"]["organisation_id"].isna().sum() == 1


def test_a_later_decision_replaces_an_earlier_one_and_a_withdrawn_one_is_as_if_never_made():
    tables = small_tables()
    first, second = decide(tables, "reject"), decide(tables, "accept", at="2026-01-02T00:00:00+00:00")
    amended = amend(tables, [first, second])
    assert len(amended.tables["agreements"]) == 1
    assert sorted(amended.tables["decisions"]["state"]) == ["replaced", "standing"]
    undo = Decision(*second.fact, "withdraw", "Ada", "2026-01-03T00:00:00+00:00", value={"decision_id": second.decision_id})
    assert len(amend(tables, [first, second, undo]).tables["agreements"]) == 0


def test_merged_and_split_names_become_judgements():
    merge = Decision("organisations", "org-1|org-2", "merge", "Ada", "t", value={"left": "BioWin", "right": "Biowin SA@BE"})
    (judged,) = decided_names([merge])
    assert (judged.left, judged.right, judged.judgement, judged.who) == ("BioWin", "Biowin SA@BE", "same", "Ada")
    assert decided_names([merge, Decision(*merge.fact, "withdraw", "Ada", "u", value={"decision_id": merge.decision_id})]) == []


def test_the_log_is_append_only_and_goes_through_a_file(tmp_path):
    log, other = DecisionLog(tmp_path / "one.db"), DecisionLog(tmp_path / "two.db")
    made = Decision("agreements", "agr-1", "correct", "Ada", seen={"status": None}, value={"status": "signed"}, why="« é »\u2028\x85")
    (kept,) = log.append(made)
    assert log.all() == [kept]
    for command in ("DELETE FROM decisions", "UPDATE decisions SET entry = ''"):
        with closing(sqlite3.connect(log.path)) as connection, pytest.raises(sqlite3.DatabaseError, match="never"):
            connection.execute(command)
    assert export_file(log, tmp_path / "d.jsonl") == 1
    assert (import_file(other, tmp_path / "d.jsonl"), import_file(other, tmp_path / "d.jsonl")) == (1, 0)
    assert other.all() == log.all()
    assert from_line(to_line(kept)) == kept


@pytest.mark.parametrize("line", ["", "[]", "{}", '{"verdict": "maybe", "table_name": "a", "row_id": "b", "who": "c"}'])
def test_a_file_with_a_wrong_line_is_refused_whole(tmp_path, line):
    log, path = DecisionLog(tmp_path / "d.db"), tmp_path / "d.jsonl"
    good = to_line(Decision("agreements", "agr-1", "reject", "Ada", "t"))
    path.write_text(f"{good}\n{line or '{'}\n")
    with pytest.raises(VersionError, match="line 2"):
        import_file(log, path)
    assert log.all() == []


def test_the_second_reviewer_learns_what_the_first_has_done(tmp_path):
    log = DecisionLog(tmp_path / "d.db")
    seen = log.last
    log.append(Decision("agreements", "agr-1", "accept", "Ada"), after=seen)
    with pytest.raises(ConflictError, match="Ada has decided"):
        log.append(Decision("agreements", "agr-1", "reject", "Blaise"), after=seen)
    log.append(Decision("agreements", "agr-2", "reject", "Blaise"), after=seen)
    assert [decision.who for decision in log.all()] == ["Ada", "Blaise"]


def writer(path, numbers):
    """Append decisions for ever and say which are on disk."""
    log = DecisionLog(path)
    for number in range(10**6):
        log.append(
            Decision("agreements", f"agr-{number}", "accept", "Ada", "t"), Decision("agreements", f"bis-{number}", "reject", "Ada", "t")
        )
        numbers.send(number)


@pytest.mark.slow
def test_killed_while_writing_no_decision_is_lost_and_none_is_half(tmp_path):
    chance, context = random.Random(3), multiprocessing.get_context("fork")
    for moment in range(15):
        path = Path(tmp_path / f"{moment}.db")
        numbers, end = context.Pipe(duplex=False)
        process = context.Process(target=writer, args=(path, end))
        process.start()
        time.sleep(chance.uniform(0.02, 0.2))
        process.kill()
        process.join()
        told = -1
        while numbers.poll():
            told = numbers.recv()
        kept = DecisionLog(path).all()
        assert len(kept) % 2 == 0
        assert len(kept) // 2 >= told + 1
        assert [decision.row_id for decision in kept[::2]] == [f"agr-{number}" for number in range(len(kept) // 2)]


def test_the_export_in_a_corpus_is_no_document():
    assert EXPORT in RESERVED


def test_a_standing_decision_is_found_by_its_fact():
    tables = small_tables()
    decision = decide(tables, "accept")
    assert standing([decision]).whole(decision.fact) == decision
