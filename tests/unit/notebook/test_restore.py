"""A revision wanted back, whole or by cell: what the edits then make of the document."""

from hypothesis import given
from hypothesis import strategies as st

from noctule.notebook import restore
from noctule.notebook.cells import CellView
from noctule.notebook.crdt import NotebookDoc
from noctule.notebook.diff import diff
from noctule_agent.wire.values import CellId
from tests.unit.notebook.builders import cell, document


def said(doc: NotebookDoc) -> list[tuple[str, str]]:
    return [(each.id, each.source) for each in doc.cells()]


def restored(now: NotebookDoc, then: NotebookDoc, *chosen: str) -> list[tuple[str, str]]:
    ids = {CellId(each) for each in chosen}
    wanted = restore.some(now.cells(), now.nb(), then.cells(), ids) if ids else restore.whole(then.cells(), then.nb())
    now.edit(diff(now.cells(), now.nb(), wanted))
    return said(now)


def test_the_whole_is_as_it_was() -> None:
    then = document(cell("a", "1"), cell("b", "2"), lang="x")
    now = document(cell("c", "3"), cell("a", "one"))
    assert restored(now, then) == said(then)
    assert now.nb() == then.nb()


def test_one_cell_is_as_it_was_and_the_others_are_as_they_are() -> None:
    then = document(cell("a", "1"), cell("b", "2"), cell("c", "3"))
    now = document(cell("c", "three"), cell("a", "one"), cell("b", "two"))
    assert restored(now, then, "a") == [("c", "three"), ("a", "1"), ("b", "two")]


def test_a_cell_that_is_gone_comes_back_behind_the_one_that_it_stood_behind() -> None:
    then = document(cell("a", "1"), cell("b", "2"), cell("c", "3"), cell("d", "4"))
    now = document(cell("x", "new"), cell("a", "1"), cell("y", "new"))
    assert restored(now, then, "c") == [("x", "new"), ("a", "1"), ("c", "3"), ("y", "new")]
    assert restored(document(cell("y")), then, "a", "b") == [("a", "1"), ("b", "2"), ("y", "")]


ids = st.lists(st.sampled_from("abcdef"), unique=True, max_size=6)


@given(ids, ids, st.sets(st.sampled_from("abcdef")))
def test_by_cell_only_those_cells_change_and_the_order_of_the_others_stays(
    here: list[str], there: list[str], chosen: set[str]
) -> None:
    now, then = document(*(cell(each, "now") for each in here)), document(*(cell(each, "then") for each in there))
    ids = {CellId(each) for each in chosen & set(there)}
    wanted = restore.some(now.cells(), now.nb(), then.cells(), ids)
    now.edit(diff(now.cells(), now.nb(), wanted))
    found = now.cells()
    assert [each.id for each in found if each.id in here] == here
    assert {each.id for each in found} == set(here) | set(ids)
    assert all((each.source == "then") == (each.id in ids) for each in found)


def test_views_of_a_revision_need_no_positions() -> None:
    then = [CellView(CellId("a"), "code", "1"), CellView(CellId("b"), "code", "2")]
    now = document(cell("b", "2"))
    now.edit(diff(now.cells(), now.nb(), restore.whole(then, now.nb())))
    assert said(now) == [("a", "1"), ("b", "2")]
