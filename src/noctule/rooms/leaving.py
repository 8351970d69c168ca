"""What somebody had whose account was deleted goes: runtimes, rooms, files, rows. It may not know HTTP.

    runtimes end      no new one starts: whose account is in `leaving` gets none
    rooms close
    files go          the bin's, the tree, begun uploads, bases
    rows go           in parts; with the last ones the row that says that there is something to do

The account's own row went before, in the transaction that wrote the one in `leaving`. Each step may be done again, and what the next one
has to know goes last: so whoever dies anywhere leaves what the next server goes on with. What others have of this person stays: comments
in their notebooks, and who ran what. Blobs go when no row names them (drive/caretaker.py).
"""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from functools import partial
from typing import Final

import structlog

from noctule.drive.index import Index
from noctule.drive.uploading import Uploads
from noctule.errors import NoctuleError
from noctule.rooms.bases import Bases
from noctule.rooms.rooms import Rooms
from noctule.rooms.services import Services
from noctule.store import items, leaving
from noctule_agent.wire.limits import LEAVING_SECONDS
from noctule_agent.wire.values import Cause, ItemId, NotebookId, UserId

log = structlog.get_logger()

CAUSE: Final = Cause("account-deleted", "The account of this notebook's owner was deleted.")
ENDING_SECONDS: Final = 30.0
"""Runtimes are waited for so long; one that is not reached ends without its notebook."""
FILES_AT_ONCE: Final = 2_000
"""In one transaction: what others run must not wait for it."""


class Leaver:
    """See the module. `left` is set when there is something new; what a command beside the server left is found by looking."""

    def __init__(
        self, services: Services, rooms: Rooms, index: Index, uploads: Uploads, bases: Bases, left: asyncio.Event
    ) -> None:
        self._services = services
        self._store = services.store
        self._offload = services.offload
        self._rooms = rooms
        self._index = index
        self._uploads = uploads
        self._bases = bases
        self._left = left
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="remove what accounts left")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._left.clear()
            await _tried(self.all())
            with suppress(TimeoutError):
                async with asyncio.timeout(LEAVING_SECONDS):
                    await self._left.wait()

    async def all(self) -> None:
        """What everybody left who is not done. One of whom it cannot be removed now holds up nobody else."""
        for account in await self._store.read(leaving.all_):
            await _tried(self.one(account), account=account)

    async def one(self, account: UserId) -> None:
        """Nothing of this account is left. Idempotent."""
        self._index.close(account)
        notebooks = await self._store.read(lambda tx: leaving.notebooks(tx, account))
        await self._end(notebooks)
        await self._close(notebooks)
        await self._erase(account, notebooks)
        await self._forget(account)
        # Who else had one open may have opened it again meanwhile.
        await self._close(notebooks)
        log.info("an account is gone with all that it had", account=account, notebooks=len(notebooks))

    async def _end(self, notebooks: list[NotebookId]) -> None:
        runtimes = self._services.runtimes
        alive = [id_ for id_ in notebooks if (view := runtimes.view(id_)) is not None and view.state != "ended"]
        for notebook_id in alive:
            await runtimes.end(notebook_id, CAUSE)
        with suppress(TimeoutError):
            async with asyncio.timeout(ENDING_SECONDS):
                for notebook_id in alive:
                    await runtimes.gone(notebook_id)

    async def _close(self, notebooks: list[NotebookId]) -> None:
        for notebook_id in set(notebooks) & set(self._rooms.opened):
            try:
                await self._rooms.close_room(notebook_id)
            except Exception as error:
                # It has failed, or its rows are gone: it is closed, and nothing of it is to be kept.
                log.warning("a room of a deleted account was not closed well", notebook=notebook_id, error=str(error))

    async def _erase(self, account: UserId, notebooks: list[NotebookId]) -> None:
        binned = await self._store.read(lambda tx: leaving.binned(tx, account))

        def erase() -> None:
            for item_id in binned:
                self._index.tree.erase(item_id)
            self._index.tree.erase_tree(account)
            self._uploads.forget_all_of(account)
            for notebook_id in notebooks:
                self._bases.remove(notebook_id)

        async with self._index.lock(account):
            await self._offload(erase)

    async def _forget(self, account: UserId) -> None:
        async with self._index.lock(account):
            for notebook_id in await self._store.read(lambda tx: leaving.notebooks(tx, account)):
                await self._store.write(partial(items.remove, item_id=ItemId(notebook_id)))
            while await self._store.write(lambda tx: leaving.remove_files(tx, account, FILES_AT_ONCE)):
                pass
            await self._index.move(lambda tx: leaving.done(tx, account))


async def _tried(work: Awaitable[None], **whose: UserId) -> None:
    """What goes wrong is logged: it is tried again the next time."""
    try:
        await work
    except NoctuleError as error:
        log.warning("what an account left cannot be removed now", error=str(error), **whose)
    except Exception:
        log.exception("what an account left cannot be removed now", **whose)
