"""Pages → HTML files, with every value escaped."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.observatory import formats
from pipeline.observatory.labels import french, labels
from pipeline.observatory.links import page_path

SECTIONS = (
    ("overview", "index.html"),
    ("map", "carte.html"),
    ("network", "reseau.html"),
    ("timeline", "chronologie.html"),
    ("programmes", "programmes.html"),
    ("clusters", "clusters.html"),
    ("organisations", "organisations.html"),
    ("projects", "projets.html"),
    ("documents", "documents.html"),
    ("search", "recherche.html"),
    ("data", "donnees.html"),
)


class Page(NamedTuple):
    """One page: where it stands, which template shows it, what it is about and what it holds."""

    path: str
    template: str
    heading: str
    ident: str
    values: Mapping[str, Any]


class Texts:
    """French labels for attributes, by their key: `t.search`."""

    def __getattr__(self, key: str) -> str:
        """A label in French."""
        if key not in labels():
            raise AttributeError(key)
        return french(key)


@cache
def environment() -> Environment:
    """The templates: everything is escaped, and a name that is not there is an error."""
    made = Environment(
        loader=PackageLoader("pipeline.observatory"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    called = (formats.label, formats.term, formats.country, formats.moment, formats.figure, formats.amount, french, page_path)
    made.globals |= {function.__name__: function for function in called}
    made.globals |= {"t": Texts(), "sections": SECTIONS}
    return made


def write_page(page: Page, folder: Path, shared: Mapping[str, Any]) -> None:
    """Write one page."""
    root = "../" * page.path.count("/")
    about = {"root": root, "path": page.path, "kind": page.template, "heading": page.heading, "ident": page.ident}
    html = environment().get_template(f"{page.template}.html").render(**shared, **about, **page.values)
    (folder / page.path).write_text(html, "utf-8", errors="replace")
