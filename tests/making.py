"""Documents, facts and resolved entities built by hand, without a model: what tests of the later rooms are made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.core.facts import Agreement, Document, DocumentFacts, Entity, Evidence, Label, Mention, Span
from pipeline.core.ids import content_hash, stable_id
from pipeline.tables.build import build_tables
from pipeline.tables.frames import Tables


@dataclass(frozen=True)
class Resolved:
    """One organisation, project or programme."""

    id: str
    name: str
    kind: str = "cluster"
    country_code: str | None = None
    region: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass
class Resolution:
    """Entity keys stand for the row of that name, in every document."""

    organisations: list[Resolved] = field(default_factory=list)
    projects: list[Resolved] = field(default_factory=list)
    programmes: list[Resolved] = field(default_factory=list)

    def id_of(self, document_id: str, entity_key: str) -> str | None:
        """The row whose name the key is."""
        return self._ids.get(entity_key)

    @cached_property
    def _ids(self) -> dict[str, str]:
        rows = (*self.organisations, *self.projects, *self.programmes)
        return {name: row.id for row in reversed(rows) for name in (*row.aliases, row.name)}


def org(name: str, **values: str) -> Resolved:
    """An organisation."""
    return Resolved(stable_id("org", name), name, **values)


def project(name: str) -> Resolved:
    """A project."""
    return Resolved(stable_id("prj", name), name)


def programme(name: str) -> Resolved:
    """A programme."""
    return Resolved(stable_id("prg", name), name)


def document(name: str, text: str, **values: str) -> Document:
    """A document as the first room delivers it."""
    return Document(stable_id("doc", name), name, text, content_hash(text), **values)


def quote(text: str, words: str, method: str = "rule") -> Evidence:
    """Evidence for the first place where the words stand."""
    start = text.index(words)
    return Evidence(Span(start, start + len(words)), method)


def mention(text: str, words: str, label: Label = Label.CLUSTER) -> Mention:
    """A mention of the first place where the words stand; the words are the entity's key."""
    return Mention(quote(text, words).span, label, words, words, "list")


def facts(read: Document, *names: str, labels: dict[str, Label] | None = None, **stated: object) -> DocumentFacts:
    """Facts of a document that names these organisations."""
    kinds = {name: (labels or {}).get(name, Label.CLUSTER) for name in names}
    words = len(read.text.split())
    return DocumentFacts(
        read.document_id,
        entities=tuple(Entity(name, label, (name,)) for name, label in kinds.items()),
        mentions=tuple(mention(read.text, name, label) for name, label in kinds.items()),
        tokens_present=words,
        tokens_read=words,
        **stated,
    )


def agreement(
    read: Document, one: str | Sequence[str], other: str | Sequence[str], kind: str = "mou", status: str = "signed", **values: object
) -> Agreement:
    """An agreement, with the whole text as evidence."""
    signatories, counterparts = ((side,) if isinstance(side, str) else tuple(side) for side in (one, other))
    return Agreement(kind, status, signatories, counterparts, (Evidence(Span(0, len(read.text)), "rule"),), **values)


def tables_of(pairs: Iterable[tuple[Document, DocumentFacts]], resolution: Resolution) -> Tables:
    """Tables of some documents."""
    pairs = list(pairs)
    return build_tables([read for read, _ in pairs], [], [stated for _, stated in pairs], resolution)


def small_tables(*, status: str = "signed", name: str = "Alpha") -> Tables:
    """A version of one document, one agreement, two clusters."""
    read = document("a.txt", f"{name} et Beta ont signé un accord.")
    stated = facts(read, name, "Beta", agreements=(agreement(read, name, "Beta", status=status),))
    return tables_of([(read, stated)], Resolution([org(name), org("Beta")]))


def several(count: int, *, text: str = "{} et Beta ont signé un accord.") -> Tables:
    """Tables with some agreements, each in a document of its own."""
    pairs = []
    for number in range(count):
        read = document(f"{number}.txt", text.format(f"Alpha{number}"))
        found = agreement(read, f"Alpha{number}", "Beta")
        pairs.append((read, facts(read, f"Alpha{number}", "Beta", agreements=(found,))))
    return tables_of(pairs, Resolution([org("Beta"), *(org(f"Alpha{number}") for number in range(count))]))
