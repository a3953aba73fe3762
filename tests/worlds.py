"""Random versions of small tables for property tests: documents come, go and are worded anew, facts and names change with them or not."""

from dataclasses import dataclass

from hypothesis import strategies as st
from making import Resolution, agreement, document, facts, org, programme, project, quote, tables_of

from pipeline.core.facts import DeclaredCount, Funding, Label, Membership, Project, Refusal

NAMES = ("Alpha", "Beta", "Gamma", "Delta")
PROJECT, PROGRAMME = "Orion", "Europa"
REASONS = ("no counterpart", "a negation")


@dataclass(frozen=True)
class Line:
    """A sentence, and whether a fact was made of it: of which kind and status."""

    one: str
    other: str
    word: str
    status: str | None


@dataclass(frozen=True)
class World:
    """Documents by name, each a few sentences; what is known of the names; which name is another one's."""

    documents: dict[str, tuple[Line, ...]]
    countries: dict[str, str]
    merged: bool


PAIRS = st.permutations(NAMES).map(lambda names: names[:2])
STATUS = st.sampled_from(["signed", "planned", None])
LINES = st.builds(lambda pair, word, status: Line(*pair, word, status), PAIRS, st.sampled_from(["hier", "enfin"]), STATUS)
TEXTS = st.dictionaries(st.sampled_from(["a.txt", "b.txt", "c.txt"]), st.lists(LINES, min_size=1, max_size=3).map(tuple))
WORLDS = st.builds(World, TEXTS, st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["FR", "BE"])), st.booleans())


@st.composite
def later(draw, world):
    """The world after a while: some documents as they were, with the same facts or others, some new."""
    documents = dict(draw(TEXTS))
    for name, lines in world.documents.items():
        fate = draw(st.sampled_from(["same", "read anew", "other", "longer"]))
        if fate in ("same", "longer"):
            documents[name] = lines if fate == "same" else (*lines, draw(LINES))
        elif fate == "read anew":
            documents[name] = tuple(Line(line.one, line.other, line.word, draw(STATUS)) for line in lines)
    other = draw(WORLDS)
    return World(documents, {**world.countries, **other.countries}, draw(st.sampled_from([world.merged, other.merged])))


def tables(world):
    """The tables of a world."""
    pairs = [stated(name, lines) for name, lines in sorted(world.documents.items()) if lines]
    named = {name for lines in world.documents.values() for line in lines for name in (line.one, line.other)}
    known = {name: {"country_code": code} for name, code in world.countries.items()}
    people = {name: org(name, **known.get(name, {})) for name in sorted(named)}
    if world.merged and {"Alpha", "Beta"} <= named:
        del people["Beta"]
        people["Alpha"] = org("Alpha", aliases=("Beta",), **known.get("Alpha", {}))
    there = any(line.status for lines in world.documents.values() for line in lines)
    return tables_of(pairs, Resolution(list(people.values()), [project(PROJECT)] * there, [programme(PROGRAMME)] * there))


def stated(name, lines):
    """A document with what is stated there, each sentence once."""
    lines = {(line.one, line.other, line.word): line for line in lines}.values()
    sentences = [f"{line.one} et {line.other} ont {line.word} signé pour {PROJECT} et {PROGRAMME}." for line in lines]
    read = document(name, "Deux accords.\n" + "\n".join(sentences))
    found = list(zip(lines, sentences, strict=True))
    told = [(line, quote(read.text, sentence)) for line, sentence in found if line.status]
    links = {frozenset((line.one, line.other)): (line, words) for line, words in told}.values()
    refused = [(line, quote(read.text, sentence)) for line, sentence in found if not line.status]
    names = list(dict.fromkeys(name for line in lines for name in (line.one, line.other)))
    kinds = {PROJECT: Label.PROJECT, PROGRAMME: Label.PROGRAMME} if told else {}
    made = [type(agreement(read, "A", "B"))("mou", line.status, (line.one,), (line.other,), (words,)) for line, words in links]
    members = tuple(Membership(line.one, "partner", (words,)) for line, words in told)
    return read, facts(
        read,
        *names,
        *kinds,
        labels=kinds,
        agreements=tuple(made),
        projects=(Project(PROJECT, members, (told[0][1],)),) if told else (),
        funding=tuple(Funding(PROJECT, (words,), PROGRAMME, amount=float(len(line.one))) for line, words in told[:1]),
        declared=(DeclaredCount("agreement", 2, len(made), quote(read.text, "Deux accords")),),
        refusals=tuple(Refusal(words.span, "signé", REASONS[line.word == "hier"]) for line, words in refused),
    )
