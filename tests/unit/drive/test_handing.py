"""A change of owner: after a death at any step there is one item, with its id, in one of the two trees, and the disk agrees."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from noctule.drive.handing import Handing
from noctule.drive.index import Index
from noctule.drive.tree import Tree
from noctule.errors import Conflict, Invalid, StorageUnavailable
from noctule.store import Store, Tx, handovers, items
from noctule.store.items import Order
from noctule.store.rows import ItemRow
from noctule_agent.wire.values import ItemId, UserId
from tests.support.notebooks import ipynb
from tests.support.rooms import USER, RoomsWorld

BOB = UserId("bob")


class Killed(BaseException):
    """The server dies here."""


class Followed:
    """Notes who got what."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str]] = []

    def __call__(self, tx: Tx, item: ItemRow, to: UserId) -> None:
        self.rows.append((item.tree, to))


@pytest.fixture
async def world(rooms_world: RoomsWorld) -> RoomsWorld:
    await rooms_world.index.open(USER)
    await rooms_world.index.open(BOB)
    return rooms_world


@pytest.fixture
async def project(world: RoomsWorld) -> ItemRow:
    """A folder with a folder with a file in it."""
    folder = await world.drive.make_folder(ItemId(USER), "project")
    inner = await world.drive.make_folder(folder.id, "inner")
    (world.root / "project" / "inner" / "data.txt").write_text("words")
    await world.drive.children(inner.id, Order(), None, 9)
    return folder


async def below(world: RoomsWorld, folder: ItemRow) -> dict[bytes, ItemRow]:
    """All rows of the project, by name."""

    def read(tx: Tx) -> dict[bytes, ItemRow]:
        found = [items.need(tx, folder.id)]
        for row in found:
            found += items.children(tx, row.id)
        return {row.name.partition(b" ")[0]: row for row in found}

    return await world.store.read(read)


async def reopened(world: RoomsWorld, followed: Followed) -> None:
    """A new server: it knows what is on the disk and in the rows, finishes, and then walks around both trees."""
    tree = Tree(world.root.parent)
    index = Index(world.store, tree, asyncio.to_thread, world.index.clock, world.index.ids)
    await Handing(index, followed).finish()
    for owner in (USER, BOB):
        await index.open(owner)
        await index.settle(owner)
    tree.close()


async def check_one(world: RoomsWorld, before: dict[bytes, ItemRow], owner: UserId, place: Path) -> None:
    after = await below(world, before[b"project"])
    assert {name: row.id for name, row in after.items()} == {name: row.id for name, row in before.items()}
    assert {row.tree for row in after.values()} == {owner}
    assert {row.missing_at for row in after.values()} == {None}
    everything = await world.store.read(
        lambda tx: [*items.children(tx, ItemId(USER)), *items.children(tx, ItemId(BOB))]
    )
    assert [row.id for row in everything] == [before[b"project"].id]
    assert (place / "inner" / "data.txt").read_text() == "words"
    found = list(world.root.parent.rglob("data.txt"))
    assert len(found) == 1
    assert await world.store.read(handovers.list_all) == []


Step = Callable[[RoomsWorld, pytest.MonkeyPatch], None]


def _raise(*_: Any) -> Any:
    raise Killed


def before_the_wish(world: RoomsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handovers, "begin", _raise)


def before_the_rename(world: RoomsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.tree, "move", _raise)


def after_the_rename(world: RoomsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    move = world.tree.move

    def moved(*places: Any) -> None:
        move(*places)
        raise Killed

    monkeypatch.setattr(world.tree, "move", moved)


def within_the_rows(world: RoomsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handovers, "done", _raise)


@pytest.mark.parametrize(
    ("step", "crossed"),
    [(before_the_wish, False), (before_the_rename, False), (after_the_rename, True), (within_the_rows, True)],
)
async def test_whoever_dies_in_between_leaves_one_item(
    world: RoomsWorld, project: ItemRow, monkeypatch: pytest.MonkeyPatch, step: Step, crossed: bool
) -> None:
    before, followed = await below(world, project), Followed()
    with monkeypatch.context() as patched:
        step(world, patched)
        with pytest.raises(Killed):
            await Handing(world.index, followed).over(project.id, BOB)
    followed.rows.clear()
    await reopened(world, followed)
    owner = BOB if crossed else USER
    await check_one(world, before, owner, world.root.parent / owner / "project")
    assert followed.rows == ([(USER, BOB)] if crossed else [])


async def test_what_the_disk_refuses_leaves_all_as_it_was(
    world: RoomsWorld, project: ItemRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await below(world, project)

    def refused(*_: Any) -> None:
        raise Conflict("name-taken", "There is a file of this name already.")

    with monkeypatch.context() as patched:
        patched.setattr(world.tree, "move", refused)
        with pytest.raises(Conflict):
            await Handing(world.index, Followed()).over(project.id, BOB)
    await check_one(world, before, USER, world.root / "project")


async def test_rows_that_cannot_follow_bring_the_file_back(
    world: RoomsWorld, project: ItemRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await below(world, project)

    def broken(*_: Any) -> None:
        raise StorageUnavailable("storage-unavailable", "The database does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(handovers, "done", broken)
        with pytest.raises(StorageUnavailable):
            await Handing(world.index, Followed()).over(project.id, BOB)
    await check_one(world, before, USER, world.root / "project")


async def test_a_name_that_is_taken_gets_a_number_and_nothing_is_replaced(world: RoomsWorld, project: ItemRow) -> None:
    before = await below(world, project)
    theirs = world.root.parent / BOB / "project"
    theirs.mkdir()
    await Handing(world.index, Followed()).over(project.id, BOB)
    assert list(theirs.iterdir()) == []
    theirs.rmdir()
    await check_one(world, before, BOB, world.root.parent / BOB / "project (2)")


async def test_two_who_give_one_another_something_do_not_wait_for_ever(world: RoomsWorld, project: ItemRow) -> None:
    theirs = await world.drive.make_folder(ItemId(BOB), "theirs")
    handing = Handing(world.index, Followed())
    async with asyncio.timeout(10):
        await asyncio.gather(handing.over(project.id, BOB), handing.over(theirs.id, USER))
    rows = [await world.index.get(project.id), await world.index.get(theirs.id)]
    assert [row.tree for row in rows] == [BOB, USER]


async def test_a_change_that_waited_for_it_is_made_in_the_new_tree(world: RoomsWorld, project: ItemRow) -> None:
    inner = (await below(world, project))[b"inner"]
    handing = Handing(world.index, Followed())
    changes: list[Awaitable[Any]] = [
        world.drive.move(inner.id, name="renamed"),
        world.drive.make_folder(inner.id, "more"),
        world.index.look(inner.id),
    ]
    async with world.index.lock(USER):
        given = asyncio.ensure_future(handing.over(project.id, BOB))
        waiting = [asyncio.ensure_future(each) for each in changes]
        async with asyncio.timeout(10):
            # asyncio tells nobody who waits for a lock.
            while len(world.index.lock(USER)._waiters or ()) < 4:  # type: ignore[attr-defined]
                await asyncio.sleep(0.001)
    await given
    await asyncio.gather(*waiting)
    after = await below(world, project)
    assert {row.tree for row in after.values()} == {BOB}
    assert (world.root.parent / BOB / "project" / "renamed" / "more").is_dir()


async def test_a_notebook_whose_file_is_not_written_yet_is_given_away(world: RoomsWorld, store: Store) -> None:
    made = await world.library.create("n.ipynb", USER, ipynb("1"))
    item = ItemId(made.id)
    before = await world.index.get(item)
    await Handing(world.index, Followed()).over(item, BOB)
    row = await world.index.get(item)
    assert (before.tree, row.tree, row.parent, row.name) == (USER, BOB, BOB, b"n.ipynb")
    await (await world.rooms.projection(made.id)).write()
    assert (world.root.parent / BOB / "n.ipynb").exists()
    assert not (world.root / "n.ipynb").exists()


async def test_a_root_and_what_lies_in_the_bin_stay(world: RoomsWorld, project: ItemRow) -> None:
    handing = Handing(world.index, Followed())
    with pytest.raises(Invalid):
        await handing.over(ItemId(USER), BOB)
    await world.drive.bin(project.id)
    with pytest.raises(Invalid):
        await handing.over(project.id, BOB)
