"""The score of tables against gold facts: hand-made cases, and the same figures as the reference scorer where that is at hand."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from making import Resolution, agreement, document, facts, org, project, tables_of

from pipeline.core.errors import DocumentError
from pipeline.core.facts import DatedExpression, Funding, Label, Project, Span
from pipeline.tables.frames import write_parquet
from pipeline.tables.score import as_json, as_lines, read_gold, score_tables
from pipeline.tables.score_facts import accepted
from pipeline.tables.score_view import plain

SHARED = Path(__file__).resolve().parents[3] / "shared"
TEXT = "Lyon Alpha signe avec Beta, le 3 mai 2019, pour MARÉE, avec la Région Azur, en 2020."
MOU = {"signatories": [["Beta"]], "kind": ["mou"]}
GOLD = {
    "clusters": [{"names": ["LYON-ALPHA"], "country": "FR"}, {"names": ["Gamma"], "country": "FR"}, {"names": ["Omega"], "optional": True}],
    "agreements": [
        MOU | {"counterpart": ["Lyon Alpha"], "status": ["signed"], "signed_on": "2019-05-03", "country": "FR"},
        MOU | {"counterpart": ["Sigma"], "status": ["planned"]},
    ],
    "dates": [
        {"text": "3 mai 2019", "type": "DATE", "value": "2019-05-03", "mod": None},
        {"text": "en 2020", "type": "DATE", "value": "*", "mod": None},
    ],
    "funding": [{"beneficiary": ["Marée"], "programme": None, "funder": ["region azur"]}],
    "projects": [{"names": ["MARÉE"], "start": "2016", "members": [["Beta"]], "coordinator": ["Beta"]}],
}  # fmt: skip


def told():
    """Tables that have some of the gold facts right."""
    read = document("x/news.txt", TEXT)
    names = {"Lyon Alpha": Label.CLUSTER, "Beta": Label.CLUSTER, "MARÉE": Label.PROJECT, "Région Azur": Label.PUBLIC}

    def dated(words, value):
        start = TEXT.index(words)
        return DatedExpression(Span(start, start + len(words)), "DATE", value)

    stated = facts(
        read,
        *names,
        labels=names,
        agreements=(agreement(read, "Lyon Alpha", "Beta", signed_on="2019-05"),),
        dates=(dated("3 mai 2019", "2019-05-03"), dated("en 2020", "2020"), dated("MARÉE", "2011")),
        funding=(Funding("MARÉE", agreement(read, (), ()).evidence, funder="Région Azur"),),
        projects=(Project("MARÉE", (), agreement(read, (), ()).evidence, start_date="2016"),),
    )
    organisations = [org("Lyon Alpha", country_code="FR"), org("Beta"), org("Région Azur", kind="public")]
    return tables_of([(read, stated)], Resolution(organisations, [project("MARÉE")]))


def test_each_family_is_counted():
    result = as_json(score_tables(told(), {"news": GOLD}))
    counts = {family: (row["tp"], row["fp"], row["fn"]) for family, row in result["families"].items()}
    assert counts == {"clusters": (1, 1, 1), "agreements": (1, 0, 1), "dates": (1, 1, 0), "funding": (1, 0, 0)}
    assert result["attributes"]["agreement signed_on"] == {"right": 0, "of": 1}
    assert result["attributes"]["project start_date"] == {"right": 1, "of": 1}
    assert result["attributes"]["project member"] == {"right": 0, "of": 1}


def test_a_missing_document_costs_its_facts():
    result = score_tables(told(), {"other": GOLD})
    assert result.missing == ["other"]
    assert [tally.missed for tally in result.families.values()] == [2, 2, 2, 1]
    assert "missing documents: other" in list(as_lines(result))


def test_notes_name_what_was_missed_and_wrong():
    text = "\n".join(as_lines(score_tables(told(), {"news": GOLD}), verbose=True))
    assert "clusters: missed Gamma" in text
    assert "clusters: wrong Beta" in text
    assert "agreements: missed Sigma" in text


@pytest.mark.parametrize(("name", "expected"), [("L’Île-de-France", "liledefrance"), ("ŒUVRE 2", "uvre2"), (None, ""), ("北京", "")])
def test_plain(name, expected):
    assert plain(name) == expected


@pytest.mark.parametrize(
    ("value", "gold", "right"), [("2012", "2012", True), (24, [12, 24], True), (None, None, True), (None, "x", False), ("x", None, False)]
)
def test_accepted(value, gold, right):
    assert accepted(value, gold) is right


def test_a_gold_file_that_is_no_object_is_named(tmp_path):
    (tmp_path / "bad.json").write_text("[]")
    with pytest.raises(DocumentError, match="bad.json"):
        read_gold(tmp_path)


@pytest.mark.skipif(not (SHARED / "scoring").is_dir(), reason="the reference scorer is not part of the project")
@pytest.mark.parametrize("gold", [{"news": GOLD}, {"news": GOLD, "other": GOLD}, {"news": {}}])
def test_same_figures_as_the_reference_scorer(tmp_path, gold):
    (tmp_path / "tables").mkdir()
    (tmp_path / "gold").mkdir()
    write_parquet(told(), tmp_path / "tables")
    for name, stated in gold.items():
        (tmp_path / "gold" / f"{name}.json").write_text(json.dumps(stated))
    command = [sys.executable, SHARED / "scoring" / "score.py", tmp_path / "gold", tmp_path, "--json"]
    reference = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    assert as_json(score_tables(told(), read_gold(tmp_path / "gold"))) == reference
