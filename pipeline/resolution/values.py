"""What goes into resolution and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipeline.core.facts import ORGANISATION_KINDS, Label

Family = Literal["organisation", "project", "programme"]
PREFIXES: Mapping[Family, str] = {"organisation": "org", "project": "prj", "programme": "prg"}

Where = tuple[str, str]
"""A document's id and the key of one of its entities."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """One entity of one document, ready to be matched; `names` has the fullest form first."""

    where: Where
    family: Family
    kind: str
    names: tuple[str, ...]
    country_code: str | None = None
    region: str | None = None
    weight: float = 1.0
    evident: bool = False


@dataclass(frozen=True, slots=True)
class Merge:
    """Why two entities became one: the reason in words and the name, folded, that they share."""

    left: Where
    right: Where
    reason: str
    shared: str


@dataclass(frozen=True, slots=True)
class ResolvedEntity:
    """One organisation, project or programme across documents.

    `kind` is an organisation's kind, else `project` or `programme`; `aliases` holds every form of the name, in alphabetical order;
    `members` the entities of documents that it unites and `merges` why they are one.
    """

    id: str
    name: str
    kind: str
    country_code: str | None = None
    region: str | None = None
    aliases: tuple[str, ...] = ()
    members: tuple[Where, ...] = ()
    merges: tuple[Merge, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    """All that documents name, one row each, sorted by id."""

    organisations: tuple[ResolvedEntity, ...] = ()
    projects: tuple[ResolvedEntity, ...] = ()
    programmes: tuple[ResolvedEntity, ...] = ()
    apart: frozenset[frozenset[str]] = frozenset()
    """Pairs of ids that a person judged different."""
    ids: Mapping[Where, str] = field(default_factory=dict)

    def id_of(self, document_id: str, entity_key: str) -> str | None:
        """The row that an entity of a document became; None for places and unknown keys."""
        return self.ids.get((document_id, entity_key))


def family_of(label: Label) -> Family | None:
    """The table that a label belongs to; None for places."""
    if label in ORGANISATION_KINDS:
        return "organisation"
    return {Label.PROJECT: "project", Label.PROGRAMME: "programme"}.get(label)  # type: ignore[return-value]


def kind_of(label: Label) -> str:
    """Kind of organisation, `project` or `programme`."""
    return ORGANISATION_KINDS.get(label, label.value.lower())
