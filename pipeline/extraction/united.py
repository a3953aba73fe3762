"""Constructions in which the parties act together: "signé par A et B", "A et B ont signé", "A – B : signature d'un accord"."""

import re
from collections.abc import Sequence

from pipeline.extraction.layout import Kind
from pipeline.extraction.parties import Party, chain_after, chain_before, distinct
from pipeline.extraction.scene import SOFT, Link, Scene
from pipeline.extraction.triggers import status_of

BY = re.compile(r"\b(?:par|de la part d)\b", re.IGNORECASE)
TOGETHER = re.compile(r"\b(?:à trois|tripartites?|(?:les|ces) trois|trio|ces trois|à trois (?:mains|voix))\b", re.IGNORECASE)
JOINED = re.compile(r"\brejoi(?:nt|gnent|ndra|gnait)\b", re.IGNORECASE)
HALVES = re.compile(r"\bd['’]une part\b", re.IGNORECASE)
JOINED_REACH = 40
MOST_UNITED = 3
"""So many subjects of one verb make an agreement; more that unite are a project."""


def by_agents(scene: Scene) -> Link | None:
    """ "accord signé par A et B"."""
    match = BY.search(scene.text, scene.at.end, min(scene.within.end, scene.at.end + 120))
    keys = distinct(chain_after(scene.reading, scene.parties, match.end(), within=60)) if match else []
    return Link((keys[0],), tuple(keys[1:]), "agents") if len(keys) >= 2 else None


def subjects(scene: Scene) -> Link | None:
    """ "A et B ont signé …": two or more subjects before the trigger, near it."""
    chain = chain_before(scene.reading, scene.parties, scene.at.start)
    keys = distinct(chain)
    if scene.trigger.method == "agreement.signatories":
        return signatories_named(scene)
    if not 2 <= len(keys) <= 4 or scene.at.start - chain[-1].span.end > 120:
        return None
    if halves := two_halves(scene, chain):
        return halves
    if third := third_party(scene, chain):
        return Link((third,), tuple(keys), "subjects")
    if len(keys) > MOST_UNITED:
        return None
    if scene.trigger.method == "agreement.partner.of" or (
        scene.trigger.method == "agreement.verb.link" and status_of(scene.reading, scene.sentence, scene.trigger) == "active"
    ):
        return None
    return Link((keys[0],), tuple(keys[1:]), "subjects")


def two_halves(scene: Scene, chain: Sequence[Party]) -> Link | None:
    """ "A et B, d'une part, C et D, d'autre part": two sides of several parties."""
    parting = HALVES.search(scene.text, chain[0].span.end, chain[-1].span.start)
    if parting is None:
        return None
    left, right = ([p for p in chain if (p.span.start < parting.start()) is before] for before in (True, False))
    return Link(tuple(distinct(left)), tuple(distinct(right)), "halves")


def third_party(scene: Scene, chain: Sequence[Party]) -> str | None:
    """Whom a link "à trois" adds to the two names before its words, or who "a rejoint" them: the subject before them, else the topic."""
    start = chain[0].span.start
    joined = JOINED.search(scene.text, max(scene.within.start, start - JOINED_REACH), start)
    if len(distinct(chain)) != 2 or not (joined or TOGETHER.search(scene.text, scene.within.start, scene.within.end)):
        return None
    before = [p.entity for p in scene.parties if p.span.end <= start and p not in chain]
    others = [key for key in (*reversed(before), scene.reading.topic) if key is not None and key not in distinct(chain)]
    return others[0] if others else None


def signatories_named(scene: Scene) -> Link | None:
    """ "Y sont parties A, B et C": all parties stand after the words."""
    keys = distinct(chain_after(scene.reading, scene.parties, scene.at.end))
    return Link((keys[0],), tuple(keys[1:]), "signatories") if len(keys) >= 2 else None


def enclosed(scene: Scene) -> Link | None:
    """A heading such as "A – B : signature d'un accord" or "Accord A / B"."""
    if scene.sentence.kind is not Kind.HEADING or scene.trigger.method in SOFT:
        return None
    chain = chain_after(scene.reading, scene.parties, scene.at.end, within=30)
    keys = distinct(chain)
    return Link((keys[0],), tuple(keys[1:]), "heading") if len(keys) == 2 else None
