"""Tagged texts as tests: the marked names are the mentions that a model proposes, the head tells the facts that must come out, no others.

A case is a file of `cases/<topic>/` in the format of `models/training/annotated.py`. The country of an entity is compared where the head
has the key (`country: ""` wants none). A head with `note: "not yet: <why>"` is a case that the code is known to fail.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet

from models.training.annotated import AnnotatedText, read_annotated
from pipeline.core.facts import Agreement, Document, DocumentFacts, Entity, Evidence, Funding, Label, Membership, Mention, Project, Span
from pipeline.core.lexicon import load_lexicon
from pipeline.core.names import fold
from pipeline.extraction.engine import read_document
from pipeline.extraction.entities import family
from pipeline.extraction.layout import split_sentences
from pipeline.extraction.reading import Reading

CASES = Path(__file__).parent / "cases"
NOT_YET = "not yet: "
SURE = 0.99
Row = tuple[Any, ...]


def cases_of(topic: str) -> list[ParameterSet]:
    """The tagged texts of a topic, those that the code is known to fail marked so."""
    return [as_parameter(path) for path in sorted((CASES / topic).glob("*.txt"))]


def as_parameter(path: Path) -> ParameterSet:
    """One tagged text as a parameter of a test."""
    note = str(read_annotated(path).head.get("note", ""))
    marks = [pytest.mark.xfail(strict=True, reason=note.removeprefix(NOT_YET))] if note.startswith(NOT_YET) else []
    return pytest.param(path, id=path.stem, marks=marks)


def plain_document(text: str, *, published_on: str | None = None, publisher: str | None = None) -> Document:
    """A cleaned document around a text."""
    return Document("doc-1", "case.txt", text, "0" * 64, published_on=published_on, publisher=publisher)


def mention(text: str, words: str, label: Label, *, score: float = SURE, nth: int = 0) -> Mention:
    """A mention, as a model proposes it, of the nth place where words stand."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return Mention(Span(start, start + len(words)), label, words, "", "tagged", score)


def proposed(annotated: AnnotatedText) -> list[Mention]:
    """The marked names as a model's mentions."""
    spans = [(Span(m.start, m.end), Label(annotated.entities[m.entity]["label"])) for m in annotated.mentions]
    return [Mention(span, label, span.quote(annotated.text), "", "tagged", SURE) for span, label in spans]


def facts_of(annotated: AnnotatedText) -> DocumentFacts:
    """What the rules alone read in a tagged text."""
    document = plain_document(annotated.text, published_on=annotated.head.get("published_on"))
    return read_document(document, load_lexicon(), predicted=proposed(annotated))


def tagged_keys(annotated: AnnotatedText, facts: DocumentFacts) -> dict[str, str]:
    """Entity key found → key of the head; of a wrong merger all its keys, of a name not marked the name."""
    told = {Span(m.start, m.end): m.entity for m in annotated.mentions}
    keys: dict[str, set[str]] = {}
    for found in facts.mentions:
        keys.setdefault(found.entity, set()).update(key for span, key in told.items() if span.overlaps(found.span))
    return {entity: "+".join(sorted(told_keys)) or f"?{entity}" for entity, told_keys in keys.items()}


def found_in(path: Path) -> dict[str, Any]:
    """The facts that the rules find in a tagged text, in keys of its head; `unmarked` are quotes of facts outside the words it marks."""
    annotated = read_annotated(path)
    facts = facts_of(annotated)
    keys = tagged_keys(annotated, facts)
    return {
        "agreements": agreement_rows(facts.agreements, keys),
        "projects": project_rows(facts.projects, keys),
        "funding": funding_rows(facts.funding, keys),
        "countries": countries(facts, keys, annotated),
        "counts": {(c.fact, c.declared) for c in facts.declared} & told_counts(annotated),
        "unmarked": unmarked(annotated, facts),
    }


def told_in(path: Path) -> dict[str, Any]:
    """The facts that the head of a tagged text tells."""
    annotated = read_annotated(path)
    return {
        "agreements": told_agreements(annotated),
        "projects": told_projects(annotated),
        "funding": told_funding(annotated),
        "countries": told_countries(annotated),
        "counts": told_counts(annotated),
        "unmarked": [],
    }


def agreement_rows(agreements: Iterable[Agreement], keys: dict[str, str]) -> set[Row]:
    """One row per counterpart."""
    return {
        (
            a.kind,
            a.status,
            tuple(sorted(keys[k] for k in a.signatories)),
            keys[counterpart],
            a.signed_on,
            a.start_date,
            a.end_date,
            a.duration_months,
            keys[a.project] if a.project else None,
        )
        for a in agreements
        for counterpart in a.counterparts
    }


def told_agreements(annotated: AnnotatedText) -> set[Row]:
    """The rows that the head tells."""
    return {
        (
            fact["kind"],
            fact["status"],
            tuple(sorted(fact["signatories"])),
            counterpart,
            fact.get("signed_on"),
            fact.get("start"),
            fact.get("end"),
            whole(fact.get("duration_months")),
            fact.get("project"),
        )
        for fact in annotated.facts("agreements")
        for counterpart in fact["counterparts"]
    }


def project_rows(projects: Iterable[Project], keys: dict[str, str]) -> set[Row]:
    """Projects of which something is told."""
    rows = {
        (
            keys[p.entity],
            tuple(sorted((keys[m.organisation], m.role) for m in p.members)),
            p.start_date,
            p.end_date,
            p.duration_months,
        )
        for p in projects
    }
    return {row for row in rows if any(row[1:])}


def told_projects(annotated: AnnotatedText) -> set[Row]:
    """The projects that the head tells."""
    return {
        (
            fact["entity"],
            tuple(sorted((m["entity"], m["role"]) for m in fact.get("members") or [])),
            fact.get("start"),
            fact.get("end"),
            whole(fact.get("duration_months")),
        )
        for fact in annotated.facts("projects")
    }


def funding_rows(rows: Iterable[Funding], keys: dict[str, str]) -> set[Row]:
    """Funding rows by keys of the head."""
    return {
        (
            keys[f.beneficiary],
            keys[f.programme] if f.programme else None,
            keys[f.funder] if f.funder else None,
            f.amount,
            f.currency,
            f.amount_shared,
        )
        for f in rows
    }


def told_funding(annotated: AnnotatedText) -> set[Row]:
    """The funding rows that the head tells."""
    return {
        (
            fact["beneficiary"],
            fact.get("programme"),
            fact.get("funder"),
            float(fact["amount"]) if fact.get("amount") else None,
            fact.get("currency"),
            fact.get("amount_shared") == "true",
        )
        for fact in annotated.facts("funding")
    }


def countries(facts: DocumentFacts, keys: dict[str, str], annotated: AnnotatedText) -> dict[str, str | None]:
    """Country found of every entity whose country the head tells."""
    told = told_countries(annotated)
    found = {keys[entity.key]: entity.country_code for entity in facts.entities}
    return {key: found.get(key, "not found") for key in told}


def told_countries(annotated: AnnotatedText) -> dict[str, str | None]:
    """Country of every entity for which the head has the key."""
    return {key: entity["country"] or None for key, entity in annotated.entities.items() if "country" in entity}


def told_counts(annotated: AnnotatedText) -> set[tuple[str, int]]:
    """The counts that the head tells."""
    return {(fact["fact"], int(fact["declared"])) for fact in annotated.facts("declared")}


def unmarked(annotated: AnnotatedText, facts: DocumentFacts) -> list[str]:
    """Quotes of facts that touch no words that the tags mark as evidence."""
    marked = [Span(*bounds) for bounds in annotated.evidence.values()]
    return [e.span.quote(annotated.text) for e in evidence_of(facts) if not any(e.span.overlaps(span) for span in marked)]


def evidence_of(facts: DocumentFacts) -> list[Evidence]:
    """Evidence of every agreement, membership and funding row."""
    members = [member for project in facts.projects for member in project.members]
    told: list[Agreement | Membership | Funding] = [*facts.agreements, *members, *facts.funding]
    return [evidence for fact in told for evidence in fact.evidence[:1]]


def whole(number: str | None) -> int | None:
    """A scalar of a head as a whole number."""
    return int(number) if number else None


def keyed_reading(text: str, names: Mapping[str, Label], *, published_on: str | None = None) -> Reading:
    """A reading of a text in which every listed name is a mention of its own entity; no places, no dates."""
    places = sorted((m.start(), name) for name in names for m in re.finditer(re.escape(name), text))
    keys = {name: f"{family(label)}:{fold(name)}" for name, label in names.items()}
    mentions = [Mention(Span(start, start + len(name)), names[name], name, keys[name], "tagged", SURE) for start, name in places]
    entities = {keys[name]: Entity(keys[name], label, (name,)) for name, label in names.items()}
    return Reading(plain_document(text, published_on=published_on), split_sentences(text), mentions, entities, [], load_lexicon())
