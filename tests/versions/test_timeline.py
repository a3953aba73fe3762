"""The history of rows: equal to what the kept versions tell, longer than they are kept, only of what changed, whole after every kill."""

import json
import multiprocessing
import os
import random
import sqlite3
import time
from contextlib import closing

import pytest
from click.testing import CliRunner
from making import small_tables

from pipeline.cli import main
from pipeline.core.errors import VersionError
from pipeline.core.schema import column_names, table_names
from pipeline.tables.frames import records
from pipeline.versions.files import point
from pipeline.versions.history import periods, publication_on, table_on
from pipeline.versions.store import Publication, Store

KILLS = int(os.environ.get("PASSERELLE_KILLS", "15"))
STATUSES = ("signed", "planned", "active", "ended")


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "outputs")
    store.recover()
    return store


@pytest.fixture
def clock(monkeypatch):
    """Every publication a day after the one before, from 1 March 2026."""
    days = iter(range(1, 32))
    monkeypatch.setattr(Store, "_switched", lambda store: f"2026-03-{next(days):02}T08:00:00+00:00")


def publish(store, keep=10, **told):
    version = store.stage(small_tables(**told), {"corpus": json.dumps(told)})
    store.publish(version, keep=keep)
    return version


def rows_of(path, command, *values):
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(command, values).fetchall()


def dump(rows):
    return [json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows]


def recomputed(store):
    """From the versions that are kept: for each publication, what each table said."""
    kept = {version.version_id: version for version in store.all()}
    return {
        entry: {name: dump(records(name, table)) for name, table in kept[entry.version_id].tables().items()}
        for entry in store.history()
        if entry.version_id in kept
    }


def equal_to_the_versions(store):
    """Every publication that is the last of its second is told as its version tells it."""
    last = {entry.published_at: entry for entry in store.history()}
    for entry, tables in recomputed(store).items():
        if last[entry.published_at] == entry:
            for name, said in tables.items():
                assert list(table_on(store, name, entry.published_at)) == said, (entry, name)


def test_the_history_is_what_the_kept_versions_tell(store, clock):
    for status in ("signed", "planned", "signed", "ended"):
        publish(store, status=status)
    publish(store, status="ended", name="Omega")
    publish(store, status="signed")
    equal_to_the_versions(store)
    (key,) = small_tables()["agreements"]["agreement_id"]
    told = [(json.loads(text) or {}, start[8:10], end and end[8:10]) for text, start, end in periods(store, "agreements", key)]
    said = [(row.get("status"), *days) for row, *days in told]
    assert said == [
        ("signed", "01", "02"), ("planned", "02", "03"), ("signed", "03", "04"),
        ("ended", "04", "05"), (None, "05", "06"), ("signed", "06", None),
    ]  # fmt: skip


def test_what_was_said_is_known_after_the_version_is_gone(store, clock):
    first = publish(store, keep=0, status="planned")
    for status in STATUSES:
        publish(store, keep=0, status=status)
    assert first.version_id not in {version.version_id for version in store.all()}
    assert publication_on(store, "2026-03-01").version_id == first.version_id
    told = CliRunner().invoke(main, ["history", "--on", "2026-03-01", "--table", "agreements", "--outputs", str(store.outputs)])
    assert (told.exit_code, json.loads(told.output)["status"]) == (0, "planned"), told.output
    with pytest.raises(VersionError, match="nothing was published"):
        list(table_on(store, "agreements", "2026-02-28"))
    assert CliRunner().invoke(main, ["history", "--table", "agreements", "--outputs", str(store.outputs)]).exit_code == 2


def test_an_earlier_version_published_again_begins_new_periods(store, clock):
    first = publish(store, status="signed")
    publish(store, status="planned")
    store.publish(first)
    (key,) = small_tables()["agreements"]["agreement_id"]
    command = "SELECT status, valid_from, valid_to, version_id FROM agreements WHERE agreement_id = ? ORDER BY rowid"
    rows = rows_of(store.timeline, command, key)
    assert [(status, start[8:10], end and end[8:10]) for status, start, end, _ in rows] == [
        ("signed", "01", "02"), ("planned", "02", "03"), ("signed", "03", None),
    ]  # fmt: skip
    assert rows[0][3] == rows[2][3] == first.version_id
    equal_to_the_versions(store)


def test_only_rows_that_changed_are_written_and_an_unchanged_version_adds_none(store, clock):
    publish(store)
    count = lambda: {name: rows_of(store.timeline, f"SELECT count(*) FROM {name}")[0][0] for name in table_names()}  # noqa: E731
    before = count()
    store.publish(store.stage(small_tables(), {"corpus": "other"}))
    store.recover()
    assert count() == before
    publish(store, status="planned")
    assert {name: number - before[name] for name, number in count().items() if number != before[name]} == {"agreements": 1}


def test_every_declared_table_and_column_is_there(store):
    publish(store)
    for name in table_names():
        columns = [row[1] for row in rows_of(store.timeline, f"PRAGMA table_info({name})")]
        assert columns == [*column_names(name), "valid_from", "valid_to", "version_id"]
    assert rows_of(store.timeline, "SELECT version_id FROM publications") == [(store.readable().version_id,)]


def test_a_column_that_was_declared_later_is_added_and_empty_before(store, clock):
    publish(store)
    with closing(sqlite3.connect(store.timeline)) as connection:
        connection.execute("ALTER TABLE agreements DROP COLUMN signed_on")
    publish(store, status="planned")
    equal_to_the_versions(store)


def test_outputs_of_before_get_a_history_of_the_versions_kept(store, clock):
    for status in STATUSES:
        publish(store, keep=2, status=status)
    store.timeline.unlink()
    store.recover()
    equal_to_the_versions(store)
    assert rows_of(store.timeline, "SELECT count(*) FROM publications") == [(4,)]


def test_a_reader_is_not_locked_out_and_keeps_what_it_began_to_read(store, clock):
    publish(store)
    with closing(sqlite3.connect(f"{store.timeline.resolve().as_uri()}?mode=ro", uri=True, timeout=0)) as reader:
        reader.execute("BEGIN")
        before = reader.execute("SELECT status FROM agreements").fetchall()
        publish(store, status="planned")
        assert reader.execute("SELECT status FROM agreements").fetchall() == before
        reader.execute("ROLLBACK")
        assert len(reader.execute("SELECT status FROM agreements").fetchall()) == 2


@pytest.mark.parametrize("content", ["no database", ""])
def test_a_broken_file_says_what_to_do(store, content):
    publish(store)
    store.timeline.unlink()
    store.timeline.write_text(content)
    if content:
        with pytest.raises(VersionError, match="move it away"):
            store.recover()
    else:
        store.recover()
        equal_to_the_versions(store)


def test_a_history_of_other_publications_is_refused(store):
    publish(store)
    store.history_file.write_text(json.dumps([{"version_id": "ver-1", "published_at": "2026-01-01T00:00:00+00:00"}]))
    with pytest.raises(VersionError, match="other publications"):
        store.recover()


def test_a_process_killed_right_after_the_switch_leaves_the_time_of_the_switch(store):
    version = store.stage(small_tables(), {})
    point(store.outputs / "current", f"versions/{version.version_id}")
    os.utime(store.outputs / "current", (1_700_000_000, 1_700_000_000), follow_symlinks=False)
    store.recover()
    assert store.history() == [Publication(version.version_id, "2023-11-14T22:13:20+00:00")]
    assert rows_of(store.timeline, "SELECT DISTINCT valid_from FROM texts") == [("2023-11-14T22:13:20+00:00",)]


def work(outputs, seed):
    """Publish for ever, new versions and earlier ones."""
    store, chance = Store(outputs), random.Random(seed)
    while True:
        with store.lock():
            store.recover()
            publish(store, keep=10**6, status=chance.choice(STATUSES), name=f"Alpha{chance.randrange(6)}")


@pytest.mark.slow
def test_killed_at_random_moments_the_history_is_whole(tmp_path):
    chance, context = random.Random(5), multiprocessing.get_context("fork")
    for seed in range(KILLS):
        process = context.Process(target=work, args=(tmp_path, seed))
        store = Store(tmp_path)
        before, start = len(store.history()), time.monotonic()
        process.start()
        while len(store.history()) == before and time.monotonic() < start + 60:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, time.monotonic() - start))
        process.kill()
        process.join()
        if store.timeline.exists():
            assert rows_of(store.timeline, "PRAGMA integrity_check") == [("ok",)]
            known = rows_of(store.timeline, "SELECT version_id, published_at FROM publications ORDER BY rowid")
            assert known == [(entry.version_id, entry.published_at) for entry in store.history()][: len(known)]
            assert len(store.history()) - len(known) in (0, 1)
        store.recover()
    assert len(store.history()) >= KILLS, "no publication in a minute"
    equal_to_the_versions(store)
    assert {name: rows_of(store.timeline, f"SELECT count(*) FROM {name} WHERE valid_to IS NULL")[0][0] for name in table_names()} == {
        name: len(table) for name, table in store.readable().tables().items()
    }
    print(f"{KILLS} kills, {len(store.history())} publications")
