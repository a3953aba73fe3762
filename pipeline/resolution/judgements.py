"""What people decided about names, read from a CSV; always obeyed.

Columns `left,right,kind,judgement,who,when,why`: two names as written, `organisation`, `project` or `programme`, `same` or `different`, and
for the record who decided when and why. `Name@FR` means only the bearers of the name that are in that country.
"""

import csv
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from pipeline.core.errors import PasserelleError
from pipeline.core.names import fold
from pipeline.resolution.values import Bearer, Family

COLUMNS = ("left", "right", "kind", "judgement", "who", "when", "why")
REFERENCE = re.compile(r"^(?P<name>.*?)(?:@(?P<country>[A-Z]{2}))?$")

Reference = tuple[str, str, str | None]
"""Family, folded name and country code of what a judgement speaks of."""


class JudgementError(PasserelleError):
    """A file of judgements is not valid, or two judgements contradict each other; the message names the lines."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One decision; `line` is its line in the file."""

    left: str
    right: str
    kind: Family
    judgement: str
    line: int = 0
    who: str = ""
    when: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Judgements:
    """All decisions, transitively: `groups` gives each judged name its group, `apart` the pairs of groups that are different."""

    groups: Mapping[Reference, int] = field(default_factory=dict)
    apart: frozenset[frozenset[int]] = frozenset()

    def group(self, bearer: Bearer, name: str) -> int | None:
        """The group of a name as a document's entity bears it; a decision for its country goes before one for all countries."""
        key = fold(name)
        own = self.groups.get((bearer.family, key, bearer.country_code))
        return own if own is not None else self.groups.get((bearer.family, key, None))

    def groups_of(self, bearer: Bearer) -> frozenset[int]:
        """The groups of all names of an entity; a name judged different from a fuller one of the same entity is set aside."""
        found: list[int] = []
        for name in bearer.names:
            group = self.group(bearer, name)
            if group is not None and not any(frozenset((group, other)) in self.apart for other in found):
                found.append(group)
        return frozenset(found)

    def refused(self, bearer: Bearer) -> frozenset[str]:
        """Names of an entity that people judged different from its fuller names."""
        kept = self.groups_of(bearer)
        return frozenset(name for name in bearer.names if (group := self.group(bearer, name)) is not None and group not in kept)


NO_JUDGEMENTS = Judgements()


def read_judgements(path: Path | None, *, more: Iterable[Judgement] = ()) -> Judgements:
    """Judgements of a file, and more that were made elsewhere; those of a file that is not there are none.

    Raises:
        JudgementError: a column is missing, a cell is not one of its words, or two judgements contradict each other.
    """
    return make_judgements([*listed_judgements(path), *more])


def listed_judgements(path: Path | None) -> list[Judgement]:
    """The lines of a file, none if there is no path or no such file.

    Raises:
        JudgementError: a column is missing, or a cell is not one of its words.
    """
    if path is None or not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise JudgementError(f"{path}: columns are {reader.fieldnames}, expected {list(COLUMNS)}")
        return [parsed(row, reader.line_num, path) for row in reader]


def parsed(row: Mapping[str, str | None], line: int, path: Path) -> Judgement:
    """One line of the file."""
    cells = {column: (row.get(column) or "").strip() for column in COLUMNS}
    if cells["kind"] not in get_args(Family) or cells["judgement"] not in ("same", "different"):
        raise JudgementError(f"{path}, line {line}: kind must be one of {get_args(Family)} and judgement `same` or `different`")
    if not fold(cells["left"]) or not fold(cells["right"]):
        raise JudgementError(f"{path}, line {line}: left and right must each hold a name")
    return Judgement(**cells, line=line)  # type: ignore[arg-type]


def make_judgements(decided: Iterable[Judgement]) -> Judgements:
    """Decisions made transitive.

    Raises:
        JudgementError: names are judged different although a chain of decisions makes them the same.
    """
    decided = list(decided)
    links: dict[Reference, list[tuple[Reference, Judgement]]] = defaultdict(list)
    for judgement in decided:
        left, right = references(judgement)
        links[left], links[right]  # every judged name has a group
        if judgement.judgement == "same":
            links[left].append((right, judgement))
            links[right].append((left, judgement))
    groups = grouped(links)
    different = [judgement for judgement in decided if judgement.judgement == "different"]
    for judgement in different:
        check(judgement, groups, links)
    return Judgements(groups, frozenset(frozenset(groups[name] for name in references(judgement)) for judgement in different))


def references(judgement: Judgement) -> tuple[Reference, Reference]:
    """What the two sides of a decision speak of."""
    return reference(judgement.left, judgement.kind), reference(judgement.right, judgement.kind)


def reference(written: str, family: Family) -> Reference:
    """What a cell speaks of: `Name` or `Name@FR`."""
    match = REFERENCE.match(written.strip())
    name, country = (match["name"], match["country"]) if match else (written, None)
    return family, fold(name), country


def grouped(links: Mapping[Reference, list[tuple[Reference, Judgement]]]) -> dict[Reference, int]:
    """Number of the connected group of each judged name."""
    groups: dict[Reference, int] = {}
    for number, start in enumerate(sorted(links, key=str)):
        for name, _ in reachable(start, links):
            groups.setdefault(name, number)
    return groups


def reachable(
    start: Reference, links: Mapping[Reference, list[tuple[Reference, Judgement]]]
) -> Iterator[tuple[Reference, tuple[Judgement, ...]]]:
    """All names that a chain of decisions makes the same as one, with the shortest chain to each."""
    queue, seen = deque([(start, ())]), {start}  # type: deque[tuple[Reference, tuple[Judgement, ...]]], set[Reference]
    while queue:
        name, chain = queue.popleft()
        yield name, chain
        for other, judgement in links[name]:
            if other not in seen:
                seen.add(other)
                queue.append((other, (*chain, judgement)))


def check(judgement: Judgement, groups: Mapping[Reference, int], links: Mapping[Reference, list[tuple[Reference, Judgement]]]) -> None:
    """Refuse a `different` whose names other lines make the same."""
    left, right = references(judgement)
    if groups[left] != groups[right]:
        return
    chain = dict(reachable(left, links))[right]
    lines = ", ".join(f"line {step.line} ({step.left} = {step.right})" for step in chain) or "the same name on both sides"
    raise JudgementError(
        f"line {judgement.line} says that {judgement.left} and {judgement.right} are different, but {lines} makes them the same"
    )
