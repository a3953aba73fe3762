"""The gate between staged and published: decisions are obeyed, changes compared, explained and judged by the policy.

What may pass is published at once; a change that waits is undone in what readers get (`undoing`), with all that cannot move without it
(`holding`).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

from pipeline.core.errors import VersionError
from pipeline.tables.checks import CheckResult, check_tables
from pipeline.tables.frames import Tables, table_hash
from pipeline.versions.again import Again, Limits
from pipeline.versions.amend import Amended, amend
from pipeline.versions.causes import Causes, Reason
from pipeline.versions.decisions import Decision, hash_of, log_of
from pipeline.versions.diff import Change, Kind
from pipeline.versions.held import HeldChange
from pipeline.versions.holding import Held, hold
from pipeline.versions.policy import Policy
from pipeline.versions.standing import Standing, standing
from pipeline.versions.statements import FactKey, Statements, diff_facts
from pipeline.versions.store import KEPT, Store, Version
from pipeline.versions.undoing import undone

DECISIONS = "decisions"
"""Name of the input that hashes the decisions which a version obeys."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One change with its cause and what becomes of it: `publish`, `accepted` by a person, `wait`, or `held` back with one that waits."""

    change: Change
    reason: Reason
    confidence: float
    outcome: str
    reopened: bool = False

    @property
    def fact(self) -> FactKey:
        """What it is about."""
        return self.change.table, self.change.row_id

    @property
    def waits(self) -> bool:
        """Whether a person has to decide."""
        return self.outcome == "wait"


@dataclass(frozen=True)
class Judgement:
    """All changes of facts between what readers see and a version, judged; `over` says what breaks the budget."""

    changes: tuple[Judged, ...]
    base: Statements
    head: Statements
    over: str | None = None
    held: Held = Held()
    """What readers go on seeing as it was; nothing where a waiting change holds the whole version."""

    @cached_property
    def waiting(self) -> list[Judged]:
        """The changes that a person has to decide."""
        return [judged for judged in self.changes if judged.waits]

    @property
    def free(self) -> bool:
        """Whether the whole version may be published."""
        return not self.waiting and self.over is None

    @property
    def passing(self) -> int:
        """How many changes of facts readers may see now."""
        if self.over or (self.waiting and not self.held.facts):
            return 0
        return sum(judged.outcome in ("publish", "accepted") for judged in self.changes)

    @property
    def unshown(self) -> list[HeldChange]:
        """The changes that readers do not see, each with the cause that it has now."""
        reasons = ((judged.change, judged.reason) for judged in self.changes if judged.outcome in ("wait", "held"))
        return [HeldChange(c.table, c.row_id, c.kind.value, reason.cause.value, reason.detail, reason.sure) for c, reason in reasons]

    def counts(self) -> dict[str, int]:
        """Changes by outcome."""
        return dict(Counter(judged.outcome for judged in self.changes))


def judge(
    base: Statements,
    amended: Amended,
    before: Mapping[str, str],
    after: Mapping[str, str],
    decisions: Sequence[Decision],
    policy: Policy,
    again: Again | None = None,
    *,
    known: Mapping[FactKey, HeldChange] = MappingProxyType({}),
) -> Judgement:
    """Compare, explain and judge.

    Args:
        base: the facts that readers see.
        amended: the tables that shall be published, decisions obeyed.
        before: the inputs of the one.
        after: the inputs of the other.
        decisions: the whole log.
        policy: what publishes by itself.
        again: what extracts again, or remembers that, where more than one part moved; None leaves the recorded hashes to tell.
        known: the changes that the facts readers see hold back already; they are not counted against the budget again.
    """
    head, now = Statements(amended.tables), standing(decisions)
    causes = Causes(base, head, before, after, amended.touched, again, held=known)
    judged = tuple(judge_one(change, causes, amended, now, policy) for change in diff_facts(base, head).changes())
    new = (item for item in judged if item.outcome != "accepted" and item.reason.cause != "decision" and item.fact not in known)
    over = policy.budget.exceeded(Counter(item.change.kind for item in new), len(base.rows))
    waiting = [item.fact for item in judged if item.waits]
    if not waiting or policy.hold == "version":
        return Judgement(judged, base, head, over)
    held = hold(base, head, [item.change for item in judged], waiting)
    return Judgement(tuple(held_with(item, held) for item in judged), base, head, over, held)


def held_with(judged: Judged, held: Held) -> Judged:
    """The change, held back if it cannot be shown while others wait."""
    return judged if judged.waits or not held.keeps(judged.change) else replace(judged, outcome="held")


def judge_one(change: Change, causes: Causes, amended: Amended, now: Standing, policy: Policy) -> Judged:
    """What becomes of one change."""
    fact = (change.table, change.row_id)
    reason = causes.of(change)
    confidence = (causes.base if change.kind is Kind.REMOVED else causes.head).confidence(fact)
    if now.accepts(change):
        return Judged(change, reason, confidence, "accepted")
    reopened = fact in amended.reopened
    publishes = not reopened and policy.publishes(change, reason.cause, confidence)
    return Judged(change, reason, confidence, "publish" if publishes else "wait", reopened)


@dataclass(frozen=True)
class Outcome:
    """What the gate did.

    `version` is the staged one, all decisions obeyed; `checks` are its own and those of what readers would get; `judgement` has its changes
    (None: nothing to compare it with); `shown` is the version that was published – the staged one, or that with the waiting changes undone
    – None if readers see what they saw before.
    """

    version: Version
    checks: tuple[CheckResult, ...]
    judgement: Judgement | None
    shown: Version | None

    @property
    def published(self) -> bool:
        """Whether readers see something new, or all there is."""
        return self.shown is not None

    @property
    def waiting(self) -> int:
        """Changes that wait for a person."""
        return len(self.judgement.waiting) if self.judgement else 0


def need_staged(store: Store) -> Version:
    """The staged version.

    Raises:
        VersionError: there is none.
    """
    staged = store.staged()
    if staged is None:
        raise VersionError(f"nothing is staged in {store.outputs}: run `passerelle run --outputs {store.outputs}` first")
    return staged


def own_inputs(version: Version) -> dict[str, str]:
    """What a version was made from, without what writing it adds."""
    return {name: value for name, value in version.manifest.inputs.items() if name not in ("schema", DECISIONS)}


def judge_staged(store: Store, policy: Policy) -> Judgement:
    """The staged version as the decisions of this moment make it, compared with what readers see; nothing is written.

    Raises:
        VersionError: nothing is staged, or nothing is published to compare with.
    """
    staged, base, decisions = need_staged(store), store.readable(), log_of(store.outputs).all()
    again = Again(store.private, base.manifest.inputs, staged.manifest.inputs)
    return judge_versions(base, staged, amend(staged.tables(), decisions), decisions, policy, again)


def judge_versions(
    base: Version, version: Version, amended: Amended, decisions: Sequence[Decision], policy: Policy, again: Again | None = None
) -> Judgement:
    """`judge` for two versions on disk.

    Args:
        base: what readers see.
        version: what shall be published.
        amended: its tables.
        decisions: the whole log.
        policy: what publishes by itself.
        again: what extracts again, or remembers that.
    """
    old, inputs = Statements(base.tables()), (base.manifest.inputs, version.manifest.inputs)
    return judge(old, amended, *inputs, decisions, policy, again, known=base.held)


def release_staged(store: Store, policy: Policy, *, mode: str = "review", accept_counts: bool = False) -> Outcome:
    """`release` for the version that the last run staged."""
    staged = need_staged(store)
    return release(store, staged.tables(), own_inputs(staged), policy, mode=mode, accept_counts=accept_counts)


def release(
    store: Store,
    tables: Tables,
    inputs: Mapping[str, str],
    policy: Policy,
    *,
    mode: str = "review",
    accept_counts: bool = False,
    keep: int = KEPT,
    limits: Limits | None = None,
) -> Outcome:
    """Obey the decisions, stage, check, judge, and publish what may be published. The caller holds the store's lock.

    Args:
        store: where versions are kept.
        tables: as extracted.
        inputs: hash of each thing that they were made from.
        policy: what publishes by itself.
        mode: `review` asks the policy, `auto` publishes whatever passes the checks, `never` publishes nothing.
        accept_counts: lift the bounds on row counts and the budget.
        keep: published versions to keep.
        limits: how much may be extracted again to tell the causes of changes; None leaves it at what is known.

    Raises:
        TableError: rows break the declared schema.
    """
    decisions, base = log_of(store.outputs).all(), store.published()
    amended = amend(tables, decisions)
    version = store.stage(amended.tables, {**inputs, **({DECISIONS: hash_of(decisions)} if decisions else {})})
    bounds = base.manifest.rows if base and not accept_counts else None
    checks = check_tables(amended.tables, previous_rows=bounds)
    judgement = None
    if base:
        again = Again(store.private, base.manifest.inputs, version.manifest.inputs, limits)
        judgement = judge_versions(base, version, amended, decisions, policy, again)
    if any(check.blocks for check in checks) or not may_pass(judgement, mode, accept_counts=accept_counts):
        return Outcome(version, tuple(checks), judgement, None)
    shown = version
    if base and judgement and judgement.waiting and mode == "review":
        shown, faults = without_waiting(store, judgement, version, base, bounds)
        if faults or shown == base:
            return Outcome(version, (*checks, *faults), judgement, None)
    store.publish(shown, keep=keep)
    return Outcome(version, tuple(checks), judgement, shown)


def may_pass(judgement: Judgement | None, mode: str, *, accept_counts: bool) -> bool:
    """Whether anything of a sound version is published: of a first one unless told never, of a later one by its mode."""
    if mode != "review" or judgement is None:
        return mode != "never"
    return (accept_counts or judgement.over is None) and (not judgement.waiting or bool(judgement.held.facts))


def without_waiting(
    store: Store, judgement: Judgement, version: Version, base: Version, bounds: Mapping[str, int] | None
) -> tuple[Version, list[CheckResult]]:
    """The version with the waiting changes undone, written but not published, and the checks that forbid to publish it.

    Where nothing but waiting changes differs from what readers see, that is the version which they see already.
    """
    tables = undone(judgement.base, judgement.head, judgement.held)
    if {name: table_hash(table) for name, table in tables.items()} == base.manifest.tables:
        return base, []
    if faults := [check for check in check_tables(tables, previous_rows=bounds) if check.blocks]:
        return base, faults
    inputs = {name: value for name, value in version.manifest.inputs.items() if name != "schema"}
    return store.write(tables, inputs, held=judgement.unshown), []
