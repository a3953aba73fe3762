"""No piece of a text is lost on the way into windows and back."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.facts import Span
from pipeline.extraction.neural.decoding import lone_brackets, merge, tagged_runs, text_span, transitions, viterbi
from pipeline.extraction.neural.session import batches, open_tokenizer
from pipeline.extraction.neural.tokens import encode, pad, windows

TOKENIZER = Path(__file__).parents[2] / "models" / "encoder" / "tokenizer.json"
TAGS = ["O", "B-CLUSTER", "I-CLUSTER", "B-PLACE", "I-PLACE"]


@pytest.fixture(scope="module")
def tokenizer():
    return open_tokenizer(TOKENIZER)


@pytest.mark.parametrize(
    "text",
    [
        "Lyonbiopôle signe avec BioWin(Wallonie).",
        "TITRE SANS ACCENTS\n\n  • un\tdeux\n  • trois\n",
        "e\u0301tat, ﬁn, œuvre, 𝒳, 北京, \u00a0fin",
        "« L'Île-de-France »\r\nligne",
    ],
)
def test_every_visible_character_lies_in_a_piece(tokenizer, text):
    pieces = encode(text, tokenizer)
    covered = {place for start, end in pieces.offsets for place in range(start, end)}
    assert [char for place, char in enumerate(text) if not char.isspace() and place not in covered and char != "\u0301"] == []


def test_new_lines_are_pieces_of_their_own(tokenizer):
    pieces = encode("Titre\n\nTexte", tokenizer)
    assert list(pieces.ids).count(tokenizer.token_to_id("<mask>")) == 1


def test_blank_text_has_no_pieces(tokenizer):
    assert len(encode(" \n ", tokenizer)) == 0


@given(length=st.integers(0, 2000), size=st.integers(2, 300), data=st.data())
def test_windows_hold_every_piece(length, size, data):
    overlap = data.draw(st.integers(0, size - 1))
    cuts = windows(length, size, overlap)
    assert {place for cut in cuts for place in range(cut.start, cut.end)} == set(range(length))
    assert all(cut.end - cut.start <= size for cut in cuts)
    assert all(left.end - right.start >= overlap for left, right in zip(cuts, cuts[1:], strict=False))


@given(length=st.integers(1, 400), size=st.integers(2, 100), data=st.data())
def test_merge_takes_each_piece_from_the_window_where_it_is_deepest(length, size, data):
    cuts = windows(length, size, data.draw(st.integers(0, size - 1)))
    scores = [np.arange(cut.start, cut.end, dtype=np.float32)[:, None].repeat(3, 1) for cut in cuts]
    assert merge(length, cuts, scores)[:, 0].tolist() == list(range(length))


@given(st.lists(st.lists(st.floats(-20, 0), min_size=5, max_size=5), min_size=1, max_size=30))
def test_viterbi_never_gives_an_inside_without_its_begin(rows):
    path = viterbi(np.array(rows, np.float32), *transitions(TAGS))
    for before, after in zip([0, *path], path, strict=False):
        assert not TAGS[after].startswith("I-") or TAGS[before][2:] == TAGS[after][2:]


def test_viterbi_takes_the_best_lawful_path():
    scores = np.log(np.array([[0.4, 0.3, 0.1, 0.1, 0.1], [0.1, 0.1, 0.6, 0.1, 0.1]], np.float32))
    assert [TAGS[tag] for tag in viterbi(scores, *transitions(TAGS))] == ["B-CLUSTER", "I-CLUSTER"]


def test_runs_of_neighbours_are_two_mentions():
    path = [TAGS.index(tag) for tag in ("B-CLUSTER", "I-CLUSTER", "B-CLUSTER", "O", "B-PLACE")]
    assert tagged_runs(path, TAGS) == [(0, 2, "CLUSTER"), (2, 3, "CLUSTER"), (4, 5, "PLACE")]


def test_spans_are_whole_words_without_signs():
    assert text_span("avec « BioWin », puis", np.array([[5, 8], [8, 12], [12, 16]]), 0, 2) == Span(7, 13)


@pytest.mark.parametrize(("text", "kept"), [("(CIT", "CIT"), ("CIT)", "CIT"), ("Pôle (CIT)", "Pôle (CIT)")])
def test_lone_brackets_are_dropped(text, kept):
    left, right = lone_brackets(text, 0, len(text))
    assert text[left:right] == kept


def test_padding_is_masked():
    ids, mask = pad([np.array([7, 8]), np.array([9])])
    assert ids.tolist() == [[0, 7, 8, 2], [0, 9, 2, 1]]
    assert mask.tolist() == [[1, 1, 1, 1], [1, 1, 1, 0]]


@given(st.lists(st.integers(1, 500), max_size=60))
def test_batches_hold_every_row_once_and_stay_small(lengths):
    made = list(batches(lengths, 512))
    assert sorted(row for batch in made for row in batch) == list(range(len(lengths)))
    assert all(len(batch) == 1 or len(batch) * (max(lengths[row] for row in batch) + 2) <= 512 for batch in made)
