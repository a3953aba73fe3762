"""Versions are whole or absent, the same input is the same version, publishing is one switch, and one writer works at a time."""

import json
import multiprocessing
import sqlite3
from pathlib import Path

import pandas as pd
import pytest
from making import small_tables

from pipeline.core.errors import VersionError
from pipeline.core.schema import table_names
from pipeline.versions.files import point
from pipeline.versions.store import Store, hashes_of_files, verify

INPUTS = {"corpus": "c", "lexicon": "l", "model": "m", "code": "k"}


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "outputs")
    store.recover()
    return store


def test_same_rows_and_inputs_are_the_same_bytes(tmp_path):
    folders = []
    for name in ("one", "two"):
        store = Store(tmp_path / name)
        folders.append(store.stage(small_tables(), INPUTS).folder)
    assert folders[0].name == folders[1].name
    assert hashes_of_files(folders[0]) == hashes_of_files(folders[1])


@pytest.mark.parametrize("change", [{"lexicon": "other"}, {"judgements": "new"}])
def test_other_inputs_are_another_version(store, change):
    assert store.stage(small_tables(), INPUTS).version_id != store.stage(small_tables(), INPUTS | change).version_id


def test_nothing_is_visible_before_publishing(store):
    version = store.stage(small_tables(), INPUTS)
    assert store.staged() == version
    assert store.published() is None
    assert not (store.outputs / "tables").exists()
    with pytest.raises(VersionError, match="passerelle run"):
        store.readable()


def test_published_tables_are_read_through_the_links(store):
    store.publish(store.stage(small_tables(), INPUTS))
    parquet = pd.read_parquet(store.outputs / "tables" / "agreements.parquet")
    with sqlite3.connect(store.outputs / "passerelle.db") as connection:
        (row,) = connection.execute("SELECT agreement_id, status FROM agreements").fetchall()
    assert row == (parquet["agreement_id"][0], "signed")
    assert sorted(path.stem for path in (store.outputs / "tables").iterdir()) == sorted(table_names())
    assert store.readable().manifest.rows["agreements"] == 1


def test_tables_come_back_as_they_were(store):
    tables = small_tables()
    read = store.stage(tables, INPUTS).tables()
    for name in tables:
        pd.testing.assert_frame_equal(tables[name], read[name])


def test_a_reader_keeps_the_version_that_it_has_open(store):
    store.publish(store.stage(small_tables(), INPUTS))
    reader = sqlite3.connect(f"file:{store.outputs / 'passerelle.db'}?mode=ro", uri=True)
    rows = reader.execute("SELECT organisation_id, name FROM organisations")
    first = rows.fetchone()
    store.publish(store.stage(small_tables(name="Omega"), INPUTS), keep=0)
    assert len([first, *rows.fetchall()]) == 2
    assert reader.execute("SELECT count(*) FROM organisations WHERE name = 'Alpha'").fetchone() == (1,)
    assert "Omega" in set(pd.read_parquet(store.outputs / "tables" / "organisations.parquet")["name"])
    reader.close()


def test_a_version_whose_files_changed_is_not_published(store):
    version = store.stage(small_tables(), INPUTS)
    broken = version.folder / "tables" / "funding.parquet"
    broken.chmod(0o644)
    broken.write_bytes(b"half")
    with pytest.raises(VersionError, match=r"tables/funding.parquet changed"):
        store.publish(version)
    assert store.published() is None


def test_retention_keeps_the_last_and_any_kept_version_can_be_published_again(store):
    names = ("A1", "B2", "C3", "D4")
    made = [store.stage(small_tables(name=f"Cluster{name}"), INPUTS) for name in names]
    for version in made:
        assert verify(version) is None
    for name in names:
        store.publish(store.stage(small_tables(name=f"Cluster{name}"), INPUTS), keep=1)
    assert {version.version_id for version in store.all()} == {made[2].version_id, made[3].version_id}
    store.publish(store.version(made[2].version_id), keep=1)
    assert store.published() == made[2]
    assert [entry.version_id for entry in store.history()][-2:] == [made[3].version_id, made[2].version_id]


def test_a_version_is_found_by_the_beginning_of_its_id(store):
    version = store.stage(small_tables(), INPUTS)
    assert store.version(version.version_id[:8]) == version
    with pytest.raises(VersionError, match=r"0 versions .* begin with 'ver-x'"):
        store.version("ver-x")


def test_a_publication_that_was_not_written_down_is_written_at_the_next_run(store):
    version = store.stage(small_tables(), INPUTS)
    point(store.outputs / "current", f"versions/{version.version_id}")
    store.recover()
    assert [entry.version_id for entry in store.history()] == [version.version_id]


def test_what_a_killed_writer_left_is_cleared_away(store):
    (store.versions / ".ver-1.new" / "tables").mkdir(parents=True)
    store.recover()
    assert list(store.versions.iterdir()) == []


def test_a_real_folder_in_the_place_of_a_link_is_not_touched(store):
    (store.outputs / "tables").mkdir()
    with pytest.raises(VersionError, match="is not a link that Passerelle made"):
        store.publish(store.stage(small_tables(), INPUTS))


def test_the_manifest_holds_no_time_and_names_every_input(store):
    manifest = json.loads((store.stage(small_tables(), INPUTS).folder / "manifest.json").read_text())
    assert set(manifest) == {"version_id", "inputs", "tables", "rows", "files"}
    assert set(manifest["inputs"]) == {*INPUTS, "schema"}


def hold(outputs: Path, taken, leave) -> None:
    """Keep the lock until told to leave."""
    with Store(outputs).lock():
        taken.set()
        leave.wait(30)


def test_a_second_writer_is_told_who_writes(store):
    context = multiprocessing.get_context("spawn")
    taken, leave = context.Event(), context.Event()
    other = context.Process(target=hold, args=(store.outputs, taken, leave))
    other.start()
    assert taken.wait(30)
    with pytest.raises(VersionError, match=f"process {other.pid} is already writing"), store.lock():
        pass
    other.kill()
    other.join()
    with store.lock():
        pass
