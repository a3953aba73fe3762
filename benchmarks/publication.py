"""How long the gate takes – obey, stage, check, judge, publish – on the tables of many documents, with and without changes that wait.

python benchmarks/publication.py [--documents 5000]
"""

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from reviewing import INPUTS, POLICY, press

from pipeline.tables.frames import Tables
from pipeline.versions.gate import release
from pipeline.versions.store import Store

EACH = 4
"""Agreements in a document."""


def main() -> None:
    """Publish a first version, the same again, one with ten documents more, one in which also a hundredth of the agreements changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=5000)
    count = parser.parse_args().documents * EACH
    grown = press(count + 10 * EACH)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        store.recover()
        timed("first version", store, press(count))
        timed("the same again", store, press(count))
        timed("10 documents more", store, grown, corpus="C")
        changed = press(count + 20 * EACH)
        changed["agreements"]["status"] = changed["agreements"]["status"].mask(changed["agreements"].index < count // 100, "planned")
        timed("10 more and 1 % of the agreements changed", store, changed, corpus="D", code="K")
        timed("that again", store, changed, corpus="D", code="K")
        size = sum(path.stat().st_size for path in Path(folder).glob("history.db*"))
    print(f"history {size / 2**20:.0f} MiB; peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def timed(what: str, store: Store, tables: Tables, **moved: str) -> None:
    """Pass the gate once and tell how long it took, on the clock and of the processor: other programs slow the one only."""
    start, cpu = time.perf_counter(), time.process_time()
    outcome = release(store, tables, INPUTS | moved, POLICY)
    told = f"{'published' if outcome.published else 'not published'}, {outcome.waiting} wait"
    print(f"{what:44} {time.perf_counter() - start:7.2f} s, {time.process_time() - cpu:6.2f} s of processor time  {told}", flush=True)


if __name__ == "__main__":
    main()
