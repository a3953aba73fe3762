"""Fixtures of the documents' tests: a server on the loopback, and rules that make its tests quick."""

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest
from loopback import Handler, Site, adjusted

from pipeline.documents.rules import Rules, read_rules


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found = Site(f"http://127.0.0.1:{server.server_address[1]}")
    Handler.site = found
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def quick() -> Rules:
    """The shipped rules with short times and a small size limit."""
    return adjusted(read_rules())
