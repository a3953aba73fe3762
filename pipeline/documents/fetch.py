"""Fetches pages politely: robots.txt, one rate per host, conditional requests, limits of time and size, retries with growing waits."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import httpx

from pipeline.core.errors import DocumentError
from pipeline.documents.rules import WebRules
from pipeline.documents.state import Kept, SourceState

LOG = logging.getLogger(__name__)
PAGE_TYPES = frozenset({"", "text/html", "application/xhtml+xml", "text/plain"})
FEED_TYPES = PAGE_TYPES | {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml"}
RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
ROBOTS_BYTES = 500_000


class TransientError(DocumentError):
    """A failure that may pass; `wait` is how many seconds the server asks for, None if it does not say."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent; the body of a redirect or of `304 Not Modified` is empty."""

    status: int
    headers: httpx.Headers
    body: bytes


class Fetcher:
    """Fetches addresses over one connection pool; use it in a `with` block.

    Args:
        web: times, attempts and rates.
        max_bytes: size limit of a body, unpacked.
        state: what earlier runs kept; without it nothing is kept.
        sleep: how to wait, in seconds.
        clock: a monotonic time in seconds.
    """

    def __init__(
        self,
        web: WebRules,
        *,
        max_bytes: int,
        state: SourceState | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.web, self.max_bytes, self.state, self.sleep, self.clock = web, max_bytes, state, sleep, clock
        self.client = httpx.Client(
            timeout=httpx.Timeout(web.read_seconds, connect=web.connect_seconds),
            headers={"User-Agent": web.user_agent},
            follow_redirects=False,
        )
        self.robots: dict[str, RobotFileParser | DocumentError] = {}
        self.last: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.client.close()

    def get(self, url: str, *, types: frozenset[str] = PAGE_TYPES, stale: bool = True) -> Kept:
        """The body of an address, from what is kept when the server says that it has not changed.

        Args:
            url: an http or https address.
            types: media types that are accepted.
            stale: whether a kept body stands in when the server fails (with a warning in the log).

        Raises:
            DocumentError: it cannot be had, and why.
        """
        kept = self.state.kept(url) if self.state else None
        try:
            answer = self.persist(url, conditions(kept), types, longest=self.max_bytes)
        except DocumentError as error:
            if kept is None or not stale:
                raise
            LOG.warning("%s: %s; the copy of an earlier run is used", url, error)
            return kept
        return kept if answer.status == httpx.codes.NOT_MODIFIED and kept else self.remember(url, answer)

    def remember(self, url: str, answer: Answer) -> Kept:
        """The answer as it is kept for the next run."""
        headers = answer.headers
        fresh = Kept(url, answer.body, headers.get("content-type", ""), headers.get("etag"), headers.get("last-modified"))
        if self.state:
            self.state.keep(fresh)
        return fresh

    def persist(self, url: str, headers: dict[str, str], types: frozenset[str] | None, *, longest: int, obey: bool = True) -> Answer:
        """Ask again after failures that may pass, waiting longer each time."""
        for attempt in range(1, self.web.attempts):
            try:
                return self.follow(url, headers, types, longest=longest, obey=obey)
            except TransientError as error:
                wait = error.wait if error.wait is not None else self.web.backoff_seconds * 2 ** (attempt - 1)
                LOG.info("%s: %s; asking again in %.1f s", url, error, min(wait, self.web.longest_wait_seconds))
                self.sleep(min(wait, self.web.longest_wait_seconds))
        return self.follow(url, headers, types, longest=longest, obey=obey)

    def follow(self, url: str, headers: dict[str, str], types: frozenset[str] | None, *, longest: int, obey: bool) -> Answer:
        """Ask, and go where redirects lead; each place is asked only if its robots.txt allows (`obey`)."""
        for _ in range(self.web.max_redirects + 1):
            check_address(url)
            if obey:
                self.check_allowed(url)
            answer = self.request(url, headers, types, longest)
            target = answer.headers.get("location")
            if not 300 <= answer.status < 400 or answer.status == httpx.codes.NOT_MODIFIED or not target:
                return answer
            url = urljoin(url, target)
        raise DocumentError(f"more than {self.web.max_redirects} redirects, the last to {url}")

    def check_allowed(self, url: str) -> None:
        """Raise DocumentError when the site's robots.txt forbids the address or cannot be read."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self.robots:
            self.robots[origin] = self.read_robots(origin)
        rules = self.robots[origin]
        if isinstance(rules, DocumentError):
            raise rules
        if not rules.can_fetch(self.web.user_agent, url):
            raise DocumentError(f"robots.txt of {parts.netloc} forbids this page")

    def read_robots(self, origin: str) -> RobotFileParser | DocumentError:
        """Rules of one site; all is allowed without a robots.txt, and the failure is kept when the site does not answer."""
        parser = RobotFileParser()
        try:
            answer = self.persist(f"{origin}/robots.txt", {}, None, longest=ROBOTS_BYTES, obey=False)
        except TransientError as error:
            return DocumentError(f"robots.txt cannot be read, so the site is not asked: {error}")
        except DocumentError:
            parser.parse([])
            return parser
        parser.parse(answer.body.decode("utf-8", "replace").splitlines())
        return parser

    def request(self, url: str, headers: dict[str, str], types: frozenset[str] | None, longest: int) -> Answer:
        """One request, in its turn.

        Raises:
            TransientError: no connection, no answer in time, or a status that asks to come back.
            DocumentError: another status, a wrong type, or over a limit.
        """
        self.wait_turn(url)
        try:
            with self.client.stream("GET", url, headers=headers) as response:
                check_status(response)
                check_type(response, types)
                return Answer(response.status_code, response.headers, self.read_body(response, longest))
        except httpx.TimeoutException as error:
            raise TransientError(f"no answer within {self.web.read_seconds:g} s") from error
        except httpx.TransportError as error:
            raise TransientError(f"the connection failed: {error}") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise DocumentError(f"the answer cannot be read: {error}") from error

    def read_body(self, response: httpx.Response, longest: int) -> bytes:
        """The body as far as the limits of size and time allow."""
        if response.is_redirect:
            return b""
        body, deadline = bytearray(), self.clock() + self.web.whole_seconds
        for part in response.iter_bytes():
            body += part
            if len(body) > longest:
                raise DocumentError(f"larger than the limit of {longest:,} bytes")
            if self.clock() > deadline:
                raise DocumentError(f"not finished within {self.web.whole_seconds:g} s")
        return bytes(body)

    def wait_turn(self, url: str) -> None:
        """Wait until the host may be asked again."""
        parts = urlsplit(url)
        rules = self.robots.get(f"{parts.scheme}://{parts.netloc}")
        asked = float(rules.crawl_delay(self.web.user_agent) or 0) if isinstance(rules, RobotFileParser) else 0.0
        between = max(self.web.seconds_between_requests, min(asked, self.web.longest_wait_seconds))
        wait = self.last.get(parts.netloc, float("-inf")) + between - self.clock()
        if wait > 0:
            self.sleep(wait)
        self.last[parts.netloc] = self.clock()


def check_address(url: str) -> None:
    """Raise DocumentError for anything but an http or https address."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise DocumentError(f"{url} is no address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise DocumentError(f"{url} is no http address")


def conditions(kept: Kept | None) -> dict[str, str]:
    """Headers that ask for a body only if it has changed."""
    pairs = {"If-None-Match": kept.etag, "If-Modified-Since": kept.last_modified} if kept else {}
    return {name: value for name, value in pairs.items() if value}


def check_status(response: httpx.Response) -> None:
    """Raise for a status that brings no document."""
    code = response.status_code
    if code in RETRIED:
        raise TransientError(f"the server answers {code} {response.reason_phrase}".rstrip(), asked_wait(response))
    if code >= 400:
        raise DocumentError(f"the server answers {code} {response.reason_phrase}".rstrip())


def asked_wait(response: httpx.Response) -> float | None:
    """Seconds that `Retry-After` asks for; a date there, or nothing, is None."""
    words = response.headers.get("retry-after", "")
    return float(words) if words.isascii() and words.isdigit() else None


def check_type(response: httpx.Response, types: frozenset[str] | None) -> None:
    """Raise DocumentError for a body of another media type."""
    media = media_type(response.headers.get("content-type", ""))
    if types is not None and response.status_code == httpx.codes.OK and media not in types:
        raise DocumentError(f"not a page: the server sends {media}")


def media_type(content_type: str) -> str:
    """`text/html` of `Text/HTML; charset=utf-8`."""
    return content_type.split(";")[0].strip().lower()
