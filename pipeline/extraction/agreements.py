"""Mentions + dates + text → agreements with evidence.

For each trigger word of a sentence: is it refused (another sense, a denial)? Which construction tells the parties ("entre A et B", "A … avec B",
"signé par A et B", "A et B …", a list, a parenthesis)? Which kind, status and dates? What gives no fact is kept as a refusal with its reason.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from pipeline.core.facts import Agreement, DatedExpression, Evidence, Label, Refusal, Span
from pipeline.core.lexicon import Pattern
from pipeline.extraction.layout import Kind, Sentence
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
from pipeline.extraction.periods import Period, duration_months, partial_date
from pipeline.extraction.reading import Reading, first_match

BETWEEN = re.compile(
    r"\b(?:entre|liant|lie(?:nt)?|reliant|relie(?:nt)?|unissant|unit|unissent|associant|rapprochant|rapproche|r[ée]unissant|de|des|du)\b|\bd['’]",
    re.IGNORECASE,
)
STRICT_BETWEEN = re.compile(r"\b(?:entre|liant|reliant|unissant|associant|rapprochant)\b", re.IGNORECASE)
WITH = re.compile(r"\b(?:avec|aupr[èe]s d|à|aux?|(?<=li[ée] )à|rejoint|aux côtés d)(?=\b|['’])", re.IGNORECASE)
STRICT_WITH = re.compile(r"\bavec\b", re.IGNORECASE)
BY = re.compile(r"\b(?:par|de la part d)\b", re.IGNORECASE)
TIE = re.compile(
    r"\b(?:l['’]|les? |la |nous )(?:un(?:it|issent|ira|iront|issait)|(?:re)?li(?:e|ent|ait|aient|era)|associe(?:nt)?|rapproche(?:nt)?|jumelle|rattache(?:nt)?)\b"
    r"[^.;:\n]{0,40}?\b(?:à|aux?|avec)\b",
    re.IGNORECASE,
)
MORE = re.compile(
    r"[^.;\n]{0,60}?\b(?:et|puis|ainsi que|l['’]autre|une autre|un autre|,)[^.;:\n]{0,40}?\b(?:avec|à|aux?)\b[^.;:,\n]{0,50}", re.IGNORECASE
)
DEMONSTRATIVE = re.compile(r"\b(?:ce|cet|cette|ces|ledit|ladite|le pr[ée]sent)\s+(?:\d+\s+|\w+\s+)?\Z", re.IGNORECASE)
VERBS = ("agreement.verb.associate", "agreement.verb.link")
SOFT = ("agreement.verb.link", "agreement.partner.of", "agreement.verb.associate")
REACH = 200
OPENING = 40
FOUND, WEAKER = 0.85, 0.6


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word that may state an agreement: where, of which kind, by which pattern."""

    span: Span
    kind: str
    method: str


@dataclass(frozen=True, slots=True)
class Link:
    """Two sides that a construction gives to a trigger, before status and dates."""

    signatories: tuple[str, ...]
    counterparts: tuple[str, ...]
    construction: str
    end: int


def find_agreements(reading: Reading, members: dict[str, list[str]]) -> tuple[list[Agreement], list[Refusal]]:
    """All agreements that a document states, and the trigger sentences that gave none.

    Args:
        reading: the document with mentions and dates.
        members: project key → member keys, to know who signs in a project's name.
    """
    found: list[Agreement] = []
    refusals: list[Refusal] = []
    for sentence in reading.sentences:
        triggers = list(find_triggers(reading, sentence))
        facts = [fact for trigger in triggers for fact in agreements_of(reading, sentence, trigger, members, found)]
        found.extend(facts)
        if triggers and not facts:
            refusals.append(refusal(reading, sentence, triggers[0]))
    return merge_agreements(found), refusals


def find_triggers(reading: Reading, sentence: Sentence) -> Iterator[Trigger]:
    """Trigger words of a sentence, the first pattern that matches a place deciding its kind."""
    taken: list[Span] = [m.span for m in reading.mentions_in(sentence.span.start, sentence.span.end)]
    for pattern in reading.lexicon.patterns("agreements"):
        for match in pattern.regex.finditer(reading.text, sentence.span.start, sentence.span.end):
            span = Span(match.start(), match.end())
            if not any(span.overlaps(other) for other in taken):
                taken.append(span)
                yield Trigger(span, pattern.label, pattern.id)


def refusing(reading: Reading, sentence: Sentence, trigger: Trigger) -> Pattern | None:
    """The refusal pattern that covers a trigger, if any."""
    for pattern in reading.lexicon.patterns("refusals"):
        for match in pattern.regex.finditer(reading.text, sentence.span.start, sentence.span.end):
            if Span(match.start(), match.end()).overlaps(trigger.span):
                return pattern
    return None


def refusal(reading: Reading, sentence: Sentence, trigger: Trigger) -> Refusal:
    """The ledger's line for a trigger sentence without a fact."""
    pattern = refusing(reading, sentence, trigger)
    denied = status_of(reading, sentence, trigger) == "denied"
    reason = pattern.label if pattern else "denied" if denied else "no two named parties linked by it"
    return Refusal(sentence.span, trigger.span.quote(reading.text), reason)


def agreements_of(
    reading: Reading, sentence: Sentence, trigger: Trigger, members: dict[str, list[str]], earlier: list[Agreement]
) -> list[Agreement]:
    """The agreements that one trigger states."""
    if refusing(reading, sentence, trigger) is not None:
        return []
    status = status_of(reading, sentence, trigger)
    if status == "denied":
        return []
    links = [link for link in find_links(reading, sentence, trigger, members) if link.signatories and link.counterparts]
    if not links and DEMONSTRATIVE.search(reading.text, max(0, trigger.span.start - 30), trigger.span.start):
        learn(reading, sentence, trigger, status, earlier)
    return [fact for link in links for fact in make_agreements(reading, sentence, trigger, status, link, members)]


def find_links(reading: Reading, sentence: Sentence, trigger: Trigger, members: dict[str, list[str]]) -> Iterator[Link]:
    """The first construction that gives both sides to a trigger."""
    parties = parties_in(reading, sentence.span)
    for construction in (listed, between, partner_of, tied, with_counterpart, by_agents, subjects, enclosed):
        link = construction(reading, sentence, trigger, parties, members)
        if link is not None and set(link.signatories) != set(link.counterparts):
            yield link
            return


def listed(reading: Reading, sentence: Sentence, trigger: Trigger, parties: Sequence[Party], members: dict[str, list[str]]) -> Link | None:
    """A list or a parenthesis of counterparts after the trigger."""
    if trigger.method in SOFT:
        return None
    counted = re.search(r"(?:suivant\w*|ci-dessous|list\w+|:)\s*$", sentence.span.quote(reading.text)) or plural(trigger, reading)
    named = (
        (listed_parties(reading, sentence) if counted else [])
        or parenthesised_parties(reading, sentence, trigger.span.end)
        or inline_list(reading, sentence, trigger, parties)
    )
    before = [p.entity for p in chain_before(reading, parties, trigger.span.start)]
    counterparts = [key for key in distinct(named) if key not in before]
    if not counterparts:
        return None
    return Link(signing_side(reading, sentence, trigger, parties, members, counterparts), tuple(counterparts), "list", sentence.span.end)


def inline_list(reading: Reading, sentence: Sentence, trigger: Trigger, parties: Sequence[Party]) -> list[Party]:
    """Three or more names after a colon in the trigger's own sentence."""
    colon = re.search(r":\s", reading.text[trigger.span.end : sentence.span.end])
    chain = chain_after(reading, parties, trigger.span.end + colon.end(), within=60) if colon else []
    return chain if len(distinct(chain)) >= 2 else []


def plural(trigger: Trigger, reading: Reading) -> bool:
    """Whether a trigger is in the plural."""
    return trigger.span.quote(reading.text).split()[0].rstrip(",").endswith(("s", "S"))


def between(reading: Reading, sentence: Sentence, trigger: Trigger, parties: Sequence[Party], members: dict[str, list[str]]) -> Link | None:
    """ "… entre A et B", "liant A à B"."""
    match = STRICT_BETWEEN.search(reading.text, trigger.span.end, min(sentence.span.end, trigger.span.end + REACH))
    if (
        match is None
        and (match := STRICT_BETWEEN.search(reading.text, max(sentence.span.start, trigger.span.start - 90), trigger.span.start)) is None
    ):
        return None
    chain = paired_chain(reading, parties, match.end())
    keys = distinct(chain)
    return Link((keys[0],), tuple(keys[1:]), "between", chain[-1].span.end) if len(keys) >= 2 else None


def paired_chain(reading: Reading, parties: Sequence[Party], position: int) -> list[Party]:
    """The parties after a position, "à B" and "avec B" counted as coordination."""
    chain = chain_after(reading, parties, position, within=90)
    if chain:
        rest = [p for p in parties if p.span.start >= chain[-1].span.end]
        glue = reading.text[chain[-1].span.end : rest[0].span.start] if rest else "."
        if rest and len(glue) < 60 and re.search(r"\b(?:à|au|aux|avec)\b", glue) and not re.search(r"[.;:]", glue):
            return [*chain, *chain_after(reading, rest, rest[0].span.start)]
    return chain


def partner_of(
    reading: Reading, sentence: Sentence, trigger: Trigger, parties: Sequence[Party], members: dict[str, list[str]]
) -> Link | None:
    """ "A … son partenaire tunisien, B": B right after the words, A the subject or the topic."""
    if trigger.method != "agreement.partner.of":
        return None
    chain = [p for p in chain_after(reading, parties, trigger.span.end, within=50) if not p.resolved][:3]
    owner = chain_before(reading, parties, trigger.span.start)[-1:] or topic_party(reading, sentence, distinct(chain))
    counterparts = [key for key in distinct(chain) if key not in {p.entity for p in owner}]
    return Link(tuple(distinct(owner)), tuple(counterparts), "partner", chain[-1].span.end) if owner and counterparts else None


def tied(reading: Reading, sentence: Sentence, trigger: Trigger, parties: Sequence[Party], members: dict[str, list[str]]) -> Link | None:
    """ "une convention la lie à B", "est partenaire de B": the other side is a pronoun or the subject."""
    is_partner = trigger.method == "agreement.partner.is"
    match = trigger.span if is_partner else tie(reading.text, sentence.span, trigger.span)
    if match is None:
        return None
    chain = all_chains(reading, sentence, parties, match.end)
    owner = chain_before(reading, parties, trigger.span.start) if is_partner else []
    owner = owner or topic_party(reading, sentence, distinct(chain))
    counterparts = [key for key in distinct(chain) if key not in {p.entity for p in owner}]
    return Link(tuple(distinct(owner)), tuple(counterparts), "with", sentence.span.end) if owner and counterparts else None


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


def with_counterpart(
    reading: Reading, sentence: Sentence, trigger: Trigger, parties: Sequence[Party], members: dict[str, list[str]]
) -> Link | None:
    """ "A … avec B (et C)"; with a verb trigger also "A s'allie à B"."""
    marker = WITH if trigger.method in VERBS or trigger.kind in ("alliance", "twinning") else STRICT_WITH
    for match in marker.finditer(reading.text, trigger.span.start, min(sentence.span.end, trigger.span.end + REACH)):
        chain = all_chains(reading, sentence, parties, match.end())
        if chain and plain_way(reading.text[match.end() : chain[0].span.start]):
            return against(reading, sentence, trigger, parties, members, chain)
    return reversed_with(reading, sentence, trigger, parties, members)


def plain_way(between: str) -> bool:
    """Whether only a head noun and its adjectives lie between "avec" and a name."""
    return not re.search(r"[.;:!?\n]|\b(?:qui|que|pour|afin|dont|et|ou|lors|dans|a|ont|est)\b", between, re.IGNORECASE)


def reversed_with(
    reading: Reading, sentence: Sentence, trigger: Trigger, parties: Sequence[Party], members: dict[str, list[str]]
) -> Link | None:
    """ "Avec B, A a signé un accord": the counterpart stands first."""
    match = STRICT_WITH.search(reading.text, sentence.span.start, trigger.span.start)
    if match is None:
        return None
    chain = [p for p in chain_after(reading, parties, match.end(), within=90) if p.span.end <= trigger.span.start]
    return against(reading, sentence, trigger, [p for p in parties if p not in chain], members, chain) if chain else None


def against(
    reading: Reading, sentence: Sentence, trigger: Trigger, parties: Sequence[Party], members: dict[str, list[str]], chain: Sequence[Party]
) -> Link | None:
    """A link whose counterparts are known and whose signing side is the subject."""
    counterparts = distinct(chain)
    signatories = signing_side(reading, sentence, trigger, parties, members, counterparts)
    return (
        Link(signatories, tuple(key for key in counterparts if key not in signatories), "with", chain[-1].span.end) if signatories else None
    )


def by_agents(
    reading: Reading, sentence: Sentence, trigger: Trigger, parties: Sequence[Party], members: dict[str, list[str]]
) -> Link | None:
    """ "accord signé par A et B"."""
    match = BY.search(reading.text, trigger.span.end, min(sentence.span.end, trigger.span.end + 120))
    keys = distinct(chain_after(reading, parties, match.end(), within=60)) if match else []
    return Link((keys[0],), tuple(keys[1:]), "agents", sentence.span.end) if len(keys) >= 2 else None


def subjects(
    reading: Reading, sentence: Sentence, trigger: Trigger, parties: Sequence[Party], members: dict[str, list[str]]
) -> Link | None:
    """ "A et B ont signé …": two or more subjects before the trigger, near it."""
    chain = chain_before(reading, parties, trigger.span.start)
    keys = distinct(chain)
    if trigger.method == "agreement.signatories":
        return signatories_named(reading, parties, trigger)
    if not 2 <= len(keys) <= 4 or trigger.span.start - chain[-1].span.end > 120:
        return None
    if trigger.method == "agreement.partner.of" or (
        trigger.method == "agreement.verb.link" and status_of(reading, sentence, trigger) == "active"
    ):
        return None
    return Link((keys[0],), tuple(keys[1:]), "subjects", trigger.span.end)


def signatories_named(reading: Reading, parties: Sequence[Party], trigger: Trigger) -> Link | None:
    """ "Y sont parties A, B et C": all parties stand after the words."""
    keys = distinct(chain_after(reading, parties, trigger.span.end))
    return Link((keys[0],), tuple(keys[1:]), "signatories", trigger.span.end) if len(keys) >= 2 else None


def enclosed(
    reading: Reading, sentence: Sentence, trigger: Trigger, parties: Sequence[Party], members: dict[str, list[str]]
) -> Link | None:
    """A heading such as "A – B : signature d'un accord" or "Accord A / B"."""
    if sentence.kind is not Kind.HEADING or trigger.method in SOFT:
        return None
    chain = chain_after(reading, parties, trigger.span.end, within=30)
    keys = distinct(chain)
    return Link((keys[0],), tuple(keys[1:]), "heading", sentence.span.end) if len(keys) == 2 else None


def signing_side(
    reading: Reading,
    sentence: Sentence,
    trigger: Trigger,
    parties: Sequence[Party],
    members: dict[str, list[str]],
    counterparts: Sequence[str],
) -> tuple[str, ...]:
    """Who signs: the members of the project in whose name it is done, else the subject, else whom the text is about."""
    project = signing_project(reading, sentence, trigger, members)
    if project and (signing := [key for key in members.get(project, []) if key not in counterparts]):
        return tuple(signing)
    candidates = [p for p in parties if p.entity not in counterparts]
    subject = chain_before(reading, candidates, trigger.span.start) or [p for p in candidates if p.span.start < trigger.span.start][-1:]
    chosen = subject or topic_party(reading, sentence, counterparts)
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


def signing_project(reading: Reading, sentence: Sentence, trigger: Trigger, members: dict[str, list[str]]) -> str | None:
    """The project in whose name a sentence's agreements are signed: named in the sentence, or in the one before for a list."""
    for window in (sentence, reading.sentences[max(0, sentence.index - 1)]):
        named = [m.entity for m in reading.projects_in(window.span.start, window.span.end)]
        if usable := [key for key in named if len(members.get(key, [])) >= 2]:
            return usable[0]
        if reading.organisations_in(window.span.start, trigger.span.start if window is sentence else window.span.end):
            return None
    return None


def status_of(reading: Reading, sentence: Sentence, trigger: Trigger) -> str:
    """Status by the cues around a trigger: its own clause first, a signing anywhere in the sentence next, else active."""
    patterns = reading.lexicon.patterns("status")
    later = min((m.span.start for m in find_triggers(reading, sentence) if m.span.start > trigger.span.end), default=sentence.span.end)
    lasting = first_match([p for p in patterns if p.label in ("ended", "active")], reading.text, trigger.span.start, later)
    if lasting is not None:
        return lasting.label
    start, end = clause(reading.text, sentence.span, trigger.span)
    near = first_match(patterns, reading.text, start, end)
    if near is not None:
        return near.label
    return (
        "signed"
        if any(p.label == "signed" and p.regex.search(reading.text, sentence.span.start, sentence.span.end) for p in patterns)
        else "active"
    )


def clause(text: str, sentence: Span, trigger: Span) -> tuple[int, int]:
    """The words around a trigger that can tell its status: back to the clause's start, forward a little."""
    start = max(sentence.start, trigger.start - 90)
    for match in re.finditer(r"[;:]\s|,\s(?:mais|et que|tandis)|\bqui\b", text[start : trigger.start]):
        start += match.end() if start + match.end() < trigger.start else 0
        break
    end = min(sentence.end, trigger.end + 60)
    stop = re.search(r"[;:]\s|\b(?:qui|pour|afin|visant|prévoyant|portant)\b", text[trigger.end : end])
    return start, trigger.end + stop.start() if stop else end


def make_agreements(
    reading: Reading, sentence: Sentence, trigger: Trigger, status: str, link: Link, members: dict[str, list[str]]
) -> Iterator[Agreement]:
    """One agreement per counterpart of a list, one for all counterparts of a link of three."""
    confidence = WEAKER if trigger.method in SOFT else FOUND
    evidence = (Evidence(sentence.span, f"{trigger.method}+{link.construction}", confidence),)
    project = signing_project(reading, sentence, trigger, members)
    sides = [(key,) for key in link.counterparts] if link.construction in ("list", "with") else [link.counterparts]
    for counterparts in sides:
        fact = Agreement(trigger.kind, status, link.signatories, counterparts, evidence, project=project)
        yield during(fact, period_told(reading, sentence, trigger, status))


def period_told(reading: Reading, sentence: Sentence, trigger: Trigger, status: str) -> Period:
    """Signing date, start and duration that a sentence tells."""
    dates = [when for when in reading.dates_in(sentence.span.start, sentence.span.end) if when.role != "published"]
    signing = nearest(dates, trigger, ("signed", "other", "event")) if status == "signed" else None
    since = nearest(dates, trigger, ("since",))
    lasting = next((when for when in dates if when.type == "DURATION" and when.role in ("agreement_duration", "project_duration")), None)
    return Period(
        partial_date(signing) if signing else None,
        partial_date(since) if since else None,
        duration_months=duration_months(lasting.value) if lasting else None,
    )


def during(fact: Agreement, told: Period) -> Agreement:
    """The agreement with the dates that are told and that it does not know yet."""
    known = Period(fact.signed_on, fact.start_date, fact.end_date, fact.duration_months).either(told)
    return replace(
        fact, signed_on=known.signed_on, start_date=known.start_date, end_date=known.end_date, duration_months=known.duration_months
    )


def nearest(dates: Sequence[DatedExpression], trigger: Trigger, roles: Sequence[str]) -> DatedExpression | None:
    """The date nearest to a trigger among those with the first role that any has."""
    for role in roles:
        if having := [when for when in dates if when.role == role and when.type == "DATE" and partial_date(when)]:
            return min(having, key=lambda when: abs(when.span.start - trigger.span.start))
    return None


def learn(reading: Reading, sentence: Sentence, trigger: Trigger, status: str, earlier: list[Agreement]) -> None:
    """Add what a later sentence says of agreements already found ("ces 8 MoU pour une durée de deux ans")."""
    told = period_told(reading, sentence, trigger, status)
    last = earlier[-1].evidence[0].span if earlier else None
    for index, fact in enumerate(earlier):
        if plural(trigger, reading) or fact.evidence[0].span == last:
            earlier[index] = during(fact, told)


RANK = {"ended": 3, "signed": 2, "active": 1, "planned": 0}


def merge_agreements(found: Sequence[Agreement]) -> list[Agreement]:
    """Bring together what several sentences say of one link; a planned one beside a signed one of another kind stays apart."""
    merged: list[Agreement] = []
    for fact in found:
        index = next((i for i, other in enumerate(merged) if same_link(other, fact)), None)
        if index is None:
            merged.append(fact)
        else:
            merged[index] = combined(merged[index], fact)
    return merged


def same_link(left: Agreement, right: Agreement) -> bool:
    """Whether two agreements tell of one link: same parties either way round, and not two stages of different kinds."""
    parties = [{*a.signatories, *a.counterparts} for a in (left, right)]
    nested = parties[0] <= parties[1] or parties[1] <= parties[0]
    crossing = any({a, b} <= parties[1] for a, b in product(left.signatories, left.counterparts))
    stages = "planned" in (left.status, right.status) and left.status != right.status and left.kind != right.kind
    return nested and crossing and not (stages and GENERIC.isdisjoint({left.kind, right.kind}))


GENERIC = {"partnership", "other"}


def combined(left: Agreement, right: Agreement) -> Agreement:
    """One agreement of two tellings: the surer kind, the stronger status, every date either knows."""
    surer, other = (left, right) if left.evidence[0].confidence >= right.evidence[0].confidence else (right, left)
    status = max((left.status, right.status), key=RANK.__getitem__)
    if "planned" in (left.status, right.status) and left.kind == right.kind:
        status = left.status if left.status != "active" else right.status
    merged = replace(
        surer, status=status, evidence=tuple(dict.fromkeys((*left.evidence, *right.evidence))), project=surer.project or other.project
    )
    return during(merged, Period(other.signed_on, other.start_date, other.end_date, other.duration_months))
