"""docs/recipes.md, every block run as it stands against a published version."""

import json
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

DOCS = Path(__file__).parents[2] / "docs"
BLOCKS = re.findall(r"^```(\w+(?: \w+)?)\n(.*?)^```$", (DOCS / "recipes.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)


def blocks(language):
    return [code for named, code in BLOCKS if named == language]


@pytest.fixture
def project(outputs, tmp_path, monkeypatch):
    """The project's folder: outputs and docs side by side."""
    (tmp_path / "outputs").symlink_to(outputs)
    (tmp_path / "docs").symlink_to(DOCS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_block_is_run():
    assert {language for language, _ in BLOCKS} == {"bash", "sql duckdb", "python", "text sqlalchemy", "sql sqlite", "sql history"}


@pytest.mark.slow
@pytest.mark.parametrize("command", [line for block in blocks("bash") for line in block.splitlines()])
def test_datasette(project, command):
    datasette = shutil.which("datasette", path=Path(sys.executable).parent)
    if not datasette:
        pytest.skip("datasette is not installed: pip install datasette")
    done = subprocess.run([datasette, *shlex.split(command)[1:]], capture_output=True, text=True, check=False, cwd=project)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer if isinstance(answer, list) else answer["rows"]


@pytest.mark.parametrize("query", blocks("sql duckdb"))
def test_duckdb(project, query):
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed: pip install duckdb")
    with closing(duckdb.connect()) as connection:
        assert connection.execute(query).fetchall()


@pytest.mark.parametrize("code", blocks("python"))
def test_pandas(project, code):
    names = {}
    exec(code, names)
    assert names["by_country"].to_dict()["CH"] == 3
    assert names["by_year"].sum() == 3


@pytest.mark.parametrize("address", blocks("text sqlalchemy"))
def test_the_address_for_superset_opens_the_views_for_reading(project, address):
    engine = sa.create_engine(address.strip())
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT COUNT(*) FROM agreement_overview")).scalar()
        with pytest.raises(sa.exc.OperationalError, match="readonly"):
            connection.execute(sa.text("DELETE FROM agreements"))
    engine.dispose()


@pytest.mark.parametrize("query", blocks("sql sqlite"))
def test_charts_for_superset_and_metabase(project, query):
    with closing(sqlite3.connect("outputs/passerelle.db")) as connection:
        assert connection.execute(query).fetchall()


@pytest.mark.parametrize("query", blocks("sql history"))
def test_the_history_of_rows(project, query):
    with closing(sqlite3.connect("file:outputs/history.db?mode=ro", uri=True)) as connection:
        assert len(connection.execute(query).fetchall()) >= 3
