"""Tables as extracted + decisions in force → tables as people want them, and what became of each decision.

A rejected fact goes with all that belongs to it, a corrected column holds its value, a fact that a person states is put in with its quotes
– each only as long as what the decision was made on still stands; else the decision is open again and the table keeps what was extracted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.tables.frames import Tables, frame
from pipeline.versions.cascade import drop_facts
from pipeline.versions.decisions import Decision, dump
from pipeline.versions.put import corrected, put_facts
from pipeline.versions.standing import Standing, holds, standing
from pipeline.versions.statements import QUOTE, FactKey, Statements

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
    wanted = [decision for decision in decisions if decision in now.by_fact.get(decision.fact, ())]
    kept, lapsed = sorted_out(wanted, extracted)
    made, unplaced = apply(tables, kept)
    reopened = {decision.fact for decision in (*lapsed, *unplaced)} | moved_on(now, Statements(made))
    table = [row_of(decision, now, reopened) for decision in decisions]
    made["decisions"] = frame("decisions", {row["decision_id"]: row for row in table}.values())
    obeyed = {decision.fact for decision in wanted if decision.verdict in AMENDING} - {decision.fact for decision in (*lapsed, *unplaced)}
    return Amended(made, frozenset(obeyed), frozenset(reopened))


def sorted_out(wanted: Iterable[Decision], extracted: Statements) -> tuple[list[Decision], list[Decision]]:
    """Decisions that can be applied, and those whose fact is no longer what they were made on."""
    kept: list[Decision] = []
    lapsed: list[Decision] = []
    for decision in wanted:
        row = extracted.rows.get(decision.fact)
        if decision.verdict in ("reject", "correct") and row is not None:
            (kept if holds(decision, row) or fulfilled(decision, row) else lapsed).append(decision)
        elif decision.verdict == "add" and row is None:
            kept.append(decision)
    return kept, lapsed


def fulfilled(decision: Decision, row: Mapping[str, object]) -> bool:
    """Whether a correction has been applied to the row already."""
    wanted = {**decision.value, **({QUOTE: decision.seen[QUOTE]} if QUOTE in decision.seen else {})}
    return decision.verdict == "correct" and holds(Decision("", "", "", "", seen=wanted), row)


def apply(tables: Tables, decisions: Sequence[Decision]) -> tuple[Tables, list[Decision]]:
    """The tables with the decisions in them, and the decisions that could not be placed."""
    made = drop_facts(tables, {decision.fact for decision in decisions if decision.verdict == "reject"})
    made, unfit = corrected(made, [decision for decision in decisions if decision.verdict == "correct"])
    made, unplaced = put_facts(made, [decision for decision in decisions if decision.verdict == "add"])
    return made, [*unfit, *unplaced]


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
