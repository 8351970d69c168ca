"""The registry of live notebooks: opens them once, evicts idle ones, hands records of journals to them.

    loading -> live -> draining -> gone | failed(reason)

Loading ends in `live` or in an error that everyone who waited is told; nobody waits for ever.
"""

import asyncio
from contextlib import suppress

import msgspec
import structlog

from noctule.accounts.live import Held
from noctule.drive.notebook_files import NotebookFiles
from noctule.errors import Invalid, NoctuleError, NotFound, TooLarge, Unavailable, problem
from noctule.rooms.adopting import adopt
from noctule.rooms.bases import Bases
from noctule.rooms.keeping import Keeper
from noctule.rooms.loading import load
from noctule.rooms.page import Page
from noctule.rooms.projection import Projection
from noctule.rooms.room import Room
from noctule.rooms.services import Services
from noctule.rooms.watch import Watch
from noctule.runtimes.ports import KernelBatch
from noctule.store import executions, notebooks
from noctule_agent.wire import link
from noctule_agent.wire import page as wire
from noctule_agent.wire.ports import Channel, ChannelClosed
from noctule_agent.wire.state import KernelView, RuntimeView
from noctule_agent.wire.values import BatchId, Cause, KernelId, NotebookId, UserId

log = structlog.get_logger()

EVICT_SECONDS = 60.0
RETRY_SECONDS = 2.0


class Live(msgspec.Struct, frozen=True):
    """An open room and the keeper of its file."""

    room: Room
    projection: Projection
    keeper: Keeper


class Rooms:
    """See the module. `Services.runtimes` is the other way: rooms ask runtimes, runtimes tell rooms."""

    def __init__(self, services: Services, files: NotebookFiles, bases: Bases) -> None:
        self._services = services
        self._files = files
        self._bases = bases
        self._watch = Watch(files)
        self._open: dict[NotebookId, asyncio.Task[Live]] = {}
        self._closing: dict[NotebookId, asyncio.Task[None]] = {}
        self._evictor: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to evict; take care of what an earlier server left: executions that wait or run, files not written."""
        self._evictor = asyncio.create_task(self._evict(), name="rooms evictor")
        for left in (executions.unfinished_notebooks, notebooks.behind):
            for notebook_id in await self._services.store.read(left):
                await self.open(notebook_id)

    async def _recover(self, room: Room) -> None:
        """What an earlier room of this notebook queued gets a runtime and reaches its agent, if it did not; what ran
        on a runtime that is gone is settled (invariant 13). No runtime is started for what one has, or had: its journal
        tells the rest."""
        view = self._services.runtimes.view(room.notebook_id)
        there = view is not None and view.state != "ended"
        unfinished = {one.id for one in room.state.executions.values() if one.state in ("queued", "running")}
        if unfinished <= room.running.unoffered or (there and unfinished & room.running.unoffered):
            await room.running.bring()
        elif there:
            await room.running.remind()
        else:
            await self._settle(room, Cause("runtime-gone", "The runtime is gone; nobody knows how this cell ended."))

    async def _settle(self, room: Room, cause: Cause) -> None:
        while True:
            try:
                await room.following.settle(None, cause)
            except Unavailable as error:
                log.warning("not settled yet", notebook=room.notebook_id, error=str(error))
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    # --- opening --------------------------------------------------------------------------------------------------

    async def open(self, notebook_id: NotebookId) -> Room:
        """The live room of this notebook. Raises NotFound, or what made loading fail."""
        return (await self._live(notebook_id)).room

    async def live(self, notebook_id: NotebookId) -> Live:
        """The same with what belongs to it."""
        return await self._live(notebook_id)

    async def projection(self, notebook_id: NotebookId) -> Projection:
        return (await self._live(notebook_id)).projection

    async def _live(self, notebook_id: NotebookId) -> Live:
        while (closing := self._closing.get(notebook_id)) is not None:
            await asyncio.shield(closing)
        task = self._open.get(notebook_id)
        if task is None:
            task = asyncio.create_task(self._load(notebook_id), name=f"open {notebook_id}")
            self._open[notebook_id] = task
        try:
            live = await asyncio.shield(task)
        except BaseException:
            if task.done() and self._open.get(notebook_id) is task:
                del self._open[notebook_id]
            raise
        if live.room.failure is not None:
            await self.close_room(notebook_id)
            return await self._live(notebook_id)
        return live

    async def _load(self, notebook_id: NotebookId) -> Live:
        await adopt(self._services, self._files, self._bases, notebook_id)
        loaded, behind = await self._services.store.read(
            lambda tx: (load(tx, notebook_id), notebooks.is_behind(tx, notebook_id))
        )
        room = Room(self._services, notebook_id, loaded)
        keeper = Keeper(room)
        projection = Projection(room, self._files, self._bases, self._watch, keeper)
        projection.start()
        # What was shown as not written when the last server died is written, or found to be.
        if behind or loaded.bare.saved.pending:
            projection.touch()
        if room.active:
            room.aside(self._recover(room))
        return Live(room, projection, keeper)

    @property
    def opened(self) -> list[NotebookId]:
        """Those that are open, or being opened."""
        return list(self._open)

    @property
    def live_count(self) -> int:
        return len(self._open)

    @property
    def page_count(self) -> int:
        return sum(live.room.page_count for live in self._opened())

    def _opened(self) -> list[Live]:
        done = [task for task in self._open.values() if task.done() and not task.cancelled()]
        return [task.result() for task in done if task.exception() is None]

    # --- closing --------------------------------------------------------------------------------------------------

    async def close_room(self, notebook_id: NotebookId) -> None:
        """Close this notebook's room if it is open; its file is written first."""
        task = self._open.pop(notebook_id, None)
        if task is None:
            return
        closing = asyncio.create_task(self._close(notebook_id, task))
        self._closing[notebook_id] = closing
        await asyncio.shield(closing)

    async def _close(self, notebook_id: NotebookId, task: asyncio.Task[Live]) -> None:
        try:
            live = await task
            # What a room believes that has failed is not written anywhere: the next one sees that the file is behind.
            await (live.projection.close() if live.room.failure is None else live.projection.stop())
            await live.room.close()
        finally:
            # Here, so that it never stands for one that has ended, nor is missing for one that goes on without its asker.
            del self._closing[notebook_id]

    async def close(self) -> None:
        """Close all rooms. Runtimes go on."""
        if self._evictor is not None:
            self._evictor.cancel()
            await asyncio.gather(self._evictor, return_exceptions=True)
        await asyncio.gather(*(self.close_room(id_) for id_ in list(self._open)), return_exceptions=True)

    async def _evict(self) -> None:
        idle: set[NotebookId] = set()
        while True:
            await asyncio.sleep(EVICT_SECONDS / 2)
            now = {live.room.notebook_id: live for live in self._opened() if _evictable(live)}
            for notebook_id in now.keys() & idle:
                await now[notebook_id].keeper.automatic(due_only=False)
                if _evictable(now[notebook_id]):
                    await self.close_room(notebook_id)
            idle = now.keys() - idle

    async def end_runtime(self, notebook_id: NotebookId, cause: Cause) -> None:
        """The notebook's runtime goes, and what waits for it; returns when the wish is durable. Raises NotFound."""
        await (await self.open(notebook_id)).running.end(cause)

    # --- pages ----------------------------------------------------------------------------------------------------

    async def serve_page(self, channel: Channel, notebook_id: NotebookId, user: UserId, held: Held) -> None:
        """One page's connection, to its end. `held`: what this user may do with this notebook, which may change meanwhile."""
        try:
            room = await self.open(notebook_id)
            row = await self._services.store.read(lambda tx: notebooks.get(tx, notebook_id))
            if row is None or row.binned:
                raise notebooks.in_bin(notebook_id)
        except Exception as error:
            why = problem(error)
            if not isinstance(error, NoctuleError):
                log.exception("notebook cannot be opened", notebook=notebook_id)
            # What is wrong with the file itself does not go away by waiting.
            again = None if isinstance(error, NotFound | Invalid | TooLarge) else 5.0
            # It may not have waited for the answer.
            with suppress(ChannelClosed):
                await channel.send(msgspec.msgpack.encode(wire.Refused(problem=why, again=again)))
            await channel.close(wire.CLOSE_NOT_FOUND if again is None else 1011, why.title[:120])
            return
        await Page(channel, room, user, held, row.tree).serve()

    # --- what runtimes tell ---------------------------------------------------------------------------------------

    async def ingest(self, batch: KernelBatch) -> int:
        return await (await self.open(batch.notebook_id)).following.ingest(batch)

    async def outstanding(self, notebook_id: NotebookId) -> list[tuple[BatchId, list[link.QueuedItem]]]:
        return await (await self.open(notebook_id)).running.outstanding()

    async def kernel_bound(self, notebook_id: NotebookId, kernel: KernelView) -> None:
        await (await self.open(notebook_id)).following.kernel_bound(kernel)

    async def runtime_changed(self, notebook_id: NotebookId, view: RuntimeView) -> None:
        await (await self.open(notebook_id)).following.runtime_changed(view)

    async def settle(self, notebook_id: NotebookId, kernel_id: KernelId, cause: Cause) -> None:
        await (await self.open(notebook_id)).following.settle(kernel_id, cause)


def _evictable(live: Live) -> bool:
    return live.room.idle and not live.projection.pending and not live.room.active
