from difflib import SequenceMatcher

from hypothesis import given
from hypothesis import strategies as st

from noctule.notebook.myers import MYERS_EDITS, common

short = st.lists(st.sampled_from("abc"), max_size=12)


def longest(a: list[str], b: list[str]) -> int:
    """The length of a longest common subsequence, by the book."""
    row = [0] * (len(b) + 1)
    for x in a:
        previous = row
        row = [0]
        for j, y in enumerate(b):
            row.append(previous[j] + 1 if x == y else max(previous[j + 1], row[j]))
    return row[-1]


@given(short, short)
def test_it_finds_a_longest_common_subsequence(a: list[str], b: list[str]) -> None:
    found = common(a, b)
    assert all(a[i] == b[j] for i, j in found)
    assert found == sorted(set(found))
    assert len({i for i, _ in found}) == len({j for _, j in found}) == len(found) == longest(a, b)


def test_sequences_that_differ_too_much_have_nothing_in_common() -> None:
    a = [f"a{number}" for number in range(MYERS_EDITS)]
    b = [f"b{number}" for number in range(MYERS_EDITS)]
    assert common([*a, "same"], [*b, "same"]) == []


def test_long_sequences_with_few_differences_are_quick() -> None:
    a = [str(number) for number in range(20_000)]
    b = [*a[:10_000], "new", *a[10_001:]]
    assert len(common(a, b)) == sum(block.size for block in SequenceMatcher(None, a, b).get_matching_blocks()) == 19_999
