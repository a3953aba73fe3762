"""Rules and scorer combined: what the rules found is confirmed or vetoed, what the scorer alone is sure of is added.

Every fact keeps its evidence; the confidence is the scorer's calibrated probability where it has an opinion, the rule's own where not.
Thresholds stand in `models/config.yaml` under `judging`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.core.facts import Agreement, Entity, Evidence, Funding, Label, Membership, Project, Span
from pipeline.core.territories import lookup
from pipeline.extraction.agreements import during, period_told
from pipeline.extraction.amounts import find_amounts
from pipeline.extraction.layout import Sentence
from pipeline.extraction.links import Link, Links, judge_pairs
from pipeline.extraction.mentions import WEAK
from pipeline.extraction.neural.relations import ROLES, STATUSES, RelationModel, load_relation_model
from pipeline.extraction.reading import Reading
from pipeline.extraction.scene import Scene
from pipeline.extraction.triggers import Trigger, find_triggers, refusing, status_of

QUOTE = 500


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Limits of one family.

    A rule's fact below `veto` is dropped; a pair from `accept` on is a fact without a rule; from `label` on the scorer overrules the rule's
    status or role.
    """

    accept: float
    veto: float
    label: float = 1.01


def judge_agreements(
    reading: Reading, found: Sequence[Agreement], projects: Sequence[Project], links: Links, limits: Thresholds
) -> list[Agreement]:
    """The agreements after the scorer's word; members of one project are no parties because they are its members."""
    together = [{m.organisation for m in project.members} | {project.entity} for project in projects]
    kept = [judged for fact in found if (judged := confirmed(fact, links, limits)) is not None]
    covered = {frozenset((s, c)) for fact in found for s in fact.signatories for c in fact.counterparts}
    sure = [
        k for k in links.family("agreement", least=limits.accept) if frozenset((k.a, k.b)) not in covered and told(reading, k, together)
    ]
    return [*kept, *grouped(reading, without_triangles(sure, kept), links.method)]


def told(reading: Reading, link: Link, together: Sequence[set[str]]) -> bool:
    """Whether the words of a link that only the scorer sees hold a trigger, both parties have a known kind, and are not just partners."""
    vague = Label.ORG in (reading.entities[link.a].label, reading.entities[link.b].label)
    if vague or any({link.a, link.b} <= members for members in together):
        return False
    return stating(reading, link) is not None


def stating(reading: Reading, link: Link) -> Scene | None:
    """The trigger in the words of a link that states something; of several the one nearest to its parties."""
    span, parties = quote_span(reading, link), (link.pair.a_span.start, link.pair.b_span.start)
    sentences = [sentence for sentence in reading.sentences if sentence.span.overlaps(span)]
    told = [(sentence, trigger) for sentence in sentences for trigger in find_triggers(reading, sentence)]
    scenes = [Scene(reading, sentence, trigger, (), {}) for sentence, trigger in told if states(reading, sentence, trigger)]
    return min(scenes, key=lambda scene: min(abs(scene.at.start - party) for party in parties), default=None)


def states(reading: Reading, sentence: Sentence, trigger: Trigger) -> bool:
    """Whether a trigger states something: in its own sense, and not denied."""
    return refusing(reading, sentence, trigger) is None and status_of(reading, sentence, trigger) != "denied"


def confirmed(fact: Agreement, links: Links, limits: Thresholds) -> Agreement | None:
    """A rule's agreement with the scorer's confidence, None if vetoed; the surest of its pairs speaks for it."""
    pairs = [link for s in fact.signatories for c in fact.counterparts if (link := links.of("agreement", s, c)) is not None]
    if not pairs:
        return fact
    best = max(pairs, key=lambda link: link.probability)
    if best.probability < limits.veto:
        return None
    evidence = tuple(replace(e, confidence=round(max(best.probability, limits.veto), 4)) for e in fact.evidence)
    status = best.scores.best(STATUSES)
    sure = best.probability >= limits.accept and best.scores.labels[status] >= limits.label
    return replace(fact, evidence=evidence, status=status if sure else fact.status)


def without_triangles(links: Sequence[Link], kept: Sequence[Agreement]) -> list[Link]:
    """The links without those that only close a triangle: B–C when A–B and A–C are surer."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    for fact in kept:
        for s in fact.signatories:
            neighbours[s] |= set(fact.counterparts)
            for c in fact.counterparts:
                neighbours[c].add(s)
    chosen = []
    for link in links:
        if not neighbours[link.a] & neighbours[link.b]:
            chosen.append(link)
            neighbours[link.a].add(link.b)
            neighbours[link.b].add(link.a)
    return chosen


def grouped(reading: Reading, links: Sequence[Link], method: str) -> list[Agreement]:
    """One agreement per counterpart and trigger, with all who sign it; kind, status and dates are the trigger's."""
    groups: dict[tuple[str, Span], list[tuple[str, Link, Scene]]] = defaultdict(list)
    for link in links:
        scene, (signatory, counterpart) = stating(reading, link), sides(reading, link)
        if scene is not None:
            groups[counterpart, scene.at].append((signatory, link, scene))
    return [scored_agreement(counterpart, told, method) for (counterpart, _), told in groups.items()]


def sides(reading: Reading, link: Link) -> tuple[str, str]:
    """Signatory and counterpart of a link: the topic signs, else whom the scorer says."""
    if reading.topic in (link.a, link.b):
        return (link.a, link.b) if link.a == reading.topic else (link.b, link.a)
    return (link.a, link.b) if link.scores.labels.get("a_signatory", 1.0) >= 0.5 else (link.b, link.a)


def scored_agreement(counterpart: str, told: Sequence[tuple[str, Link, Scene]], method: str) -> Agreement:
    """An agreement whose parties the scorer alone links, with the words between them as evidence."""
    _, link, scene = told[0]
    evidence = (Evidence(quote_span(scene.reading, link), method, round(link.probability, 4)),)
    status = status_of(scene.reading, scene.sentence, scene.trigger)
    signatories = tuple(dict.fromkeys(signatory for signatory, *_ in told))
    return during(Agreement(scene.trigger.kind, status, signatories, (counterpart,), evidence), period_told(scene, status))


def quote_span(reading: Reading, link: Link) -> Span:
    """The sentences from one mention to the other; of a distant pair the sentence of the later one."""
    first, last = sorted((link.pair.a_span, link.pair.b_span))
    whole = Span(reading.sentence(first.start).span.start, reading.sentence(last.start).span.end)
    return whole if whole.end - whole.start <= QUOTE else reading.sentence(last.start).span


def judge_members(reading: Reading, projects: Sequence[Project], links: Links, limits: Thresholds) -> list[Project]:
    """The projects with vetoed members dropped and sure ones added."""
    return [judged_project(reading, project, links, limits) for project in projects]


def judged_project(reading: Reading, project: Project, links: Links, limits: Thresholds) -> Project:
    """One project after the scorer's word on its members."""
    kept = [m for m in project.members if passes(links.of("member", project.entity, m.organisation), limits)]
    known = {m.organisation for m in project.members}
    sure = [k for k in links.family("member", least=limits.accept) if k.a == project.entity and k.b not in known]
    added = [
        Membership(k.b, k.scores.best(ROLES), (Evidence(quote_span(reading, k), links.method, round(k.probability, 4)),)) for k in sure
    ]
    return replace(project, members=(*(relabelled(m, project, links, limits) for m in kept), *added))


def relabelled(member: Membership, project: Project, links: Links, limits: Thresholds) -> Membership:
    """A member in the role that the scorer is sure of."""
    link = links.of("member", project.entity, member.organisation)
    if link is None or link.probability < limits.accept:
        return member
    role = link.scores.best(ROLES)
    return replace(member, role=role) if link.scores.labels[role] >= limits.label else member


def passes(link: Link | None, limits: Thresholds) -> bool:
    """Whether the scorer lets a rule's fact stand."""
    return link is None or link.probability >= limits.veto


def judge_funding(reading: Reading, rows: Sequence[Funding], links: Links, limits: Thresholds) -> list[Funding]:
    """The funding rows after the scorer's word; a row stands if either of its payers does."""
    kept = [row for row in rows if any(passes(links.of("funding", row.beneficiary, payer), limits) for payer in payers(row))]
    known = {(row.beneficiary, payer) for row in rows for payer in payers(row)}
    spent = [(payer, e.span) for row in rows for payer in payers(row) for e in row.evidence]
    sure = [k for k in links.family("funding", least=limits.accept) if (k.a, k.b) not in known and pays(reading, k, spent)]
    return [*kept, *paired_rows(reading, sure, links.method)]


def pays(reading: Reading, link: Link, spent: Sequence[tuple[str, Span]]) -> bool:
    """Whether a link that only the scorer sees has a public payer, words or a sum that tell of money, and is not told of another there."""
    span = quote_span(reading, link)
    apart = reading.sentence(link.pair.b_span.start).index - reading.sentence(link.pair.a_span.start).index
    if abs(apart) > 1 or any(payer == link.b and place.overlaps(span) for payer, place in spent):
        return False
    cue = any(p.regex.search(reading.text, span.start, span.end) for p in reading.lexicon.patterns("funding"))
    public = reading.entities[link.b].label in (Label.PUBLIC, Label.PROGRAMME)
    return public and (cue or bool(find_amounts(reading.text, span, reading.lexicon)))


def payers(row: Funding) -> list[str]:
    """Programme and funder of a row, as far as told."""
    return [key for key in (row.programme, row.funder) if key is not None]


def paired_rows(reading: Reading, links: Iterable[Link], method: str) -> list[Funding]:
    """Rows of the scorer alone: a programme and a funder told in one sentence for one beneficiary are one row."""
    rows: list[Funding] = []
    for link in sorted(links, key=lambda link: reading.entities[link.b].label is not Label.PROGRAMME):
        row = scored_funding(reading, link, method)
        partner = next((i for i, r in enumerate(rows) if joins(r, row)), None)
        if partner is None:
            rows.append(row)
        else:
            rows[partner] = replace(rows[partner], funder=row.funder)
    return rows


def joins(programme: Funding, funder: Funding) -> bool:
    """Whether a funder's row tells who stands behind a programme's row: same beneficiary, same words."""
    same = programme.beneficiary == funder.beneficiary and programme.evidence[0].span.overlaps(funder.evidence[0].span)
    return same and programme.funder is None and funder.programme is None


def scored_funding(reading: Reading, link: Link, method: str) -> Funding:
    """One row of the scorer alone, with the sum that its sentence tells."""
    span = quote_span(reading, link)
    amounts = find_amounts(reading.text, span, reading.lexicon)
    evidence = (Evidence(span, method, round(link.probability, 4)),)
    programme = link.b if reading.entities[link.b].label is Label.PROGRAMME else None
    amount = amounts[0] if len(amounts) == 1 else None
    return Funding(
        link.a,
        evidence,
        programme,
        None if programme else link.b,
        amount.value if amount else None,
        amount.currency if amount else None,
    )


def judge_places(reading: Reading, links: Links, limits: Thresholds) -> dict[str, Entity]:
    """The entities, those whose country no construction tells with that of the place which the scorer is surest of."""
    placed = dict(reading.entities)
    for link in reversed(links.family("located", least=limits.accept)):
        territory = next((found for name in reading.entities[link.b].names if (found := lookup(name))), None)
        if reading.entities[link.a].country_code is None and territory is not None:
            placed[link.a] = replace(reading.entities[link.a], country_code=territory.country_code)
    return placed


@dataclass(frozen=True)
class Judge:
    """The relation scorer with the thresholds of each family."""

    model: RelationModel
    limits: Mapping[str, Thresholds]

    def links(self, reading: Reading) -> Links | None:
        """What the scorer says of every pair of a document; None where no word and no project invites a link."""
        return judge_pairs(self.model, reading.text, reading.mentions, least=WEAK) if invites_links(reading) else None


def invites_links(reading: Reading) -> bool:
    """Whether a document names a project, holds a word that may state an agreement, or words of funding beside a programme."""
    labels = {mention.label for mention in reading.mentions if mention.score > WEAK}
    if Label.PROJECT in labels:
        return True
    words = [*reading.lexicon.patterns("agreements"), *(reading.lexicon.patterns("funding") if Label.PROGRAMME in labels else ())]
    return any(pattern.regex.search(reading.text) for pattern in words)


def load_judge(models: Path, config: Mapping[str, Any]) -> Judge:
    """The judge that `models/config.yaml` names: entries `relations` (the scorer) and `judging` (thresholds by family).

    Raises:
        ModelError: the scorer is missing or does not load.
    """
    limits = {family: Thresholds(**{name: float(value) for name, value in told.items()}) for family, told in config["judging"].items()}
    return Judge(load_relation_model(models, config.get("relations")), limits)
