"""Two configurations over one corpus: what other word lists or models would change in the tables, before anything is staged."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.tables.frames import Tables
from pipeline.versions.amend import amend
from pipeline.versions.causes import Causes
from pipeline.versions.diff import diff_frames
from pipeline.versions.report import Report, entries
from pipeline.versions.statements import Statements
from pipeline.versions.store import Store
from pipeline.workflow.stages import (
    Corpus,
    extract_corpus,
    find_judgements,
    input_hashes,
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
    causes = Causes(old, new, made[0][1], made[1][1])
    return Report(str(models), str(other), counts, entries(old, new, causes))


def tables_with(corpus: Corpus, outputs: Path, models: Path, judgements: Path | None) -> tuple[Tables, dict[str, str]]:
    """The tables that a models folder gives, and what they are made from."""
    extraction = extract_corpus(corpus.documents, outputs, models, show=False)
    tables = make_tables(corpus, extraction, resolve_names(extraction, judgements, models))
    return tables, input_hashes(corpus, models, judgements)
