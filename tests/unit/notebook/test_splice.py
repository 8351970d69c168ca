import itertools

from hypothesis import given
from hypothesis import strategies as st

from noctule.notebook.splice import Splice, rebased, smallest, splices

texts = st.text(alphabet="ab\né📊", max_size=30)


def apply(text: str, parts: list[Splice]) -> str:
    for part in parts:
        text = text[: part.start] + part.text + text[part.end :]
    return text


@given(texts, texts)
def test_the_smallest_splice_makes_the_new_text(old: str, new: str) -> None:
    assert apply(old, [smallest(old, new)]) == new


@given(texts, texts, texts, texts)
def test_the_smallest_splice_leaves_common_ends_alone(head: str, old: str, new: str, tail: str) -> None:
    found = smallest(head + old + tail, head + new + tail)
    assert found.end - found.start <= len(old)
    assert len(found.text) <= len(new)


def test_long_texts_with_one_change_are_compared_in_chunks() -> None:
    old = "x" * 5_000 + "a" + "y" * 5_000
    new = "x" * 5_000 + "bc" + "y" * 5_000
    assert smallest(old, new) == Splice(5_000, 5_001, "bc")


def test_changes_far_apart_are_splices_of_their_own() -> None:
    old = "import os\nx = 1\ny = 2\nz = 3\n"
    new = "import os, sys\nx = 1\ny = 2\nz = 33\n"
    assert splices(old, new) == [Splice(9, 9, ", sys"), Splice(27, 27, "3")]


@given(texts, texts)
def test_all_splices_from_the_last_to_the_first_make_the_new_text(old: str, new: str) -> None:
    found = splices(old, new)
    assert apply(old, found[::-1]) == new
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


def test_a_surrogate_pair_is_replaced_whole() -> None:
    assert smallest("a📊b", "a📈b") == Splice(1, 2, "📈")


@given(texts, texts)
def test_rebased_on_an_unchanged_text_it_makes_the_new_text(base: str, new: str) -> None:
    assert apply(base, rebased(base, new, base)) == new


@given(texts, texts)
def test_rebased_where_nothing_was_changed_it_does_nothing(base: str, current: str) -> None:
    assert apply(current, rebased(base, base, current)) == current


@given(texts, texts, texts)
def test_rebased_it_keeps_what_others_wrote(base: str, new: str, theirs: str) -> None:
    place = len(base) // 2
    current = base[:place] + "<" + theirs + ">" + base[place:]
    assert "<" + theirs + ">" in apply(current, rebased(base, new, current))


def test_changes_at_different_places_are_both_there() -> None:
    base, mine, theirs = "one\ntwo\nthree\n", "ONE\ntwo\nthree\n", "one\ntwo\nTHREE\n"
    assert apply(theirs, rebased(base, mine, theirs)) == "ONE\ntwo\nTHREE\n"
    assert apply(mine, rebased(base, theirs, mine)) == "ONE\ntwo\nTHREE\n"


def test_a_line_written_into_what_was_removed_stays() -> None:
    base, mine, theirs = "a1a2a3", "", "a1NEWa2a3"
    assert apply(theirs, rebased(base, mine, theirs)) == "NEW"


def test_the_same_change_made_twice_is_made_once() -> None:
    assert rebased("a", "ab", "ab") == []
