"""What is done for Drives without anybody asking: walks around the trees, and what is old goes. It may not know HTTP or rooms.

every WALK_SECONDS    folders that changed are looked at; what nobody found is given up (index.py)
every TEXTS_SECONDS   notebooks that changed are read, to be searched (texts.py)
every SWEEP_SECONDS   uploads that nobody went on with, what has lain in the bin for DRIVE_BIN_DAYS, and blobs that no row has needed for
                      long (store/blobs.py), are gone
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection

import structlog

from noctule.drive.drive import Drive
from noctule.drive.index import Index
from noctule.drive.texts import Texts
from noctule.drive.uploading import Uploads
from noctule.errors import NoctuleError
from noctule.store import items, sweep
from noctule_agent.wire.limits import DRIVE_BIN_DAYS, SWEEP_SECONDS, TEXTS_SECONDS, UPLOAD_DAYS, WALK_SECONDS
from noctule_agent.wire.values import ItemId, Millis

log = structlog.get_logger()

DAY_MS = 24 * 3600 * 1000


class Caretaker:
    """See the module. `open_`: the notebooks that are open now; their files are written anew when they are nowhere."""

    def __init__(self, index: Index, drive: Drive, uploads: Uploads, open_: Callable[[], Collection[ItemId]]) -> None:
        self._index = index
        self._texts = Texts(index)
        self._drive = drive
        self._uploads = uploads
        self._open = open_
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._repeat(WALK_SECONDS, self.walk), name="walk around Drives"),
            asyncio.create_task(self._repeat(TEXTS_SECONDS, self._texts.round), name="read notebooks of Drives"),
            asyncio.create_task(self._repeat(SWEEP_SECONDS, self.sweep), name="sweep Drives"),
        ]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def walk(self) -> None:
        for tree in await self._index.store.read(items.trees):
            try:
                await self._index.settle(tree, self._open())
            except NoctuleError as error:
                # A folder that is closed to us holds up no other Drive.
                log.warning("a Drive cannot be looked at now", tree=tree, error=str(error))

    async def sweep(self) -> None:
        now = self._index.clock.now()
        await self._index.offload(self._uploads.sweep, now - UPLOAD_DAYS * DAY_MS)
        for item_id in await self._index.store.read(
            lambda tx: items.binned_before(tx, Millis(now - DRIVE_BIN_DAYS * DAY_MS))
        ):
            await self._erase(item_id)
        store = self._index.store
        await self._index.offload(store.blobs.sweep, await store.read(sweep.referenced), now)

    async def _erase(self, item_id: ItemId) -> None:
        """What cannot go, or was taken back meanwhile, holds up nothing else."""
        try:
            await self._drive.erase(item_id, aged=True)
        except NoctuleError as error:
            log.warning("this cannot be erased now", item=item_id, error=str(error))

    async def _repeat(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await work()
            except NoctuleError as error:
                log.warning("Drives cannot be taken care of now", error=str(error))
            except Exception:
                # A defect is no reason to be blind from now on.
                log.exception("Drives cannot be taken care of now")
