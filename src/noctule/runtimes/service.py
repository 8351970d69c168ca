"""Runtimes: the one door to the machines that run notebooks. Wires the parts of this package; decides nothing itself.

It knows no page, no document and no run; those are the rooms'.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import structlog

from noctule.errors import Conflict
from noctule.launchers.base import Ahead, Alive, Handle, Launcher
from noctule.store import Store
from noctule_agent.pipes import Pipe
from noctule_agent.wire.asks import AnswerBody, AskBody
from noctule_agent.wire.files import DeleteFile
from noctule_agent.wire.link import Command, QueuedItem
from noctule_agent.wire.pipes import Question, Told, What
from noctule_agent.wire.ports import Channel, Clock, Ids
from noctule_agent.wire.state import RuntimeView
from noctule_agent.wire.values import BatchId, Cause, CommandId, KernelId, NotebookId, RuntimeId, UserId

from .agents import Agents
from .allocation import Allocation
from .announce import Announcer
from .ingest import Ingestion
from .launching import Launching
from .lifecycle import Draining, StopAsked
from .link import Link
from .outbox import UNREACHABLE
from .pool import Pool
from .ports import NoOverseer, Overseer, Rooms
from .reconcile import Reconciler
from .roster import Roster
from .runtime import Runtime
from .settings import RuntimeSettings

log = structlog.get_logger()

Answer = TypeVar("Answer", bound=Told | None)


class Runtimes:
    """`start` once, then everything else; `stop` leaves the runtimes running. A stopped one is not started again."""

    def __init__(
        self,
        store: Store,
        launcher: Launcher,
        settings: RuntimeSettings,
        clock: Clock,
        ids: Ids,
        ahead: Ahead | None = None,
        overseer: Overseer | None = None,
    ) -> None:
        """`ahead`: what the launcher has started already, for the first notebook that wants such a runtime. `overseer`: whose
        rules bound runtimes; None: nobody's."""
        self._store = store
        self._launcher = launcher
        self._settings = settings
        self._clock = clock
        self._ids = ids
        self._ahead = ahead
        self._overseer = overseer or NoOverseer()
        self._parts: asyncio.Future[_Parts] | None = None
        self._serving: set[asyncio.Task[None]] = set()

    async def start(self, rooms: Rooms) -> None:
        """Adopt what still runs, begin to reconcile."""
        parts = _Parts(
            self._store,
            self._launcher,
            rooms,
            self._settings,
            self._clock,
            self._ids,
            self._overseer,
            self._ahead,
        )
        await parts.roster.load()
        await parts.reconciler.adopt()
        parts.start()
        self._ready().set_result(parts)

    async def stop(self) -> None:
        """Close the links and stop reconciling. Runtimes go on (invariant 6)."""
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        if self._ready().done():
            await self._started.stop()

    async def stop_all(self, cause: Cause) -> None:
        """End every runtime; return when all have ended."""
        self._started.pool.close()
        leaving = list(self._started.roster)
        for runtime in leaving:
            await self._ask_to_stop(runtime, cause)
        for runtime in leaving:
            await runtime.ended.wait()
        await self._started.reconciler.tidy()

    # --- for the rooms ---

    async def ensure(self, notebook_id: NotebookId, spec_name: str, by: UserId | None = None) -> RuntimeView:
        """Attach a runtime: the one that it has, a warm one, or a new one that is queued. Idempotent, durable, quick.

        Only when the notebook's runtime is on its way out this waits for its end. `by`: who asked; None: nobody, the server goes
        on with what was asked before. Raises Conflict when it may have none.
        """
        parts = await asyncio.shield(self._ready())
        return await parts.allocation.ensure(notebook_id, spec_name, by)

    def deliver(self, notebook_id: NotebookId, batch_id: BatchId, items: list[QueuedItem]) -> None:
        """New committed executions. Nothing happens when the link is down: they are read from the rows when it is up."""
        runtime = self._runtime(notebook_id)
        if runtime is not None and runtime.link is not None:
            runtime.link.deliver(notebook_id, batch_id, items)

    async def command(self, notebook_id: NotebookId, make: Callable[[CommandId, KernelId], Command]) -> None:
        """Ask the kernel's agent and await its answer. Raises Conflict: no runtime, not reachable, or what it says."""
        link, kernel_id = self._reached(notebook_id)
        command = make(CommandId(self._ids.new()), kernel_id)
        problem = await link.command(notebook_id, command, self._settings.command_seconds)
        if problem is not None:
            raise Conflict(problem.code, problem.title, problem.detail)

    async def ask(self, notebook_id: NotebookId, ask: AskBody) -> AnswerBody:
        """Ask the kernel something that runs no code of the notebook. Raises Conflict with why there is no answer."""
        link, kernel_id = self._reached(notebook_id)
        return await link.ask(kernel_id, ask)

    async def end(self, notebook_id: NotebookId, cause: Cause) -> None:
        """Returns when the wish is durable; the rest is told by `runtime_changed`. No runtime: nothing to do."""
        runtime = self._runtime(notebook_id)
        if runtime is not None:
            await self._ask_to_stop(runtime, cause)

    async def gone(self, notebook_id: NotebookId) -> None:
        """After `end`: return when the notebook's runtime has ended and nothing of it is left on the machine."""
        runtime = self._runtime(notebook_id)
        if runtime is not None:
            await runtime.ended.wait()
        await self._started.reconciler.tidy()

    def view(self, notebook_id: NotebookId) -> RuntimeView | None:
        """The attached runtime, or the last that ended while this server ran."""
        return self._started.roster.view(notebook_id) if self._ready().done() else None

    def live(self) -> list[RuntimeView]:
        """All that have not ended, warm ones too."""
        return [runtime.view for runtime in self._started.roster] if self._ready().done() else []

    def of_notebooks(self) -> list[tuple[RuntimeView, NotebookId]]:
        """Those that have not ended and that a notebook has."""
        roster = self._started.roster if self._ready().done() else ()
        return [(runtime.view, notebook_id) for runtime in roster for notebook_id in runtime.notebooks]

    async def going_on(self) -> int:
        """How many have an agent that lives and does not just deliver what a dead one left."""
        at_work = [runtime for runtime in self._started.roster if not isinstance(runtime.state, Draining)]
        handles = [Handle(runtime.row.handle) for runtime in at_work if runtime.row.handle is not None]
        conditions = await asyncio.gather(*map(self._launcher.inspect, handles))
        return sum(isinstance(condition, Alive) for condition in conditions)

    async def drained(self) -> None:
        """Return when what dead agents left is taken in: the agents that deliver it would outlive this server."""
        for runtime in list(self._started.roster):
            if runtime.gone is not None or isinstance(runtime.state, Draining):
                await runtime.ended.wait()
        await self._started.reconciler.tidy()

    # --- for the doors ---

    async def query(self, notebook_id: NotebookId, question: Question, kind: type[Answer]) -> Answer:
        """What the agent of the notebook's runtime answers. Raises Conflict as `command` does, and what the agent refuses.

        TypeError: the agent answered with something else than this kind.
        """
        link, _ = self._reached(notebook_id)
        patience = self._settings.delete_seconds if isinstance(question, DeleteFile) else self._settings.command_seconds
        told = await link.desk.ask(question, patience)
        if not isinstance(told, kind):
            raise TypeError(f"an agent answered {type(told).__name__} to {type(question).__name__}")
        return told

    def pipe(self, notebook_id: NotebookId, what: What) -> Pipe:
        """A pipe to it, which the caller ends. Raises Conflict."""
        link, _ = self._reached(notebook_id)
        return link.desk.open(what)

    async def serve_agent(self, channel: Channel, only: RuntimeId | None = None) -> None:
        """Serve one agent connection to its end. Never raises; the channel is closed when it returns. `only`: it can be no other."""
        task = asyncio.create_task(self._serve(channel, only), name="agent")
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait([task])
            raise

    async def _serve(self, channel: Channel, only: RuntimeId | None) -> None:
        try:
            parts = await asyncio.shield(self._ready())
            await parts.agents.serve(channel, only)
        except Exception:
            log.exception("an agent connection failed")
            await channel.close(1011, "internal error")

    # --- inside ---

    @property
    def _started(self) -> "_Parts":
        return self._ready().result()

    def _ready(self) -> "asyncio.Future[_Parts]":
        if self._parts is None:
            self._parts = asyncio.get_running_loop().create_future()
        return self._parts

    def _reached(self, notebook_id: NotebookId) -> tuple[Link, KernelId]:
        """The link to the notebook's kernel. Raises Conflict."""
        runtime = self._runtime(notebook_id)
        kernel_id = None if runtime is None else runtime.kernel_of(notebook_id)
        if runtime is None or kernel_id is None:
            raise Conflict("no-runtime", "This notebook has no runtime.", "Run a cell or connect to start one.")
        if runtime.link is None or runtime.leaving:
            raise Conflict(UNREACHABLE.code, UNREACHABLE.title, UNREACHABLE.detail)
        return runtime.link, kernel_id

    def _runtime(self, notebook_id: NotebookId) -> Runtime | None:
        return self._started.roster.of_notebook(notebook_id) if self._ready().done() else None

    async def _ask_to_stop(self, runtime: Runtime, cause: Cause) -> None:
        await self._started.roster.apply(runtime, StopAsked(self._clock.now(), cause))


class _Parts:
    """What there is only once the rooms are known."""

    def __init__(
        self,
        store: Store,
        launcher: Launcher,
        rooms: Rooms,
        settings: RuntimeSettings,
        clock: Clock,
        ids: Ids,
        overseer: Overseer,
        ahead: Ahead | None,
    ) -> None:
        self._clock = clock
        self.announcer = Announcer(rooms)
        self.roster = Roster(store, rooms, self.announcer, clock, overseer)
        self.allocation = Allocation(
            store, self.roster, self.announcer, launcher.name, settings, clock, ids, overseer, ahead
        )
        ingestion = Ingestion(store, rooms, self.announcer, self._discard)
        self.agents = Agents(store, rooms, self.roster, ingestion, settings, clock, ids)
        self.pool = Pool(self.roster, self.allocation, settings, clock)
        self.reconciler = Reconciler(
            store,
            self.roster,
            launcher,
            Launching(self.roster, launcher, settings, clock, ids),
            self.pool,
            settings,
            clock,
        )
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._loop = asyncio.create_task(self.reconciler.run(), name="reconcile runtimes")

    async def stop(self) -> None:
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
        await self.reconciler.close()
        await self.allocation.close()
        await self.announcer.close()

    async def _discard(self, runtime: Runtime, cause: Cause) -> None:
        await self.roster.apply(runtime, StopAsked(self._clock.now(), cause))
