"""Names of territories: a table of cases, the shared list, and the shape of the lists."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import LexiconError
from pipeline.core.territories import TERRITORIES, fold, forms, index, lookup, rows

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "territories.jsonl"

COUNTRIES = [
    ("US", "US"), ("USA", "US"), ("U.S.A.", "US"), ("UK", "GB"), ("RPC", "CN"), ("Hollande", "NL"), ("Corée", "KR"), ("Emirats", "AE"),
    ("RDC", "CD"), ("Birmanie", "MM"), ("Germany", "DE"), ("Norvège", "NO"), ("les Pays-Bas", "NL"), ("la Tunisie", "TN"),
    ("COTE D’IVOIRE", "CI"), ("Bélarus", "BY"), ("Tchéquie", "CZ"), ("Confédération helvétique", "CH"), ("Angleterre", "GB"),
]  # fmt: skip
REGIONS = [
    ("Piémont", "IT", "Piémont"), ("Bayern", "DE", "Bavière"), ("Haute-Silésie", "PL", "Haute-Silésie"), ("Catalunya", "ES", "Catalogne"),
    ("Région wallonne", "BE", "Wallonie"), ("Massachusetts", "US", "Massachusetts"), ("Caroline du Nord", "US", "Caroline du Nord"),
    ("Minas Gerais", "BR", "Minas Gerais"), ("Guangdong", "CN", "Guangdong"), ("Kansai", "JP", "Kansai"),
    ("Midi-Pyrénées", "FR", "Midi-Pyrénées"), ("PACA", "FR", "Provence-Alpes-Côte d'Azur"), ("Var", "FR", "Var"),
    ("Savoie", "FR", "Savoie"),
    ("Midwest", "US", "Midwest"),
    ("Montérégie", "CA", "Montérégie"), ("Nord de l’Allemagne", "DE", "Nord de l’Allemagne"), ("sud de Tokyo", "JP", "sud de Tokyo"),
    ("ouest de la France", "FR", "ouest de la France"), ("province de Québec", "CA", "Québec"), ("État de Californie", "US", "Californie"),
]  # fmt: skip
CITIES = [
    ("Munich", "DE"), ("Londres", "GB"), ("Pékin", "CN"), ("Le Caire", "EG"), ("Francfort", "DE"), ("Vienne", "AT"), ("Fribourg", "CH"),
    ("Paris", "FR"), ("Valence", "FR"), ("Sophia Antipolis", "FR"), ("Brest", "FR"), ("Orléans", "FR"),
    ("ville de Québec", "CA"), ("Gosselies", "BE"), ("Shenzhen", "CN"),
]  # fmt: skip
DEMONYMS = [
    ("américain", "US", None), ("américaines", "US", None), ("californienne", "US", "Californie"), ("bavarois", "DE", "Bavière"),
    ("nippons", "JP", None), ("japonaise", "JP", None), ("wallonnes", "BE", "Wallonie"), ("toulousain", "FR", None),
    ("catalane", "ES", "Catalogne"), ("britannique", "GB", None), ("québécois", "CA", "Québec"), ("Outre-Rhin", "DE", None),
    ("provençaux", "FR", "Provence"), ("outre-Atlantique", "US", None), ("sud-coréenne", "KR", None), ("QUÉBÉCOISE", "CA", "Québec"),
]  # fmt: skip
UNKNOWN = ["", "de", "NO", "no", "Les", "Mer", "Bio", "Europe", "xyz", "d'", "nord de", "UE", "le", "42", "BioWin"]


@pytest.mark.parametrize(("name", "code"), COUNTRIES)
def test_countries(name: str, code: str) -> None:
    found = lookup(name)
    assert found is not None
    assert (found.country_code, found.region, found.kind) == (code, None, "country")


@pytest.mark.parametrize(("name", "code", "region"), REGIONS)
def test_regions(name: str, code: str, region: str) -> None:
    found = lookup(name)
    assert found is not None
    assert (found.country_code, found.region, found.kind) == (code, region, "region")


@pytest.mark.parametrize(("name", "code"), CITIES)
def test_cities(name: str, code: str) -> None:
    found = lookup(name)
    assert found is not None
    assert found.country_code == code
    assert found.kind in ("city", "region")


@pytest.mark.parametrize(("name", "code", "region"), DEMONYMS)
def test_demonyms(name: str, code: str, region: str | None) -> None:
    found = lookup(name)
    assert found is not None
    assert (found.country_code, found.region, found.kind) == (code, region, "demonym")


@pytest.mark.parametrize("name", UNKNOWN)
def test_no_territory(name: str) -> None:
    assert lookup(name) is None


def test_shared_list_is_known_whole() -> None:
    if not SHARED.is_file():
        pytest.skip("the shared list of territories is not on this machine")
    cases = [json.loads(line) for line in SHARED.read_text(encoding="utf-8").splitlines()]
    wrong = [case for case in cases if (found := lookup(case["name"])) is None or found.country_code != case["country_code"]]
    assert wrong == []


@given(st.sampled_from(sorted(index())))
def test_every_listed_name_is_found_in_any_case(key: str) -> None:
    found = lookup(key)
    assert found is not None
    assert lookup(key.upper()) == found
    assert lookup(key.replace(" ", "-")) == found


@given(st.text(max_size=40))
def test_any_text_is_answered(text: str) -> None:
    found = lookup(text)
    assert found is None or len(found.country_code) == 2
    assert fold(fold(text)) == fold(text)


def test_forms_of_an_adjective() -> None:
    assert forms("tourangeau", "tourangelle") == ("tourangeau", "tourangeaux", "tourangelle", "tourangelles")
    assert forms("outre-Rhin", "") == ("outre-Rhin",)


@pytest.mark.parametrize("file", ["countries.csv", "regions.csv", "cities.csv"])
def test_a_name_has_one_country_in_its_list(file: str) -> None:
    seen: dict[str, str] = {}
    for row in rows(file, "name", "country_code", "aliases"):
        for name in (row["name"], *filter(None, row["aliases"].split("|"))):
            assert seen.setdefault(fold(name), row["country_code"]) == row["country_code"], name


def test_every_region_of_a_demonym_is_listed() -> None:
    regions = {row["name"] for row in rows("regions.csv", "name", "country_code", "aliases")}
    named = {row["region"] for row in rows("demonyms.csv", "masculine", "feminine", "country_code", "region")} - {""}
    assert named <= regions


def test_norway_is_no() -> None:
    assert "Norvège,NO," in (TERRITORIES / "countries.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name,code\nFrance,FR\n", "columns are"),
        ("name,country_code,aliases\nFrance,FR\n", "too many or too few"),
        ("name,country_code,aliases\nFrance,fra,\n", "not two capitals"),
    ],
)
def test_a_broken_list_names_its_fault(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "countries.csv").write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=message):
        list(rows("countries.csv", "name", "country_code", "aliases", folder=tmp_path))


def test_a_missing_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="missing"):
        list(rows("countries.csv", "name", folder=tmp_path))
