"""Groups of entities that grow under constraints: different countries and people's judgements keep groups apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.resolution.judgements import Judgements
from pipeline.resolution.values import Bearer, Merge

UNKNOWN_KIND = "other"


@dataclass(slots=True)
class Group:
    """What the entities joined so far are known to be."""

    countries: frozenset[str]
    kinds: frozenset[str]
    judged: frozenset[int]


@dataclass
class Groups:
    """Union–find over entities, by their index; `merges` keeps why each join was made."""

    bearers: Sequence[Bearer]
    judgements: Judgements
    parents: list[int] = field(init=False)
    known: list[Group] = field(init=False)
    merges: list[tuple[int, Merge]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.parents = list(range(len(self.bearers)))
        self.known = [known(bearer, self.judgements) for bearer in self.bearers]

    def root(self, index: int) -> int:
        """The representative of an entity's group."""
        while self.parents[index] != index:
            self.parents[index] = self.parents[self.parents[index]]
            index = self.parents[index]
        return index

    def judged(self, left: int, right: int, *, by_alias: bool = False) -> None:
        """Join two entities because a person said so, whatever their countries are; by an alias only if no person keeps them apart."""
        if not by_alias or not self.kept_apart(self.known[self.root(left)], self.known[self.root(right)]):
            self._join(left, right, "judged the same by a person", self.bearers[right].names[0])

    def join(self, left: int, right: int, reason: str, shared: str, *, strict: bool = False) -> bool:
        """Join two entities unless something speaks against it; `strict` makes a different kind speak against it.

        Returns:
            Whether they are now (or were before) in one group.
        """
        a, b = self.known[self.root(left)], self.known[self.root(right)]
        if self.root(left) == self.root(right):
            return True
        if self.kept_apart(a, b) or contradict(a.countries, b.countries) or (strict and contradict(a.kinds, b.kinds)):
            return False
        self._join(left, right, reason, shared)
        return True

    def kept_apart(self, a: Group, b: Group) -> bool:
        """Whether a person judged something in one group different from something in the other."""
        return bool(self.judgements.apart) and any(frozenset((x, y)) in self.judgements.apart for x in a.judged for y in b.judged)

    def _join(self, left: int, right: int, reason: str, shared: str) -> None:
        first, second = sorted((self.root(left), self.root(right)))
        if first != second:
            a, b = self.known[first], self.known[second]
            self.parents[second] = first
            self.known[first] = Group(a.countries | b.countries, a.kinds | b.kinds, a.judged | b.judged)
            self.merges.append((left, Merge(self.bearers[left].where, self.bearers[right].where, reason, shared)))


def known(bearer: Bearer, judgements: Judgements) -> Group:
    """What one entity is known to be."""
    return Group(
        frozenset({bearer.country_code} if bearer.country_code else ()),
        frozenset({bearer.kind} if bearer.kind != UNKNOWN_KIND else ()),
        judgements.groups_of(bearer) if judgements.groups else frozenset(),
    )


def contradict(left: frozenset[str], right: frozenset[str]) -> bool:
    """Whether two sets of known values have no value in common, though both have some."""
    return bool(left) and bool(right) and left.isdisjoint(right)
