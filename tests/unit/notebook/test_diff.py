import itertools
from bisect import bisect_left
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noctule.notebook.cells import CellView
from noctule.notebook.crdt import NotebookDoc
from noctule.notebook.diff import adopt, diff, longest_rising
from noctule.notebook.mend import ParsedCell
from noctule.notebook.nbformat_io import ParsedNotebook
from noctule.notebook.ops import DeleteCell, InsertCell, MoveCell, Op, SetCellMeta, SetNotebookMeta, SetSource, SetType
from noctule.notebook.values import canonical
from tests.unit.notebook.builders import cell, copy, document, notebook

values = st.none() | st.booleans() | st.integers(0, 1) | st.text(alphabet="ab", max_size=2) | st.just([1, {"k": None}])
metas = st.dictionaries(st.sampled_from(["tags", "name", "é"]), values, max_size=2)
sources = st.text(alphabet="ab\n📊", max_size=8)


@st.composite
def files(draw: st.DrawFn) -> ParsedNotebook:
    ids = draw(st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=8))
    attachments = st.none() | st.just({"i.png": {"image/png": "A"}})
    cells = []
    for cell_id in ids:
        kind: Any = draw(st.sampled_from(["code", "markdown", "raw"]))
        cells.append(
            ParsedCell(
                id=cell_id,  # type: ignore[arg-type]
                type=kind,
                source=draw(sources),
                meta=draw(metas),
                attachments=None if kind == "code" else draw(attachments),
                extra=draw(st.just({}) | st.just({"future": True})),
            )
        )
    return ParsedNotebook(nb={**draw(st.just({}) | st.just({"field": 1})), "metadata": draw(metas)}, cells=cells)


def said_by(doc: NotebookDoc) -> list[Any]:
    """All that a document says, but for positions and for attachments that a code cell cannot write to a file."""
    found: list[Any] = [canonical(doc.nb())]
    for view in doc.cells():
        attachments = None if view.type == "code" else view.attachments
        found.append(canonical([view.id, view.type, view.source, view.meta, attachments, view.extra]))
    return found


def difference(doc: NotebookDoc, wanted: ParsedNotebook) -> list[Op]:
    return diff(doc.cells(), doc.nb(), wanted)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(files(), min_size=2, max_size=4))
def test_the_difference_applied_gives_exactly_the_file(versions: list[ParsedNotebook]) -> None:
    doc = NotebookDoc.create(versions[0])
    for wanted in versions[1:]:
        expected = adopt(doc.cells(), wanted)
        doc.edit(difference(doc, wanted))
        assert said_by(doc) == said_by(NotebookDoc.create(expected))
        assert difference(doc, wanted) == []


@settings(deadline=None)
@given(files())
def test_equal_notebooks_differ_by_nothing(found: ParsedNotebook) -> None:
    doc = NotebookDoc.create(found)
    assert difference(doc, found) == []
    assert adopt(doc.cells(), found) == found


@given(st.permutations("abcdefgh"))
def test_the_fewest_cells_move(order: list[str]) -> None:
    doc = document(*(cell(cell_id, cell_id) for cell_id in "abcdefgh"))
    found = difference(doc, notebook(*(cell(cell_id, cell_id) for cell_id in order)))
    assert all(isinstance(operation, MoveCell) for operation in found)
    assert len(found) == len(order) - len(longest_rising(["abcdefgh".index(cell_id) for cell_id in order]))
    doc.edit(found)
    assert doc.order() == order


@given(st.lists(st.integers(0, 20), max_size=30))
def test_a_longest_rising_subsequence_is_found(numbers: list[int]) -> None:
    found = [numbers[index] for index in longest_rising(numbers)]
    assert all(a < b for a, b in itertools.pairwise(found))
    tails: list[int] = []
    for number in numbers:
        place = bisect_left(tails, number)
        tails[place : place + 1] = [number]
    assert len(found) == len(tails)


def test_every_kind_of_change_is_an_operation_of_its_own() -> None:
    doc = document(cell("a", "x\ny\n", meta={"k": 1, "old": 1}), cell("b"), title="t")
    wanted = notebook(cell("new", "n", "raw"), cell("a", "x\nz\n", "markdown", meta={"k": True}), title="u")
    found = difference(doc, wanted)
    assert found[0] == DeleteCell("b")
    inserted = found[1]
    assert isinstance(inserted, InsertCell)
    assert (inserted.cell_id, inserted.source, inserted.pos < "a1") == ("new", "n", True)
    assert found[2:] == [
        SetType("a", "markdown"),
        SetSource("a", "x\nz\n", base="x\ny\n"),
        SetCellMeta("a", "old"),
        SetCellMeta("a", "k", True),
        SetNotebookMeta("title", "u"),
    ]


def test_cells_whose_ids_a_tool_has_lost_keep_their_old_ids() -> None:
    doc = document(cell("a", "1"), cell("b", "2"), cell("c", "3"), cell("d", "4"))
    wanted = notebook(cell("n1", "1"), cell("n2", "changed"), cell("n3", "3"), cell("d", "4"))
    assert [found.id for found in adopt(doc.cells(), wanted).cells] == ["a", "n2", "c", "d"]
    doc.edit(difference(doc, wanted))
    assert doc.order() == ["a", "n2", "c", "d"]


def test_cells_that_say_the_same_are_matched_in_order() -> None:
    doc = document(cell("a", ""), cell("b", ""), cell("c", ""))
    assert [found.id for found in adopt(doc.cells(), notebook(cell("x"), cell("y"))).cells] == ["a", "b"]


def test_a_cell_is_put_between_two_with_equal_positions() -> None:
    doc = document()
    doc.edit([InsertCell("a", "code", "a1"), InsertCell("b", "code", "a1"), InsertCell("c", "code", "a1")])
    wanted = notebook(cell("a"), cell("new", "n"), cell("b"), cell("c"))
    doc.edit(difference(doc, wanted))
    assert doc.order() == ["a", "new", "b", "c"]


def test_cells_without_a_valid_position_can_be_ordered() -> None:
    doc = document(cell("c"))
    doc.edit([InsertCell("a", "code", ""), InsertCell("b", "code", "")])
    assert doc.order() == ["a", "b", "c"]
    doc.edit(difference(doc, notebook(cell("new", "n"), cell("b"), cell("c"), cell("a"))))
    assert doc.order() == ["new", "b", "c", "a"]


def test_a_difference_to_an_older_version_makes_only_the_changes_since_then() -> None:
    doc = document(cell("a", "one\ntwo\n", meta={"k": 1}), cell("b", "kept"))
    base_cells, base_nb = doc.cells(), doc.nb()
    page = copy(doc)
    update = page.edit(
        [SetSource("a", "one\ntwo\nthree\n"), InsertCell("live", "code", "b01"), SetCellMeta("b", "m", 1)]
    )
    doc.apply(update.update)
    outside = notebook(cell("a", "ONE\ntwo\n", meta={"k": 1}), cell("b", "kept"))
    doc.edit(diff(base_cells, base_nb, outside))
    assert [(view.id, view.source, view.meta) for view in doc.cells()] == [
        ("a", "ONE\ntwo\nthree\n", {"k": 1}),
        ("b", "kept", {"m": 1}),
        ("live", "", {}),
    ]


def test_operations_and_views_survive_being_stored_as_json() -> None:
    doc = document(cell("a", "x", meta={"k": [1, None]}, extra={"f": 1}))
    found = difference(doc, notebook(cell("a", "y", meta={"k": 2}), cell("b")))
    assert msgspec.json.decode(msgspec.json.encode(found), type=list[Op]) == found
    assert msgspec.json.decode(msgspec.json.encode(doc.cells()), type=list[CellView]) == doc.cells()
