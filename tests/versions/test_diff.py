"""Keyed diff: every planted change is found once, with old and new; bad keys and missing tables are errors."""

import random
import time

import pyarrow as pa
import pytest
from making import small_tables

from pipeline.core.errors import VersionError
from pipeline.versions.diff import Kind, diff_frames, diff_tables, diff_versions
from pipeline.versions.store import Store

KEYS = {"t": ("id",)}


def table(*rows, columns=("id", "name", "size")):
    return pa.table({column: pa.array([row[i] for row in rows]) for i, column in enumerate(columns)})


def changes(base, head, keys=KEYS):
    return list(diff_tables({"t": base}, {"t": head}, keys).changes())


def test_added_removed_changed_with_old_and_new_per_column():
    found = changes(table(("a", "x", 1), ("b", "y", 2), ("c", "z", 3)), table(("d", "w", 4), ("c", "z", 3), ("b", "Y", None)))
    assert [(c.kind, c.row_id) for c in found] == [(Kind.REMOVED, "a"), (Kind.CHANGED, "b"), (Kind.ADDED, "d")]
    (changed,) = (c for c in found if c.kind is Kind.CHANGED)
    assert changed.columns == ("name", "size")
    assert (changed.old["name"], changed.new["name"], changed.old["size"], changed.new["size"]) == ("y", "Y", 2, None)


@pytest.mark.parametrize(("old", "new", "differ"), [(None, None, False), (None, "", True), ("é", "e\u0301", True), ("x", "x", False)])
def test_null_equals_null_and_nothing_else(old, new, differ):
    schema = pa.schema([("id", pa.string()), ("name", pa.string())])
    one, other = (pa.table({"id": ["a"], "name": [value]}, schema=schema) for value in (old, new))
    assert bool(changes(one, other)) == differ


def test_composite_keys_are_joined_as_evidence_writes_them():
    keys = {"t": ("id", "name")}
    (change,) = changes(table(("a", "x", 1)), table(("a", "x", 2)), keys)
    assert (change.row_id, change.columns) == ("a|x", ("size",))


@pytest.mark.parametrize(
    ("rows", "message"), [((("a", "x", 1), ("a", "y", 2)), "more than one row"), (((None, "x", 1), ("a", "y", 2)), "may not be null")]
)
def test_keys_are_unique_and_never_null(rows, message):
    with pytest.raises(VersionError, match=message):
        changes(table(*rows), table(("a", "x", 1)))
    with pytest.raises(VersionError, match=message):
        changes(table(("a", "x", 1)), table(*rows))


def test_a_missing_base_is_an_error_and_not_all_added():
    with pytest.raises(VersionError, match="only"):
        diff_tables({}, {"t": table(("a", "x", 1))}, KEYS)


def test_a_column_that_one_side_lacks_counts_as_null():
    (change,) = changes(table(("a", "x"), columns=("id", "name")), table(("a", "x", 1)))
    assert (change.columns, change.old["size"], change.new["size"]) == (("size",), None, 1)


def test_equal_versions_have_an_empty_diff_and_swapped_ones_mirror(tmp_path):
    store = Store(tmp_path)
    one, other = (store.stage(small_tables(status=status), {"corpus": status}) for status in ("signed", "planned"))
    assert diff_versions(one, one).total == 0
    there, back = diff_versions(one, other), diff_versions(other, one)
    assert [(c.table, c.columns, c.old["status"], c.new["status"]) for c in there.changes()] == [
        ("agreements", ("status",), "signed", "planned")
    ]
    assert [(c.old, c.new) for c in back.changes()] == [(c.new, c.old) for c in there.changes()]


def test_a_version_with_a_missing_file_is_an_error(tmp_path):
    store = Store(tmp_path)
    one, other = (store.stage(small_tables(status=status), {}) for status in ("signed", "planned"))
    (one.folder / "tables" / "agreements.parquet").unlink()
    with pytest.raises(VersionError, match="agreements.parquet"):
        diff_versions(one, other)


def test_frames_in_memory_compare_like_versions():
    diff = diff_frames(small_tables(), small_tables(name="Omega"))
    assert diff.tables["organisations"].counts == {Kind.ADDED: 1, Kind.REMOVED: 1, Kind.CHANGED: 0}


def test_random_edits_are_all_found():
    chance = random.Random(11)
    base = {f"k{i}": [chance.choice([None, "x", "y"]), chance.randrange(3)] for i in range(400)}
    kept = {key: value for key, value in base.items() if chance.random() < 0.9}
    head = {key: [chance.choice([None, "x", "y"]), value[1]] if chance.random() < 0.2 else value for key, value in kept.items()}
    head |= {f"n{i}": ["new", i] for i in range(30)}
    order = list(head)
    chance.shuffle(order)
    found = changes(table(*((k, *base[k]) for k in base)), table(*((k, *head[k]) for k in order)))
    assert {c.row_id for c in found if c.kind is Kind.ADDED} == head.keys() - base.keys()
    assert {c.row_id for c in found if c.kind is Kind.REMOVED} == base.keys() - head.keys()
    assert {c.row_id for c in found if c.kind is Kind.CHANGED} == {k for k in base.keys() & head.keys() if base[k] != head[k]}


def test_many_rows_take_no_time():
    columns = {f"c{i}": [f"{i}-{j}" for j in range(20_000)] for i in range(10)}
    base = pa.table({"id": [f"k{j}" for j in range(20_000)], **columns})
    start = time.perf_counter()
    assert changes(base, base) == []
    assert time.perf_counter() - start < 2
