"""Feeds and lists of pages → raw documents."""

import io
from collections.abc import Iterable, Iterator, Mapping
from email.message import Message
from typing import Any

import feedparser

from pipeline.core.errors import DocumentError, SourceError
from pipeline.core.facts import Quarantined
from pipeline.core.ids import stable_id
from pipeline.documents.fetch import FEED_TYPES, Fetcher, media_type
from pipeline.documents.raw import RawDocument, set_aside
from pipeline.documents.rules import Rules
from pipeline.documents.state import Entry, Kept, SourceState

Read = RawDocument | Quarantined


def read_pages(urls: Iterable[str], *, state: SourceState | None, rules: Rules) -> Iterator[Read]:
    """The pages of a list, in its order; one that cannot be had is a row with the reason.

    Args:
        urls: addresses; one that stands twice is read once.
        state: bodies and validators of earlier runs.
        rules: times, rates and size limits.
    """
    with open_fetcher(state, rules) as fetcher:
        for url in dict.fromkeys(urls):
            yield read_page(fetcher, Entry(url, link=url))


def read_feed(url: str, *, state: SourceState | None, rules: Rules) -> Iterator[Read]:
    """The pages of a feed's entries, those that it no longer shows included, sorted by address.

    Args:
        url: address of the feed.
        state: entries, bodies and validators of earlier runs.
        rules: times, rates and size limits.

    Raises:
        SourceError: the feed cannot be had or is none; raised after the entries of earlier runs have been given.
    """
    before = {entry.address: entry for entry in state.entries(url)} if state else {}
    with open_fetcher(state, rules) as fetcher:
        failure, now = None, before
        try:
            now = before | {entry.address: entry for entry in feed_entries(fetcher.get(url, types=FEED_TYPES, stale=False))}
        except DocumentError as error:
            failure = error
        for entry in sorted(now.values(), key=lambda entry: entry.address):
            yield read_page(fetcher, entry, unchanged=before.get(entry.address) == entry)
    if failure:
        raise SourceError(f"the feed {url} cannot be read: {failure}") from failure
    if state:
        state.keep_entries(url, sorted(now.values(), key=lambda entry: entry.address))


def open_fetcher(state: SourceState | None, rules: Rules) -> Fetcher:
    """A fetcher with the project's limits."""
    return Fetcher(rules.thresholds.web, max_bytes=rules.thresholds.limits.max_bytes, state=state)


def read_page(fetcher: Fetcher, entry: Entry, *, unchanged: bool = False) -> Read:
    """The page of one entry; what is kept of it is used unasked while the feed says that it has not changed."""
    if entry.link is None:
        content = (entry.content or "").encode()
        return RawDocument(entry.address, content, "html", title=entry.title, published_on=entry.published_on, charset="utf-8")
    kept = fetcher.state.kept(entry.link) if unchanged and fetcher.state else None
    try:
        return as_document(kept or fetcher.get(entry.link), entry)
    except DocumentError as error:
        return set_aside(entry.address, str(error))


def as_document(page: Kept, entry: Entry) -> RawDocument:
    """A fetched page with what its feed says of it."""
    return RawDocument(
        source_uri=entry.address,
        content=page.body,
        form="text" if media_type(page.content_type) == "text/plain" else "html",
        title=entry.title,
        url=page.url,
        published_on=entry.published_on,
        charset=charset_of(page.content_type),
    )


def charset_of(content_type: str) -> str | None:
    """What `Content-Type` declares as charset."""
    header = Message()
    header["content-type"] = content_type
    return header.get_content_charset()


def feed_entries(answer: Kept) -> list[Entry]:
    """Entries of a feed.

    Raises:
        DocumentError: it is neither RSS nor Atom.
    """
    headers = {"content-type": answer.content_type, "content-location": answer.url}
    parsed = feedparser.parse(io.BytesIO(answer.body), response_headers=headers)
    if not parsed.get("version"):
        raise DocumentError(f"it is neither RSS nor Atom ({parsed.get('bozo_exception') or 'no feed element'})")
    return [entry_of(item, answer.url) for item in parsed.entries]


def entry_of(parsed: Mapping[str, Any], feed: str) -> Entry:
    """One entry as it is kept."""
    item = dict(parsed)  # feedparser's own type answers for keys that are not there
    content = next((part.value for part in item.get("content", [])), None) or item.get("summary")
    link = item.get("link") or None
    unnamed = f"{feed}#{stable_id('entry', item.get('title'), content)}"
    return Entry(
        address=link or item.get("id") or unnamed,
        link=link,
        title=item.get("title") or None,
        published_on=item.get("published") or item.get("updated") or None,
        updated=item.get("updated") or None,
        content=None if link else content,
    )
