"""The network of signatories and counterparts: two columns and curved links; or a matrix, where links would be a tangle.

When there are more organisations than a page can show, the signatories with most agreements are linked to the countries of their
counterparts; the table beside the drawing, and the page of each organisation, have the rest.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from pipeline.observatory.drawing import mark_link, mark_name, shortened, vega, vega_lite
from pipeline.observatory.labels import country_key, french
from pipeline.observatory.links import page_path
from pipeline.observatory.reading import Row, Rows

MOST = 40
"""Organisations in a column up to which each one is shown."""
GROUPED = 24
"""Rows in a column when links are grouped."""
WIDTH, STEP, LEFT, RIGHT = 780, 24, 270, 510


@dataclass(frozen=True, slots=True)
class End:
    """A signatory, a counterpart or a country; `name` is a label's key for a country."""

    key: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Link:
    """Agreements between a signatory and a counterpart, or the counterparts of a country."""

    signatory: End
    counterpart: End
    country_code: str | None
    agreements: int


@dataclass(frozen=True, slots=True)
class Network:
    """The links that are shown; `grouped` when they end at countries."""

    links: Sequence[Link]
    grouped: bool


def network(rows: Rows) -> Network:
    """The links to show, one by one or grouped."""
    links = [link_of(row, organisation(row, "counterpart")) for row in rows["links"]]
    if max(len({link.signatory for link in links}), len({link.counterpart for link in links})) <= MOST:
        return Network(links, grouped=False)
    return Network(grouped_links(rows["country_links"]), grouped=True)


def grouped_links(rows: Iterable[Row]) -> list[Link]:
    """Links to countries, of the signatories and the countries with most agreements."""
    links = [link_of(row, country(row["country_code"])) for row in rows]
    signatories, countries = largest(links, "signatory"), largest(links, "counterpart")
    return [link for link in links if link.signatory in signatories and link.counterpart in countries]


def link_of(row: Row, counterpart: End) -> Link:
    """The link that a row counts."""
    return Link(organisation(row, "signatory"), counterpart, row["country_code"], row["agreements"])


def largest(links: Iterable[Link], side: str) -> set[End]:
    """The ends with most agreements."""
    totals: Counter[End] = Counter()
    for link in links:
        totals[getattr(link, side)] += link.agreements
    return set(sorted(totals, key=lambda end: (-totals[end], end.name, end.key))[:GROUPED])


def organisation(row: Row, side: str) -> End:
    """An organisation as the end of a link."""
    return End(row[f"{side}_id"], row[side], page_path("organisation", row[f"{side}_id"]))


def country(code: str | None) -> End:
    """A country as the end of a link."""
    return End(code or "", country_key(code), page_path("country", code))


def drawing(shown: Network) -> Markup:
    """The network as it can be read best."""
    return matrix(shown.links) if shown.grouped else two_columns(shown)


def matrix(links: Sequence[Link]) -> Markup:
    """A disc where a signatory's row meets a country's column."""
    rows, places = columns(links)
    spec = {"width": {"step": STEP}, "height": {"step": STEP}, "data": {"values": [cell(link) for link in links]}}
    discs = {"type": "circle", "fill": "var(--accent)", "opacity": 0.85}
    channels = matrix_channels(
        [french(end.name) for end in rows], [french(end.name) for end in places], max(link.agreements for link in links)
    )
    return vega_lite({**spec, "mark": discs, "encoding": channels}, "network_title")


def cell(link: Link) -> dict[str, Any]:
    """One disc of the matrix."""
    ends = {"signatory": link.signatory.name, "country": french(link.counterpart.name), "agreements": link.agreements}
    return {**ends, "href": mark_link(link.signatory.path), "name": mark_name(link.signatory.name, link.counterpart.name, link.agreements)}


def matrix_channels(signatories: list[str], countries: list[str], most: int) -> dict[str, Any]:
    """How a link's values become place and size."""
    across = {"title": None, "orient": "top", "labelAngle": -45, "grid": True, "domain": False, "ticks": False}
    down = {"title": None, "grid": True, "domain": False, "ticks": False, "labelLimit": 240}
    return {
        "x": {"field": "country", "type": "nominal", "sort": countries, "axis": across},
        "y": {"field": "signatory", "type": "nominal", "sort": signatories, "axis": down},
        "size": {"field": "agreements", "type": "quantitative", "scale": {"domain": [0, most], "range": [0, 420]}, "legend": None},
        "href": {"field": "href"},
        "description": {"field": "name"},
    }


def two_columns(shown: Network) -> Markup:
    """Two columns of names, and a link between each pair."""
    left, right = columns(shown.links)
    height = STEP * max(len(left), len(right), 1)
    places = [{end: (index + 0.5) * height / len(column) for index, end in enumerate(column)} for column in (left, right)]
    names = [name_mark(end, y, side) for side, column in enumerate(places) for end, y in column.items()]
    most = max((link.agreements for link in shown.links), default=1)
    curves = [curve(link, places[0][link.signatory], places[1][link.counterpart], most) for link in shown.links]
    return vega({"width": WIDTH, "height": height, "data": data(names, curves), "marks": MARKS}, "network_title")


def columns(links: Sequence[Link]) -> tuple[list[End], list[End]]:
    """Both columns in an order that keeps links from crossing: the busiest signatories first, counterparts at the mean of theirs."""
    totals: Counter[End] = Counter()
    for link in links:
        totals[link.signatory] += link.agreements
    left = sorted(totals, key=lambda end: (-totals[end], end.name, end.key))
    rank = {end: index for index, end in enumerate(left)}
    heights: dict[End, list[int]] = {}
    for link in links:
        heights.setdefault(link.counterpart, []).append(rank[link.signatory])
    return left, sorted(heights, key=lambda end: (sum(heights[end]) / len(heights[end]), end.name, end.key))


def name_mark(end: End, y: float, side: int) -> dict[str, Any]:
    """A name beside its column."""
    x, align = ((LEFT, "right"), (RIGHT, "left"))[side]
    nudge = (-12, 12)[side]
    return {
        "x": x,
        "y": y,
        "dx": nudge,
        "align": align,
        "text": shortened(french(end.name)),
        "href": mark_link(end.path),
        "name": mark_name(end.name),
    }


def curve(link: Link, y: float, y2: float, most: int) -> dict[str, Any]:
    """A link, as wide as its number of agreements; it leads to its counterpart."""
    return {
        "sx": LEFT,
        "sy": y,
        "tx": RIGHT,
        "ty": y2,
        "width": 1.5 + 6 * (link.agreements - 1) / max(most - 1, 1),
        "href": mark_link(link.signatory.path),
        "name": mark_name(link.signatory.name, link.counterpart.name, link.agreements),
    }


def data(names: list[dict[str, Any]], curves: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
    """Vega's data sets; it computes the curves."""
    ends = {"sourceX": "sx", "sourceY": "sy", "targetX": "tx", "targetY": "ty"}
    path: dict[str, Any] = {"type": "linkpath", "shape": "diagonal", "orient": "horizontal"} | {
        end: {"expr": f"datum.{value}"} for end, value in ends.items()
    }
    return [{"name": "names", "values": names}, {"name": "links", "values": curves, "transform": [path]}]


def field(name: str) -> dict[str, str]:
    """A channel that takes its value from the data."""
    return {"field": name}


MARKS: Sequence[Mapping[str, Any]] = (
    {
        "type": "path",
        "from": {"data": "links"},
        "encode": {
            "enter": {
                "path": field("path"),
                "stroke": {"value": "var(--accent)"},
                "strokeOpacity": {"value": 0.45},
                "strokeWidth": field("width"),
                "href": field("href"),
                "description": field("name"),
            }
        },
    },
    {
        "type": "symbol",
        "from": {"data": "names"},
        "aria": False,
        "encode": {"enter": {"x": field("x"), "y": field("y"), "size": {"value": 46}, "fill": {"value": "var(--accent)"}}},
    },
    {
        "type": "text",
        "from": {"data": "names"},
        "encode": {
            "enter": {
                "x": field("x"),
                "y": field("y"),
                "dx": field("dx"),
                "align": field("align"),
                "baseline": {"value": "middle"},
                "text": field("text"),
                "fill": {"value": "var(--ink)"},
                "fontSize": {"value": 13},
                "href": field("href"),
                "description": field("name"),
            }
        },
    },
)
