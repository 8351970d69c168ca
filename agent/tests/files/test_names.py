"""Names: every name of the disk has one text that leads back to it, and no text leads anywhere but beneath."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctule_agent.files.names import PATH_BYTES, parts_of, path_of, raw, shown
from noctule_agent.refusal import Refusal

names = st.binary(min_size=1, max_size=60).filter(lambda name: b"/" not in name and b"\0" not in name)
tricky = st.sampled_from(
    ["\uf72e\uf72e", "\uf72f", "\uf7ae\uf7ae", "\uf7af", "..", ".", "a/../b", "\udc2f", "\udc80", "日本", "ü"]
)


@given(names)
def test_every_name_has_a_text_that_leads_back_to_it(name: bytes) -> None:
    text = shown(name)
    text.encode()
    assert "/" not in text
    assert raw(text) == name


@given(st.lists(names, min_size=2, max_size=2, unique=True))
def test_two_names_never_have_the_same_text(pair: list[bytes]) -> None:
    assert shown(pair[0]) != shown(pair[1])


@given(st.text(max_size=40) | st.lists(tricky, max_size=4).map("".join))
def test_whatever_path_comes_its_parts_are_names_and_nothing_else(path: str) -> None:
    try:
        parts = parts_of(path)
    except Refusal:
        return
    for part in parts:
        assert part not in (b"", b".", b"..")
        assert b"/" not in part
        assert b"\0" not in part
    assert parts_of(path_of(parts)) == parts


@pytest.mark.parametrize(
    "path",
    ["/", "/etc/passwd", "a//b", "a/", "..", "a/..", "./a", "a\0b", "\udcff", "x" * 256, "/".join("x" * PATH_BYTES)],
)
def test_a_path_that_could_mean_something_else_is_refused(path: str) -> None:
    with pytest.raises(Refusal, match="path-invalid"):
        parts_of(path)
