"""Changes of facts in the words of their readers: names in place of ids, one line that says what a fact is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.versions.diff import SEPARATOR, Change, Row
from pipeline.versions.statements import QUOTE, SIDES

Names = Mapping[str, str]
"""Names of organisations, projects and programmes by id."""

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of a change: old and new value, as shown; None for nothing."""

    column: str
    old: str | None
    new: str | None


def title(table: str, row: Row, names: Names) -> str:
    """One line that says what a fact is: `BioWin ↔ Biominas`."""
    describe = TITLES.get(table)
    return describe(row, names) if describe else SEPARATOR.join(str(value) for value in list(row.values())[:3])


def named(value: Any, names: Names) -> str:
    """An id's name, several ids' names, or the value itself; something for nothing."""
    if value is None or value == "":
        return NOTHING
    return ", ".join(names.get(part, part) for part in value.split(SEPARATOR)) if isinstance(value, str) else str(value)


def entity_title(row: Row, names: Names) -> str:
    """An organisation, project or programme."""
    return f"{row['name']} ({row['country_code']})" if row.get("country_code") else str(row["name"])


def member_title(row: Row, names: Names) -> str:
    """Who takes part in what."""
    return f"{named(row['organisation_id'], names)} → {named(row['project_id'], names)} ({row['role']})"


def funding_title(row: Row, names: Names) -> str:
    """Who is paid by what."""
    source = named(row["programme_id"] or row["funder_id"], names)
    amount = f" ({row['amount']:,.0f} {row['currency'] or ''})".replace(",", "\u202f") if row.get("amount") is not None else ""
    return f"{named(row['project_id'] or row['organisation_id'], names)} ← {source}{amount}"


def agreement_title(row: Row, names: Names) -> str:
    """Who is bound to whom."""
    one, other = (row.get(side) for side in SIDES)
    return f"{named(one or row.get('project_id'), names)} ↔ {named(other or row.get('project_id'), names)}"


def count_title(row: Row, names: Names) -> str:
    """What a document declares."""
    return f"{row['declared']} {row['fact']}"


TITLES: Mapping[str, Callable[[Row, Names], str]] = {
    **dict.fromkeys(("organisations", "projects", "programmes"), entity_title),
    "project_members": member_title,
    "funding": funding_title,
    "agreements": agreement_title,
    "declared_counts": count_title,
}


def cells(change: Change, names: Names) -> list[Cell]:
    """The columns of a change that a reader wants to see: those that differ, or all that a new or lost row fills; without the words."""
    wanted = [column for column in change.columns if column != QUOTE and not is_key(change, column)]
    found = [Cell(column, shown(change.old, column, names), shown(change.new, column, names)) for column in wanted]
    return [cell for cell in found if cell.old is not None or cell.new is not None]


def is_key(change: Change, column: str) -> bool:
    """Whether a column only repeats the key of its row."""
    return change.row.get(column) == change.row_id


def shown(row: Row, column: str, names: Names) -> str | None:
    """A value as a reader sees it, None for nothing."""
    value = row.get(column)
    return None if value is None else named(value, names)
