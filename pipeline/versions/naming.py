"""Names as people write them → the rows that bear them, and the keys that facts between those rows have."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from pipeline.core.ids import stable_id
from pipeline.core.names import fold
from pipeline.core.schema import key_columns
from pipeline.resolution.normal import core
from pipeline.resolution.values import PREFIXES, Family
from pipeline.tables.agreements import FAMILIES
from pipeline.tables.frames import Tables
from pipeline.versions.decisions import Decision
from pipeline.versions.diff import SEPARATOR, row_id
from pipeline.versions.statements import SIDES

FAMILY_OF: Mapping[str, Family] = {"organisations": "organisation", "projects": "project", "programmes": "programme"}
NAMES = "names"
"""In the value of a stated fact: the name of each row that it refers to, by id, so that it is found again under another id."""

WITH_COUNTRY = re.compile(r"^(?P<name>.+?)\s*\((?P<country>[A-Z]{2})\)$")
FUNDED = ("project_id", "organisation_id", "programme_id", "funder_id")
"""What identifies a grant."""


class Directory:
    """The organisations, projects and programmes of some tables, by every form of their names."""

    def __init__(self, tables: Tables) -> None:
        self.names: dict[str, str] = {}
        self.countries: dict[str, str] = {}
        self._forms: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for table, key, name, country in named_rows(tables):
            self.add(table, key, name, country)

    def copy(self) -> "Directory":
        """A directory of its own, to take up more names."""
        made = Directory.__new__(Directory)
        made.names, made.countries = dict(self.names), dict(self.countries)
        made._forms = defaultdict(list, {form: list(keys) for form, keys in self._forms.items()})
        return made

    def add(self, table: str, key: str, name: str, country: str | None = None) -> None:
        """Take up a name of a row."""
        self.names.setdefault(key, name)
        if country:
            self.countries[key] = country
        for form in {fold(name), core(name, FAMILY_OF[table])}:
            if key not in self._forms[table, form]:
                self._forms[table, form].append(key)

    def find(self, table: str, written: str, country: str | None = None) -> list[str]:
        """Ids of the rows of a table that a name may mean: `Name`, or `Name (FR)` for the bearer in a country."""
        match = WITH_COUNTRY.match(written)
        if match and not self._forms.get((table, fold(written))):
            written, country = match["name"], match["country"]
        found = self._forms.get((table, fold(written))) or self._forms.get((table, core(written, FAMILY_OF[table])), [])
        return [key for key in found if not country or self.countries.get(key, country) == country]

    def beginning(self, table: str, start: str, most: int) -> list[str]:
        """Ids of the first rows with a form that contains some folded letters, those that begin with them first."""
        found = [(not form.startswith(start), form, keys) for (name, form), keys in self._forms.items() if name == table and start in form]
        return list(dict.fromkeys(key for *_, keys in sorted(found) for key in keys))[:most]

    def shown(self, key: str) -> str:
        """A row's name as `find` understands it: with its country where others bear the name too."""
        name, country = self.names.get(key, key), self.countries.get(key)
        return f"{name} ({country})" if country and len(self.find(table_of(key), name)) > 1 else name


def named_rows(tables: Tables) -> Iterator[tuple[str, str, str, str | None]]:
    """Table, id, a name and country of all that bears a name; the name that readers see comes first."""
    countries = tables["organisations"]["country_code"]
    for key, name, country in zip(tables["organisations"]["organisation_id"], tables["organisations"]["name"], countries, strict=True):
        yield "organisations", key, name, None if pd.isna(country) else str(country)
    for key, alias in zip(tables["organisation_aliases"]["organisation_id"], tables["organisation_aliases"]["alias"], strict=True):
        yield "organisations", key, alias, None
    for table in ("projects", "programmes"):
        for key, name in zip(tables[table][f"{table[:-1]}_id"], tables[table]["name"], strict=True):
            yield table, key, name, None


def table_of(key: str) -> str:
    """The table whose rows have ids like this."""
    prefix = key.partition("-")[0]
    return next(table for table, family in FAMILY_OF.items() if PREFIXES[family] == prefix)


def key_of(table: str, value: Mapping[str, Any], *, occasion: bool = False) -> str:
    """Row id of a fact that people state, the one that the same fact has when it is extracted.

    Args:
        table: table of the fact.
        value: its columns; an agreement's parties are `signatories` and `counterparts`.
        occasion: this is a second agreement of that family between the same parties.
    """
    if table == "funding":
        return stable_id("fun", *(value.get(column) for column in FUNDED))
    if table != "agreements":
        return row_id(value, key_columns(table))
    parties = sorted({party for side in SIDES for party in str(value.get(side) or "").split(SEPARATOR) if party})
    bound = (*parties, *([value["project_id"]] if len(parties) < 2 and value.get("project_id") else []))
    marks = ((value.get("signed_on") or "")[:4] or None, value.get("project_id")) if occasion else ()
    return stable_id("agr", FAMILIES[value["kind"]], *bound, *marks)


def settled(decision: Decision, directory: Directory) -> Decision:
    """A stated fact with the ids that the tables have at present for the names that it speaks of."""
    names: Mapping[str, str] = decision.value.get(NAMES, {})
    country = decision.value.get("country_code")
    found = {key: directory.find(table_of(key), name, country) for key, name in names.items() if key not in directory.names}
    moved = {key: ids[0] for key, ids in found.items() if len(ids) == 1}
    if not moved:
        return decision
    value = {column: moved_value(item, moved) if isinstance(item, str) else item for column, item in decision.value.items()}
    if decision.table_name in FAMILY_OF:
        return replace(decision, row_id=row_id(value, key_columns(decision.table_name)), value=value)
    occasion = decision.row_id != key_of(decision.table_name, decision.value)
    key = key_of(decision.table_name, value, occasion=occasion)
    keyed = {column: key for column, item in value.items() if item == decision.row_id}
    return replace(decision, row_id=key, value={**value, **keyed})


def moved_value(value: str, moved: Mapping[str, str]) -> str:
    """A reference, or several joined ones, with the ids of the present."""
    parts = value.split(SEPARATOR)
    return SEPARATOR.join(sorted(moved.get(part, part) for part in parts)) if moved.keys() & set(parts) else value
