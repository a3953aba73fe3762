"""Chart specifications → SVG that takes the page's colours, language and links.

Vega draws; colours are CSS variables, so that one drawing serves both schemes. A mark's `description` is a JSON list of labels and values:
it becomes the mark's accessible name, which `app.js` tells in the other language.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from xml.etree import ElementTree

import vl_convert
from markupsafe import Markup

from pipeline.observatory.labels import french, labels

Spec = Mapping[str, Any]
SVG, XLINK = "http://www.w3.org/2000/svg", "{http://www.w3.org/1999/xlink}href"
BASE = "https://site.invalid/"
"""Stands for the site's root while Vega draws: it makes every link absolute."""
LONG_FRACTION = re.compile(r"(\.\d)\d+")
LONGEST_NAME = 36
FONT = "system-ui, sans-serif"
AXIS = {
    "domainColor": "var(--rule)", "gridColor": "var(--rule)", "tickColor": "var(--rule)",
    "labelColor": "var(--muted)", "titleColor": "var(--muted)", "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
}  # fmt: skip
CONFIG = {
    "background": None,
    "padding": {"left": 24, "right": 24, "top": 6, "bottom": 6},
    "font": FONT,
    "view": {"stroke": None},
    "axis": AXIS,
    "legend": {
        "labelColor": "var(--ink)",
        "titleColor": "var(--muted)",
        "labelFontSize": 12,
        "symbolType": "square",
        "labelLimit": 240,
        "columnPadding": 36,
        "rowPadding": 6,
    },
}

ElementTree.register_namespace("", SVG)


def vega_lite(spec: Spec, title: str) -> Markup:
    """The drawing of a Vega-Lite specification; `title` is the label that names it."""
    whole = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "config": CONFIG, **spec}
    return finished(vl_convert.vegalite_to_svg(json.dumps(whole), allowed_base_urls=[]), title)


def vega(spec: Spec, title: str) -> Markup:
    """The drawing of a Vega specification."""
    whole = {"$schema": "https://vega.github.io/schema/vega/v6.json", "config": CONFIG, **spec}
    return finished(vl_convert.vega_to_svg(json.dumps(whole), allowed_base_urls=[]), title)


def mark_link(path: str) -> str:
    """What a mark's `href` channel holds for a page of the site."""
    return BASE + path


def mark_name(*parts: str | int) -> str:
    """What a mark's `description` channel holds: labels by their key, values as they are."""
    return json.dumps(parts, ensure_ascii=False)


def shortened(name: str) -> str:
    """A name that has room beside a mark; the mark's own name is whole."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def finished(svg: str, title: str) -> Markup:
    """Vega's drawing made part of a page: it scales, its links are relative, its marks have names."""
    root = ElementTree.fromstring(LONG_FRACTION.sub(r"\1", svg) if "<text" not in svg else svg)
    root.attrib |= {"role": "group", "aria-label": french(title), "data-l-label": title}
    root.attrib.pop("class", None)
    known = keys_by_text()
    for element in root.iter():
        settle(element, known)
    return Markup(ElementTree.tostring(root, encoding="unicode"))


@cache
def keys_by_text() -> Mapping[str, str]:
    """The keys of labels that stand in drawings, by their French text."""
    return {label.fr: key for key, label in labels().items() if key == "undated" or key.startswith(("country.", "kind.", "status."))}


def settle(element: ElementTree.Element, known: Mapping[str, str]) -> None:
    """One element: its link, its name, its text's label."""
    for attribute in ("role", "aria-roledescription") if element.tag != f"{{{SVG}}}svg" else ():
        element.attrib.pop(attribute, None)
    if element.tag == f"{{{SVG}}}a":
        element.attrib["href"] = element.attrib.pop(XLINK, "").removeprefix(BASE)
        name_link(element, list(element))
    if element.tag == f"{{{SVG}}}text" and (key := known.get(element.text or "")):
        element.attrib["data-l"] = key


def name_link(link: ElementTree.Element, marks: Iterable[ElementTree.Element]) -> None:
    """Give a link the name of its mark, also as a tooltip."""
    for mark in marks:
        described = mark.attrib.pop("aria-label", "")
        if described.startswith("["):
            link.attrib |= {"aria-label": spoken(json.loads(described)), "data-parts": described}
            ElementTree.SubElement(mark, f"{{{SVG}}}title").text = link.attrib["aria-label"]


def spoken(parts: Iterable[str | int]) -> str:
    """A mark's name in French."""
    return " · ".join(french(str(part)) for part in parts)
