"""How values that several documents give for one fact become one value.

The same inputs in any order give the same answer: every choice ends in a comparison of the values themselves.
"""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Any, TypeVar

Value = TypeVar("Value", bound=Hashable)

STATUS_STRENGTH = ("planned", "active", "signed", "ended")
"""A later stage outranks an earlier one: who reports the signing knows more than who reports the wish."""


def most_precise(dates: Iterable[str | None]) -> str | None:
    """The longest partial date; among equally long ones the most frequent, then the earliest."""
    told = Counter(date for date in dates if date)
    return min(told, key=lambda date: (-len(date), -told[date], date), default=None)


def strongest_status(statuses: Iterable[str]) -> str:
    """The latest stage of life that any document reports."""
    return max(statuses, key=STATUS_STRENGTH.index)


def most_told(values: Iterable[Value | None]) -> Value | None:
    """The value told most often; among equally frequent ones the smallest, as text."""
    told: Counter[Any] = Counter(value for value in values if value is not None)
    return min(told, key=lambda value: (-told[value], str(value)), default=None)


def same_time(one: str | None, other: str | None) -> bool:
    """Whether two partial dates may be the same: one is unknown, or one is a prefix of the other."""
    return not one or not other or one.startswith(other) or other.startswith(one)
