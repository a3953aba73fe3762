"""What people do: enter, decide, undo, add what was missed, merge and split, publish."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from pipeline.core.errors import VersionError
from pipeline.review import verdicts
from pipeline.review.adding import stated
from pipeline.review.desk import NO_CHANGE, Item
from pipeline.review.names import judge_names, split_alias
from pipeline.review.reading import document_page
from pipeline.review.room import Room, room_of, show
from pipeline.review.security import form_of, right_token
from pipeline.review.values import reference
from pipeline.versions.decisions import ConflictError, Decision, log_of
from pipeline.versions.gate import Outcome, release_staged

NAME = 60
"""Longest name."""

WAIT = 1.0
"""Seconds that a wrong token costs, so that guessing takes for ever."""

Form = dict[str, str]


def entrance(request: Request) -> Response:
    """Where people tell their name, and the token."""
    return show(request, "enter.html", token=request.app.state.token is not None)


async def enter(request: Request) -> Response:
    """Let somebody in."""
    form = await form_of(request)
    who = " ".join(form.get("who", "").split())[:NAME]
    if not who or not right_token(form.get("token", ""), request.app.state.token):
        await asyncio.sleep(WAIT)
        request.session["notice"] = "Il faut un nom et, s'il est demandé, le bon jeton."
        return RedirectResponse("/entrer", 303)
    request.session["who"] = who
    return RedirectResponse("/", 303)


async def decide(request: Request) -> Response:
    """Accept, reject or correct a change, or accept all like it."""
    form = await form_of(request)
    return await answered(request, form, lambda room: decided(room, form, request.session["who"]))


def decided(room: Room, form: Form, who: str) -> list[Decision]:
    """The decisions that a form makes.

    Raises:
        VersionError: the change is gone, a value is wrong, or somebody else was faster.
    """
    at, why, verdict, item = verdicts.now(), form.get("why", ""), form.get("verdict", ""), chosen(room, form)
    if verdict == "like":
        _, known = room.desk.decided()
        like = [other for other in alike(room.laid.items, item) if other.fact not in known]
        return [one for other in like for one in verdicts.accept(other, room.laid, who, at, why)]
    if verdict == "correct":
        values = {name.removeprefix("to_"): value for name, value in form.items() if name.startswith("to_")}
        directory = room.directory(room.desk.decided()[1])
        return verdicts.correct(item, room.laid, who, at, values, why, directory=directory)
    if verdict not in ("accept", "reject"):
        raise VersionError(f"verdict inconnu : {verdict!r}")
    return (verdicts.accept if verdict == "accept" else verdicts.reject)(item, room.laid, who, at, why)


def chosen(room: Room, form: Form) -> Item:
    """The change that a form is about, or the fact on which no change waits.

    Raises:
        VersionError: it is not there any more.
    """
    items = room.laid.items
    place = int(form["number"]) if form.get("number", "").isdecimal() else NO_CHANGE
    item = items[place] if 0 <= place < len(items) else room.laid.item_of((form.get("table", ""), form.get("row", "")))
    if item is None or form.get("row") != item.fact[1]:
        raise VersionError("ce changement n'est plus là : rechargez la page")
    return item


def alike(items: Sequence[Item], wanted: Item) -> list[Item]:
    """The changes that are decided as one."""
    return [item for item in items if item.likeness == wanted.likeness]


async def undo(request: Request) -> Response:
    """Withdraw what this person decided last, or the decision that the form names."""
    form, who = await form_of(request), request.session["who"]

    def withdrawn(room: Room) -> list[Decision]:
        log = log_of(room.desk.store.outputs).all()
        new = [d for d in log if d.decision_id not in room.laid.obeyed]
        return verdicts.undo(new, who, verdicts.now(), form.get("decision", ""))

    return await answered(request, form, withdrawn)


async def add(request: Request) -> Response:
    """State a fact that the machine missed; what cannot be is told on the page, which keeps what was typed."""
    form, who = await form_of(request), request.session["who"]
    key = request.path_params["key"]

    def make(room: Room) -> list[Decision]:
        return stated(room, key, form, who, verdicts.now())

    def again(message: str) -> Response:
        return document_page(request, form, status=422, notice=message)

    return await answered(request, form, make, again)


async def judge_pair(request: Request) -> Response:
    """Merge two organisations, or tell them apart."""
    form, who = await form_of(request), request.session["who"]
    verdict = "merge" if form.get("verdict") == "merge" else "split"

    def judged(room: Room) -> list[Decision]:
        known = log_of(room.desk.store.outputs).all()
        right = form.get("right") or reference("organisations", "organisation", form.get("named", ""), room.directory({}))
        return [judge_names(room.organisations, (form.get("left", ""), right), verdict, who, verdicts.now(), known)]

    return await answered(request, form, judged)


async def split(request: Request) -> Response:
    """Say that a form of a name is another organisation's."""
    form, who, key = await form_of(request), request.session["who"], request.path_params["key"]

    def judged(room: Room) -> list[Decision]:
        if key not in room.organisations:
            raise VersionError("cette organisation n'est plus dans les tables")
        known = log_of(room.desk.store.outputs).all()
        return [split_alias(room.organisations[key], form.get("alias", ""), who, verdicts.now(), known)]

    return await answered(request, form, judged)


async def answered(
    request: Request, form: Form, make: Callable[[Room], list[Decision]], again: Callable[[str], Response] | None = None
) -> Response:
    """Keep the decisions that a form makes, and say what came of it: to a script as JSON, else on the page it came from.

    Args:
        request: what was asked.
        form: its fields.
        make: the decisions.
        again: the page to show when they cannot be made; else the one that the form came from.
    """
    status, message = 200, ""
    try:
        message = kept_words(len(await run_in_threadpool(kept, request, form, make)))
    except ConflictError as error:
        status, message = 409, f"{error.decision.who} a déjà décidé sur ce fait : regardez à nouveau"
    except VersionError as error:
        status, message = 422, str(error)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"message": message}, status)
    if again and status == 422:
        return await run_in_threadpool(again, message)
    request.session["notice"] = message
    return RedirectResponse(back(form.get("back", "")), 303)


def kept_words(count: int) -> str:
    """How many decisions were kept, in words."""
    s = "s" if count > 1 else ""
    return f"{count} décision{s} enregistrée{s}" if count else "rien à annuler"


def kept(request: Request, form: Form, make: Callable[[Room], list[Decision]]) -> list[Decision]:
    """Make decisions and put them into the log."""
    room = room_of(request)
    seen = int(form["seen"]) if form.get("seen", "").isdigit() else None
    made = make(room)
    return log_of(room.desk.store.outputs).append(*made, after=seen) if made else []


def back(address: str) -> str:
    """The page to return to, never one of another host."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/changements"


async def publish(request: Request) -> Response:
    """Publish what is decided and what the policy lets pass; what waits is held back."""
    await form_of(request)
    state = request.app.state
    try:
        outcome = await run_in_threadpool(released, state)
    except VersionError as error:
        raise HTTPException(409, str(error)) from error
    request.session["notice"] = told(outcome)
    return RedirectResponse("/changements", 303)


def released(state: Any) -> Outcome:
    """Pass the gate as the only writer."""
    with state.desk.store.lock():
        state.desk.store.recover()
        return release_staged(state.desk.store, state.desk.policy)


def told(outcome: Outcome) -> str:
    """What came of publishing, in words."""
    if outcome.shown:
        return f"Version {outcome.shown.version_id} publiée." + partly(outcome)
    if failed := [check.detail for check in outcome.checks if check.blocks]:
        return f"Rien n'est publié, un contrôle échoue : {failed[0]}"
    over = outcome.judgement.over if outcome.judgement else None
    return f"Rien n'est publié : {over}" if over else f"Rien n'est publié : {outcome.waiting} changements attendent une décision."


def partly(outcome: Outcome) -> str:
    """How many changes are published while others wait, in words."""
    if not outcome.judgement or not outcome.waiting:
        return ""
    seen, unseen = outcome.judgement.passing, len(outcome.judgement.unshown)
    return f" Changements publiés : {seen} ; retenus jusqu'à leur décision : {unseen}."
