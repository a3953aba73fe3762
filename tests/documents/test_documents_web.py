"""Pages and feeds, from a real server on the loopback that misbehaves."""

import json
import threading
import time
from pathlib import Path

import pytest
from loopback import Site, adjusted

from pipeline.core.errors import DocumentError, SourceError
from pipeline.core.facts import Document, Quarantined
from pipeline.documents import load_documents, load_sources
from pipeline.documents.fetch import Fetcher
from pipeline.documents.raw import RawDocument
from pipeline.documents.rules import Rules, read_rules
from pipeline.documents.state import Entry, SourceState
from pipeline.documents.web import read_feed, read_pages

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Fil</title><link>{origin}</link>{items}</channel></rss>"""
ITEM = "<item><title>{title}</title><link>{link}</link><pubDate>Thu, 14 Mar 2019 23:30:00 +0100</pubDate></item>"


def one_page(site: Site, path: str, rules: Rules, state: SourceState | None = None) -> RawDocument | Quarantined:
    (found,) = read_pages([site.url(path)], state=state, rules=rules)
    return found


def rss(site: Site, *paths: str) -> bytes:
    items = "".join(ITEM.format(title=path.rsplit("/", 1)[-1], link=site.url(path)) for path in paths)
    return RSS.format(origin=site.origin, items=items).encode()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/missing", "the server answers 404"),
        ("/gone", "the server answers 410"),
        ("/error", "the server answers 500"),
        ("/loop/0", "more than 5 redirects"),
        ("/astray", "is no http address"),
        ("/pdf", "not a page: the server sends application/pdf"),
        ("/slow", "no answer within 0.6 s"),
        ("/drip", "not finished within 1 s"),
        ("/endless", "larger than the limit of 1,000,000 bytes"),
        ("/bomb", "larger than the limit of 1,000,000 bytes"),
        ("/broken", "the connection failed"),
    ],
)
def test_a_page_that_cannot_be_had_is_set_aside_with_the_reason(site: Site, quick: Rules, path: str, reason: str) -> None:
    found = one_page(site, path, quick)
    assert isinstance(found, Quarantined)
    assert found.source_uri == site.url(path)
    assert reason in found.reason


def test_nobody_at_the_address(quick: Rules) -> None:
    (found,) = read_pages(["http://127.0.0.1:9/rien"], state=None, rules=quick)
    assert isinstance(found, Quarantined)
    assert "robots.txt cannot be read, so the site is not asked: the connection failed" in found.reason


@pytest.mark.parametrize("path", ["/latin", "/utf"])
def test_a_wrong_declared_charset_does_not_spoil_letters(site: Site, quick: Rules, path: str, tmp_path: Path) -> None:
    (document,) = load_pages(site, quick, tmp_path, path)
    assert document.title == "Filière équine à Évreux"
    assert "signé hier à Rennes" in document.text


def load_pages(site: Site, rules: Rules, folder: Path, *paths: str) -> list[Document]:
    declared = {"sources": [{"name": "pages", "kind": "pages", "urls": [site.url(path) for path in paths], "publisher": "Novalim"}]}
    (folder / "sources.yaml").write_text(json.dumps(declared))
    loaded = list(load_documents(load_sources(folder), rules=rules))
    assert all(isinstance(found, Document) for found in loaded), loaded
    return [found for found in loaded if isinstance(found, Document)]


def test_a_page_becomes_a_document(site: Site, quick: Rules, tmp_path: Path) -> None:
    (document,) = load_pages(site, quick, tmp_path, "/article/les-algues-et-nous")
    assert document.source_uri == site.url("/article/les-algues-et-nous")
    assert (document.title, document.published_on, document.publisher) == ("les algues et nous", "2019-03-14", "Novalim")
    assert "- Kelpland Hub (Irlande)" in document.text.split("\n")
    assert "Accueil" not in document.text


def test_a_compressed_page_and_a_redirect_are_followed(site: Site, quick: Rules) -> None:
    assert isinstance(one_page(site, "/gzip", quick), RawDocument)
    assert isinstance(one_page(site, "/moved", quick), RawDocument)


def test_a_busy_server_is_asked_again(site: Site, quick: Rules) -> None:
    assert isinstance(one_page(site, "/busy", quick), RawDocument)
    assert site.asked["/busy"] == 3


def test_a_final_refusal_is_not_asked_again(site: Site, quick: Rules) -> None:
    one_page(site, "/gone", quick)
    assert site.asked["/gone"] == 1


def test_waits_between_attempts_double(site: Site, quick: Rules) -> None:
    waits: list[float] = []
    with Fetcher(quick.thresholds.web, max_bytes=1000, sleep=waits.append) as fetcher, pytest.raises(DocumentError, match="500"):
        fetcher.get(site.url("/error"))
    assert waits == [0.01, 0.02]


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [
        (None, True),
        ("", True),
        ("User-agent: *\nDisallow: /prive\n", True),
        ("User-agent: *\nDisallow: /article\n", False),
        ("User-agent: Passerelle\nDisallow: /\n", False),
        ("User-agent: autre\nDisallow: /\n", True),
    ],
)
def test_robots_txt_is_obeyed(site: Site, quick: Rules, robots: str | None, allowed: bool) -> None:
    site.robots = robots
    found = one_page(site, "/article/a", quick)
    assert isinstance(found, RawDocument) is allowed
    assert bool(site.asked["/article/a"]) is allowed
    assert allowed or "robots.txt of 127.0.0.1" in getattr(found, "reason", "")


def test_a_redirect_into_a_forbidden_place_is_not_followed(site: Site, quick: Rules) -> None:
    site.robots = "User-agent: *\nDisallow: /article\n"
    assert "robots.txt" in getattr(one_page(site, "/moved", quick), "reason", "")
    assert not site.asked["/article/page-deplacee"]


def test_a_robots_txt_that_fails_once_is_asked_again(site: Site, quick: Rules) -> None:
    site.failing_once.add("/robots.txt")
    assert isinstance(one_page(site, "/article/a", quick), RawDocument)


def test_a_site_whose_robots_txt_fails_is_left_alone(site: Site, quick: Rules) -> None:
    site.failing.add("/robots.txt")
    assert "robots.txt cannot be read" in getattr(one_page(site, "/article/a", quick), "reason", "")
    assert not site.asked["/article/a"]


def test_one_host_is_asked_at_a_steady_rate(site: Site) -> None:
    rules = adjusted(read_rules(), seconds_between_requests=0.5)
    waits: list[float] = []
    with Fetcher(rules.thresholds.web, max_bytes=100_000, sleep=waits.append, clock=lambda: 7.0) as fetcher:
        fetcher.get(site.url("/article/a"))
        fetcher.get(site.url("/article/b"))
    assert waits == [0.5, 0.5]


def test_crawl_delay_is_obeyed(site: Site, quick: Rules) -> None:
    site.robots = "User-agent: *\nCrawl-delay: 7\n"
    waits: list[float] = []
    with Fetcher(quick.thresholds.web, max_bytes=100_000, sleep=waits.append) as fetcher:
        fetcher.get(site.url("/article/a"))
    assert [round(wait) for wait in waits] == [7]


def test_an_unchanged_page_is_not_sent_again(site: Site, quick: Rules, tmp_path: Path) -> None:
    state = SourceState(tmp_path / "state")
    first = one_page(site, "/article/a", quick, state)
    second = one_page(site, "/article/a", quick, state)
    assert first == second
    assert site.conditional["/article/a"] == 1


def test_a_kept_page_stands_in_for_a_failing_server(site: Site, quick: Rules, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    state = SourceState(tmp_path / "state")
    first = one_page(site, "/article/a", quick, state)
    site.failing.add("/article/a")
    assert one_page(site, "/article/a", quick, state) == first
    assert "the copy of an earlier run is used" in caplog.text


@pytest.mark.parametrize("spoil", ["{", "[]", '{"url": 1}'])
def test_damaged_state_is_fetched_anew(site: Site, quick: Rules, tmp_path: Path, spoil: str) -> None:
    state = SourceState(tmp_path / "state")
    first = one_page(site, "/article/a", quick, state)
    state.path(site.url("/article/a"), ".json").write_text(spoil)
    assert one_page(site, "/article/a", quick, state) == first


def test_a_feed_gives_its_pages_sorted_with_title_and_own_day(site: Site, quick: Rules, tmp_path: Path) -> None:
    site.feed = rss(site, "/article/b", "/article/a", "/missing")
    declared = {"sources": [{"name": "fil", "kind": "feed", "url": site.url("/feed")}]}
    (tmp_path / "sources.yaml").write_text(json.dumps(declared))
    found = list(load_documents(load_sources(tmp_path), rules=quick))
    assert [one.source_uri.removeprefix(site.origin) for one in found] == ["/article/a", "/article/b", "/missing"]
    assert [type(one) for one in found] == [Document, Document, Quarantined]
    assert getattr(found[0], "published_on", None) == "2019-03-14"
    assert "404" in getattr(found[2], "reason", "")


def test_entries_that_a_feed_drops_are_kept_and_not_asked_for_again(site: Site, quick: Rules, tmp_path: Path) -> None:
    state = SourceState(tmp_path / "state")
    site.feed = rss(site, "/article/a", "/article/b")
    first = list(read_feed(site.url("/feed"), state=state, rules=quick))
    site.feed = rss(site, "/article/c")
    second = list(read_feed(site.url("/feed"), state=state, rules=quick))
    assert second[:2] == first
    assert len(second) == 3
    assert site.asked["/article/a"] == 1


def test_a_dead_feed_gives_what_is_kept_and_is_reported(site: Site, quick: Rules, tmp_path: Path) -> None:
    state = SourceState(tmp_path / "state")
    site.feed = rss(site, "/article/a")
    first = list(read_feed(site.url("/feed"), state=state, rules=quick))
    site.failing.add("/feed")
    again = read_feed(site.url("/feed"), state=state, rules=quick)
    assert [next(again)] == first
    with pytest.raises(SourceError, match="the feed .*/feed cannot be read: the server answers 500"):
        next(again)


@pytest.mark.parametrize("body", [b"<html><body>pas un fil</body></html>", b"", b"\x00\x01", b"<rss"])
def test_what_is_no_feed_is_an_error(site: Site, quick: Rules, body: bytes) -> None:
    site.feed = body
    with pytest.raises(SourceError, match="cannot be read"):
        list(read_feed(site.url("/feed"), state=None, rules=quick))


def test_an_entry_without_a_page_is_read_from_the_feed(site: Site, quick: Rules) -> None:
    item = "<item><title>Brève</title><guid isPermaLink='false'>breve-7</guid><description>Le pôle signe.</description></item>"
    site.feed = RSS.format(origin=site.origin, items=item).encode()
    (found,) = read_feed(site.url("/feed"), state=None, rules=quick)
    assert (found.source_uri, getattr(found, "content", b"")) == ("breve-7", b"Le p\xc3\xb4le signe.")


def test_a_dead_source_is_reported_and_the_others_go_on(site: Site, quick: Rules, tmp_path: Path) -> None:
    sources = [
        {"name": "mort", "kind": "feed", "url": site.url("/error")},
        {"name": "absent", "kind": "folder", "path": "rien"},
        {"name": "page", "kind": "pages", "urls": [site.url("/article/a")]},
    ]
    (tmp_path / "sources.yaml").write_text(json.dumps({"sources": sources}))
    reported: list[SourceError] = []
    found = list(load_documents(load_sources(tmp_path), report=reported.append, rules=quick))
    assert [one.source_uri for one in found] == [site.url("/article/a")]
    assert [str(error).split(":")[0] for error in reported] == [f"the feed {site.origin[:4]}", str(tmp_path / "rien")]


def test_a_state_survives_a_kill_between_writes(tmp_path: Path) -> None:
    state = SourceState(tmp_path)
    state.keep_entries("fil", [Entry("a")])
    state.path("fil", ".entries").write_text('[{"address"')
    assert state.entries("fil") == []


def test_readers_never_see_half_a_state(tmp_path: Path) -> None:
    state, stop = SourceState(tmp_path), time.monotonic() + 0.3
    state.keep_entries("fil", [Entry("0" * 2000)])

    def write() -> None:
        number = 0
        while time.monotonic() < stop:
            number += 1
            state.keep_entries("fil", [Entry(str(number % 10) * 2000)])

    writer = threading.Thread(target=write)
    writer.start()
    while time.monotonic() < stop:
        (entry,) = state.entries("fil")
        assert len(set(entry.address)) == 1
    writer.join()
