"""One site for all tests of this folder, and one browser."""

import shutil

import pytest
import site_rows

from pipeline.observatory.site import build_site

ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
)


@pytest.fixture(scope="session")
def outputs(tmp_path_factory):
    """A version published after a smaller one."""
    folder = tmp_path_factory.mktemp("observatory") / "outputs"
    site_rows.publish(folder, agreements=2)
    site_rows.publish(folder)
    return folder


@pytest.fixture(scope="session")
def site(outputs):
    """The folder of its site."""
    return build_site(outputs).folder


@pytest.fixture(scope="module")
def browser():
    """Chromium, if it is installed; it ends with its module, because Dagster cannot share a thread with Playwright's loop."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium")
    if not chromium:
        pytest.skip("there is no chromium: apt-get install chromium")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=chromium, args=ARGUMENTS.split())
        yield started
        started.close()
