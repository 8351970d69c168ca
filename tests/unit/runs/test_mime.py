"""No message can stop the journal: what cannot be kept is replaced at the door."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctule.runs.mime import bundle, content_of, is_json, mapping, text_of
from noctule_agent.wire.state import Inline


@pytest.mark.parametrize(
    ("raw", "content"),
    [
        (b'{"a": "x"}', {"a": "x"}),
        (b'{"a": "\\ud83e\\udd87"}', {"a": "\U0001f987"}),
        (b'{"a": "\\ud83e"}', {"a": "\ufffd"}),
        (b'{"a": "nul \\u0000", "\\u0000": 1}', {"a": "nul ␀", "␀": 1}),
        (b'{"a": NaN, "b": -Infinity}', {"a": None, "b": None}),
        (b'{"a": "\xff"}', {"a": "\ufffd"}),
        (b"[1, 2]", None),
        (b"", None),
        (b"{", None),
        (b'{"a":' * 100_000, None),
    ],
)
def test_content_is_mended_or_refused(raw: bytes, content: object) -> None:
    assert content_of(raw) == content


def test_text_of_a_bundle_is_one_string_and_json_stays_json() -> None:
    data = {
        "text/plain": ["a\n", "b"],
        "application/json": {"list": ["a", "b"]},
        "application/vnd.plotly.v1+json": {"x": 2**70},
        "application/javascript": "code",
        "text/html": {"no": "text"},
        "image/png": "aGk=",
    }
    assert bundle(data) == {
        "text/plain": Inline("a\nb"),
        "application/json": Inline({"list": ["a", "b"]}),
        "application/vnd.plotly.v1+json": Inline({"x": float(2**70)}),
        "application/javascript": Inline("code"),
        "text/html": Inline('{"no": "text"}'),
        "image/png": Inline("aGk="),
    }


def test_what_is_missing_is_empty() -> None:
    assert (bundle(None), bundle([1]), mapping(None), text_of(None)) == ({}, {}, {}, "")


def test_json_types_are_known_by_their_names() -> None:
    assert all(map(is_json, ["application/json", "application/geo+json", "application/vnd.x.v2+JSON;v=1"]))
    assert not any(map(is_json, ["text/plain", "application/javascript", "application/jsonlines", "image/svg+xml"]))


def test_json_that_is_nested_too_deeply_ends_in_an_ellipsis() -> None:
    value: object = "deep"
    for _ in range(150):
        value = [value]
    kept = bundle({"application/json": value})["application/json"]
    assert "\u2026" in msgspec.json.encode(kept).decode()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=[])), json_values, max_size=4))
def test_any_content_can_be_sent_and_stored(value: dict[str, object]) -> None:
    content = content_of(json.dumps({"data": value}).encode())
    assert content is not None
    kept = bundle(content["data"])
    msgspec.msgpack.encode(kept)
    assert "\x00" not in json.dumps(json.loads(msgspec.json.encode(kept)), ensure_ascii=False)
