"""One asset per stage: take what came before, call the stage, show what it did."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import dagster as dg

from pipeline.observatory.site import build_site
from pipeline.resolution import Resolution
from pipeline.tables.frames import Tables
from pipeline.versions.decisions import log_of
from pipeline.versions.describe import title
from pipeline.versions.gate import Outcome, release, release_staged
from pipeline.workflow import shown, stages
from pipeline.workflow.report import released
from pipeline.workflow.resources import Settings
from pipeline.workflow.stages import Corpus, Extraction

Shown = dict[str, Any]
"""What an asset shows about a materialisation."""


@dg.asset(group_name="passerelle", kinds={"python"}, metadata={"dagster/column_schema": shown.table_schema("documents")})
def documents(context: dg.AssetExecutionContext, settings: Settings) -> dg.Output[Corpus]:
    """Press releases from folders, feeds and pages: cleaned text in French, and what was set aside, with the reason.

    A source that cannot be read is tried again, each time after twice the wait; then the run goes on with the others.
    """
    with settings.store.lock():
        settings.store.recover()
        corpus = stages.read_corpus(settings.corpus_paths, Path(settings.outputs), show=False)
    if corpus.failed_sources and context.retry_number < settings.source_retries:
        raise dg.RetryRequested(settings.source_retries, seconds_to_wait=settings.source_wait * 2**context.retry_number)
    metadata: Shown = {
        "dagster/row_count": len(corpus.documents) + len(corpus.quarantined),
        "read": len(corpus.documents),
        "set aside": len(corpus.quarantined),
        "sources not read": len(corpus.failed_sources),
        "reasons": shown.preview(map(asdict, corpus.quarantined), ["source_uri", "reason"]),
        "preview": shown.preview(map(asdict, corpus.documents[: shown.PREVIEW_ROWS]), ["source_uri", "published_on", "title", "text"]),
    }
    return dg.Output(corpus, metadata=metadata)


@dg.asset(group_name="passerelle", kinds={"python", "spacy"})
def facts(context: dg.AssetExecutionContext, settings: Settings, documents: Corpus) -> dg.Output[Extraction]:
    """What each document states – mentions, dates, agreements, projects, funding – each fact with its words.

    Only documents whose text, metadata, word lists or model changed are extracted.
    """
    start = time.perf_counter()
    with settings.store.lock():
        extraction = stages.extract_corpus(
            documents.documents, Path(settings.outputs), Path(settings.models), workers=settings.workers, show=False
        )
    return dg.Output(extraction, metadata={**extraction_counts(extraction), **rates(extraction, time.perf_counter() - start)})


def extraction_counts(extraction: Extraction) -> dict[str, int]:
    """How many facts of each kind, and how many documents were known."""
    kinds = ("mentions", "dates", "agreements", "projects", "funding", "declared", "refusals")
    counts = {kind: sum(len(getattr(stated, kind)) for stated in extraction.facts) for kind in kinds}
    return {
        "dagster/row_count": len(extraction.facts),
        "unchanged": extraction.unchanged,
        "set aside": len(extraction.quarantined),
        **counts,
    }


def rates(extraction: Extraction, seconds: float) -> dict[str, float]:
    """Documents extracted anew, seconds, documents per second; where nothing was extracted there is no rate."""
    new = len(extraction.facts) - extraction.unchanged
    return {"extracted": new, "seconds": seconds, **({"documents per second": new / seconds} if new else {})}


@dg.asset(group_name="passerelle", kinds={"python"})
def resolution(settings: Settings, facts: Extraction) -> dg.Output[Resolution]:
    """One organisation, project and programme each across documents; people's judgements on names are obeyed."""
    decided = stages.read_decisions(settings.corpus_paths, Path(settings.outputs))
    found = stages.resolve_names(facts, settings.judgements_path, Path(settings.models), decided=decided)
    kinds = Counter(organisation.kind for organisation in found.organisations)
    columns = ("name", "kind", "country_code", "aliases")
    rows = [{column: getattr(row, column) for column in columns} for row in found.organisations[: shown.PREVIEW_ROWS]]
    metadata: Shown = {
        "organisations": len(found.organisations),
        "projects": len(found.projects),
        "programmes": len(found.programmes),
        **{f"organisations: {kind}": count for kind, count in sorted(kinds.items())},
        "preview": shown.preview(rows, columns),
    }
    return dg.Output(found, metadata=metadata)


@dg.asset(group_name="passerelle", kinds={"parquet", "sqlite"})
def staged(settings: Settings, documents: Corpus, facts: Extraction, resolution: Resolution) -> dg.Output[str]:
    """A whole version of the tables on disk, not yet visible to readers; the checks look at it."""
    tables, store = stages.make_tables(documents, facts, resolution), settings.store
    policy, decided = stages.find_policy(Path(settings.models)), log_of(store.outputs).all()
    with store.lock():
        inputs = stages.input_hashes(documents, Path(settings.models), settings.judgements_path, decided=decided)
        stages.keep_parts(store.outputs, Path(settings.models), inputs)
        outcome = release(store, tables, inputs, policy, mode="never", limits=stages.find_limits(Path(settings.models)))
    made = outcome.version.version_id
    return dg.Output(made, metadata={**version_metadata(made, outcome.version.tables()), **changes_metadata(outcome)})


def changes_metadata(outcome: Outcome) -> Shown:
    """How many facts would change for readers, what becomes of them, and those that wait."""
    if outcome.judgement is None:
        return {"changes waiting": 0}
    names = {**outcome.judgement.base.names, **outcome.judgement.head.names}
    rows = [
        {"fact": title(item.change.table, item.change.row, names), "change": item.change.kind.value, "cause": item.reason.cause.value}
        for item in outcome.judgement.waiting[: shown.PREVIEW_ROWS]
    ]
    return {
        "changes waiting": outcome.waiting,
        "changes that readers may see": outcome.judgement.passing,
        **{f"changes: {name}": count for name, count in sorted(outcome.judgement.counts().items())},
        "waiting": shown.preview(rows, ["fact", "change", "cause"]),
    }


def version_metadata(version_id: str, tables: Tables) -> Shown:
    """A version's id, its rows per table, and its agreements."""
    rows = [{"table": name, "rows": len(table)} for name, table in tables.items()]
    return {
        "version": version_id,
        "dagster/row_count": sum(map(len, tables.values())),
        "rows per table": shown.preview(rows, ["table", "rows"]),
        "agreements": shown.table_preview("agreements", tables["agreements"]),
    }


@dg.asset(group_name="passerelle", kinds={"parquet", "sqlite"}, output_required=False)
def published(context: dg.AssetExecutionContext, settings: Settings, staged: str) -> Iterator[dg.Output[str]]:
    """The version that readers see, switched in one step; a failing blocking check on `staged` keeps the version before.

    A change that waits for a person is held back alone, the rest is published; once it is decided, a sensor starts this asset alone.
    """
    store = settings.store
    with store.lock():
        outcome = release_staged(
            store, stages.find_policy(Path(settings.models)), mode=settings.publish, accept_counts=settings.accept_counts
        )
    if not outcome.shown:
        context.log.warning("; ".join(released(outcome, store.outputs)))
        return
    tables, made = outcome.shown.tables(), outcome.shown.version_id
    for event in shown.table_events(tables):
        context.log_event(event)
    yield dg.Output(made, metadata={**version_metadata(made, tables), **changes_metadata(outcome)})


@dg.asset(group_name="passerelle", kinds={"html"}, deps=[published])
def observatory(settings: Settings) -> dg.Output[str]:
    """The static site of what readers see, switched in one step like the tables."""
    site = build_site(settings.store.outputs)
    return dg.Output(site.folder.name, metadata={"pages": site.pages, "open": dg.MetadataValue.path(str(site.entry))})


ASSETS: list[dg.AssetsDefinition | dg.AssetSpec] = [
    documents,
    facts,
    resolution,
    staged,
    published,
    observatory,
    *shown.table_specs("published"),
]
