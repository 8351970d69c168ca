import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctule.notebook.values import canonical, clean_text, deeper_than, has_nonfinite, normal, same

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_the_normal_form_means_the_same_and_is_its_own_normal_form(value: object) -> None:
    assert normal(value) == value
    assert canonical(normal(normal(value))) == canonical(normal(value))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5.0, 5),
        (5.5, 5.5),
        (2**63 - 1, float(2**63)),
        (1e300, 1e300),
        (1e15, 10**15),
        (-(10**400), -1.7976931348623157e308),
        ("a\ud800", "a\ufffd"),
        (object(), None),
    ],
)
def test_what_a_document_cannot_hold_is_brought_to_what_it_can(value: object, expected: object) -> None:
    found = normal(value)
    assert found == expected
    assert type(found) is type(expected)


def test_a_pair_of_surrogates_that_belong_together_is_one_character_and_stays() -> None:
    assert clean_text("📊") == "📊"


def test_true_and_one_are_not_the_same() -> None:
    assert not same({"a": True}, {"a": 1})
    assert same({"a": 1, "b": 2}, {"b": 2, "a": 1})


def test_depth_is_measured_without_a_stack() -> None:
    value: list[object] = []
    for _ in range(100_000):
        value = [value]
    assert deeper_than(value, 100)
    assert not deeper_than(json.loads("[" * 100 + "]" * 100), 100)
    assert deeper_than(json.loads("[" * 101 + "]" * 101), 100)


def test_a_nan_is_found_wherever_it_is() -> None:
    assert has_nonfinite({"a": [1.5, {"b": float("nan")}]})
    assert has_nonfinite([float("-inf")])
    assert not has_nonfinite({"a": [1.5, "NaN", None]})
