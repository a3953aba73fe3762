"""Keyed diff of 150,000 rows × 40 columns: Passerelle beside daff (pip install -e ".[bench]"), in one run, each in a process of its own.

python benchmarks/diff.py [--rows 150000] [--columns 40]
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import time


def make(rows: int, columns: int) -> tuple[list[list[str]], list[list[str]]]:
    """A table and its next version: 1 % of the rows gone, 1 % new, 2 % with one other cell; each with its header."""
    chance = random.Random(5)
    header = ["id", *(f"column_{number}" for number in range(columns - 1))]
    base = [[f"row-{row:07}", *(f"{chance.randrange(10**6)}" for _ in header[1:])] for row in range(rows)]
    head = [list(row) for row in base if chance.random() >= 0.01]
    for row in chance.sample(head, rows // 50):
        row[chance.randrange(1, columns)] = "other"
    head += [[f"new-{row:07}", *("new" for _ in header[1:])] for row in range(rows // 100)]
    return [header, *base], [header, *head]


def ours(base: list[list[str]], head: list[list[str]]) -> int:
    """Seconds and peak memory of Passerelle's diff, every change made into plain values."""
    import pyarrow as pa

    from pipeline.versions.diff import diff_tables

    one, other = (pa.table({name: [row[i] for row in rows[1:]] for i, name in enumerate(rows[0])}) for rows in (base, head))
    return measured(lambda: len(list(diff_tables({"t": one}, {"t": other}, {"t": ("id",)}).changes())))


def daffs(base: list[list[str]], head: list[list[str]]) -> int:
    """Seconds and peak memory of daff's diff by the same key."""
    import daff

    one, other = daff.PythonTableView(base), daff.PythonTableView(head)

    def run() -> int:
        flags = daff.CompareFlags()
        flags.addPrimaryKey("id")
        flags.show_unchanged = False
        flags.unchanged_context = 0
        result = daff.PythonTableView([])
        daff.TableDiff(daff.compareTables(one, other, flags).align(), flags).hilite(result)
        return int(result.get_height()) - 1

    return measured(run)


def measured(work) -> int:
    """Run once; print seconds, memory that the work added, and what it found."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    found = work()
    seconds = time.perf_counter() - start
    added = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(json.dumps({"seconds": round(seconds, 3), "added_mib": round(added / 1024, 1), "changes": found}))
    return found


def main() -> None:
    """Run both and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=150_000)
    parser.add_argument("--columns", type=int, default=40)
    parser.add_argument("--only", choices=("passerelle", "daff"))
    options = parser.parse_args()
    if options.only:
        (ours if options.only == "passerelle" else daffs)(*make(options.rows, options.columns))
        return
    results = {}
    for name in ("passerelle", "daff"):
        command = [sys.executable, __file__, "--rows", str(options.rows), "--columns", str(options.columns), "--only", name]
        results[name] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(f"{name:10} {results[name]}", flush=True)
    share = results["passerelle"]["seconds"] / results["daff"]["seconds"]
    print(f"Passerelle takes {share:.1%} of daff's time on {options.rows:,} rows × {options.columns} columns")


if __name__ == "__main__":
    main()
