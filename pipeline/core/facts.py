"""What one document states, before resolution.

Plain frozen values, the only language that the rooms speak with each other. Offsets count Unicode code points of the
document's cleaned text and are half-open: `text[span.start:span.end]` is what was read.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Label(StrEnum):
    """What a mention names. Organisation labels map to `organisations.kind` through `ORGANISATION_KINDS`."""

    CLUSTER = "CLUSTER"
    COMPANY = "COMPANY"
    RESEARCH = "RESEARCH"
    PUBLIC = "PUBLIC"
    ASSOCIATION = "ASSOCIATION"
    ORG = "ORG"
    PROJECT = "PROJECT"
    PROGRAMME = "PROGRAMME"
    PLACE = "PLACE"


ORGANISATION_KINDS: dict[Label, str] = {
    Label.CLUSTER: "cluster",
    Label.COMPANY: "company",
    Label.RESEARCH: "research",
    Label.PUBLIC: "public",
    Label.ASSOCIATION: "association",
    Label.ORG: "other",
}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range of code points `[start, end)` in one document's cleaned text."""

    start: int
    end: int

    def quote(self, text: str) -> str:
        """The exact words of the span."""
        return text[self.start : self.end]

    def covers(self, other: "Span") -> bool:
        """Whether the other span lies inside this one."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Span") -> bool:
        """Whether the two spans share a code point."""
        return self.start < other.end and other.start < self.end


def by_model(method: str) -> bool:
    """Whether a method is a trained model's name and version (`mentions@2.0`, `owner/model`), not a rule's id."""
    return "@" in method or "/" in method


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that state a fact, how it was found (a rule's id, or a model's name and version) and how sure that is."""

    span: Span
    method: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a document names something.

    `name` is the name without article or quotation marks (it equals the quote, but for repaired line breaks). `entity` is the
    document-level key that mentions of one thing share: every alias that the document itself equates has the same one.
    """

    span: Span
    label: Label
    name: str
    entity: str
    method: str
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Entity:
    """One organisation, project, programme or place as one document knows it.

    `key` is what facts refer to; `names` holds every form that the document uses, the fullest first; country and region only if
    the document states them or a stated place implies them.
    """

    key: str
    label: Label
    names: tuple[str, ...]
    country_code: str | None = None
    region: str | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def name(self) -> str:
        """The fullest form of the name."""
        return self.names[0]


@dataclass(frozen=True, slots=True)
class DatedExpression:
    """A TIMEX3 expression (ISO-TimeML 1.2.1) with its calendar extent.

    `start_date` and `end_date` are the first and the last day covered, None for a duration that is not anchored. `basis` says what
    the value rests on: `explicit` (all in the words), `document` (a year that the passage is about), `publication` (the reference date).
    `guess` marks a value that rests on a choice without a cue (past or future unknown).
    """

    span: Span
    type: str
    value: str
    mod: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    role: str = "other"
    basis: str = "explicit"
    guess: bool = False
    method: str = "dates"


@dataclass(frozen=True, slots=True)
class Agreement:
    """One link that a document reports; parties are entity keys."""

    kind: str
    status: str
    signatories: tuple[str, ...]
    counterparts: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    signed_on: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    duration_months: int | None = None
    project: str | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """An organisation's part in a project: `coordinator`, `partner` or `label`."""

    organisation: str
    role: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """A named project, consortium or alliance; `entity` is its entity key."""

    entity: str
    members: tuple[Membership, ...]
    evidence: tuple[Evidence, ...]
    start_date: str | None = None
    end_date: str | None = None
    duration_months: int | None = None


@dataclass(frozen=True, slots=True)
class Funding:
    """Who is paid by what; beneficiary, programme and funder are entity keys, programme and funder not both None."""

    beneficiary: str
    evidence: tuple[Evidence, ...]
    programme: str | None = None
    funder: str | None = None
    amount: float | None = None
    currency: str | None = None
    amount_shared: bool = False
    start_date: str | None = None
    end_date: str | None = None


@dataclass(frozen=True, slots=True)
class DeclaredCount:
    """A number that the document itself states ("8 accords … signés") of `agreement`, `member`, `project` …, and how many were found."""

    fact: str
    declared: int
    found: int
    evidence: Evidence
    project: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A cleaned text in a known language, ready for extraction."""

    document_id: str
    source_uri: str
    text: str
    content_sha256: str
    title: str | None = None
    publisher: str | None = None
    published_on: str | None = None
    language: str = "fr"
    language_confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A document that could not be used, and why, in words that a person understands."""

    document_id: str
    source_uri: str
    reason: str
    content_sha256: str | None = None
    title: str | None = None
    language: str | None = None
    language_confidence: float | None = None
    char_count: int = 0


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """Everything that one document states. `published_on` is the publication date after reading the text (header, dateline)."""

    document_id: str
    published_on: str | None = None
    entities: tuple[Entity, ...] = ()
    mentions: tuple[Mention, ...] = ()
    dates: tuple[DatedExpression, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    projects: tuple[Project, ...] = ()
    funding: tuple[Funding, ...] = ()
    declared: tuple[DeclaredCount, ...] = ()
    tokens_present: int = 0
    tokens_read: int = 0
    refusals: tuple["Refusal", ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Refusal:
    """A sentence with a trigger that gave no fact, and the reason: the ledger that shows a reader what was left out."""

    span: Span
    trigger: str
    reason: str
