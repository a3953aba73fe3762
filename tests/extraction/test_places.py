"""Places in running text: tagged sentences, names that are no places, and properties of every answer."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.territories import fold, rows
from pipeline.extraction.places import ambiguous, cues, find_places, listed_names

SHARED = Path(__file__).resolve().parents[3] / "shared"

PLACES = [
    ("BioPmed (Piémont/Italie), BioWin(Wallonie/Belgique)", [("Piémont", "IT"), ("Italie", "IT"), ("Wallonie", "BE"), ("Belgique", "BE")]),
    ("Life Science Nord (Nord de l’Allemagne)", [("Nord de l’Allemagne", "DE")]),
    ("au sud de Tokyo et à l'ouest de la France", [("sud de Tokyo", "JP"), ("ouest de la France", "FR")]),
    ("la pépite californienne et son homologue québécois", [("californienne", "US"), ("québécois", "CA")]),
    ("un partenaire outre-Rhin, un autre Outre-Manche", [("outre-Rhin", "DE"), ("Outre-Manche", "GB")]),
    ("Wistar Institute US, Biominas et Cinnamed Brésil", [("US", "US"), ("Brésil", "BR")]),
    ("BROMONT (Québec), le 23 mars", [("BROMONT", "CA"), ("Québec", "CA")]),
    ("des ETATS-UNIS, d’Etats\u2011Unis et de Côte d’Ivoire", [("ETATS-UNIS", "US"), ("Etats\u2011Unis", "US"), ("Côte d’Ivoire", "CI")]),
    ("les Émirats arabes unis, la Suisse romande", [("Émirats arabes unis", "AE"), ("Suisse romande", "CH")]),
    ("dans le canton de Vaud", [("canton de Vaud", "CH")]),
    ("à Tours, à Nice et à Lens", [("Tours", "FR"), ("Nice", "FR"), ("Lens", "FR")]),
    ("entre Lyon et Nice", [("Lyon", "FR"), ("Nice", "FR")]),
    ("près de Florence, en Hollande", [("Florence", "IT"), ("Hollande", "NL")]),
    ("basée à Orange (Vaucluse)", [("Orange", "FR"), ("Vaucluse", "FR")]),
    ("dans le Var, dans l'Ain, dans la Creuse", [("Var", "FR"), ("Ain", "FR"), ("Creuse", "FR")]),
    ("un accord franco-allemand", [("allemand", "DE")]),
    ("Lille (Nord) et le département du Lot", [("Lille", "FR"), ("Nord", "FR"), ("Lot", "FR")]),
    ("l'U.S.A. Inc", [("U.S.A", "US")]),
    ("le marché de la Corée\ndu Sud", [("Corée\ndu Sud", "KR")]),
    ("la Corée\ndu Sud des Etats-Unis", [("Corée\ndu Sud", "KR"), ("Etats-Unis", "US")]),
    ("Shanghai Medical Instrument Trade Association", [("Shanghai", "CN")]),
    ("en région Auvergne-Rhône-Alpes ou PACA", [("Auvergne-Rhône-Alpes", "FR"), ("PACA", "FR")]),
    ("Que\u0301bec et Bavie\u0300re", [("Que\u0301bec", "CA"), ("Bavie\u0300re", "DE")]),
    ("à Regensburg", [("Regensburg", "DE")]),
]  # fmt: skip
NO_PLACES = [
    "Tours de table et levées de fonds", "Nice to meet you", "Orange a signé avec la start-up", "Les entreprises", "Bar et restaurant",
    "Mer et littoral", "Bio et santé", "Florence Agostino-Etchetto conclut", "avec Nancy Dupont", "François Hollande a dit",
    "le communiqué en anglais", "la version anglaise", "le cap est fixé, us et coutumes", "La Garde des enfants", "le Nord et le Sud",
    "le monde anglo-saxon", "Maurice Martin, Charlotte Durand et Vincent Moreau", "l'Union européenne", "Europe", "la réunion de lundi",
    "Réunion du conseil", "Un accord, Sur ce point, Cela, Seul, Mon", "EAU ET ASSAINISSEMENT", "aura lieu", "Horizon 2020", "",
    "Romain Rolland", "la Maison Blanche", "l'aura de la marque", "Gap analysis", "Grand est le besoin",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PLACES)
def test_places(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(place.span.quote(text), place.territory.country_code) for place in find_places(text)] == expected


@pytest.mark.parametrize("text", NO_PLACES)
def test_no_places(text: str) -> None:
    assert [place.span.quote(text) for place in find_places(text)] == []


def test_a_part_of_a_territory_is_its_own_region() -> None:
    (place,) = find_places("dans le nord de l'Italie")
    assert (place.territory.region, place.territory.kind) == ("nord de l'Italie", "region")


@given(st.lists(st.one_of(st.sampled_from([case[0] for case in PLACES] + NO_PLACES), st.text(max_size=30)), max_size=6).map(" ".join))
@settings(deadline=None)
def test_spans_are_ordered_apart_and_inside(text: str) -> None:
    places = find_places(text)
    ends = [0, *(place.span.end for place in places)]
    assert all(end <= place.span.start < place.span.end <= len(text) for end, place in zip(ends, places, strict=False))
    assert places == find_places(text)


@pytest.mark.parametrize("row", list(rows("ambiguous.csv", "name", "cues", "reason")), ids=lambda row: row["name"])
def test_every_cue_of_an_ambiguous_name_exists(row: dict[str, str]) -> None:
    assert set(row["cues"].split()) <= {*cues(), "mid", "country"}
    assert row["reason"]


def test_forms_of_one_ambiguous_name_have_one_set_of_cues() -> None:
    listed = [row["name"] for row in rows("ambiguous.csv", "name", "cues", "reason")]
    assert len(listed) == len(set(listed))
    told = {(fold(row["name"]), tuple(row["cues"].split())) for row in rows("ambiguous.csv", "name", "cues", "reason")}
    assert len(told) == len(ambiguous())


def test_time_grows_linearly() -> None:
    text = "Le pôle lyonnais et BioWin (Wallonie/Belgique) ont signé à Tokyo un accord avec les États-Unis d'Amérique. "
    find_places(text), listed_names()
    times = [timed(text * count) for count in (100, 1000)]
    assert times[1] < 30 * max(times[0], 0.001)


def timed(text: str) -> float:
    """Least of three times to read a text, in seconds."""
    spent = []
    for _ in range(3):
        start = time.perf_counter()
        find_places(text)
        spent.append(time.perf_counter() - start)
    return min(spent)


def test_shared_press_names_the_countries_of_its_clusters() -> None:
    if not SHARED.is_dir():
        pytest.skip("the shared press texts are not on this machine")
    text = next((SHARED / "press").glob("001_*.txt")).read_text(encoding="utf-8")
    assert {"ES", "DE", "IT", "FR", "US", "BR", "CN", "AU", "JP", "CA", "KR"} <= {
        place.territory.country_code for place in find_places(text)
    }
