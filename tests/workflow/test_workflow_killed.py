"""A run killed at any moment leaves the old version or the new one, whole; what it had extracted is kept, and the next run completes."""

import multiprocessing
import random
import sqlite3
import time
from pathlib import Path

import pandas as pd
import pytest
import quick_rooms

from pipeline.core.schema import table_names
from pipeline.versions.store import Store, verify

MOMENTS = 50
TEXT = "Le cluster Alpha{number} a signé hier un accord de partenariat avec le pôle Beta{number}, dans la région et pour les entreprises."


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(quick_rooms.__file__).parent))  # where the server looks for what it imports
    for folder in ("corpus", "models"):
        (tmp_path / folder).mkdir()
    (tmp_path / "models" / "words.csv").write_text("accord")
    for number in range(3):
        write(tmp_path, number)
    return tmp_path


def write(place, number):
    """One more document."""
    (place / "corpus" / f"{number}.txt").write_text(TEXT.format(number=number))


def started(place):
    """A run in a process of its own, forked from a server that has everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["quick_rooms"])
    process = context.Process(target=quick_rooms.run, args=(place / "corpus", place / "outputs", place / "models"))
    process.start()
    return process


def finished(place, number):
    """Seconds of a run on one more document that nobody kills."""
    write(place, number)
    start = time.perf_counter()
    process = started(place)
    process.join(60)
    assert process.exitcode == 0
    return time.perf_counter() - start


def documents_seen(outputs):
    """What readers see, read as they read it: all Parquet files and the database tell the same, whole version."""
    version = Store(outputs).readable()
    verify(version)
    frames = {name: pd.read_parquet(outputs / "tables" / f"{name}.parquet") for name in table_names()}
    with sqlite3.connect(f"file:{outputs / 'passerelle.db'}?mode=ro", uri=True) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        counts = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in table_names()}
    assert counts == {name: len(frame) for name, frame in frames.items()} == version.manifest.rows
    return len(frames["documents"])


@pytest.mark.slow
def test_killed_at_fifty_moments(place):
    finished(place, 3)
    chance, seconds, seen = random.Random(7), finished(place, 4), []
    for number in range(5, 5 + MOMENTS):
        write(place, number)
        process = started(place)
        process.join(chance.uniform(0, 1.2 * seconds))
        process.kill()
        process.join()
        seen.append(documents_seen(place / "outputs"))
        assert 5 <= seen[-1] <= number + 1
    assert seen == sorted(seen)
    assert len(set(seen)) > 1, "no run came far enough to publish: the moments are all too early"
    finished(place, 5 + MOMENTS)
    assert documents_seen(place / "outputs") == 6 + MOMENTS
    print(f"{MOMENTS} kills within {1.2 * seconds:.2f} s, {len(set(seen))} versions seen")
    assert not list((place / "outputs" / "versions").glob(".*"))
