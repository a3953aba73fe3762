"""Labels from the words around and inside a name."""

import pytest

from pipeline.core.facts import Label, Span
from pipeline.core.lexicon import load_lexicon
from pipeline.extraction.labels import apposition_clue, coordinated, head_clues, inner_clue, introduces

LEXICON = load_lexicon()
NO_VERBS = pytest.mark.xfail(strict=True, reason="a verb between head noun and name passes as an adjective")

HEADS = [
    ("le pôle de compétitivité [Novalim] signe", [Label.CLUSTER]),
    ("les clusters [Novalim], [Ecofoo] et [Terralim] signent", [Label.CLUSTER] * 3),
    ("le cluster [Novalim] et [Ecofoo] signent", [Label.CLUSTER, None]),
    ("les pôles [Novalim] (Lyon) et [Ecofoo]", [Label.CLUSTER] * 2),
    ("la société bretonne [Novalim]", [Label.COMPANY]),
    ("l'université [Jean-Cavailles]", [Label.RESEARCH]),
    ("le projet collaboratif baptisé « [Novalim] »", [Label.PROJECT]),
    ("le projet porté par [Novalim]", [None]),
    ("le cluster, a dit [Novalim]", [None]),
    pytest.param("la métropole accueille [Novalim]", [None], marks=NO_VERBS),
    ("le programme européen [Novalim]", [Label.PROGRAMME]),
]
INNER = [
    ("Nordic Ocean Cluster", Label.CLUSTER),
    ("Université de Bellecombe", Label.RESEARCH),
    ("Elastopôle", Label.CLUSTER),
    ("Chambre de commerce de Valserre", Label.ASSOCIATION),
    ("Novalim SAS", Label.COMPANY),
    ("Kepler Institute of Technology Valley", Label.RESEARCH),
    ("Boston University Science Park", Label.CLUSTER),
    ("Novalim", None),
]
APPOSITIONS = [
    ("[Novalim], cluster anglais fort de 200 membres", Label.CLUSTER),
    ("[Novalim] (pôle de compétitivité)", Label.CLUSTER),
    ("[Novalim], société spécialisée dans l'eau", Label.COMPANY),
    ("[Novalim] est un projet européen", Label.PROJECT),
    ("[Novalim], directrice du cluster", None),
    ("[Novalim] a signé avec le cluster", None),
    ("[Novalim]\n, cluster anglais", None),
]


def marked(tagged: str) -> tuple[str, list[Span]]:
    """A text without its brackets, and where they stood."""
    spans: list[Span] = []
    plain = ""
    for position, piece in enumerate(tagged.replace("]", "[").split("[")):
        if position % 2:
            spans.append(Span(len(plain), len(plain) + len(piece)))
        plain += piece
    return plain, spans


@pytest.mark.parametrize(("tagged", "labels"), HEADS)
def test_a_head_noun_labels_the_names_after_it(tagged: str, labels: list[Label | None]) -> None:
    text, names = marked(tagged)
    clues = {span: clue.label for span, clue in head_clues(text, Span(0, len(text)), names, LEXICON)}
    assert [clues.get(name) for name in names] == labels


@pytest.mark.parametrize(("words", "label"), INNER)
def test_a_word_inside_labels_a_name(words: str, label: Label | None) -> None:
    clue = inner_clue(words, LEXICON)
    assert (clue.label if clue else None) is label


@pytest.mark.parametrize(("tagged", "label"), APPOSITIONS)
def test_an_apposition_labels_the_name_before_it(tagged: str, label: Label | None) -> None:
    text, names = marked(tagged)
    clue = apposition_clue(text, names[0], LEXICON)
    assert (clue.label if clue else None) is label


@pytest.mark.parametrize(
    ("between", "expected"),
    [
        (" ", True),
        (" breton ", True),
        (" baptisé « ", True),
        (" porté par ", False),
        (", dit-elle, ", False),
        ("\n", False),
        (" x" * 40, False),
    ],
)
def test_what_may_stand_between_head_and_name(between: str, expected: bool) -> None:
    assert introduces(between, LEXICON) is expected


@pytest.mark.parametrize(
    ("tagged", "length"),
    [
        ("[Aa], [Bb] et [Cc]", 3),
        ("[Aa] (Pays), le [Bb] ainsi que [Cc]", 3),
        ("[Aa] signe, [Bb] aussi", 1),
        ("[Aa] ([Bb]), [Cc]", 2),
        ("[Aa] [Bb]", 1),
    ],
)
def test_a_coordination_strings_names_together(tagged: str, length: int) -> None:
    text, names = marked(tagged)
    assert len(coordinated(text, names, names[0])) == length
