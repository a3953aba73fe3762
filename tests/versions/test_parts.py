"""The parts of versions on disk: each content once, whole or absent whenever the process is killed, gone when no version needs them."""

import multiprocessing
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import small_tables

from pipeline.core.errors import VersionError
from pipeline.core.ids import content_hash
from pipeline.core.lexicon import MODELS, listing
from pipeline.extraction.parts import component_files, component_hashes
from pipeline.versions.attribution import attribute
from pipeline.versions.files import file_hash
from pipeline.versions.parts import LIST, Parts
from pipeline.versions.store import Store

KILLS = 20


def write(folder, **contents):
    """Files with these contents, by name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_text(content)
    return {f"models/{name}": folder / name for name in contents}


def hash_of(files):
    return content_hash(listing(files))


def whole(parts):
    """The parts that are there, each with all its files as they were written."""
    lists = [path.name.removesuffix(LIST) for path in parts.folder.glob(f"*{LIST}")]
    for part in lists:
        assert file_hash(parts.folder / f"{part}{LIST}") == part
        assert all(file_hash(parts.folder / sha) == sha for sha, _ in parts.files(part))
    return lists


def test_a_part_is_laid_out_as_it_was_and_each_content_is_kept_once(tmp_path):
    parts = Parts(tmp_path / "private")
    one, other = write(tmp_path / "one", a="words", b="weights"), write(tmp_path / "other", a="words", c="weights")
    assert [parts.keep(hash_of(files), files) for files in (one, other)] == [2, 0]
    (tmp_path / "other" / "a").write_text("changed in place")
    parts.lay(hash_of(one), tmp_path / "laid")
    assert {path.name: path.read_text() for path in (tmp_path / "laid" / "models").iterdir()} == {"a": "words", "b": "weights"}


def test_keeping_again_stores_nothing(tmp_path):
    parts = Parts(tmp_path)
    hashes, files = component_hashes(MODELS), component_files(MODELS)
    assert sum(parts.keep(hashes[part], found) for part, found in files.items()) > 100
    before = {path.name: path.stat().st_mtime_ns for path in parts.folder.iterdir()}
    unreadable = {part: dict.fromkeys(found, tmp_path / "gone") for part, found in files.items()}
    assert sum(parts.keep(hashes[part], found) for part, found in unreadable.items()) == 0, "nothing is even read"
    assert {path.name: path.stat().st_mtime_ns for path in parts.folder.iterdir()} == before


def test_what_changes_while_it_is_read_is_no_part(tmp_path):
    files = write(tmp_path / "one", a="words")
    before = hash_of(files)
    write(tmp_path / "one", a="other words")
    parts = Parts(tmp_path / "private")
    with pytest.raises(VersionError, match="run again"):
        parts.keep(before, files)
    assert not parts.keeps(before)


def keep_for_ever(private, folder, told):
    """Keep one part after the other, and forget each other one."""
    parts = Parts(private)
    for number in range(10**6):
        files = write(folder, same="same" * 1000, **{f"f{n}": f"{number} {n}" for n in range(6)})
        part = hash_of(files)
        parts.keep(part, files)
        told.send(part)
        if number % 2:
            parts.retain([part])


@pytest.mark.slow
def test_killed_at_random_moments_nothing_is_half_there(tmp_path):
    chance, context, seen, parts = random.Random(5), multiprocessing.get_context("fork"), 0, Parts(tmp_path / "private")
    for number in range(KILLS):
        told, end = context.Pipe(duplex=False)
        process = context.Process(target=keep_for_ever, args=(tmp_path / "private", tmp_path / "folder", end))
        process.start()
        assert number % 2 == 0 or told.poll(60), "a process that keeps nothing"
        time.sleep(chance.uniform(0.0, 0.4))
        process.kill()
        process.join()
        while told.poll():
            last, seen = told.recv(), seen + 1
        there = whole(parts) if parts.folder.is_dir() else []
        if seen:
            parts.retain([last])
            assert whole(parts) in ([last], [])
            assert len(list(parts.folder.iterdir())) in (8, 0), "what nothing names is gone, half copies too"
        assert len(there) <= 4
    assert seen >= KILLS // 2


def test_versions_that_are_kept_keep_their_parts(tmp_path):
    store, versions = Store(tmp_path / "outputs"), []
    store.recover()
    for number in range(5):
        files = write(tmp_path / f"models{number}", a=f"words {number}", same="weights")
        Parts(store.private).keep(hash_of(files), files)
        version = store.stage(small_tables(name=f"Alpha{number}"), {"lexicon": hash_of(files), "corpus": "c"})
        versions.append(version)
        if number < 4:
            store.publish(version, keep=1)
    needed = {version.manifest.inputs["lexicon"] for version in store.all()}
    assert versions[4].version_id in {version.version_id for version in store.all()}
    assert set(whole(Parts(store.private))) == needed
    assert len(needed) == 3, "the published one, the one before it, the staged one"


def test_lists_that_the_code_reads_beside_itself_are_the_projects_own(tmp_path):
    (tmp_path / "dates").mkdir()
    (tmp_path / "dates" / "atoms.csv").write_text("never read")
    (tmp_path / "config.yaml").write_text("{}")
    files = component_files(tmp_path)
    assert files["lexicon"]["models/dates/atoms.csv"] == MODELS / "dates" / "atoms.csv"
    assert list(files["model"]) == ["models/config.yaml"]


@given(st.sets(st.frozensets(st.sampled_from("abc"), min_size=1), min_size=1))
def test_the_fewest_parts_that_make_a_change_are_found(makers):
    """A change that is made as soon as all parts of any of some sets have moved."""
    smallest = min(map(len, makers))
    assert set(map(frozenset, attribute("abc", lambda taken: any(maker <= taken for maker in makers)))) == {
        maker for maker in makers if len(maker) == smallest
    }


def test_what_the_parts_do_not_make_is_told_so():
    assert attribute("ab", lambda taken: "the same") == []
    assert attribute("ab", lambda taken: len(taken)) == [("a", "b")]
