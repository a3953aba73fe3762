"""Which of several parts that moved makes a change, by what readers would see with some of them moved and the others not."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import combinations

from pipeline.core.facts import Document, DocumentFacts, Entity
from pipeline.core.names import fold
from pipeline.resolution import Resolution, ResolvedEntity
from pipeline.resolution.values import family_of
from pipeline.tables.build import build_tables
from pipeline.versions.diff import Change, Kind
from pipeline.versions.statements import ENTITIES, Statements

Taken = frozenset[str]
"""The parts that come from the later version; the others come from the earlier one."""


def attribute(moved: Sequence[str], outcome: Callable[[Taken], Hashable]) -> list[tuple[str, ...]]:
    """The fewest parts whose move alone makes the difference.

    Args:
        moved: the parts that moved.
        outcome: what is seen when these of them have moved, the others not.

    Returns:
        Sets of parts of the same size, each of which alone makes it; one set of several parts if only together they do; nothing if the
        difference is not theirs.
    """
    old, new = outcome(frozenset()), outcome(frozenset(moved))
    if old == new:
        return []
    sizes = ([parts for parts in combinations(moved, size) if outcome(frozenset(parts)) == new] for size in range(1, len(moved)))
    return next((found for found in sizes if found), [tuple(moved)])


def seen(change: Change, told: "Restated") -> Hashable:
    """What readers would see of a changed fact: whether it stands, or the values in its changed columns."""
    fact = (change.table, change.row_id)
    stands = fact in (told.statements.words if change.table in ENTITIES else told.statements.rows)
    if change.kind is not Kind.CHANGED or not stands:
        return stands
    row = told.entity(change.row_id) if change.table == "organisations" else told.statements.rows[fact]
    return tuple(row.get(column) for column in change.columns)


class Restated:
    """What documents would state for readers if extraction had given these facts and names were resolved as in a version."""

    def __init__(self, side: Statements, documents: Iterable[Document], facts: Sequence[DocumentFacts]) -> None:
        self.facts, self.read = facts, {stated.document_id for stated in facts}
        self.documents = [document for document in documents if document.document_id in self.read]
        self.resolution = resolution_as(side, facts)

    @cached_property
    def statements(self) -> Statements:
        """The facts as rows."""
        return Statements(build_tables(self.documents, (), self.facts, self.resolution))

    def entity(self, row_id: str) -> Mapping[str, Hashable]:
        """What the documents themselves say of an organisation."""
        found = sorted(self._entities.get(row_id, ()), key=repr)
        return {
            "name": tuple(entity.name for entity in found),
            "kind": tuple(entity.label for entity in found),
            "country_code": tuple(entity.country_code for entity in found),
            "region": tuple(entity.region for entity in found),
        }

    @cached_property
    def _entities(self) -> dict[str, list[Entity]]:
        found: dict[str, list[Entity]] = {}
        for stated in self.facts:
            for entity in stated.entities:
                if row := self.resolution.id_of(stated.document_id, entity.key):
                    found.setdefault(row, []).append(entity)
        return found


def resolution_as(side: Statements, facts: Iterable[DocumentFacts]) -> Resolution:
    """The resolution of a version for facts that it has not seen: a name is what it was there, in that document before all others."""
    names = Names(side)
    ids = {
        (stated.document_id, entity.key): row
        for stated in facts
        for entity in stated.entities
        if (row := names.row(stated.document_id, entity))
    }
    organisations, projects, programmes = (names.entities(table) for table in ENTITIES)
    return Resolution(organisations, projects, programmes, ids=ids)


class Names:
    """Which row a name stood for in a version."""

    def __init__(self, side: Statements) -> None:
        self.side = side

    def row(self, document: str, entity: Entity) -> str | None:
        """The row of an entity of a document; None for places and for names that the version has not."""
        family = family_of(entity.label)
        places = ((document, f"{family}s"), ("", f"{family}s")) if family else ()
        keys = [fold(name) for name in entity.names]
        return next((row for place in places for key in keys if (row := self._rows.get((*place, key)))), None)

    @cached_property
    def _rows(self) -> dict[tuple[str, str, str], str]:
        """Rows by document (or none), table and folded name; the first one told stays."""
        found: dict[tuple[str, str, str], str] = {}
        mentions = self.side.tables["mentions"]
        for table in ENTITIES:
            key = f"{table[:-1]}_id"
            told = mentions.dropna(subset=[key])
            for document, text, row in zip(told["document_id"], told["text"], told[key], strict=True):
                found.setdefault((document, table, fold(text)), row)
            rows = self.side.tables[table]
            for name, row in zip(rows["name"], rows[key], strict=True):
                found.setdefault(("", table, fold(name)), row)
        aliases = self.side.tables["organisation_aliases"]
        for alias, row in zip(aliases["alias"], aliases["organisation_id"], strict=True):
            found.setdefault(("", "organisations", fold(alias)), row)
        return found

    def entities(self, table: str) -> tuple[ResolvedEntity, ...]:
        """The rows of a table as the tables are built from them."""
        rows = self.side.tables[table]
        return tuple(ResolvedEntity(row, name, "") for row, name in zip(rows[f"{table[:-1]}_id"], rows["name"], strict=True))

