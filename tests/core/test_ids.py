"""Stable keys: pinned, for a key that moves is a breaking change."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.ids import content_hash, stable_id

DIFFERENT = [
    (("org", "a", "b"), ("org", "ab")),
    (("org", "a", "b"), ("org", "b", "a")),
    (("org", "a"), ("prj", "a")),
    (("org", None), ("org", "")),
    (("org", None), ("org", "None")),
    (("org", "é"), ("org", "e\u0301")),
    (("org", "a", None), ("org", "a")),
]


@pytest.mark.parametrize(
    ("values", "key"),
    [
        (("org", "Novalim", "FR"), "org-f65c5ca37495a044"),
        (("doc", "press/01.txt"), "doc-8a882f7716afff90"),
        (("agr", None, 12, "é"), "agr-aa2746184a834ca2"),
    ],
)
def test_keys_are_pinned(values: tuple[str, ...], key: str) -> None:
    assert stable_id(*values) == key


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_other_values_give_another_key(left: tuple[str, ...], right: tuple[str, ...]) -> None:
    assert stable_id(*left) != stable_id(*right)


def test_text_and_its_bytes_hash_alike() -> None:
    assert content_hash("pôle") == content_hash("pôle".encode()) == "25c0e47486817f20144a67c0c3134ffd811205f510aa651e682f7525cba9b3f0"


@given(st.lists(st.none() | st.integers() | st.text(alphabet=st.characters())))
def test_every_value_has_a_key_of_one_shape(values: list[object]) -> None:
    key = stable_id("row", *values)
    assert re.fullmatch(r"row-[0-9a-f]{16}", key)
    assert key == stable_id("row", *values)


def test_a_lone_surrogate_has_a_key() -> None:
    assert stable_id("row", "\ud800").startswith("row-")
