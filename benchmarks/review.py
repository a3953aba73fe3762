"""The review page with 10,000 changes that wait: seconds per page, the first one (which compares the versions) apart.

python benchmarks/review.py [--changes 10000] [--busy 2]

Wall time and the processor's time of each page; `--busy` processes keep the processors busy meanwhile.
"""

import argparse
import multiprocessing
import re
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from making import org
from reviewing import INPUTS, POLICY, app_of, press

from pipeline.review.desk import Desk
from pipeline.versions.gate import release
from pipeline.versions.store import Store

LIST = "/changements"
PAGES = (LIST, f"{LIST}?page=100", f"{LIST}?organisation=Alpha77", f"{LIST}?country=FR&page=7", f"{LIST}?state=done", "/etat", "/nombres",
         "/organisations", "/organisations?q=alpha77", "/noms?table=organisations&q=alpha7")  # fmt: skip


def main() -> None:
    """Build the versions, enter, ask for each page five times, accept everything, ask again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--busy", type=int, default=0)
    told = parser.parse_args()
    with busy(told.busy), tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        store.recover()
        release(store, press(told.changes), INPUTS, POLICY)
        planned, start = press(told.changes, status="planned"), time.perf_counter()
        outcome = release(store, planned, INPUTS | {"lexicon": "L"}, POLICY)
        print(f"{outcome.waiting} changes wait; staging and judging them took {time.perf_counter() - start:.1f} s")
        client = TestClient(app_of(store), base_url="http://127.0.0.1")
        client.post("/entrer", data={"csrf": secret(client), "who": "Ada"}, follow_redirects=False)
        print(f"first page {seconds(client, LIST)[0]:.3f} s")
        pages = (*PAGES, f"/document/{document(client)}", f"/organisation/{org('Beta').id}")
        ask(client, pages)
        item = Desk(store, POLICY).table.items[0]
        form = {"csrf": secret(client), "number": item.number, "row": item.fact[1], "verdict": "like"}
        start = time.perf_counter()
        client.post("/decider", data=form, follow_redirects=False)
        print(f"all accepted in one go: {time.perf_counter() - start:.1f} s; then")
        ask(client, pages)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def ask(client: TestClient, pages: Iterable[str]) -> None:
    """Print how long each page takes."""
    for path in pages:
        times = [seconds(client, path) for _ in range(9)]
        wall, own = (sorted(found) for found in zip(*times, strict=True))
        print(
            f"{path:40} median {statistics.median(wall) * 1000:5.0f} ms, worst {wall[-1] * 1000:5.0f} ms; "
            f"processor {statistics.median(own) * 1000:5.0f} ms"
        )


def secret(client: TestClient) -> str:
    """What a form must bring back."""
    found = re.search(r'data-csrf="([^"]+)"', client.get("/entrer").text)
    return found[1] if found else ""


def document(client: TestClient) -> str:
    """The first document on the first page."""
    found = re.search(r"/document/(doc-\w+)", client.get("/changements").text)
    return found[1] if found else ""


def seconds(client: TestClient, path: str) -> tuple[float, float]:
    """How long one page takes, and how long a processor works on it."""
    start, own = time.perf_counter(), time.process_time()
    client.get(path).raise_for_status()
    return time.perf_counter() - start, time.process_time() - own


def spin() -> None:
    """Keep a processor busy."""
    while True:
        sum(range(100_000))


@contextmanager
def busy(count: int) -> Iterator[None]:
    """Other processes that keep the processors busy."""
    others = [multiprocessing.Process(target=spin, daemon=True) for _ in range(count)]
    for other in others:
        other.start()
    yield
    for other in others:
        other.kill()


if __name__ == "__main__":
    main()
