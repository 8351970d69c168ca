"""Ranges of bytes, as browsers ask for them when they play sound and film."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctule.http.ranges import asked


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", None),
        ("bytes=0-", (0, 100)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-999", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-999", (0, 100)),
        ("bytes=-0", None),
        ("bytes=-", None),
        ("bytes=20-10", None),
        ("bytes=100-", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
        ("bytes=0x1-2", None),
        (f"bytes=0-{'9' * 400}", None),
    ],
)
def test_one_range_or_all(header: str | None, expected: tuple[int, int] | None) -> None:
    assert asked(header, 100) == expected


@given(st.text(alphabet="bytes=-,0123456789 ", max_size=20), st.integers(0, 50))
def test_what_is_given_is_never_empty_and_never_outside(header: str, size: int) -> None:
    part = asked(header, size)
    assert part is None or 0 <= part[0] < part[1] <= size
