"""The rules that make one organisation, project or programme of the entities of many documents.

Method: blocking on folded names, then union–find under constraints. Rules apply from the strongest to the weakest, in an order that does
not depend on the order of documents: a person's judgement; the same name; the same name but for generic heads and legal forms; one known
name (gazetteer) with all its aliases; an alias that a document states; a part of one compound name (`A – B`, `A (B)`). Different known
countries never merge without a judgement; names of a few letters merge only where kinds do not contradict either.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.core.facts import DocumentFacts, Entity
from pipeline.core.ids import stable_id
from pipeline.core.lexicon import GazetteerEntry
from pipeline.core.names import fold
from pipeline.resolution.choose import Known, anchor, chosen, distinguishing, with_ids
from pipeline.resolution.claims import REASONS, Block, Claim, blocks
from pipeline.resolution.judgements import NO_JUDGEMENTS, Judgements
from pipeline.resolution.linking import Groups
from pipeline.resolution.normal import core, thresholds
from pipeline.resolution.values import PREFIXES, Bearer, Family, Resolution, ResolvedEntity, family_of, kind_of

FAMILIES: tuple[Family, ...] = ("organisation", "project", "programme")


def resolve(facts: Sequence[DocumentFacts], *, judgements: Judgements = NO_JUDGEMENTS, known: Iterable[GazetteerEntry] = ()) -> Resolution:
    """One row for each organisation, project and programme that documents name.

    Args:
        facts: what each document states; their order does not matter.
        judgements: what people decided; obeyed before every rule.
        known: gazetteer entries, whose aliases are one name and whose kind and country are trusted.

    Returns:
        The rows and, for each entity of each document, the row it became. Ids depend on names only (see `choose.with_ids`).
    """
    entries = list(known)
    bearers = sorted(distinct(facts, judgements), key=lambda bearer: bearer.where)
    found = {family: resolved([b for b in bearers if b.family == family], family, judgements, entries) for family in FAMILIES}
    rows = [row for family in FAMILIES for row in found[family]]
    ids = {where: row.id for row in rows for where in row.members}
    return Resolution(
        tuple(found["organisation"]), tuple(found["project"]), tuple(found["programme"]), judged_apart(bearers, ids, judgements), ids
    )


def row_of_name(
    name: str, family: Family, kind: str, *, country: str | None = None, known: Iterable[GazetteerEntry] = (), taken: Collection[str] = ()
) -> ResolvedEntity:
    """The row that one name makes on its own, with the id that it has when documents name it so.

    Args:
        name: as documents write it.
        family: organisation, project or programme.
        kind: an organisation's kind, else the family.
        country: ISO 3166-1 alpha-2, if it is known.
        known: gazetteer entries, as for `resolve`.
        taken: ids of other rows, which it must not have.
    """
    group, listed = [Bearer(("", name), family, kind, (name,), country)], known_names(known, family)
    row = chosen(group, [], listed)
    keys = (stable_id(PREFIXES[family], *key) for key in distinguishing(anchor(group, family, listed), row))
    return replace(row, id=next(key for key in keys if key not in taken))


def distinct(facts: Iterable[DocumentFacts], judgements: Judgements) -> Iterator[Bearer]:
    """Each entity of each document once, without places and without names that people refused it."""
    seen: set[tuple[str, str]] = set()
    for document in facts:
        for entity in document.entities:
            bearer = bearer_of(document.document_id, entity)
            if bearer and bearer.where not in seen:
                seen.add(bearer.where)
                refused = judgements.refused(bearer) if judgements.groups else frozenset()
                yield replace(bearer, names=tuple(name for name in bearer.names if name not in refused)) if refused else bearer


def bearer_of(document_id: str, entity: Entity) -> Bearer | None:
    """An entity as resolution sees it; None for places."""
    family = family_of(entity.label)
    if family is None:
        return None
    weight = max((evidence.confidence for evidence in entity.evidence), default=1.0)
    where, kind = (document_id, entity.key), kind_of(entity.label)
    return Bearer(where, family, kind, entity.names, entity.country_code, entity.region, weight, bool(entity.evidence))


def resolved(bearers: Sequence[Bearer], family: Family, judgements: Judgements, entries: Sequence[GazetteerEntry]) -> list[ResolvedEntity]:
    """The rows of one family, sorted by id."""
    listed = known_names(entries, family)
    bearers = [supranational(bearer, listed) for bearer in bearers]
    groups = Groups(bearers, judgements)
    join_judged(groups)
    for key, block in blocks(bearers, listed):
        join_block(groups, key, block)
    members: defaultdict[int, list[Bearer]] = defaultdict(list)
    for index, bearer in enumerate(bearers):
        members[groups.root(index)].append(bearer)
    merges = defaultdict(list)
    for index, merge in groups.merges:
        merges[groups.root(index)].append(merge)
    rows = [chosen(group, merges[root], listed) for root, group in members.items()]
    return with_ids(rows, members.values(), family, listed)


def known_names(entries: Iterable[GazetteerEntry], family: Family) -> dict[str, Known]:
    """What the gazetteer knows by folded name; a name that two entries bear is known of neither."""
    found: dict[str, Known] = {}
    doubted: set[str] = set()
    for entry in entries:
        if family_of(entry.label) != family:
            continue
        known = Known(core(entry.names[0], family), entry.names[0], kind_of(entry.label), entry.country_code, entry.region)
        for key in {fold(name) for name in entry.names}:
            doubted |= {key} if found.setdefault(key, known).key != known.key else set()
    return {key: known for key, known in found.items() if key not in doubted}


def supranational(bearer: Bearer, listed: Mapping[str, Known]) -> Bearer:
    """An entity without country and region if the gazetteer knows it as an institution of no country (`Union européenne`)."""
    known = [entry for name in bearer.names if (entry := listed.get(fold(name)))]
    placed = not known or any(entry.country_code or entry.kind not in ("public", "association") for entry in known)
    return bearer if placed else replace(bearer, country_code=None, region=None)


def join_judged(groups: Groups) -> None:
    """Join all entities that bear names of one judged group: by their fullest names, then by aliases unless people keep the two apart."""
    first: dict[int, int] = {}
    fullest = [groups.judgements.group(bearer, bearer.names[0]) for bearer in groups.bearers] if groups.judgements.groups else []
    for index, group in enumerate(fullest):
        if group is not None:
            groups.judged(first.setdefault(group, index), index)
    for index, bearer in enumerate(groups.bearers if fullest else ()):
        for group in sorted(groups.judgements.groups_of(bearer) - {fullest[index]}):
            groups.judged(first.setdefault(group, index), index, by_alias=True)


def join_block(groups: Groups, key: str, block: Block) -> None:
    """Join the entities of one block, each with the first that takes it; those of the most frequent country come first, of none last."""
    countries = Counter(groups.bearers[claim.bearer].country_code for claim in block)
    order = sorted(block, key=lambda claim: rank(claim, groups.bearers[claim.bearer], countries))
    strict = len(key) <= thresholds()["short"]
    heads: list[Claim] = []
    for claim in order:
        if not any(
            groups.join(head.bearer, claim.bearer, REASONS[max(head.strength, claim.strength)], key, strict=strict) for head in heads
        ):
            heads.append(claim)


def rank(claim: Claim, bearer: Bearer, countries: Mapping[str | None, int]) -> tuple[bool, int, str, int, int]:
    """Place of an entity in its block."""
    country = bearer.country_code
    return (country is None, -countries[country], country or "", claim.strength, claim.bearer)


def judged_apart(bearers: Iterable[Bearer], ids: Mapping[tuple[str, str], str], judgements: Judgements) -> frozenset[frozenset[str]]:
    """Pairs of rows that a person judged different."""
    rows: defaultdict[int, set[str]] = defaultdict(set)
    for bearer in bearers if judgements.apart else ():
        for group in judgements.groups_of(bearer):
            rows[group].add(ids[bearer.where])
    return frozenset(
        frozenset((left, right)) for pair in judgements.apart for left in rows[min(pair)] for right in rows[max(pair)] if left != right
    )
