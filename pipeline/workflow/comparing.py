"""Two versions, or two configurations over one corpus: what differs in the tables, and why."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.tables.frames import Tables
from pipeline.versions.again import Again
from pipeline.versions.amend import amend
from pipeline.versions.causes import Causes
from pipeline.versions.diff import diff_frames
from pipeline.versions.history import pair
from pipeline.versions.report import Report, entries, report_versions
from pipeline.versions.statements import Statements
from pipeline.versions.store import Store
from pipeline.workflow.stages import (
    Corpus,
    extract_corpus,
    find_judgements,
    find_limits,
    input_hashes,
    keep_parts,
    make_tables,
    read_corpus,
    read_decisions,
    resolve_names,
)


def compare_models(corpora: Sequence[Path], outputs: Path, models: Path, other: Path, judgements: Path | None = None) -> Report:
    """Extract the corpus with two models folders (each remembers what it read) and compare the tables.

    Raises:
        SourceError: a corpus is not there.
        LexiconError: a models folder is not valid.
    """
    judgements = judgements or find_judgements(corpora)
    with Store(outputs).lock():
        corpus = read_corpus(corpora, outputs, show=False)
        decided = read_decisions(corpora, outputs)
        made = [tables_with(corpus, outputs, folder, judgements) for folder in (models, other)]
    amended = [amend(tables, decided) for tables, _ in made]
    old, new = (Statements(found.tables) for found in amended)
    counts = {name: table.counts for name, table in diff_frames(old.tables, new.tables).tables.items() if any(table.counts.values())}
    again = Again(Store(outputs).private, made[0][1], made[1][1], find_limits(models))
    causes = Causes(old, new, made[0][1], made[1][1], again=again)
    return Report(str(models), str(other), counts, entries(old, new, causes))


def compare_versions(outputs: Path, models: Path, base: str | None = None, head: str | None = None) -> Report:
    """Compare two versions of an outputs folder, named as `pair` takes them; documents are extracted again where only that tells a cause.

    Raises:
        VersionError: there is no such version, or nothing to compare with.
    """
    store = Store(outputs)
    old, new = pair(store, base, head)
    return report_versions(old, new, Again(store.private, old.manifest.inputs, new.manifest.inputs, find_limits(models)))


def tables_with(corpus: Corpus, outputs: Path, models: Path, judgements: Path | None) -> tuple[Tables, dict[str, str]]:
    """The tables that a models folder gives, and what they are made from."""
    extraction = extract_corpus(corpus.documents, outputs, models, show=False)
    tables = make_tables(corpus, extraction, resolve_names(extraction, judgements, models))
    inputs = input_hashes(corpus, models, judgements)
    keep_parts(outputs, models, inputs)
    return tables, inputs
