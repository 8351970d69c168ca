"""Notebooks and the bin of their cells."""

import pytest

from noctule.errors import NotFound
from noctule.store import Store, Tx, cellbin, documents, executions, items, notebooks, runs
from noctule.store.rows import BinnedCell, ItemRow, NotebookRow
from noctule_agent.wire.state import CellShows, Op, SavedPut, SavedView
from noctule_agent.wire.values import BatchId, CellId, Epoch, ExecutionId, ItemId, Millis, NotebookId, OutputId, UserId
from tests.support.notebook_rows import OWNER, add_notebook
from tests.unit.store.builders import NB, batch, queued, shows, stream


async def test_a_notebook_has_the_name_of_its_item(store: Store) -> None:
    await store.write(lambda tx: add_notebook(tx, "one", "a.ipynb", owner=UserId("ada")))
    stored = NotebookRow(NotebookId("one"), "a.ipynb", Millis(1), Millis(1), tree=UserId("ada"))
    assert await store.read(lambda tx: notebooks.get(tx, NotebookId("one"))) == stored
    await store.write(lambda tx: items.rename(tx, items.need(tx, ItemId("one")), ItemId("ada"), b"b\xff.ipynb"))
    renamed = await store.read(lambda tx: notebooks.get(tx, NotebookId("one")))
    assert renamed is not None
    assert renamed.name == "b\uf7ff.ipynb"


async def test_the_last_changed_notebook_of_a_tree_is_listed_first(store: Store) -> None:
    for name, at in (("a", 1), ("b", 3), ("c", 2)):
        await store.write(lambda tx, name=name, at=at: add_notebook(tx, name, at=at))  # type: ignore[misc]
    await store.write(lambda tx: add_notebook(tx, "theirs", at=9, owner=UserId("ada")))
    await store.write(lambda tx: notebooks.touch(tx, NotebookId("a"), Millis(9)))
    assert [each.id for each in await store.read(lambda tx: notebooks.list_all(tx, OWNER))] == ["a", "b", "c"]


async def test_what_the_file_holds_is_remembered(store: Store, notebook: NotebookId) -> None:
    await store.write(lambda tx: notebooks.set_projected(tx, notebook, 5, 7, "ab" * 32, 2**40, 2**60, Millis(8)))
    found = await store.read(lambda tx: notebooks.get(tx, notebook))
    assert found is not None
    assert (found.projected_rev, found.projected_seq, found.projected_sha256) == (5, 7, "ab" * 32)
    assert (found.file_size, found.file_mtime_ns, found.updated_at) == (2**40, 2**60, 8)


async def test_a_file_is_behind_when_something_was_committed_that_it_does_not_show(
    store: Store, notebook: NotebookId
) -> None:
    """Also when that shares a revision with the word that the file was written."""
    await store.write(lambda tx: documents.create(tx, notebook, Epoch("e"), b""))
    saved = SavedPut(SavedView(at=Millis(8)))

    async def behind_after(rev: int, ops: list[Op]) -> bool:
        await store.write(lambda tx: notebooks.set_projected(tx, notebook, rev, 0, "ab" * 32, 1, 1, Millis(8)))
        await store.write(lambda tx: runs.apply(tx, notebook, rev, ops))
        return notebook in await store.read(notebooks.behind)

    assert not await behind_after(0, [saved])
    assert await behind_after(1, [saved, CellShows(CellId("c"), None, 3)])
    assert await behind_after(2, [CellShows(CellId("c"), None, 4)])
    assert not await behind_after(3, [saved])


async def test_nothing_is_written_for_what_lies_in_the_bin(store: Store, notebook: NotebookId) -> None:
    await store.write(lambda tx: documents.create(tx, notebook, Epoch("e"), b""))
    assert await store.read(notebooks.behind) == [notebook]
    await store.write(lambda tx: items.change(tx, ItemId(notebook), parent=None, binned_at=Millis(9)))
    assert await store.read(notebooks.behind) == []
    binned = await store.read(lambda tx: notebooks.get(tx, notebook))
    assert binned is not None
    assert binned.binned


async def test_what_is_in_a_folder_in_the_bin_lies_in_the_bin(store: Store, notebook: NotebookId) -> None:
    def throw(tx: Tx) -> None:
        folder = ItemRow(ItemId("folder"), OWNER, None, b"folder", "folder", binned_at=Millis(9))
        items.create(tx, folder)
        items.rename(tx, items.need(tx, ItemId(notebook)), folder.id, b"n.ipynb")

    await store.write(lambda tx: documents.create(tx, notebook, Epoch("e"), b""))
    await store.write(throw)
    found = await store.read(lambda tx: notebooks.get(tx, notebook))
    assert found is not None
    assert found.binned
    assert await store.read(lambda tx: notebooks.list_all(tx, OWNER)) == []
    assert await store.read(notebooks.behind) == []
    assert await store.read(lambda tx: notebooks.is_behind(tx, notebook))


async def test_a_notebook_that_is_gone_cannot_be_changed_and_is_removed_again_in_peace(
    store: Store, notebook: NotebookId
) -> None:
    await store.write(lambda tx: items.remove(tx, ItemId(notebook)))
    await store.write(lambda tx: items.remove(tx, ItemId(notebook)))
    with pytest.raises(NotFound):
        await store.write(lambda tx: notebooks.touch(tx, notebook, Millis(2)))


async def test_a_binned_cell_comes_back_with_its_outputs(store: Store, notebook: NotebookId) -> None:
    c1 = CellId("c1")
    await store.write(lambda tx: runs.apply(tx, NB, 0, [stream("o1", "kept", of=None)]))
    await store.write(lambda tx: cellbin.put(tx, NB, c1, b"old", "a0", Millis(4)))
    await store.write(lambda tx: cellbin.put(tx, NB, c1, b'{"source": "\x00"}', "a1", Millis(5)))
    binned = BinnedCell(c1, b'{"source": "\x00"}', "a1", Millis(5))
    assert await store.read(lambda tx: cellbin.list_all(tx, NB)) == [binned]
    assert await store.write(lambda tx: cellbin.take(tx, NB, c1)) == binned
    assert await store.write(lambda tx: cellbin.take(tx, NB, c1)) is None
    [cell] = await store.read(lambda tx: runs.outputs(tx, NB, [c1]))
    assert len(cell.outputs) == 1


async def test_sweeping_the_bin_forgets_old_cells_with_all_that_they_said(store: Store, notebook: NotebookId) -> None:
    asked = [queued("x1", "c1"), queued("x2", "c2"), queued("x3", "c3")]
    await store.write(lambda tx: executions.queue(tx, NB, batch(), asked))
    ops = [op for n in "123" for op in (shows(f"x{n}", f"c{n}"), stream(f"o{n}", "said", of=f"x{n}", cell=f"c{n}"))]
    await store.write(lambda tx: runs.apply(tx, NB, 0, ops))
    await store.write(lambda tx: cellbin.put(tx, NB, CellId("c1"), b"1", "a", Millis(10)))
    await store.write(lambda tx: cellbin.put(tx, NB, CellId("c2"), b"2", "b", Millis(20)))
    assert await store.write(lambda tx: cellbin.sweep(tx, Millis(20))) == 1
    texts = [await store.read(lambda tx, n=n: runs.text(tx, NB, OutputId(f"o{n}"), 0, 9)) for n in "123"]
    assert [text is None for text in texts] == [True, False, False]
    assert await store.read(lambda tx: executions.source(tx, ExecutionId("x1"))) is None
    assert len(await store.read(lambda tx: executions.of_batch(tx, BatchId("b1")))) == 2
    assert [each.cell_id for each in await store.read(lambda tx: cellbin.list_all(tx, NB))] == ["c2"]
