"""A new version with some changes undone: the tables that readers get while those wait."""

from collections.abc import Collection, Iterable, Mapping

import pandas as pd

from pipeline.core.ids import stable_id
from pipeline.core.schema import key_columns, table_names
from pipeline.tables.frames import Tables, frame
from pipeline.versions.cascade import dangling, row_ids
from pipeline.versions.holding import DECLARED, Held, by_document, kept_words, standing
from pipeline.versions.statements import ENTITIES, FACTS, FactKey, Statements, Words

OWNERS = {"agreement_parties": ("agreements", "agreement_id"), "organisation_aliases": ("organisations", "organisation_id")}
"""Tables whose rows go where the fact goes that they belong to, with its table and their column."""

Spans = Mapping[str, list[tuple[int, int]]]
"""Places in documents."""

Place = tuple[str, int, int, str]
"""Document, start, end, and the words there."""


def undone(base: Statements, head: Statements, held: Held) -> Tables:
    """The tables of the new version with what is held as it was before.

    Args:
        base: the facts that readers see.
        head: the facts that shall be published.
        held: what stays; closed, as `hold` makes it.
    """
    made = {name: mixed(name, base, head, held) for name in table_names()}
    made["evidence"] = with_rows("evidence", made["evidence"], evidence_rows(base, head, held))
    made["refusals"] = refusals(made["refusals"], base, head, held)
    found = made[DECLARED]["found"] + made[DECLARED]["declared_id"].map(held.recounts).fillna(0).astype("Int64")
    made[DECLARED] = made[DECLARED].assign(found=found.clip(lower=0))
    list(dangling(made))  # empties the references of mentions to what is not shown
    return made


def mixed(name: str, base: Statements, head: Statements, held: Held) -> pd.DataFrame:
    """One table: the rows of the new version, those of what is held from the old one."""
    old, new = base.tables[name], head.tables[name]
    return joined(name, new[~held_rows(name, new, base, head, held)], old[held_rows(name, old, base, head, held, old=True)])


def held_rows(name: str, table: pd.DataFrame, base: Statements, head: Statements, held: Held, *, old: bool = False) -> "pd.Series[bool]":
    """Which rows of a table belong to what is held; words of held facts are apart, on the old side they are not among them."""
    if name == "decisions":
        return pd.Series(data=False, index=table.index)
    owner, column = OWNERS.get(name, (name, ""))
    if owner in FACTS:
        keys = {row for fact, row in held.facts if fact == owner}
        return (table[column] if column else row_ids(name, table)).isin(keys)
    within = table["document_id"].isin(held.documents)
    if name != "evidence":
        return within
    facts = zip(table["table_name"], table["row_id"], strict=True)
    own = pd.Series([fact in held.facts and not by_document(base, head, fact) for fact in facts], index=table.index, dtype=bool)
    return within & ~own if old else within | own


def joined(name: str, rows: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """Rows of a table and more of them, sorted by key."""
    if more.empty:
        return rows.reset_index(drop=True)
    return pd.concat([rows, more]).sort_values(list(key_columns(name)), kind="stable", ignore_index=True)


def with_rows(name: str, table: pd.DataFrame, rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """A table with some plain rows more."""
    return joined(name, table, frame(name, rows))


def evidence_rows(base: Statements, head: Statements, held: Held) -> Iterable[Mapping[str, object]]:
    """The words of held facts where they stand in the texts that readers get, each place once."""
    wanted = (fact for fact in held.facts if fact in base.rows and not by_document(base, head, fact))
    rows = (evidence_row(fact, words) for fact in wanted for words in kept_words(base, head, fact, held.facts, held.documents))
    return {row["evidence_id"]: row for row in rows}.values()


def evidence_row(fact: FactKey, words: Words) -> dict[str, object]:
    """Words of a fact as a row of the table."""
    return {
        "evidence_id": stable_id("evi", *fact, words.document_id, words.start, words.end, words.method),
        "table_name": fact[0],
        "row_id": fact[1],
        "document_id": words.document_id,
        "char_start": words.start,
        "char_end": words.end,
        "quote": words.quote,
        "method": words.method,
        "confidence": words.confidence,
    }


def refusals(table: pd.DataFrame, base: Statements, head: Statements, held: Held) -> pd.DataFrame:
    """Refusals that agree with what is shown: a sentence of a held fact is refused if it was before and no shown agreement is in it."""
    spans = places(base, head, held)
    old = base.tables["refusals"]
    there = [head.texts.get(doc, "")[start:end] == quote for doc, start, end, quote in where(old, "quote")]
    fit = pd.Series(there, index=old.index, dtype=bool) & ~touching(old, agreed_since(base, head, held))
    back = old[touching(old, spans) & fit & ~old["document_id"].isin(held.documents)]
    return joined("refusals", table[~touching(table, spans) | table["document_id"].isin(held.documents)], back)


def places(base: Statements, head: Statements, held: Held) -> Spans:
    """Where held facts are stated, in the new texts."""
    facts = [fact for fact in held.facts if fact[0] not in ENTITIES]
    old = (standing(words, head) for fact in facts for words in base.words.get(fact, ()))
    new = (words for fact in facts for words in head.words.get(fact, ()))
    return spans_of(place(words) for words in (*old, *new) if words)


def agreed_since(base: Statements, head: Statements, held: Held) -> Spans:
    """Where shown agreements are stated in the new texts, and none was before."""
    return spans_of(agreed(head, held.facts) - agreed(base))


def agreed(side: Statements, without: Collection[FactKey] = ()) -> set[Place]:
    """Where agreements of a version are stated, some of them left out."""
    facts = (fact for fact in side.words if fact[0] == "agreements" and fact not in without)
    return {place(words) for fact in facts for words in side.words[fact]}


def place(words: Words) -> Place:
    """Where words stand."""
    return words.document_id, words.start, words.end, words.quote


def spans_of(places: Iterable[Place]) -> Spans:
    """Places by document."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for document, start, end, _ in places:
        spans.setdefault(document, []).append((start, end))
    return spans


def touching(table: pd.DataFrame, spans: Spans) -> "pd.Series[bool]":
    """Which rows of a table stand at one of the places."""
    rows = where(table, "document_id")
    found = [any(start < last and first < end for first, last in spans.get(doc, ())) for doc, start, end, _ in rows]
    return pd.Series(found, index=table.index, dtype=bool)


def where(table: pd.DataFrame, column: str) -> Iterable[tuple[str, int, int, str]]:
    """Document, place and one more column of each row."""
    return zip(table["document_id"], table["char_start"], table["char_end"], table[column], strict=True)
