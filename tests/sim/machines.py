"""The machines that agents run on: their disks, their kernels, the launcher's program. Real agents, real journals.

Machine       a runtime's directory: the journal's database, which outlives the agents, and a copy of all that was ever
              appended to it (the ground truth of every check)
Machines      the program of launchers.fake, for all runtimes: an agent is a Process, and its kernels die with it
"""

import asyncio
import random
import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Protocol

import msgspec

from noctule.launchers.base import LaunchSpec
from noctule_agent.agent import Agent
from noctule_agent.agent import World as AgentWorld
from noctule_agent.journal import Accepted, Journal, JournalUnwritable
from noctule_agent.kernels.base import Answered, KernelEvent, Published, Request, Tell
from noctule_agent.kernels.fake import FakeKernel, FakeKernels
from noctule_agent.spec import AgentSpec
from noctule_agent.wire import link
from noctule_agent.wire.link import KernelMessage
from noctule_agent.wire.ports import Channel, Clock, Ids
from noctule_agent.wire.values import KernelId, RuntimeId
from tests.sim.disk import Crash
from tests.sim.loop import Process, VirtualLoop


class Surroundings(Protocol):
    """What machines need of the world."""

    loop: VirtualLoop
    clock: Clock

    def note(self, text: str) -> None: ...
    def fail(self, text: str) -> None: ...
    def changed(self) -> None: ...
    def ids(self, prefix: str) -> Ids: ...
    def chance(self, name: str) -> random.Random: ...
    async def dial_server(self, process: Process) -> Channel: ...


class Machine:
    """One runtime's directory."""

    def __init__(self, runtime_id: RuntimeId, now: Callable[[], float]) -> None:
        self.runtime_id = runtime_id
        self.history: dict[KernelId, list[link.Record]] = {}
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.full_until = 0.0
        self.crash: tuple[str, int] | None = None
        """("before" | "after", n): the agent dies at its n-th commit from now."""
        self.cut_short = False
        """An agent of it died, or went without having delivered all."""
        self._now = now

    @property
    def full(self) -> bool:
        return self._now() < self.full_until

    def synced(self) -> dict[str, int]:
        """What its journal was trimmed to, by kernel."""
        if not self.history:
            return {}
        return dict(self.connection.execute("SELECT kernel_id, synced FROM kernel"))


class FaultyConnection:
    """The journal's connection: a full disk, and the death of the agent before or after a commit."""

    def __init__(self, machine: Machine, die: Callable[[], None]) -> None:
        self._machine = machine
        self._die = die
        if machine.connection.in_transaction:
            machine.connection.execute("ROLLBACK")

    @property
    def in_transaction(self) -> bool:
        return self._machine.connection.in_transaction

    def execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        if sql == "COMMIT":
            return self._commit()
        if sql == "BEGIN IMMEDIATE" and self._machine.full:
            raise sqlite3.OperationalError("database or disk is full (simulated)")
        return self._machine.connection.execute(sql, values)

    def _commit(self) -> sqlite3.Cursor:
        if self._machine.full:
            raise sqlite3.OperationalError("database or disk is full (simulated)")
        when = self._crash_now()
        if when == "before":
            self._crash()
        cursor = self._machine.connection.execute("COMMIT")
        if when == "after":
            self._crash()
        return cursor

    def _crash_now(self) -> str | None:
        if self._machine.crash is None:
            return None
        when, left = self._machine.crash
        self._machine.crash = (when, left - 1) if left > 1 else None
        return when if left <= 1 else None

    def _crash(self) -> None:
        if self._machine.connection.in_transaction:
            self._machine.connection.execute("ROLLBACK")
        self._die()
        raise Crash


class SimJournal(Journal):
    """Keeps a copy of all that it ever committed."""

    def __init__(self, machine: Machine, ids: Ids, changed: Callable[[], None], die: Callable[[], None]) -> None:
        self._machine = machine
        self._changed = changed
        super().__init__(FaultyConnection(machine, die), ids)  # type: ignore[arg-type]
        for row in self.kernels():
            # What a crash right after a commit has left for the copy to take.
            self._copy(row.kernel_id)

    def append(self, kernel_id: KernelId, records: Sequence[link.Record], accepted: Iterable[Accepted] = ()) -> None:
        super().append(kernel_id, records, accepted)
        self._copy(kernel_id)
        self._changed()

    def forget(self, kernel_id: KernelId, synced: int) -> None:
        super().forget(kernel_id, synced)
        self._changed()

    def _copy(self, kernel_id: KernelId) -> None:
        history = self._machine.history.setdefault(kernel_id, [])
        rows = self._machine.connection.execute(
            "SELECT record FROM event WHERE kernel_id = ? AND seq > ? ORDER BY seq", (kernel_id, len(history))
        )
        history.extend(_DECODER.decode(row[0]) for row in rows)


_DECODER: msgspec.msgpack.Decoder[link.Record] = msgspec.msgpack.Decoder(link.Record)


class SimKernels(FakeKernels):
    """The shipped fake kernels, with their requests noted and one word more: `later SECONDS TEXT`, as a thread prints."""

    def __init__(self, machines: "Machines", machine: Machine, process: Process) -> None:
        dice = machines.dice
        super().__init__(start_seconds=dice.choice([0.05, 0.4, 0.4, 2.0]), unstartable=frozenset({"missing"}))
        self._machines = machines
        self._machine = machine
        self._process = process

    def start(self, kernel_id: KernelId, epoch: int, spec_name: str, tell: Tell) -> FakeKernel:
        def heard(event: KernelEvent) -> None:
            said = self._machines.said.setdefault(kernel_id, [])
            if isinstance(event, Published):
                said.append((epoch, event.message))
            elif isinstance(event, Answered):
                self._machines.answered[event.execution_id] = len(said)
            tell(event)

        kernel = super().start(kernel_id, epoch, spec_name, heard)
        execute, echo = kernel.execute, kernel.echo

        def echoed(value: str) -> KernelMessage:
            message = echo(value)
            self._machines.said.setdefault(kernel_id, []).append((epoch, message))
            return message

        def executed(request: Request) -> None:
            self._machines.executed(kernel_id, epoch, request)
            execute(request)
            self._start_threads(kernel, request)

        kernel.execute = executed  # type: ignore[method-assign]
        kernel.echo = echoed  # type: ignore[method-assign]
        return kernel

    def _start_threads(self, kernel: FakeKernel, request: Request) -> None:
        for line in request.source.splitlines():
            word, _, rest = line.partition(" ")
            seconds, _, text = rest.partition(" ")
            if word == "later" and seconds.replace(".", "", 1).isdigit():
                message = KernelMessage("stream", request.execution_id, _stream(text))
                kernel._loop.call_later(float(seconds), kernel._say, Published(message))


def _stream(text: str) -> bytes:
    return msgspec.json.encode({"name": "stdout", "text": text + "\n"})


class Machines:
    """All runtimes' machines, and the program that the launcher starts on them."""

    def __init__(self, around: Surroundings) -> None:
        self.dice = around.chance("machines")
        self.all: dict[RuntimeId, Machine] = {}
        self.agents: dict[RuntimeId, Process] = {}
        self.kernels: list[tuple[Process, SimKernels]] = []
        self.requests: dict[str, tuple[str, int]] = {}
        self.said: dict[KernelId, list[tuple[int, KernelMessage]]] = {}
        """What kernels told their agents, whether it was journaled or not."""
        self.answered: dict[str, int] = {}
        """How much its kernel had said when it answered this execution."""
        self._around = around

    async def program(self, spec: LaunchSpec) -> int:
        """An agent, from its start to its end in whatever way. Being cancelled is its being killed."""
        around = self._around
        machine = self.all.setdefault(spec.runtime_id, Machine(spec.runtime_id, around.loop.time))
        process = Process(around.loop, f"agent {spec.runtime_id} g{spec.generation}")
        killed: asyncio.Future[None] = around.loop.create_future()
        process.on_kill.append(lambda: killed.done() or killed.set_result(None))
        self.agents[spec.runtime_id] = process
        around.note(f"{process.name} starts{' to drain' if spec.drain else ''}")
        body = process.spawn(self._agent(process, machine, spec))
        try:
            await asyncio.wait({body, killed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            around.note(f"{process.name} {'is killed' if not body.done() else 'exits'}")
            process.kill()
            machine.cut_short |= not _ended_well(body)
            around.changed()
        if not body.done():
            return 137
        error = body.exception()
        if isinstance(error, JournalUnwritable):
            around.note(f"{process.name} cannot open its journal")
            return 1
        if error is not None and not isinstance(error, Crash):
            around.fail(f"{process.name} failed: {error!r}")
            raise error
        return 137 if error is not None else body.result()

    async def _agent(self, process: Process, machine: Machine, spec: LaunchSpec) -> int:
        around = self._around
        # A Python that starts takes its time.
        await asyncio.sleep(self.dice.uniform(0.05, 0.5))
        journal = SimJournal(machine, around.ids("j"), around.changed, process.kill)
        kernels = SimKernels(self, machine, process)
        self.kernels.append((process, kernels))
        agent = Agent(_agent_spec(spec), journal, self._world(process, kernels))
        cause = await agent.run()
        around.note(f"{process.name} ended: {cause.code}, delivered={agent.delivered}")
        return 0 if agent.delivered else 3

    def _world(self, process: Process, kernels: SimKernels) -> AgentWorld:
        around = self._around

        def log(event: str, **values: object) -> None:
            around.note(f"{process.name}: {event} {values}")
            if event == "defect":
                around.fail(f"{process.name} logged a defect: {values}")

        return AgentWorld(
            kernels=kernels,
            dial=lambda: around.dial_server(process),
            clock=around.clock,
            ids=around.ids("p"),
            measure=lambda: link.Metrics(around.clock.now(), 1.0, 1000),
            log=log,
            jitter=around.chance(process.name).random,
        )

    # --- what is known of kernels ------------------------------------------------------------------------------------

    def executed(self, kernel_id: KernelId, epoch: int, request: Request) -> None:
        """Invariant 4: what may have run is never run again, by no kernel of this world."""
        before = self.requests.get(request.execution_id)
        if before is not None:
            self._around.fail(
                f"execution {request.execution_id} was sent to kernel {kernel_id} epoch {epoch}, and before to {before}"
            )
        self.requests[request.execution_id] = (kernel_id, epoch)
        self._around.note(f"kernel {kernel_id} e{epoch} runs {request.execution_id}: {request.source!r}")

    def live_kernels(self) -> list[tuple[Process, FakeKernel]]:
        return [
            (process, kernel)
            for process, kernels in self.kernels
            if process.alive
            for kernel in kernels.started
            if kernel.alive
        ]

    def history(self, kernel_id: str) -> list[link.Record]:
        machine = self._machine_of(kernel_id)
        return [] if machine is None else machine.history[KernelId(kernel_id)]

    def sure_words(self, kernel_id: KernelId, ended: Collection[str]) -> int:
        """How much of what a kernel said must be heard, when these executions are known to have ended."""
        machine = self._machine_of(kernel_id)
        said = self.said[kernel_id]
        if machine is not None and not machine.cut_short:
            return len(said)
        parents = {message.parent_id for _, message in said}
        return max((self.answered.get(id_, 0) for id_ in parents.intersection(ended)), default=0)

    def _machine_of(self, kernel_id: str) -> Machine | None:
        return next((machine for machine in self.all.values() if kernel_id in machine.history), None)


def _ended_well(agent: asyncio.Task[int]) -> bool:
    return agent.done() and not agent.cancelled() and agent.exception() is None and agent.result() == 0


def _agent_spec(spec: LaunchSpec) -> AgentSpec:
    return AgentSpec(
        runtime_id=spec.runtime_id,
        generation=spec.generation,
        token=spec.token,
        server=spec.server,
        lease_until=spec.lease_until,
        spec_name=spec.spec_name,
        drain=spec.drain,
        warm=spec.warm,
        kernel_id=spec.kernel_id,
    )
