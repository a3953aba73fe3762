"""The gate between staged and published: decisions are obeyed, changes compared, explained and judged by the policy."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.core.errors import VersionError
from pipeline.tables.checks import CheckResult, check_tables
from pipeline.tables.frames import Tables
from pipeline.versions.again import Again, Limits
from pipeline.versions.amend import Amended, amend
from pipeline.versions.causes import Causes, Reason
from pipeline.versions.decisions import Decision, hash_of, log_of
from pipeline.versions.diff import Change, Kind
from pipeline.versions.policy import Policy
from pipeline.versions.standing import Standing, standing
from pipeline.versions.statements import Statements, diff_facts
from pipeline.versions.store import KEPT, Store, Version

DECISIONS = "decisions"
"""Name of the input that hashes the decisions which a version obeys."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One change with its cause and what becomes of it: `publish`, `accepted` by a person, or `wait`."""

    change: Change
    reason: Reason
    confidence: float
    outcome: str
    reopened: bool = False

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

    @cached_property
    def waiting(self) -> list[Judged]:
        """The changes that a person has to decide."""
        return [judged for judged in self.changes if judged.waits]

    @property
    def free(self) -> bool:
        """Whether the version may be published."""
        return not self.waiting and self.over is None

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
    """
    head, now = Statements(amended.tables), standing(decisions)
    causes = Causes(base, head, before, after, amended.touched, again)
    judged = tuple(judge_one(change, causes, amended, now, policy) for change in diff_facts(base, head).changes())
    counts = Counter(item.change.kind for item in judged if item.outcome != "accepted" and item.reason.cause != "decision")
    return Judgement(judged, base, head, policy.budget.exceeded(counts, len(base.rows)))


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
    """What the gate did: the version with all decisions obeyed, its checks, and its changes (None: nothing to compare it with)."""

    version: Version
    checks: tuple[CheckResult, ...]
    judgement: Judgement | None
    published: bool

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
    amended = amend(staged.tables(), decisions)
    before, after = base.manifest.inputs, staged.manifest.inputs
    return judge(Statements(base.tables()), amended, before, after, decisions, policy, Again(store.private, before, after))


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
    checks = check_tables(amended.tables, previous_rows=base.manifest.rows if base and not accept_counts else None)
    judgement = None
    if base:
        before, after = base.manifest.inputs, version.manifest.inputs
        again = Again(store.private, before, after, limits)
        judgement = judge(Statements(base.tables()), amended, before, after, decisions, policy, again)
    sound = not any(check.blocks for check in checks)
    publish = sound and may_pass(judgement, mode, accept_counts=accept_counts)
    if publish:
        store.publish(version, keep=keep)
    return Outcome(version, tuple(checks), judgement, publish)


def may_pass(judgement: Judgement | None, mode: str, *, accept_counts: bool) -> bool:
    """Whether a sound version is published: a first one unless told never, a later one by its mode."""
    if mode != "review" or judgement is None:
        return mode != "never"
    return not judgement.waiting and (accept_counts or judgement.over is None)
