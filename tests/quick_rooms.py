"""The main job with two quick rooms in place of extraction and resolution: every capitalised word is a cluster, the first two agree.

For tests of what happens around the rooms: it loads no model, so that a run takes a fraction of a second and can be killed often.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from making import agreement, facts, org

from pipeline.core.errors import DocumentError
from pipeline.core.facts import Document, DocumentFacts
from pipeline.resolution import Resolution, ResolvedEntity
from pipeline.workflow import job, stages

EXTRACTED: list[str] = []
"""Addresses of the documents that were extracted in this process."""


def read(document: Document) -> DocumentFacts:
    """Facts of one document; one that speaks of `Poison` cannot be extracted."""
    EXTRACTED.append(document.source_uri)
    names = list(dict.fromkeys(re.findall(r"\b[A-Z]\w+", document.text)))
    if "Poison" in names:
        raise DocumentError("it is poisoned")
    return facts(document, *names, agreements=(agreement(document, *names[:2]),) if len(names) > 1 else ())


def extract_documents(documents: Sequence[Document], *, models: Path, workers: int = 1) -> Iterator[DocumentFacts]:
    """Stands in for the engine."""
    return map(read, documents)


def resolve(found: Sequence[DocumentFacts], *, judgements: object = None, known: object = None) -> Resolution:
    """Stands in for the resolution: names are what they are."""
    ids = {(stated.document_id, entity.key): org(entity.name).id for stated in found for entity in stated.entities}
    names = {entity.name for stated in found for entity in stated.entities}
    return Resolution(tuple(ResolvedEntity(org(name).id, name, "cluster", aliases=(name,)) for name in sorted(names)), ids=ids)


def install(put: Callable[[object, str, object], None] = setattr) -> None:
    """Put the quick rooms into the stages; a word list is any .csv of the models folder."""

    def words(models: Path) -> str:
        return "".join(path.read_text() for path in sorted(models.glob("*.csv")))

    put(stages, "extract_documents", extract_documents)
    put(stages, "extractor_hash", words)
    put(stages, "component_hashes", lambda models: {"lexicon": words(models), "model": "", "code": ""})
    put(stages, "component_files", lambda models: {})
    put(stages, "resolve", resolve)


def run(corpus: Path, outputs: Path, models: Path) -> None:
    """A quick run, for a process of its own."""
    install()
    job.run_job([corpus], outputs, models, show=False)
