"""What a run says at its end."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.versions.gate import Judgement, Outcome
from pipeline.workflow.job import RunReport

LABELS = {
    "publish": "that the policy lets pass",
    "accepted": "accepted by a person",
    "wait": "waiting",
    "held": "held back with those that wait",
}
"""What became of a change, in words."""


def lines(report: RunReport) -> Iterator[str]:
    """The report of a run, line by line."""
    yield f"{report.read} documents read: {report.extracted} extracted, {report.unchanged} unchanged; {len(report.quarantined)} set aside"
    yield from (f"  set aside {document.source_uri}: {document.reason}" for document in report.quarantined)
    yield from (f"  source not read: {problem}" for problem in report.failed_sources)
    yield "rows: " + ", ".join(f"{name} {rows}" for name, rows in report.rows.items())
    yield "time: " + ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in report.seconds.items())
    failed = (check for check in report.checks if not check.passed)
    yield from (f"{'check failed' if check.blocks else 'warning'}: {check.name}: {check.detail}" for check in failed)
    yield from outcome(report)


def outcome(report: RunReport) -> Iterator[str]:
    """What readers see now."""
    if judgement := report.judgement:
        yield from waiting(judgement)
    if not report.shown:
        yield f"not published: version {report.version_id} is staged in {report.outputs / 'staged'}; readers see what they saw before"
    elif not report.new_version:
        yield f"nothing changed: version {report.shown.version_id} stays published in {report.outputs}"
    else:
        yield from partly(report.judgement)
        yield f"published version {report.shown.version_id}: {report.outputs / 'tables'}/*.parquet and {report.outputs / 'passerelle.db'}"


def partly(judgement: Judgement | None) -> Iterator[str]:
    """How many changes readers see now, where others wait, and the documents that stay with their old text for those."""
    if judgement is None or not judgement.held.facts:
        return
    counts = judgement.counts()
    unshown = f"{counts['wait']} wait" + (f", {counts['held']} with them" if counts.get("held") else "")
    yield f"{judgement.passing} changes are published, {unshown}: there readers see what they saw before"
    addresses = judgement.base.addresses
    for address in sorted(addresses.get(key, key) for key in judgement.held.documents):
        yield f"  {address} stays as it was published: its new text lacks the words of a fact whose change waits"


def waiting(judgement: Judgement) -> Iterator[str]:
    """How many changes of facts there are, and which of them a person has to decide."""
    if judgement.changes:
        counts = ", ".join(f"{count} {LABELS[outcome]}" for outcome, count in sorted(judgement.counts().items()))
        yield f"changes of facts: {counts}; `passerelle diff` shows them"
    if judgement.over:
        yield f"too many changes: {judgement.over}; if this is meant, run again with --accept-counts"
    if judgement.waiting:
        yield f"{len(judgement.waiting)} changes wait for a person: decide them with `passerelle review`, or publish with --publish auto"


def released(outcome: Outcome, outputs: Path) -> Iterator[str]:
    """What `passerelle publish` says."""
    yield from (f"check failed: {check.name}: {check.detail}" for check in outcome.checks if check.blocks)
    if outcome.judgement:
        yield from waiting(outcome.judgement)
    if outcome.shown:
        yield from partly(outcome.judgement)
        yield f"published version {outcome.shown.version_id} in {outputs}"
    else:
        yield f"not published, readers see what they saw before: version {outcome.version.version_id} in {outputs}"
