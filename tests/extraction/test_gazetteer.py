"""Known names in running text."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.facts import Label
from pipeline.core.lexicon import Lexicon, load_lexicon
from pipeline.extraction.gazetteer import find_known

LEXICON = load_lexicon()
NAMES = [name for entry in LEXICON.gazetteer() for name in entry.names]
ROWS = """name,label,aliases,country_code,region,source
Aqua Vélia,CLUSTER,AVL,FR,,test
Aqua Vélia Sud,CLUSTER,,FR,,test
FONDSBLEU,PROGRAMME,,,,test
Terralim,CLUSTER,,FR,,test
eau+,PROJECT,,,,test
Nord & Mer,CLUSTER,,BE,,test
"""
PIECES = st.sampled_from([*NAMES, " et ", ", ", "\n", " de ", "(", ")", "le pôle ", "."])
TEXTS = st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=60)

FOUND = [
    ("Le pôle Aqua Vélia signe.", ["Aqua Vélia"]),
    ("Le pôle AQUA VELIA signe.", ["AQUA VELIA"]),
    ("Le pôle Aqua-Velia signe.", ["Aqua-Velia"]),
    ("Aqua Vélia Sud et Aqua Vélia", ["Aqua Vélia Sud", "Aqua Vélia"]),
    ("Aqua\u00a0Vélia(France)", ["Aqua\u00a0Vélia"]),
    ("AVL, avl et Avl", ["AVL"]),
    ("FONDSBLEU et Fondsbleu", ["FONDSBLEU"]),
    ("Terralim et terralim", ["Terralim"]),
    ("Nord&Mer, Nord et Mer, Nord & Mer", ["Nord&Mer", "Nord & Mer"]),
    ("d’Aqua Vélia, l'Aqua Vélia", ["Aqua Vélia", "Aqua Vélia"]),
    ("Aqua. Un Vélia. Terralimité", []),
    ("Aqua\nVélia", []),
    ("", []),
]


@pytest.fixture
def lexicon(tmp_path: Path) -> Lexicon:
    """A lexicon with one small gazetteer."""
    (tmp_path / "gazetteer").mkdir()
    (tmp_path / "gazetteer" / "small.csv").write_text(ROWS, encoding="utf-8")
    return load_lexicon(tmp_path)


@pytest.mark.parametrize(("text", "names"), FOUND)
def test_names_are_found_as_closely_as_their_shape_demands(lexicon: Lexicon, text: str, names: list[str]) -> None:
    assert [found.name for found in find_known(text, lexicon)] == names


def test_a_name_carries_its_row(lexicon: Lexicon) -> None:
    (found,) = find_known("Terralim", lexicon)
    assert (found.label, found.method, found.score) == (Label.CLUSTER, "gazetteer.small.5", 1.0)


@given(
    st.lists(st.sampled_from([*NAMES, " et ", ", ", "\n", " de ", "(", ")", "le pôle ", "."]), max_size=12).map("".join)
    | st.text(max_size=60)
)
@settings(max_examples=60, deadline=None)
def test_spans_are_inside_sorted_and_apart(text: str) -> None:
    found = list(find_known(text, LEXICON))
    bounds = [bound for mention in found for bound in (mention.span.start, mention.span.end)]
    assert bounds == sorted(bounds)
    assert [m for m in found if m.span.quote(text) != m.name or not m.name] == []


@pytest.mark.xfail(strict=True, reason="`@` may not stand between two words; a `+` or bracket that ends a name is left out of it")
def test_every_listed_name_is_found() -> None:
    assert [name for name in NAMES if name not in [m.name for m in find_known(f"; {name} ;", LEXICON)]] == []
