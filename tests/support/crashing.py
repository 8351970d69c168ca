"""Does one thing to a Drive again and again, each time in a process that is killed one step later, until one is not.

    python -m tests.support.crashing FOLDER DEED

A step is a call that changes the disk, or a commit: the process is killed before it. Process number N works in FOLDER/N.
What is done before the deed is not killed. The last line that is printed is how many processes there were.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from noctule.drive.transfers import Transfers
from noctule.drive.uploading import Uploads, Wanted
from noctule.notebook.ops import SetSource
from noctule.store import Store
from noctule.store.rows import ItemRow
from noctule_agent.wire.values import CellId, ItemId, Millis
from tests.support.notebooks import ipynb
from tests.support.rooms import USER, RoomsWorld

ROOT = ItemId(USER)
CALLS = frozenset({"mkdir", "rename", "fsync", "rmdir", "unlink", "remove", "copy_file_range", "ftruncate", "pwritev"})
CONTENT = b"0123456789" * 50_000
HALF = 200_000
Deed = Callable[[RoomsWorld, Callable[[], None]], Awaitable[None]]
"""Gets ready, calls the second argument, and does it."""


class Killer:
    """Counts steps when it is armed, and ends the process at one."""

    def __init__(self, at: int) -> None:
        self._left = at
        self._armed = False
        # Threads that wait for work are older than the deed.
        threading.setprofile(self._look)
        sys.setprofile(self._look)

    def arm(self) -> None:
        self._armed = True

    def step(self) -> None:
        if self._armed:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def _look(self, frame: FrameType, event: str, arg: Any) -> None:
        if not self._armed:
            return
        if event == "c_call":
            if getattr(arg, "__name__", "") in CALLS and getattr(arg, "__module__", "") == "posix":
                self.step()
        elif event == "call" and frame.f_code.co_name == "rename_new":
            # It speaks to the kernel by itself.
            self.step()


async def tree(world: RoomsWorld) -> ItemRow:
    """A folder with something in it, and one to put things into."""
    await world.index.open(USER)
    for place in ("from/deep", "to"):
        (world.root / place).mkdir(parents=True)
    for place in ("from/a.bin", "from/deep/b.bin"):
        (world.root / place).write_bytes(CONTENT)
    await world.index.walk(USER)
    return await child(world, "from")


async def child(world: RoomsWorld, name: str) -> ItemRow:
    page = await world.drive.search(USER, name, None, 99, world.roles.kept(USER))
    return next(row for row in page.page.rows if row.name == name.encode())


async def copy(world: RoomsWorld, arm: Callable[[], None]) -> None:
    row, target = await tree(world), await child(world, "to")
    arm()
    await world.drive.copy(row.id, target.id)


async def move(world: RoomsWorld, arm: Callable[[], None]) -> None:
    row, target = await tree(world), await child(world, "to")
    arm()
    await world.drive.move(row.id, target.id, "moved")


async def throw(world: RoomsWorld, arm: Callable[[], None]) -> None:
    row = await tree(world)
    arm()
    await world.drive.bin(row.id)


async def restore(world: RoomsWorld, arm: Callable[[], None]) -> None:
    row = await tree(world)
    await world.drive.bin(row.id)
    arm()
    await world.drive.restore(row.id)


async def sent(data: bytes) -> AsyncIterator[Sequence[bytes]]:
    """The body of a request."""
    yield [data]


async def upload(world: RoomsWorld, arm: Callable[[], None]) -> None:
    await world.index.open(USER)
    transfers = transfers_of(world)
    await transfers.begin("u", ROOT, Wanted(size=len(CONTENT), name="a.bin", who=USER, item=ROOT, made_at=Millis(0)))
    await transfers.fill("u", 0, sent(CONTENT[:HALF]))
    arm()
    await transfers.fill("u", HALF, sent(CONTENT[HALF:]))


async def save(world: RoomsWorld, arm: Callable[[], None]) -> None:
    notebook = await world.library.create("n.ipynb", USER, ipynb("before"))
    projection = await world.rooms.projection(notebook.id)
    await projection.write()
    room = await world.rooms.open(notebook.id)
    await room.edit([SetSource(CellId("cell-0"), "after")], "you", lambda tx: None)
    arm()
    await projection.write()


DEEDS: dict[str, Deed] = {
    "copy": copy,
    "move": move,
    "throw": throw,
    "restore": restore,
    "upload": upload,
    "save": save,
}


def transfers_of(world: RoomsWorld) -> Transfers:
    async def no_quota(_: object) -> None:
        return None

    return Transfers(world.index, Uploads(world.tree), no_quota)


async def opened(folder: Path, fault: Callable[[str], None] | None = None) -> RoomsWorld:
    store = await Store.open(f"sqlite:///{folder}/db", folder / "blobs", fault=fault)
    return RoomsWorld(store, folder)


async def _work(folder: Path, deed: Deed, at: int) -> None:
    killer = Killer(at)
    world = await opened(folder, lambda step: killer.step() if step in ("commit", "committed") else None)
    await deed(world, killer.arm)


def main(folder: Path, deed: Deed) -> int:
    number = 0
    while True:
        number += 1
        here = folder / str(number)
        here.mkdir()
        process = os.fork()
        if process == 0:
            try:
                asyncio.run(_work(here, deed, number))
            except BaseException as error:  # whatever it is, the process must not go on as its parent
                print(repr(error), flush=True)
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(process, 0)
        if os.WIFEXITED(status):
            return number if os.WEXITSTATUS(status) == 0 else -1


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), DEEDS[sys.argv[2]]))
