"""The policy file: which changes publish by themselves, which wait, and how many are too many."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipeline.core.errors import VersionError
from pipeline.versions.causes import Cause
from pipeline.versions.diff import Change, Kind
from pipeline.versions.statements import FACTS

POLICY = "policy.yaml"
KEYS = {"table", "change", "cause", "columns", "confidence", "then"}
CLOSED = {"table": frozenset(FACTS), "change": frozenset(Kind), "cause": frozenset(Cause), "then": frozenset(("publish", "wait"))}


HOLDS = ("rows", "version")
"""What a change that waits may hold back."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the policy; an empty set means any."""

    publish: bool
    table: frozenset[str] = frozenset()
    change: frozenset[str] = frozenset()
    cause: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()
    confidence: float = 0.0

    def fits(self, change: Change, cause: Cause, confidence: float) -> bool:
        """Whether the rule speaks of this change."""
        named = ((self.table, change.table), (self.change, change.kind), (self.cause, cause))
        return (
            all(not wanted or value in wanted for wanted, value in named)
            and (not self.columns or set(change.columns) <= self.columns)
            and confidence >= self.confidence
        )


@dataclass(frozen=True, slots=True)
class Budget:
    """How many published rows may go or change in one version."""

    removed: int
    changed: int
    share: float
    few: int

    def exceeded(self, counts: Mapping[Kind, int], published: int) -> str | None:
        """What is too much, in words; None if nothing is."""
        removed, changed = counts.get(Kind.REMOVED, 0), counts.get(Kind.CHANGED, 0)
        if removed > self.removed:
            return f"{removed} facts would go, the budget is {self.removed}"
        if changed > self.changed:
            return f"{changed} facts would change, the budget is {self.changed}"
        if removed + changed > self.few and removed + changed > self.share * published:
            return f"{removed + changed} of {published} facts would go or change, the budget is {self.share:.0%}"
        return None


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in order, the budget, and what a change that waits holds back: its rows (`rows`), or the whole `version`."""

    rules: tuple[Rule, ...]
    budget: Budget
    hold: str = "rows"

    def publishes(self, change: Change, cause: Cause, confidence: float) -> bool:
        """Whether a change publishes by itself: the first rule that fits says so."""
        rule = next((rule for rule in self.rules if rule.fits(change, cause, confidence)), None)
        return rule is not None and rule.publish


def read_policy(path: Path) -> Policy:
    """The policy of a file.

    Raises:
        VersionError: it cannot be read, or a rule is wrong; the message names the rule.
    """
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
        budget = Budget(**content["budget"])
        hold = content.get("hold", "rows")
        rules = tuple(make_rule(entry, f"{path}, rule {number}") for number, entry in enumerate(content["rules"], start=1))
    except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
        raise VersionError(f"{path}: no policy ({error}); expected `budget` (removed, changed, share, few) and `rules`") from error
    if hold not in HOLDS:
        raise VersionError(f"{path}: hold {hold!r}; it must be one of {', '.join(HOLDS)}")
    return Policy(rules, budget, hold)


def make_rule(entry: Mapping[str, Any], where: str) -> Rule:
    """One rule, checked."""
    if unknown := entry.keys() - KEYS:
        raise VersionError(f"{where}: unknown {', '.join(sorted(unknown))}; a rule has {', '.join(sorted(KEYS))}")
    if "then" not in entry:
        raise VersionError(f"{where}: say `then: publish` or `then: wait`")
    lists = {name: as_set(entry.get(name)) for name in ("table", "change", "cause", "columns", "then")}
    for name, allowed in CLOSED.items():
        if strange := lists[name] - allowed:
            raise VersionError(f"{where}: {name} {', '.join(sorted(strange))}; it must be among {', '.join(sorted(allowed))}")
    then = lists.pop("then")
    return Rule(publish=then == {"publish"}, confidence=float(entry.get("confidence", 0.0)), **lists)


def as_set(value: str | list[str] | None) -> frozenset[str]:
    """One word or a list of words."""
    return frozenset() if value is None else frozenset([value] if isinstance(value, str) else value)
