"""The tables as the scorer looks at them: document by document, names freed of case, accents, punctuation and spaces."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from pipeline.tables.frames import Tables, records

Row = dict[str, Any]


def plain(name: str | None) -> str:
    """A name without case, accents, punctuation and spaces."""
    decomposed = unicodedata.normalize("NFKD", name or "").casefold()
    return re.sub(r"[^0-9a-z]+", "", "".join(letter for letter in decomposed if not unicodedata.combining(letter)))


def plain_set(names: Iterable[str] | None) -> set[str]:
    """Several forms of a name, empty ones left out."""
    return {plain(name) for name in names or ()} - {""}


class View:
    """Rows of a version, looked up by document."""

    def __init__(self, tables: Tables) -> None:
        rows = {name: records(name, table) for name, table in tables.items()}
        self.rows = rows
        self.documents = {PurePath(row["source_uri"]).stem: row for row in rows["documents"]}
        self.organisations = {row["organisation_id"]: row for row in rows["organisations"]}
        self.projects = {row["project_id"]: row for row in rows["projects"]}
        self.programmes = {row["programme_id"]: plain(row["name"]) for row in rows["programmes"]}
        self.stated: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for row in rows["evidence"]:
            self.stated[row["document_id"], row["table_name"]].add(row["row_id"])
        self._names = names_of_organisations(rows)
        self._surface: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for row in rows["mentions"]:
            self._surface[row["document_id"], row["organisation_id"]].add(plain(row["text"]))
        self.sides: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for row in rows["agreement_parties"]:
            self.sides[row["agreement_id"], row["side"]].append(row["organisation_id"])

    def names(self, organisation_id: str | None, document_id: str) -> set[str]:
        """Every name of an organisation, and how this document writes it."""
        if organisation_id is None:
            return set()
        return (self._names[organisation_id] | self._surface[document_id, organisation_id]) - {""}

    def project_names(self, project_id: str | None) -> set[str]:
        """The name of a project."""
        return {plain(self.projects[project_id]["name"])} if project_id in self.projects else set()

    def of_document(self, table: str, key: str, document_id: str) -> list[Row]:
        """Rows of a table that a document states."""
        stated = self.stated[document_id, table]
        return [row for row in self.rows[table] if row[key] in stated]


def names_of_organisations(rows: dict[str, list[Row]]) -> defaultdict[str, set[str]]:
    """Names and aliases by organisation."""
    names: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows["organisations"]:
        names[row["organisation_id"]].add(plain(row["name"]))
    for row in rows["organisation_aliases"]:
        names[row["organisation_id"]].add(plain(row["alias"]))
    return names
