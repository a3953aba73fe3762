"""Waiting changes are held back alone: what readers get is sound, and differs from the new version in what waits and what hangs on it."""

import os
from collections import Counter
from dataclasses import dataclass

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from worlds import WORLDS, Line, World, later, tables

from pipeline.tables.checks import check_tables
from pipeline.tables.frames import frame, records, table_hash
from pipeline.versions.holding import DECLARED, hold
from pipeline.versions.statements import Statements, diff_facts, references
from pipeline.versions.undoing import undone

EXAMPLES = int(os.environ.get("PASSERELLE_EXAMPLES", "20"))


def changes_of(base, head):
    return {(change.table, change.row_id): change for change in diff_facts(base, head).changes()}


def held_back(old, new, waiting):
    """Held and the tables for readers, both checked to be sound."""
    base, head = Statements(old), Statements(new)
    held = hold(base, head, changes_of(base, head).values(), waiting)
    made = undone(base, head, held)
    assert [check.detail for check in check_tables(made) if check.blocks] == []
    return held, made


@dataclass(frozen=True)
class Case:
    """Two worlds, and numbers that pick the changes which wait."""

    before: World
    after: World
    picks: frozenset[int]

    def made(self):
        """The two versions, and the facts that wait."""
        old, new = tables(self.before), tables(self.after)
        found = sorted(changes_of(Statements(old), Statements(new)))
        return old, new, {found[pick % len(found)] for pick in self.picks if found}


CASES = WORLDS.flatmap(lambda world: st.builds(Case, st.just(world), later(world), st.frozensets(st.integers(0, 30))))


def random_case(test):
    """Runs a test on random cases; a failing one is not made smaller, for that takes minutes."""
    return settings(deadline=None, max_examples=EXAMPLES, phases=(Phase.explicit, Phase.reuse, Phase.generate))(given(CASES)(test))


@random_case
def test_what_differs_from_the_new_version_is_what_waits_and_what_hangs_on_it(case):
    old, new, waiting = case.made()
    held, made = held_back(old, new, waiting)
    base, head, shown = map(Statements, (old, new, made))
    before, left = changes_of(base, head), changes_of(shown, head)
    recounted = {(DECLARED, key) for key in held.recounts}
    assert left.keys() - recounted == (held.facts & before.keys()) - recounted
    assert waiting <= held.facts
    for fact in held.facts:
        assert shown.rows.get(fact) == base.rows.get(fact)
    assert all(shown.rows[fact] == head.rows[fact] for fact in head.rows.keys() - held.facts - recounted)


@random_case
def test_what_is_held_with_others_has_a_reason(case):
    old, new, waiting = case.made()
    held, made = held_back(old, new, waiting)
    base, head = Statements(old), Statements(new)
    words = {fact: {item.document_id for side in (base, head) for item in side.words.get(fact, ())} for fact in held.facts}
    quotes = {fact: {(i.document_id, i.quote) for side in (base, head) for i in side.words.get(fact, ())} for fact in held.facts}
    for fact in held.facts - waiting:
        others = held.facts - {fact}
        names = {other for side in (base, head) for other in references(fact[0], side.rows.get(fact, {}))}
        named = any(fact in references(other[0], base.rows.get(other, {})) for other in others)
        twin = any(other[0] == fact[0] and quotes[other] & quotes[fact] for other in others)
        assert names & others or named or twin or words[fact] & held.documents


@random_case
def test_held_back_again_it_is_the_same_and_without_waiting_it_is_the_new_version(case):
    old, new, waiting = case.made()
    held, made = held_back(old, new, waiting)
    again, twice = held_back(made, new, held.facts & changes_of(Statements(made), Statements(new)).keys())
    assert {name: table_hash(table) for name, table in twice.items()} == {name: table_hash(table) for name, table in made.items()}
    assert again.documents == held.documents
    _, free = held_back(made, new, ())
    assert {name: table_hash(table) for name, table in free.items()} == {name: table_hash(table) for name, table in new.items()}


@random_case
def test_rows_are_sorted_and_typed_as_a_version_reads_them(case):
    _, made = held_back(*case.made())
    assert all(frame(name, records(name, table)).equals(table) for name, table in made.items())


@random_case
def test_declared_counts_are_as_near_to_what_readers_find_as_to_what_was_extracted(case):
    old, new, waiting = case.made()
    held, made = held_back(old, new, waiting)
    rows = records("declared_counts", made["declared_counts"])
    free = {row["document_id"] for row in rows if (DECLARED, row["declared_id"]) not in held.facts}
    kept = {row["document_id"] for row in rows} & held.documents
    for side, documents in ((new, free), (old, kept)):
        assert {name: missing(side)[name] for name in documents} == {name: missing(made)[name] for name in documents}


def missing(version):
    """By document, how many more agreements are said to be found than it states."""
    words = Statements(version).words
    stated = Counter(document for (name, _), found in words.items() if name == "agreements" for document in {w.document_id for w in found})
    rows = version["declared_counts"]
    return {document: found - stated[document] for document, found in zip(rows["document_id"], rows["found"], strict=True)}


BEFORE = {
    "a.txt": (Line("Delta", "Alpha", "enfin", "planned"), Line("Gamma", "Alpha", "hier", None)),
    "b.txt": (Line("Gamma", "Alpha", "hier", None), Line("Delta", "Beta", "enfin", "planned"), Line("Alpha", "Beta", "enfin", "signed")),
    "c.txt": (Line("Beta", "Gamma", "hier", "planned"),),
}
AFTER = {
    "a.txt": (Line("Delta", "Alpha", "enfin", None), Line("Gamma", "Alpha", "hier", "planned")),
    "c.txt": (Line("Beta", "Gamma", "hier", "planned"), Line("Beta", "Delta", "hier", "signed")),
}
MORE_WORDS = Case(
    World(BEFORE, {"Gamma": "BE"}, merged=True), World(AFTER, {"Gamma": "BE", "Delta": "BE"}, merged=True), frozenset({3, 4, 10, 16, 20})
)
"""A sentence that was refused states a member, who is held back, and one agreement more words, which are shown."""


@random_case
@example(case=MORE_WORDS)
def test_no_sentence_is_both_shown_as_a_fact_and_refused(case):
    old, new, waiting = case.made()
    _, made = held_back(old, new, waiting)
    rows = made["refusals"]
    refused = set(zip(rows["document_id"], rows["quote"], strict=True))
    stated = {(w.document_id, w.quote) for (name, _), found in Statements(made).words.items() if name == "agreements" for w in found}
    assert not refused & stated
