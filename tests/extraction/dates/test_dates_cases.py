"""Tagged sentences: adding a case is adding a line to a file of `cases/`."""

import re
from datetime import date
from pathlib import Path

import pytest

from pipeline.extraction.dates import find_dates

CASES = Path(__file__).parent / "cases"
_TAG = re.compile(r"<(DATE|DURATION) value=(\S+?)(?: mod=(\w+))?>(.*?)</\1>", re.DOTALL)

Expected = tuple[str, str, str | None, str]


def _lines() -> list[tuple[str, str]]:
    """Every case of every file with its place."""
    lines = []
    for path in sorted(CASES.glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line and not line.startswith("#"):
                lines.append((f"{path.stem}:{number}", line))
    return lines


def _read(line: str) -> tuple[date | None, str, list[Expected]]:
    """The reference, the plain text and the expected expressions of a case."""
    reference, _, tagged = line.partition("|")
    tagged = tagged.strip().replace("\\n", "\n")
    expected = [(kind, value, mod or None, words) for kind, value, mod, words in _TAG.findall(tagged)]
    return date.fromisoformat(reference.strip()) if reference.strip() else None, _TAG.sub(r"\4", tagged), expected


@pytest.mark.parametrize("line", [line for _, line in _lines()], ids=[place for place, _ in _lines()])
def test_tagged_sentence(line: str) -> None:
    reference, text, expected = _read(line)
    found = find_dates(text, reference=reference)
    assert [(e.type, e.value, e.mod, e.span.quote(text)) for e in found] == expected
