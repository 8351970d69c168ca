"""From a path to an item: the disk decides, ids stay, links lead nowhere."""

import os
from pathlib import Path

import pytest

from noctule.drive.paths import Paths
from noctule.drive.places import Place
from noctule.errors import Conflict, NotFound
from noctule_agent.wire.values import ItemId
from tests.support.rooms import USER, RoomsWorld

ROOT = ItemId(USER)


@pytest.fixture
async def world(rooms_world: RoomsWorld) -> RoomsWorld:
    await rooms_world.index.open(USER)
    return rooms_world


@pytest.fixture
def paths(world: RoomsWorld) -> Paths:
    return Paths(world.index)


def place(*parts: bytes) -> Place:
    return Place(USER, parts)


async def test_what_nobody_has_looked_at_is_found_by_its_path(world: RoomsWorld, paths: Paths) -> None:
    (world.root / "a" / "b").mkdir(parents=True)
    (world.root / "a" / "b" / os.fsdecode(b"\xff")).write_text("x")
    row = await paths.at(place(b"a", b"b", b"\xff"))
    assert (row.kind, row.size) == ("file", 1)
    assert (await paths.at(place(b"a", b"b", b"\xff"))).id == row.id
    assert (await paths.at(place())).id == ROOT


async def test_a_path_leads_to_what_is_there_now(world: RoomsWorld, paths: Paths) -> None:
    (world.root / "a").write_text("a")
    row = await paths.at(place(b"a"))
    (world.root / "a").rename(world.root / "b")
    with pytest.raises(NotFound):
        await paths.at(place(b"a"))
    assert (await paths.at(place(b"b"))).id == row.id
    (world.root / "b").write_text("longer")
    assert (await paths.at(place(b"b"))).size == 6
    (world.root / "b").unlink()
    (world.root / "b").mkdir()
    assert (await paths.at(place(b"b"))).kind == "folder"


async def test_no_link_is_followed(world: RoomsWorld, paths: Paths, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "f").write_text("x")
    (world.root / "link").symlink_to(tmp_path / "out")
    with pytest.raises(NotFound):
        await paths.at(place(b"link", b"f"))
    assert (await paths.at(place(b"link"))).kind == "other"


async def test_what_is_put_is_the_same_item_and_nothing_is_left_aside(world: RoomsWorld, paths: Paths) -> None:
    row = await paths.put(paths.stage([b"o", b"ne"]), place(b"a"))
    again = await paths.put(paths.stage([b"two!"]), place(b"a"))
    assert (again.id, again.size) == (row.id, 4)
    assert (world.root / "a").read_text() == "two!"

    def pieces() -> "list[bytes]":
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        paths.stage(piece for piece in pieces())
    (world.root / "d").mkdir()
    key = paths.stage([b"x"])
    with pytest.raises(Conflict):
        await paths.put(key, place(b"d"))
    with pytest.raises(NotFound):
        await paths.put(key, place(b"none", b"x"))
    paths.drop(key)
    assert list((world.root.parent / ".noctule" / "staged").iterdir()) == []


async def test_a_file_moved_over_another_becomes_that_item(world: RoomsWorld, paths: Paths) -> None:
    old = await paths.put(paths.stage([b"old"]), place(b"a"))
    new = await paths.put(paths.stage([b"newer"]), place(b"a.tmp"))
    row = await paths.move_over(new, old)
    assert (row.id, row.size, row.name) == (old.id, 5, b"a")
    assert [path.name for path in world.root.iterdir()] == ["a"]
    with pytest.raises(NotFound):
        await world.drive.row(new.id)
