"""What is done for Drives without anybody asking."""

import asyncio
import os
from collections.abc import Collection

import pytest

from noctule.drive import caretaker as taking_care
from noctule.drive.caretaker import DAY_MS, Caretaker
from noctule.drive.uploading import Uploads, Wanted
from noctule.errors import NotFound, StorageUnavailable
from noctule.runs import reduce as reducers
from noctule.store import Tx, items, sweep
from noctule.store import tables as t
from noctule.store.blobs import BLOB_GRACE_DAYS
from noctule_agent.wire.limits import DRIVE_BIN_DAYS, UPLOAD_DAYS
from noctule_agent.wire.ports import Clock
from noctule_agent.wire.state import DisplayOutput, Inline
from noctule_agent.wire.values import CellId, ItemId, Millis, OutputId, UserId
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


async def test_what_cannot_be_erased_holds_up_nothing_else(
    rooms_world: RoomsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = rooms_world
    await world.index.open(USER)
    closed, other = [await world.drive.make_folder(ItemId(USER), name) for name in ("closed", "other")]
    long_ago = Millis(world.index.clock.now() - DRIVE_BIN_DAYS * DAY_MS - 1)
    for age, row in enumerate((other, closed)):
        await world.drive.bin(row.id)
        await world.store.write(
            lambda tx, row=row, age=age: items.change(tx, row.id, binned_at=Millis(long_ago - age))  # type: ignore[misc]
        )
    erase = world.tree.erase

    def refused(item: str) -> None:
        if item == closed.id:
            raise StorageUnavailable("storage-unavailable", "The disk cannot be used.", "Permission denied")
        erase(item)

    monkeypatch.setattr(world.tree, "erase", refused)
    await caretaker(world, Uploads(world.tree)).sweep()
    assert [row.id for row in (await world.drive.binned(USER, None, 9)).rows] == [closed.id]


async def test_a_drive_that_cannot_be_looked_at_holds_up_no_other(
    rooms_world: RoomsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = rooms_world
    for owner in (USER, UserId("zoe")):
        await world.index.open(owner)
    looked, settle = list[str](), world.index.settle

    async def refused(tree: UserId, open_: Collection[ItemId] = ()) -> list[ItemId]:
        looked.append(tree)
        if len(looked) == 1:
            raise StorageUnavailable("storage-unavailable", "The disk cannot be used.", "Permission denied")
        return await settle(tree, open_)

    monkeypatch.setattr(world.index, "settle", refused)
    await caretaker(world, Uploads(world.tree)).walk()
    assert sorted(looked) == [USER, "zoe"]


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
                or not (await world.drive.search(USER, "x", None, 9, world.roles.kept(USER))).page.rows
            ):
                await asyncio.sleep(0.02)
    finally:
        await care.close()
    assert (await world.library.get(notebook.id)).name == "n.ipynb"


class LateClock:
    """So much later than it is."""

    def __init__(self, clock: Clock, by: int) -> None:
        self._clock = clock
        self._by = by

    def now(self) -> Millis:
        return Millis(self._clock.now() + self._by)


async def test_deleting_revisions_frees_their_blobs_when_they_are_old_and_no_others(rooms_world: RoomsWorld) -> None:
    world = rooms_world
    notebook = await world.library.create("n.ipynb", USER, ipynb("a"))
    room = await world.rooms.open(notebook.id)
    for text in ("first", "second", "third"):
        noise = "".join(f"{hash((number, text)) & 0xFFFFFFFF:08x}" for number in range(80_000))
        shown = [DisplayOutput(OutputId(text), {"text/plain": Inline(noise)})]
        await room.change(lambda state, shown=shown: reducers.show_imported(state, CellId("cell-0"), shown, 1))  # type: ignore[misc]
        await world.versions.pin(notebook.id, text, USER)
    revisions = (await world.versions.page(notebook.id, before=None, limit=9, named=False))[0]
    for row in revisions[:2]:
        await world.versions.rename(notebook.id, row.id, None)
    before = await world.drive.space(ItemId(notebook.id))
    [some, *_] = await world.store.read(sweep.referenced)
    blobs = world.store.blobs.path(some).parent.parent
    assert await world.versions.remove_older(notebook.id, 1) == 0
    assert await world.versions.remove_older(notebook.id, 0) == 2
    after = await world.drive.space(ItemId(notebook.id))
    # The third is shown now, and counts as an output; the second was in a revision alone.
    assert 1_200_000 < before.revisions < 1_400_000
    assert 600_000 < after.revisions < 700_000
    assert after.outputs == before.outputs > 600_000
    care = caretaker(world, Uploads(world.tree))
    await care.sweep()
    assert len(list(blobs.glob("??/*"))) == 3
    world.index.clock = LateClock(world.index.clock, (BLOB_GRACE_DAYS + 1) * DAY_MS)
    await care.sweep()
    needed = await world.store.read(sweep.referenced)
    assert {path.name for path in blobs.glob("??/*")} == needed
    assert len(needed) == 2


async def test_a_blob_that_no_row_names_is_gone_after_a_while(rooms_world: RoomsWorld) -> None:
    world = rooms_world
    await world.index.open(USER)
    notebook = await world.library.create("n.ipynb", USER, ipynb("a"))
    blobs = world.store.blobs
    needed, old, young = (blobs.put(data).sha256 for data in (b"needed", b"old", b"young"))

    def refer(tx: Tx) -> None:
        of = {"notebook_id": notebook.id, "epoch": 0}
        tx.conn.execute(t.widget.insert(), {**of, "id": "w", "body": b""})
        tx.conn.execute(t.widget_blob.insert(), {**of, "widget_id": "w", "sha256": needed})

    await world.store.write(refer)
    for sha256 in (needed, old):
        os.utime(blobs.path(sha256), (0, 0))
    await caretaker(world, Uploads(world.tree)).sweep()
    assert blobs.read(needed) == b"needed"
    assert blobs.read(young) == b"young"
    with pytest.raises(NotFound):
        blobs.path(old)
