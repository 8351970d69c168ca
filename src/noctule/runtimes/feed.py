"""Brings the executions of one notebook to its kernel over one link, in the order in which they were queued.

    catching up --nothing new while reading--> live --outbox full, refused--> catching up

Catching up reads what no agent has accepted from the rows, again and again until nothing was queued meanwhile; live, what
`deliver` brings goes out at once. An execution may be sent twice: its id makes that harmless.
"""

import asyncio
from collections.abc import Iterator

import structlog

from noctule.errors import Unavailable
from noctule_agent.wire.limits import MB
from noctule_agent.wire.link import Enqueue, QueuedItem
from noctule_agent.wire.ports import Ids
from noctule_agent.wire.values import BatchId, CommandId, KernelId, NotebookId, Problem

from .outbox import UNREACHABLE, Outbox, OutboxFull
from .ports import Rooms

log = structlog.get_logger()

FRAME_BYTES = 1 * MB
"""Sources in one frame; a larger batch goes in several, with the same batch id."""
RETRY_SECONDS = 5.0


class Feed:
    def __init__(self, rooms: Rooms, ids: Ids, outbox: Outbox, notebook_id: NotebookId, kernel_id: KernelId) -> None:
        self._rooms = rooms
        self._ids = ids
        self._outbox = outbox
        self.notebook_id = notebook_id
        self.kernel_id = kernel_id
        self._live = asyncio.Event()
        self._behind = asyncio.Event()
        self._behind.set()

    async def live(self) -> None:
        """Return when what was queued before has gone out: a command must not overtake what it is about."""
        await self._live.wait()

    def end(self) -> None:
        """The link is gone: nobody has to wait any more."""
        self._live.set()

    def deliver(self, batch_id: BatchId, items: list[QueuedItem]) -> None:
        """Committed executions that are new."""
        if not self._live.is_set():
            self._behind.set()
            return
        try:
            for part in _split(items):
                self._send(batch_id, part)
        except OutboxFull:
            self._fall_behind()

    async def run(self) -> None:
        while True:
            await self._behind.wait()
            try:
                await self._catch_up()
            except Unavailable as error:
                log.warning("executions are not delivered yet", notebook=self.notebook_id, error=str(error))
                await asyncio.sleep(RETRY_SECONDS)

    async def _catch_up(self) -> None:
        while self._behind.is_set():
            self._behind.clear()
            try:
                outstanding = await self._rooms.outstanding(self.notebook_id)
            except Unavailable:
                self._behind.set()
                raise
            for batch_id, items in outstanding:
                for part in _split(items):
                    await self._outbox.room()
                    self._send(batch_id, part)
        self._live.set()

    def _fall_behind(self) -> None:
        self._live.clear()
        self._behind.set()

    def _send(self, batch_id: BatchId, items: list[QueuedItem]) -> None:
        command_id = CommandId(self._ids.new())
        self._outbox.ask(Enqueue(command_id, self.kernel_id, batch_id, items), self._answered)

    def _answered(self, problem: Problem | None) -> None:
        if problem is not None and problem != UNREACHABLE:
            log.warning("an agent takes no executions", notebook=self.notebook_id, problem=problem.code)
            asyncio.get_running_loop().call_later(RETRY_SECONDS, self._fall_behind)


def _split(items: list[QueuedItem]) -> Iterator[list[QueuedItem]]:
    part: list[QueuedItem] = []
    size = 0
    for item in items:
        length = len(item.source.encode("utf-8", "replace"))
        if part and size + length > FRAME_BYTES:
            yield part
            part, size = [], 0
        part.append(item)
        size += length
    if part:
        yield part
