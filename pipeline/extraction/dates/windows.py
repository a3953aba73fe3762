"""Where a date may stand at all: the stretches of a text around digits and calendar words. The rest is never made tokens of."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from pipeline.extraction.dates.lexicon import load_atoms

BEFORE, AFTER = 32, 24  # code points of context kept around a trigger: the longest opening ("au plus tard dans le courant de") and close
TRIGGERS = frozenset({
    "month", "month_short", "sept", "mar", "month_english", "weekday", "season", "unit_year", "unit_month", "unit_week", "unit_day",
    "unit_quarter", "unit_half", "unit_century", "unit_decade", "period", "feast", "back_to_school", "eve", "morrow", "yesterday",
    "tomorrow", "today", "weekend", "week_word",
})  # fmt: skip


@cache
def trigger(folder: Path) -> re.Pattern[str]:
    """Whatever a date cannot do without: a digit, a word of a triggering kind, or a mark that may hide one."""
    words = sorted((key for key, atom in load_atoms(folder).items() if atom.kind in TRIGGERS), reverse=True)
    tails = {first: "|".join(re.escape(word[1:]) for word in group) for first, group in groupby(words, key=itemgetter(0))}
    by_initial = "|".join(f"{re.escape(first)}(?:{tail})" for first, tail in tails.items())  # a fifth of the branches to try
    return re.compile(rf"[0-9\u0300-\u036f\u00ad]|\b(?:{by_initial})\b")


def windows(folded: str, trigger: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """The stretches around triggers, snapped to white space, merged where they touch; half-open code points."""
    start = end = -1
    for match in trigger.finditer(folded):
        if match.start() <= end - AFTER // 2:
            continue
        left, right = _snap(folded, match.start(), -1), _snap(folded, match.end(), 1)
        if left > end and end >= 0:
            yield start, end
            start = left
        start, end = (left if end < 0 else start), max(right, end)
    if end >= 0:
        yield start, end


def _snap(folded: str, offset: int, step: int) -> int:
    """The white space nearest to the margin on one side of an offset, or the margin itself if a word is longer than that."""
    if step > 0:
        cut = folded.find(" ", offset + AFTER, offset + 4 * AFTER)
        return min(len(folded), offset + 4 * AFTER if cut < 0 else cut)
    cut = folded.rfind(" ", max(0, offset - 4 * BEFORE), max(0, offset - BEFORE))
    return max(0, offset - 4 * BEFORE if cut < 0 else cut)
