"""Texts that are not held."""

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctule.texts import Text, sha256_of


@given(st.text(), st.lists(st.integers(0, 50)))
def test_a_text_cut_anywhere_is_that_text_and_has_its_digest(text: str, cuts: list[int]) -> None:
    data = text.encode()
    bounds = [0, *sorted(cuts), len(data)]
    given_text = Text(data[start:stop] for start, stop in pairwise(bounds))
    assert "".join(given_text) == text
    assert sha256_of(given_text) == sha256_of(text) == hashlib.sha256(data).hexdigest()


def test_a_text_that_was_not_read_to_its_end_has_no_digest() -> None:
    text = Text([b"a", b"b"])
    next(iter(text))
    with pytest.raises(ValueError, match="read"):
        sha256_of(text)


def test_even_what_is_no_utf_8_has_a_digest() -> None:
    assert sha256_of("\ud800") != sha256_of("\ud801")
