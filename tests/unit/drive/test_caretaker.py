"""What is done for Drives without anybody asking."""

import asyncio

import pytest

from noctule.drive import caretaker as taking_care
from noctule.drive.caretaker import DAY_MS, Caretaker
from noctule.drive.uploading import Uploads, Wanted
from noctule.errors import NotFound
from noctule.store import items
from noctule_agent.wire.limits import DRIVE_BIN_DAYS, UPLOAD_DAYS
from noctule_agent.wire.values import ItemId, Millis
from tests.support.notebooks import ipynb
from tests.support.rooms import USER, RoomsWorld


def caretaker(world: RoomsWorld, uploads: Uploads) -> Caretaker:
    return Caretaker(world.index, world.drive, uploads, lambda: list(map(ItemId, world.rooms.opened)))


async def test_what_is_old_goes_and_what_is_not_stays(rooms_world: RoomsWorld) -> None:
    world, uploads = rooms_world, Uploads(rooms_world.tree)
    await world.index.open(USER)
    old, young = [await world.drive.make_folder(ItemId(USER), name) for name in ("old", "young")]
    for row in (old, young):
        await world.drive.bin(row.id)
    now = world.index.clock.now()
    await world.store.write(lambda tx: items.change(tx, old.id, binned_at=Millis(now - DRIVE_BIN_DAYS * DAY_MS - 1)))
    for name, age in (("late", UPLOAD_DAYS * DAY_MS + 1), ("soon", 0)):
        uploads.begin(name, Wanted(size=3, name="x", who=USER, item=USER, made_at=Millis(now - age)))
    await caretaker(world, uploads).sweep()
    assert [row.id for row in (await world.drive.binned(USER, None, 9)).rows] == [young.id]
    assert [path.name for path in (world.root.parent / ".noctule" / "bin").iterdir()] == [young.id]
    assert uploads.state("soon").offset == 0
    with pytest.raises(NotFound):
        uploads.state("late")


async def test_a_change_that_nobody_looks_at_is_seen_and_an_open_notebooks_file_is_written_anew(
    rooms_world: RoomsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = rooms_world
    monkeypatch.setattr(taking_care, "WALK_SECONDS", 0.05)
    notebook = await world.library.create("n.ipynb", USER, ipynb("a"))
    await (await world.rooms.projection(notebook.id)).write()
    (world.root / "n.ipynb").unlink()
    (world.root / "below").mkdir()
    (world.root / "below" / "x").write_text("x")
    care = caretaker(world, Uploads(world.tree))
    care.start()
    try:
        async with asyncio.timeout(20):
            while (
                not (world.root / "n.ipynb").exists()
                or not (await world.drive.named(USER, "x", None, 9, world.roles.kept(USER))).rows
            ):
                await asyncio.sleep(0.02)
    finally:
        await care.close()
    assert (await world.library.get(notebook.id)).name == "n.ipynb"
