"""One simulated world: a server that dies and comes back, machines with agents, pages of people; and its seed's run.

run_seed(seed) -> Outcome      the same seed gives the same log, line by line
"""

import asyncio
import random
import shutil
import tempfile
import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import orjson

from noctule.errors import Unavailable
from noctule.launchers.fake import FakeLauncher
from noctule.notebook import crdt
from noctule.rooms import keeping, room
from noctule.runtimes.settings import RuntimeSettings
from noctule_agent.wire.ports import Channel, Clock, Ids
from noctule_agent.wire.values import Millis, NotebookId, UserId
from tests.sim import actions, ending
from tests.sim.checks import Checks
from tests.sim.disk import Crash, Disk
from tests.sim.files import Files
from tests.sim.log import SimLog
from tests.sim.loop import Deadlock, Process, VirtualLoop
from tests.sim.machines import Machines
from tests.sim.network import End, Network
from tests.sim.pages import SentRun, SimPage
from tests.sim.scenario import Dice
from tests.sim.server import Server
from tests.sim.talk import Said

EPOCH_MS = 1_800_000_000_000
BOOT_SECONDS = 0.3
STEPS_AT_MOST = 100_000
"""Rounds of the event loop in one seed: more is a busy loop."""


class Outcome(msgspec.Struct):
    seed: int
    failure: str | None
    lines: list[str]
    stats: dict[str, int]
    profile: str = ""
    """The one that was asked for."""

    def report(self, lines: int = 200) -> str:
        log = "\n".join(self.lines[-lines:])
        return (
            f"seed {self.seed} failed:\n{self.failure}\n\n--- the last of its log (virtual seconds) ---\n{log}\n\n"
            f"rerun: .venv/bin/python -m tests.sim.replay {self.seed}"
            + (f" -p {self.profile!r}" if self.profile else "")
        )


class _Clock:
    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def now(self) -> Millis:
        return Millis(EPOCH_MS + int(self._loop.time() * 1000))


class _Ids:
    """Readable ids, each made once in a world."""

    def __init__(self, counters: dict[str, int], prefix: str) -> None:
        self._counters = counters
        self._prefix = prefix

    def new(self) -> str:
        number = self._counters[self._prefix] = self._counters.get(self._prefix, 0) + 1
        return f"{self._prefix}{number}"


class _Head(msgspec.Struct):
    t: str


_HEAD = msgspec.msgpack.Decoder(_Head)
REPEATABLE = frozenset(
    {"events", "update", "run", "start-thread", "reply", "edit-comment", "delete-comment", "resolve-thread"}
)
"""Frames that may come twice: what they carry is numbered, or named by ids."""


class OutsideEdit(msgspec.Struct, frozen=True):
    """What another program wrote into a cell of an .ipynb."""

    at: float
    notebook_id: NotebookId
    cell_id: str
    token: str


class World:
    def __init__(self, seed: int, loop: VirtualLoop, directory: Path) -> None:
        self.seed = seed
        self.loop = loop
        self.failure: str | None = None
        self.failed = asyncio.Event()
        self.log = SimLog(loop.time, self.fail, self._excused)
        self.answers_were_lost = False
        self.dice = Dice(seed)
        self.clock: Clock = _Clock(loop)
        self._counters: dict[str, int] = {}
        self.disk = Disk(loop.time, directory)
        self.files = Files()
        self.machines = Machines(self)
        self.launcher = FakeLauncher(self.machines.program, launch_seconds=0.1)
        self.settings = self._settings()
        self.network = Network(loop, self.chance("network"), self._repeatable, self._sent)
        self.checks = Checks(self.disk, self.machines, self.fail, self.note)
        self.server: Server | None = None
        self.servers = 0
        self.pages: list[SimPage] = []
        self.pages_parted_until = 0.0
        self.agents_parted_until = 0.0
        self.notebooks: list[NotebookId] = []
        self.restart_after = 0.0
        self.outside: list[OutsideEdit] = []
        self.binned: set[NotebookId] = set()
        """Those that somebody has thrown away, once."""

    def _settings(self) -> RuntimeSettings:
        chance = self.chance("settings")
        return RuntimeSettings(
            server="sim",
            pool_size=chance.choice([0, 0, 1]),
            lease_seconds=chance.choice([3600.0, 3600.0, 90.0]),
            renew_seconds=chance.choice([60.0, 10.0]),
            unreachable_seconds=chance.choice([30.0, 5.0]),
        )

    # --- what the parts need -----------------------------------------------------------------------------------------

    def note(self, text: str) -> None:
        self.log(text)

    def fail(self, text: str) -> None:
        """The first promise that is broken fails the seed."""
        if self.failure is None and not self.log.closed:
            self.failure = f"at {self.loop.time():.4f}: {text}"
            self.log("FAILED")
            self.failed.set()

    def _excused(self, text: str) -> bool:
        """After a commit whose answer was lost, a fence stops the room, and it is opened anew."""
        return self.answers_were_lost and any(
            code in text for code in ("revision-stale", "document-stale", "cursor-moved")
        )

    def ids(self, prefix: str) -> Ids:
        return _Ids(self._counters, prefix)

    def chance(self, name: str) -> random.Random:
        return self.dice.stream(name)

    def changed(self) -> None:
        self.checks.check_journals()

    def committed(self) -> None:
        if self.failure is None:
            self.checks.committed()

    def synced(self) -> None:
        self.checks.note_synced()

    # pages tell it what they were promised
    def saved(self, page: SimPage, epoch: str, updates: list[bytes]) -> None:
        self.checks.saved(page, epoch, updates)

    def done_run(self, run: SentRun) -> None:
        self.checks.done_run(run)

    def sent(self, frame: Said) -> None:
        self.checks.talk.sent(frame)

    def done(self, page: SimPage, frame: Said) -> None:
        self.checks.talk.done(page.name, frame)

    def shows(self, page: SimPage) -> None:
        self.checks.shows(page)

    def gave_up(self, page: SimPage, code: str, why: str) -> None:
        """A page leaves a notebook that was thrown away; of nothing else it may give up."""
        if code != "notebook-binned" or page.notebook_id not in self.binned:
            self.fail(f"{page.name} gave up: {code} {why}")
            return
        self.checks.count("thrown away")
        self.loop.call_soon(self._leave, page, context=self.loop.outside.copy())

    def _leave(self, page: SimPage) -> None:
        if page in self.pages:
            self.close_page(page)

    def edited(self, page: SimPage, epoch: str, client: int) -> None:
        self.checks.note_client(page.notebook_id, epoch, client)

    def remember_outside(self, notebook_id: NotebookId, cell_id: str, token: str) -> None:
        self.outside.append(OutsideEdit(self.loop.time(), notebook_id, cell_id, token))

    def forget_outside(self, notebook_id: NotebookId) -> None:
        """What is not in the document yet will never be."""
        shadow = self.checks.shadows[notebook_id]
        self.outside = [
            edit
            for edit in self.outside
            if edit.notebook_id != notebook_id or shadow.ever_had(edit.cell_id, edit.token)
        ]

    # --- the server --------------------------------------------------------------------------------------------------

    def boot(self) -> None:
        self.servers += 1
        self.checks.deep()
        self.server = Server(self, self.servers)
        self.server.boot()

    def server_ended(self, server: Server) -> None:
        """Whatever starts servers starts another after a while."""
        if server is self.server:
            self.server = None
            after, self.restart_after = max(self.restart_after, BOOT_SECONDS), 0.0
            self.loop.call_later(after, self._boot_again, context=self.loop.outside.copy())

    def _boot_again(self) -> None:
        if self.server is None and self.failure is None:
            self.boot()

    # --- connections -------------------------------------------------------------------------------------------------

    async def dial_server(self, process: Process) -> Channel:
        """An agent dials."""
        await asyncio.sleep(self.network.weather.latency)
        server = self.server
        if server is None or not server.agents_open or self.loop.time() < self.agents_parted_until:
            raise ConnectionRefusedError("nobody listens (simulated)")
        near, far = self.network.connect(process.name, process, server.process)
        server.accept_agent(far)
        return near

    async def dial_notebook(self, process: Process, notebook_id: NotebookId) -> Channel:
        """A page dials."""
        await asyncio.sleep(self.network.weather.latency)
        server = self.server
        if server is None or not server.pages_open or self.loop.time() < self.pages_parted_until:
            raise Unavailable("server-unreachable", "The server cannot be reached.", "simulated")
        near, far = self.network.connect(process.name, process, server.process)
        server.accept_page(far, notebook_id)
        return near

    def _repeatable(self, frame: bytes) -> bool:
        return _HEAD.decode(frame).t in REPEATABLE

    def _sent(self, end: End, frame: bytes) -> None:
        tag = _HEAD.decode(frame).t
        if tag not in ("ack", "metrics", "lease"):
            self.log(f"    {end.name} {tag} {_detail(tag, frame)}")

    # --- pages -------------------------------------------------------------------------------------------------------

    def open_page(self, notebook_id: NotebookId) -> SimPage:
        name = self.ids("page").new()
        process = Process(self.loop, name)
        page = process.call(
            SimPage,
            name,
            notebook_id,
            process,
            lambda: self.dial_notebook(process, notebook_id),
            self.ids("x"),
            self,
            self.chance(name),
        )
        self.pages.append(page)
        self.note(f"{name} opens {notebook_id}")
        page.open()
        return page

    def close_page(self, page: SimPage) -> None:
        """The tab is gone, and with it whatever was not sent."""
        self.note(f"{page.name} is closed")
        self.pages.remove(page)
        page.process.kill()

    # --- the run -----------------------------------------------------------------------------------------------------

    async def play(self, script: "Script") -> None:
        self.note(f"seed {self.seed}, {self.settings}")
        self.boot()
        await self.until_up()
        await script(self)
        await ending.end(self)

    async def until_up(self) -> None:
        while self.server is None or not self.server.pages_open:
            await asyncio.sleep(0.05)

    async def make_notebook(self, sources: list[str]) -> NotebookId:
        """A notebook with these code cells, and a text between them."""
        assert self.server is not None
        number = len(self.notebooks)
        cells: list[dict[str, Any]] = [
            {
                "id": f"n{number}c{index}",
                "cell_type": "code",
                "source": source,
                "metadata": {"tags": ["raises-exception"]} if source.endswith("error") else {},
                "outputs": [],
                "execution_count": None,
            }
            for index, source in enumerate(sources)
        ]
        cells.insert(1, {"id": f"n{number}text", "cell_type": "markdown", "source": "# A title", "metadata": {}})
        data = orjson.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
        library = self.server.library
        row = await self.server.process.spawn(library.create(f"nb{number}", UserId("ann"), data))
        self.notebooks.append(row.id)
        return row.id


Script = Callable[[World], Awaitable[None]]


async def by_chance(world: World, profile: str) -> None:
    """What a seed brings: notebooks, pages, and a sequence of actions with pauses."""
    plan = world.dice.plan
    faults = world.dice.profile(profile)
    world.note(f"profile {faults.name}")
    scripts = world.chance("notebooks")
    for _ in range(plan.choice([1, 1, 2])):
        await world.make_notebook([world.dice.script(scripts) for _ in range(scripts.randint(1, 6))])
    for _ in range(plan.randint(1, 3)):
        world.open_page(plan.choice(world.notebooks))
    if faults.network:
        world.network.weather.duplicates = plan.choice([0.0, 0.05, 0.3])
        world.network.weather.slow_chance = plan.choice([0.0, 0.03, 0.3])
    step = world.dice.steps(faults)
    for _ in range(plan.randint(10, 60)):
        action, pause = step()
        actions.act(world, action)
        await asyncio.sleep(pause)


def _detail(tag: str, frame: bytes) -> str:
    """What to tell of a frame in the log."""
    if tag not in ("run", "done", "failed", "enqueue", "cancel", "reply", "resume", "hello", "refused", "events"):
        return str(len(frame))
    said = msgspec.msgpack.decode(frame)
    match tag:
        case "run":
            return f"{said['id']} {[(item['execution_id'], item['cell_id']) for item in said['executions']]}"
        case "enqueue":
            return f"{said['id']} {[item['execution_id'] for item in said['items']]}"
        case "hello":
            return f"{[(kernel['first_seq'], kernel['head_seq']) for kernel in said['kernels']]}"
        case "resume":
            return f"{said['cursors']}"
        case "events":
            return f"{said['kernel_id']} {said['first_seq']}+{len(said['records'])}"
        case _:
            return str({key: value for key, value in said.items() if key != "t"})


def run_seed(seed: int, script: Script | None = None, profile: str = "") -> Outcome:
    """Play one seed - what it brings by chance, or a script with its dice - to its end or to its first failure.

    `profile`: the faults that chance may bring, instead of those that the seed draws.
    """
    loop = VirtualLoop()
    directory = Path(tempfile.mkdtemp(prefix="noctule-sim-", dir=_quick_directory()))
    asyncio.set_event_loop(loop)
    world: World | None = None
    real_doc, crdt.Doc = crdt.Doc, _seeded_docs(seed)  # type: ignore[misc, attr-defined]
    try:
        world = _make(seed, loop, directory)
        with _small_limits(world):
            _play(world, script or partial(by_chance, profile=profile))
        world.log.closed = True
        return Outcome(seed, world.failure, world.log.lines, _stats(world), profile)
    finally:
        crdt.Doc = real_doc  # type: ignore[misc, attr-defined]
        loop.dispose()
        asyncio.set_event_loop(None)
        if world is not None:
            world.disk.close()
        shutil.rmtree(directory, ignore_errors=True)


def _make(seed: int, loop: VirtualLoop, directory: Path) -> World:
    world = loop.run_until_complete(_made(seed, loop, directory))
    world.log.catch_structlog()
    loop.set_exception_handler(lambda _, context: _unhandled(world, context))
    return world


async def _made(seed: int, loop: VirtualLoop, directory: Path) -> World:
    return World(seed, loop, directory)


def _play(world: World, script: Script) -> None:
    loop = world.loop

    async def to_the_end() -> None:
        playing = asyncio.ensure_future(world.play(script))
        failing = asyncio.ensure_future(world.failed.wait())
        await asyncio.wait({playing, failing}, return_when=asyncio.FIRST_COMPLETED)
        if playing.done():
            playing.result()

    try:
        loop.steps_at_most = STEPS_AT_MOST
        loop.run_until_complete(to_the_end())
    except Deadlock as dead:
        world.fail(f"deadlock: nothing is ready, no timer is set, and these wait:\n{dead}")
    except Exception:
        world.fail(f"the simulation itself failed:\n{traceback.format_exc()}")


@contextmanager
def _small_limits(world: World) -> Iterator[None]:
    """In some seeds limits are so small that they are met: logs are compacted, pages are too late, outputs left out, revisions many."""
    chance = world.chance("limits")
    small = [
        (room, "COMPACT_UPDATES", 4),
        (room, "OPS_RING", 3),
        (room, "SNAPSHOT_INLINE_BYTES", 200),
        (keeping, "REVISION_SECONDS", 3.0),
    ]
    real = [(module, name, getattr(module, name)) for module, name, _ in small]
    for module, name, value in small:
        if chance.random() < 0.3:
            world.note(f"limit {name} = {value}")
            setattr(module, name, value)
    try:
        yield
    finally:
        for module, name, value in real:
            setattr(module, name, value)


def _unhandled(world: World, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if isinstance(error, Crash):
        return
    text = "".join(traceback.format_exception(error)) if error is not None else ""
    world.fail(f"unhandled in the event loop: {context.get('message')}\n{text}")


def _seeded_docs(seed: int) -> Any:
    """Yjs client ids are random; here they come from the seed."""
    chance = random.Random(f"{seed}/client ids")
    real = crdt.Doc  # type: ignore[attr-defined]

    def make(*args: Any, **options: Any) -> Any:
        options.setdefault("client_id", chance.getrandbits(32))
        return real(*args, **options)

    make.__class_getitem__ = lambda _: make  # type: ignore[attr-defined]
    return make


def _quick_directory() -> str | None:
    shm = Path("/dev/shm")
    return str(shm) if shm.is_dir() else None


def _stats(world: World) -> dict[str, int]:
    stats = dict(world.checks.stats)
    stats["servers"] = world.servers
    stats["requests"] = len(world.machines.requests)
    stats["rounds"] = world.loop.steps
    stats["seconds"] = int(world.loop.time())
    return stats
