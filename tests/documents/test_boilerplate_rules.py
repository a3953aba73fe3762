"""Every pattern of models/documents against its own examples, and the shape of those files."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import LexiconError
from pipeline.documents.boilerplate import cut_boilerplate, find_title
from pipeline.documents.rules import RULES_FOLDER, Pattern, read_rules

RULES = read_rules()


def examples(kind: str) -> list[object]:
    return [
        pytest.param(pattern, example, id=f"{pattern.id}: {example[:30]}")
        for pattern in RULES.patterns
        for example in getattr(pattern, kind)
    ]


@pytest.mark.parametrize(("pattern", "example"), examples("hits"))
def test_a_pattern_finds_its_hits(pattern: Pattern, example: str) -> None:
    assert re.compile(pattern.pattern, re.IGNORECASE).fullmatch(example)


@pytest.mark.parametrize(("pattern", "example"), examples("misses"))
def test_a_pattern_passes_over_its_misses(pattern: Pattern, example: str) -> None:
    assert not re.compile(pattern.pattern, re.IGNORECASE).fullmatch(example)


@pytest.mark.parametrize("pattern", RULES.patterns, ids=lambda pattern: pattern.id)
def test_a_pattern_has_examples_of_both_kinds(pattern: Pattern) -> None:
    assert pattern.hits
    assert pattern.misses


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "lines"}, "0.kind"),
        ({"patern": "x"}, "0.patern"),
        ({"pattern": "("}, "visuel: missing"),
        ({"hits": None}, "0.hits"),
    ],
)
def test_a_wrong_entry_is_a_clear_error(tmp_path: Path, change: dict[str, object], message: str) -> None:
    entry = {"id": "visuel", "kind": "line", "pattern": "visuel", "hits": ["visuel"], "misses": ["le visuel"], **change}
    (tmp_path / "thresholds.yaml").write_bytes((RULES_FOLDER / "thresholds.yaml").read_bytes())
    (tmp_path / "boilerplate.yaml").write_text(yaml.safe_dump([entry]))
    with pytest.raises(LexiconError, match=re.escape(message)):
        read_rules(tmp_path)


def test_an_id_stands_once(tmp_path: Path) -> None:
    entry = {"id": "visuel", "kind": "line", "pattern": "visuel", "hits": ["visuel"], "misses": ["le visuel"]}
    (tmp_path / "thresholds.yaml").write_bytes((RULES_FOLDER / "thresholds.yaml").read_bytes())
    (tmp_path / "boilerplate.yaml").write_text(yaml.safe_dump([entry, entry]))
    with pytest.raises(LexiconError, match="'visuel' stands twice"):
        read_rules(tmp_path)


def test_a_missing_or_broken_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"thresholds\.yaml"):
        read_rules(tmp_path)
    (tmp_path / "thresholds.yaml").write_text("limits: [")
    with pytest.raises(LexiconError, match="line 1"):
        read_rules(tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Titre du jour\n\nTitre du jour\n\nLe pôle signe.", "Titre du jour\n\nLe pôle signe."),
        ("Le pôle signe.\n\nSujets les + lus\n\n- Un chien\n- Un chat\n\nIl grandit.", "Le pôle signe.\n\nIl grandit."),
        ("Le pôle signe.\n\nLes plus lus\nUn chien\nUn chat\n\nIl grandit.", "Le pôle signe.\n\nIl grandit."),
        ("Les partenaires\n\n- Biominas\n- Hanbit\n- Biominas", "Les partenaires\n\n- Biominas\n- Hanbit\n- Biominas"),
        ("Sur le même sujet\n\nLe pôle a signé hier à Rennes.", "Le pôle a signé hier à Rennes."),
        ("Pays\tAnnée\nChili\t2012\nChili\t2012", "Pays\tAnnée\nChili\t2012\nChili\t2012"),
        ("Alpha | Le pôle | Contact\nTexte", "Alpha | Le pôle | Contact\nTexte"),
        ("Accueil | Agenda | Contact\nTexte", "Texte"),
        ("Facebook Twitter LinkedIn\nTexte", "Facebook Twitter LinkedIn\nTexte"),
        ("a\n\n\n\n\nb", "a\n\nb"),
    ],
)
def test_what_goes_and_what_stays(text: str, expected: str) -> None:
    assert cut_boilerplate(text, rules=RULES) == expected


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("ACTUALITÉS / EUROPE\n03/06/2020\n\nCE4 en questions\n\nTexte.", "CE4 en questions"),
        ("INNOVATION | 4 mai 2018 | Lecture : 2 min\n\nDiva ou le capteur\n", "Diva ou le capteur"),
        ("24 Janvier 2018\n|Les partenaires du projet : A, B.", None),
        ("Le pôle a signé hier un accord avec son homologue.\nSuite.", None),
        ("- Biominas\n- Hanbit", None),
        ("CAMBRÉSIS\n\nLe fil file\n\nTexte.", "Le fil file"),
        ("DÉCLARATION COMMUNE\n\nArles, le 8 novembre 2016", "DÉCLARATION COMMUNE"),
        ("", None),
    ],
)
def test_the_title_is_the_first_heading(text: str, title: str | None) -> None:
    assert find_title(text, rules=RULES) == title


@given(st.text(st.sampled_from("Aaé .|-\n•2visuel"), max_size=200))
def test_cutting_twice_is_cutting_once_or_more_and_adds_nothing(text: str) -> None:
    once = cut_boilerplate(text, rules=RULES)
    lines = [line.rstrip() for line in text.split("\n")]
    assert all(line in lines or line == line.strip() for line in once.split("\n"))
    assert len(once) <= len(text)
