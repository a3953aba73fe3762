"""Each table as CSV, Parquet and JSON, with the data dictionary."""

import csv
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipeline.core.schema import METADATA, data_dictionary, table_names, type_name

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Beginnings that make a spreadsheet run a text."""


def dictionary() -> list[dict[str, Any]]:
    """Every table with its columns, as the declaration has them."""
    return [{"name": name, "doc": METADATA.tables[name].info["doc"], "columns": columns(name)} for name in table_names()]


def columns(name: str) -> list[dict[str, str]]:
    """The columns of a table, each with its type and meaning."""
    return [{"name": column.name, "type": type_name(column), "meaning": column.comment or ""} for column in METADATA.tables[name].columns]


def write_downloads(tables: Path, folder: Path) -> list[dict[str, Any]]:
    """Write every table of a version in every form; returns the dictionary of them, each with its number of rows."""
    folder.mkdir()
    described = [table for table in dictionary() if (tables / f"{table['name']}.parquet").exists()]
    (folder / "dictionary.md").write_text(data_dictionary(), "utf-8")
    (folder / "dictionary.json").write_text(json.dumps(described, ensure_ascii=False, indent=1), "utf-8")
    return [{**table, "rows": write_table(table, tables, folder)} for table in described]


def write_table(table: dict[str, Any], tables: Path, folder: Path) -> int:
    """Write one table; returns its number of rows."""
    source = tables / f"{table['name']}.parquet"
    target = folder / source.name
    shutil.copyfile(source, target)
    rows = pq.read_table(source).to_pylist()
    write_csv(target.with_suffix(".csv"), [column["name"] for column in table["columns"]], rows)
    with target.with_suffix(".json").open("w", encoding="utf-8") as file:
        file.write(json.dumps({"table": table["name"], "columns": table["columns"], "rows": rows}, ensure_ascii=False))
    return len(rows)


def write_csv(path: Path, names: list[str], rows: Iterable[dict[str, Any]]) -> None:
    """One table for spreadsheets: with a byte-order mark, every text quoted and none of them a formula."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow(names)
        writer.writerows([safe(row[name]) for name in names] for row in rows)


def safe(value: Any) -> Any:
    """A value that no spreadsheet runs: an apostrophe stands before a text that could be a formula."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA):
        return f"'{value}"
    return value
