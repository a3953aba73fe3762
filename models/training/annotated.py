"""Reads the annotated corpus: tagged text in, plain text with offsets, entities and facts out.

A file has a YAML head between two `---` lines and a tagged text after it. Offsets are computed from the tags, never counted by hand; they
count code points of the plain text and are half-open. All YAML scalars are read as strings (`NO` is Norway).

Tags in the text::

    [[Lyonbiopôle|lyon]]                     a mention of the entity whose key is `lyon`
    [[début 2018|@2018 START project_start]] a date: TIMEX3 value, then mod and role in any order, both optional; P… is a duration
    {e1: … }                                 the words that state the fact whose `evidence` is e1; may hold other tags

Check files with `python -m models.training.annotated FILE …`.
"""

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

LABELS = ("CLUSTER", "COMPANY", "RESEARCH", "PUBLIC", "ASSOCIATION", "ORG", "PROJECT", "PROGRAMME", "PLACE")
KINDS = ("mou", "letter_of_intent", "cooperation_agreement", "partnership", "convention", "twinning", "alliance", "other")
STATUSES = ("signed", "active", "planned", "ended")
MODS = (
    "START",
    "MID",
    "END",
    "APPROX",
    "BEFORE",
    "AFTER",
    "ON_OR_BEFORE",
    "ON_OR_AFTER",
    "LESS_THAN",
    "MORE_THAN",
    "EQUAL_OR_LESS",
    "EQUAL_OR_MORE",
)
ROLES = (
    "published",
    "signed",
    "since",
    "project_start",
    "project_end",
    "project_period",
    "agreement_duration",
    "project_duration",
    "event",
    "other",
)
MEMBER_ROLES = ("coordinator", "partner", "label")
HEAD_KEYS = {
    "kind",
    "sector",
    "country",
    "published_on",
    "author",
    "language",
    "entities",
    "agreements",
    "projects",
    "funding",
    "declared",
    "negative",
    "note",
}
FACT_KEYS = {
    "agreements": {"kind", "status", "signatories", "counterparts", "evidence", "signed_on", "start", "end", "duration_months", "project"},
    "projects": {"entity", "members", "start", "end", "duration_months", "evidence"},
    "funding": {"beneficiary", "programme", "funder", "amount", "currency", "amount_shared", "start", "end", "evidence"},
    "declared": {"fact", "declared", "evidence"},
}
ENTITY_KEYS = {"label", "country", "region", "names"}

TOKEN = re.compile(r"\[\[(?P<words>[^\[\]|]+)\|(?P<tag>[^\[\]|]+)\]\]|\{(?P<open>e\d+): ?|(?P<close>\})")
VALUE = re.compile(
    r"(?:\d{4}(?:-\d{2}(?:-\d{2})?|-Q[1-4]|-H[12]|-(?:SP|SU|FA|WI)|-W\d{2})?|\d{2,3})(?:/(?:\d{4}(?:-\d{2}(?:-\d{2})?|-Q[1-4]|-H[12])?))?"
    r"|P(?:\d+[YMWD])+|P\d+(?:DE|CE)"
)


@dataclass(frozen=True, slots=True)
class TaggedMention:
    """A mention as annotated: `[start, end)` of the plain text and the key of its entity."""

    start: int
    end: int
    entity: str


@dataclass(frozen=True, slots=True)
class TaggedDate:
    """A date as annotated: `[start, end)`, TIMEX3 type, value, mod and role."""

    start: int
    end: int
    type: str
    value: str
    mod: str | None
    role: str | None


@dataclass(slots=True)
class AnnotatedText:
    """One text of the corpus with everything that its author marked."""

    path: Path
    head: dict[str, Any]
    text: str
    mentions: list[TaggedMention] = field(default_factory=list)
    dates: list[TaggedDate] = field(default_factory=list)
    evidence: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def entities(self) -> dict[str, dict[str, Any]]:
        """Entity key → label, country, region, names."""
        return self.head.get("entities") or {}

    def facts(self, family: str) -> list[dict[str, Any]]:
        """The facts of one family (`agreements`, `projects`, `funding`, `declared`) as the head tells them."""
        return self.head.get(family) or []

    def names(self, key: str) -> list[str]:
        """Every form of an entity's name: those listed in the head, then those marked in the text."""
        listed = self.entities[key].get("names") or []
        return list(dict.fromkeys([*listed, *(self.text[m.start : m.end] for m in self.mentions if m.entity == key)]))


class AnnotationError(ValueError):
    """A file of the annotated corpus breaks the format; the message lists everything that is wrong in it."""


def read_annotated(path: Path) -> AnnotatedText:
    """Parse and check one annotated file.

    Raises:
        AnnotationError: the file breaks the format, with every problem found.
    """
    _, head, tagged = split_head(path)
    annotated = parse_tagged(path, yaml.load(head, Loader=yaml.BaseLoader) or {}, tagged.strip("\n"))
    if problems := list(find_problems(annotated)):
        raise AnnotationError(f"{path}: " + "; ".join(problems))
    return annotated


def split_head(path: Path) -> list[str]:
    """Split a file at its first two `---` lines into what stands before, the head and the tagged text."""
    parts = re.split(r"^---[ \t]*\n", path.read_text(encoding="utf-8"), maxsplit=2, flags=re.MULTILINE)
    if len(parts) != 3 or parts[0].strip():
        raise AnnotationError(f"{path}: the file must begin with a YAML head between two --- lines")
    return parts


def parse_tagged(path: Path, head: dict[str, Any], tagged: str) -> AnnotatedText:
    """Strip the tags of a text and keep where they stood."""
    result, pieces, length, last, opened = AnnotatedText(path, head, ""), [], 0, 0, []
    for token in TOKEN.finditer(tagged):
        piece = tagged[last : token.start()]
        pieces.append(piece)
        length += len(piece)
        last = token.end()
        if token["open"]:
            opened.append((token["open"], length))
        elif token["close"]:
            if not opened:
                raise AnnotationError(f"{path}: a }} closes no evidence near {tagged[max(0, token.start() - 30) : token.end()]!r}")
            key, start = opened.pop()
            result.evidence[key] = (start, length)
        else:
            pieces.append(token["words"])
            add_tag(result, length, length + len(token["words"]), token["tag"].strip())
            length += len(token["words"])
    if opened:
        raise AnnotationError(f"{path}: evidence {opened[-1][0]} is never closed")
    result.text = "".join([*pieces, tagged[last:]])
    return result


def add_tag(result: AnnotatedText, start: int, end: int, tag: str) -> None:
    """Keep one mention or date tag."""
    if not tag.startswith("@"):
        result.mentions.append(TaggedMention(start, end, tag))
        return
    value, *rest = tag[1:].split()
    mod = next((word for word in rest if word in MODS), None)
    role = next((word for word in rest if word not in MODS), None)
    result.dates.append(TaggedDate(start, end, "DURATION" if value.startswith("P") else "DATE", value, mod, role))


def find_problems(annotated: AnnotatedText) -> Iterable[str]:
    """Everything in a parsed file that breaks the format."""
    yield from (f"unknown head key {key!r}" for key in annotated.head.keys() - HEAD_KEYS)
    yield from (f"the head lacks {key!r}" for key in ("kind", "sector", "country", "author") if not annotated.head.get(key))
    if leftover := re.search(r"\[\[|\]\]|[{}]", annotated.text):
        yield f"a tag is not closed near {annotated.text[max(0, leftover.start() - 30) : leftover.end() + 30]!r}"
    yield from entity_problems(annotated)
    yield from date_problems(annotated)
    yield from fact_problems(annotated)


def entity_problems(annotated: AnnotatedText) -> Iterable[str]:
    """Mentions without an entity, entities without a mention, unknown labels and columns."""
    for key, entity in annotated.entities.items():
        if entity.get("label") not in LABELS:
            yield f"entity {key}: unknown label {entity.get('label')!r}"
        if unknown := entity.keys() - ENTITY_KEYS:
            yield f"entity {key}: unknown {sorted(unknown)}"
        if (code := entity.get("country")) and not re.fullmatch(r"[A-Z]{2}", code):
            yield f"entity {key}: country {code!r} is no ISO 3166-1 alpha-2 code"
    marked = {mention.entity for mention in annotated.mentions}
    yield from (f"[[…|{key}]] names no entity of the head" for key in sorted(marked - annotated.entities.keys()))
    yield from (f"entity {key} is never marked in the text" for key in sorted(annotated.entities.keys() - marked))


def date_problems(annotated: AnnotatedText) -> Iterable[str]:
    """Values that are no TIMEX3, unknown modifiers and roles."""
    for when in annotated.dates:
        words = annotated.text[when.start : when.end]
        if not VALUE.fullmatch(when.value):
            yield f"date {words!r}: value {when.value!r} is no TIMEX3 value"
        if when.role is not None and when.role not in ROLES:
            yield f"date {words!r}: {when.role!r} is neither a mod nor a role"


def fact_problems(annotated: AnnotatedText) -> Iterable[str]:
    """Facts with unknown columns, values, parties or evidence."""
    for family, keys in FACT_KEYS.items():
        for number, fact in enumerate(annotated.facts(family), start=1):
            where = f"{family}[{number}]"
            if unknown := fact.keys() - keys:
                yield f"{where}: unknown {sorted(unknown)}"
            if fact.get("evidence") not in annotated.evidence:
                yield f"{where}: evidence {fact.get('evidence')!r} is not marked in the text"
            yield from (f"{where}: {key!r} names no entity" for key in referenced(fact) if key not in annotated.entities)
            yield from value_problems(where, family, fact)


def referenced(fact: dict[str, Any]) -> list[str]:
    """Entity keys that a fact refers to."""
    single = [fact[name] for name in ("project", "entity", "beneficiary", "programme", "funder") if fact.get(name)]
    listed = [key for name in ("signatories", "counterparts") for key in fact.get(name) or []]
    return [*single, *listed, *(member.get("entity", "?") for member in fact.get("members") or [])]


def value_problems(where: str, family: str, fact: dict[str, Any]) -> Iterable[str]:
    """Values outside the specification's lists."""
    if family == "agreements":
        if fact.get("kind") not in KINDS or fact.get("status") not in STATUSES:
            yield f"{where}: kind {fact.get('kind')!r} or status {fact.get('status')!r} is unknown"
        if not fact.get("signatories") or not fact.get("counterparts"):
            yield f"{where}: needs signatories and counterparts"
    if family == "projects":
        yield from (f"{where}: role {m.get('role')!r} is unknown" for m in fact.get("members") or [] if m.get("role") not in MEMBER_ROLES)
    if family == "funding" and not (fact.get("programme") or fact.get("funder")):
        yield f"{where}: needs a programme or a funder"
    yield from (
        f"{where}: {name} {fact[name]!r} is not a number"
        for name in ("duration_months", "declared", "amount")
        if not number_or_none(fact.get(name))
    )


def number_or_none(value: str | None) -> bool:
    """Whether a scalar is absent or a plain number."""
    return value is None or re.fullmatch(r"\d+(?:\.\d+)?", value) is not None


def read_corpus(folder: Path) -> list[AnnotatedText]:
    """All annotated texts below a folder, sorted by path.

    Raises:
        AnnotationError: the first file that breaks the format.
    """
    return [read_annotated(path) for path in sorted(folder.rglob("*.txt"))]


def to_gold(annotated: AnnotatedText) -> dict[str, Any]:
    """Gold facts of one text in the format that the scorer reads."""
    entities, names = annotated.entities, annotated.names
    return {
        "language": annotated.head.get("language", "fr"),
        "published_on": annotated.head.get("published_on"),
        "clusters": [
            {"names": names(key), "country": entity.get("country"), "region": entity.get("region")}
            for key, entity in entities.items()
            if entity["label"] == "CLUSTER"
        ],
        "agreements": [row for fact in annotated.facts("agreements") for row in gold_agreement(annotated, fact)],
        "projects": [gold_project(annotated, fact) for fact in annotated.facts("projects")],
        "funding": [gold_funding(annotated, fact) for fact in annotated.facts("funding")],
        "dates": [
            {"text": annotated.text[d.start : d.end], "type": d.type, "value": d.value, "mod": d.mod, "role": d.role}
            for d in annotated.dates
        ],
        "declared": [{"fact": fact["fact"], "declared": int(fact["declared"])} for fact in annotated.facts("declared")],
    }


def gold_agreement(annotated: AnnotatedText, fact: dict[str, Any]) -> list[dict[str, Any]]:
    """One gold row per counterpart of an agreement."""
    row: dict[str, Any] = {
        "signatories": [annotated.names(key) for key in fact["signatories"]],
        "kind": [fact["kind"]],
        "status": [fact["status"]],
        "project": annotated.names(fact["project"]) if fact.get("project") else None,
    }
    row.update({name: fact[name] for name in ("signed_on", "start") if fact.get(name)})
    if fact.get("duration_months"):
        row["duration_months"] = int(fact["duration_months"])
    return [{"counterpart": annotated.names(key), "country": annotated.entities[key].get("country"), **row} for key in fact["counterparts"]]


def gold_project(annotated: AnnotatedText, fact: dict[str, Any]) -> dict[str, Any]:
    """A gold project with its members."""
    members = fact.get("members") or []
    coordinator = next((m["entity"] for m in members if m["role"] == "coordinator"), None)
    return {
        "names": annotated.names(fact["entity"]),
        "start": fact.get("start"),
        "end": fact.get("end"),
        "duration_months": int(fact["duration_months"]) if fact.get("duration_months") else None,
        "coordinator": annotated.names(coordinator) if coordinator else None,
        "members": [annotated.names(m["entity"]) for m in members],
    }


def gold_funding(annotated: AnnotatedText, fact: dict[str, Any]) -> dict[str, Any]:
    """A gold funding row."""
    return {
        "beneficiary": annotated.names(fact["beneficiary"]),
        "programme": annotated.names(fact["programme"]) if fact.get("programme") else None,
        "funder": annotated.names(fact["funder"]) if fact.get("funder") else None,
        "amount": float(fact["amount"]) if fact.get("amount") else None,
        "currency": fact.get("currency"),
    }


def main(arguments: list[str]) -> int:
    """Check the files named (or print the gold of one with --gold); exit status 1 when one breaks the format."""
    if arguments[:1] == ["--gold"]:
        print(json.dumps(to_gold(read_annotated(Path(arguments[1]))), ensure_ascii=False, indent=1))
        return 0
    broken, words = 0, 0
    for name in arguments:
        try:
            words += len(read_annotated(Path(name)).text.split())
        except (AnnotationError, yaml.YAMLError) as error:
            broken += 1
            print(error)
    print(f"{len(arguments)} files, {broken} broken, {words} words")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
