"""People's judgements: read, transitive, obeyed across rules and countries, refused when they contradict each other."""

from pathlib import Path

import pytest

from pipeline.core.facts import DocumentFacts, Entity, Label
from pipeline.resolution import NO_JUDGEMENTS, JudgementError, Resolution, read_judgements, resolve

HEADER = "left,right,kind,judgement,who,when,why\n"
CORPUS = Path(__file__).resolve().parents[2] / "corpus" / "judgements.csv"


def judgements(folder: Path, *lines: str) -> Path:
    path = folder / "judgements.csv"
    path.write_text(HEADER + "".join(f"{line},A. Nonyme,2024-05-01,seen\n" for line in lines), encoding="utf-8")
    return path


def named(*names: str | tuple[str, str]) -> list[DocumentFacts]:
    """One document for each organisation, given by name or by name and country."""
    pairs = [(name, None) if isinstance(name, str) else name for name in names]
    return [DocumentFacts(f"doc-{n}", entities=(Entity(name, Label.CLUSTER, (name,), code),)) for n, (name, code) in enumerate(pairs)]


def groups(found: Resolution) -> list[list[str]]:
    return sorted(sorted(document for document, _ in row.members) for row in found.organisations)


def test_no_file_is_no_judgement(tmp_path: Path) -> None:
    assert read_judgements(None) == NO_JUDGEMENTS
    assert read_judgements(tmp_path / "none.csv") == NO_JUDGEMENTS


def test_the_shipped_file_is_valid() -> None:
    read_judgements(CORPUS)


def test_same_is_obeyed_across_countries_and_names(tmp_path: Path) -> None:
    judged = read_judgements(judgements(tmp_path, "Alpha,Omega,organisation,same"))
    found = resolve(named(("Alpha", "FR"), ("OMEGA", "BE"), "Beta"), judgements=judged)
    assert groups(found) == [["doc-0", "doc-1"], ["doc-2"]]
    assert [merge.reason for row in found.organisations for merge in row.merges] == ["judged the same by a person"]


def test_same_is_transitive(tmp_path: Path) -> None:
    judged = read_judgements(judgements(tmp_path, "Alpha,Beta,organisation,same", "Beta,Gamma,organisation,same"))
    assert groups(resolve(named("Alpha", "Gamma"), judgements=judged)) == [["doc-0", "doc-1"]]


def test_same_holds_through_a_name_that_no_document_bears(tmp_path: Path) -> None:
    judged = read_judgements(judgements(tmp_path, "Alpha,Nobody,organisation,same", "Nobody,Gamma,organisation,same"))
    assert groups(resolve(named("Alpha", "Gamma"), judgements=judged)) == [["doc-0", "doc-1"]]


def test_different_is_obeyed_against_every_rule(tmp_path: Path) -> None:
    judged = read_judgements(judgements(tmp_path, "pôle Pégase,Pégase,organisation,different"))
    assert groups(resolve(named("pôle Pégase", "Pégase", "Pôle Pégase"), judgements=judged)) == [["doc-0", "doc-2"], ["doc-1"]]


def test_different_holds_for_all_that_is_the_same(tmp_path: Path) -> None:
    lines = ("Alpha,Alpha Park,organisation,same", "Alpha Park,pôle Alpha,organisation,different")
    found = resolve(named("Alpha", "pôle Alpha", "Alpha Park"), judgements=read_judgements(judgements(tmp_path, *lines)))
    assert groups(found) == [["doc-0", "doc-2"], ["doc-1"]]


def test_a_name_of_one_country(tmp_path: Path) -> None:
    judged = read_judgements(judgements(tmp_path, "BioValley@FR,BioValley@CH,organisation,same"))
    facts = named(("BioValley", "FR"), ("BioValley", "CH"), ("BioValley", "US"))
    assert groups(resolve(facts, judgements=judged)) == [["doc-0", "doc-1"], ["doc-2"]]


def test_a_document_that_equates_what_a_person_told_apart_keeps_the_fuller_name(tmp_path: Path) -> None:
    judged = read_judgements(judgements(tmp_path, "Alpha Park,AP,organisation,different"))
    both = DocumentFacts("doc-9", entities=(Entity("e", Label.CLUSTER, ("Alpha Park", "AP")),))
    found = resolve([both, *named("AP")], judgements=judged)
    assert groups(found) == [["doc-0"], ["doc-9"]]
    assert found.id_of("doc-9", "e") in {row.id for row in found.organisations if row.aliases == ("Alpha Park",)}


def test_a_judgement_on_a_project_says_nothing_of_organisations(tmp_path: Path) -> None:
    judged = read_judgements(judgements(tmp_path, "Alpha,Beta,project,same"))
    assert groups(resolve(named("Alpha", "Beta"), judgements=judged)) == [["doc-0"], ["doc-1"]]


@pytest.mark.parametrize(
    ("lines", "named_lines"),
    [
        (("A1,B1,organisation,same", "A1,B1,organisation,different"), ("line 3", "line 2")),
        (("A1,B1,project,same", "B1,C1,project,same", "c1,a1,project,different"), ("line 4", "line 2", "line 3")),
        (("A1,A1,organisation,different",), ("line 2", "same name on both sides")),
    ],
)
def test_contradictions_name_their_lines(tmp_path: Path, lines: tuple[str, ...], named_lines: tuple[str, ...]) -> None:
    with pytest.raises(JudgementError) as caught:
        read_judgements(judgements(tmp_path, *lines))
    assert all(words in str(caught.value) for words in named_lines)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("left,right\na,b\n", "columns are"),
        (HEADER + "a,b,cluster,same,,,\n", "line 2: kind must be"),
        (HEADER + "a,b,project,maybe,,,\n", "judgement `same` or `different`"),
        (HEADER + "a,b,project,same,,,\n,b,project,same,,,\n", "line 3: left and right must each hold a name"),
    ],
)
def test_a_broken_file_is_told_with_its_line(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "judgements.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(JudgementError, match=message):
        read_judgements(path)
