"""Facts and names that the machine missed: the words that a person selected and what they say → decisions."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.core.errors import VersionError
from pipeline.core.schema import ORGANISATION_KINDS
from pipeline.resolution import row_of_name
from pipeline.review.room import Room
from pipeline.review.values import check_row, country, editable, parsed, referred
from pipeline.tables.merge import same_time
from pipeline.versions.decisions import Decision
from pipeline.versions.describe import title
from pipeline.versions.diff import SEPARATOR
from pipeline.versions.naming import FAMILY_OF, NAMES, Directory, key_of
from pipeline.versions.statements import QUOTE

ADDED = ("agreements", "funding", "project_members", "organisations", "projects", "programmes")
"""Tables that a person may state facts of, in the order of the form."""

NEW = 3
"""New names that one form may bring along."""

KINDS = (*ORGANISATION_KINDS, "project", "programme")
"""What a new name may be."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who states what on which document."""

    room: Room
    document_id: str
    text: str
    who: str
    at: str
    why: str
    directory: Directory
    """Names in the tables and names stated since; new ones are taken up as they are told."""
    pending: Mapping[tuple[str, str], Decision]
    names: list[Decision] = field(default_factory=list)


def stated(room: Room, document_id: str, form: Mapping[str, str], who: str, at: str) -> list[Decision]:
    """The fact that a form states on words of a document, after the names that it brings along.

    Raises:
        VersionError: the words are not in the document, a name is unknown, a value is wrong, or the fact is there already.
    """
    text = room.new.texts.get(document_id, "")
    _, pending = room.desk.decided()
    told = Told(room, document_id, text, who, at, form.get("why", ""), room.directory(pending).copy(), pending)
    quote, table = words_in(text, form.get("quote", "")), form.get("table", "")
    if table not in ADDED:
        raise VersionError("dites ce qu'il faut ajouter : accord, financement, membre de projet, organisation, projet ou programme")
    if table in FAMILY_OF:
        return [entity(told, table, own_values(told, table, form, quote), quote)]
    new_names(told, form)
    value = {column: parsed(table, column, form.get(f"{table}.{column}", ""), told.directory) for column in editable(table)}
    check_row(table, value)
    unused(told, table, value)
    return [*told.names, fact(told, table, value, quote)]


def words_in(text: str, chosen: str) -> str:
    """The words of a text that a person has selected, as they stand there, line breaks and spaces included.

    Raises:
        VersionError: they do not stand there.
    """
    words = chosen.split()
    found = re.search(r"\s+".join(map(re.escape, words)), text) if words else None
    if found is None:
        raise VersionError("ces mots ne sont pas dans le texte : sélectionnez-les dans le document")
    return found[0]


def own_values(told: Told, table: str, form: Mapping[str, str], quote: str) -> dict[str, Any]:
    """The columns of a name that is stated for itself; without another form of it the words are the name."""
    given = {column: form.get(f"{table}.{column}", "") for column in editable(table)}
    given["name"] = given["name"].strip() or quote
    value = {column: parsed(table, column, text, told.directory) for column, text in given.items()}
    check_row(table, value)
    return value


def entity(told: Told, table: str, value: Mapping[str, Any], words: str) -> Decision:
    """A name that the machine did not see.

    Raises:
        VersionError: it does not stand in the document, or a row bears it already.
    """
    name = words_in(told.text, str(value["name"]))
    written = " ".join(name.split())
    if known := told.directory.find(table, written, value.get("country_code")):
        raise VersionError(f"« {written} » est déjà dans les tables : {told.directory.shown(known[0])}")
    kind, known_names = value.get("kind", FAMILY_OF[table]), told.room.lexicon.gazetteer()
    taken = told.directory.names
    made = row_of_name(written, FAMILY_OF[table], kind, country=value.get("country_code"), known=known_names, taken=taken)
    row = {f"{table[:-1]}_id": made.id, **value, "name": written}
    told.directory.add(table, made.id, written, value.get("country_code"))
    quotes = tuple(dict.fromkeys(((told.document_id, name), (told.document_id, words))))
    return Decision(table, made.id, "add", told.who, told.at, "added", {}, {**row, NAMES: {made.id: written}}, quotes, told.why)


def new_names(told: Told, form: Mapping[str, str]) -> None:
    """Take up the names that the form says are new.

    Raises:
        VersionError: a name has no kind, does not stand in the document, or is known.
    """
    for number in range(1, NEW + 1):
        name, kind, code = (form.get(f"new{number}.{part}", "").strip() for part in ("name", "kind", "country"))
        if not name:
            continue
        if kind not in KINDS:
            raise VersionError(f"nouveau nom « {name} » : dites ce que c'est")
        table = f"{kind}s" if kind in FAMILY_OF.values() else "organisations"
        value: dict[str, Any] = {**dict.fromkeys(editable(table)), "name": name}
        if table == "organisations":
            value |= {"kind": kind, "country_code": country("pays", code) if code else None}
        told.names.append(entity(told, table, value, words_in(told.text, name)))


def unused(told: Told, table: str, value: Mapping[str, Any]) -> None:
    """Refuse a new name that the fact does not speak of.

    Raises:
        VersionError: which one.
    """
    used = set(references(table, value))
    for made in told.names:
        if made.row_id not in used:
            raise VersionError(f"le nouveau nom « {made.value['name']} » ne sert à rien ici : écrivez-le aussi dans le champ voulu")


def references(table: str, value: Mapping[str, Any]) -> Iterator[str]:
    """Ids of the rows that a fact speaks of."""
    for column in editable(table):
        if value.get(column) and referred(table, column):
            yield from str(value[column]).split(SEPARATOR)


def fact(told: Told, table: str, value: Mapping[str, Any], quote: str) -> Decision:
    """A fact between names that are known by now.

    Raises:
        VersionError: it is there already.
    """
    row_id = free_key(told, table, value)
    names = {key: told.directory.names[key] for key in references(table, value)}
    own = {} if table == "project_members" else {f"{table.removesuffix('s')}_id": row_id}
    seen = {QUOTE: " ".join(quote.split())}
    return Decision(
        table, row_id, "add", told.who, told.at, "added", seen, {**own, **value, NAMES: names}, ((told.document_id, quote),), told.why
    )


def free_key(told: Told, table: str, value: Mapping[str, Any]) -> str:
    """The key of a fact that is not there; a second agreement of the same parties has a key of its own if it was signed at another time.

    Raises:
        VersionError: the fact is there already, or was added before.
    """
    rows, key = told.room.laid.head.rows, key_of(table, value)
    known = rows.get((table, key))
    if known and table == "agreements" and not same_time(known["signed_on"], value["signed_on"]):
        key = key_of(table, value, occasion=True)
        known = rows.get((table, key))
    if known:
        raise VersionError(f"ce fait est déjà dans les tables : {title(table, known, told.directory.names)}")
    if (made := told.pending.get((table, key))) and made.verdict == "add":
        raise VersionError(f"{made.who} a déjà ajouté ce fait")
    return key


def waiting(decisions: Iterable[Decision], document_id: str) -> list[Decision]:
    """What people have stated on a document and no version obeys yet."""
    return [made for made in decisions if made.verdict == "add" and NAMES in made.value and document_id in dict(made.quotes)]
