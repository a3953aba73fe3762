"""Documents of two versions extracted again with some parts of the one and some of the other, and what was read so remembered.

Who only wants to show what is known gives no limits: then nothing is extracted.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from pipeline.core.errors import VersionError
from pipeline.core.facts import Document, DocumentFacts
from pipeline.extraction.parts import PARTS, recipe_hash
from pipeline.versions.attribution import Taken
from pipeline.versions.bench import SlowError, extract_with
from pipeline.versions.cache import CACHE, FactsCache, Memory, known_documents, open_file
from pipeline.versions.parts import Parts

LOG = logging.getLogger(__name__)
LIMITS = "causes.yaml"
MEMORY = "again.db"
REMEMBERED = 24
"""Mixtures whose facts are kept; one pair of versions has at most eight."""

Read = Mapping[str, DocumentFacts]
"""Facts by document."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be extracted again for one pair of versions: documents, and seconds for one mixture of parts."""

    documents: int
    seconds: float


def read_limits(path: Path) -> Limits:
    """The limits of a file.

    Raises:
        VersionError: it cannot be read, or does not say both.
    """
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
        return Limits(documents=int(content["documents"]), seconds=float(content["seconds"]))
    except (OSError, KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise VersionError(f"{path}: no limits ({error!r}); expected `documents` and `seconds`, a number each") from error


class Again:
    """What documents state with mixed parts of two versions."""

    def __init__(self, private: Path, before: Mapping[str, str], after: Mapping[str, str], limits: Limits | None = None) -> None:
        self.private, self.before, self.after, self.limits = private, before, after, limits
        self.parts = Parts(private)
        self.moved = tuple(part for part in PARTS if before.get(part) != after.get(part))

    def documents(self, texts: Mapping[str, str]) -> dict[str, Document]:
        """The documents with these texts, as the last run read them; those that it did not read so are left out."""
        if not (self.private / CACHE).exists():
            return {}
        with open_file(self.private / CACHE) as connection:
            return known_documents(connection, texts)

    def read(self, taken: Taken, documents: Mapping[str, Document]) -> tuple[Read, str]:
        """Facts of documents with these parts of the later version, and why those of some are missing (nothing if they are not)."""
        recipe = {part: (self.after if part in taken else self.before).get(part, "") for part in PARTS}
        known = self._known(recipe, documents.values())
        missing = [document for key, document in documents.items() if key not in known]
        why = self._hindrance(recipe) if missing else ""
        if not missing or why:
            return known, why
        try:
            return known | self._extract(recipe, missing), ""
        except VersionError as error:
            self._remember_failure(recipe, error)
            return known, str(error)

    def _known(self, recipe: Mapping[str, str], documents: Iterable[Document]) -> dict[str, DocumentFacts]:
        found: dict[str, DocumentFacts] = {}
        for path in filter(Path.exists, (self.private / CACHE, self.private / MEMORY)):
            with open_again(path, recipe) as cache:
                found |= {document.document_id: facts for document in documents if (facts := understood(cache, document))}
        return found

    def _hindrance(self, recipe: Mapping[str, str]) -> str:
        if gone := [NAMES[part] for part in PARTS if not self.parts.keeps(recipe[part])]:
            return f"the {' and '.join(gone)} of one version are not kept"
        return self._failure(recipe) or ("" if self.limits else "not extracted again yet")

    def _failure(self, recipe: Mapping[str, str]) -> str | None:
        """Why these parts did not work together, if they were tried and did not."""
        if not (self.private / MEMORY).exists():
            return None
        with open_file(self.private / MEMORY) as connection:
            return Memory(connection, "failures", TypeAdapter(str)).get(recipe_hash(recipe))

    def _extract(self, recipe: Mapping[str, str], documents: list[Document]) -> dict[str, DocumentFacts]:
        LOG.info("extracting %d documents again with other parts", len(documents))
        seconds = self.limits.seconds if self.limits else 0.0
        facts = extract_with(self.parts, recipe, documents, seconds=seconds)
        with open_again(self.private / MEMORY, recipe) as cache:
            for document, found in zip(documents, facts, strict=True):
                cache.put(document, found)
            cache.memory.forget_epochs(keep=REMEMBERED)
        return {found.document_id: found for found in facts}

    def _remember_failure(self, recipe: Mapping[str, str], error: VersionError) -> None:
        """Parts that do not work together never will; parts that took too long, or went meanwhile, may another time."""
        if not isinstance(error, SlowError) and all(self.parts.keeps(part) for part in recipe.values()):
            with open_file(self.private / MEMORY) as connection:
                Memory(connection, "failures", TypeAdapter(str))[recipe_hash(recipe)] = str(error)

    @property
    def most(self) -> int | None:
        """Documents that may be extracted again; None where nothing is."""
        return self.limits.documents if self.limits else None


NAMES = {"lexicon": "word lists", "model": "trained models", "code": "code"}
"""The parts in words."""


@contextmanager
def open_again(path: Path, recipe: Mapping[str, str]) -> Iterator[FactsCache]:
    """Facts that were extracted with these parts."""
    with open_file(path) as connection:
        yield FactsCache(Memory(connection, "facts", TypeAdapter(DocumentFacts), epoch=recipe_hash(recipe)))


def understood(cache: FactsCache, document: Document) -> DocumentFacts | None:
    """What was read from a document, None if nothing was, or if other code wrote it in a form of its own."""
    try:
        return cache.get(document)
    except ValidationError:
        return None


def stamp(private: Path) -> int:
    """Moves when something more was extracted again."""
    path = private / MEMORY
    return path.stat().st_mtime_ns if path.exists() else 0
