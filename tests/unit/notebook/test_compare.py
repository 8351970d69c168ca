"""Which cells belong together, and what is different: every cell of both sides appears once, and nothing else does."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from noctule.notebook.cells import CellView
from noctule.notebook.compare import Pair, Side, compare
from noctule_agent.wire.values import CellId


def side(cell_id: str, source: str = "", kind: Any = "code", outputs: Any = None, **fields: Any) -> Side:
    return Side(CellView(CellId(cell_id), kind, source, **fields), outputs)


def shown(old: list[Side], new: list[Side]) -> list[str]:
    """One word for each row: = same, ~ changed, + added, - removed, with > when it moved."""
    words = []
    for pair in compare(old, new):
        if pair.old is None:
            assert pair.new is not None
            words.append(f"+{new[pair.new].cell.id}")
        elif pair.new is None:
            words.append(f"-{old[pair.old].cell.id}")
        else:
            words.append(("~" if pair.changed else "=") + ">" * pair.moved + new[pair.new].cell.id)
    return words


A, B, C = side("a", "import numpy"), side("b", "x = 1"), side("c", "plot(x)")


def test_the_same_is_the_same() -> None:
    assert shown([A, B, C], [A, B, C]) == ["=a", "=b", "=c"]


def test_added_removed_and_changed_cells_stand_where_they_belong() -> None:
    changed = side("b", "x = 2")
    assert shown([A, B, C], [side("new"), A, changed]) == ["+new", "=a", "~b", "-c"]
    assert shown([A, B, C], [C]) == ["-a", "-b", "=c"]


def test_only_what_moved_has_moved() -> None:
    assert shown([A, B, C], [C, A, B]) == ["=>c", "=a", "=b"]


def test_what_differs_is_named() -> None:
    before = side("a", "x", outputs=1, meta={"tags": ["t"]})
    after = side("a", "y", "markdown", outputs=2, meta={}, attachments={"f": {}})
    [pair] = compare([before], [after])
    assert pair == Pair(0, 0, False, ["source", "type", "metadata", "attachments", "outputs"])


def test_cells_under_other_ids_are_found_by_content_and_then_by_likeness() -> None:
    source = "for epoch in range(10):\n    loss = step(model, data)\n    print(loss)"
    old = [A, side("b", source), side("c", "# The end", "markdown")]
    new = [side("1", "import numpy"), side("2", source.replace("10", "20")), side("3", "# The end", "markdown")]
    assert shown(old, new) == ["=1", "~2", "=3"]


def test_cells_that_have_nothing_in_common_are_not_one_cell() -> None:
    old = [A, side("b", "df = read_csv(path)\ndf.head()")]
    new = [A, side("2", "model.fit(X, y)")]
    assert shown(old, new) == ["=a", "-b", "+2"]
    assert shown([side("b", "same")], [side("2", "same", "markdown")]) == ["-b", "+2"]


cells = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["", "x = 1", "x = 2", "y", "import os\nos.getcwd()"])),
    max_size=8,
    unique_by=lambda cell: cell[0],
)


@given(cells, cells)
def test_every_cell_is_shown_once_and_the_new_side_is_in_order(
    old: list[tuple[str, str]], new: list[tuple[str, str]]
) -> None:
    one, two = [side(*cell) for cell in old], [side(*cell) for cell in new]
    pairs = compare(one, two)
    assert sorted(pair.old for pair in pairs if pair.old is not None) == list(range(len(one)))
    assert [pair.new for pair in pairs if pair.new is not None] == list(range(len(two)))
    for pair in pairs:
        if pair.old is not None and pair.new is not None:
            assert bool(pair.changed) == (one[pair.old].cell.source != two[pair.new].cell.source)
    staying = [pair.old for pair in pairs if pair.old is not None and pair.new is not None and not pair.moved]
    assert staying == sorted(staying)
