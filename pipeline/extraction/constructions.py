"""Constructions that tell the parties of an agreement: "entre A et B", "A … avec B", "signé par A et B", a list, a pronoun that ties.

Each takes a `Scene` (a trigger in its sentence, with the parties around it) and gives both sides or None.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.core.facts import Label, Span
from pipeline.extraction.layout import Kind, Sentence
from pipeline.extraction.nearby import nearby_pair, opens_entry
from pipeline.extraction.parties import (
    PRONOUN,
    Party,
    chain_after,
    chain_before,
    distinct,
    listed_parties,
    parenthesised_parties,
    parties_in,
)
from pipeline.extraction.reading import Reading, first_match
from pipeline.extraction.scene import SOFT, Link, Scene
from pipeline.extraction.triggers import plural
from pipeline.extraction.united import by_agents, enclosed, subjects

BETWEEN = re.compile(
    r"\b(?:entre|liant|reliant|unissant|associant|rapprochant|(?:re)?li(?:e|ent|ait|aient)|un(?:it|issent|issait|issaient))\b",
    re.IGNORECASE,
)
WITH = re.compile(r"\b(?:avec|aupr[èe]s d|à|aux?|(?<=li[ée] )à|rejoint|aux côtés d)(?=\b|['’])", re.IGNORECASE)
STRICT_WITH = re.compile(r"\bavec\b", re.IGNORECASE)
TIE = re.compile(
    r"\b(?:l['’]|les? |la |nous )(?:un(?:it|issent|ira|iront|issait)|(?:re)?li(?:e|ent|ait|aient|era)|associe(?:nt)?|"
    r"rapproche(?:nt)?|jumelle|r?attache(?:nt)?|a (?:r?attach|li|uni)[ée]?e?s?)\b"
    r"[^.;:\n]{0,40}?\b(?:à|aux?|avec)\b",
    re.IGNORECASE,
)
MORE = re.compile(
    r"[^.;\n]{0,60}?\b(?:et|puis|ainsi que|l['’]autre|une autre|un autre|,)[^.;:\n]{0,40}?\b(?:avec|à|aux?)\b[^.;:,\n]{0,50}", re.IGNORECASE
)
CLITIC = re.compile(r"(?:\b(?:l|s)['’]|\b(?:la|les?|nous|vous|se) )\Z", re.IGNORECASE)
COUNTED = re.compile(
    r"\b(?:\d{1,2}|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|vingt)"
    r"(?: (?:nouveaux|nouvelles|premi\w+|autres|projets? de))?\s+\Z",
    re.IGNORECASE,
)
VERBS = ("agreement.verb.associate", "agreement.verb.link")
BODY = re.compile(r"\b(?:de|dans|par) l['’]\Z", re.IGNORECASE)
"""Before "alliance" it makes a body of it: "les clusters de l'alliance"."""
VAGUE = ("agreement.accord", "agreement.signatories", "agreement.partner.is", "agreement.partner.after")
FAR = 6
"""So many sentences after a counted introduction ("huit accords") its list may begin."""
OPENING = 40
BACK = 90
ROW_OPENING, PARTNER_REACH = 8, 40


def find_link(scene: Scene) -> Link | None:
    """The first construction that gives two different sides to a trigger."""
    for construction in (in_row, known_partner, listed, between, partner_of, tied, with_counterpart, by_agents, subjects, enclosed, nearby):
        link = construction(scene)
        if link is not None and link.signatories and link.counterparts and set(link.signatories) != set(link.counterparts):
            return link
    return None


def in_row(scene: Scene) -> Link | None:
    """A table row such as "B | Norvège | mémorandum | 2016": its first name, with the organisation that the text is about."""
    if scene.sentence.kind is not Kind.ROW or not scene.parties or scene.parties[0].span.start - scene.within.start > ROW_OPENING:
        return None
    first = scene.parties[0].entity
    owner = [key for key in [scene.reading.topic] if key is not None and key != first]
    return Link(tuple(owner), (first,), "row") if len(distinct(scene.parties)) == 1 else None


def known_partner(scene: Scene) -> Link | None:
    """ "B, notre partenaire depuis 2021", "B, partenaire du cluster": the name right before the words."""
    if scene.trigger.method != "agreement.partner.after":
        return None
    near = [p for p in scene.parties if 0 <= scene.at.start - p.span.end <= PARTNER_REACH and not p.resolved][-1:]
    owner = [key for key in [scene.reading.topic] if key is not None and key not in distinct(near)]
    return Link(tuple(owner), tuple(distinct(near)), "partner")


def listed(scene: Scene) -> Link | None:
    """A list or a parenthesis of counterparts after the trigger."""
    if scene.trigger.method in SOFT:
        return None
    leading = re.search(r"(?:suivant\w*|ci-dessous|list\w+|:)\s*$", scene.within.quote(scene.text))
    counted = leading or (plural(scene.trigger, scene.reading) and with_counterpart(scene) is None)
    number = COUNTED.search(scene.text, max(scene.within.start, scene.at.start - OPENING), scene.at.start) is not None
    named = (
        (listed_parties(scene.reading, scene.sentence, reach=FAR if number else 3, led=not number) if counted else [])
        or parenthesised_parties(scene.reading, scene.sentence, scene.at.end)
        or inline_list(scene)
    )
    before = [p.entity for p in chain_before(scene.reading, scene.parties, scene.at.start)]
    counterparts = [key for key in distinct(named) if key not in before]
    if not counterparts:
        return None
    return Link(signing_side(scene, counterparts), tuple(counterparts), "list")


def inline_list(scene: Scene) -> list[Party]:
    """Three or more names after a colon in the trigger's own scene.sentence."""
    colon = re.search(r":\s", scene.text[scene.at.end : scene.within.end])
    chain = chain_after(scene.reading, scene.parties, scene.at.end + colon.end(), within=60) if colon else []
    return chain if len(distinct(chain)) >= 2 else []


def between(scene: Scene) -> Link | None:
    """Parties after "entre" or "liant", behind the trigger or right before it."""
    behind = BETWEEN.search(scene.text, scene.at.end, scene.reach)
    match = behind or BETWEEN.search(scene.text, max(scene.within.start, scene.at.start - BACK), scene.at.start)
    if match and CLITIC.search(scene.text, scene.within.start, match.start()):
        return None
    chain = paired_chain(scene.reading, scene.parties, match.end()) if match else []
    keys = distinct(chain)
    return Link((keys[0],), tuple(keys[1:]), "between") if len(keys) >= 2 else None


def paired_chain(reading: Reading, parties: Sequence[Party], position: int) -> list[Party]:
    """The parties after a position, "à B" and "avec B" counted as coordination."""
    chain = chain_after(reading, parties, position, within=90)
    if chain:
        rest = [p for p in parties if p.span.start >= chain[-1].span.end]
        glue = reading.text[chain[-1].span.end : rest[0].span.start] if rest else "."
        if rest and len(glue) < 60 and re.search(r"\b(?:à|au|aux|avec)\b", glue) and not re.search(r"[.;:]", glue):
            return [*chain, *chain_after(reading, rest, rest[0].span.start)]
    return chain


def partner_of(scene: Scene) -> Link | None:
    """ "A … son partenaire tunisien, B": B right after the words, A the subject or the topic."""
    if scene.trigger.method != "agreement.partner.of":
        return None
    chain = [p for p in chain_after(scene.reading, scene.parties, scene.at.end, within=50) if not p.resolved][:3]
    owner = chain_before(scene.reading, scene.parties, scene.at.start)[-1:] or topic_party(scene.reading, scene.sentence, distinct(chain))
    counterparts = [key for key in distinct(chain) if key not in {p.entity for p in owner}]
    return Link(tuple(distinct(owner)), tuple(counterparts), "partner") if owner and counterparts else None


def tied(scene: Scene) -> Link | None:
    """ "une convention la lie à B", "est partenaire de B": the other side is a pronoun or the subject."""
    is_partner = scene.trigger.method == "agreement.partner.is"
    match = scene.at if is_partner else tie(scene.text, scene.within, scene.at)
    if match is None:
        return None
    chain = all_chains(scene.reading, scene.sentence, scene.parties, match.end)
    owner = chain_before(scene.reading, scene.parties, scene.at.start) if is_partner else []
    owner = owner or topic_party(scene.reading, scene.sentence, distinct(chain))
    counterparts = [key for key in distinct(chain) if key not in {p.entity for p in owner}]
    return Link(tuple(distinct(owner)), tuple(counterparts), "with") if owner and counterparts else None


def tie(text: str, sentence: Span, trigger: Span) -> Span | None:
    """Where "l'unit à", "la lie au" stands near a trigger."""
    match = TIE.search(text, max(sentence.start, trigger.start - 120), min(sentence.end, trigger.end + 120))
    return Span(match.start(), match.end()) if match else None


def all_chains(reading: Reading, sentence: Sentence, parties: Sequence[Party], position: int) -> list[Party]:
    """Coordinated parties after a position, with those that "et avec", "l'autre avec", "une autre à" adds."""
    chain = chain_after(reading, parties, position, within=110)
    while chain:
        rest = [p for p in parties if p.span.start >= chain[-1].span.end and p not in chain]
        if not rest or not MORE.fullmatch(reading.text[chain[-1].span.end : rest[0].span.start]):
            break
        chain = [*chain, *chain_after(reading, rest, rest[0].span.start)]
    return chain


def with_counterpart(scene: Scene) -> Link | None:
    """ "A … avec B (et C)"; with a verb trigger also "A s'allie à B"."""
    marker = WITH if scene.trigger.method in VERBS or scene.trigger.kind in ("alliance", "twinning") else STRICT_WITH
    for match in marker.finditer(scene.text, scene.at.start, scene.reach):
        chain = all_chains(scene.reading, scene.sentence, scene.parties, match.end())
        if chain and plain_way(scene.text[match.end() : chain[0].span.start]):
            return against(scene, chain)
    return reversed_with(scene)


def plain_way(between: str) -> bool:
    """Whether only a head noun and its adjectives lie between "avec" and a name."""
    return not re.search(r"[.;:!?\n]|\b(?:qui|que|pour|afin|dont|et|ou|lors|dans|a|ont|est)\b", between, re.IGNORECASE)


def reversed_with(scene: Scene) -> Link | None:
    """ "Avec B, A a signé un accord": the counterpart stands first."""
    match = STRICT_WITH.search(scene.text, scene.within.start, scene.at.start)
    if match is None:
        return None
    chain = [p for p in chain_after(scene.reading, scene.parties, match.end(), within=90) if p.span.end <= scene.at.start]
    chain = chain[: 1 + next((i for i, (a, b) in enumerate(pairwise(chain)) if bare_comma(scene.text, a, b)), len(chain))]
    rest = replace(scene, parties=[p for p in scene.parties if p not in chain])
    return against(rest, chain) if chain else None


def bare_comma(text: str, left: Party, right: Party) -> bool:
    """Whether nothing but a comma stands between two parties: after "Avec B," the subject begins."""
    return re.fullmatch(r"\s*,\s*(?:le |la |l['’])?", text[left.span.end : right.span.start]) is not None


def against(scene: Scene, chain: Sequence[Party]) -> Link | None:
    """A link whose counterparts are known and whose signing side is the subject."""
    counterparts = distinct(chain)
    signatories = signing_side(scene, counterparts)
    return Link(signatories, tuple(key for key in counterparts if key not in signatories), "with") if signatories else None


def nearby(scene: Scene) -> Link | None:
    """A sentence that tells the status of an agreement whose parties stand around it, or an entry of a list of agreements."""
    if scene.trigger.method in (*SOFT, *VAGUE) or plural(scene.trigger, scene.reading) or tells(scene, "wishes"):
        return None
    if scene.trigger.kind == "alliance" and BODY.search(scene.text, scene.within.start, scene.at.start):
        return None
    if not tells(scene, "status") and not opens_entry(scene.reading, scene.sentence, scene.parties):
        return None
    pair = nearby_pair(scene.reading, scene.sentence, scene.parties)
    return Link(pair[:1], pair[1:], "nearby") if pair else None


def tells(scene: Scene, words: str) -> bool:
    """Whether a sentence has one of the patterns of a file."""
    return first_match(scene.reading.lexicon.patterns(words), scene.text, scene.within.start, scene.within.end) is not None


def signing_side(scene: Scene, counterparts: Sequence[str]) -> tuple[str, ...]:
    """Who signs: the members of the project in whose name it is done, else the subject, else whom the text is about."""
    project = signing_project(scene)
    if project and (signing := [key for key in scene.members.get(project, []) if key not in counterparts]):
        return tuple(signing)
    candidates = [p for p in scene.parties if p.entity not in counterparts]
    subject = chain_before(scene.reading, candidates, scene.at.start) or [p for p in candidates if p.span.start < scene.at.start][-1:]
    chosen = subject or topic_party(scene.reading, scene.sentence, counterparts)
    return tuple(distinct(chosen))


def topic_party(reading: Reading, sentence: Sentence, others: Sequence[str] = ()) -> list[Party]:
    """The organisation that a sentence without a named subject is about.

    After a pronoun the first one of the sentence before; else the topic of the text; if that is among `others`, whoever the sentence
    before names first.
    """
    previous = reading.sentences[max(0, sentence.index - 1)]
    before = [p for p in parties_in(reading, previous.span) if p.label is not Label.PUBLIC and p.entity not in others]
    if PRONOUN.search(reading.text, sentence.span.start, sentence.span.start + OPENING) and sentence.index > 0 and before:
        return before[:1]
    if reading.topic and reading.topic not in others:
        return [Party(reading.topic, sentence.span, Label.CLUSTER, resolved=True)]
    return before[:1]


def signing_project(scene: Scene) -> str | None:
    """The project in whose name a sentence's agreements are signed: named in the sentence, or in the one before for a list."""
    for window in (scene.sentence, scene.reading.sentences[max(0, scene.sentence.index - 1)]):
        named = [m.entity for m in scene.reading.projects_in(window.span.start, window.span.end)]
        if usable := [key for key in named if len(scene.members.get(key, [])) >= 2]:
            return usable[0]
        if scene.reading.organisations_in(window.span.start, scene.at.start if window is scene.sentence else window.span.end):
            return None
    return None
