"""Name, kind, country, region and id of a group of entities.

**Ids.** The id is a hash of the group's anchor: the key of the gazetteer's name if the gazetteer knows one of its names, else the
alphabetically first key (`normal.core`) among the fullest names that its documents use, names of a few letters only if there is no other.
A first-of-all key moves only when a document brings an earlier one, so that once the forms of a name have been seen the id stays, however
often each is used. Of several rows with one anchor (homonyms in different countries) the one in most documents bears the plain id, the
others add their country.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.core.ids import stable_id
from pipeline.core.names import fold
from pipeline.resolution.linking import UNKNOWN_KIND
from pipeline.resolution.normal import core, thresholds
from pipeline.resolution.values import PREFIXES, Bearer, Family, Merge, ResolvedEntity


@dataclass(frozen=True, slots=True)
class Known:
    """What the gazetteer knows of a name."""

    key: str
    name: str
    kind: str
    country_code: str | None
    region: str | None


def chosen(group: Sequence[Bearer], merges: Sequence[Merge], listed: Mapping[str, Known]) -> ResolvedEntity:
    """The row of a group, without its id."""
    known = known_of(group, listed)
    country = best(Counter(b.country_code for b in group if b.country_code)) or (known.country_code if known else None)
    region = best(Counter(b.region for b in group if b.region and b.country_code in (country, None)))
    return ResolvedEntity(
        id="",
        name=best_name(group),
        kind=known.kind if known else best_kind(group),
        country_code=country,
        region=region or (known.region if known and known.country_code == country else None),
        aliases=tuple(sorted({name for bearer in group for name in bearer.names})),
        members=tuple(bearer.where for bearer in group),
        merges=tuple(merges),
    )


def known_of(group: Iterable[Bearer], listed: Mapping[str, Known]) -> Known | None:
    """The gazetteer's entry of a group, the one that most of its entities bear."""
    entries = {id(entry): entry for bearer in group for name in bearer.names if (entry := listed.get(fold(name)))} if listed else {}
    votes = Counter(listed[fold(name)].key for bearer in group for name in bearer.names if fold(name) in listed) if entries else Counter()
    return min(entries.values(), key=lambda entry: (-votes[entry.key], entry.key)) if entries else None


def best(votes: Mapping[str, int]) -> str | None:
    """The most frequent value, the alphabetically first on a tie, None if there is none."""
    return min(votes, key=lambda value: (-votes[value], value)) if votes else None


def best_name(group: Iterable[Bearer]) -> str:
    """The full form that most documents use; on a tie the longest, then the alphabetically first. Spellings of one form count together."""
    spellings = Counter(bearer.names[0] for bearer in group)
    forms: Counter[str] = Counter()
    for name, count in spellings.items():
        forms[fold(name)] += count
    return min(spellings, key=lambda name: (-forms[fold(name)], -spellings[name], -len(name), name))


def best_kind(group: Iterable[Bearer]) -> str:
    """The kind with the most confidence behind it; `cluster` wins a tie if it has evidence, `other` never wins against a known kind."""
    weights: defaultdict[str, float] = defaultdict(float)
    for bearer in group:
        weights[bearer.kind] += bearer.weight
    shown = {bearer.kind for bearer in group if bearer.evident}
    return min(weights, key=lambda kind: (kind == UNKNOWN_KIND, -round(weights[kind], 6), not (kind == "cluster" and kind in shown), kind))


def with_ids(
    rows: Sequence[ResolvedEntity], groups: Iterable[Sequence[Bearer]], family: Family, listed: Mapping[str, Known]
) -> list[ResolvedEntity]:
    """The rows with their ids, sorted by id."""
    namesakes: defaultdict[str, list[ResolvedEntity]] = defaultdict(list)
    for row, group in zip(rows, groups, strict=True):
        namesakes[anchor(group, family, listed)].append(row)
    prefix = PREFIXES[family]
    found = [replace(row, id=stable_id(prefix, *key)) for name, alike in namesakes.items() for row, key in told_apart(name, alike)]
    return sorted(found, key=lambda row: row.id)


def anchor(group: Sequence[Bearer], family: Family, listed: Mapping[str, Known]) -> str:
    """The key that names a group for good."""
    known = known_of(group, listed)
    if known:
        return known.key
    keys = {core(bearer.names[0], family) for bearer in group}
    return min(keys, key=lambda key: (len(key) <= thresholds()["short"], key))


def told_apart(name: str, rows: Collection[ResolvedEntity]) -> Iterable[tuple[ResolvedEntity, tuple[str, ...]]]:
    """The rows of one anchor with the values that make their ids: the first has the name alone, the others add what tells them apart."""
    used: set[tuple[str, ...]] = set()
    for row in sorted(rows, key=lambda row: (-len(row.members), row.country_code or "", row.kind, row.aliases, row.members)):
        key = next(key for key in distinguishing(name, row) if key not in used)
        used.add(key)
        yield row, key


def distinguishing(name: str, row: ResolvedEntity) -> Iterable[tuple[str, ...]]:
    """Values for an id, from the fewest to the most."""
    yield (name,)
    yield (name, row.country_code or "")
    yield (name, row.country_code or "", row.kind)
    yield (name, row.country_code or "", row.kind, *row.aliases)
    yield (name, *row.members[0])
