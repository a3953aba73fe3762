"""The search index: names, other names and quotes, as a script, so that it also loads from disk."""

import json
from collections.abc import Iterator

from pipeline.observatory.catalogue import Catalogue, document_title
from pipeline.observatory.labels import labels
from pipeline.observatory.links import page_path

Entry = tuple[str, str, str, str]
"""Label of its kind, title, further words, address."""

QUOTED = frozenset({"agreements", "funding", "projects", "project_members", "declared_counts"})
"""Facts whose quotes are searched: those of organisations and programmes are their names."""
UNSAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def index_script(catalogue: Catalogue) -> str:
    """The index, for `search.js`."""
    return f"window.PASSERELLE_INDEX={script_json(list(entries(catalogue)))};\n"


def labels_script() -> str:
    """All labels in both languages, for `app.js`."""
    return f"window.PASSERELLE_LABELS={script_json(dict(labels()))};\n"


def script_json(value: object) -> str:
    """JSON that means the same within a script, wherever it stands: no tag and no line end can be read out of it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(UNSAFE)


def entries(catalogue: Catalogue) -> Iterator[Entry]:
    """Everything that can be found: entities first, then documents, then quotes."""
    yield from named(catalogue)
    for key, row in catalogue.documents.items():
        yield "document", document_title(row), row["source_uri"] if row["title"] else "", page_path("document", key)
    yield from quoted(catalogue)


def named(catalogue: Catalogue) -> Iterator[Entry]:
    """Organisations with all forms of their names, projects, programmes."""
    for key, row in catalogue.organisations.items():
        others = [alias["alias"] for alias in catalogue.aliases.get(key, ()) if alias["alias"] != row["name"]]
        yield f"orgkind.{row['kind']}", row["name"], " · ".join(others), page_path("organisation", key)
    for kind in ("project", "programme"):
        for row in catalogue.rows[f"{kind}s"]:
            yield kind, row["name"], "", page_path(kind, row[f"{kind}_id"])


def quoted(catalogue: Catalogue) -> Iterator[Entry]:
    """Quotes, each once per document."""
    for quotes in catalogue.quotes_of_document.values():
        places = {quote.anchor: quote for quote in quotes if quote.fact in QUOTED}
        for quote in places.values():
            yield "quote", quote.document, quote.text, quote.href
