"""The link scorer: pairs, passages, arrays, calibration; the shipped model tells an agreement from a visit."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from models.training.annotated import read_annotated
from models.training.reliability import judged_pairs, prf
from pipeline.core.errors import ModelError
from pipeline.core.facts import Label, Span
from pipeline.extraction.neural.relations import (
    FAMILIES,
    KINDS,
    OUTPUTS,
    STATUSES,
    Named,
    RelationModel,
    feed,
    load_relation_model,
    pairs_of,
    passages,
    piece_at,
    probability,
)
from pipeline.extraction.neural.session import open_tokenizer
from pipeline.extraction.neural.tokens import Pieces

MODELS = Path(__file__).parents[2] / "models"
CORPUS, HELD_OUT = MODELS.parent / "corpus" / "annotated", "saule"
ABOUT = {"version": "0", "calibration": {family: {"scale": 1.0, "shift": 0.0} for family in FAMILIES}}


def named(text, **labels):
    """Mentions of words of a text, each an entity of its own."""
    return [Named(Span(at := text.index(word), at + len(word)), label, word) for word, label in labels.items()]


def pieces_of(length):
    """Pieces of two code points each."""
    return Pieces(np.arange(10, 10 + length), np.stack([2 * np.arange(length), 2 * np.arange(length) + 2], 1))


def clusters(*places):
    """Clusters, each named by one piece."""
    return [Named(Span(2 * at, 2 * at + 2), Label.CLUSTER, f"c{at}") for at in places]


def test_organisations_make_agreements_projects_make_members_payers_make_funding():
    text = "Novalim et BioFoo, projet MAGIA, COSME"
    mentions = named(text, Novalim=Label.CLUSTER, BioFoo=Label.COMPANY, MAGIA=Label.PROJECT, COSME=Label.PROGRAMME)
    assert {(p.family, p.a, p.b) for p in pairs_of(mentions)} == {
        ("agreement", "Novalim", "BioFoo"), ("member", "MAGIA", "Novalim"), ("member", "MAGIA", "BioFoo"), ("funding", "MAGIA", "BioFoo"),
        ("funding", "MAGIA", "COSME"), ("funding", "Novalim", "COSME"), ("funding", "BioFoo", "COSME"),
    }  # fmt: skip


def test_a_place_locates_the_organisations_beside_it_and_nothing_else():
    text = "Lyon BioFoo MAGIA"
    mentions = named(text, Lyon=Label.PLACE, BioFoo=Label.CLUSTER, MAGIA=Label.PROJECT)
    assert {(p.family, p.a, p.b) for p in pairs_of(mentions) if "Lyon" in (p.a, p.b)} == {("located", "BioFoo", "Lyon")}
    assert pairs_of([Named(Span(0, 4), Label.PLACE, "lyon"), Named(Span(900, 906), Label.CLUSTER, "c")]) == []


def test_a_pair_stands_once_with_its_nearest_mentions_if_within_reach():
    mentions = [Named(Span(at, at + 3), Label.CLUSTER, "a") for at in (0, 100, 200)] + [Named(Span(210, 213), Label.CLUSTER, "b")]
    assert [(p.a_span.start, p.b_span.start) for p in pairs_of(mentions)] == [(200, 210)]
    assert pairs_of([mentions[0], Named(Span(9000, 9003), Label.CLUSTER, "b")]) == []


def test_an_agreement_is_told_in_the_order_of_the_text():
    (pair,) = pairs_of(list(reversed(clusters(3, 9))))
    assert (pair.a, pair.b) == ("c3", "c9")


def test_a_piece_is_found_by_the_code_points_that_it_holds():
    assert [piece_at(pieces_of(5), at) for at in (0, 1, 2, 9)] == [0, 0, 1, 4]


def test_a_pair_is_judged_in_each_window_that_holds_both():
    mentions = clusters(0, 5, 25, 60, 99)
    made = passages(pieces_of(100), mentions, pairs := pairs_of(mentions), 40, 20)
    judged = [(pairs[n].a, pairs[n].b) for passage in made for n in passage.pairs]
    assert judged == [("c0", "c5"), ("c0", "c25"), ("c5", "c25"), ("c60", "c99")]
    for passage in made:
        for mention, (first, last) in zip(passage.mentions, passage.places, strict=True):
            assert passage.ids[first : last + 1].tolist() == [10 + mention.span.start // 2]


def test_the_arrays_tell_types_places_members_and_distances():
    mentions = [*clusters(1, 4), Named(Span(12, 16), Label.PROJECT, "p"), Named(Span(16, 18), Label.CLUSTER, "c1")]
    pairs = pairs_of(mentions)
    (passage,) = passages(pieces_of(9), mentions, pairs, 40, 20)
    arrays = feed(passage, pairs)
    cluster, project = (2 * list(Label).index(label) for label in (Label.CLUSTER, Label.PROJECT))
    assert arrays["input_ids"].tolist() == [[0, *range(10, 19), 2]]
    assert arrays["types"].tolist() == [[0, 0, cluster + 1, 0, 0, cluster + 1, 0, project + 1, project + 2, cluster + 1, 0]]
    assert arrays["places"].tolist() == [[2, 2], [5, 5], [7, 8], [9, 9]]
    assert arrays["members"].tolist() == [[1, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0]]
    told = {
        (p.family, p.a, p.b): (two, near) for p, two, near in zip(pairs, arrays["pairs"].tolist(), arrays["nearest"].tolist(), strict=True)
    }
    assert told["agreement", "c1", "c4"] == ([0, 1], [0, 1])
    assert told["member", "p", "c1"] == ([2, 0], [2, 3])
    assert [FAMILIES[family] for family in arrays["kinds"][:, 0]] == [p.family for p in pairs]


def scorer(**options):
    """A scorer whose network gives every pair of a pass its number in the pass as logit of all outputs."""
    tokenizer = open_tokenizer(MODELS / "encoder" / "tokenizer.json")
    return RelationModel(
        lambda arrays: np.repeat(np.arange(len(arrays["pairs"]), dtype=np.float32)[:, None], len(OUTPUTS), 1), tokenizer, ABOUT, **options
    )


def judge(model, text, **labels):
    """The scores of all pairs of a text."""
    mentions = named(text, **labels)
    return model.score(text, mentions, pairs_of(mentions))


def test_scores_come_in_the_order_of_the_pairs():
    found = judge(scorer(), "Novalim, BioFoo et Agrotop signent.", Novalim=Label.CLUSTER, BioFoo=Label.CLUSTER, Agrotop=Label.CLUSTER)
    assert [round(s.probability, 3) for s in found] == [0.5, 0.731, 0.881]


def test_of_several_passages_the_surest_counts():
    text = "Novalim " + "mot " * 30 + "BioFoo " + "mot " * 60 + "Novalim signe avec BioFoo."
    mentions = [
        Named(Span(at, at + len(name)), Label.CLUSTER, name)
        for name in ("Novalim", "BioFoo")
        for at in (text.index(name), text.rindex(name))
    ]
    model, calls = scorer(size=60, overlap=20), iter((-3.0, 2.0, -1.0))
    model.run = lambda arrays: np.full((len(arrays["pairs"]), len(OUTPUTS)), next(calls), np.float32)
    (scores,) = model.score(text, mentions, pairs_of(mentions))
    assert scores.probability == pytest.approx(probability(2.0, {"scale": 1, "shift": 0}))


def test_entities_too_far_apart_to_be_read_together_get_zero():
    (scores,) = judge(scorer(size=40, overlap=20), "Novalim " + "mot " * 200 + "BioFoo", Novalim=Label.CLUSTER, BioFoo=Label.CLUSTER)
    assert scores.probability == 0.0


def test_labels_are_probabilities_of_each_group():
    (scores,) = judge(scorer(), "Novalim signe avec BioFoo.", Novalim=Label.CLUSTER, BioFoo=Label.CLUSTER)
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


@pytest.mark.slow
@pytest.mark.parametrize(("family", "least"), [("agreement", 0.6), ("member", 0.75), ("funding", 0.65)])
def test_shipped_model_finds_the_links_of_texts_by_an_author_that_it_has_never_read(shipped, family, least):
    texts = [read_annotated(path) for path in sorted((CORPUS / HELD_OUT).glob("*.txt"))[::2]]
    pairs = [pair for text in texts for pair in judged_pairs(shipped, text) if pair.family == family]
    assert prf(pairs, 0.5)[2] >= least
