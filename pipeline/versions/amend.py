"""Tables as extracted + decisions in force → tables as people want them, and what became of each decision.

A rejected fact goes with all that belongs to it, a corrected column holds its value, a fact that a person states is put in with its quotes
– each only as long as what the decision was made on still stands; else the decision is open again and the table keeps what was extracted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.tables.frames import Tables, frame
from pipeline.versions.cascade import drop_facts
from pipeline.versions.decisions import Decision, dump
from pipeline.versions.naming import NAMES, Directory, settled
from pipeline.versions.put import METHOD, corrected, put_facts
from pipeline.versions.standing import Standing, holds, standing
from pipeline.versions.statements import ENTITIES, QUOTE, FactKey, Statements

AMENDING = ("reject", "correct", "add")
"""Verdicts that make the tables other than extracted."""


@dataclass(frozen=True)
class Amended:
    """Tables that obey the decisions; `touched` are the facts that they moved, `reopened` those whose decision no longer stands."""

    tables: Tables
    touched: frozenset[FactKey]
    reopened: frozenset[FactKey]


def amend(tables: Tables, decisions: Iterable[Decision]) -> Amended:
    """Apply decisions to tables that were extracted, or to tables that obey some of them already.

    Args:
        tables: every declared table; not changed.
        decisions: the whole log, the earliest first.
    """
    decisions = list(decisions)
    if not decisions:
        return Amended(dict(tables), frozenset(), frozenset())
    now, extracted = standing(decisions), Statements(tables)
    wanted = present([decision for decision in decisions if decision in now.by_fact.get(decision.fact, ())], now, tables)
    kept, lapsed = sorted_out([decision for decision, _ in wanted], extracted)
    made, unplaced = apply(tables, kept)
    gone, held = {decision.fact for decision in (*lapsed, *unplaced)}, Statements(made)
    reopened = gone | {before.fact for after, before in wanted if after.fact in gone} | moved_on(now, held)
    table = [row_of(decision, now, reopened) for decision in decisions]
    made["decisions"] = frame("decisions", {row["decision_id"]: row for row in table}.values())
    obeyed = {decision.fact for decision, _ in wanted if decision.verdict in AMENDING and told(decision, held)} - gone
    return Amended(made, frozenset(obeyed), frozenset(reopened))


def present(wanted: Iterable[Decision], now: Standing, tables: Tables) -> list[tuple[Decision, Decision]]:
    """Decisions as they are to be applied, each with what it was: stated facts go by the ids that their names have at present."""
    wanted = list(wanted)
    if not any(NAMES in decision.value for decision in wanted):
        return [(decision, decision) for decision in wanted]
    directory = Directory(tables)
    found = []
    for decision in sorted(wanted, key=lambda decision: decision.table_name not in ENTITIES):
        after = settled(decision, directory) if decision.verdict == "add" else decision
        if after.table_name in ENTITIES and after.verdict == "add":
            directory.add(after.table_name, after.row_id, after.value["name"], after.value.get("country_code"))
        if after.fact == decision.fact or now.whole(after.fact) is None:  # what people decided on the present row goes first
            found.append((after, decision))
    return found


def told(decision: Decision, held: Statements) -> bool:
    """Whether the tables are as they are because of a decision: a stated fact that the machine finds by itself is its own again."""
    return decision.verdict != "add" or any(words.method == METHOD for words in held.words.get(decision.fact, ()))


def sorted_out(wanted: Sequence[Decision], extracted: Statements) -> tuple[list[Decision], list[Decision]]:
    """Decisions that can be applied, and those whose fact is no longer what they were made on."""
    kept: list[Decision] = []
    lapsed: list[Decision] = []
    stated = {decision.fact: decision for decision in wanted if decision.verdict == "add"}
    for decision in wanted:
        row = with_stated(extracted.rows.get(decision.fact), stated.get(decision.fact))
        if decision.verdict in ("reject", "correct") and row is not None:
            (kept if holds(decision, row) or fulfilled(decision, row) else lapsed).append(decision)
        elif decision.verdict == "add" and (NAMES in decision.value or decision.fact not in extracted.rows):
            kept.append(decision)
    return kept, lapsed


def with_stated(row: Mapping[str, Any] | None, stated: Decision | None) -> Mapping[str, Any] | None:
    """A row as it is once a stated fact has been put in, so that a correction of that fact finds what it was made on."""
    if stated is None:
        return row
    quotes = [quote for quote in ((row or {}).get(QUOTE), stated.seen.get(QUOTE)) if quote]
    return {**stated.value, **(row or {}), **{c: v for c, v in stated.value.items() if v is not None}, QUOTE: "\n".join(quotes) or None}


def fulfilled(decision: Decision, row: Mapping[str, object]) -> bool:
    """Whether a correction has been applied to the row already."""
    wanted = {**decision.value, **({QUOTE: decision.seen[QUOTE]} if QUOTE in decision.seen else {})}
    return decision.verdict == "correct" and holds(Decision("", "", "", "", seen=wanted), row)


def apply(tables: Tables, decisions: Sequence[Decision]) -> tuple[Tables, list[Decision]]:
    """The tables with the decisions in them, and the decisions that could not be placed."""
    made = drop_facts(tables, {decision.fact for decision in decisions if decision.verdict == "reject"})
    added = [decision for decision in decisions if decision.verdict == "add"]
    made, unnamed = put_facts(made, [decision for decision in added if decision.table_name in ENTITIES])
    made, unplaced = put_facts(made, [decision for decision in added if decision.table_name not in ENTITIES])
    made, unfit = corrected(made, [decision for decision in decisions if decision.verdict == "correct"])
    return made, [*unnamed, *unplaced, *unfit]


def moved_on(now: Standing, amended: Statements) -> set[FactKey]:
    """Accepted facts that are no longer what was accepted."""
    accepted = [decision for decision in now.places.values() if decision.verdict == "accept" and decision.change != "removed"]
    return {decision.fact for decision in accepted if (row := amended.rows.get(decision.fact)) is not None and not holds(decision, row)}


def row_of(decision: Decision, now: Standing, reopened: Iterable[FactKey]) -> dict[str, object]:
    """A decision's row in the table `decisions`."""
    in_force = decision in now.by_fact.get(decision.fact, ())
    state = "replaced" if not in_force else "reopened" if decision.fact in reopened else "standing"
    return {
        **{name: getattr(decision, name) for name in ("decision_id", "table_name", "row_id", "verdict", "who", "decided_at")},
        "state": "standing" if decision.verdict == "withdraw" else state,
        "columns": ",".join(decision.value) if decision.verdict == "correct" else None,
        "seen": dump(decision.seen) if decision.seen else None,
        "value": dump(decision.value) if decision.value else None,
        "quote": "\n".join(quote for _, quote in decision.quotes) or None,
        "why": decision.why or None,
    }
