"""The link scorer: candidates, passages, masks, calibration; the shipped model tells an agreement from a visit."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from pipeline.core.errors import ModelError
from pipeline.core.facts import Label, Span
from pipeline.extraction.neural.relations import (
    FAMILIES,
    KINDS,
    OUTPUTS,
    STATUSES,
    Candidate,
    Named,
    RelationModel,
    candidates_of,
    feed,
    first_piece,
    load_relation_model,
    passages,
    probability,
)
from pipeline.extraction.neural.session import open_tokenizer
from pipeline.extraction.neural.tokens import Pieces, encode

MODELS = Path(__file__).parents[2] / "models"
MARKERS = {family: [100 + 2 * place, 101 + 2 * place] for place, family in enumerate(FAMILIES)}
ABOUT = {"version": "0", "markers": MARKERS, "calibration": {family: {"scale": 1.0, "shift": 0.0} for family in FAMILIES}}


def named(text, **labels):
    """Mentions of words of a text, each an entity of its own."""
    return [Named(Span(at := text.index(word), at + len(word)), label, word) for word, label in labels.items()]


def pieces_of(length):
    """Pieces of two code points each."""
    return Pieces(np.arange(10, 10 + length), np.stack([2 * np.arange(length), 2 * np.arange(length) + 2], 1))


def test_organisations_make_agreements_projects_make_members_payers_make_funding():
    text = "Novalim et BioFoo, projet MAGIA, COSME"
    mentions = named(text, Novalim=Label.CLUSTER, BioFoo=Label.COMPANY, MAGIA=Label.PROJECT, COSME=Label.PROGRAMME)
    found = {(c.kind, c.a.quote(text), c.b.quote(text)) for c in candidates_of(mentions)}
    assert found == {
        ("agreement", "Novalim", "BioFoo"), ("member", "MAGIA", "Novalim"), ("member", "MAGIA", "BioFoo"), ("funding", "MAGIA", "BioFoo"),
        ("funding", "MAGIA", "COSME"), ("funding", "Novalim", "COSME"), ("funding", "BioFoo", "COSME"),
    }  # fmt: skip


def test_places_make_no_candidates():
    assert candidates_of(named("Lyon BioFoo", Lyon=Label.PLACE, BioFoo=Label.CLUSTER)) == []


def test_only_the_nearest_mentions_within_reach_stand_for_a_pair():
    mentions = [Named(Span(at, at + 3), Label.CLUSTER, "a") for at in (0, 100, 200)] + [Named(Span(210, 213), Label.CLUSTER, "b")]
    assert [(c.a.start, c.b.start) for c in candidates_of(mentions)] == [(200, 210), (100, 210)]
    assert candidates_of([mentions[0], Named(Span(9000, 9003), Label.CLUSTER, "b")]) == []


def test_first_piece_is_the_one_in_which_a_span_begins():
    assert [first_piece(pieces_of(5), Span(at, at + 1)) for at in (0, 1, 2, 9)] == [0, 0, 1, 4]


def test_each_candidate_is_read_once_in_a_window_that_holds_both_mentions():
    pieces = pieces_of(100)
    candidates = [Candidate("agreement", Span(2 * a, 2 * a + 2), Span(2 * b, 2 * b + 2)) for a, b in ((0, 5), (40, 60), (95, 99), (0, 99))]
    made = passages(pieces, candidates, 40, 20, 2)
    assert sorted(number for passage in made for number in passage.candidates) == [0, 1, 2]
    for passage in made:
        for number, firsts in zip(passage.candidates, passage.firsts, strict=True):
            assert passage.ids[firsts].tolist() == [10 + candidates[number].a.start // 2, 10 + candidates[number].b.start // 2]


def test_no_pass_has_more_candidates_than_allowed():
    candidates = [Candidate("agreement", Span(0, 2), Span(2 * b, 2 * b + 2)) for b in range(1, 8)]
    assert [len(passage.candidates) for passage in passages(pieces_of(20), candidates, 40, 20, 3)] == [3, 3, 1]


def test_markers_see_the_text_and_their_partner_and_the_text_sees_no_marker():
    candidates = [Candidate("agreement", Span(0, 2), Span(4, 6)), Candidate("funding", Span(2, 4), Span(4, 6))]
    (passage,) = passages(pieces_of(3), candidates, 40, 20, 9)
    arrays = feed(passage, MARKERS, ["agreement", "funding"])
    assert arrays["input_ids"].tolist() == [[0, 10, 11, 12, 2, 100, 101, 104, 105]]
    assert arrays["position_ids"].tolist() == [[0, 1, 2, 3, 4, 1, 3, 2, 3]]
    assert arrays["sees"][0, :5].tolist() == [[1] * 5 + [0] * 4] * 5
    assert arrays["sees"][0, 5:, 5:].tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]]
    assert arrays["marks"].tolist() == [[5, 6], [7, 8]]


def scorer(**options):
    """A scorer whose network gives every candidate of a pass its number in the pass as logit of all outputs."""
    tokenizer = open_tokenizer(MODELS / "encoder" / "tokenizer.json")
    return RelationModel(
        lambda arrays: np.repeat(np.arange(len(arrays["marks"]), dtype=np.float32)[:, None], len(OUTPUTS), 1), tokenizer, ABOUT, **options
    )


def test_scores_come_in_the_order_of_the_candidates():
    text = "Novalim, BioFoo et Optéo signent."
    spans = [Span(at := text.index(name), at + len(name)) for name in ("Novalim", "BioFoo", "Optéo")]
    candidates = [
        Candidate("agreement", spans[0], spans[1]),
        Candidate("member", spans[1], spans[2]),
        Candidate("funding", spans[2], spans[0]),
    ]
    assert [round(s.probability, 3) for s in scorer().score(text, candidates)] == [0.5, 0.731, 0.881]


def test_context_limits_what_is_read():
    text = "Titre. " * 50 + "Novalim signe avec BioFoo."
    start = text.index("Novalim")
    candidate = Candidate("agreement", Span(start, start + 7), Span(start + 19, start + 25), context=Span(start, len(text)))
    model, seen = scorer(), []
    run, model.run = model.run, lambda arrays: (seen.append(arrays["input_ids"].shape[1]), run(arrays))[1]
    assert model.score(text, [candidate])[0].probability == 0.5
    assert seen == [len(encode(text[start:], model.tokenizer)) + 4]


def test_mentions_too_far_apart_to_be_read_together_get_zero():
    text = "Novalim " + "mot " * 200 + "BioFoo"
    candidate = Candidate("agreement", Span(0, 7), Span(len(text) - 6, len(text)))
    assert scorer(size=40, overlap=20).score(text, [candidate])[0].probability == 0.0


def test_labels_are_probabilities_of_each_group():
    text = "Novalim signe avec BioFoo."
    (scores,) = scorer().score(text, [Candidate("agreement", Span(0, 7), Span(19, 25))])
    assert sum(scores.labels[name] for name in KINDS) == pytest.approx(1)
    assert sum(scores.labels[name] for name in STATUSES) == pytest.approx(1)
    assert scores.best(KINDS) in KINDS


def test_calibration_is_the_logistic_function():
    assert probability(2.0, {"scale": 0.5, "shift": -1.0}) == 0.5


def test_missing_model_says_how_to_get_it(tmp_path):
    with pytest.raises(ModelError, match="make models"):
        load_relation_model(tmp_path)


@pytest.fixture(scope="module")
def shipped():
    config = yaml.safe_load((MODELS / "config.yaml").read_text(encoding="utf-8"))
    return load_relation_model(MODELS, config["relations"])


SIGNED = """Novalim et BioFoo unis pour trois ans

Lyon, le 3 mars 2019. Le cluster Novalim a signé mardi à Lyon un protocole d'entente avec le cluster bavarois BioFoo.
L'accord prévoit des échanges de start-up."""

VISITED = """Novalim au salon de Munich

Lyon, le 3 mars 2019. Le cluster Novalim a visité mardi à Munich le salon où exposait aussi le cluster bavarois BioFoo.
Aucun accord n'a été signé."""


@pytest.mark.parametrize(("text", "stated"), [(SIGNED, True), (VISITED, False)])
def test_shipped_model_tells_an_agreement_from_a_visit(shipped, text, stated):
    a, b = (Span(at := text.rindex(name), at + len(name)) for name in ("Novalim", "BioFoo"))
    (scores,) = shipped.score(text, [Candidate("agreement", a, b)])
    assert (scores.probability > 0.3) is stated
