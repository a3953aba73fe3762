"""Which decisions are in force, and whether what they were made on still stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipeline.resolution.judgements import Judgement
from pipeline.versions.decisions import Decision
from pipeline.versions.diff import Change, Kind
from pipeline.versions.statements import QUOTE, FactKey

WHOLE = ""
"""The place that a decision about a whole fact takes, beside the columns."""

Place = tuple[str, str, str]
"""Table, row id and column: a later decision takes the place of an earlier one."""

JUDGED = {"merge": "same", "split": "different"}


@dataclass(frozen=True)
class Standing:
    """The decisions in force, by place."""

    places: Mapping[Place, Decision]

    @cached_property
    def by_fact(self) -> Mapping[FactKey, list[Decision]]:
        """The decisions in force by fact, each once."""
        grouped: dict[FactKey, dict[str, Decision]] = {}
        for (table, row, _), decision in self.places.items():
            grouped.setdefault((table, row), {})[decision.decision_id] = decision
        return {fact: list(found.values()) for fact, found in grouped.items()}

    def whole(self, fact: FactKey) -> Decision | None:
        """The decision on whether a fact is there at all."""
        return self.places.get((*fact, WHOLE))

    def accepts(self, change: Change) -> bool:
        """Whether a person has accepted this change, with these values."""
        decision = self.whole((change.table, change.row_id))
        if decision is None or decision.verdict not in ("accept", "add"):
            return False
        seen = decision.seen if decision.verdict == "accept" else {**decision.value, QUOTE: decision.seen.get(QUOTE)}
        kind = decision.change if decision.verdict == "accept" else Kind.ADDED
        return (kind == Kind.REMOVED) == (change.kind is Kind.REMOVED) and same(seen, change.row)


def standing(decisions: Iterable[Decision]) -> Standing:
    """The decisions in force: not withdrawn, and no later one in their place."""
    decisions = list(decisions)
    withdrawn = {decision.value.get("decision_id") for decision in decisions if decision.verdict == "withdraw"}
    places: dict[Place, Decision] = {}
    for decision in decisions:
        if decision.verdict != "withdraw" and decision.decision_id not in withdrawn:
            places.update(dict.fromkeys(places_of(decision), decision))
    return Standing(places)


def places_of(decision: Decision) -> list[Place]:
    """What a decision decides on: the columns it corrects, else the whole fact."""
    columns = list(decision.value) if decision.verdict == "correct" else [WHOLE]
    return [(*decision.fact, column) for column in columns]


def holds(decision: Decision, row: Mapping[str, Any]) -> bool:
    """Whether a row still is what the decision was made on: its values, and at least its quotes."""
    return all(
        still_quoted(value, row.get(QUOTE)) if column == QUOTE else row.get(column) == value for column, value in decision.seen.items()
    )


def still_quoted(before: str | None, now: str | None) -> bool:
    """Whether all quotes of before are among those of now."""
    return set((before or "").split("\n")) <= set((now or "").split("\n")) if before else True


def same(seen: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether an accepted row and a row are equal in the columns that both know."""
    return all(row[column] == value for column, value in seen.items() if column in row)


def decided_names(decisions: Iterable[Decision]) -> list[Judgement]:
    """Merged and split organisations as judgements that the resolution obeys."""
    found = {decision.decision_id: decision for decision in standing(decisions).places.values() if decision.verdict in JUDGED}
    return [
        Judgement(
            decision.value["left"], decision.value["right"], "organisation", JUDGED[decision.verdict],
            line=number, who=decision.who, when=decision.decided_at, why=decision.why,
        )
        for number, decision in enumerate(found.values(), start=1)
    ]  # fmt: skip
