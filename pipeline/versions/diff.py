"""Two versions of the tables → what was added, removed and changed, row by row and column by column.

Rows are matched by their stable key with one hash join per table, columns are compared as Arrow arrays; plain values are made only of the
rows that differ. Keys are checked first: a null or doubled key would match rows at random.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.core.errors import VersionError
from pipeline.core.schema import METADATA, arrow_schema, key_columns, table_names
from pipeline.tables.frames import Tables, arrow_table
from pipeline.versions.store import Version

SEPARATOR = "|"
"""Joins the columns of a composite key, as in `evidence.row_id`."""

Row = Mapping[str, Any]
ArrowTables = Mapping[str, pa.Table]


class Kind(StrEnum):
    """What happened to a row."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One row that is not what it was; `columns` names the ones that differ, all of them for a row added or removed."""

    table: str
    kind: Kind
    row_id: str
    columns: tuple[str, ...]
    old: Row = field(default_factory=dict)
    new: Row = field(default_factory=dict)

    @property
    def row(self) -> Row:
        """The row as it is, or as it was if it is gone."""
        return self.new or self.old


@dataclass(frozen=True)
class TableDiff:
    """What differs in one table: whole rows as Arrow tables, `old` and `new` of the changed ones in the same order."""

    name: str
    key: tuple[str, ...]
    added: pa.Table
    removed: pa.Table
    old: pa.Table
    new: pa.Table
    cells: Mapping[str, pa.Array]
    """For each compared column, which of the changed rows differ in it."""

    @property
    def counts(self) -> dict[Kind, int]:
        """Rows by what happened to them."""
        return {Kind.ADDED: len(self.added), Kind.REMOVED: len(self.removed), Kind.CHANGED: len(self.old)}

    @property
    def columns(self) -> dict[str, int]:
        """Columns that changed, with the number of rows."""
        counts = {name: pc.sum(cells).as_py() or 0 for name, cells in self.cells.items()}
        return {name: count for name, count in counts.items() if count}

    def changes(self) -> Iterator[Change]:
        """Every change: removed, changed, added, each in the order of its version's rows."""
        for row in self.removed.to_pylist():
            yield Change(self.name, Kind.REMOVED, row_id(row, self.key), tuple(row), old=row)
        yield from self.changed()
        for row in self.added.to_pylist():
            yield Change(self.name, Kind.ADDED, row_id(row, self.key), tuple(row), new=row)

    def changed(self) -> Iterator[Change]:
        """The rows that are in both versions and differ."""
        names, flags = list(self.cells), [cells.to_pylist() for cells in self.cells.values()]
        for index, (old, new) in enumerate(zip(self.old.to_pylist(), self.new.to_pylist(), strict=True)):
            differing = tuple(name for name, cells in zip(names, flags, strict=True) if cells[index])
            yield Change(self.name, Kind.CHANGED, row_id(new, self.key), differing, old, new)


@dataclass(frozen=True)
class Diff:
    """What differs between two versions, table by table; equal tables are there with counts of nothing."""

    tables: Mapping[str, TableDiff]

    @cached_property
    def total(self) -> int:
        """Number of changes."""
        return sum(sum(table.counts.values()) for table in self.tables.values())

    def changes(self) -> Iterator[Change]:
        """Every change of every table."""
        for table in self.tables.values():
            yield from table.changes()


def row_id(row: Row, key: Sequence[str]) -> str:
    """A row's key as one text, the way `evidence.row_id` writes it."""
    return SEPARATOR.join(str(row[column]) for column in key)


def diff_versions(base: Version, head: Version) -> Diff:
    """What differs between two versions on disk; tables with equal hashes are not opened.

    Raises:
        VersionError: one of them lacks a table that its manifest lists, or keys are doubled or null.
    """
    before, after = base.manifest.tables, head.manifest.tables
    names = [name for name in table_names() if before.get(name) != after.get(name)]
    return diff_tables(read_arrow(base, names), read_arrow(head, names))


def read_arrow(version: Version, names: Sequence[str]) -> dict[str, pa.Table]:
    """Some tables of a version as they lie on disk; one that the version did not know yet is empty."""
    listed = version.manifest.tables
    return {name: read_one(version, name) if name in listed else arrow_schema(name).empty_table() for name in names}


def read_one(version: Version, name: str) -> pa.Table:
    """One table of a version."""
    path = version.folder / "tables" / f"{name}.parquet"
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise VersionError(f"{path}: cannot be read ({error}): run `passerelle run` again, or compare with another version") from error


def diff_frames(base: Tables, head: Tables) -> Diff:
    """What differs between two sets of declared tables in memory."""
    return diff_tables({name: arrow_table(name, base[name]) for name in base}, {name: arrow_table(name, head[name]) for name in head})


def diff_tables(base: ArrowTables, head: ArrowTables, keys: Mapping[str, Sequence[str]] | None = None) -> Diff:
    """What differs between two sets of tables.

    Args:
        base: tables by name, as they were.
        head: the same tables, as they are.
        keys: columns that identify a row, by table; by default the declared ones.

    Raises:
        VersionError: a table is missing on one side, or its keys are doubled or null.
    """
    if one_sided := sorted(base.keys() ^ head.keys()):
        raise VersionError(f"tables {', '.join(one_sided)} are in one of the two versions only: nothing to compare them with")
    return Diff({name: diff_table(name, base[name], head[name], tuple((keys or {}).get(name) or declared_key(name))) for name in base})


def declared_key(name: str) -> tuple[str, ...]:
    """Key of a declared table.

    Raises:
        VersionError: there is no such table.
    """
    if name not in METADATA.tables:
        raise VersionError(f"table {name} is not declared: say which columns are its key")
    return key_columns(name)


def diff_table(name: str, base: pa.Table, head: pa.Table, key: tuple[str, ...]) -> TableDiff:
    """What differs in one table; a column that one side lacks counts as null there."""
    before, after = key_array(name, "base", base, key), key_array(name, "head", head, key)
    found = pc.index_in(after, value_set=before)
    kept = pc.is_valid(found)
    base, head = with_columns_of(base, head), with_columns_of(head, base).select(with_columns_of(base, head).column_names)
    old, new = base.take(found.drop_null()), head.filter(kept)
    cells = {column: differs(old[column], new[column]) for column in old.column_names if column not in key}
    touched = any_of(list(cells.values()), len(old))
    gone = pc.invert(pc.is_in(before, value_set=after))
    return TableDiff(
        name, key, head.filter(pc.invert(kept)), base.filter(gone), old.filter(touched), new.filter(touched),
        {column: cell.filter(touched) for column, cell in cells.items()},
    )  # fmt: skip


def key_array(name: str, side: str, table: pa.Table, key: Sequence[str]) -> pa.Array:
    """The keys of a table's rows as one array, checked."""
    if lacking := [column for column in key if column not in table.column_names]:
        raise VersionError(f"table {name} ({side}) lacks the key columns {', '.join(lacking)}")
    columns = [flat(table[column]).cast(pa.string()) for column in key]
    keys = columns[0] if len(columns) == 1 else pc.binary_join_element_wise(*columns, SEPARATOR)
    if keys.null_count:
        raise VersionError(f"table {name} ({side}): {keys.null_count} rows have no {', '.join(key)}; a key may not be null")
    if len(keys.unique()) != len(keys):
        doubled = next(item["values"] for item in keys.value_counts().to_pylist() if item["counts"] > 1)
        raise VersionError(f"table {name} ({side}): the key {json.dumps(doubled, ensure_ascii=False)} stands on more than one row")
    return keys


def flat(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A column in one piece."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def with_columns_of(table: pa.Table, other: pa.Table) -> pa.Table:
    """The table with nulls for the columns that only the other has."""
    for column in other.schema:
        if column.name not in table.column_names:
            table = table.append_column(column.name, pa.nulls(len(table), column.type))
    return table


def differs(old: pa.ChunkedArray, new: pa.ChunkedArray) -> pa.Array:
    """Where two columns differ; null equals null and nothing else."""
    one, other = flat(old), flat(new)
    if one.type != other.type:
        one, other = one.cast(pa.string()), other.cast(pa.string())
    unequal = pc.fill_null(pc.not_equal(one, other), fill_value=False)
    return pc.or_(unequal, pc.xor(pc.is_null(one), pc.is_null(other))) if one.null_count or other.null_count else unequal


def any_of(cells: Sequence[pa.Array], length: int) -> pa.Array:
    """Where any of several flags is set."""
    touched = pa.array([False]).take(pa.array([0] * length, pa.int64())) if not cells else cells[0]
    for cell in cells[1:]:
        touched = pc.or_(touched, cell)
    return touched
