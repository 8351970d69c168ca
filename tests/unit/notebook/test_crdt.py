from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Assoc, Doc, Map, Text, UndoManager

from noctule.errors import Invalid, TooLarge
from noctule.notebook.crdt import CellView, NotebookDoc
from noctule.notebook.fractional import spread
from noctule.notebook.ops import (
    UNSET,
    DeleteCell,
    InsertCell,
    MoveCell,
    Op,
    SetAttachments,
    SetCellExtra,
    SetCellMeta,
    SetNotebookExtra,
    SetNotebookMeta,
    SetSource,
    SetType,
)
from noctule_agent.wire.limits import CELLS_PER_NOTEBOOK, COMPACT_UPDATES
from tests.unit.notebook.builders import cell, copy, document, notebook


class Page:
    """What a browser has of a document: plain Yjs types, and no manners."""

    def __init__(self, doc: NotebookDoc) -> None:
        self.doc: Doc[Any] = Doc()
        self.doc.apply_update(doc.encode())
        self.cells = self.doc.get("cells", type=Map)
        self.nb = self.doc.get("nb", type=Map)

    def lacks(self, doc: NotebookDoc) -> bytes:
        """The update that `doc` needs."""
        return self.doc.get_update(doc.state_vector())


def sources(doc: NotebookDoc) -> list[str]:
    return [view.source for view in doc.cells()]


def test_a_created_document_says_what_the_file_said() -> None:
    attachments = {"a.png": {"image/png": "AAAA"}}
    doc = NotebookDoc.create(
        notebook(
            cell("a", "x = 1\n", meta={"tags": ["t"], "n": 1, "f": 1.5}, extra={"future": [1]}),
            cell("b", "# é 📊", "markdown", attachments=attachments),
            kernelspec={"name": "python3", "display_name": "Python 3"},
        )
    )
    first, second = doc.cells()
    assert first == CellView(
        id="a", type="code", source="x = 1\n", meta={"tags": ["t"], "n": 1, "f": 1.5}, pos="a1", extra={"future": [1]}
    )
    assert second == CellView(id="b", type="markdown", source="# é 📊", attachments=attachments, pos="a2")
    assert doc.nb() == {"metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}}}


def test_attachments_that_two_pages_put_there_at_once_are_both_kept_beside_those_of_the_file() -> None:
    server = document(cell("a", kind="markdown", attachments={"file.png": {"image/png": "F"}}))
    pages = [Page(server) for _ in range(2)]
    for page, name in zip(pages, ("mine.png", "theirs.png"), strict=True):
        page.cells["a"][f"attachment:{name}"] = {"image/png": name}
        server.apply(page.lacks(server))
    view = server.cell("a")
    assert view is not None
    assert view.attachments == {
        "file.png": {"image/png": "F"},
        "mine.png": {"image/png": "mine.png"},
        "theirs.png": {"image/png": "theirs.png"},
    }
    server.edit([SetAttachments("a", {"mine.png": {"image/png": "new"}})])
    view = server.cell("a")
    assert view is not None
    assert view.attachments == {"mine.png": {"image/png": "new"}}


def test_whole_numbers_come_back_as_integers() -> None:
    view = document(cell("a", meta={"n": 1, "big": 2**62, "half": 0.5, "yes": True})).cell("a")
    assert view is not None
    assert {key: type(value) for key, value in view.meta.items()} == {"n": int, "big": int, "half": float, "yes": bool}
    assert view.meta["big"] == 2**62


def test_a_document_is_the_same_after_it_was_stored() -> None:
    doc = document(cell("a", "1"), cell("b", "2"))
    log = [doc.edit([SetSource("a", "one 📊")]).update, doc.edit([DeleteCell("b")]).update]
    snapshot = doc.encode()
    assert NotebookDoc.load(snapshot, []).cells() == doc.cells()
    assert NotebookDoc.load(snapshot, log).cells() == doc.cells()


def test_a_damaged_snapshot_is_refused_with_a_code() -> None:
    with pytest.raises(Invalid) as caught:
        NotebookDoc.load(b"garbage", [])
    assert caught.value.code == "document-damaged"


def test_two_sides_that_exchange_what_the_other_lacks_are_equal() -> None:
    server, page = document(cell("a", "one two")), None
    page = copy(server)
    server.edit([SetSource("a", "ONE two")])
    page.edit([SetSource("a", "one TWO"), InsertCell("b", "code", "b01")])
    to_server, to_page = page.diff(server.state_vector()), server.diff(page.state_vector())
    server.apply(to_server)
    page.merge(to_page)
    assert sources(server) == ["ONE TWO", ""]
    assert server.cells() == page.cells()
    assert server.state_vector() == page.state_vector()


def test_the_same_update_twice_changes_nothing_the_second_time() -> None:
    server = document(cell("a", "x"))
    page = copy(server)
    update = page.edit([SetSource("a", "xy")]).update
    assert server.apply(update).changed == ["a"]
    again = server.apply(update)
    assert (again.added, again.changed, again.removed) == ([], [], {})
    assert sources(server) == ["xy"]


# --- what an update did -----------------------------------------------------------------------------------------------


def test_apply_says_which_cells_were_added_changed_and_removed_with_their_last_content() -> None:
    server = document(cell("a", "first"), cell("b", "second", meta={"k": 1}), cell("c"))
    page = Page(server)
    with page.doc.transaction():
        page.cells["new"] = Map({"type": "code", "source": Text("n"), "meta": Map(), "pos": "a1V"})
        page.cells["a"]["source"].insert(5, "!")
        del page.cells["b"]
    changes = server.apply(page.lacks(server))
    assert changes.added == ["new"]
    assert changes.changed == ["a"]
    assert changes.removed == {"b": CellView(id="b", type="code", source="second", meta={"k": 1}, pos="a2")}
    assert not changes.nb
    assert server.order() == ["a", "new", "c"]
    assert server.cell("b") is None


def test_a_change_of_the_notebooks_metadata_is_told() -> None:
    server = document(kernelspec={"name": "python3"})
    page = copy(server)
    changes = server.apply(page.edit([SetNotebookMeta("kernelspec", {"name": "ir"})]).update)
    assert changes.nb
    assert server.nb()["metadata"] == {"kernelspec": {"name": "ir"}}


def test_changes_deep_in_the_metadata_change_the_cell() -> None:
    server = document(cell("a", meta={"k": 1}))
    page = Page(server)
    page.cells["a"]["meta"]["k"] = 2
    assert server.apply(page.lacks(server)).changed == ["a"]
    assert server.cell("a").meta == {"k": 2}  # type: ignore[union-attr]


def test_a_cell_added_and_removed_in_one_update_is_not_told() -> None:
    server = document()
    page = Page(server)
    with page.doc.transaction():
        page.cells["a"] = Map({"type": "code"})
        del page.cells["a"]
    changes = server.apply(page.lacks(server))
    assert (changes.added, changes.changed, changes.removed) == ([], [], {})


def test_a_cell_put_anew_under_the_same_id_is_changed() -> None:
    server = document(cell("a", "old"))
    page = Page(server)
    page.cells["a"] = Map({"type": "code", "source": Text("new"), "meta": Map(), "pos": "a1"})
    assert server.apply(page.lacks(server)).changed == ["a"]
    assert sources(server) == ["new"]


def test_undo_of_a_deletion_brings_the_cell_back_with_its_text_and_place() -> None:
    server = document(cell("a"), cell("b", "text 📊", meta={"k": {"deep": [1]}}), cell("c"))
    before = server.cells()
    page = Page(server)
    undo = UndoManager(scopes=[page.cells], capture_timeout_millis=0)
    with page.doc.transaction():
        del page.cells["b"]
    assert list(server.apply(page.lacks(server)).removed) == ["b"]
    assert undo.undo()
    assert server.apply(page.lacks(server)).added == ["b"]
    assert server.cells() == before


def test_a_move_keeps_the_text_that_another_writes_at_the_same_time() -> None:
    server = document(cell("a", "x"), cell("b", "y"))
    mover, writer = copy(server), copy(server)
    moved = mover.edit([MoveCell("a", "b01")]).update
    server.apply(writer.edit([SetSource("a", "xyz")]).update)
    server.apply(moved)
    assert server.order() == ["b", "a"]
    assert server.source("a") == "xyz"


def test_equal_positions_are_ordered_by_id() -> None:
    server = document()
    one, other = copy(server), copy(server)
    updates = [one.edit([InsertCell("z", "code", "a1")]).update, other.edit([InsertCell("b", "code", "a1")]).update]
    for update in updates:
        server.apply(update)
    assert server.order() == ["b", "z"]


# --- edits of the server ----------------------------------------------------------------------------------------------


def test_an_edit_gives_the_update_that_makes_it_elsewhere() -> None:
    server = document(cell("a", "x", meta={"k": 1}), cell("b"), title="t")
    page = copy(server)
    edit = server.edit(
        [
            SetSource("a", "é📊x"),
            SetType("a", "markdown"),
            SetCellMeta("a", "k"),
            SetCellMeta("a", "new", {"n": 1}),
            SetAttachments("a", {"i.png": {"image/png": "A"}}),
            SetCellExtra("a", {"future": 1}),
            DeleteCell("b"),
            InsertCell("c", "raw", "b01", source="r"),
            SetNotebookMeta("title", UNSET),
            SetNotebookMeta("language_info", {"name": "python"}),
            SetNotebookExtra("future", [1]),
        ]
    )
    page.apply(edit.update)
    assert page.cells() == server.cells()
    assert page.nb() == server.nb() == {"metadata": {"language_info": {"name": "python"}}, "future": [1]}
    assert server.cells() == [
        CellView(
            id="a",
            type="markdown",
            source="é📊x",
            meta={"new": {"n": 1}},
            attachments={"i.png": {"image/png": "A"}},
            pos="a1",
            extra={"future": 1},
        ),
        CellView(id="c", type="raw", source="r", pos="b01"),
    ]
    assert (edit.changes.added, list(edit.changes.removed), edit.changes.nb) == (["c"], ["b"], True)


@pytest.mark.parametrize(
    "operation",
    [
        SetSource("gone", "x"),
        DeleteCell("gone"),
        MoveCell("gone", "a5"),
        SetSource("a", "same"),
        MoveCell("a", "a1"),
        SetCellMeta("a", "k", 1),
        SetCellMeta("a", "none"),
        SetNotebookExtra("metadata", 5),
        InsertCell("a", "code", "a9", source="other"),
    ],
)
def test_an_edit_that_changes_nothing_gives_no_update(operation: Op) -> None:
    server = document(cell("a", "same", meta={"k": 1}))
    edit = server.edit([operation])
    assert edit.update == b""
    assert not edit.changes.changed
    assert sources(server) == ["same"]


def test_an_edit_that_is_refused_half_way_is_undone_as_a_whole() -> None:
    server = document(cell("a", "x"))
    with pytest.raises(Invalid) as caught:
        server.edit([SetSource("a", "changed"), InsertCell("no good id", "code", "a5")])
    assert caught.value.code == "cell-id-invalid"
    assert sources(server) == ["x"]
    assert server.edit([SetSource("a", "y")]).changes.changed == ["a"]


def test_a_change_of_the_source_reaches_a_page_as_one_small_splice() -> None:
    server = document(cell("a", "# 📊 é\nprint(1)\n"))
    page = Page(server)
    deltas: list[Any] = []
    text = page.cells["a"]["source"]
    text.observe(lambda event: deltas.append(event.delta))
    page.doc.apply_update(server.edit([SetSource("a", "# 📊 éè\nprint(1)\n")]).update)
    assert [change.get("insert") for change in deltas[0]] == [None, "è"]
    assert str(page.cells["a"]["source"]) == "# 📊 éè\nprint(1)\n"


def test_a_change_of_the_source_keeps_cursors() -> None:
    server = document(cell("a", "first\nprint(1)\n"))
    page = Page(server)
    cursor = page.cells["a"]["source"].sticky_index(len("first\nprint("), Assoc.AFTER)
    page.doc.apply_update(server.edit([SetSource("a", "the first\nprint(1)\nlast\n")]).update)
    assert cursor.get_index() == len("the first\nprint(")


def test_an_edit_made_for_an_older_text_keeps_what_was_written_since() -> None:
    server = document(cell("a", "one\ntwo 📊\n"))
    server.edit([SetSource("a", "one\ntwo 📊\nthree\n")])
    server.edit([SetSource("a", "ONE\ntwo 📊\n", base="one\ntwo 📊\n")])
    assert sources(server) == ["ONE\ntwo 📊\nthree\n"]


texts = st.text(alphabet="ab\n é📊\u200d\U0001f469", max_size=20)


@given(texts, st.lists(texts, max_size=6))
def test_any_text_can_become_any_other_on_both_sides(first: str, later: list[str]) -> None:
    server = document(cell("a", first))
    page = copy(server)
    for text in later:
        update = server.edit([SetSource("a", text)]).update
        if update:
            page.apply(update)
        assert sources(server) == sources(page) == [text]
    assert sources(copy(server)) == sources(server)


# --- malformed and hostile --------------------------------------------------------------------------------------------

MALFORMED: dict[str, Any] = {
    "nothing in it": Map({}),
    "no type": Map({"source": Text("s"), "meta": Map(), "pos": "a5"}),
    "unknown type": Map({"type": "spreadsheet", "source": Text("s"), "pos": "a5"}),
    "type that is a map": Map({"type": Map(), "source": Text("s"), "pos": "a5"}),
    "source that is a string": Map({"type": "code", "source": "s", "pos": "a5"}),
    "source that is a number": Map({"type": "code", "source": 5, "pos": "a5"}),
    "metadata that is a list": Map({"type": "code", "source": Text("s"), "meta": [1], "pos": "a5"}),
    "metadata that is a text": Map({"type": "code", "source": Text("s"), "meta": Text("m"), "pos": "a5"}),
    "position that is a number": Map({"type": "code", "source": Text("s"), "pos": 5}),
    "position of strange letters": Map({"type": "code", "source": Text("s"), "pos": "\U0001f4ca \n"}),
    "attachments that are a text": Map({"type": "markdown", "attachments": Text("a"), "extra": 5, "pos": "a5"}),
}


@pytest.mark.parametrize("made", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_cell_is_read_with_defaults_and_can_be_mended(made: Any) -> None:
    server = document(cell("a", "kept"))
    page = Page(server)
    page.cells["odd"] = Map(dict(made._prelim))
    assert server.apply(page.lacks(server)).added == ["odd"]
    view = server.cell("odd")
    assert view is not None
    assert view.type in {"code", "markdown", "raw"}
    assert view.source in {"", "s"}
    assert server.source("a") == "kept"
    server.edit(
        [SetSource("odd", "mended"), SetType("odd", "code"), SetCellMeta("odd", "k", 1), MoveCell("odd", "b01")]
    )
    assert server.cell("odd") == CellView(
        id="odd", type="code", source="mended", meta={"k": 1}, pos="b01", attachments=view.attachments
    )


@pytest.mark.parametrize("key", ["", "has space", "../x", "é", "x" * 65])
def test_what_has_no_valid_id_is_no_cell(key: str) -> None:
    server = document(cell("a"))
    page = Page(server)
    page.cells[key] = Map({"type": "code", "source": Text("s"), "pos": "a5"})
    assert server.apply(page.lacks(server)).added == []
    assert server.order() == ["a"]


@pytest.mark.parametrize("value", [5, "text", None, [1], {"type": "code"}, Text("t")])
def test_what_is_no_map_is_no_cell_and_takes_one_away(value: Any) -> None:
    server = document(cell("a", "last"), cell("b"))
    page = Page(server)
    page.cells["a"] = value
    changes = server.apply(page.lacks(server))
    assert changes.removed["a"].source == "last"
    assert server.order() == ["b"]


def test_cells_beyond_the_limit_are_kept_but_not_shown() -> None:
    server = NotebookDoc.create(notebook(*(cell(f"c{number:05}") for number in range(CELLS_PER_NOTEBOOK))))
    page = Page(server)
    page.cells["first"] = Map({"type": "code", "source": Text(""), "pos": "Zz"})
    server.apply(page.lacks(server))
    assert len(server.cells()) == CELLS_PER_NOTEBOOK
    assert server.order()[0] == "first"
    server.edit([DeleteCell("first")])
    assert server.order()[-1] == f"c{CELLS_PER_NOTEBOOK - 1:05}"


def test_maps_nested_by_many_updates_are_read_only_so_deep() -> None:
    server = document(cell("a"))
    page = Page(server)
    place = page.cells["a"]["meta"]
    for _ in range(2_000):
        place["m"] = Map()
        place = place["m"]
        server.apply(page.lacks(server))
    assert server.cell("a") is not None
    assert server.nb() == {"metadata": {}}


def test_an_update_that_pycrdt_refuses_half_way_leaves_the_document_as_it_was() -> None:
    server = document(cell("a", "kept"))
    page = Page(server)
    page.cells["a"]["type"] = "markdown"
    good = page.lacks(server)
    # The new entry says that the text's first character, which is no type, is its parent.
    client = page.doc.client_id
    forged = bytes([1, 2, *_uint(client), 0, 0x28, 1, 5, *b"cells", 1, ord("z"), 1, 0x7D, 5])
    forged += bytes([0x28, 0, *_uint(client), 0, 1, ord("k"), 1, 0x7D, 5, 0])
    before = server.encode()
    with pytest.raises(Invalid) as caught:
        server.apply(forged)
    assert caught.value.code == "update-invalid"
    assert server.encode() == before
    server.apply(good)
    assert server.cell("a").type == "markdown"  # type: ignore[union-attr]


def test_an_update_that_cuts_a_character_in_two_is_refused_for_it_would_damage_the_document() -> None:
    server = document(cell("a", "📊"), cell("b", "after"))
    client, clock = _text_id(server, "📊")
    forged = bytes([0, 1, *_uint(client), 1, clock, 1])
    with pytest.raises(Invalid) as caught:
        server.apply(forged)
    assert caught.value.code == "update-invalid"
    assert copy(server).cells() == server.cells()
    assert sources(server) == ["📊", "after"]


def _uint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def _text_id(doc: NotebookDoc, text: str) -> tuple[int, int]:
    """Client and clock of a text's first character: the deletion that Yjs makes of it says so."""
    page = Page(doc)
    view = next(view for view in doc.cells() if view.source == text)
    page.cells[view.id]["source"].clear()
    data = page.lacks(doc)
    assert data[:2] == b"\0\1"
    client = shift = 0
    place = 2
    while True:
        client |= (data[place] & 127) << shift
        place, shift = place + 1, shift + 7
        if data[place - 1] < 128:
            break
    return client, data[place + 1]


tamperings = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=3)


@settings(max_examples=200, deadline=None)
@given(tamperings)
def test_a_tampered_update_is_refused_or_the_document_stays_whole(changes: list[tuple[int, int]]) -> None:
    server = document(cell("a", "héllo 📊"), cell("b", "x", meta={"k": [1, {"d": None}]}))
    honest = [InsertCell("c", "code", "b01", source="s📊"), SetSource("a", "héo 📊!"), DeleteCell("b")]
    update = bytearray(copy(server).edit(honest).update)
    for place, byte in changes:
        update[place % len(update)] = byte
    before = server.cells()
    try:
        server.apply(bytes(update))
    except (Invalid, TooLarge):
        assert server.cells() == before
    assert copy(server).cells() == server.cells()


# --- cost -------------------------------------------------------------------------------------------------------------


def test_a_long_life_of_keystrokes_is_remembered_across_compactions() -> None:
    server = document(cell("a"))
    page = copy(server)
    text = ""
    for number in range(COMPACT_UPDATES + 20):
        text += "ab"[number % 2]
        server.apply(page.edit([SetSource("a", text)]).update)
    with pytest.raises(Invalid):
        server.edit([InsertCell("!", "code", "a5")])
    assert sources(server) == [text]


def test_many_cells_are_created_with_rising_positions() -> None:
    doc = document(*(cell(f"c{number}") for number in range(500)))
    assert [view.pos for view in doc.cells()] == spread(500)
    assert doc.order() == [f"c{number}" for number in range(500)]
