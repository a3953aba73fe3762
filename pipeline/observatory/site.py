"""The whole site: written into a new folder, then switched to in one step.

::

    outputs/
    ├── sites/<site_id>/   one whole site; the one before stays for readers who have it open
    └── site → sites/…     the site that readers see
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from pipeline.core.ids import content_hash, stable_id
from pipeline.observatory.catalogue import Catalogue
from pipeline.observatory.downloads import write_downloads
from pipeline.observatory.links import FOLDERS
from pipeline.observatory.news import News, news
from pipeline.observatory.pages import pages
from pipeline.observatory.reading import read_rows
from pipeline.observatory.render import write_page
from pipeline.observatory.search import index_script, labels_script
from pipeline.versions.files import discard, locked, point
from pipeline.versions.store import Store, Version


@dataclass(frozen=True, slots=True)
class Site:
    """A site on disk: the link that readers follow, and the number of its pages."""

    link: Path
    folder: Path
    pages: int

    @property
    def entry(self) -> Path:
        """The page to open first."""
        return self.link / "index.html"


def build_site(outputs: Path, link: Path | None = None) -> Site:
    """Write the site of the published version, and let readers see it; an equal one that is there already is used as it is.

    Args:
        outputs: where the versions are.
        link: the folder that readers open, `site` in the outputs if not given; it is a link to a folder beside it.

    Raises:
        VersionError: nothing was published, or something that is no link stands in the link's place.
    """
    store, link = Store(outputs), link or outputs / "site"
    version = store.readable()
    told = news(store, version)
    sites = link.absolute().parent / f"{link.name}s"
    folder = sites / stable_id("site", told, code_hash())
    with locked(sites / ".lock", str(sites)):
        if not folder.is_dir():
            write_site(version, told, folder)
        before = link.resolve()
        point(link, f"{sites.name}/{folder.name}")
        retain(folder, before)
    return Site(link, folder, sum(1 for _ in folder.rglob("*.html")))


def write_site(version: Version, told: News, folder: Path) -> None:
    """Write a whole site; the folder has its name only when everything is in it."""
    draft = folder.with_name(f".{folder.name}.new")
    if draft.exists():
        shutil.rmtree(draft)
    for name in ("static", *FOLDERS.values()):
        (draft / name).mkdir(parents=True)
    fill(draft, version, told)
    os.replace(draft, folder)


def fill(folder: Path, version: Version, told: News) -> None:
    """Write everything that a site holds."""
    catalogue = Catalogue(read_rows(version.folder / "passerelle.db"))
    tables = write_downloads(version.folder / "tables", folder / "donnees")
    shared = {"news": told, "stated": catalogue.stated}
    for page in pages(catalogue, told, tables):
        write_page(page, folder, shared)
    for asset in files(__package__).joinpath("static").iterdir():
        (folder / "static" / asset.name).write_bytes(asset.read_bytes())
    (folder / "static" / "labels.js").write_text(labels_script(), "utf-8")
    (folder / "static" / "search-index.js").write_text(index_script(catalogue), "utf-8", errors="replace")


def retain(folder: Path, before: Path) -> None:
    """Forget the sites beside a new one, but for the one before it, which readers may have open, and what killed processes left."""
    for leftover in folder.parent.glob(".site-*"):
        shutil.rmtree(leftover)
    for other in list(folder.parent.iterdir()):
        if other not in (folder, before) and other.name.startswith("site-"):
            discard(other)


@cache
def code_hash() -> str:
    """Hash of everything in this package: another template makes another site."""
    return content_hash("\n".join(content_hash(content) for content in package_files()))


def package_files() -> Iterator[bytes]:
    """The bytes of every file of this package, in a fixed order."""
    root = Path(str(files(__package__)))
    yield from (path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
