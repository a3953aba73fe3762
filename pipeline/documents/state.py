"""What is kept of web sources between runs: bodies, validators for conditional requests, entries of feeds.

One small JSON file and one body file per address, under `outputs/`; every file is replaced whole or not at all.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.core.ids import stable_id


@dataclass(frozen=True, slots=True)
class Kept:
    """The last good answer of one address: validators as the server sent them, and the body."""

    url: str
    body: bytes
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One entry of a feed; `content` is its own HTML when the feed gives no address for it."""

    address: str
    link: str | None = None
    title: str | None = None
    published_on: str | None = None
    updated: str | None = None
    content: str | None = None


class SourceState:
    """Files below one folder, made when the first thing is kept."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def kept(self, url: str) -> Kept | None:
        """The last good answer of an address, None if there is none or its files are damaged."""
        try:
            head = json.loads(self.path(url, ".json").read_text(encoding="utf-8"))
            return Kept(**head, body=self.path(url, ".body").read_bytes())
        except (OSError, ValueError, TypeError):
            return None

    def keep(self, answer: Kept) -> None:
        """Keep an answer in the place of the one before it; its head is written last, so that it never describes an older body."""
        self.path(answer.url, ".json").unlink(missing_ok=True)
        self.write(self.path(answer.url, ".body"), answer.body)
        head = {name: value for name, value in asdict(answer).items() if name != "body"}
        self.write(self.path(answer.url, ".json"), json.dumps(head, ensure_ascii=False).encode())

    def entries(self, feed: str) -> list[Entry]:
        """Entries that a feed has ever shown, empty at first or when the file is damaged."""
        try:
            return [Entry(**entry) for entry in json.loads(self.path(feed, ".entries").read_text(encoding="utf-8"))]
        except (OSError, ValueError, TypeError):
            return []

    def keep_entries(self, feed: str, entries: list[Entry]) -> None:
        """Keep the entries of a feed in the place of those before."""
        self.write(self.path(feed, ".entries"), json.dumps([asdict(entry) for entry in entries], ensure_ascii=False).encode())

    def path(self, url: str, suffix: str) -> Path:
        """File for one address."""
        return self.folder / f"{stable_id('url', url)}{suffix}"

    def write(self, path: Path, content: bytes) -> None:
        """Replace a file whole."""
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        draft.write_bytes(content)
        os.replace(draft, path)
