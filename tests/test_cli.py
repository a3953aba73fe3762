"""The command line as a user calls it: exit statuses, messages, help."""

import subprocess
import sys

import pytest
import quick_rooms
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.versions.store import Store

TEXT = "Le cluster Alpha a signé hier un accord de partenariat avec le pôle Beta, dans la région et pour les entreprises."


@pytest.fixture
def place(tmp_path, monkeypatch):
    quick_rooms.install(monkeypatch.setattr)
    for folder in ("mine", "models", "gold"):
        (tmp_path / folder).mkdir()
    (tmp_path / "mine" / "one.txt").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*words):
    return CliRunner().invoke(main, list(words))


def run(*words):
    return call("run", "--corpus", "mine", "--quiet", *words)


def test_one_command_makes_the_tables(place):
    result = run()
    assert result.exit_code == 0, result.output
    assert "1 documents read" in result.output
    assert (place / "outputs" / "tables" / "agreements.parquet").is_file()


def test_strict_tells_by_its_exit_status_that_a_document_was_set_aside(place):
    (place / "mine" / "empty.txt").write_text("")
    assert run().exit_code == 0
    result = run("--strict")
    assert result.exit_code == 1
    assert "set aside empty.txt" in result.output


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--corpus", "nowhere"),
        ("run", "--models", "nowhere"),
        ("run", "--workers", "0"),
        ("score", "nowhere"),
        ("score", "gold"),
        ("nothing",),
    ],
)
def test_unusable_arguments(place, words):
    result = call(*words)
    assert result.exit_code == 2
    assert "Error" in result.output


def test_unusable_sources_and_outputs(place):
    (place / "mine" / "sources.yaml").write_text("sources: 3")
    result = run()
    assert result.exit_code == 2
    assert "sources.yaml" in result.output
    (place / "file").write_text("")
    assert "cannot be made" in run("--outputs", "file/below").output


def test_what_is_wrong_on_purpose_is_told_in_a_line(place):
    with Store(place / "outputs").lock():
        result = run()
    assert result.exit_code == 3
    assert "already writing to outputs: wait until it ends" in result.output


def test_score_needs_published_tables(place):
    (place / "gold" / "one.json").write_text("{}")
    assert call("score", "gold").exit_code == 3
    run()
    assert call("score", "gold").exit_code == 0
    assert '"mean_f1"' in call("score", "gold", "--json").output
    (place / "gold" / "two.json").write_text("{}")
    assert "missing documents: two" in call("score", "gold", "--verbose").output


@pytest.mark.parametrize("command", [(), *((name,) for name in main.commands)])
def test_every_command_has_help(command):
    result = call(*command, "--help")
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 3


def test_the_command_line_loads_neither_dagster_nor_spacy_until_it_needs_them():
    code = "import sys, pipeline.cli; print([name for name in ('dagster', 'spacy', 'pandas') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    code = "import sys, pipeline.workflow.job; print('dagster' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"
