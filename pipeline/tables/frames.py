"""Rows ↔ typed frames: one declared type per column, rows sorted by key, the same bytes for the same rows."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Boolean, Float, Integer, String

from pipeline.core.errors import TableError
from pipeline.core.schema import METADATA, arrow_schema, column_names, key_columns, table_names

Tables = dict[str, pd.DataFrame]
"""Every declared table by name."""

FRAME_TYPES: Mapping[type, str] = {String: "string", Integer: "Int64", Float: "Float64", Boolean: "boolean"}


def frame(name: str, rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Rows of one table as a typed frame sorted by key, every declared column present."""
    rows = list(rows)
    keys = key_columns(name)
    rows.sort(key=lambda row: tuple(str(row[column]) for column in keys))
    types = {column.name: FRAME_TYPES[type(column.type)] for column in METADATA.tables[name].columns}
    return pd.DataFrame({column: pd.Series([row.get(column) for row in rows], dtype=dtype) for column, dtype in types.items()})


def arrow_table(name: str, table: pd.DataFrame) -> pa.Table:
    """The table in its declared Parquet types.

    Raises:
        TableError: a column is missing, unknown, or holds a value that is not of its type.
    """
    if list(table.columns) != column_names(name):
        raise TableError(f"table {name}: columns {list(table.columns)}, expected {column_names(name)}")
    schema = arrow_schema(name)
    try:
        columns = [pa.array(table[field.name], type=field.type, from_pandas=True) for field in schema]
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise TableError(f"table {name}: a value is not of its declared type ({error})") from error
    return pa.Table.from_arrays(columns, schema=schema)


def records(name: str, table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values, None for null."""
    rows: list[dict[str, Any]] = arrow_table(name, table).to_pylist()
    return rows


def write_parquet(tables: Tables, folder: Path) -> None:
    """One Parquet file per table."""
    for name in table_names():
        pq.write_table(arrow_table(name, tables[name]), folder / f"{name}.parquet", compression="zstd")


def read_parquet(folder: Path) -> Tables:
    """Every declared table of a folder that `write_parquet` wrote."""
    return {name: read_table(folder, name) for name in table_names()}


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """One table in its declared types."""
    read = pq.read_table(folder / f"{name}.parquet", schema=arrow_schema(name))
    return frame(name, read.to_pylist())


def table_hash(table: pd.DataFrame) -> str:
    """SHA-256 of a table's rows, whatever library version writes them."""
    return hashlib.sha256(table.to_csv(index=False, na_rep="\\N", lineterminator="\n").encode("utf-8", "surrogatepass")).hexdigest()
