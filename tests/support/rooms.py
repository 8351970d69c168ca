"""Rooms over a real store, with runtimes that only note what they are asked. `rooms_world` is one with an empty folder."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest

from noctule.accounts.capabilities import ALL, Capability
from noctule.accounts.common import Rules
from noctule.accounts.live import Held
from noctule.accounts.roles import Roles
from noctule.drive.drive import Drive
from noctule.drive.index import Index
from noctule.drive.notebook_files import NotebookFiles
from noctule.drive.tree import Tree
from noctule.errors import Conflict
from noctule.ids import RandomIds, SystemClock
from noctule.rooms.bases import Bases
from noctule.rooms.library import Library
from noctule.rooms.rooms import Rooms
from noctule.rooms.services import Services
from noctule.rooms.versions import Versions
from noctule.store import Store
from noctule_agent.wire import page as wire
from noctule_agent.wire.asks import AnswerBody, AskBody, Inspected
from noctule_agent.wire.link import Command, QueuedItem
from noctule_agent.wire.state import RuntimeView
from noctule_agent.wire.values import BatchId, Cause, CommandId, KernelId, Millis, NotebookId, RuntimeId, UserId
from tests.support.channels import MemoryChannel, memory_channel_pair

T = TypeVar("T")
USER = UserId("you")
FRAME_SECONDS = 5.0

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(wire.ToPage).decode


class NotedRuntimes:
    """Runtimes that are connected, or not, as a test says, and that note what they are asked."""

    def __init__(self) -> None:
        self.connected = False
        self.refusal: Conflict | None = None
        """Why a notebook gets no runtime."""
        self.ensured: list[str] = []
        self.delivered: list[QueuedItem] = []
        self.commands: list[Command] = []
        self.told: list[QueuedItem | Command] = []
        """Both of these, in order."""
        self.ended: list[Cause] = []
        self.asked: list[AskBody] = []
        self.answering = asyncio.Event()
        """Asks are answered while it is set."""
        self.answering.set()

    async def ensure(self, notebook_id: NotebookId, spec_name: str, by: UserId | None) -> RuntimeView:
        if self.refusal is not None:
            raise self.refusal
        self.ensured.append(spec_name)
        return self._view()

    def deliver(self, notebook_id: NotebookId, batch_id: BatchId, items: list[QueuedItem]) -> None:
        self.delivered.extend(items)
        self.told.extend(items)

    async def command(self, notebook_id: NotebookId, make: Callable[[CommandId, KernelId], Command]) -> None:
        command = make(CommandId("command"), KernelId("kernel"))
        self.commands.append(command)
        self.told.append(command)

    async def ask(self, notebook_id: NotebookId, ask: AskBody) -> AnswerBody:
        if not self.connected:
            raise Conflict("no-runtime", "This notebook has no runtime.")
        self.asked.append(ask)
        await self.answering.wait()
        return Inspected(found=False)

    async def end(self, notebook_id: NotebookId, cause: Cause) -> None:
        self.ended.append(cause)

    async def gone(self, notebook_id: NotebookId) -> None:
        """At once."""

    def view(self, notebook_id: NotebookId) -> RuntimeView | None:
        return self._view() if self.connected else None

    def _view(self) -> RuntimeView:
        return RuntimeView(id=RuntimeId("runtime"), state="connected", launcher="fake", since=Millis(0))


async def has_room(owner: UserId, wanted: int) -> None:
    """Whatever they want: no quota."""


class RoomsWorld:
    """Rooms, their store and folder, and pages to speak with."""

    def __init__(self, store: Store, root: Path) -> None:
        self.store = store
        self.runtimes = NotedRuntimes()
        self.root = root / "drive" / USER
        """The files of the one person, on the disk."""
        self.tree = Tree(root / "drive")
        self.index = Index(store, self.tree, asyncio.to_thread, SystemClock(), RandomIds())
        self.files = NotebookFiles(self.index)
        self.drive = Drive(self.index)
        self.roles = Roles(store, SystemClock(), Rules())
        self.services = services = Services(
            store=store,
            runtimes=self.runtimes,
            offload=asyncio.to_thread,
            clock=SystemClock(),
            ids=RandomIds(),
            server="test",
        )
        self.rooms = Rooms(services, self.files, Bases(root))
        self.library = Library(services, self.rooms, self.index, self.drive, has_room)
        self.versions = Versions(services, self.rooms)
        self._tasks: list[asyncio.Task[None]] = []

    def dial(self, notebook_id: NotebookId, held: frozenset[Capability] = ALL, user: UserId = USER) -> "RawPage":
        """A page's end of a connection, before its first frame."""
        here, there = memory_channel_pair()
        may = Held(held)
        self._tasks.append(asyncio.create_task(self.rooms.serve_page(there, notebook_id, user, may)))
        return RawPage(here, may)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.rooms.close()
        self.tree.close()


class RawPage:
    """Sends and receives frames, or bytes that are none."""

    def __init__(self, channel: MemoryChannel, held: Held) -> None:
        self.channel = channel
        self.held = held
        """What it may, at the server."""

    async def send(self, frame: wire.FromPage) -> None:
        await self.channel.send(_encode(frame))

    async def open(self, **known: Any) -> wire.Welcome:
        await self.send(wire.Open(version=wire.VERSION, **known))
        return await self.next(wire.Welcome)

    async def next(self, kind: type[T]) -> T:
        """The next frame of this kind; others are passed over."""
        async with asyncio.timeout(FRAME_SECONDS):
            while True:
                frame = _decode(await self.channel.receive())
                if isinstance(frame, kind):
                    return frame


@pytest.fixture
async def rooms_world(store: Store, tmp_path: Path) -> AsyncIterator[RoomsWorld]:
    world = RoomsWorld(store, tmp_path)
    yield world
    await world.close()
