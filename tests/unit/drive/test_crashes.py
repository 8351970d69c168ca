"""A process that is killed at any step of what it does to a Drive leaves nothing half, nothing twice, and every id where it was."""

import subprocess
import sys
from pathlib import Path

import pytest

from noctule.drive.bins import items as binned_items
from noctule_agent.wire.values import ItemId, NotebookId
from tests.support.crashing import CONTENT, HALF, ROOT, child, opened, sent, transfers_of
from tests.support.rooms import USER, RoomsWorld

MANY = 300
"""So many steps no deed has."""


def crashed(tmp_path: Path, deed: str) -> list[Path]:
    """The Drives that are left, one for each step; the last was not killed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.crashing", str(tmp_path), deed],
        capture_output=True,
        text=True,
        check=True,
    )
    number = int(done.stdout.strip().rpartition("\n")[2])
    assert 4 < number < MANY, done.stdout
    return [tmp_path / str(each) for each in range(1, number + 1)]


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


async def reopened(folder: Path) -> RoomsWorld:
    """As a server starts on it, and has walked around."""
    world = await opened(folder)
    await world.rooms.start()
    await world.files.sweep(list(world.rooms.opened))
    await world.index.walk(USER)
    return world


async def closed(world: RoomsWorld) -> None:
    await world.close()
    await world.store.close()
    world.tree.close()


async def ids(world: RoomsWorld) -> dict[str, ItemId]:
    """All that is in its place, by name. A name that is there twice is wrong here."""
    rows = (await world.drive.search(USER, "", None, 99, world.roles.kept(USER))).page.rows
    names = [row.name.decode() for row in rows]
    assert len(set(names)) == len(names)
    return {row.name.decode(): row.id for row in rows}


WHOLE = {"a.bin": CONTENT, "deep/b.bin": CONTENT}


def below(folder: str) -> dict[str, bytes]:
    return {f"{folder}/{name}": data for name, data in WHOLE.items()}


async def test_a_copy_is_whole_or_not_there(tmp_path: Path) -> None:
    seen = set()
    for folder in crashed(tmp_path, "copy"):
        world = await reopened(folder)
        there = files(world.root)
        assert there in (below("from"), below("from") | below("to/from"))
        seen.add(len(there))
        staged = world.root.parent / ".noctule" / "staged"
        assert list(staged.iterdir()) == []
        # It can be done again, and is another then.
        again = await world.drive.copy((await child(world, "from")).id, (await child(world, "to")).id)
        assert again.name == (b"from" if len(there) == 2 else b"from (2)")
        await closed(world)
    assert seen == {2, 4}


async def test_a_folder_that_moves_is_in_one_place_with_all_ids(tmp_path: Path) -> None:
    seen = set()
    for folder in crashed(tmp_path, "move"):
        before = await opened(folder)
        known = {
            row.name: row.id
            for row in (await before.drive.search(USER, "", None, 99, before.roles.kept(USER))).page.rows
        }
        await closed(before)
        world = await reopened(folder)
        there = files(world.root)
        assert there in (below("from"), below("to/moved"))
        moved = "to/moved/a.bin" in there
        seen.add(moved)
        now = await ids(world)
        name = "moved" if moved else "from"
        assert set(now) == {name, "a.bin", "deep", "b.bin", "to"}
        assert {known.get(each.encode(), known.get(b"from")) for each in now} == set(now.values())
        parent = (await world.drive.row(now[name])).parent
        assert parent == (now["to"] if moved else ROOT)
        await closed(world)
    assert seen == {False, True}


@pytest.mark.parametrize("deed", ["throw", "restore"])
async def test_what_goes_to_the_bin_or_comes_back_is_in_one_of_the_two_with_its_id(tmp_path: Path, deed: str) -> None:
    seen = set()
    for folder in crashed(tmp_path, deed):
        world = await reopened(folder)
        there = files(world.root)
        assert there in ({}, below("from"))
        in_bin = (await world.drive.binned(USER, None, 9)).rows
        seen.add(bool(there))
        if there:
            assert in_bin == []
            assert binned_items(world.tree.door) == []
            row = await child(world, "from")
        else:
            [row] = in_bin
            assert row.name == b"from"
            assert binned_items(world.tree.door) == [row.id]
            await world.drive.restore(row.id)
            assert files(world.root) == below("from")
        assert (await ids(world))["from"] == row.id
        await closed(world)
    assert seen == {False, True}


async def test_an_upload_goes_on_and_is_placed_once(tmp_path: Path) -> None:
    for folder in crashed(tmp_path, "upload"):
        world = await reopened(folder)
        assert files(world.root) in ({}, {"a.bin": CONTENT})
        transfers = transfers_of(world)
        coming = await transfers.state("u")
        assert coming.offset in (len(CONTENT), HALF) or HALF < coming.offset < len(CONTENT)
        if coming.item is None:
            coming = await transfers.fill("u", coming.offset, sent(CONTENT[coming.offset :]))
        assert coming.item is not None
        assert files(world.root) == {"a.bin": CONTENT}
        assert await ids(world) == {"a.bin": coming.item.id}
        await closed(world)


async def test_a_save_leaves_the_old_file_or_the_new_one_and_then_the_new_one(tmp_path: Path) -> None:
    seen = set()
    for folder in crashed(tmp_path, "save"):
        left = files(folder / "drive" / USER)
        assert list(left) == ["n.ipynb"]
        seen.add((b'"before"' in left["n.ipynb"], b'"after"' in left["n.ipynb"]))
        world = await reopened(folder)
        [(name, item_id)] = (await ids(world)).items()
        assert name == "n.ipynb"
        projection = await world.rooms.projection(NotebookId(item_id))
        if projection.pending:
            await projection.write()
        assert b'"after"' in files(world.root)["n.ipynb"]
        assert list(files(world.root)) == ["n.ipynb"]
        assert list((world.root.parent / ".noctule" / "staged").iterdir()) == []
        await closed(world)
    assert seen == {(True, False), (False, True)}
