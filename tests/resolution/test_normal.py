"""Names made comparable: tables of names with their keys, parts, and whether they name anything."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import LexiconError
from pipeline.resolution.normal import core, is_generic, parts, read_list
from pipeline.resolution.values import Family

CORES: list[tuple[str, Family, str]] = [
    ("pôle de compétitivité Pégase", "organisation", "pegase"), ("le pôle Pégase", "organisation", "pegase"),
    ("Pégase Cluster", "organisation", "pegase"),
    ("Foo GmbH & Co. KG", "organisation", "foo"), ("Foo S.A.", "organisation", "foo"), ("SA Foo", "organisation", "foo"),
    ("projet européen MAGIA", "project", "magia"), ("pôle", "organisation", "pole"), ("Cluster Québec", "organisation", "clusterquebec"),
    ("programme-cadre Horizon 2020", "programme", "horizon2020"), ("Alliance pour le climat", "project", "alliancepourleclimat"),
    ("la Région wallonne", "organisation", "regionwallonne"), ("!!", "organisation", ""), ("L'Alpha", "organisation", "alpha"),
]  # fmt: skip
PARTS = [
    ("GAPR – Medsilesia", ("gapr", "medsilesia")), ("Alpha/Beta", ("alpha", "beta")), ("Alpha Park (AP)", ("alphapark", "ap")),
    ("Toronto – Alpha", ("alpha",)), ("Bio-Win", ()), ("BioWin", ()), ("Alpha - le pôle", ("alpha",)), ("AB – Alpha", ("alpha",)),
]  # fmt: skip
GENERIC = [
    ("le pôle wallon", True), ("les deux clusters", True), ("la Commission", True), ("Le Cluster", True),
    ("notre partenaire américain", True),
    ("Commission européenne", False), ("Région wallonne", False), ("Université de Lyon", False), ("pôle Pégase", False), ("BioWin", False),
    ("", True), ("le pôle", True),
]  # fmt: skip


@pytest.mark.parametrize(("name", "family", "key"), CORES)
def test_core(name: str, family: Family, key: str) -> None:
    assert core(name, family) == key


@pytest.mark.parametrize(("name", "keys"), PARTS)
def test_parts(name: str, keys: tuple[str, ...]) -> None:
    assert parts(name, "organisation") == keys


@pytest.mark.parametrize(("name", "expected"), GENERIC)
def test_generic(name: str, expected: bool) -> None:
    assert is_generic(name, "organisation") is expected


@given(st.text(max_size=30))
def test_any_name_has_a_key(name: str) -> None:
    key = core(name, "organisation")
    assert core(name.upper().lower(), "organisation") == core(name.lower(), "organisation")
    assert " " not in key


@pytest.mark.parametrize(("content", "message"), [(None, "missing"), ("words\nfoo\n", "columns are")])
def test_a_broken_list_names_its_fault(tmp_path: Path, content: str | None, message: str) -> None:
    if content:
        (tmp_path / "legal.csv").write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=message):
        read_list("legal.csv", "form", folder=tmp_path)
