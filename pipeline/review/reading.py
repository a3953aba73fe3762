"""What is there: documents, organisations, single facts, what was declared and refused, and where a fact is added."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.core.names import fold
from pipeline.review.adding import ADDED, KINDS, NEW, waiting
from pipeline.review.desk import NO_CHANGE, PAGE
from pipeline.review.labels import value_label
from pipeline.review.names import undecided
from pipeline.review.pages import card, number
from pipeline.review.room import Room, room_of, show
from pipeline.review.values import Field, fields
from pipeline.versions.decisions import Decision, log_of
from pipeline.versions.describe import title
from pipeline.versions.naming import FAMILY_OF
from pipeline.versions.statements import FactKey

SHOWN = 200
"""Organisations, facts and documents that a list shows at most."""

OFFERED = 20
"""Names that a field offers at most."""

PLACE = re.compile(r"(\d{1,9})-(\d{1,9})")

Titled = list[tuple[FactKey, str]]


def document(request: Request) -> Response:
    """A document with every mention and fact marked, and a form for what the machine missed."""
    return document_page(request, {})


def document_page(request: Request, form: Mapping[str, str], *, status: int = 200, notice: str = "") -> Response:
    """A document's page; `form` holds what was typed into it already, `notice` why it was not taken."""
    room, key = room_of(request), request.path_params["key"]
    if key not in room.laid.addresses:
        raise HTTPException(404, "Ce document n'est pas dans les tables.")
    _, decided = room.desk.decided()
    refused = refusal(room, key, request.query_params.get("refus", ""))
    here = place(request.query_params.get("de", "")) or (refused and (refused["char_start"], refused["char_end"]))
    form = {**({"quote": refused["quote"]} if refused else {}), **form}
    return show(
        request, "document.html", status, key=key, address=room.laid.addresses[key], parts=room.new.document(key, here or None),
        facts=titled(room, room.stated_new(key)), added=added(room, waiting(decided.values(), key)), form=form, notice=notice,
        families=families(room, decided, form), new=range(1, NEW + 1), kinds=[(kind, value_label(kind, "kind")) for kind in KINDS],
    )  # fmt: skip


def place(text: str) -> tuple[int, int] | None:
    """A stretch of a text as an address tells it."""
    match = PLACE.fullmatch(text)
    return (int(match[1]), int(match[2])) if match else None


def refusal(room: Room, document_id: str, key: str) -> Mapping[str, Any] | None:
    """A sentence of a document that gave no fact."""
    return next((row for row in room.refusals if row["refusal_id"] == key and row["document_id"] == document_id), None)


def families(room: Room, decided: Mapping[FactKey, Decision], form: Mapping[str, str]) -> dict[str, list[Field]]:
    """The fields of each table of which a fact may be stated, with what was typed already."""
    directory = room.directory(decided)
    empty = {table: fields(table, {}, directory) for table in ADDED}
    return {table: [field.holding(form.get(f"{table}.{field.column}", "")) for field in found] for table, found in empty.items()}


def added(room: Room, decisions: Sequence[Decision]) -> list[tuple[Decision, str]]:
    """What people have stated and no version obeys yet, each with its title."""
    names = {**room.laid.names, **{key: name for made in decisions for key, name in made.value["names"].items()}}
    return [(made, title(made.table_name, made.value, names)) for made in decisions]


def titled(room: Room, facts: Sequence[FactKey]) -> Titled:
    """Facts of the staged version, each with its title."""
    return [(fact, title(fact[0], room.laid.head.rows[fact], room.laid.names)) for fact in facts]


def fact(request: Request) -> Response:
    """One fact with all its words, to be corrected or rejected although no change waits on it."""
    room = room_of(request)
    key = (request.query_params.get("table", ""), request.query_params.get("row", ""))
    item, (last, decided) = room.laid.item_of(key), room.desk.decided()
    if item is None:
        raise HTTPException(404, "Ce fait n'est pas dans les tables.")
    made = [decision for decision in log_of(room.desk.store.outputs).all() if decision.fact == key]
    return show(request, "fact.html", card=card(room, item, decided), last=last, waits=item.number != NO_CHANGE, made=made)


def names(request: Request) -> Response:
    """Names that a field may hold, for a script: those that contain what was typed, and whether it is one of them."""
    room, table = room_of(request), request.query_params.get("table", "")
    if table not in FAMILY_OF:
        raise HTTPException(404, "Aucune table ne porte de tels noms.")
    written = request.query_params.get("q", "").strip()
    directory = room.directory(room.desk.decided()[1])
    found = directory.beginning(table, fold(written), OFFERED) if fold(written) else []
    return JSONResponse({"names": [directory.shown(key) for key in found], "known": bool(directory.find(table, written))})


def organisations(request: Request) -> Response:
    """Organisations by name, and pairs that look alike."""
    room, wanted = room_of(request), request.query_params.get("q", "")
    sought = fold(wanted)
    fitting = [row for row, forms in room.sorted_organisations if sought in forms]
    pairs = undecided(room.alike, log_of(room.desk.store.outputs).all())
    return show(
        request, "organisations.html", rows=fitting[:SHOWN], wanted=wanted, count=len(fitting), pairs=pairs[:PAGE], alike=len(pairs),
        known=room.organisations,
    )  # fmt: skip


def organisation(request: Request) -> Response:
    """One organisation: its forms, its facts, near-misses, merge and split."""
    room, key = room_of(request), request.path_params["key"]
    row, table = room.organisations.get(key), room.laid
    if row is None:
        raise HTTPException(404, "Cette organisation n'est pas dans les tables.")
    pairs = [p for p in undecided(room.alike, log_of(room.desk.store.outputs).all()) if key in (p.left, p.right)]
    facts = room.facts_of(key)
    documents = dict.fromkeys(words.document_id for words in table.head.words.get(("organisations", key), ()))
    return show(
        request, "organisation.html", row=row, pairs=pairs, facts=titled(room, facts[:SHOWN]), count=len(facts), known=room.organisations,
        documents=[(document, table.addresses[document]) for document in documents][:SHOWN],
    )  # fmt: skip


def counts(request: Request) -> Response:
    """Numbers that documents declare beside what was found, and the sentences with a trigger that gave no fact."""
    room = room_of(request)
    addresses, pending = room.laid.addresses, room.desk.decided()[1].values()
    page, most = number(request.query_params.get("page")), (len(room.refusals) - 1) // PAGE + 1
    rows = room.refusals[(page - 1) * PAGE : page * PAGE]
    done = {row["refusal_id"]: len([made for made in waiting(pending, row["document_id"]) if within(made, row["quote"])]) for row in rows}
    return show(
        request, "counts.html", declared=[(row, addresses[row["document_id"]]) for row in room.declared], refusals=rows, done=done,
        addresses=addresses, page=page, pages=most, count=len(room.refusals),
    )  # fmt: skip


def within(made: Decision, sentence: str) -> bool:
    """Whether somebody has stated a fact on words of a sentence, or on words around it."""
    return any(quote in sentence or sentence in quote for _, quote in made.quotes)
