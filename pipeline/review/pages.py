"""What is shown: the changes that wait, their state and their export."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from pipeline.review.desk import NO_CHANGE, PAGE, Filters, Item
from pipeline.review.room import Room, room_of, show
from pipeline.review.values import Field
from pipeline.review.values import fields as fields_of_row
from pipeline.versions.decisions import Decision
from pipeline.versions.describe import Cell, cells, title
from pipeline.versions.diff import Kind
from pipeline.versions.statements import FactKey, Statements, Words

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""First signs that make a spreadsheet take a text for a formula."""

KNOWN = 8
"""Facts of the same document, and of the same organisations, that a card lists at most."""

@dataclass(frozen=True)
class Card:
    """One change with all that a person needs to decide."""

    item: Item
    cells: list[Cell]
    passages: list["Told"]
    known: list[tuple[FactKey, str]]
    """What is published already: key and title."""
    decision: Decision | None
    fields: list[Field]
    """Columns that may be corrected."""


@dataclass(frozen=True, slots=True)
class Told:
    """Words of a fact as a card shows them."""

    side: str
    document: str
    address: str
    place: str
    """First code point and one past the last, for the link into the document."""
    pieces: list[Any]


def changes(request: Request) -> Response:
    """The changes that wait, filtered, a page at a time."""
    room, filters = room_of(request), filters_of(request)
    last, decided = room.desk.decided()
    found, sizes = room.select(filters, last, decided)
    table, pages, progress = room.laid, (len(found) - 1) // PAGE + 1, room.desk.progress(decided)
    page = max(min(number(request.query_params.get("page")), pages), 1)
    cards = [card(room, item, decided) for item in found[(page - 1) * PAGE : page * PAGE]]
    query = {name: value for name, value in asdict(filters).items() if value}
    return show(
        request, "changes.html", groups=grouped(cards), filters=filters, choices=table.choices, found=len(found), page=page, pages=pages,
        query=urlencode(query), last=last, progress=progress, over=table.over, aside=len(decided) - progress[0],
        sizes=sizes, addresses=table.addresses,
    )  # fmt: skip


def grouped(cards: Iterable[Card]) -> list[tuple[str, list[Card]]]:
    """The cards by document, in their order."""
    return [(document, list(group)) for document, group in groupby(cards, key=lambda card: card.item.home)]


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
    """One change, made ready; all but the decision is kept for the next time."""
    made = room.cards.get(item.number) or (cells(item.judged.change, room.laid.names), words_shown(room, item), known_facts(room, item))
    if item.number != NO_CHANGE:
        room.cards[item.number] = made
    found, words, known = made
    return Card(item, found, words, known, decided.get(item.fact), fields_of(room, item, decided))


def words_shown(room: Room, item: Item) -> list[Told]:
    """The words of a fact in their context, the old ones first."""
    table, change = room.laid, item.judged.change
    ids = {part for value in change.row.values() if isinstance(value, str) for part in value.split("|")}
    sides = [("old", table.base, room.old), ("new", table.head, room.new)]
    return [
        Told(side, words.document_id, table.addresses.get(words.document_id, ""), place_of(words), passages.passage(words, ids))
        for side, statements, passages in sides
        for words in shown_words(statements, item, side)
    ]


def place_of(words: Words) -> str:
    """Where words stand, as an address tells it."""
    return f"{words.start}-{words.end}"


def shown_words(statements: Statements, item: Item, side: str) -> list[Any]:
    """The first words of a fact on one side; the old ones only where they are not the new ones."""
    change = item.judged.change
    if item.number == NO_CHANGE:
        return statements.words.get(item.fact, []) if side == "new" else []
    if side == "old" and change.kind is Kind.CHANGED and "quote" not in change.columns:
        return []
    return statements.words.get(item.fact, [])[:2]


def known_facts(room: Room, item: Item) -> list[tuple[FactKey, str]]:
    """What readers see already from the same document, and about the same organisations."""
    base = room.laid.base
    near = [fact for document in item.documents[:1] for fact in room.stated(document)][:KNOWN]
    facts = dict.fromkeys([*near, *room.about(item.judged.change.row, KNOWN)])
    return [(fact, title(fact[0], base.rows[fact], base.names)) for fact in facts if fact != item.fact]


def fields_of(room: Room, item: Item, decided: Mapping[FactKey, Decision]) -> list[Field]:
    """The form of a correction."""
    change = item.judged.change
    return [] if change.kind is Kind.REMOVED else fields_of_row(change.table, change.new, room.directory(decided))


def state(request: Request) -> Response:
    """What was decided, for pages that are open: verdicts by number of the change, progress, number of the last decision."""
    room = room_of(request)
    last, decided = room.desk.decided()
    items = room.laid.by_fact
    verdicts = {str(items[fact].number): {"verdict": d.verdict, "who": d.who} for fact, d in decided.items() if fact in items}
    return JSONResponse({"last": last, "progress": room.desk.progress(decided), "verdicts": verdicts})


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
