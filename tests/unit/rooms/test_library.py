"""Notebooks that go to the bin, and come back: nobody opens or runs them there, and nothing of them is lost."""

import asyncio

import pytest

from noctule.errors import NotFound
from noctule.notebook.ops import SetSource
from noctule.store import executions, notebooks
from noctule.store.items import Order
from noctule.store.rows import ItemRow
from noctule_agent.wire import page as wire
from noctule_agent.wire.values import CellId, ExecutionId, ItemId, NotebookId
from tests.support.notebooks import ipynb
from tests.support.rooms import USER, RoomsWorld

ROOT = ItemId(USER)
CELL = CellId("cell-0")


async def thrown(world: RoomsWorld) -> tuple[ItemRow, NotebookId]:
    """A folder in the bin, and the notebook in it."""
    await world.drive.home(USER)
    folder = await world.drive.make_folder(ROOT, "below")
    notebook = await world.library.create("n.ipynb", USER, ipynb("a"), folder.id)
    return await world.library.bin(folder.id, USER), notebook.id


def run_of(notebook_id: NotebookId) -> list[wire.RunItem]:
    return [wire.RunItem(execution_id=ExecutionId(f"run of {notebook_id}"), cell_id=CELL)]


async def test_a_notebook_in_a_folder_in_the_bin_lies_in_the_bin(rooms_world: RoomsWorld) -> None:
    world = rooms_world
    _, notebook_id = await thrown(world)
    assert world.rooms.opened == []
    page = world.dial(notebook_id)
    await page.send(wire.Open(version=wire.VERSION))
    assert (await page.next(wire.Refused)).problem.code == "notebook-binned"
    assert await world.library.all(USER, lambda _, ids: ids) == []
    with pytest.raises(NotFound):
        await world.library.get(notebook_id)


async def test_what_lies_in_the_bin_does_not_run(rooms_world: RoomsWorld) -> None:
    world = rooms_world
    _, notebook_id = await thrown(world)
    room = await world.rooms.open(notebook_id)
    with pytest.raises(NotFound, match="notebook-binned"):
        await room.running.run("batch", run_of(notebook_id), USER, "program")
    assert world.runtimes.ensured == []


async def test_a_file_that_fell_behind_in_the_bin_is_written_when_it_comes_back_though_nobody_opens_it(
    rooms_world: RoomsWorld,
) -> None:
    world = rooms_world
    folder, notebook_id = await thrown(world)
    room = await world.rooms.open(notebook_id)
    await room.edit([SetSource(CELL, "late")], "you", lambda tx: None)
    await world.rooms.close_room(notebook_id)
    assert notebook_id not in await world.store.read(notebooks.behind)
    await world.library.restore(folder.id)
    assert world.rooms.opened == [notebook_id]
    await world.rooms.close_room(notebook_id)
    assert b"late" in (world.root / "below" / "n.ipynb").read_bytes()


async def test_who_opens_a_notebook_while_it_goes_to_the_bin_is_sent_away(
    rooms_world: RoomsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = rooms_world
    await world.drive.home(USER)
    notebook = await world.library.create("n.ipynb", USER, ipynb("a"))
    real = world.drive.bin

    async def late(item_id: ItemId) -> ItemRow:
        await world.dial(notebook.id).open()
        return await real(item_id)

    monkeypatch.setattr(world.drive, "bin", late)
    await world.library.bin(ItemId(notebook.id), USER)
    assert world.rooms.opened == []


async def test_what_waits_in_a_notebook_that_goes_to_the_bin_is_cancelled(rooms_world: RoomsWorld) -> None:
    world = rooms_world
    await world.drive.home(USER)
    notebook = await world.library.create("n.ipynb", USER, ipynb("a"))
    room = await world.rooms.open(notebook.id)
    await room.running.run("batch", run_of(notebook.id), USER, "program")
    await world.library.bin(ItemId(notebook.id), USER)
    assert await world.store.read(executions.unfinished_notebooks) == []
    assert [cause.code for cause in world.runtimes.ended][:1] == ["notebook-deleted"]


async def test_a_notebook_that_is_erased_is_open_nowhere(rooms_world: RoomsWorld) -> None:
    """Its room was opened once more, for the last words of its runtime."""
    world = rooms_world
    folder, notebook_id = await thrown(world)
    await world.rooms.open(notebook_id)
    await world.library.empty_bin(USER)
    assert world.rooms.opened == []
    assert await world.store.read(lambda tx: notebooks.get(tx, notebook_id)) is None
    with pytest.raises(NotFound):
        await world.drive.row(folder.id)


async def test_a_bin_that_is_emptied_twice_at_once_is_empty(rooms_world: RoomsWorld) -> None:
    world = rooms_world
    await world.drive.home(USER)
    for name in ("a", "b", "c"):
        await world.drive.bin((await world.drive.make_folder(ROOT, name)).id)
    await asyncio.gather(world.library.empty_bin(USER), world.library.empty_bin(USER))
    assert (await world.drive.binned(USER, None, 9)).rows == []


async def test_a_file_that_is_no_notebook_is_refused_for_good(rooms_world: RoomsWorld) -> None:
    """Whoever waited would wait for ever: nothing becomes better before somebody has mended the file."""
    world = rooms_world
    await world.drive.home(USER)
    folder = await world.drive.make_folder(ROOT, "broken")
    (world.root / "broken" / "no.ipynb").write_text("{not json")
    (item,) = (await world.drive.children(folder.id, Order(), None, 10)).rows
    page = world.dial(NotebookId(item.id))
    await page.send(wire.Open(version=wire.VERSION))
    refused = await page.next(wire.Refused)
    assert (refused.problem.code, refused.again) == ("notebook-not-json", None)
