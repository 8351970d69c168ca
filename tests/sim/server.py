"""One life of the server: real rooms, real runtimes, a real Store, wired as app.py wires them; it can die at any point."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

import msgspec

from noctule.accounts.capabilities import ALL
from noctule.accounts.live import Held
from noctule.drive.drive import Drive
from noctule.drive.index import Index
from noctule.drive.notebook_files import NotebookFiles
from noctule.errors import Unavailable
from noctule.launchers.base import Condition, Exited, Handle, LaunchSpec
from noctule.launchers.fake import FakeLauncher
from noctule.rooms.library import Library
from noctule.rooms.rooms import Rooms
from noctule.rooms.services import Services
from noctule.rooms.versions import Versions
from noctule.runtimes.service import Runtimes
from noctule.runtimes.settings import RuntimeSettings
from noctule_agent.wire.ports import Channel, Clock, Ids
from noctule_agent.wire.values import Cause, Evidence, NotebookId, RuntimeId, UserId
from tests.sim.disk import Crash, Disk, SimStore
from tests.sim.files import Files, SimBases, SimTree
from tests.sim.loop import Process, VirtualLoop
from tests.support.rooms import has_room

T = TypeVar("T")

STORE_STEPS = ("begin", "work", "commit", "committed")


class CrashPlan(msgspec.Struct):
    """The server dies at this step of its n-th transaction from now."""

    step: str
    left: int


class Outside(Protocol):
    """What a server needs of the world."""

    loop: VirtualLoop
    clock: Clock
    disk: Disk
    files: Files
    launcher: FakeLauncher
    settings: RuntimeSettings

    def note(self, text: str) -> None: ...
    def fail(self, text: str) -> None: ...
    def committed(self) -> None: ...
    def synced(self) -> None: ...
    def ids(self, prefix: str) -> Ids: ...
    def chance(self, name: str) -> Any: ...
    def server_ended(self, server: "Server") -> None: ...


class Server:
    """`process` is alive until it is killed or has stopped in order."""

    def __init__(self, world: Outside, number: int) -> None:
        self.process = Process(world.loop, f"server {number}")
        self.agents_open = False
        self.pages_open = False
        self.crash_plan: CrashPlan | None = None
        self._world = world
        self._chance = world.chance(self.process.name)
        self.store = self.process.call(SimStore.on, world.disk, world.loop, self._chance, self._fault)
        self.store.synced = world.synced
        launcher = OutliveLauncher(world.launcher, world.loop)
        ids = world.ids("s")
        self.runtimes = Runtimes(self.store, launcher, world.settings, world.clock, ids)
        services = Services(
            store=self.store,
            runtimes=self.runtimes,
            offload=self._offload,
            clock=world.clock,
            ids=ids,
            server="sim",
        )
        tree = SimTree(world.files, world.disk)
        index = Index(self.store, tree, self._offload, world.clock, ids)  # type: ignore[arg-type]
        bases = SimBases(world.files, world.disk)
        self.rooms = Rooms(services, NotebookFiles(index), bases)  # type: ignore[arg-type]
        self.drive = Drive(index)
        self.library = Library(services, self.rooms, index, self.drive, has_room)
        self.versions = Versions(services, self.rooms)

    # --- life --------------------------------------------------------------------------------------------------------

    def boot(self) -> None:
        self._world.note(f"{self.process.name} starts")
        self.process.spawn(self._boot())

    async def _boot(self) -> None:
        try:
            await self.runtimes.start(self.rooms)
            self.agents_open = True
            await self.rooms.start()
            self.pages_open = True
            self._world.note(f"{self.process.name} is up")
        except Unavailable as error:
            self._world.note(f"{self.process.name} cannot start: {error}")
            self.kill()
        except Exception as error:
            self._world.fail(f"{self.process.name} did not start: {error!r}")
            raise

    async def stop(self) -> None:
        """As a deploy does: in order, runtimes go on."""
        self._world.note(f"{self.process.name} stops in order")
        self.pages_open = self.agents_open = False
        try:
            await self.runtimes.stop()
            await self.rooms.close()
            await self.store.close()
        except Exception as error:
            self._world.fail(f"{self.process.name} did not stop in order: {error!r}")
        self.kill()

    def kill(self) -> None:
        """kill -9, or the end of an orderly stop."""
        if self.process.alive:
            self._world.note(f"{self.process.name} is gone")
            self.pages_open = self.agents_open = False
            self.process.kill()
            self._world.server_ended(self)

    # --- doors -------------------------------------------------------------------------------------------------------

    def accept_page(self, channel: Channel, notebook_id: NotebookId) -> None:
        self.process.spawn(
            self._served(self.rooms.serve_page(channel, notebook_id, UserId("ann"), Held(ALL)), channel), "page"
        )

    def accept_agent(self, channel: Channel) -> None:
        self.process.spawn(self._served(self.runtimes.serve_agent(channel), channel), "agent door")

    async def _served(self, serving: Coroutine[Any, Any, None], channel: Channel) -> None:
        try:
            await serving
        except asyncio.CancelledError:
            raise
        except Exception as error:
            self._world.fail(f"{self.process.name}: serving a connection failed: {error!r}")
            raise
        finally:
            # An ASGI server closes a socket whose handler has returned.
            await channel.close(1000)

    # --- faults ------------------------------------------------------------------------------------------------------

    def _fault(self, step: str) -> None:
        if not self.process.alive:
            raise Crash
        if step == "committed":
            self._world.committed()
        plan = self.crash_plan
        if plan is not None and plan.step == step:
            plan.left -= 1
            if plan.left <= 0:
                self._world.note(f"{self.process.name} dies at {step!r}")
                self.kill()
                raise Crash
        if step in ("work", "commit"):
            self._world.disk.check()

    async def _offload(self, work: Callable[..., T], /, *args: Any) -> T:
        """A thread: it takes a moment, and what it does is not undone by a death."""
        await asyncio.sleep(self._chance.random() * 0.01)
        result = work(*args)
        await asyncio.sleep(self._chance.random() * 0.01)
        return result


class OutliveLauncher:
    """The launcher as one server process has it: what it began goes on when that process is no more."""

    name = "fake"

    def __init__(self, launcher: FakeLauncher, loop: VirtualLoop) -> None:
        self._launcher = launcher
        self._loop = loop

    async def launch(self, spec: LaunchSpec) -> Handle:
        return await self._outside(self._launcher.launch(spec))

    async def inspect(self, handle: Handle) -> Condition:
        return await self._outside(self._launcher.inspect(handle))

    async def wait(self, handle: Handle) -> Exited:
        return await self._outside(self._launcher.wait(handle))

    async def stop(self, handle: Handle) -> None:
        await self._outside(self._launcher.stop(handle))

    async def list(self) -> list[tuple[RuntimeId, Handle]]:
        return await self._outside(self._launcher.list())

    async def forget(self, runtime_id: RuntimeId) -> None:
        await self._outside(self._launcher.forget(runtime_id))

    async def evidence(self, runtime_id: RuntimeId) -> Evidence:
        return await self._outside(self._launcher.evidence(runtime_id))

    async def _outside(self, work: Coroutine[Any, Any, T]) -> T:
        task = self._loop.create_task(work, context=self._loop.outside.copy())
        # Nobody may be left to hear of its failure.
        task.add_done_callback(lambda done: done.cancelled() or done.exception(), context=self._loop.outside.copy())
        return await asyncio.shield(task)


STOPPED = Cause("server-shutdown", "The server was stopped, and its runtimes with it, on purpose.")
