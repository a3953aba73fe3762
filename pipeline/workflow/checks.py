"""Checks on what the stages made; the blocking ones keep a staged version from being published."""

from collections.abc import Iterator

import dagster as dg

from pipeline.tables.checks import CHECK_DOCS, CheckResult, Severity
from pipeline.workflow.resources import Settings
from pipeline.workflow.stages import Corpus, check_version

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


@dg.asset_check(asset="documents", description="Every source could be read; those that could not are named.")
def sources_read(documents: Corpus) -> dg.AssetCheckResult:
    """A warning that names the sources that could not be read."""
    failed = documents.failed_sources
    return dg.AssetCheckResult(passed=not failed, severity=dg.AssetCheckSeverity.WARN, description="; ".join(failed) or "all sources read")


CHECKS = [staged_checks, sources_read]
