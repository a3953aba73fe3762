"""Who does what with whom: coordinated lists of names, subjects, and role words that stand for names.

A *party* is an entity key at a place of the text. A bystander ("membre de X", "organisé par Y") is never one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.core.facts import Label, Mention, Span
from pipeline.core.lexicon import Lexicon
from pipeline.core.territories import lookup
from pipeline.extraction.layout import Kind, Sentence
from pipeline.extraction.mentions import ORGANISATIONS, WEAK
from pipeline.extraction.reading import Reading

COORDINATOR = re.compile(r",|;|/|&|\+|\bet\b|\bainsi que\b|\bpuis\b|\bd['’]autre part\b|\bou\b|\bde m[êe]me que\b", re.IGNORECASE)
PARENTHESIS = re.compile(r"\([^()\n]{0,120}\)")
AS_WELL = re.compile(r"\b(?:ainsi|de m[êe]me) qu(?:e\b|['’])", re.IGNORECASE)
RELATIVE = re.compile(r"\A\s*,[^.;:\n]{3,160}?,\s*(?:et|ainsi que)\b")
WORDS = re.compile(r"[^\W\d_]+")
GLUE_WORDS = 14
BACK = 70
LEAST_LINES = 2
PRONOUN = re.compile(r"\b(?:il|elle|ils|elles|nous|celui-ci|celle-ci|ce dernier|cette derni[èe]re)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation or project taking part in what a sentence tells. `resolved` marks role words ("les deux clusters")."""

    entity: str
    span: Span
    label: Label
    resolved: bool = False


def parties_in(reading: Reading, span: Span) -> list[Party]:
    """Parties that a span names or refers to, in order, bystanders left out, one per entity and place."""
    named = [Party(m.entity, m.span, m.label) for m in reading.mentions_in(span.start, span.end) if takes_part(reading, m)]
    referred = [
        p
        for p in referred_parties(reading, span)
        if not any(p.span.overlaps(n.span) or follows_closely(reading.text, p.span, n.span) for n in named)
    ]
    return sorted([*named, *referred], key=lambda party: party.span)


def takes_part(reading: Reading, mention: Mention) -> bool:
    """Whether a mention can be a party: an organisation surely named that is no bystander and no state."""
    named = mention.label in ORGANISATIONS and mention.score > WEAK
    return named and not is_power(mention, reading.lexicon) and not bystander(reading.text, mention.span.start, reading.lexicon)


def is_power(mention: Mention, lexicon: Lexicon) -> bool:
    """Whether a mention names a state, a region or a union of states as such: their accords are no agreements of the table."""
    if mention.name in lexicon.words("powers"):
        return True
    land = lookup(mention.name) if mention.label is Label.PUBLIC else None
    return land is not None and land.kind in ("country", "region")


def bystander(text: str, start: int, lexicon: Lexicon) -> bool:
    """Whether the words before a name make its bearer a bystander."""
    before = text[max(0, start - BACK) : start].rsplit("\n", 1)[-1]
    return any(pattern.regex.search(before) for pattern in lexicon.patterns("bystanders"))


def follows_closely(text: str, role: Span, name: Span) -> bool:
    """Whether a name stands right after a role word, and so is what the word means ("le pôle de compétitivité santé Lyonbiopôle")."""
    return 0 <= name.start - role.end <= 40 and not re.search(
        r"[,.;:!?\n]|\b(?:a|ont|est|avec|et|de|du|des|pour)\b", text[role.end : name.start]
    )


def referred_parties(reading: Reading, span: Span) -> Iterator[Party]:
    """Parties that role words stand for: "les deux clusters" the last two named, "le pôle" the last cluster named or the topic."""
    for pattern in reading.lexicon.patterns("anaphora"):
        for match in pattern.regex.finditer(reading.text, span.start, span.end):
            keys = last_pair(reading, match.start()) if pattern.label == "pair" else last_cluster(reading, match.start())
            yield from (Party(key, Span(match.start(), match.end()), Label.CLUSTER, resolved=True) for key in keys)


def last_pair(reading: Reading, position: int) -> list[str]:
    """The two organisations that a text is about at a position: the topic and the last other one, clusters before others."""
    named = [
        m
        for m in reading.mentions_in(0, position)
        if m.label in (Label.CLUSTER, Label.ORG, Label.COMPANY, Label.RESEARCH, Label.ASSOCIATION) and m.score > 0.5
    ]
    clusters = [m for m in named if m.label is Label.CLUSTER]
    pool = (
        clusters
        if len({m.entity for m in clusters}) >= 2
        else [m for m in named if not bystander(reading.text, m.span.start, reading.lexicon)]
    )
    order = list(dict.fromkeys(m.entity for m in reversed(pool)))
    if reading.topic in order[:4]:
        order = [key for key in (reading.topic, *order) if key is not None]
        order = list(dict.fromkeys(order))
    return sorted(order[:2], key=lambda key: next(i for i, m in enumerate(named) if m.entity == key)) if len(order) >= 2 else []


def last_cluster(reading: Reading, position: int) -> list[str]:
    """The cluster that "le pôle" means at a position: the topic if it is one and was named, else the last one named."""
    before = [m.entity for m in reading.mentions_in(0, position) if m.label is Label.CLUSTER and m.score > 0.5]
    if reading.topic in before:
        return [reading.topic]
    return before[-1:]


def chain_from(reading: Reading, parties: Sequence[Party], first: int) -> list[Party]:
    """The parties that a coordination strings together from `parties[first]` on."""
    chain, last = [parties[first]], parties[first].span.end
    for party in parties[first + 1 :]:
        between = reading.text[last : party.span.start]
        if between.count("(") > between.count(")") or party.span.start < last:
            continue
        if party.span.start != chain[-1].span.start and not coordinates(between, reading.lexicon):
            break
        chain.append(party)
        last = party.span.end
    return chain


def coordinates(between: str, lexicon: Lexicon) -> bool:
    """Whether the words between two names coordinate them: a comma or "et", heads and appositions, no verb or new clause."""
    plain = AS_WELL.sub(", et ", RELATIVE.sub(", et ", PARENTHESIS.sub(" ", between), count=1))
    words = [word.lower() for word in WORDS.findall(plain)]
    if len(words) > GLUE_WORDS or re.search(r"[.!?\n:]", plain):
        return False
    return COORDINATOR.search(plain) is not None and not any(word in lexicon.words("chain_breakers") for word in words)


def chain_before(reading: Reading, parties: Sequence[Party], position: int) -> list[Party]:
    """The coordinated parties nearest before a position: the subject of what follows."""
    earlier = [p for p in parties if p.span.end <= position]
    if not earlier:
        return []
    first = len(earlier) - 1
    while first > 0 and (
        earlier[first - 1].span == earlier[first].span
        or coordinates(reading.text[earlier[first - 1].span.end : earlier[first].span.start], reading.lexicon)
    ):
        first -= 1
    return list(earlier[first:])


def chain_after(reading: Reading, parties: Sequence[Party], position: int, *, within: int = 160) -> list[Party]:
    """The coordinated parties whose first one begins within some code points after a position."""
    for index, party in enumerate(parties):
        if party.span.start >= position:
            return chain_from(reading, parties, index) if party.span.start - position <= within else []
    return []


def listed_parties(reading: Reading, sentence: Sentence, *, reach: int = 3, led: bool = False) -> list[Party]:
    """The first party of each list item that a sentence introduces.

    Args:
        reading: the document.
        sentence: the one that speaks of what is listed.
        reach: how many sentences, itself among them, may stand before the first item.
        led: whether the sentences between must lead to the list.
    """
    for candidate in reading.sentences[sentence.index : sentence.index + reach]:
        if candidate.index != sentence.index and (candidate.kind is Kind.ITEM or (led and not introduces(reading, candidate))):
            break
        items = reading.items_after(candidate) or bare_lines(reading, candidate)
        for least in (WEAK, 0.0):
            if parties := [party for item in items for party in item_parties(reading, item, least)]:
                return parties
    return []


def introduces(reading: Reading, sentence: Sentence) -> bool:
    """Whether a sentence after the one that speaks of agreements may still lead to their list: it ends with a colon or heads a part."""
    return sentence.kind is Kind.HEADING or reading.text[sentence.span.start : sentence.span.end].endswith(":")


def bare_lines(reading: Reading, introduction: Sentence) -> list[Sentence]:
    """Short lines without bullets after a line that ends with a colon: a list all the same."""
    if not reading.text[introduction.span.start : introduction.span.end].endswith(":"):
        return []
    lines: list[Sentence] = []
    for following in reading.sentences[introduction.index + 1 :]:
        if following.kind is not Kind.HEADING:
            break
        lines.append(following)
    return lines if len(lines) >= LEAST_LINES else []


def item_parties(reading: Reading, item: Sentence, least: float) -> list[Party]:
    """The party that a list item is about: its first one surer than `least`, with those coordinated to it."""
    heads = reading.lexicon.words("column_heads")
    inside = [m for m in reading.organisations_in(item.span.start, item.span.end) if m.score > least and m.name.lower() not in heads]
    named = [Party(m.entity, m.span, m.label) for m in inside]
    return chain_from(reading, named, 0)[:4] if named and named[0].span.start - item.span.start < 60 else []


def parenthesised_parties(reading: Reading, sentence: Sentence, position: int) -> list[Party]:
    """The parties listed in a parenthesis after a position, if there are two or more."""
    for match in re.finditer(r"\(([^()]{20,600})\)", reading.text[position : sentence.span.end]):
        start, end = position + match.start(1), position + match.end(1)
        found = [Party(m.entity, m.span, m.label) for m in reading.organisations_in(start, end)]
        if len({party.entity for party in found}) >= 2:
            return found
    return []


def distinct(parties: Sequence[Party]) -> list[str]:
    """Entity keys in order, each once."""
    return list(dict.fromkeys(party.entity for party in parties))
