"""The main job as a plain function: documents → facts → resolution → tables → staged version → checks → published version."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.core.facts import Quarantined
from pipeline.tables.checks import CheckResult
from pipeline.versions.gate import Judgement, Outcome, release, release_staged
from pipeline.versions.store import KEPT, Store, Version
from pipeline.workflow.stages import (
    Corpus,
    Extraction,
    extract_corpus,
    find_judgements,
    find_limits,
    find_policy,
    input_hashes,
    keep_parts,
    make_tables,
    read_corpus,
    read_decisions,
    resolve_names,
)


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did, in numbers; `version_id` is the staged version, `shown` the one that was published, if any."""

    outputs: Path
    extracted: int
    unchanged: int
    quarantined: tuple[Quarantined, ...]
    failed_sources: tuple[str, ...]
    rows: Mapping[str, int]
    version_id: str
    new_version: bool
    checks: tuple[CheckResult, ...]
    shown: Version | None = None
    judgement: Judgement | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def read(self) -> int:
        """Documents that were read and gave facts, or nothing."""
        return self.extracted + self.unchanged

    @property
    def published(self) -> bool:
        """Whether readers see something new, or all there is."""
        return self.shown is not None

    @property
    def blocking(self) -> list[CheckResult]:
        """The checks that kept the version from being published."""
        return [check for check in self.checks if check.blocks]


class Clock:
    """Seconds per stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure one stage."""
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start


def run_job(
    corpora: Sequence[Path],
    outputs: Path,
    models: Path,
    *,
    judgements: Path | None = None,
    workers: int = 1,
    accept_counts: bool = False,
    publish: str = "review",
    keep: int = KEPT,
    show: bool = True,
) -> RunReport:
    """Read the corpora, write a version, check it, and publish it if no check and no change forbids.

    Args:
        corpora: folders of documents, or files that declare sources.
        outputs: where versions are kept; made if it is not there.
        models: word lists and models.
        judgements: people's judgements on names; by default the `judgements.csv` of a corpus.
        workers: processes that extract.
        accept_counts: publish although a table shrank or grew, or more rows changed, than the bounds allow.
        publish: `review` publishes what the policy lets pass, `auto` all that passes the checks, `never` nothing.
        keep: published versions to keep besides the present one.
        show: progress on standard error.

    Raises:
        PasserelleError: a corpus is not there, another run is writing to the same outputs, or rows break the schema.
    """
    store, clock = Store(outputs), Clock()
    judgements = judgements or find_judgements(corpora)
    with store.lock():
        store.recover()
        before, decided = store.published(), read_decisions(corpora, outputs)
        with clock.stage("documents"):
            corpus = read_corpus(corpora, outputs, show=show)
        with clock.stage("extraction"):
            extraction = extract_corpus(corpus.documents, outputs, models, workers=workers, show=show)
        with clock.stage("resolution"):
            resolution = resolve_names(extraction, judgements, models, decided=decided)
        with clock.stage("tables"):
            tables = make_tables(corpus, extraction, resolution)
        with clock.stage("versions"):
            inputs, policy = input_hashes(corpus, models, judgements, decided=decided), find_policy(models)
            keep_parts(outputs, models, inputs)
            limits = find_limits(models)
            outcome = release(store, tables, inputs, policy, mode=publish, accept_counts=accept_counts, keep=keep, limits=limits)
    return report_of(corpus, extraction, outcome, outputs=outputs, new_version=outcome.shown != before, seconds=clock.seconds)


def report_of(
    corpus: Corpus,
    extraction: Extraction,
    released: Outcome,
    *,
    outputs: Path,
    new_version: bool,
    seconds: Mapping[str, float],
) -> RunReport:
    """The numbers of a run."""
    return RunReport(
        outputs=outputs,
        extracted=len(extraction.facts) - extraction.unchanged,
        unchanged=extraction.unchanged,
        quarantined=(*corpus.quarantined, *extraction.quarantined),
        failed_sources=corpus.failed_sources,
        rows=(released.shown or released.version).manifest.rows,
        version_id=released.version.version_id,
        new_version=new_version,
        checks=released.checks,
        shown=released.shown,
        judgement=released.judgement,
        seconds=seconds,
    )


def publish_staged(store: Store, models: Path, *, mode: str = "review", accept_counts: bool = False) -> Outcome:
    """Publish what the last run staged, with the decisions made since.

    Raises:
        VersionError: nothing is staged, or another process is writing.
    """
    with store.lock():
        store.recover()
        return release_staged(store, find_policy(models), mode=mode, accept_counts=accept_counts)


def publish_version(store: Store, version_id: str) -> str:
    """Publish an earlier version again, as it was; says so.

    Raises:
        VersionError: there is no such version, or its files are not what was written.
    """
    with store.lock():
        store.recover()
        version = store.version(version_id)
        store.publish(version)
    return f"published version {version.version_id} again"
