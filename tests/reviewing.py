"""A review page over made-up versions, in a thread of its own, and people before it: what its tests and its benchmark share."""

import shutil
import socket
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from making import Resolution, agreement, document, facts, org, tables_of

from pipeline.core.lexicon import MODELS
from pipeline.review.app import create_app
from pipeline.versions.gate import release
from pipeline.versions.policy import read_policy
from pipeline.versions.store import Store

INPUTS = {"corpus": "c", "lexicon": "l", "model": "m", "code": "k", "resolution": "r", "tables": "t", "judgements": "j"}
POLICY = read_policy(MODELS / "review" / "policy.yaml")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


def press(count, *, status="signed", words="ont signé un accord à Lyon", name="Alpha", each=4):
    """Tables of agreements, some in each document."""
    pairs, people = [], [org("Beta", country_code="BE")]
    for start in range(0, count, each):
        names = [f"{name}{number}" for number in range(start, min(start + each, count))]
        read = document(f"presse/{start:05}.txt", "\n".join(f"Le 3 mars 2019, {one} et Beta {words}." for one in names))
        lines = read.text.split("\n")
        found = []
        for line, one in zip(lines, names, strict=True):
            made = agreement(read, one, "Beta", status=status)
            begin = read.text.index(line)
            span = type(made.evidence[0].span)(begin, begin + len(line))
            found.append(
                type(made)(made.kind, made.status, made.signatories, made.counterparts, (type(made.evidence[0])(span, "rule", 0.9),))
            )
        pairs.append((read, facts(read, *names, "Beta", agreements=tuple(found))))
        people += [org(one, country_code="FR") for one in names]
    return tables_of(pairs, Resolution(people))


def made_store(outputs, count, **told):
    """Published as signed and staged as planned, everything in between waits."""
    store = Store(outputs)
    store.recover()
    assert release(store, press(count, **told), INPUTS, POLICY).published
    later = press(count, status="planned", **told)
    assert not release(store, later, INPUTS | {"lexicon": "L", "rule/rule": "R"}, POLICY).published
    return store


def app_of(store, **options):
    """The application over a store."""
    return create_app(store, POLICY, MODELS, **options)


@contextmanager
def serving(store, **options):
    """The page on a free port; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app_of(store, **options), host="127.0.0.1", port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


def entered(browser, address, who, **options):
    """A page on which somebody has told a name; what its console says is kept in `page.said`."""
    page = browser.new_context(**options).new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on("dialog", lambda dialog: (page.said.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.goto(address)
    page.fill("[name=who]", who)
    page.click("button")
    page.wait_for_function("() => document.activeElement && document.activeElement.closest('.card')")
    return page


def axe_source():
    """axe-core's script, from the Python package that brings it along; None without it."""
    try:
        import axe_playwright_python
    except ImportError:
        return None
    return next(iter(Path(axe_playwright_python.__file__).parent.rglob("axe*.js")), None)
