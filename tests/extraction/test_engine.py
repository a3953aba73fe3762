"""Whole documents: evidence quotes its text, nothing breaks on odd input, time grows with length only."""

import time
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tagged import CASES, cases_of, facts_of, mention, plain_document

from models.training.annotated import read_annotated
from pipeline.core.errors import LexiconError
from pipeline.core.facts import Agreement, Document, DocumentFacts, Entity, Funding, Label, Membership, Project, Span
from pipeline.core.lexicon import load_lexicon
from pipeline.extraction.engine import batched, read_config, read_document
from pipeline.extraction.parts import extractor_hash

LEXICON = load_lexicon()
PATHS = sorted(CASES.glob("*/*.txt"))
TAGGED = [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in PATHS]
PIECES = [
    "Le pôle ", "Novalim", "Ecofoo Valley", " a signé ", "un accord de coopération ", "avec ", "entre ", " et ", ", ", " (", "Belgique",
    ")", ".\n", ". ", "\n- ", " : ", "les deux clusters ", "le 3 mai 2017 ", "le projet ", "NOVAFOO", " est coordonné par ", "COSME",
    "1,2 M€ ",
    " est financé par ", "Université de Bellecombe", "\t", "« ", " »", "l’", "8 MoU ", "son partenaire tunisien, ", "\u00a0",
    "\u2028", "\u0301",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=120)
LENGTH = 4_000
NAMED = 4_000
GROWTH = 3.0
HOSTILE = [
    pytest.param("le pôle de compétitivité ", LENGTH, id="head nouns"),
    pytest.param("Novalim Ecofoo ", LENGTH, id="names"),
    pytest.param("Novalim, Ecofoo et ", NAMED, id="coordination"),
    pytest.param("un accord de coopération avec ", LENGTH, id="triggers"),
    pytest.param("Novalim a signé un MoU avec Ecofoo et ", LENGTH, id="named triggers"),
    pytest.param("Novalim a signé un MoU avec Ecofoo. ", NAMED, id="sentences"),
    pytest.param("(Novalim (", NAMED, id="open brackets"),
    pytest.param("(Novalim (", 20_000, id="thousands of names"),
    pytest.param("Novalim) ", NAMED, id="closed brackets"),
    pytest.param("- Novalim (France)\n", NAMED, id="items"),
    pytest.param("1 000 000,0 ", LENGTH, id="amounts"),
    pytest.param("1", LENGTH, id="digits"),
    pytest.param(" ", LENGTH, id="blanks"),
    pytest.param("\n", LENGTH, id="lines"),
    pytest.param("les deux clusters ont signé. ", LENGTH, id="role words"),
    pytest.param("le projet NOVAFOO est coordonné par Ecofoo. ", LENGTH, id="projects"),
    pytest.param("en Belgique, à Lyon, ", NAMED, id="places"),
    pytest.param("« Novalim ", NAMED, id="quotes"),
    pytest.param("Novalim – ", NAMED, id="dashes"),
    pytest.param("A", LENGTH, id="capitals"),
    pytest.param("l'", LENGTH, id="apostrophes"),
]


def spans_of(facts: DocumentFacts) -> list[Span]:
    """Every span that a document's facts point at."""
    members = [member for project in facts.projects for member in project.members]
    rows: list[Agreement | Funding | Project | Entity | Membership] = [
        *facts.agreements,
        *facts.funding,
        *facts.projects,
        *facts.entities,
        *members,
    ]
    told = [evidence.span for row in rows for evidence in row.evidence]
    named = [*(m.span for m in facts.mentions), *(d.span for d in facts.dates)]
    return [*told, *named, *(c.evidence.span for c in facts.declared), *(r.span for r in facts.refusals)]


def dangling(facts: DocumentFacts) -> set[str]:
    """Entity keys that facts refer to and no entity bears."""
    keys = {key for a in facts.agreements for key in (*a.signatories, *a.counterparts, a.project)}
    keys |= {key for p in facts.projects for key in (p.entity, *(m.organisation for m in p.members))}
    keys |= {key for f in facts.funding for key in (f.beneficiary, f.programme, f.funder)}
    keys |= {m.entity for m in facts.mentions}
    return {key for key in keys if key} - {entity.key for entity in facts.entities}


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_no_text_breaks_the_reader_and_every_span_quotes_it(text: str) -> None:
    facts = read_document(plain_document(text, published_on="2019-06-04"), LEXICON)
    assert [span for span in spans_of(facts) if not 0 <= span.start < span.end <= len(text)] == []
    assert [m for m in facts.mentions if m.span.quote(text) != m.name] == []
    assert dangling(facts) == set()


@given(TEXTS, st.data())
@settings(max_examples=60, deadline=None)
def test_no_proposal_of_a_model_breaks_the_reader(text: str, data: st.DataObject) -> None:
    bounds = data.draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(1, 20), st.sampled_from(list(Label))), max_size=5))
    told = [(Span(start, min(start + length, len(text))), label) for start, length, label in bounds if text[start : start + length].strip()]
    predicted = [mention(text, span.quote(text), label, score=0.9) for span, label in told]
    facts = read_document(plain_document(text), LEXICON, predicted=predicted)
    assert [span for span in spans_of(facts) if not 0 <= span.start < span.end <= len(text)] == []
    assert dangling(facts) == set()


@pytest.mark.parametrize("path", TAGGED)
def test_facts_of_tagged_texts_refer_to_entities_and_quote_the_text(path: Path) -> None:
    annotated = read_annotated(path)
    facts = facts_of(annotated)
    assert dangling(facts) == set()
    assert [span for span in spans_of(facts) if not span.quote(annotated.text).strip()] == []
    assert [a for a in facts.agreements if set(a.signatories) & set(a.counterparts)] == []


@pytest.mark.parametrize("path", [case.values[0] for case in cases_of("agreements")][:5], ids=lambda path: path.stem)
def test_reading_twice_gives_the_same(path: Path) -> None:
    annotated = read_annotated(path)
    assert facts_of(annotated) == facts_of(annotated)


def test_an_empty_text_states_nothing() -> None:
    facts = read_document(plain_document(""), LEXICON)
    assert [f.name for f in fields(facts) if f.name != "document_id" and getattr(facts, f.name)] == []


def test_the_publication_date_is_that_of_the_metadata_then_the_header() -> None:
    text = "Lyon, le 4 juin 2019\n\nLe pôle Novalim a signé hier une convention avec Ecofoo."
    assert read_document(plain_document(text, published_on="2019-06-05"), LEXICON).published_on == "2019-06-05"
    assert read_document(plain_document(text), LEXICON).published_on == "2019-06-04"


def test_a_weak_name_that_no_fact_uses_is_left_out() -> None:
    facts = read_document(plain_document("Hier, Novalim a dormi près de Valserre-Foo."), LEXICON)
    assert (facts.mentions, facts.entities) == ((), ())


def test_a_sentence_without_a_fact_is_in_the_ledger_with_its_reason() -> None:
    text = "Novalim et Ecofoo ont signé une convention de financement."
    predicted = [mention(text, "Novalim", Label.CLUSTER), mention(text, "Ecofoo", Label.CLUSTER)]
    (refusal,) = read_document(plain_document(text), LEXICON, predicted=predicted).refusals
    assert (refusal.trigger, refusal.reason) == ("convention", "a funding convention, not an agreement")


def test_a_year_inside_a_programme_is_no_date() -> None:
    facts = read_document(plain_document("Le projet NOVAFOO est financé par Horizon 2020 depuis 2018."), LEXICON)
    assert [when.value for when in facts.dates] == ["2018"]


def seconds(text: str) -> float:
    """Least processor time of four readings of a text."""
    return min(timed(plain_document(text)) for _ in range(4))


def timed(document: Document) -> float:
    """Processor time of one reading."""
    start = time.process_time()
    read_document(document, LEXICON)
    return time.process_time() - start


@pytest.mark.parametrize(("piece", "length"), HOSTILE)
def test_time_grows_with_the_length_of_hostile_text(piece: str, length: int) -> None:
    read_document(plain_document(piece), LEXICON)
    before, after = seconds(piece * (length // len(piece))), seconds(piece * (2 * length // len(piece)))
    assert after < GROWTH * before + 0.01, f"{before:.3f} s for {length} characters, {after:.3f} s for twice as many"


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (32, [32]), (33, [32, 1])])
def test_documents_are_read_in_batches(count: int, sizes: list[int]) -> None:
    assert [len(batch) for batch in batched([plain_document("")] * count)] == sizes


def test_a_configuration_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("- mentions", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"config\.yaml"):
        read_config(path)


def test_a_change_of_the_lists_changes_the_hash(tmp_path: Path) -> None:
    before = extractor_hash(tmp_path)
    (tmp_path / "roles.txt").write_text("Directeur\n", encoding="utf-8")
    assert extractor_hash(tmp_path) != before
