"""Projects: tagged texts."""

from pathlib import Path

import pytest
from tagged import cases_of, found_in, told_in


@pytest.mark.parametrize("path", cases_of("projects"))
def test_tagged_text(path: Path) -> None:
    assert found_in(path) == told_in(path)
