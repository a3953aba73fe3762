"""Every write path of versions and decisions killed at random moments: no lost decision, no half version, no half export.

`PASSERELLE_KILLS=100 pytest tests/versions/test_gate_killed.py` kills more often.
"""

import multiprocessing
import os
import random
import time

import pytest
from making import small_tables

from pipeline.core.lexicon import MODELS
from pipeline.versions.decisions import Decision, export_file, from_line, log_of
from pipeline.versions.gate import release
from pipeline.versions.policy import read_policy
from pipeline.versions.store import Store, verify

KILLS = int(os.environ.get("PASSERELLE_KILLS", "20"))
POLICY = read_policy(MODELS / "review" / "policy.yaml")


def work(outputs, first, told):
    """Decide, export, stage, judge and publish for ever; tell each decision that was kept."""
    store, log = Store(outputs), log_of(outputs)
    for number in range(first, 10**6):
        with store.lock():
            store.recover()
            name = f"Alpha{number}"
            log.append(Decision("organisations", f"org-{number}", "accept", "Ada", "t", value={"number": number}))
            told.send(number)
            export_file(log, outputs / "decisions.jsonl")
            assert release(store, small_tables(name=name), {"corpus": name}, POLICY, mode="auto", accept_counts=True).published


def whole(outputs):
    """What readers see and what was decided is whole; returns the row ids that were decided on."""
    store = Store(outputs)
    if version := store.published():
        verify(version)
        tables = version.tables()
        assert len(tables["agreements"]) == 1
        assert set(tables["decisions"]["verdict"]) == {"accept"}
    exported = outputs / "decisions.jsonl"
    lines = exported.read_text("utf-8").splitlines() if exported.exists() else []
    kept = [decision.row_id for decision in log_of(outputs).all()]
    assert [from_line(line).row_id for line in lines] == kept[: len(lines)]
    assert len(kept) - len(lines) in (0, 1)
    return kept


@pytest.mark.slow
def test_killed_at_random_moments(tmp_path):
    chance, context, first, published = random.Random(2), multiprocessing.get_context("fork"), 0, set()
    for _ in range(KILLS):
        told, end = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(tmp_path, first, end))
        process.start()
        time.sleep(chance.uniform(0.03, 1.2))
        process.kill()
        process.join()
        numbers = []
        while told.poll():
            numbers.append(told.recv())
        kept = whole(tmp_path)
        assert {f"org-{number}" for number in numbers} <= set(kept)
        assert len(kept) == len(set(kept))
        first = len(kept)
        version = Store(tmp_path).published()
        published.add(version and version.version_id)
    assert len(published) > KILLS // 5, "too few runs came far enough to publish"
    print(f"{KILLS} kills, {first} decisions, {len(published)} versions seen after a kill")
