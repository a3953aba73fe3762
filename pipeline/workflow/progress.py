"""Progress of a long loop on the terminal: how many, how fast, how long still."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")


def progress(items: Iterable[Item], what: str, *, total: int | None = None, show: bool = True) -> Iterator[Item]:
    """The items themselves, counted on standard error while they pass.

    Args:
        items: what to pass on.
        what: the word that stands before the count.
        total: how many there will be; without it only the rate is known.
        show: False keeps silent, as does a total of nothing.
    """
    every = 0.1 if sys.stderr.isatty() else 10.0
    with tqdm(items, desc=what, total=total, unit=" docs", mininterval=every, disable=not show or total == 0, file=sys.stderr) as bar:
        yield from bar
