"""Files and folders as people and other programs change them: the rows follow the disk, and ids stay."""

import asyncio
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from noctule.drive import index as indexing
from noctule.drive.places import Place
from noctule.drive.plan import place_of
from noctule.errors import Conflict, Invalid, NoctuleError, NotFound
from noctule.notebook.ops import SetSource
from noctule.store import Tx, documents, items, notebooks
from noctule.store.items import Order
from noctule.store.rows import ItemRow
from noctule_agent.wire import page as wire
from noctule_agent.wire.values import CellId, ItemId, NotebookId
from tests.support.notebooks import ipynb
from tests.support.rooms import USER, RoomsWorld

ROOT = ItemId(USER)


@pytest.fixture
async def world(rooms_world: RoomsWorld, monkeypatch: pytest.MonkeyPatch) -> RoomsWorld:
    """With an empty tree. Folders are never too fresh to be believed."""
    monkeypatch.setattr(indexing, "FRESH_NS", 0)
    await rooms_world.index.open(USER)
    return rooms_world


async def names(world: RoomsWorld, folder: ItemId = ROOT) -> list[str]:
    page = await world.drive.children(folder, Order(), None, 100)
    return [row.name.decode("utf-8", "replace") for row in page.rows]


async def named(world: RoomsWorld, name: str, folder: ItemId = ROOT) -> ItemRow:
    page = await world.drive.children(folder, Order(), None, 100)
    return next(row for row in page.rows if row.name == name.encode())


async def test_what_lies_in_a_folder_is_listed_as_people_sort_it(world: RoomsWorld) -> None:
    for name in ("b10.txt", "b9.txt", "A.txt", "b2.ipynb"):
        (world.root / name).write_text(name)
    (world.root / "z").mkdir()
    os.mkfifo(world.root / "pipe")
    (world.root / "link").symlink_to("/etc/passwd")
    (world.root / b"\xff.txt".decode("utf-8", "surrogateescape")).write_text("no text")
    page = await world.drive.children(ROOT, Order(), None, 100)
    assert [(row.name, row.kind) for row in page.rows] == [
        (b"z", "folder"),
        (b"A.txt", "file"),
        (b"b2.ipynb", "notebook"),
        (b"b9.txt", "file"),
        (b"b10.txt", "file"),
        (b"link", "other"),
        (b"pipe", "other"),
        (b"\xff.txt", "file"),
    ]


@pytest.mark.parametrize("order", [Order(), Order("size"), Order("mtime_ns", descending=True), Order(descending=True)])
async def test_pages_follow_one_another_and_nothing_is_left_out(world: RoomsWorld, order: Order) -> None:
    for number in range(25):
        (world.root / f"f{number}").write_bytes(b"x" * (number % 3))
    found: list[bytes] = []
    after = None
    while True:
        page = await world.drive.children(ROOT, order, after, 10)
        found += [row.name for row in page.rows]
        after = page.after
        if after is None:
            break
    assert sorted(found) == sorted(f"f{number}".encode() for number in range(25))
    whole = await world.drive.children(ROOT, order, None, 100)
    assert found == [row.name for row in whole.rows]


async def test_a_file_keeps_its_id_wherever_it_is_moved_here_and_outside(world: RoomsWorld) -> None:
    (world.root / "a.txt").write_text("a")
    row = await named(world, "a.txt")
    folder = await world.drive.make_folder(ROOT, "deep")
    await world.drive.star(row.id, USER, starred=True)
    await world.drive.move(row.id, folder.id, "b.txt")
    assert (world.root / "deep" / "b.txt").read_text() == "a"
    assert (await named(world, "b.txt", folder.id)).id == row.id
    (world.root / "deep" / "b.txt").rename(world.root / "c.txt")
    assert (await named(world, "c.txt")).id == row.id
    assert await names(world, folder.id) == []
    (world.root / "deep").rename(world.root / "deeper")
    assert (await named(world, "deeper")).id == folder.id
    assert await world.drive.stars(USER) == {row.id}


async def test_the_new_folder_may_be_looked_at_before_the_old_one(world: RoomsWorld) -> None:
    one, two = [await world.drive.make_folder(ROOT, name) for name in ("one", "two")]
    (world.root / "one" / "a").write_text("a")
    row = await named(world, "a", one.id)
    (world.root / "one" / "a").rename(world.root / "two" / "a")
    assert (await named(world, "a", two.id)).id == row.id
    assert await names(world, one.id) == []


async def test_an_editor_that_saves_by_renaming_leaves_the_id_where_people_know_it(world: RoomsWorld) -> None:
    (world.root / "a").write_text("old")
    row = await named(world, "a")
    (world.root / "a").rename(world.root / "a~")
    (world.root / "a").write_text("new")
    assert (await named(world, "a")).id == row.id
    assert (await named(world, "a~")).id != row.id


async def test_of_two_names_of_one_file_each_is_an_item(world: RoomsWorld) -> None:
    folder = await world.drive.make_folder(ROOT, "below")
    (world.root / "a").write_text("a")
    row = await named(world, "a")
    os.link(world.root / "a", world.root / "below" / "b")
    assert (await named(world, "b", folder.id)).id != row.id
    assert (await named(world, "a")).id == row.id


async def test_a_number_of_an_inode_that_is_used_again_gives_nobody_anothers_id(world: RoomsWorld) -> None:
    (world.root / "secret").write_text("a")
    row = await named(world, "secret")
    (world.root / "secret").unlink()
    (world.root / "other").write_text("b")
    assert (await named(world, "other")).id != row.id


async def test_nothing_is_moved_over_anything(world: RoomsWorld) -> None:
    for name in ("a", "b"):
        (world.root / name).write_text(name)
    row = await named(world, "a")
    with pytest.raises(Conflict, match="name-taken"):
        await world.drive.move(row.id, name="b")
    (world.root / "c").write_text("nobody has looked yet")
    with pytest.raises(Conflict, match="name-taken"):
        await world.drive.move(row.id, name="c")
    assert (await named(world, "a")).id == row.id


async def test_a_folder_is_not_moved_into_itself(world: RoomsWorld) -> None:
    one = await world.drive.make_folder(ROOT, "one")
    two = await world.drive.make_folder(one.id, "two")
    with pytest.raises(NoctuleError, match="into-itself"):
        await world.drive.move(one.id, two.id)
    assert await names(world, one.id) == ["two"]


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\0b", "CON", "a.", "x\u202egnp", "n" * 256, ".noctule-x"])
async def test_names_that_would_lead_elsewhere_or_lie_are_refused(world: RoomsWorld, name: str) -> None:
    (world.root / "a").write_text("a")
    row = await named(world, "a")
    with pytest.raises(Invalid, match="name-invalid"):
        await world.drive.make_folder(ROOT, name)
    with pytest.raises(Invalid, match="name-invalid"):
        await world.drive.move(row.id, name=name)


async def test_a_copy_is_another_item_under_a_free_name(world: RoomsWorld) -> None:
    (world.root / "d").mkdir()
    (world.root / "d" / "x").write_text("x")
    row = await named(world, "d")
    copy = await world.drive.copy(row.id)
    assert (copy.name, copy.id != row.id) == (b"d (2)", True)
    assert (world.root / "d (2)" / "x").read_text() == "x"
    assert await names(world, copy.id) == ["x"]


async def test_what_goes_to_the_bin_comes_back_where_it_was_with_its_id(world: RoomsWorld) -> None:
    folder = await world.drive.make_folder(ROOT, "one")
    (world.root / "one" / "a").write_text("a")
    row = await named(world, "a", folder.id)
    binned = await world.drive.bin(folder.id)
    assert binned.binned_at is not None
    assert await names(world) == []
    assert not (world.root / "one").exists()
    with pytest.raises(NotFound):
        await world.drive.open(row.id)
    assert [item.id for item in (await world.drive.binned(USER, None, 9)).rows] == [folder.id]
    (world.root / "one").mkdir()
    back = await world.drive.restore(folder.id)
    assert (back.name, back.binned_at) == (b"one (2)", None)
    assert (world.root / "one (2)" / "a").read_text() == "a"
    assert (await world.drive.get(row.id)).parent == folder.id


async def test_what_is_erased_is_gone_from_disk_and_rows(world: RoomsWorld) -> None:
    notebook = await world.library.create("n.ipynb", USER, ipynb("a"))
    await (await world.rooms.projection(notebook.id)).write()
    row = await world.drive.get(ItemId(notebook.id))
    with pytest.raises(Invalid, match="not-in-bin"):
        await world.drive.erase(row.id)
    await world.rooms.close_room(notebook.id)
    await world.drive.bin(row.id)
    with pytest.raises(NotFound):
        await world.library.get(notebook.id)
    await world.library.empty_bin(USER)
    assert list((world.root.parent / ".noctule" / "bin").iterdir()) == []
    assert await world.store.read(lambda tx: notebooks.get(tx, notebook.id)) is None


async def test_a_notebook_in_the_bin_is_shown_to_nobody_and_what_it_still_hears_is_written_when_it_is_back(
    world: RoomsWorld,
) -> None:
    notebook = await world.library.create("n.ipynb", USER, ipynb("a"))
    await (await world.rooms.projection(notebook.id)).write()
    await world.rooms.close_room(notebook.id)
    await world.drive.bin(ItemId(notebook.id))
    page = world.dial(notebook.id)
    await page.send(wire.Open(version=wire.VERSION))
    assert (await page.next(wire.Refused)).problem.code == "notebook-binned"
    room = await world.rooms.open(notebook.id)
    await room.edit([SetSource(CellId("cell-0"), "late")], "you", lambda tx: None)
    await (await world.rooms.projection(notebook.id)).write()
    assert not (world.root / "n.ipynb").exists()
    await world.rooms.close_room(notebook.id)
    await world.drive.restore(ItemId(notebook.id))
    await (await world.rooms.projection(notebook.id)).write()
    assert b"late" in (world.root / "n.ipynb").read_bytes()


async def test_a_server_that_died_between_the_bin_and_its_row_finds_it_there(world: RoomsWorld) -> None:
    (world.root / "a").write_text("a")
    row = await named(world, "a")
    world.tree.bin(await world.index.place(row.id), row.id)
    assert await names(world) == []
    assert [item.id for item in (await world.drive.binned(USER, None, 9)).rows] == [row.id]
    await world.drive.restore(row.id)
    assert await names(world) == ["a"]


async def test_who_takes_back_again_what_a_dead_server_took_back_has_it_once(world: RoomsWorld) -> None:
    (world.root / "a").write_text("a")
    row = await named(world, "a")
    await world.drive.bin(row.id)
    world.tree.unbin(row.id, Place(USER, (b"a",)))
    assert (await world.drive.restore(row.id)).name == b"a"
    assert await names(world) == ["a"]
    assert (await named(world, "a")).id == row.id


async def test_what_goes_to_the_bin_twice_at_once_is_there_once(world: RoomsWorld) -> None:
    (world.root / "a").write_text("a")
    row = await named(world, "a")
    first, second = await asyncio.gather(world.drive.bin(row.id), world.drive.bin(row.id))
    assert first.binned_at is not None
    assert second == first


@pytest.mark.parametrize("on_disk", [True, False])
async def test_who_takes_back_what_is_being_erased_has_it_whole_or_not_at_all(
    world: RoomsWorld, monkeypatch: pytest.MonkeyPatch, on_disk: bool
) -> None:
    """Between what goes on the disk and its row there is time."""
    notebook = await world.library.create("n.ipynb", USER, ipynb("kept"))
    await world.rooms.close_room(notebook.id)
    if on_disk:
        await world.drive.bin(ItemId(notebook.id))
    else:
        (world.root / "n.ipynb").unlink()
        await names(world)
        await world.index.settle(USER)
    erase, begun, going_on = world.tree.erase, threading.Event(), threading.Event()

    def slow(item: str) -> None:
        begun.set()
        going_on.wait()
        erase(item)

    monkeypatch.setattr(world.tree, "erase", slow)
    erasing = asyncio.create_task(world.drive.erase(ItemId(notebook.id)))
    await asyncio.to_thread(begun.wait)
    taking_back = asyncio.create_task(world.drive.restore(ItemId(notebook.id)))
    await asyncio.wait([taking_back], timeout=1.0)
    going_on.set()
    await erasing
    came_back = taking_back.done() and taking_back.exception() is None
    assert came_back is not on_disk
    kept = await world.store.read(lambda tx: documents.load(tx, notebook.id))
    assert (kept is not None) is came_back


async def test_what_nobody_finds_is_gone_and_a_notebooks_document_is_kept_in_the_bin(world: RoomsWorld) -> None:
    notebook = await world.library.create("n.ipynb", USER, ipynb("kept"))
    await world.rooms.close_room(notebook.id)
    (world.root / "a").write_text("a")
    row = await named(world, "a")
    for path in world.root.iterdir():
        path.unlink()
    assert await names(world) == []
    assert await world.index.settle(USER) == [notebook.id]
    assert await world.store.read(lambda tx: items.get(tx, row.id)) is None
    await world.drive.restore(ItemId(notebook.id))
    await (await world.rooms.projection(notebook.id)).write()
    assert b"kept" in (world.root / "n.ipynb").read_bytes()


async def test_a_folder_of_notebooks_that_vanishes_leaves_their_documents(world: RoomsWorld) -> None:
    folder = await world.drive.make_folder(ROOT, "below")
    notebook = await world.library.create("n.ipynb", USER, ipynb("kept"), folder.id)
    await world.rooms.close_room(notebook.id)
    shutil.rmtree(world.root / "below")
    await names(world)
    assert await world.index.settle(USER) == [notebook.id]
    restored = await world.drive.restore(ItemId(notebook.id))
    assert restored.parent == ROOT


async def test_a_file_that_was_never_opened_is_opened_as_a_notebook_without_being_changed(world: RoomsWorld) -> None:
    path = world.root / "n.ipynb"
    path.write_bytes(ipynb("one", "two"))
    before = path.stat()
    row = await named(world, "n.ipynb")
    room = await world.rooms.open(NotebookId(row.id))
    assert [cell.source for cell in room.document.cells()] == ["one", "two"]
    await world.rooms.close_room(NotebookId(row.id))
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    again = await world.rooms.open(NotebookId(row.id))
    assert again.document.cells() == room.document.cells()


async def test_a_file_that_is_no_notebook_says_why_and_nothing_is_made(world: RoomsWorld) -> None:
    (world.root / "n.ipynb").write_text("{broken")
    row = await named(world, "n.ipynb")
    with pytest.raises(Invalid, match="notebook-not-json"):
        await world.rooms.open(NotebookId(row.id))
    assert await world.store.read(lambda tx: notebooks.get(tx, NotebookId(row.id))) is None


async def test_what_is_planted_in_the_way_leads_nowhere(world: RoomsWorld, tmp_path: Path) -> None:
    folder = await world.drive.make_folder(ROOT, "one")
    (world.root / "one" / "a").write_text("mine")
    row = await named(world, "a", folder.id)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a").write_text("theirs")
    shutil.rmtree(world.root / "one")
    (world.root / "one").symlink_to(tmp_path / "outside")
    with pytest.raises(NotFound):
        await world.drive.get(row.id)
    with pytest.raises(NoctuleError):
        await world.drive.open(row.id)
    assert (await named(world, "one")).kind == "other"


async def test_sizes_and_times_are_those_of_now(world: RoomsWorld) -> None:
    (world.root / "a").write_text("a")
    assert (await named(world, "a")).size == 1
    with (world.root / "a").open("a") as file:
        file.write("more")
    assert (await named(world, "a")).size == 5
    assert (await world.drive.usage(USER)).used == 5


async def test_items_are_found_by_words_of_their_names_but_not_below_the_bin(world: RoomsWorld) -> None:
    folder = await world.drive.make_folder(ROOT, "Old Plots")
    (world.root / "Old Plots" / "Übersicht 2024.txt").write_text("a")
    await names(world)
    await names(world, folder.id)
    found = (await world.drive.search(USER, "ÜBERSICHT 2024", None, 10, world.roles.kept(USER))).page
    assert [row.name.decode() for row in found.rows] == ["Übersicht 2024.txt"]
    await world.drive.bin(folder.id)
    assert (await world.drive.search(USER, "übersicht", None, 10, world.roles.kept(USER))).page.rows == []
    missing = await world.store.read(lambda tx: place_of(tx, ItemId("nobody")))
    assert missing is None


async def test_the_first_page_of_a_large_folder_does_not_wait_for_its_last_row(
    world: RoomsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(50):
        (world.root / f"f{number}").touch()
    monkeypatch.setattr(indexing, "ROWS_AT_ONCE", 10)
    write, gate, parts = world.index.store.write, asyncio.Event(), []

    async def slow(work: Callable[[Tx], Any]) -> Any:
        parts.append(work)
        if len(parts) > 2:
            await gate.wait()
        return await write(work)

    monkeypatch.setattr(world.index.store, "write", slow)
    first = await world.drive.children(ROOT, Order(), None, 5)
    assert [row.name for row in first.rows] == [b"f0", b"f1", b"f2", b"f3", b"f4"]
    assert await world.drive.count(ROOT) == 50
    waiting = [
        asyncio.ensure_future(world.drive.children(ROOT, order, after, 100))
        for order, after in (
            (Order(), first.after),
            (Order("size"), None),
            (Order(descending=True), None),
            (Order(), None),
        )
    ]
    assert not (await asyncio.wait(waiting, timeout=0.05))[0], (
        "what would not be whole, or not be what is there now, waits"
    )
    gate.set()
    rest, by_size, back, again = await asyncio.gather(*waiting)
    assert [row.name for row in (*first.rows, *rest.rows)] == [f"f{number}".encode() for number in range(50)]
    assert len(by_size.rows) == 50
    assert back.rows[0].name == b"f49"
    assert len(again.rows) == 50
    assert await world.drive.count(ROOT) == 50


async def test_a_server_that_stops_while_it_looks_looks_again(
    world: RoomsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        (world.root / f"f{number}").touch()
    monkeypatch.setattr(indexing, "ROWS_AT_ONCE", 10)
    write, parts = world.index.store.write, []

    async def stuck(work: Callable[[Tx], Any]) -> Any:
        parts.append(work)
        if len(parts) > 1:
            await asyncio.Event().wait()
        return await write(work)

    with monkeypatch.context() as patch:
        patch.setattr(world.index.store, "write", stuck)
        assert len((await world.drive.children(ROOT, Order(), None, 5)).rows) == 5
        await world.drive.close()
    assert len(await names(world)) == 30
    assert await world.drive.count(ROOT) == 30
