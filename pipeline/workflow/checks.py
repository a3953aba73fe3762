"""Checks on what the stages made; the blocking ones keep a staged version from being published."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from pipeline.tables.checks import CHECK_DOCS, CheckResult, Severity
from pipeline.versions.gate import Judgement, judge_staged
from pipeline.workflow.resources import Settings
from pipeline.workflow.stages import Corpus, check_version, find_policy

SPECS = [
    dg.AssetCheckSpec(name, asset="staged", description=doc, blocking=severity is Severity.ERROR)
    for name, (severity, doc) in CHECK_DOCS.items()
]


@dg.multi_asset_check(specs=SPECS)
def staged_checks(settings: Settings, staged: str) -> Iterator[dg.AssetCheckResult]:
    """Every integrity check of the tables, on the staged version."""
    store = settings.store
    for check in check_version(store.version(staged).tables(), store, accept_counts=settings.accept_counts):
        yield check_result(check)


def check_result(check: CheckResult) -> dg.AssetCheckResult:
    """A plain result as Dagster shows it."""
    severity = dg.AssetCheckSeverity.ERROR if check.severity is Severity.ERROR else dg.AssetCheckSeverity.WARN
    return dg.AssetCheckResult(
        check_name=check.name, passed=check.passed, severity=severity, description=check.detail, metadata=dict(check.metadata)
    )


@dg.asset_check(asset="staged", description="Every change that readers would see is decided, or may pass by the policy.")
def changes_decided(settings: Settings, staged: str) -> dg.AssetCheckResult:
    """A warning while changes wait for a person: readers see what they saw before, in those facts or, by the policy, everywhere."""
    judgement = what_waits(settings)
    told = waits(judgement)
    metadata = {"changes waiting": len(judgement.waiting) if judgement else 0, "passing": judgement.passing if judgement else 0}
    return dg.AssetCheckResult(passed=told == "nothing waits", severity=dg.AssetCheckSeverity.WARN, description=told, metadata=metadata)


def what_waits(settings: Settings) -> Judgement | None:
    """The changes of the staged version, judged; None where nothing is published yet."""
    store = settings.store
    return judge_staged(store, find_policy(Path(settings.models))) if store.published() else None


def waits(judgement: Judgement | None) -> str:
    """What waits, in words."""
    if judgement is None or judgement.free:
        return "nothing waits"
    return judgement.over or f"{len(judgement.waiting)} changes wait for a person"


@dg.asset_check(asset="documents", description="Every source could be read; those that could not are named.")
def sources_read(documents: Corpus) -> dg.AssetCheckResult:
    """A warning that names the sources that could not be read."""
    failed = documents.failed_sources
    return dg.AssetCheckResult(passed=not failed, severity=dg.AssetCheckSeverity.WARN, description="; ".join(failed) or "all sources read")


CHECKS = [staged_checks, changes_decided, sources_read]
