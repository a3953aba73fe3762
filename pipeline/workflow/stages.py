"""Each stage of the main job as a function of plain values, the same for the command line and for Dagster."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.core.errors import DocumentError, SourceError
from pipeline.core.facts import Document, DocumentFacts, Quarantined
from pipeline.core.ids import content_hash
from pipeline.core.lexicon import MODELS, REVIEW, load_lexicon
from pipeline.documents import fingerprint, load_documents, load_sources
from pipeline.documents.state import SourceState
from pipeline.extraction.engine import extract_documents
from pipeline.extraction.parts import component_files, component_hashes, extractor_hash, model_files
from pipeline.resolution import Resolution, read_judgements, resolve
from pipeline.tables.build import build_tables
from pipeline.tables.checks import CheckResult, check_tables
from pipeline.tables.frames import Tables
from pipeline.versions.again import LIMITS, Limits, read_limits
from pipeline.versions.cache import CACHE, FactsCache, open_documents, open_facts
from pipeline.versions.causes import LIST, RULE, TRAINED
from pipeline.versions.decisions import EXPORT, Decision, import_file, log_of
from pipeline.versions.parts import Parts
from pipeline.versions.policy import POLICY, Policy, read_policy
from pipeline.versions.standing import decided_names
from pipeline.versions.store import Store
from pipeline.workflow.progress import progress

LOG = logging.getLogger(__name__)
JUDGEMENTS = "judgements.csv"


@dataclass(frozen=True, slots=True)
class Corpus:
    """What the sources gave: texts, documents set aside, and sources that could not be read."""

    documents: tuple[Document, ...]
    quarantined: tuple[Quarantined, ...]
    failed_sources: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Hash of everything that was read."""
        rows = [*map(asdict, self.documents), *map(asdict, self.quarantined)]
        return content_hash(json.dumps(sorted(rows, key=lambda row: str(row["document_id"])), sort_keys=True, ensure_ascii=False))


@dataclass(frozen=True, slots=True)
class Extraction:
    """What the documents state, how many of them were known already, and those that extraction had to set aside."""

    facts: tuple[DocumentFacts, ...]
    unchanged: int
    quarantined: tuple[Quarantined, ...] = ()


def read_corpus(corpora: Iterable[Path], outputs: Path, *, show: bool = True) -> Corpus:
    """Read, clean and identify every document; a source that cannot be read is reported, the others go on.

    Raises:
        SourceError: a corpus is not there, or its declaration of sources is wrong.
    """
    sources = [source for corpus in corpora for source in load_sources(corpus)]
    failed: list[str] = []
    store = Store(outputs)

    def report(error: SourceError) -> None:
        failed.append(str(error))

    with open_documents(store.private / CACHE) as memory:
        state = SourceState(store.private / "sources")
        found = load_documents(sources, state=state, known=memory, learned=memory, report=report)
        loaded = list(progress(found, "reading", show=show))
    return Corpus(
        tuple(item for item in loaded if isinstance(item, Document)),
        tuple(item for item in loaded if isinstance(item, Quarantined)),
        tuple(failed),
    )


def find_judgements(corpora: Iterable[Path]) -> Path | None:
    """The file of people's judgements on names that a corpus brings along, if one does.

    Raises:
        SourceError: several do.
    """
    found = [path for corpus in corpora if (path := corpus / JUDGEMENTS).is_file()]
    if len(found) > 1:
        raise SourceError(f"several corpora bring judgements ({', '.join(map(str, found))}): name one with --judgements")
    return found[0] if found else None


def corpus_fingerprint(corpora: Iterable[Path]) -> str:
    """Hash that changes when files arrive, change or go; nothing is opened.

    Raises:
        SourceError: a corpus is not there.
    """
    return content_hash("\n".join(fingerprint(source) for corpus in corpora for source in load_sources(corpus)))


def extract_corpus(documents: Sequence[Document], outputs: Path, models: Path, *, workers: int = 1, show: bool = True) -> Extraction:
    """What each document states; only those are extracted whose text, metadata, word lists or model changed."""
    with open_facts(Store(outputs).private / CACHE, extractor=extractor_hash(models)) as cache:
        known = {document.document_id: facts for document in documents if (facts := cache.get(document))}
        new = [document for document in documents if document.document_id not in known]
        fresh, quarantined = extract_new(new, cache, models, workers=workers, show=show)
    stated = {**known, **fresh}
    return Extraction(tuple(stated[document_id] for document_id in sorted(stated)), len(known), tuple(quarantined))


def extract_new(
    documents: Sequence[Document], cache: FactsCache, models: Path, *, workers: int, show: bool
) -> tuple[dict[str, DocumentFacts], list[Quarantined]]:
    """Extract documents and keep the facts of each as soon as they are there; one that cannot be extracted is set aside."""
    by_id = {document.document_id: document for document in documents}
    fresh: dict[str, DocumentFacts] = {}
    quarantined: list[Quarantined] = []
    for outcome in progress(outcomes(documents, models, workers), "extracting", total=len(documents), show=show):
        if isinstance(outcome, Quarantined):
            quarantined.append(outcome)
        else:
            fresh[outcome.document_id] = outcome
            cache.put(by_id[outcome.document_id], outcome)
    return fresh, quarantined


def outcomes(documents: Sequence[Document], models: Path, workers: int) -> Iterator[DocumentFacts | Quarantined]:
    """Facts in the order of the documents; where one cannot be extracted, its row, and the rest goes on."""
    left = {document.document_id: document for document in documents}
    while left:
        try:
            for facts in extract_documents(tuple(left.values()), models=models, workers=workers):
                del left[facts.document_id]
                yield facts
            return
        except DocumentError:
            yield outcome_alone(left.pop(next(iter(left))), models)


def outcome_alone(document: Document, models: Path) -> DocumentFacts | Quarantined:
    """Facts of one document extracted on its own, or its row: in a batch, the error does not say whose it is."""
    try:
        (facts,) = extract_documents((document,), models=models)
    except DocumentError as error:
        LOG.warning("%s: %s", document.source_uri, error)
        return set_aside(document, str(error))
    return facts


def set_aside(document: Document, reason: str) -> Quarantined:
    """The row of a document that extraction cannot use."""
    columns = ("document_id", "source_uri", "content_sha256", "title", "language", "language_confidence")
    kept = {column: getattr(document, column) for column in columns}
    return Quarantined(**kept, reason=reason, char_count=len(document.text))


def resolve_names(extraction: Extraction, judgements: Path | None, models: Path, *, decided: Iterable[Decision] = ()) -> Resolution:
    """One organisation, project and programme each across documents; gazetteer aliases are known, what people judged is obeyed.

    Args:
        extraction: what the documents state.
        judgements: a file of judgements on names.
        models: whose gazetteers are known names.
        decided: the log of decisions; organisations merged or split there count as judgements.
    """
    judged = read_judgements(judgements, more=decided_names(decided))
    return resolve(extraction.facts, judgements=judged, known=load_lexicon(models).gazetteer())


def make_tables(corpus: Corpus, extraction: Extraction, resolution: Resolution) -> Tables:
    """Rows of every table."""
    extracted = {facts.document_id for facts in extraction.facts}
    documents = [document for document in corpus.documents if document.document_id in extracted]
    return build_tables(documents, (*corpus.quarantined, *extraction.quarantined), extraction.facts, resolution)


def input_hashes(corpus: Corpus, models: Path, judgements: Path | None, *, decided: Iterable[Decision] = ()) -> dict[str, str]:
    """What the rows are made from: the hash of each thing whose change can move a row."""
    names = "".join(f"\n{judgement}" for judgement in decided_names(decided))
    return {
        **component_hashes(models),
        **entry_hashes(models),
        "corpus": corpus.digest,
        "resolution": code_hash("resolution"),
        "tables": code_hash("core", "tables"),
        "judgements": content_hash((judgements.read_bytes() if judgements and judgements.is_file() else b"") + names.encode()),
    }


def entry_hashes(models: Path) -> dict[str, str]:
    """Hash of each file of the word lists and models and of each rule, so that a change can be told by its name."""
    lexicon = load_lexicon(models)
    rules = [rule for path in sorted(models.glob("patterns/*.yaml")) for rule in lexicon.patterns(path.stem)]
    return {
        **{f"{LIST}{name}": content_hash(path.read_bytes()) for name, path in lexicon.listed().items()},
        **{f"{TRAINED}{name}": content_hash(path.read_bytes()) for name, path in model_files(models).items()},
        **{f"{RULE}{rule.id}": content_hash(f"{rule.label} {rule.regex.pattern}") for rule in rules},
    }


def keep_parts(outputs: Path, models: Path, inputs: Mapping[str, str]) -> int:
    """Keep the word lists, models and code that a version is made with; returns how many files were new.

    Raises:
        VersionError: one of them changed since it was hashed.
    """
    parts = Parts(Store(outputs).private)
    return sum(parts.keep(inputs[part], files) for part, files in component_files(models).items())


def read_decisions(corpora: Iterable[Path], outputs: Path) -> list[Decision]:
    """The log of decisions, with those that a corpus brings along.

    Raises:
        VersionError: a line of a corpus's file is no decision.
    """
    log = log_of(outputs)
    for path in (corpus / EXPORT for corpus in corpora):
        if path.is_file():
            import_file(log, path)
    return log.all()


def find_policy(models: Path) -> Policy:
    """The policy of a models folder, else the project's own."""
    return read_policy(review_file(models, POLICY))


def find_limits(models: Path) -> Limits:
    """How much may be extracted again, by a models folder, else by the project's own."""
    return read_limits(review_file(models, LIMITS))


def review_file(models: Path, name: str) -> Path:
    """A file that says how rows are reviewed: of a models folder, else the project's own."""
    own = models / REVIEW / name
    return own if own.is_file() else MODELS / REVIEW / name


def code_hash(*rooms: str) -> str:
    """Hash of the source files of some rooms of the package."""
    root = Path(__file__).parents[1]
    files = sorted(path for room in rooms for path in (root / room).rglob("*") if path.suffix in (".py", ".sql"))
    return content_hash("\n".join(f"{path.relative_to(root).as_posix()} {content_hash(path.read_bytes())}" for path in files))


def check_version(tables: Tables, store: Store, *, accept_counts: bool = False) -> list[CheckResult]:
    """All integrity checks, the counts compared with what readers see now."""
    published = store.published()
    previous: Mapping[str, int] | None = published.manifest.rows if published and not accept_counts else None
    return check_tables(tables, previous_rows=previous)
