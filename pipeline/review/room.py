"""What every page needs: the desk, passages of both versions, organisations; and how a page is shown."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache, cached_property
from itertools import islice
from typing import Any
from urllib.parse import quote_plus

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from pipeline.core.lexicon import Lexicon
from pipeline.core.names import fold
from pipeline.resolution import Resolution, ResolvedEntity, Suggestion, suggestions
from pipeline.review.desk import Desk, Filters, Item, Table
from pipeline.review.labels import LABELS, column_label, detail_label, reason_label, value_label
from pipeline.review.names import organisations
from pipeline.review.passages import Passages
from pipeline.review.security import csrf
from pipeline.tables.frames import records
from pipeline.versions.decisions import Decision
from pipeline.versions.diff import SEPARATOR
from pipeline.versions.naming import Directory
from pipeline.versions.statements import ENTITIES, FactKey, Statements

KEPT = 30
"""Selections that are kept at once."""

BARE = ENTITIES
"""Tables of names, which state no more than that a name is there."""


class Room:
    """A table of the desk with its look-ups."""

    def __init__(self, desk: Desk, table: Table, lexicon: Lexicon) -> None:
        self.desk, self.laid, self.lexicon = desk, table, lexicon
        self.cards: dict[int, Any] = {}
        """What the cards of changes show, by number, as far as it was asked for."""
        self._selected: tuple[int, dict[Filters, tuple[list[Item], Counter[str]]]] = (-1, {})
        self._named: tuple[tuple[str, ...], Directory] | None = None
        self.old, self.new = Passages(table.base, lexicon), Passages(table.head, lexicon)

    @cached_property
    def organisations(self) -> dict[str, ResolvedEntity]:
        """The organisations of the staged version, by id."""
        return organisations(self.laid.head)

    def select(self, filters: Filters, last: int, decided: Mapping[FactKey, Decision]) -> tuple[list[Item], Counter[str]]:
        """The changes that a person wants to see, and how many each document has; kept until somebody decides.

        Args:
            filters: what is wanted.
            last: number of the last decision.
            decided: the decisions so far.
        """
        if self._selected[0] != last or len(self._selected[1]) > KEPT:
            self._selected = (last, {})
        found = self._selected[1].get(filters)
        if found is None:
            items = self.desk.select(filters, decided)
            found = self._selected[1][filters] = (items, Counter(item.home for item in items))
        return found

    def directory(self, decided: Mapping[FactKey, Decision]) -> Directory:
        """Every name of the staged version, and those that people have stated since."""
        stated = [made for made in decided.values() if made.verdict == "add" and made.table_name in BARE]
        marks = tuple(made.decision_id for made in stated)
        if self._named is None or self._named[0] != marks:
            found = self._directory.copy() if stated else self._directory
            for made in stated:
                found.add(made.table_name, made.row_id, str(made.value["name"]), made.value.get("country_code"))
            self._named = (marks, found)
        return self._named[1]

    @cached_property
    def _directory(self) -> Directory:
        return Directory(self.laid.head.tables)

    @cached_property
    def _stated(self) -> tuple[dict[str, list[FactKey]], dict[str, list[FactKey]]]:
        return by_document(self.laid.base), by_document(self.laid.head)

    def stated(self, document: str) -> list[FactKey]:
        """What readers see from a document already."""
        return self._stated[0].get(document, [])

    @cached_property
    def _about(self) -> dict[str, list[FactKey]]:
        return by_organisation(self.laid.base)

    @cached_property
    def _about_new(self) -> dict[str, list[FactKey]]:
        return by_organisation(self.laid.head)

    def facts_of(self, organisation: str) -> list[FactKey]:
        """What the staged version says about an organisation."""
        return self._about_new.get(organisation, [])

    def about(self, row: Mapping[str, Any], most: int) -> list[FactKey]:
        """What readers see already about the organisations of a fact, the first few."""
        return list(islice((fact for key in organisations_of(row) for fact in self._about.get(key, ())), most))

    @cached_property
    def sorted_organisations(self) -> list[tuple[ResolvedEntity, str]]:
        """The organisations by name, each with all its forms, folded."""
        rows = sorted(self.organisations.values(), key=lambda row: row.name.casefold())
        return [(row, " ".join(fold(form) for form in (row.name, *row.aliases))) for row in rows]

    @cached_property
    def refusals(self) -> list[dict[str, Any]]:
        """Sentences with a trigger that gave no fact."""
        return records("refusals", self.laid.head.tables["refusals"])

    @cached_property
    def declared(self) -> list[dict[str, Any]]:
        """Numbers that documents declare."""
        return [row for (name, _), row in self.laid.head.rows.items() if name == "declared_counts"]

    @cached_property
    def alike(self) -> list[Suggestion]:
        """Organisations that look alike, the likeliest pairs first."""
        return suggestions(Resolution(organisations=tuple(self.organisations.values())))

    def stated_new(self, document: str) -> list[FactKey]:
        """What the staged version says from a document."""
        return self._stated[1].get(document, [])


def organisations_of(row: Mapping[str, Any]) -> list[str]:
    """Ids of the organisations that a fact is about."""
    values = (value for value in row.values() if isinstance(value, str) and value.startswith("org-"))
    return list(dict.fromkeys(key for value in values for key in value.split(SEPARATOR)))


def by_organisation(statements: Statements) -> dict[str, list[FactKey]]:
    """Facts by the organisations that they are about; bare names are none."""
    found: defaultdict[str, list[FactKey]] = defaultdict(list)
    for fact, row in statements.rows.items():
        for key in organisations_of(row) if fact[0] not in BARE else ():
            found[key].append(fact)
    return found


def by_document(statements: Statements) -> dict[str, list[FactKey]]:
    """Facts by the documents that state them; bare names are none."""
    found: defaultdict[str, dict[FactKey, None]] = defaultdict(dict)
    for fact, words in statements.words.items():
        for item in words:
            if fact[0] not in BARE and fact in statements.rows:
                found[item.document_id][fact] = None
    return {document: list(facts) for document, facts in found.items()}


def room_of(request: Request) -> Room:
    """The room of this request; furnished anew when the desk was laid anew."""
    state = request.app.state
    table = state.desk.table
    room: Room | None = getattr(state, "room", None)
    if room is None or room.laid is not table:
        room = state.room = Room(state.desk, table, state.lexicon)
    return room


def fact_address(fact: FactKey) -> str:
    """Where a fact has its page."""
    return f"/fait?table={fact[0]}&row={quote_plus(fact[1])}"


@cache
def environment() -> jinja2.Environment:
    """Templates of this room; every text is escaped, an unknown name is an error."""
    loader = jinja2.PackageLoader("pipeline.review")
    made = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters.update(label=lambda word: LABELS.get(str(word), str(word)), value=value_label, detail=detail_label)
    made.filters.update(column=column_label, reason=reason_label, address=fact_address)
    return made


def show(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """A page."""
    notice = values.pop("notice", "") or request.session.pop("notice", "")
    told = {"csrf": csrf(request), "who": request.session.get("who", ""), "notice": notice}
    return HTMLResponse(environment().get_template(template).render(path=request.url.path, **told, **values), status)
