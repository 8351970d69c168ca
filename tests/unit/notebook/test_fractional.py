import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctule.notebook.fractional import DIGITS, NoRoom, between, spread

positions = st.text(alphabet=DIGITS, min_size=1, max_size=12)


@given(st.lists(st.tuples(st.integers(0, 10_000), st.booleans()), max_size=200))
def test_a_position_made_anywhere_in_a_list_lies_strictly_between_its_neighbours(
    choices: list[tuple[int, bool]],
) -> None:
    found: list[str] = []
    for place, at_end in choices:
        index = len(found) if at_end else place % (len(found) + 1)
        left = found[index - 1] if index else None
        right = found[index] if index < len(found) else None
        found.insert(index, between(left, right))
    assert all(a < b for a, b in itertools.pairwise(found))


@given(positions, positions)
def test_foreign_strings_have_something_between_them_or_no_room(a: str, b: str) -> None:
    low, high = min(a, b), max(a, b)
    try:
        found = between(low, high)
    except NoRoom:
        assert low == high or high.rstrip("0") == low.rstrip("0") or high.startswith(low)
        return
    assert low < found < high
    assert set(found) <= set(DIGITS)


@given(positions)
def test_something_always_follows(a: str) -> None:
    assert between(a, None) > a


def test_appending_ten_thousand_times_gives_positions_no_longer_than_a_counter() -> None:
    found = spread(10_000)
    assert found == sorted(set(found))
    assert max(map(len, found)) <= 4
    assert not any(position.endswith("0") for position in found)


def test_prepending_ten_thousand_times_gives_positions_no_longer_than_a_counter() -> None:
    first: str | None = None
    for _ in range(10_000):
        found = between(None, first)
        assert first is None or found < first
        first = found
    assert first is not None
    assert len(first) <= 4


@pytest.mark.parametrize("after", [True, False])
def test_inserting_for_ever_at_one_place_adds_one_character_per_five_inserts(after: bool) -> None:
    left, right = spread(2)
    for _ in range(1_000):
        found = between(left, right)
        left, right = (found, right) if after else (left, found)
    assert len(found) <= 4 + 1_000 // 5


def test_cells_pasted_between_two_neighbours_get_short_positions() -> None:
    found = spread(1_000, "a1", "a2")
    assert ["a1", *found, "a2"] == sorted({"a1", *found, "a2"})
    assert max(map(len, found)) <= 5


def test_the_last_integers_at_both_ends_still_have_neighbours() -> None:
    last, first = "z" * 27, "A" + "0" * 25 + "1"
    assert between(last, None) > last
    assert between(None, first) < first
    assert between(None, between(None, first)) < between(None, first)


def test_equal_positions_have_no_room() -> None:
    with pytest.raises(NoRoom):
        between("a1", "a1")


def test_positions_are_as_documented() -> None:
    assert spread(3) == ["a1", "a2", "a3"]
    assert between("az", None) == "b01"
    assert between(None, "a1") == "Zz"
    assert between(None, "Z1") == "Yzz"
    assert between("a1", "a2") == "a1V"
    assert between("Zz", "a1") == "ZzV"
    assert between(None, "a0V") == "Zz"


@given(positions, positions)
def test_no_position_ends_in_a_zero_for_a_page_could_put_nothing_before_it(a: str, b: str) -> None:
    for low, high in ((a, None), (None, a), (min(a, b), max(a, b))):
        with contextlib.suppress(NoRoom):
            assert not between(low, high).endswith("0")
