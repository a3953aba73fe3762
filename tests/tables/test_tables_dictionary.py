"""The README tells the tables as they are declared."""

from pathlib import Path

import pytest

from pipeline.core.errors import TableError
from pipeline.core.schema import METADATA
from pipeline.tables.dictionary import BEGIN, END, spliced

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_section_is_written_between_its_marks():
    text = spliced(f"before\n{BEGIN}\nwhat stood here\n{END}\nafter\n")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "what stood here" not in text
    assert all(f"#### {name}" in text for name in METADATA.tables)
    assert spliced(text) == text


def test_a_document_without_the_marks_is_refused():
    with pytest.raises(TableError, match="put a line"):
        spliced("nothing here")


def test_every_column_is_documented():
    assert [f"{table.name}.{column.name}" for table in METADATA.sorted_tables for column in table.columns if not column.comment] == []


def test_the_readme_is_up_to_date():
    text = README.read_text("utf-8")
    assert spliced(text) == text, "run `make docs`"
