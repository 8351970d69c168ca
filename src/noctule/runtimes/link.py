"""One agent connection after its Hello was accepted: reads frames, feeds the streams, sends commands, acknowledges.

    reader   frames of the agent -> streams (records), outbox (replies), figures, farewell
    writer   outbox -> channel
    streams  one per kernel: commit
    acks     soon after: Ack(committed)
    syncer   at most once a second: store.sync(), then Ack(synced)
    asking   asks of pages and their answers, which nothing waits for but who asked
    feeds    one per notebook: executions that the agent has not accepted
    desk     questions and pipes: terminals and files
    lease    renewed while connected

A frame that breaks the protocol closes this link and harms nothing else. Losing a link loses nothing: the agent's journal
has what was not acknowledged as synced, the rows have what was not accepted.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import msgspec
import structlog

from noctule.errors import Conflict, Unavailable
from noctule.store import Store
from noctule_agent.wire.asks import AnswerBody, AskBody
from noctule_agent.wire.limits import LINK_WINDOW_BYTES
from noctule_agent.wire.link import (
    CLOSE_PROTOCOL,
    Ack,
    Answered,
    Bye,
    Command,
    Events,
    FromAgent,
    Hello,
    Lease,
    Metrics,
    QueuedItem,
    Reply,
    Resume,
    StartKernel,
    StopAgent,
)
from noctule_agent.wire.pipes import PipeCredit, PipeData, PipeEnd, Result
from noctule_agent.wire.ports import Channel, ChannelClosed, Ids
from noctule_agent.wire.values import DECODE_ERRORS, BatchId, Cause, CommandId, KernelId, Millis, NotebookId, Problem

from .asking import Asking
from .desk import Desk
from .feed import Feed
from .outbox import UNREACHABLE, Outbox, OutboxFull
from .ports import Rooms
from .streams import Ingest, ProtocolError, Stream

log = structlog.get_logger()

ACK_SECONDS = 0.02
"""Before what is committed is acknowledged: an agent needs it for its window alone, and is not woken for every record."""
SYNC_SECONDS = 1.0

_DECODER: msgspec.msgpack.Decoder[FromAgent] = msgspec.msgpack.Decoder(FromAgent)

BUSY = Problem("runtime-busy", "The runtime does not take more requests now.", "Try again in a moment.", 409)


def decode(frame: bytes) -> FromAgent:
    try:
        return _DECODER.decode(frame)
    except DECODE_ERRORS as error:
        raise ProtocolError(f"frame cannot be read: {error}") from error


class Hooks(msgspec.Struct, frozen=True):
    """What a link does to its surroundings."""

    ingest: Ingest
    measured: Callable[[Metrics], None]
    farewell: Callable[[Cause], Awaitable[None]]
    next_lease: Callable[[], Awaitable[Millis]]
    """Returns, when it is time to, a new lease that is written."""


class Link:
    def __init__(
        self,
        channel: Channel,
        store: Store,
        rooms: Rooms,
        ids: Ids,
        cursors: dict[KernelId, int],
        hooks: Hooks,
        version: tuple[int, int],
    ) -> None:
        """`version`: what the agent's Hello said."""
        self._channel = channel
        self._store = store
        self._rooms = rooms
        self._ids = ids
        self._hooks = hooks
        self._outbox = Outbox()
        self._asking = Asking(self._outbox, version)
        self.desk = Desk(self._outbox, ids, version)
        self._held = 0
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._all_applied = asyncio.Event()
        self._all_applied.set()
        self._leaving = False
        self._committed = dict(cursors)
        self._acked = dict(cursors)
        self._unacked = asyncio.Event()
        self._synced: dict[KernelId, int] = {}
        self._unsynced = asyncio.Event()
        self._unsynced.set()
        self._streams = {
            kernel_id: Stream(kernel_id, cursor, hooks.ingest, self._moved, self._release)
            for kernel_id, cursor in cursors.items()
        }
        self._feeds: dict[NotebookId, Feed] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._finished = asyncio.Event()

    # --- what the server says ---

    def resume(self, frame: Resume) -> None:
        """Must be the first."""
        self._outbox.post(frame)

    def start_kernel(self, kernel_id: KernelId, spec_name: str) -> None:
        self._outbox.ask(StartKernel(CommandId(self._ids.new()), kernel_id, spec_name), _log_problem)

    def tell_stop(self, cause: Cause) -> None:
        self._outbox.ask(StopAgent(CommandId(self._ids.new()), cause), _log_problem)

    def attach(self, notebook_id: NotebookId, kernel_id: KernelId) -> None:
        """From now on bring this notebook's executions to the kernel."""
        feed = self._feeds[notebook_id] = Feed(self._rooms, self._ids, self._outbox, notebook_id, kernel_id)
        self._start(feed.run(), f"feed {notebook_id}")

    def deliver(self, notebook_id: NotebookId, batch_id: BatchId, items: list[QueuedItem]) -> None:
        feed = self._feeds.get(notebook_id)
        if feed is not None:
            feed.deliver(batch_id, items)

    async def command(self, notebook_id: NotebookId, command: Command, patience: float) -> Problem | None:
        """Sent after all that the notebook has queued by now. Returns the agent's answer. Raises Conflict when there is none
        in time.
        """
        answer: asyncio.Future[Problem | None] = asyncio.get_running_loop().create_future()

        def answered(problem: Problem | None) -> None:
            if not answer.done():
                answer.set_result(problem)

        try:
            async with asyncio.timeout(patience):
                if (feed := self._feeds.get(notebook_id)) is not None:
                    await feed.live()
                self._outbox.ask(command, answered)
                return await answer
        except OutboxFull:
            return BUSY
        except TimeoutError:
            raise Conflict(
                "runtime-unreachable", "The runtime did not answer.", "It may still do what was asked."
            ) from None
        finally:
            self._outbox.forget(command.id)

    async def ask(self, kernel_id: KernelId, ask: AskBody) -> AnswerBody:
        """Raises Conflict with why there is no answer."""
        return await self._asking.ask(CommandId(self._ids.new()), kernel_id, ask)

    # --- life ---

    async def run(self) -> None:
        """To the end of the connection, which the caller closes when it has not been closed by then."""
        self._start(self._outbox.run(self._channel), "writer")
        self._start(self._ack(), "acks")
        self._start(self._sync(), "sync")
        self._start(self._renew(), "lease")
        for stream in self._streams.values():
            self._start(stream.run(), f"stream {stream.kernel_id}")
        try:
            await self._read()
        except ProtocolError as error:
            log.warning("an agent broke the protocol", reason=str(error))
            await self._channel.close(CLOSE_PROTOCOL, str(error)[:100])
        except ChannelClosed as closed:
            log.info("agent link closed", code=closed.code, reason=closed.reason)
        finally:
            await self._finish()

    async def close(self, code: int, reason: str) -> None:
        """Close the connection, if it is not ending in peace; `run` then comes to its end by itself."""
        if not self._leaving:
            await self._channel.close(code, reason)

    async def finished(self) -> None:
        """Return when nothing that came over this link is under way any more."""
        await self._finished.wait()

    async def _finish(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._outbox.close()
        self._asking.close()
        self.desk.close()
        for feed in self._feeds.values():
            feed.end()
        self._finished.set()

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=f"link {name}")
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or isinstance(error := task.exception(), ChannelClosed | None):
            return
        log.error("an agent link failed", task=task.get_name(), exc_info=error)
        closing = asyncio.create_task(self._channel.close(1011, "internal error"))
        self._tasks.add(closing)
        closing.add_done_callback(self._tasks.discard)

    # --- what the agent says ---

    async def _read(self) -> None:
        while True:
            await self._has_room.wait()
            frame = decode(await self._channel.receive())
            match frame:
                case Events():
                    self._take(frame)
                case Reply():
                    self._outbox.answer(frame)
                case Answered():
                    self._asking.answered(frame)
                case Metrics():
                    self._hooks.measured(frame)
                case Result() | PipeData() | PipeCredit() | PipeEnd():
                    self.desk.told(frame)
                case Bye(cause=cause):
                    self._leaving = True
                    await self._all_applied.wait()
                    await self._hooks.farewell(cause)
                    return
                case Hello():
                    raise ProtocolError("a second hello")

    def _take(self, frame: Events) -> None:
        stream = self._streams.get(frame.kernel_id)
        if stream is None:
            raise ProtocolError(f"kernel {frame.kernel_id} is not of this runtime")
        self._held += stream.offer(frame)
        if self._held:
            self._all_applied.clear()
        if self._held > LINK_WINDOW_BYTES:
            self._has_room.clear()

    def _release(self, size: int) -> None:
        self._held -= size
        if self._held <= LINK_WINDOW_BYTES:
            self._has_room.set()
        if not self._held:
            self._all_applied.set()

    # --- acknowledging ---

    def _moved(self, kernel_id: KernelId, cursor: int) -> None:
        self._committed[kernel_id] = cursor
        self._unacked.set()
        self._unsynced.set()

    async def _ack(self) -> None:
        while True:
            await self._unacked.wait()
            await asyncio.sleep(ACK_SECONDS)
            self._unacked.clear()
            for kernel_id, cursor in self._committed.items():
                if cursor > self._acked[kernel_id]:
                    self._post(kernel_id, cursor)

    async def _sync(self) -> None:
        while True:
            await self._unsynced.wait()
            self._unsynced.clear()
            committed = dict(self._committed)
            try:
                await self._store.sync()
            except Unavailable as error:
                log.warning("not synced yet", error=str(error))
                self._unsynced.set()
            else:
                self._ack_synced(committed)
            await asyncio.sleep(SYNC_SECONDS)

    def _ack_synced(self, synced: dict[KernelId, int]) -> None:
        for kernel_id, cursor in synced.items():
            if cursor > self._synced.get(kernel_id, 0):
                self._synced[kernel_id] = cursor
                self._post(kernel_id, self._committed[kernel_id])

    def _post(self, kernel_id: KernelId, cursor: int) -> None:
        self._acked[kernel_id] = cursor
        self._outbox.post(Ack(kernel_id, cursor, self._synced.get(kernel_id, 0)))

    async def _renew(self) -> None:
        while True:
            self._outbox.post(Lease(await self._hooks.next_lease()))


def _log_problem(problem: Problem | None) -> None:
    if problem is not None and problem != UNREACHABLE:
        log.warning("an agent refused a command", code=problem.code, title=problem.title)
