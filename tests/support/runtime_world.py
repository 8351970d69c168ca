"""A small world around `Runtimes`: an inline store, rooms that keep what they are told, scripted agents."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from noctule.errors import StorageFull
from noctule.launchers.base import LaunchSpec
from noctule.launchers.fake import FakeLauncher
from noctule.runtimes.ports import KernelBatch
from noctule.runtimes.service import Runtimes
from noctule.runtimes.settings import RuntimeSettings
from noctule.store import Store, kernels
from noctule_agent.wire import link
from noctule_agent.wire.ports import ChannelClosed
from noctule_agent.wire.state import KernelView, RuntimeView
from noctule_agent.wire.values import BatchId, Cause, CellId, ExecutionId, KernelId, Millis, NotebookId
from tests.support.channels import MemoryChannel, memory_channel_pair
from tests.support.notebook_rows import add_notebook
from tests.support.virtual_time import EPOCH, CountingIds, LoopClock

NB = NotebookId("nb")
AT = Millis(EPOCH)
ENCODE = msgspec.msgpack.Encoder().encode
DECODE = msgspec.msgpack.Decoder(link.ToAgent).decode


class RecordingRooms:
    """Keeps what it is told. `full`: nothing can be committed. `held`: ingest waits until it is set."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.records: dict[NotebookId, list[link.Record]] = {}
        self.batches: list[KernelBatch] = []
        self.kernels: list[tuple[NotebookId, KernelView]] = []
        self.views: list[tuple[NotebookId, RuntimeView]] = []
        self.settled: list[tuple[NotebookId, KernelId, Cause]] = []
        self.waiting: list[tuple[BatchId, list[link.QueuedItem]]] = []
        self.full = False
        self.held = asyncio.Event()
        self.held.set()
        self.offering = asyncio.Event()
        """Cleared: what waits is read, and not handed out yet."""
        self.offering.set()

    async def ingest(self, batch: KernelBatch) -> int:
        await self.held.wait()
        if self.full:
            raise StorageFull("storage-full", "The disk is full.")
        assert (batch.notebook_id, batch.kernel_id) in [(nb, view.id) for nb, view in self.kernels]
        row = await self._store.read(lambda tx: kernels.get(tx, batch.kernel_id))
        assert row is not None
        fresh = batch.records[max(0, row.cursor + 1 - batch.first_seq) :]
        assert batch.first_seq <= row.cursor + 1
        cursor = max(row.cursor, batch.last_seq)
        await self._store.write(lambda tx: kernels.advance(tx, batch.kernel_id, row.cursor, cursor))
        self.records.setdefault(batch.notebook_id, []).extend(fresh)
        self.batches.append(batch)
        return cursor

    async def outstanding(self, notebook_id: NotebookId) -> list[tuple[BatchId, list[link.QueuedItem]]]:
        waiting = list(self.waiting)
        await self.offering.wait()
        return waiting

    async def kernel_bound(self, notebook_id: NotebookId, kernel: KernelView) -> None:
        self.kernels.append((notebook_id, kernel))

    async def runtime_changed(self, notebook_id: NotebookId, view: RuntimeView) -> None:
        self.views.append((notebook_id, view))

    async def settle(self, notebook_id: NotebookId, kernel_id: KernelId, cause: Cause) -> None:
        self.settled.append((notebook_id, kernel_id, cause))

    def states(self, notebook_id: NotebookId = NB) -> list[str]:
        """The states shown, repetitions left out."""
        shown: list[str] = []
        for notebook, view in self.views:
            if notebook == notebook_id and shown[-1:] != [view.state]:
                shown.append(view.state)
        return shown


class ScriptedAgent:
    """What a test makes of an agent: it dials, says Hello, and then does as it is told. `inbox` keeps what came."""

    def __init__(self, spec: LaunchSpec, channel: MemoryChannel) -> None:
        self.spec = spec
        self.channel = channel
        self.inbox: list[link.ToAgent] = []
        self.journal_id = f"journal of {spec.runtime_id}"
        self.sent: dict[KernelId, int] = {}
        self.read_all = True

    def hello(self, **changes: Any) -> link.Hello:
        spec = self.spec
        heads = [link.KernelHead(id_, 1, 1 if head else 0, head, True) for id_, head in self.sent.items()]
        hello = link.Hello(
            link.VERSION, spec.runtime_id, spec.token, spec.generation, self.journal_id, heads, spec.drain
        )
        return msgspec.structs.replace(hello, **changes)

    async def greet(self, **changes: Any) -> link.ToAgent:
        await self.say(self.hello(**changes))
        return await self.next()

    async def say(self, frame: link.FromAgent) -> None:
        await self.channel.send(ENCODE(frame))

    async def next(self) -> link.ToAgent:
        frame = DECODE(await self.channel.receive())
        self.inbox.append(frame)
        return frame

    async def until(self, wanted: Callable[[link.ToAgent], bool]) -> link.ToAgent:
        async with asyncio.timeout(300):
            while True:
                frame = await self.next()
                if wanted(frame):
                    return frame

    async def tell(self, kernel_id: KernelId, first: int, *records: link.Record) -> None:
        await self.say(link.Events(kernel_id, first, [ENCODE(record) for record in records]))

    async def told(self, kernel_id: KernelId, first: int, *records: link.Record) -> None:
        """Tell, and wait until it is committed."""
        await self.tell(kernel_id, first, *records)
        last = first + len(records) - 1
        await self.until(lambda frame: isinstance(frame, link.Ack) and frame.committed >= last)

    async def closed(self) -> ChannelClosed:
        try:
            async with asyncio.timeout(300):
                while True:
                    await self.next()
        except ChannelClosed as closed:
            return closed


class World:
    """`agents` are those that were launched, in order; each waits until the test makes it end (`finish`)."""

    def __init__(self, store: Store, **settings: Any) -> None:
        self.store = store
        self.clock = LoopClock()
        self.ids = CountingIds()
        self.rooms = RecordingRooms(store)
        self.settings = RuntimeSettings(**{"server": "memory", "pool_size": 0, **settings})
        self.launcher = FakeLauncher(self._program)
        self.specs: asyncio.Queue[LaunchSpec] = asyncio.Queue()
        self.exits: dict[tuple[str, int], asyncio.Future[int]] = {}
        self.serving: set[asyncio.Task[None]] = set()
        self.runtimes = Runtimes(store, self.launcher, self.settings, self.clock, self.ids)

    @classmethod
    async def open(cls, tmp_path: Path, **settings: Any) -> "World":
        store = await Store.open("sqlite://", tmp_path / "blobs", inline=True)
        await store.write(lambda tx: add_notebook(tx, NB, at=EPOCH))
        world = cls(store, **settings)
        await world.runtimes.start(world.rooms)
        return world

    async def restart(self) -> None:
        """The server is killed and started again; agents and rows stay."""
        await self.runtimes.stop()
        self.runtimes = Runtimes(self.store, self.launcher, self.settings, self.clock, self.ids)
        await self.runtimes.start(self.rooms)

    async def close(self) -> None:
        await self.runtimes.stop()
        await self.launcher.close()
        await self.store.close()

    async def _program(self, spec: LaunchSpec) -> int:
        exit_code = self.exits[spec.runtime_id, spec.generation] = asyncio.get_running_loop().create_future()
        self.specs.put_nowait(spec)
        return await exit_code

    def exit(self, spec: LaunchSpec, code: int = 0) -> None:
        """It ends by itself, if it was not stopped before."""
        ended = self.exits[spec.runtime_id, spec.generation]
        if not ended.done():
            ended.set_result(code)

    async def launched(self) -> ScriptedAgent:
        """The next agent that is launched, on the line but silent."""
        async with asyncio.timeout(300):
            return self.dial(await self.specs.get())

    def dial(self, spec: LaunchSpec) -> ScriptedAgent:
        ours, theirs = memory_channel_pair()
        task = asyncio.ensure_future(self.runtimes.serve_agent(theirs))
        self.serving.add(task)
        task.add_done_callback(self.serving.discard)
        return ScriptedAgent(spec, ours)

    async def connected(self) -> tuple[ScriptedAgent, KernelId]:
        """A runtime for NB, connected, with a kernel that is ready (two records told)."""
        await self.runtimes.ensure(NB, "python3")
        agent = await self.launched()
        assert isinstance(await agent.greet(), link.Resume)
        started = await agent.until(lambda frame: isinstance(frame, link.StartKernel))
        assert isinstance(started, link.StartKernel)
        await agent.told(started.kernel_id, 1, *ready())
        agent.sent[started.kernel_id] = 2
        return agent, started.kernel_id

    async def until_view(self, state: str, notebook_id: NotebookId = NB) -> RuntimeView:
        async with asyncio.timeout(3600):
            while (view := self.runtimes.view(notebook_id)) is None or view.state != state:
                await asyncio.sleep(0.05)
        # What was committed is announced at once, by another task.
        await asyncio.sleep(0.05)
        return view


def now() -> Millis:
    return LoopClock().now()


def ready() -> list[link.Record]:
    return [link.KernelStarting(1, AT, "python3"), link.KernelReady(1, AT, "python")]


def said(text: str) -> link.Said:
    content = msgspec.json.encode({"name": "stdout", "text": text})
    return link.Said(1, AT, [link.KernelMessage("stream", "e", content)])


def item(name: str, source: str = "1") -> link.QueuedItem:
    return link.QueuedItem(ExecutionId(name), CellId(f"cell-{name}"), source)
