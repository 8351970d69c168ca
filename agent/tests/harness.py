"""A server end for tests of the agent: applies records in order, exactly once, and acknowledges them.

`MemoryServer` talks over channels in memory, for fakes under virtual time; `SocketServer` over a real unix socket.
"""

import asyncio
import selectors
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from websockets.asyncio.server import ServerConnection, unix_serve
from websockets.exceptions import ConnectionClosed

from noctule_agent.agent import Agent, World
from noctule_agent.journal import Journal
from noctule_agent.kernels.fake import FakeKernels
from noctule_agent.pipes import Pipe, Pipes
from noctule_agent.spec import AgentSpec
from noctule_agent.wire import link
from noctule_agent.wire.asks import AnswerBody, AskBody
from noctule_agent.wire.limits import PIPE_WINDOW_BYTES
from noctule_agent.wire.pipes import PipeCredit, PipeData, PipeEnd, PipeOpen, Query, Question, Result, What
from noctule_agent.wire.ports import Channel, ChannelClosed
from noctule_agent.wire.values import (
    BatchId,
    Cause,
    CellId,
    CommandId,
    ExecutionId,
    KernelId,
    Millis,
    Problem,
    RuntimeId,
)

T = TypeVar("T")
KERNEL = KernelId("k1")
FOREVER = Millis(10**15)
GONE = Problem("gone", "The connection is gone.")
_frames = msgspec.msgpack.Decoder(link.FromAgent)
_records = msgspec.msgpack.Decoder(link.Record)


class Server:
    """What a server keeps of one runtime, and how it speaks. `ack` and `sync` can be held to test windows and trims."""

    def __init__(self) -> None:
        self.records: dict[str, list[link.Record]] = {}
        self.replies: dict[str, link.Reply] = {}
        self.answers: dict[str, link.Answered] = {}
        self.results: dict[str, Result] = {}
        self.hellos: list[link.Hello] = []
        self.metrics: list[link.Metrics] = []
        self.bye: Cause | None = None
        self.lease_until = FOREVER
        self.refusal: link.Refused | None = None
        self.acks = True
        self.sync = True
        self.received_bytes = 0
        self._channel: Channel | None = None
        self._changed = asyncio.Event()
        self._commands = 0
        self._pipes = Pipes(self._later, self._bulk)
        self._sending: set[asyncio.Task[None]] = set()

    async def talk(self, channel: Channel) -> None:
        hello = _frames.decode(await channel.receive())
        assert isinstance(hello, link.Hello)
        self.hellos.append(hello)
        if self.refusal is not None:
            await channel.send(msgspec.msgpack.encode(self.refusal))
            return
        cursors = {KernelId(kernel_id): len(records) for kernel_id, records in self.records.items()}
        await channel.send(msgspec.msgpack.encode(link.Resume(link.VERSION, cursors, self.lease_until)))
        self._channel = channel
        self._pipes = Pipes(self._later, self._bulk)
        self._notify()
        with suppress(ChannelClosed):
            while True:
                await self._take(channel, _frames.decode(await channel.receive()))
        self._pipes.close(GONE)

    async def _take(self, channel: Channel, frame: link.FromAgent) -> None:
        match frame:
            case link.Events():
                self._apply(frame)
                if self.acks:
                    await self.ack(frame.kernel_id, channel)
            case link.Reply():
                self.replies[frame.id] = frame
            case link.Answered():
                self.answers[frame.id] = frame
            case Result():
                self.results[frame.id] = frame
            case PipeData() | PipeCredit() | PipeEnd():
                self._pipes.told(frame)
            case link.Metrics():
                self.metrics.append(frame)
            case link.Bye():
                self.bye = frame.cause
        self._notify()

    def _apply(self, events: link.Events) -> None:
        assert events.records
        records = self.records.setdefault(events.kernel_id, [])
        assert events.first_seq == len(records) + 1, "a gap or a repetition"
        records += [_records.decode(record) for record in events.records]
        self.received_bytes += sum(map(len, events.records))

    async def ack(self, kernel_id: KernelId, channel: Channel | None = None) -> None:
        cursor = len(self.records[kernel_id])
        await self.send(link.Ack(kernel_id, cursor, cursor if self.sync else 0), channel)

    async def send(self, frame: Any, channel: Channel | None = None) -> None:
        target = channel or self._channel
        assert target is not None
        with suppress(ChannelClosed):
            await target.send(msgspec.msgpack.encode(frame))

    # --- what a test asks ------------------------------------------------------------------------------------------

    def _notify(self) -> None:
        self._changed.set()

    async def until(self, found: Callable[[], T], seconds: float = 20) -> T:
        async with asyncio.timeout(seconds):
            while not (value := found()):
                self._changed.clear()
                await self._changed.wait()
        return value

    async def linked(self) -> None:
        await self.until(lambda: self._channel is not None)

    async def cut(self) -> None:
        assert self._channel is not None
        channel, self._channel = self._channel, None
        await channel.close(1006)

    async def command(self, make: Callable[[CommandId], link.Command]) -> str:
        await self.linked()
        self._commands += 1
        command_id = CommandId(f"c{self._commands}")
        await self.send(make(command_id))
        return command_id

    async def asked(self, make: Callable[[CommandId], link.Command], seconds: float = 20) -> link.Reply:
        command_id = await self.command(make)
        return await self.until(lambda: self.replies.get(command_id), seconds)

    async def put(self, ask: AskBody) -> str:
        """Ask the kernel something; the id of the ask."""
        await self.linked()
        self._commands += 1
        id_ = CommandId(f"a{self._commands}")
        await self.send(link.Ask(id_, KERNEL, ask))
        return id_

    async def told(self, ask: AskBody, seconds: float = 20) -> AnswerBody:
        """What it answers."""
        id_ = await self.put(ask)
        answered = await self.until(lambda: self.answers.get(id_), seconds)
        assert answered.answer is not None, answered.problem
        return answered.answer

    async def refused(self, ask: AskBody, seconds: float = 20) -> str:
        """The code of the problem that it answers."""
        id_ = await self.put(ask)
        answered = await self.until(lambda: self.answers.get(id_), seconds)
        assert answered.problem is not None, answered.answer
        return answered.problem.code

    async def query(self, what: Question, seconds: float = 20) -> Result:
        await self.linked()
        self._commands += 1
        id_ = CommandId(f"c{self._commands}")
        await self.send(Query(id_, what))
        return await self.until(lambda: self.results.get(id_), seconds)

    async def pipe(self, what: What) -> Pipe:
        await self.linked()
        pipe = self._pipes.make()
        await self.send(PipeOpen(pipe.number, what, PIPE_WINDOW_BYTES))
        return pipe

    def _later(self, frame: Any, gone: Callable[[], None] = lambda: None) -> None:
        async def send() -> None:
            await self.send(frame)
            gone()

        task = asyncio.create_task(send())
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    def _bulk(self, frame: PipeData, gone: Callable[[], None]) -> None:
        self._later(frame, gone)

    async def run(self, *sources: str, batch: str = "b1", tag: bool = False) -> list[ExecutionId]:
        """Enqueue cells as one batch; ids are `<batch>-<n>`."""
        items = [
            link.QueuedItem(ExecutionId(f"{batch}-{n}"), CellId(f"cell{n}"), source, tag)
            for n, source in enumerate(sources)
        ]
        await self.command(lambda id_: link.Enqueue(id_, KERNEL, BatchId(batch), items))
        return [item.execution_id for item in items]

    async def start(self) -> None:
        await self.command(lambda id_: link.StartKernel(id_, KERNEL))

    def all(self, kind: type[T]) -> list[T]:
        return [record for record in self.records.get(KERNEL, []) if isinstance(record, kind)]

    def ended(self, execution_id: str) -> link.ExecutionEnded | None:
        return next((end for end in self.all(link.ExecutionEnded) if end.execution_id == execution_id), None)

    async def end_of(self, execution_id: str, seconds: float = 20) -> link.ExecutionEnded:
        return await self.until(lambda: self.ended(execution_id), seconds)

    def messages(self, parent: str = "") -> list[link.KernelMessage]:
        said = (message for record in self.all(link.Said) for message in record.messages)
        return [message for message in said if not parent or message.parent_id == parent]

    def text(self, parent: str, name: str = "stdout") -> str:
        contents = (msgspec.json.decode(m.content) for m in self.messages(parent) if m.msg_type == "stream")
        return "".join(content["text"] for content in contents if content["name"] == name)

    def states(self) -> dict[str, str]:
        return {end.execution_id: end.state for end in self.all(link.ExecutionEnded)}


# --- channels in memory --------------------------------------------------------------------------------------------


class MemoryChannel:
    def __init__(self) -> None:
        self.other: MemoryChannel
        self._inbox: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._closed: ChannelClosed | None = None

    @classmethod
    def pair(cls) -> "tuple[MemoryChannel, MemoryChannel]":
        one, two = cls(), cls()
        one.other, two.other = two, one
        return one, two

    async def send(self, frame: bytes) -> None:
        await asyncio.sleep(0)
        if self._closed:
            raise self._closed
        self.other._inbox.put_nowait(frame)

    async def receive(self) -> bytes:
        if self._closed:
            raise self._closed
        frame = await self._inbox.get()
        if frame is None:
            raise self._closed or ChannelClosed()
        return frame

    async def close(self, code: int = 1000, reason: str = "") -> None:
        for end in (self, self.other):
            if end._closed is None:
                end._closed = ChannelClosed(code, reason)
                end._inbox.put_nowait(None)


class MemoryServer(Server):
    """Can be down: then nobody answers a dial."""

    def __init__(self) -> None:
        super().__init__()
        self.up = True
        self.dials = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def dial(self) -> Channel:
        self.dials += 1
        if not self.up:
            raise ConnectionRefusedError
        mine, theirs = MemoryChannel.pair()
        task = asyncio.create_task(self.talk(mine))
        self._tasks.add(task)
        return theirs

    def check(self) -> None:
        """Raise what went wrong on the server's side."""
        for task in self._tasks:
            if task.done() and not task.cancelled():
                error = task.exception()
                if error is not None and not isinstance(error, ChannelClosed):
                    raise error


class _SocketChannel:
    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection

    async def send(self, frame: bytes) -> None:
        try:
            await self._connection.send(frame)
        except ConnectionClosed as error:
            raise ChannelClosed from error

    async def receive(self) -> bytes:
        try:
            return bytes(await self._connection.recv(decode=False))
        except ConnectionClosed as error:
            raise ChannelClosed from error

    async def close(self, code: int = 1000, reason: str = "") -> None:
        if code == 1006:
            self._connection.transport.abort()
        else:
            await self._connection.close(code, reason)


class SocketServer(Server):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._listener: Any = None

    async def open(self) -> None:
        async def serve(connection: ServerConnection) -> None:
            await self.talk(_SocketChannel(connection))

        self._listener = await unix_serve(serve, str(self.path), compression=None, max_size=2**29)

    async def close(self) -> None:
        self._channel = None
        self._listener.close()
        await self._listener.wait_closed()
        self.path.unlink(missing_ok=True)


# --- a world of fakes, in virtual time ---------------------------------------------------------------------------


class VirtualClock:
    def now(self) -> Millis:
        return Millis(1_000_000 + int(asyncio.get_running_loop().time() * 1000))


class CountingIds:
    def __init__(self) -> None:
        self._count = 0

    def new(self) -> str:
        self._count += 1
        return f"id{self._count}"


class _WarpSelector(selectors.DefaultSelector):
    """Waiting takes no time: when nothing is ready, the clock moves on instead."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready and timeout:
            self.now += timeout
        assert ready or timeout is not None, "everything waits for ever"
        return ready


def virtually(main: Callable[[], Awaitable[T]]) -> T:
    """Run on a loop whose time is virtual."""
    selector = _WarpSelector()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.now  # type: ignore[method-assign]
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(main())  # type: ignore[arg-type]


def memory_journal() -> Journal:
    return Journal(sqlite3.connect(":memory:", isolation_level=None), CountingIds())


def spec(**changes: Any) -> AgentSpec:
    base = AgentSpec(RuntimeId("r1"), 1, "token", "unix:///nowhere", FOREVER)
    return msgspec.structs.replace(base, **changes)


class Fakes:
    """An agent among fakes: `async with Fakes() as fakes: fakes.server ... fakes.kernels ...`."""

    def __init__(self, journal: Journal | None = None, server: MemoryServer | None = None, **changes: Any) -> None:
        self.journal = journal or memory_journal()
        self.server = server or MemoryServer()
        self.kernels = FakeKernels()
        self.log: list[str] = []
        # Memory that doubles: figures that are worth telling each time.
        growing = (2**power for power in count())
        world = World(
            kernels=self.kernels,
            dial=self.server.dial,
            clock=VirtualClock(),
            ids=CountingIds(),
            measure=lambda: link.Metrics(VirtualClock().now(), 1.0, next(growing)),
            log=lambda event, **_: self.log.append(event),
            jitter=lambda: 1.0,
        )
        self.agent = Agent(spec(**changes), self.journal, world)
        self.task = asyncio.create_task(self.agent.run())

    async def __aenter__(self) -> "Fakes":
        return self

    async def __aexit__(self, kind: object, *rest: object) -> None:
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task
        if kind is None:
            self.server.check()

    async def ended(self) -> Cause:
        return await self.task
