"""Mentions + dates + text → agreements with evidence.

For each trigger word of a sentence (`triggers.py`): is it refused (another sense, a denial)? Which construction tells the parties
(`constructions.py`)? Which kind, status and dates? What gives no fact is kept as a refusal with its reason.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from pipeline.core.facts import Agreement, DatedExpression, Evidence, Refusal
from pipeline.extraction.constructions import find_link, signing_project
from pipeline.extraction.parties import parties_in
from pipeline.extraction.periods import Period, duration_months, partial_date
from pipeline.extraction.reading import Reading
from pipeline.extraction.scene import SOFT, Link, Scene
from pipeline.extraction.triggers import DEMONSTRATIVE, Trigger, find_triggers, plural, refusal, refusing, status_of

FOUND, WEAKER = 0.85, 0.6


def find_agreements(reading: Reading, members: dict[str, list[str]]) -> tuple[list[Agreement], list[Refusal]]:
    """All agreements that a document states, and the trigger sentences that gave none.

    Args:
        reading: the document with mentions and dates.
        members: project key → member keys, to know who signs in a project's name.
    """
    found: list[Agreement] = []
    refusals: list[Refusal] = []
    for sentence in reading.sentences:
        parties = parties_in(reading, sentence.span)
        scenes = [Scene(reading, sentence, trigger, parties, members) for trigger in find_triggers(reading, sentence)]
        facts = [fact for scene in scenes for fact in agreements_of(scene, found)]
        found.extend(facts)
        if scenes and not facts:
            refusals.append(refusal(reading, sentence, scenes[0].trigger))
    return merge_agreements(found), refusals


def agreements_of(scene: Scene, earlier: list[Agreement]) -> list[Agreement]:
    """The agreements that one trigger states; a trigger that only points back adds to the earlier ones instead."""
    status = status_of(scene.reading, scene.sentence, scene.trigger)
    if status == "denied" or refusing(scene.reading, scene.sentence, scene.trigger) is not None:
        return []
    link = find_link(scene)
    back = DEMONSTRATIVE.search(scene.text, max(0, scene.at.start - 30), scene.at.start) is not None
    if link is not None and not (back and earlier and link.construction == "nearby"):
        return list(make_agreements(scene, status, link))
    if back:
        learn(scene, status, earlier)
    return []


def make_agreements(scene: Scene, status: str, link: Link) -> Iterator[Agreement]:
    """One agreement per counterpart of a list, one for all counterparts of a link of three."""
    confidence = WEAKER if scene.trigger.method in SOFT else FOUND
    evidence = (Evidence(scene.within, f"{scene.trigger.method}+{link.construction}", confidence),)
    project = signing_project(scene)
    sides = [(key,) for key in link.counterparts] if link.construction in ("list", "with") else [link.counterparts]
    for counterparts in sides:
        fact = Agreement(scene.trigger.kind, status, link.signatories, counterparts, evidence, project=project)
        yield during(fact, period_told(scene, status))


def period_told(scene: Scene, status: str) -> Period:
    """Signing date, start and duration that a sentence tells."""
    dates = [when for when in scene.reading.dates_in(scene.within.start, scene.within.end) if when.role != "published"]
    signing = nearest(dates, scene.trigger, ("signed", "other", "event")) if status == "signed" else None
    since = nearest(dates, scene.trigger, ("since",))
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


def learn(scene: Scene, status: str, earlier: list[Agreement]) -> None:
    """Add what a later sentence says of agreements already found ("ces 8 MoU pour une durée de deux ans")."""
    told = period_told(scene, status)
    last = earlier[-1].evidence[0].span if earlier else None
    for index, fact in enumerate(earlier):
        if plural(scene.trigger, scene.reading) or fact.evidence[0].span == last:
            earlier[index] = during(fact, told)


RANK = {"ended": 3, "signed": 2, "active": 1, "planned": 0}
GENERIC = {"partnership", "other"}


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
