"""Training data: tags, swapped names, link targets and the split."""

import random
from pathlib import Path

import numpy as np
import pytest

from models.training.annotated import parse_tagged
from models.training.data import ORGANISATIONS, TAGS, Example, batches, jittered, shout, swap_names, tag_pieces, winer_spans
from models.training.links import IGNORED, examples_of, mistaken, named_mentions, truth_of
from models.training.split import SHARES, extend, groups
from pipeline.core.facts import Span
from pipeline.extraction.neural.relations import OUTPUTS
from pipeline.extraction.neural.tokens import encode

tokenizers = pytest.importorskip("tokenizers")
ENCODER = Path(__file__).parents[2] / "models" / "encoder" / "tokenizer.json"


def annotated(name, body, **head):
    """An annotated text without a file."""
    return parse_tagged(Path(f"{name}.txt"), {"author": "a", "kind": "dispatch", **head}, body)


def tags_of(example):
    """The first right tag of each piece."""
    pieces = encode(example.text, tokenizers.Tokenizer.from_file(str(ENCODER)))
    return [TAGS[int(row.argmax())] for row in tag_pieces(example, pieces.offsets)], pieces


def test_first_piece_begins_and_the_others_are_inside():
    example = Example("x", "Le pôle Novalim.", ((8, 15, ("CLUSTER",)),))
    tags, pieces = tags_of(example)
    inside = [tag for tag, (start, _) in zip(tags, pieces.offsets, strict=True) if 8 <= start < 15]
    assert inside[0] == "B-CLUSTER"
    assert set(inside[1:]) <= {"I-CLUSTER"}
    assert set(tags) - set(inside) == {"O"}


def test_any_kind_is_right_for_an_organisation_of_winer():
    spans = winer_spans([(0, 5, "Organization", True), (6, 9, "Location", True), (6, 8, "Location", False), (10, 12, "Person", True)])
    assert spans == ((0, 5, ORGANISATIONS), (6, 9, ("PLACE",)))
    pieces = encode("Nokia", tokenizers.Tokenizer.from_file(str(ENCODER)))
    right = tag_pieces(Example("x", "Nokia", ((0, 5, ORGANISATIONS),)), pieces.offsets)
    assert right[0].sum() == len(ORGANISATIONS)


def test_swapped_names_stay_marked_and_are_alike_everywhere():
    example = Example("x", "Novalim et Lyon. Novalim !", ((0, 7, ("CLUSTER",)), (11, 15, ("PLACE",)), (17, 24, ("CLUSTER",))))
    swapped = swap_names(example, {"CLUSTER": ["BioFoo Vallée"], "PLACE": ["Lyon"]}, 1.0, random.Random(1))
    assert swapped.text == "BioFoo Vallée et Lyon. BioFoo Vallée !"
    assert [swapped.text[start:end] for start, end, _ in swapped.spans] == ["BioFoo Vallée", "Lyon", "BioFoo Vallée"]


def test_shouted_lines_keep_every_code_point_in_place():
    assert shout(Example("x", "Été à l'œuvre, straße\nfin", ()), 1.0, random.Random(1)).text == "ETE A L'ŒUVRE, STRAßE\nFIN"


def test_jittered_windows_leave_no_piece_out():
    cuts = jittered(1000, 192, random.Random(3))
    assert [piece for cut in cuts for piece in range(cut.start, cut.end)] == list(range(1000))


def test_training_batches_hold_every_row():
    rows = [type("Row", (), {"ids": np.zeros(length)})() for length in (5, 90, 30, 7, 200)]
    assert sum(len(batch) for batch in batches(rows, 128, random.Random(1))) == len(rows)


def test_near_duplicates_stay_together():
    body = " ".join(f"mot{number}" for number in range(60))
    together = groups([annotated("a", body), annotated("b", "autre chose " + body), annotated("c", "rien de cela ici")])
    assert sorted(len(group) for group in together) == [1, 2]


def test_the_split_keeps_what_it_had_and_spreads_authors_and_kinds():
    texts = [annotated(f"t{n}", " ".join(f"m{n}x{k}" for k in range(20)), author="ab"[n % 2], kind=f"k{n % 5}") for n in range(100)]
    first = extend({}, texts[:50], seed=1)
    both = extend(first, texts, seed=1)
    assert {name: both[name] for name in first} == first
    for part, share in SHARES.items():
        for author in "ab":
            mine = [t for t in texts if t.head["author"] == author]
            assert abs(sum(both[t.path.stem] == part for t in mine) / len(mine) - share) < 0.08


def linked():
    """A text with an agreement, an onlooker and two places."""
    head = {
        "entities": {
            "n": {"label": "CLUSTER", "country": "FR"}, "b": {"label": "CLUSTER", "country": "DE"}, "c": {"label": "COMPANY"},
            "m": {"label": "PLACE", "country": "DE"}, "x": {"label": "PLACE"},
        },
        "agreements": [{"kind": "mou", "status": "signed", "signatories": ["n"], "counterparts": ["b"], "evidence": "e1"}],
    }  # fmt: skip
    body = "{e1: [[Novalim|n]] signe avec [[BioFoo|b]]} à [[Munich|m]], près du [[Rhin|x]]. [[Acmé|c]] regarde."
    return annotated("x", body, **head)


def truth(text, seen=None):
    """By family and entities of each pair its truth for the family itself."""
    (example,) = examples_of(text, tokenizers.Tokenizer.from_file(str(ENCODER)), {"size": 508, "overlap": 128})
    rows = [truth_of(text, pair, seen) for pair in example.pairs] if seen else example.truth
    return {(p.family, p.a, p.b): float(row[OUTPUTS.index(p.family)]) for p, row in zip(example.pairs, rows, strict=True)}


def test_stated_links_are_true_and_all_others_false():
    found = truth(linked())
    assert (found["agreement", "n", "b"], found["agreement", "n", "c"], found["agreement", "b", "c"]) == (1, 0, 0)


def test_a_place_is_where_an_organisation_is_if_their_countries_agree():
    found = truth(linked())
    assert (found["located", "b", "m"], found["located", "n", "m"], found["located", "c", "m"], found["located", "b", "x"]) == (
        1,
        0,
        0,
        IGNORED,
    )


def test_a_passage_without_the_words_of_a_link_says_nothing_about_it():
    text = linked()
    assert truth(text, seen=Span(text.text.index("Acmé"), len(text.text)))["agreement", "n", "b"] == IGNORED


def test_a_link_tells_kind_status_and_who_signs():
    text = linked()
    (example,) = examples_of(text, tokenizers.Tokenizer.from_file(str(ENCODER)), {"size": 508, "overlap": 128})
    row = next(
        row for pair, row in zip(example.pairs, example.truth, strict=True) if pair.family == "agreement" and {pair.a, pair.b} == {"n", "b"}
    )
    assert {name: row[OUTPUTS.index(name)] for name in ("mou", "partnership", "signed", "planned", "a_signatory")} == {
        "mou": 1, "partnership": 0, "signed": 1, "planned": 0, "a_signatory": 1,
    }  # fmt: skip


def test_mistaken_kinds_are_alike_at_each_mention_and_touch_organisations_only():
    mentions = named_mentions(linked())
    changed = mistaken([*mentions, *mentions], 1.0, random.Random(2))
    assert [m.span for m in changed] == [m.span for m in mentions] * 2
    assert changed[: len(mentions)] == changed[len(mentions) :]
    assert {m.label.value for m in changed if m.entity in "nbc"} <= set(ORGANISATIONS)
    assert {m.label.value for m in changed if m.entity in "mx"} == {"PLACE"}


def test_a_held_out_author_is_all_test_and_no_one_else_joins():
    texts = [annotated(f"t{n}", " ".join(f"m{n}x{k}" for k in range(20)), author="ab"[n % 2], kind=f"k{n % 5}") for n in range(60)]
    split = extend({}, texts, seed=1, held_out="b")
    assert {split[f"t{n}"] for n in range(1, 60, 2)} == {"test"}
    assert {split[f"t{n}"] for n in range(0, 60, 2)} == {"train", "dev"}
