"""Countries behind the names of a bracketed list."""

import pytest
from tagged import mention

from pipeline.core.facts import Label
from pipeline.extraction.places import find_places
from pipeline.extraction.trailing import trim_countries

NO_DASH = pytest.mark.xfail(strict=True, reason="a dash between name and country keeps the country from being seen")

TRIMMED = [
    ("(Wistar Institute US, Biominas et Canabio Brésil, Nova Hub)", "Wistar Institute US", "Wistar Institute"),
    ("(Wistar Institute US, Biominas et Canabio Brésil, Nova Hub)", "Canabio Brésil", "Canabio"),
    pytest.param("(Kepler Institute - Canada ; Hokusai Bio Town - Japon)", "Kepler Institute - Canada", "Kepler Institute", marks=NO_DASH),
    ("(Business France, Novalim, Ecofoo, Terralim et Fluxomat)", "Business France", "Business France"),
    ("Business France et Ecofoo Brésil ont signé hier.", "Ecofoo Brésil", "Ecofoo Brésil"),
    ("(Bank of China, Kepler Institute of Canada, Terralim)", "Bank of China", "Bank of China"),
]


@pytest.mark.parametrize(("text", "words", "name"), TRIMMED)
def test_a_country_is_taken_off_where_the_list_has_several(text: str, words: str, name: str) -> None:
    (trimmed,) = trim_countries(text, [mention(text, words, Label.ORG)], find_places(text))
    assert (trimmed.name, trimmed.span.quote(text)) == (name, name)


def test_the_places_themselves_stay() -> None:
    text = "(Wistar Institute US, Biominas et Canabio Brésil, Nova Hub)"
    place = mention(text, "Brésil", Label.PLACE)
    assert trim_countries(text, [place], find_places(text)) == [place]
