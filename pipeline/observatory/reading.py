"""The rows of one published version, as `queries.sql` asks for them."""

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
"""One row of a query, by column."""
Rows = Mapping[str, list[Row]]
"""The rows of every query, by its name."""

NAMED = re.compile(r"^-- name: (\w+)\n(.+?);$", re.MULTILINE | re.DOTALL)


@cache
def queries() -> Mapping[str, str]:
    """The SELECT of each name in `queries.sql`."""
    return dict(NAMED.findall(files(__package__).joinpath("queries.sql").read_text("utf-8")))


def read_rows(database: Path) -> Rows:
    """The rows of every query; the file is opened for reading only, so that nothing is ever written beside it."""
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        connection.row_factory = by_column
        return {name: connection.execute(query).fetchall() for name, query in queries().items()}


def by_column(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> dict[str, Any]:
    """A row with the names of its columns."""
    return {column[0]: value for column, value in zip(cursor.description, values, strict=True)}
