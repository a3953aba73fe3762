"""Versions to decide between, and a real browser."""

import pytest
from reviewing import CHROMIUM, FLAGS, made_store


@pytest.fixture
def store(tmp_path):
    """An outputs folder in which forty agreements are published as signed and staged as planned, because a rule has changed."""
    return made_store(tmp_path / "outputs", 40)


@pytest.fixture(scope="module")  # Playwright's event loop must not outlive its tests: Dagster runs one of its own
def browser():
    """Debian's Chromium, driven by Playwright."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e .[dev]")
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()
