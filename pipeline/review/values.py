"""Columns as fields of a form, and what people type into them → values of the tables, checked."""

import calendar
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from babel import Locale
from sqlalchemy import Boolean, Column, Float, Integer

from pipeline.core.errors import VersionError
from pipeline.core.schema import AGREEMENT_KINDS, AGREEMENT_STATUSES, MEMBER_ROLES, METADATA, ORGANISATION_KINDS, key_columns
from pipeline.core.territories import country_codes, lookup
from pipeline.review.labels import column_label, value_label
from pipeline.versions.diff import SEPARATOR
from pipeline.versions.naming import Directory
from pipeline.versions.statements import SIDES

ALLOWED: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("agreements", "kind"): AGREEMENT_KINDS,
    ("agreements", "status"): AGREEMENT_STATUSES,
    ("organisations", "kind"): ORGANISATION_KINDS,
    ("project_members", "role"): MEMBER_ROLES,
    ("funding", "amount_shared"): ("false", "true"),
}
"""Closed lists of values, by table and column."""

DATES = ("signed_on", "start_date", "end_date")
PARTIAL = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
LIST = ";"
"""What stands between several names in one field."""

FIXED = ("document_id", "fact")
"""Columns that say which words a fact was counted from; nobody corrects those."""

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Field:
    """One column as a form shows it."""

    column: str
    label: str
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    """Value and label of a closed list."""
    names: str = ""
    """The table whose names are to be typed."""
    hint: str = ""

    def holding(self, value: str) -> "Field":
        """The field with what somebody has typed."""
        return replace(self, value=value) if value else self


def editable(table: str) -> list[str]:
    """Columns that a person may correct: all that says something, the parties of an agreement first."""
    own = {column for column in key_columns(table) if column.endswith("_id") and not METADATA.tables[table].columns[column].foreign_keys}
    columns = [column.name for column in METADATA.tables[table].columns if column.name not in own and column.name not in FIXED]
    return [*(SIDES if table == "agreements" else ()), *columns]


def referred(table: str, column: str) -> str:
    """The table whose rows a column names; nothing for a plain value."""
    if column in SIDES:
        return "organisations"
    return next((key.column.table.name for key in METADATA.tables[table].columns[column].foreign_keys), "")


def fields(table: str, row: Mapping[str, Any], directory: Directory) -> list[Field]:
    """The form of a fact; an empty row for one that is to be stated."""
    return [field(table, column, row.get(column), directory) for column in editable(table)]


def field(table: str, column: str, value: Any, directory: Directory) -> Field:
    """One column with its value."""
    choices = tuple((item, value_label(item, column)) for item in ALLOWED.get((table, column), ()))
    names = referred(table, column)
    return Field(column, column_label(table, column), shown(value, names, directory), choices, names, hint(table, column))


def shown(value: Any, names: str, directory: Directory) -> str:
    """A value as a person would type it."""
    if value is None:
        return ""
    if names:
        return f" {LIST} ".join(directory.shown(key) for key in str(value).split(SEPARATOR))
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.2f}".removesuffix(".00") if isinstance(value, float) else str(value)


def hint(table: str, column: str) -> str:
    """How a field is to be filled, where that is not plain."""
    if column in DATES:
        return "2019, 2019-03 ou 2019-03-14"
    if column in SIDES:
        return f"plusieurs : séparez par {LIST}"
    return {"country_code": "NO ou Norvège", "currency": "EUR"}.get(column, "")


def parsed(table: str, column: str, text: str, directory: Directory) -> Value:
    """A value as typed into a form; nothing for an empty field.

    Raises:
        VersionError: the column cannot hold it.
    """
    text, label = " ".join(text.split()), column_label(table, column)
    allowed = ALLOWED.get((table, column))
    if allowed and text not in allowed:
        words = ", ".join(value_label(item, column) for item in allowed)
        raise VersionError(f"{label} : « {text} » ne convient pas ; il faut l'une de ces valeurs : {words}")
    if not text:
        if column not in SIDES and not METADATA.tables[table].columns[column].nullable:
            raise VersionError(f"{label} : il faut une valeur")
        return None
    if names := referred(table, column):
        return references(names, label, text, directory, several=column in SIDES)
    return plain(column, label, text, METADATA.tables[table].columns[column])


def references(table: str, label: str, text: str, directory: Directory, *, several: bool) -> str:
    """Ids of the rows that a field names, joined.

    Raises:
        VersionError: a name is unknown, or several rows bear it.
    """
    names = list(split_names(text)) if several else [text]
    return SEPARATOR.join(sorted({reference(table, label, name, directory) for name in names}))


def split_names(text: str) -> Iterator[str]:
    """The names in a field."""
    return (name.strip() for name in text.split(LIST) if name.strip())


def reference(table: str, label: str, name: str, directory: Directory) -> str:
    """Id of the row that a name means.

    Raises:
        VersionError: the name is unknown, or several rows bear it.
    """
    found = directory.find(table, name)
    if len(found) == 1:
        return found[0]
    if not found:
        raise VersionError(f"{label} : « {name} » n'est pas dans les tables. Choisissez un nom de la liste, ou dites ce nouveau nom.")
    bearers = ", ".join(directory.shown(key) for key in found)
    raise VersionError(f"{label} : plusieurs lignes portent le nom « {name} » ({bearers}) : ajoutez le pays entre parenthèses")


def plain(column: str, label: str, text: str, declared: Column[Any]) -> Value:
    """A value that names no row.

    Raises:
        VersionError: it is no date, country, currency or number.
    """
    if column in DATES:
        return partial_date(label, text)
    if column == "country_code":
        return country(label, text)
    if column == "currency":
        return currency(label, text)
    if isinstance(declared.type, Boolean):
        return text == "true"
    return number(label, text, whole=isinstance(declared.type, Integer)) if isinstance(declared.type, Integer | Float) else text


def partial_date(label: str, text: str) -> str:
    """An ISO date of any precision that a calendar holds.

    Raises:
        VersionError: there is no such date.
    """
    match = PARTIAL.fullmatch(text)
    year, month, day = (int(part) if part else None for part in match.groups()) if match else (0, None, None)
    if not year or not 1 <= (month or 1) <= 12 or not 1 <= (day or 1) <= calendar.monthrange(year, month or 1)[1]:
        raise VersionError(f"{label} : « {text} » n'est pas une date ; écrivez 2019, 2019-03 ou 2019-03-14")
    return text


def country(label: str, text: str) -> str:
    """The code of a country, told by its code or its French name.

    Raises:
        VersionError: there is no such country.
    """
    if text.upper() in country_codes():
        return text.upper()
    found = lookup(text)
    if found is None or found.kind != "country":
        raise VersionError(f"{label} : « {text} » n'est pas un pays ; écrivez son code à deux lettres (NO) ou son nom (Norvège)")
    return found.country_code


@cache
def currencies() -> frozenset[str]:
    """ISO 4217 codes."""
    return frozenset(Locale("fr").currencies)


def currency(label: str, text: str) -> str:
    """The code of a currency.

    Raises:
        VersionError: there is no such currency.
    """
    if text.upper() not in currencies():
        raise VersionError(f"{label} : « {text} » n'est pas une devise ; écrivez son code à trois lettres (EUR)")
    return text.upper()


def number(label: str, text: str, *, whole: bool) -> int | float:
    """A number that is not negative, the way French writes it.

    Raises:
        VersionError: it is none.
    """
    written = re.sub(r"\s", "", text).replace(",", ".")
    if not re.fullmatch(r"\d{1,15}" if whole else r"\d{1,15}(?:\.\d{1,6})?", written):
        wanted = "un nombre entier ; écrivez par exemple 24" if whole else "un nombre ; écrivez par exemple 2 500 000,50"
        raise VersionError(f"{label} : « {text} » n'est pas {wanted}")
    return int(written) if whole else float(written)


def check_row(table: str, row: Mapping[str, Any]) -> None:
    """Refuse a fact whose values contradict each other.

    Raises:
        VersionError: in what way they do.
    """
    start, end = row.get("start_date"), row.get("end_date")
    if start and end and start[: len(end)] > end[: len(start)]:
        raise VersionError(f"la fin ({end}) est avant le début ({start})")
    if table == "agreements":
        check_parties(row)
    if table == "funding":
        check_funding(row)


def check_parties(row: Mapping[str, Any]) -> None:
    """Refuse an agreement that does not bind two different named sides.

    Raises:
        VersionError: it does not.
    """
    one, other = (set(str(row.get(side) or "").split(SEPARATOR)) - {""} for side in SIDES)
    if one & other:
        raise VersionError("un accord lie deux organisations différentes : la même est des deux côtés")
    if len(one | other) + bool(row.get("project_id")) < 2:
        raise VersionError("un accord lie deux organisations différentes : nommez un signataire et une contrepartie")


def check_funding(row: Mapping[str, Any]) -> None:
    """Refuse a grant without one beneficiary, without a source, or with a sum in no currency.

    Raises:
        VersionError: what is missing.
    """
    if bool(row.get("project_id")) == bool(row.get("organisation_id")):
        raise VersionError("un financement a un bénéficiaire : nommez un projet ou une organisation, pas les deux")
    if not row.get("programme_id") and not row.get("funder_id"):
        raise VersionError("un financement a une source : nommez un programme, un financeur ou les deux")
    if (row.get("amount") is None) != (row.get("currency") is None):
        raise VersionError("un montant va avec sa devise : donnez les deux ou aucun")
