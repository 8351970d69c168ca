"""What a deleted account had is gone, wherever the server died meanwhile, and what others have is as it was."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from noctule.drive import bins, erasing
from noctule.drive.uploading import Uploads, Wanted
from noctule.errors import NotFound
from noctule.rooms.bases import Bases
from noctule.rooms.leaving import Leaver
from noctule.store import Store, Tx, items, leaving, stars
from noctule.store import tables as t
from noctule_agent.wire.values import ItemId, Millis, UserId
from tests.support.notebooks import ipynb
from tests.support.rooms import USER, RoomsWorld


class Killed(Exception):
    """Where the server died."""


class Fuse:
    """Blows at the nth step that changes the disk or the rows."""

    def __init__(self) -> None:
        self.left: int | None = None

    def burn(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed


@pytest.fixture
def fuse(monkeypatch: pytest.MonkeyPatch) -> Fuse:
    found = Fuse()

    def burning(work: Callable[..., Any]) -> Callable[..., Any]:
        def burnt(*args: Any, **named: Any) -> Any:
            found.burn()
            return work(*args, **named)

        return burnt

    for module, name in ((os, "unlink"), (os, "rmdir"), (erasing, "rename_new"), (bins, "rename_new")):
        monkeypatch.setattr(module, name, burning(getattr(module, name)))
    monkeypatch.setattr(Bases, "remove", burning(Bases.remove))
    write = Store.write

    async def written(self: Store, work: Callable[[Tx], Any]) -> Any:
        found.burn()
        return await write(self, work)

    monkeypatch.setattr(Store, "write", written)
    return found


class Leave:
    """A world in which people come, have all that one can have, and leave."""

    def __init__(self, world: RoomsWorld) -> None:
        self.world = world
        self.uploads = Uploads(world.tree)
        self.drive = world.root.parent
        self.data = self.drive.parent

    def leaver(self) -> Leaver:
        """Of a server that starts."""
        world = self.world
        bases = Bases(self.data)
        return Leaver(world.services, world.rooms, world.index, self.uploads, bases, asyncio.Event())

    async def come(self, name: str) -> UserId:
        world, person = self.world, UserId(name)
        root = await world.index.open(person)
        place = self.drive / name
        (place / "a" / "b").mkdir(parents=True)
        (place / "a" / "b" / "deep").write_text("x")
        (place / "plain").write_text("x")
        (place / "to others").symlink_to(self.drive / USER)
        (place / "a" / "out").symlink_to(self.data / "outside")
        await world.index.walk(person)
        for book in ("one.ipynb", "thrown.ipynb"):
            notebook = await world.library.create(book, person, ipynb("a = 1"))
            await (await world.rooms.projection(notebook.id)).write()
        await world.drive.bin(ItemId(notebook.id))
        await world.drive.bin((await world.drive.make_folder(root, "thrown")).id)
        self.uploads.begin(f"{name}-up", Wanted(size=3, name="x", who=name, item=name, made_at=Millis(1)))
        await world.drive.star(ItemId(USER), person, starred=True)
        await world.drive.opened(ItemId(USER), person)
        await world.store.write(lambda tx: leaving.begin(tx, person, Millis(1)))
        return person

    async def rest(self, person: UserId) -> list[Any]:
        """All that is there of somebody."""

        def rows(tx: Tx) -> list[Any]:
            found: list[Any] = list(tx.conn.execute(select(t.item.c.id).where(t.item.c.tree == person)).scalars())
            found += stars.of_user(tx, person)
            found += tx.conn.execute(select(t.recent.c.item_id).where(t.recent.c.user == person)).scalars()
            found += leaving.all_(tx)
            return found

        disk = [path for path in self.data.rglob("*") if person in str(path.relative_to(self.data))]
        ours = self.drive / ".noctule"
        aside = [path for name in ("bin", "uploads") for path in (ours / name).iterdir() if USER not in path.name]
        return await self.world.store.read(rows) + disk + aside

    async def others(self) -> tuple[Any, ...]:
        """What is not theirs."""
        files = {
            path: path.read_bytes()
            for place in (self.drive / USER, self.data / "outside")
            for path in place.rglob("*")
            if path.is_file()
        }

        def rows(tx: Tx) -> Any:
            return sorted(tx.conn.execute(select(t.item.c.id).where(t.item.c.tree == USER)).scalars())

        return files, await self.world.store.read(rows)


@pytest.fixture
async def leave(rooms_world: RoomsWorld) -> Leave:
    found = Leave(rooms_world)
    await rooms_world.index.open(USER)
    (found.data / "outside").mkdir()
    (found.data / "outside" / "precious").write_text("x")
    (rooms_world.root / "mine").write_text("mine")
    notebook = await rooms_world.library.create("mine.ipynb", USER, ipynb("b = 2"))
    await (await rooms_world.rooms.projection(notebook.id)).write()
    await rooms_world.index.walk(USER)
    found.uploads.begin(f"{USER}-up", Wanted(size=3, name="x", who=USER, item=USER, made_at=Millis(1)))
    return found


async def test_all_that_somebody_had_is_gone_and_nothing_else(leave: Leave) -> None:
    before = await leave.others()
    person = await leave.come("eve")
    books = await leave.world.store.read(lambda tx: leaving.notebooks(tx, person))
    assert len(books) == 2, "the bin's, too"
    assert await leave.rest(person)
    await leave.leaver().all()
    assert await leave.rest(person) == []
    assert await leave.others() == before
    assert (leave.data / "outside" / "precious").read_text() == "x", "no link is followed"
    assert leave.uploads.state(f"{USER}-up").offset == 0
    assert not set(books) & set(leave.world.rooms.opened)
    with pytest.raises(NotFound):
        await leave.world.index.open(person)
    await leave.leaver().all()


async def test_wherever_it_is_broken_off_the_next_server_finishes_it(
    leave: Leave, fuse: Fuse, database_url: str
) -> None:
    before = await leave.others()
    step, blown = 0, True
    while blown:
        person = await leave.come(f"p{step}-")
        fuse.left = step
        try:
            await leave.leaver().one(person)
            blown = False
        except Killed:
            assert await leave.world.store.read(leaving.all_) == [person], "it is known that there is something to do"
            there = await leave.world.store.read(lambda tx, person=person: items.get(tx, ItemId(person)))  # type: ignore[misc]
            # Else its folder would be taken for what was in the flat folder of old (drive/flat.py).
            assert there is not None or not (leave.drive / person).exists()
        fuse.left = None
        await leave.leaver().all()
        assert await leave.rest(person) == []
        assert await leave.others() == before
        # The steps on the disk are the same for both databases.
        step += 1 if database_url.startswith("sqlite") else 5
    assert step > 15


async def test_one_who_cannot_be_removed_holds_up_nobody_else(leave: Leave, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, gone = await leave.come("amy"), await leave.come("eve")
    erase = leave.world.tree.erase_tree

    def refusing(tree: UserId) -> None:
        if tree == stuck:
            raise PermissionError(tree)
        erase(tree)

    monkeypatch.setattr(leave.world.tree, "erase_tree", refusing)
    await leave.leaver().all()
    assert await leave.world.store.read(leaving.all_) == [stuck]
    assert not (leave.drive / gone).exists()
    monkeypatch.undo()
    await leave.leaver().all()
    assert await leave.rest(stuck) == []


async def test_who_has_a_notebook_of_theirs_open_loses_it(leave: Leave) -> None:
    person = await leave.come("eve")
    [book] = await leave.world.library.all(person, lambda _, ids: ids)
    page = leave.world.dial(book.id)
    await page.open()
    await leave.leaver().all()
    assert await leave.rest(person) == []
    assert book.id not in leave.world.rooms.opened


async def test_a_server_that_runs_notices_who_left_by_a_command(leave: Leave, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("noctule.rooms.leaving.LEAVING_SECONDS", 0.01)
    leaver = leave.leaver()
    leaver.start()
    try:
        person = await leave.come("eve")
        async with asyncio.timeout(20):
            while await leave.world.store.read(leaving.all_):
                await asyncio.sleep(0.02)
        assert await leave.rest(person) == []
    finally:
        await leaver.close()


async def test_a_planted_link_in_place_of_the_whole_tree_is_not_followed(leave: Leave, tmp_path: Path) -> None:
    before = await leave.others()
    person = await leave.come("eve")
    (leave.drive / person).rename(tmp_path / "away")
    (leave.drive / person).symlink_to(leave.drive / USER)
    await leave.leaver().all()
    assert not os.path.lexists(leave.drive / person)
    assert await leave.others() == before
    assert (tmp_path / "away" / "plain").exists()
