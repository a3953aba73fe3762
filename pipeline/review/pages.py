"""What is shown: changes, documents, organisations, what was declared and refused."""

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from pipeline.review.desk import PAGE, Filters, Item, choices
from pipeline.review.names import undecided
from pipeline.review.room import BARE, Room, organisations_of, room_of, show
from pipeline.review.verdicts import ALLOWED, editable
from pipeline.versions.decisions import Decision, log_of
from pipeline.versions.describe import Cell, cells, title
from pipeline.versions.diff import Kind
from pipeline.versions.statements import FactKey, Statements

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""First signs that make a spreadsheet take a text for a formula."""

KNOWN = 8
"""Facts of the same document, and of the same organisations, that a card lists at most."""

SHOWN = 200
"""Organisations, facts and documents that a list shows at most."""


@dataclass(frozen=True)
class Card:
    """One change with all that a person needs to decide."""

    item: Item
    cells: list[Cell]
    passages: list[tuple[str, str, str, list[Any]]]
    """Whether old or new, document, its address, the pieces."""
    known: list[str]
    decision: Decision | None
    fields: list[tuple[str, str, tuple[str, ...]]]
    """Columns that may be corrected, with their value and the list to choose from."""


def changes(request: Request) -> Response:
    """The changes that wait, filtered, a page at a time."""
    room, filters = room_of(request), filters_of(request)
    last, decided = room.desk.decided()
    found = room.desk.select(filters, decided)
    table, pages = room.desk.table, (len(found) - 1) // PAGE + 1
    page = max(min(number(request.query_params.get("page")), pages), 1)
    cards = [card(room, item, decided) for item in found[(page - 1) * PAGE : page * PAGE]]
    query = {name: value for name, value in asdict(filters).items() if value}
    return show(
        request, "changes.html", cards=cards, filters=filters, choices=choices(table.items), found=len(found), page=page,
        pages=pages, query=urlencode(query), last=last, progress=room.desk.progress(decided), over=table.over,
    )  # fmt: skip


def filters_of(request: Request) -> Filters:
    """The filters of an address; what is no number or unknown is left out."""
    told = {item.name: request.query_params.get(item.name, item.default) for item in fields(Filters)}
    try:
        float(str(told["below"]) or 0)
    except ValueError:
        told["below"] = ""
    return Filters(**told)  # type: ignore[arg-type]  # every default is a text


def number(text: str | None) -> int:
    """A page number as typed into an address."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < len("100000") else 1


def card(room: Room, item: Item, decided: Mapping[FactKey, Decision]) -> Card:
    """One change, made ready."""
    table, change = room.desk.table, item.judged.change
    ids = {part for value in change.row.values() if isinstance(value, str) for part in value.split("|")}
    sides = [("old", table.base, room.old), ("new", table.head, room.new)]
    found = [
        (side, words.document_id, table.addresses.get(words.document_id, ""), passages.passage(words, ids))
        for side, statements, passages in sides
        for words in shown_words(statements, item, side)
    ]
    return Card(item, cells(change, table.names), found, known_facts(room, item), decided.get(item.fact), fields_of(item))


def shown_words(statements: Statements, item: Item, side: str) -> list[Any]:
    """The first words of a fact on one side; the old ones only where they are not the new ones."""
    change = item.judged.change
    if side == "old" and change.kind is Kind.CHANGED and "quote" not in change.columns:
        return []
    return statements.words.get(item.fact, [])[:2]


def known_facts(room: Room, item: Item) -> list[str]:
    """What readers see already from the same document, and about the same organisations."""
    base = room.desk.table.base
    near = [fact for document in item.documents[:1] for fact in room.stated(document)][:KNOWN]
    facts = dict.fromkeys([*near, *room.about(item.judged.change.row, KNOWN)])
    return [title(name, base.rows[name, row], base.names) for name, row in facts if (name, row) != item.fact]


def fields_of(item: Item) -> list[tuple[str, str, tuple[str, ...]]]:
    """The form of a correction."""
    change = item.judged.change
    if change.kind is Kind.REMOVED:
        return []
    values = {column: change.new.get(column) for column in editable(change.table)}
    return [(column, "" if value is None else str(value), ALLOWED.get((change.table, column), ())) for column, value in values.items()]


def state(request: Request) -> Response:
    """What was decided, for pages that are open: verdicts by number of the change, progress, number of the last decision."""
    room = room_of(request)
    last, decided = room.desk.decided()
    items = room.desk.table.by_fact
    verdicts = {str(items[fact].number): {"verdict": d.verdict, "who": d.who} for fact, d in decided.items() if fact in items}
    return JSONResponse({"last": last, "progress": room.desk.progress(decided), "verdicts": verdicts})


def document(request: Request) -> Response:
    """A document with every mention and fact marked, and a form for what the machine missed."""
    room, key = room_of(request), request.path_params["key"]
    table = room.desk.table
    if key not in table.addresses:
        raise HTTPException(404, "Ce document n'est pas dans les tables.")
    facts = [(name, title(name, table.head.rows[name, row], table.names)) for name, row in room.stated_new(key)]
    kinds = {name: ALLOWED["agreements", name] for name in ("kind", "status")}
    people = sorted({name for row, name in table.head.names.items() if row.startswith("org-")})
    return show(
        request,
        "document.html",
        key=key,
        address=table.addresses[key],
        parts=room.new.document(key),
        facts=facts,
        kinds=kinds,
        people=people,
    )


def organisations(request: Request) -> Response:
    """Organisations by name, and pairs that look alike."""
    room, wanted = room_of(request), request.query_params.get("q", "")
    found = sorted(room.organisations.values(), key=lambda row: row.name.casefold())
    fitting = [row for row in found if any(wanted.casefold() in alias.casefold() for alias in (row.name, *row.aliases))]
    pairs = undecided(room.alike, log_of(room.desk.store.outputs).all())
    return show(
        request,
        "organisations.html",
        rows=fitting[:SHOWN],
        wanted=wanted,
        count=len(fitting),
        pairs=pairs[:PAGE],
        known=room.organisations,
    )


def organisation(request: Request) -> Response:
    """One organisation: its forms, its facts, near-misses, merge and split."""
    room, key = room_of(request), request.path_params["key"]
    row = room.organisations.get(key)
    if row is None:
        raise HTTPException(404, "Cette organisation n'est pas dans les tables.")
    pairs = [p for p in undecided(room.alike, log_of(room.desk.store.outputs).all()) if key in (p.left, p.right)]
    table = room.desk.table
    rows = ((name, found) for (name, _), found in table.head.rows.items() if name not in BARE and key in organisations_of(found))
    facts = [(name, title(name, found, table.names)) for name, found in rows]
    documents = dict.fromkeys(words.document_id for words in table.head.words.get(("organisations", key), ()))
    return show(
        request, "organisation.html", row=row, pairs=pairs, facts=facts[:SHOWN], count=len(facts), known=room.organisations,
        documents=[(document, table.addresses[document]) for document in documents][:SHOWN],
    )  # fmt: skip


def counts(request: Request) -> Response:
    """Numbers that documents declare beside what was found, and the sentences with a trigger that gave no fact."""
    room = room_of(request)
    table = room.desk.table
    declared = [(row, table.addresses[row["document_id"]]) for (name, _), row in table.head.rows.items() if name == "declared_counts"]
    refusals = table.head.tables["refusals"]
    page, most = number(request.query_params.get("page")), (len(refusals) - 1) // PAGE + 1
    rows = refusals.iloc[(page - 1) * PAGE : page * PAGE].to_dict("records")
    return show(
        request, "counts.html", declared=declared, refusals=rows, addresses=table.addresses, page=page, pages=most, count=len(refusals)
    )


def export(request: Request) -> Response:
    """The changes that wait, as CSV that no spreadsheet takes for formulas."""
    room = room_of(request)
    _, decided = room.desk.decided()
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(["table", "row_id", "change", "cause", "detail", "confidence", "fact", "quote", "verdict"])
    for item in room.desk.select(filters_of(request), decided):
        change, reason, made = item.judged.change, item.judged.reason, decided.get(item.fact)
        cells = [
            *item.fact,
            change.kind.value,
            reason.cause.value,
            reason.detail,
            item.judged.confidence,
            item.title,
            change.row.get("quote"),
        ]
        writer.writerow([harmless(cell) for cell in [*cells, made.verdict if made else ""]])
    headers = {"Content-Disposition": 'attachment; filename="changements.csv"'}
    return Response("\ufeff" + lines.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def harmless(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip().startswith(RISKY) or text.startswith(RISKY) else text


def home(request: Request) -> Response:
    """To the changes."""
    return RedirectResponse("/changements", 303)
