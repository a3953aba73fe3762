"""Which keys an entity claims, and which claims count: entities that claim one key are candidates for one row."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.core.names import fold, fold_words
from pipeline.core.territories import sure_names
from pipeline.resolution.choose import Known
from pipeline.resolution.normal import core, is_generic, parts
from pipeline.resolution.values import Bearer

REASONS = (
    "same name",
    "same name without generic head or legal form",
    "known alias",
    "alias or acronym that a document states",
    "part of a compound name",
)
SAME, STRIPPED, KNOWN_ALIAS, STATED, PART = range(5)

Block = list["Claim"]


class Claim(NamedTuple):
    """An entity, by its index, under a key; `strength` is an index of `REASONS`, the strongest first."""

    bearer: int
    strength: int


def blocks(bearers: Sequence[Bearer], listed: Mapping[str, Known]) -> list[tuple[str, Block]]:
    """Entities by the keys that they claim, the blocks with the strongest claims first; blocks of one entity are left out.

    An entity claims a key once, as strongly as it can. Parts of a compound name count only if the name is no list of two organisations.
    """
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for index, bearer in enumerate(bearers):
        for key, strength in whole_claims(bearer, listed):
            found[key][index] = min(strength, found[key].get(index, strength))
    for key, index in part_claims(bearers, {key: set(claims) for key, claims in found.items()}):
        found[key].setdefault(index, PART)
    shared = [(key, [Claim(*claim) for claim in claims.items()]) for key, claims in found.items() if len(claims) > 1]
    return sorted(shared, key=lambda block: (second_strongest(block[1]), block[0]))


def whole_claims(bearer: Bearer, listed: Mapping[str, Known]) -> Iterator[tuple[str, int]]:
    """Keys of an entity's whole names, each with how strongly.

    A name of generic words only (`le pôle wallon`) claims nothing, nor does a territory that is only an alias.
    """
    for name in bearer.names:
        if is_generic(name, bearer.family) or (name != bearer.names[0] and " ".join(fold_words(name)) in sure_names()):
            continue
        key, first = fold(name), name == bearer.names[0]
        yield key, SAME if first else STATED
        yield core(name, bearer.family), STRIPPED if first else STATED
        if key in listed:
            yield listed[key].key, KNOWN_ALIAS


def part_claims(bearers: Sequence[Bearer], owners: Mapping[str, set[int]]) -> Iterator[tuple[str, int]]:
    """Keys of the parts of compound names with the entities that bear them.

    Left out are the parts of a compound whose parts name different entities elsewhere (two organisations side by side), and a part that
    several compounds have in common.
    """
    compounds: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    claimed: list[tuple[str, int]] = []
    for index, bearer in enumerate(bearers):
        for pieces in {parts(name, bearer.family) for name in bearer.names}:
            if not names_several(pieces, owners, index):
                claimed += [(piece, index) for piece in pieces]
                for piece in pieces:
                    compounds[piece].add(pieces)
    return ((key, index) for key, index in claimed if len(compounds[key]) == 1)


def names_several(pieces: Iterable[str], owners: Mapping[str, set[int]], bearer: int) -> bool:
    """Whether two parts of a compound are whole names of other entities, and no entity bears both."""
    elsewhere = [others for piece in pieces if len(others := owners.get(piece, set())) > (bearer in others)]
    return len(elsewhere) > 1 and not set.intersection(*elsewhere)


def second_strongest(block: Block) -> int:
    """Strength of the best merge that a block can give."""
    return sorted(claim.strength for claim in block)[1]
