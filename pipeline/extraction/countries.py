"""Which country, and which region, a document gives to each organisation: brackets, appositions, adjectives, headings, names.

Every construction votes with a weight; the country with the most votes wins, and the weightiest vote for it gives the region.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.core.facts import Entity, Label, Mention, Span
from pipeline.core.lexicon import Lexicon
from pipeline.core.territories import Territory
from pipeline.extraction.gazetteer import entries_by_id
from pipeline.extraction.layout import Sentence, sentence_at
from pipeline.extraction.mentions import ORGANISATIONS, WEAK
from pipeline.extraction.places import Place

CELL = re.compile(r"[ \u00a0]*(?:\||\t|,|[-–—])[ \t\u00a0]*")
FRENCH_POLE = re.compile(r"p[ôo]les? de comp[ée]titivit[ée][^.\n,;]{0,40}\Z", re.IGNORECASE)
LOCATIVE = re.compile(
    r"\s*,?\s*(?:(?:bas[ée]e?s?|situ[ée]e?s?|install[ée]e?s?|implant[ée]e?s?|[ée]tablie?s?)\s+)?"
    r"(?:en|au|aux|à|dans (?:le|la|l['’])|de|du|d['’])\s*(?:la |l['’]|le )?\Z",
    re.IGNORECASE,
)
GAP_WORDS = 7
GAP_STOP = re.compile(r"[.;:!?()\n]|\d")
AFTER_HEAD = re.compile(r"\s*,\s*(?:(?:le|la|l['’]|un|une)\s*)?(?:[a-zéèê]+\s+){1,3}\Z")
OPEN, ADJACENT, ADJECTIVE, HEADING, INSIDE, LISTED, DEFAULT, HOME = 5.0, 4.0, 3.0, 4.0, 2.5, 1.0, 1.0, 0.4
NEAR = 60


@dataclass(frozen=True, slots=True)
class Vote:
    """One construction's word on where an entity is."""

    entity: str
    territory: Territory | None
    country: str
    weight: float


def locate(
    text: str,
    entities: Sequence[Entity],
    mentions: Sequence[Mention],
    places: Sequence[Place],
    sentences: Sequence[Sentence],
    lexicon: Lexicon,
) -> list[Entity]:
    """The entities with the country and region that the document gives them, unknown ones unchanged."""
    votes: dict[str, list[Vote]] = defaultdict(list)
    if entities and (home := home_vote(mentions, places)):
        votes[home.entity].append(home)
    for vote in cast_votes(text, mentions, places, sentences, lexicon):
        votes[vote.entity].append(vote)
    return [with_country(entity, votes[entity.key]) for entity in entities]


def home_vote(mentions: Sequence[Mention], places: Sequence[Place]) -> Vote | None:
    """A weak vote for the organisation named most: the country whose places the text names most."""
    named = Counter(m.entity for m in mentions if m.label in ORGANISATIONS and m.label is not Label.PUBLIC and m.score > WEAK)
    countries = Counter(place.territory.country_code for place in places)
    if not named or not countries:
        return None
    return Vote(named.most_common(1)[0][0], None, countries.most_common(1)[0][0], HOME)


def with_country(entity: Entity, votes: Sequence[Vote]) -> Entity:
    """The entity with the country that most votes give."""
    if not votes:
        return entity
    totals: dict[str, float] = defaultdict(float)
    for vote in votes:
        totals[vote.country] += vote.weight
    country = max(totals, key=lambda code: (totals[code], code))
    regions = [v for v in votes if v.country == country and v.territory is not None and v.territory.kind == "region" and v.weight > LISTED]
    region = max(regions, key=lambda v: v.weight).territory if regions else None
    return replace(entity, country_code=country, region=region.region or region.name if region else None)


def cast_votes(
    text: str, mentions: Sequence[Mention], places: Sequence[Place], sentences: Sequence[Sentence], lexicon: Lexicon
) -> Iterator[Vote]:
    """All votes of a document."""
    known = entries_by_id(lexicon)
    organisations = [m for m in mentions if m.label in ORGANISATIONS]
    for index, mention in enumerate(organisations):
        following = organisations[index + 1].span.start if index + 1 < len(organisations) else len(text)
        sentence = sentence_at(sentences, mention.span.start)
        near = [p for p in places if sentence.span.covers(p.span)]
        yield from nearby_votes(text, mention, near, following, lexicon)
        yield from heading_votes(text, mention, near, sentence)
        if mention.method in known and (country := known[mention.method].country_code):
            yield Vote(mention.entity, None, country, LISTED)
        elif FRENCH_POLE.search(text, max(0, mention.span.start - NEAR), mention.span.start):
            yield Vote(mention.entity, None, "FR", DEFAULT)


def nearby_votes(text: str, mention: Mention, places: Sequence[Place], following: int, lexicon: Lexicon) -> Iterator[Vote]:
    """Votes of the places inside, right before and right after a mention."""
    for place in places:
        if weight := nearness(text, mention.span, place, following, lexicon):
            yield Vote(mention.entity, place.territory, place.territory.country_code, weight)


def nearness(text: str, name: Span, place: Place, following: int, lexicon: Lexicon) -> float:
    """Weight of a place for a name by where it stands; 0 if it says nothing of it."""
    if name.covers(place.span):
        return INSIDE
    if place.span.start >= name.end and place.span.start < following:
        return after_name(text[name.end : place.span.start], place)
    if place.span.end <= name.start and place.territory.kind == "demonym" and name.start - place.span.end <= NEAR:
        return ADJECTIVE if adjoins(text[place.span.end : name.start], lexicon) else 0.0
    return 0.0


def adjoins(between: str, lexicon: Lexicon) -> bool:
    """Whether an adjective belongs to the name after it: only its noun and more adjectives stand between ("américain, le cluster X")."""
    words = re.findall(r"[^\W\d_]+", between)
    links = lexicon.words("not_adjectives") - {"le", "la", "l", "les", "de", "son", "sa"}
    return len(words) <= GAP_WORDS and not GAP_STOP.search(between) and not any(w in links or w[0].isupper() for w in words)


def after_name(between: str, place: Place) -> float:
    """Weight of a place after a name: "(Piémont)", "Chine", ", en Belgique", ", cluster anglais"."""
    if re.fullmatch(r"[»”\"]?[\s\u00a0]*\((?:[^()]{0,40}[,/\s])?", between):
        return OPEN
    if between.strip(" \u00a0-–") == "" and place.territory.kind == "country":
        return ADJACENT
    if place.territory.kind == "country" and CELL.fullmatch(between):
        return ADJACENT
    if LOCATIVE.fullmatch(between):
        return ADJACENT - 1
    if place.territory.kind == "demonym" and AFTER_HEAD.fullmatch(between):
        return ADJECTIVE
    return (
        ADJECTIVE
        if len(between) <= 70
        and re.match(r",\s", between)
        and re.search(r"\b(?:en|au|aux|à|de|du|d['’])\s*(?:la |l['’]|le )?\Z", between)
        and not re.search(r"[.;:]|\b(?:et|avec|qui)\b", between)
        else 0.0
    )


def heading_votes(text: str, mention: Mention, places: Sequence[Place], sentence: Sentence) -> Iterator[Vote]:
    """Votes of a place that opens the line ("Espagne – A et B"), or stands before the bracket that the name is in ("d'Espagne (A, B)")."""
    for place in places:
        opens = place.span.start - sentence.span.start <= 4 and re.match(r"\s*[–—:-]\s|\s*:", text[place.span.end : place.span.end + 4])
        bracket = re.fullmatch(r"\s*\([^()]*", text[place.span.end : mention.span.start]) if place.span.end <= mention.span.start else None
        if place.territory.kind != "demonym" and ((opens and place.span.end <= mention.span.start) or bracket):
            yield Vote(mention.entity, place.territory, place.territory.country_code, HEADING)
