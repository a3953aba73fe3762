"""What the grammar reads, before any calendar: points, intervals and durations over a line's tokens."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """One day, month, year or part of a year as the words give it; what they leave open is None.

    `start` and `end` are token indices, half-open. `part` is a TIMEX3 suffix (`Q1`, `H2`, `SU`, `WE`), a `DECADE`, a `CENTURY` or a `WEEK`.
    A relative point has `unit` (`D`, `W`, `M`, `Q`, `H`, `Y`) and `offset` from the reference date. `cue` is `past`, `next` or `current`.
    """

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    part: str | None = None
    mod: str | None = None
    cue: str | None = None
    unit: str | None = None
    offset: int = 0

    @property
    def rank(self) -> int:
        """How fine the point is: 3 a day, 2 a month or a part of a year, 1 a year, 0 what only the reference date can tell."""
        if self.day is not None:
            return 3
        return 2 if self.month is not None or self.part is not None else 1 if self.year is not None else 0


@dataclass(frozen=True, slots=True)
class Interval:
    """From one point to another, both included; `start` and `end` are token indices, half-open."""

    start: int
    end: int
    left: Point
    right: Point


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time. `sense` is -1 for a distance into the past (`il y a deux ans`), 1 into the future (`dans deux ans`), 0 for none."""

    start: int
    end: int
    value: str
    mod: str | None = None
    unit: str = "Y"
    count: int = 0
    sense: int = 0


Phrase = Point | Interval | Duration
