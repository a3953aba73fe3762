"""Organisations: aliases, near-misses with their score explained, merged and split by people."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pandas as pd

from pipeline.core.errors import PasserelleError, VersionError
from pipeline.core.names import fold
from pipeline.resolution import ResolvedEntity, Suggestion
from pipeline.resolution.judgements import make_judgements
from pipeline.versions.decisions import Decision
from pipeline.versions.standing import decided_names, standing
from pipeline.versions.statements import Statements


def organisations(statements: Statements) -> dict[str, ResolvedEntity]:
    """The organisations of a version by id, with all their forms."""
    aliases = defaultdict(list)
    table = statements.tables["organisation_aliases"]
    for row, alias in zip(table["organisation_id"], table["alias"], strict=True):
        aliases[row].append(alias)
    columns = (statements.tables["organisations"][name] for name in ("organisation_id", "name", "kind", "country_code", "region"))
    return {
        key: ResolvedEntity(key, name, kind, told(country), told(region), tuple(sorted(aliases[key])))
        for key, name, kind, country, region in zip(*columns, strict=True)
    }


def told(value: object) -> str | None:
    """A cell, None for nothing."""
    return None if pd.isna(value) else str(value)  # type: ignore[call-overload]  # pandas-stubs knows no plain object


def undecided(pairs: Iterable[Suggestion], decisions: Iterable[Decision]) -> list[Suggestion]:
    """The pairs that look alike on which nobody has decided."""
    judged = {frozenset(d.row_id.split("|")) for d in standing(decisions).places.values() if d.verdict in ("merge", "split")}
    return [pair for pair in pairs if frozenset((pair.left, pair.right)) not in judged]


def judge_names(
    found: Mapping[str, ResolvedEntity], ids: tuple[str, str], verdict: str, who: str, at: str, known: Iterable[Decision]
) -> Decision:
    """Two organisations (by id) are, or are not, one; the next run obeys.

    Raises:
        VersionError: there are no two such organisations, or earlier decisions say the contrary.
    """
    if len(set(ids) & found.keys()) < len(ids):
        raise VersionError("il faut deux organisations différentes qui sont dans les tables : choisissez-les dans la liste")
    left, right = (named(found[key], found) for key in ids)
    return checked(Decision("organisations", "|".join(sorted(ids)), verdict, who, at, value={"left": left, "right": right}), known)


def split_alias(row: ResolvedEntity, alias: str, who: str, at: str, known: Iterable[Decision]) -> Decision:
    """A form of a name is another organisation's; the next run obeys.

    Raises:
        VersionError: it is no form of the name, or earlier decisions say the contrary.
    """
    if alias not in row.aliases or alias == row.name:
        raise VersionError(f"« {alias} » n'est pas une autre forme de {row.name}")
    return checked(Decision("organisations", f"{row.id}|{alias}", "split", who, at, value={"left": row.name, "right": alias}), known)


def named(row: ResolvedEntity, found: Mapping[str, ResolvedEntity]) -> str:
    """A name as a judgement speaks of it: with its country where another organisation bears it too."""
    shared = any(fold(other.name) == fold(row.name) and other.id != row.id for other in found.values())
    return f"{row.name}@{row.country_code}" if shared and row.country_code else row.name


def checked(decision: Decision, known: Iterable[Decision]) -> Decision:
    """The decision, if no earlier one says the contrary."""
    try:
        make_judgements(decided_names([*known, decision]))
    except PasserelleError as error:
        raise VersionError(f"cela contredit une décision antérieure : {error}") from error
    return decision
