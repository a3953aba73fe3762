"""Where documents come from: folders, feeds and lists of pages, declared in a `sources.yaml`.

::

    sources:
      - {name: presse, kind: folder, path: press, publisher: …}     # path below the file's own folder; publisher is optional everywhere
      - {name: fil, kind: feed, url: https://example.org/rss.xml}
      - {name: pages, kind: pages, urls: [https://example.org/a, https://example.org/b]}
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from pipeline.core.errors import SourceError
from pipeline.core.facts import Quarantined
from pipeline.core.ids import content_hash
from pipeline.documents.folders import count_folder, folder_fingerprint, read_folder
from pipeline.documents.raw import RawDocument
from pipeline.documents.rules import Rules, plain_errors, read_rules
from pipeline.documents.state import SourceState
from pipeline.documents.web import read_feed, read_pages

FILE_NAME = "sources.yaml"
Address = Annotated[str, Field(pattern=r"^https?://[^\s/]+\S*$")]


class Declared(BaseModel):
    """What every source has: a name of its own, and the publisher of documents that name none."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(min_length=1)
    publisher: str | None = None
    enabled: bool = True


class FolderSource(Declared):
    """Files below a folder; `path` counts from the folder of the `sources.yaml`."""

    kind: Literal["folder"]
    path: str
    _base: Path = PrivateAttr(default=Path())

    @property
    def folder(self) -> Path:
        """The folder on this machine."""
        return self._base / self.path

    @property
    def prefix(self) -> str:
        """What the addresses of its documents begin with: the path below the corpus, nothing for the corpus itself."""
        path = Path(self.path)
        return "" if path == Path() or path.is_absolute() or ".." in path.parts else path.as_posix()

    def below(self, base: Path) -> "FolderSource":
        """The same source counted from a folder."""
        placed = self.model_copy()
        placed._base = base
        return placed


class FeedSource(Declared):
    """An RSS or Atom feed, each entry's page being a document."""

    kind: Literal["feed"]
    url: Address


class PagesSource(Declared):
    """Pages by address."""

    kind: Literal["pages"]
    urls: tuple[Address, ...] = Field(min_length=1)


Source = Annotated[FolderSource | FeedSource | PagesSource, Field(discriminator="kind")]


class Declaration(BaseModel):
    """The whole of a `sources.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    sources: tuple[Source, ...]


def load_sources(path: Path | str) -> list[Source]:
    """Sources of a corpus.

    Args:
        path: a `sources.yaml`, a folder that holds one, or a bare folder (or file) of documents, which is then one source.

    Returns:
        The enabled sources, in the order of the file.

    Raises:
        SourceError: there is no such path, or the file breaks the declared form (which entry, which key).
    """
    place = Path(path)
    if place.suffix.lower() in {".yaml", ".yml"}:
        return declared_sources(place)
    if (place / FILE_NAME).is_file():
        return declared_sources(place / FILE_NAME)
    if not place.exists():
        raise SourceError(f"{place}: there is no such folder")
    return [FolderSource(name=place.resolve().name or "corpus", kind="folder", path=".").below(place)]


def declared_sources(path: Path) -> list[Source]:
    """Sources that one file declares."""
    try:
        declaration = Declaration.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: {error}") from error
    except ValidationError as error:
        raise SourceError(f"{path}: {plain_errors(error)}") from error
    names = [source.name for source in declaration.sources]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise SourceError(f"{path}: two sources bear the name {twice[0]!r}")
    placed = (source.below(path.parent) if isinstance(source, FolderSource) else source for source in declaration.sources)
    return [source for source in placed if source.enabled]


def read_source(source: Source, *, state: SourceState | None = None, rules: Rules | None = None) -> Iterator[RawDocument | Quarantined]:
    """Documents of one source, in a fixed order.

    Args:
        source: where to read.
        state: what earlier runs kept of web sources (validators, bodies, entries); without it everything is fetched anew.
        rules: size limits and endings, those of `models/documents/` by default.

    Raises:
        SourceError: the source as a whole cannot be read. It is raised after everything that could be read has been given.
    """
    rules = rules or read_rules()
    if isinstance(source, FolderSource):
        return read_folder(source.folder, prefix=source.prefix, rules=rules)
    if isinstance(source, FeedSource):
        return read_feed(source.url, state=state, rules=rules)
    return read_pages(source.urls, state=state, rules=rules)


def fingerprint(source: Source) -> str:
    """Hash that changes when a folder's files do (names, sizes, times), cheap enough to ask every few seconds; nothing is opened.

    A web source changes without notice: its fingerprint is that of its declaration.

    Raises:
        SourceError: the folder does not exist or cannot be listed.
    """
    declared = content_hash(source.model_dump_json())
    return content_hash(declared + folder_fingerprint(source.folder)) if isinstance(source, FolderSource) else declared


def expected(source: Source, *, state: SourceState | None = None, rules: Rules | None = None) -> int:
    """How many documents a source is likely to give, for showing progress; nothing is decoded or fetched.

    Args:
        source: the source.
        state: what earlier runs kept; a feed is expected to give what it gave before.
        rules: the endings that are read, those of `models/documents/` by default.

    Raises:
        SourceError: the folder does not exist or cannot be listed.
    """
    if isinstance(source, FolderSource):
        return count_folder(source.folder, rules=rules or read_rules())
    if isinstance(source, PagesSource):
        return len(source.urls)
    return len(state.entries(source.url)) if state else 0
