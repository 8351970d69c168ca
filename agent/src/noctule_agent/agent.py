"""The agent: joins the link, the journal and the kernels, and decides when all of it ends.

    run: settle what an earlier agent left -> (drain? no kernel) -> serve until an end is wanted
         -> stop the kernels -> AgentEnding -> deliver the journal -> Bye

Ends: StopAgent, a signal (`stop`), the lease, Refused(fenced). Touches no socket, process or clock itself: all come as
arguments, so that tests/sim runs this very code.
"""

import asyncio
from collections.abc import Callable

import msgspec

from .desk import Desk
from .journal import Journal, JournalUnwritable
from .kernels.base import KernelFactory
from .link import Backoff, Dial, Fenced, Handlers, Link
from .log import Log
from .pipes import Pipe
from .settle import settle
from .spec import AgentSpec
from .supervisor import Supervisor
from .wire import link
from .wire.asks import AnswerBody
from .wire.pipes import Query, Result, What
from .wire.ports import Clock, Ids
from .wire.values import Cause, KernelId, Millis, Problem

METRICS_SECONDS = 5.0
DELIVER_SECONDS = 60.0
"""How long an ending agent waits without any progress of delivery; the journal stays for a later agent to deliver."""
DRAIN_SECONDS = 600.0

LEASE_ENDED = Cause(
    "lease-ended",
    "The runtime ended by itself: the time that it may run without the server was over.",
)
DRAINED = Cause("drained", "An earlier agent's journal was delivered.")
KERNEL_UNKNOWN = Problem("kernel-unknown", "This runtime has no such kernel.", "It must be started first.", 404)
ENDING = Problem("runtime-ending", "The runtime is ending.", "It takes no more work.", 409)
NO_DESK = Problem("runtime-bare", "This runtime has no terminals and no files.", "It only runs code.", 409)

ReplyTo = Callable[[Problem | None], None]
Measure = Callable[[], link.Metrics]


class World(msgspec.Struct, frozen=True):
    """What the agent needs of the world. `jitter` gives numbers in 0..1. `desk`: terminals and files, where there are any."""

    kernels: KernelFactory
    dial: Dial
    clock: Clock
    ids: Ids
    measure: Measure
    log: Log
    jitter: Callable[[], float]
    dial_cap: float = 1.0
    pid: int = 0
    desk: Desk | None = None


class Agent:
    def __init__(self, spec: AgentSpec, journal: Journal, world: World) -> None:
        self._spec = spec
        self._journal = journal
        self._world = world
        self._supervisors: dict[KernelId, Supervisor] = {}
        self._lease_until = max(journal.lease_until or Millis(0), spec.lease_until)
        self._lease_moved = asyncio.Event()
        self._ending: asyncio.Future[Cause] = asyncio.get_running_loop().create_future()
        self._progress_at = 0.0
        self.delivered = False
        """The server has all of the journal, and Bye was said."""
        handlers = Handlers(
            self._hello, self._lease, self._command, self._ask, self._progressed, self._query, self._pipe
        )
        backoff = Backoff(world.dial_cap, world.jitter)
        self._link = Link(world.dial, journal, handlers, backoff, world.log)

    async def run(self) -> Cause:
        """Returns why it ended, when nothing of it is left but the journal."""
        self._journal.begin()
        settle(self._journal, self._world.clock)
        self._begin()
        linking = asyncio.create_task(self._link.run())
        linking.add_done_callback(self._link_over)
        upkeep = [asyncio.create_task(work()) for work in (self._watch_lease, self._report, self._checkpoint)]
        try:
            cause = await self._ending
            self._world.log("ending", code=cause.code)
            if self._world.desk is not None:
                await self._world.desk.close()
            await self._stop_kernels(cause)
            await self._deliver(linking, cause)
            return cause
        finally:
            for task in (linking, *upkeep):
                task.cancel()
            await asyncio.gather(linking, *upkeep, return_exceptions=True)
            await self._world.kernels.close()

    def stop(self, cause: Cause) -> None:
        """End in order; idempotent, the first cause stands."""
        if not self._ending.done():
            self._ending.set_result(cause)

    def launched(self, spec: AgentSpec) -> None:
        """This agent was started ahead, and here is its launch: who it is to the server, and for how long it may run."""
        self._spec = spec
        self._lease(spec.lease_until)

    # --- start ---------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        if self._spec.drain:
            self.stop(DRAINED)
            return
        if self._spec.warm and self._spec.kernel_id not in self._journal.kernel_ids():
            self._journal.add_kernel(self._spec.kernel_id, self._spec.spec_name)
        for row in self._journal.kernels():
            self._supervise(row.kernel_id, row.spec_name, row.epoch)

    def _supervise(self, kernel_id: KernelId, spec_name: str, epoch: int) -> None:
        world = self._world
        supervisor = Supervisor(
            kernel_id,
            spec_name,
            epoch=epoch,
            journal=self._journal,
            kernels=world.kernels,
            clock=world.clock,
            ids=world.ids,
            log=world.log,
        )
        self._supervisors[kernel_id] = supervisor
        supervisor.start()

    # --- what the server says ------------------------------------------------------------------------------------

    def _hello(self) -> link.Hello:
        heads = [
            link.KernelHead(
                row.kernel_id,
                row.epoch,
                min(row.synced + 1, row.head),
                row.head,
                row.kernel_id in self._supervisors and self._supervisors[row.kernel_id].alive,
            )
            for row in self._journal.kernels()
        ]
        return link.Hello(
            version=link.VERSION,
            runtime_id=self._spec.runtime_id,
            token=self._spec.token,
            generation=self._spec.generation,
            journal_id=self._journal.journal_id,
            kernels=heads,
            draining=self._spec.drain,
            pid=self._world.pid,
        )

    def _lease(self, until: Millis) -> None:
        if until == self._lease_until:
            return
        self._lease_until = until
        self._lease_moved.set()
        try:
            self._journal.lease_until = until
        except JournalUnwritable as error:
            self._world.log("lease-not-kept", error=str(error))

    def _progressed(self) -> None:
        self._progress_at = asyncio.get_running_loop().time()

    def _command(self, command: link.Command, reply: ReplyTo) -> None:
        if isinstance(command, link.StopAgent):
            self.stop(command.cause)
            reply(None)
        elif self._ending.done():
            reply(ENDING)
        elif isinstance(command, link.StartKernel):
            reply(self._start_kernel(command))
        elif command.kernel_id not in self._supervisors:
            reply(KERNEL_UNKNOWN)
        else:
            self._kernel_command(self._supervisors[command.kernel_id], command, reply)

    def _query(self, query: Query, answer: Callable[[Result], None]) -> None:
        refusal = self._no_desk()
        if self._world.desk is None or refusal is not None:
            answer(Result(query.id, problem=refusal))
        else:
            self._world.desk.ask(query, answer)

    def _pipe(self, pipe: Pipe, what: What) -> None:
        refusal = self._no_desk()
        if self._world.desk is None or refusal is not None:
            pipe.end(refusal)
        else:
            self._world.desk.serve(pipe, what)

    def _no_desk(self) -> Problem | None:
        if self._ending.done():
            return ENDING
        return NO_DESK if self._world.desk is None else None

    def _start_kernel(self, command: link.StartKernel) -> Problem | None:
        if command.kernel_id in self._supervisors:
            return None
        try:
            cursor = self._link.cursors.get(command.kernel_id, 0)
            self._journal.add_kernel(command.kernel_id, command.spec_name, cursor)
        except JournalUnwritable as error:
            return Problem("runtime-disk-full", "The runtime cannot start a kernel.", str(error), 507)
        self._supervise(command.kernel_id, command.spec_name, 0)
        return None

    def _kernel_command(self, supervisor: Supervisor, command: link.Command, reply: ReplyTo) -> None:
        match command:
            case link.Enqueue():
                reply(supervisor.enqueue(command))
            case link.Cancel():
                supervisor.cancel(command.execution_ids)
                reply(None)
            case link.Interrupt():
                supervisor.interrupt(reply)
            case link.RestartKernel():
                supervisor.restart()
                reply(None)
            case link.Answer():
                reply(supervisor.answer(command.prompt_id, command.value))
            case link.CommSend():
                reply(supervisor.comm(command))

    def _ask(self, frame: link.Ask, answer: Callable[[link.Answered], None]) -> None:
        def reply(result: AnswerBody | Problem) -> None:
            problem = result if isinstance(result, Problem) else None
            answer(link.Answered(frame.id, None if isinstance(result, Problem) else result, problem))

        supervisor = self._supervisors.get(frame.kernel_id)
        if supervisor is None:
            reply(KERNEL_UNKNOWN)
        else:
            supervisor.ask(frame.ask, reply)

    def _link_over(self, linking: "asyncio.Task[None]") -> None:
        """The link ends by itself only when it is fenced, or by a defect."""
        error = None if linking.cancelled() else linking.exception()
        if isinstance(error, Fenced):
            self.stop(error.cause)
        elif error is not None:
            self._world.log("defect", error=repr(error))
            self.stop(Cause("agent-defect", "The agent stopped by a defect of its own.", {"error": repr(error)}))

    # --- upkeep --------------------------------------------------------------------------------------------------

    async def _watch_lease(self) -> None:
        while (left := self._lease_until - self._world.clock.now()) > 0:
            self._lease_moved.clear()
            try:
                async with asyncio.timeout(left / 1000):
                    await self._lease_moved.wait()
            except TimeoutError:
                continue
        self.stop(LEASE_ENDED)

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(METRICS_SECONDS)
            if self._link.linked:
                stalls = (s.recorder.stalled for s in self._supervisors.values())
                stalled = next((cause for cause in stalls if cause is not None), None)
                self._link.report(msgspec.structs.replace(self._world.measure(), stalled=stalled))

    async def _checkpoint(self) -> None:
        while True:
            await asyncio.sleep(METRICS_SECONDS)
            await self._journal.checkpoint()

    # --- end -----------------------------------------------------------------------------------------------------

    async def _stop_kernels(self, cause: Cause) -> None:
        await asyncio.gather(*(supervisor.stop(cause) for supervisor in self._supervisors.values()))
        ending = link.AgentEnding(self._world.clock.now(), cause)
        for supervisor in self._supervisors.values():
            supervisor.recorder.record([ending])

    async def _deliver(self, linking: "asyncio.Task[None]", cause: Cause) -> None:
        """Until the server has all, or there was no progress for long. A fenced agent has nobody to deliver to."""
        self._progressed()
        patience = DRAIN_SECONDS if self._spec.drain else DELIVER_SECONDS
        while not all(supervisor.recorder.settled for supervisor in self._supervisors.values()):
            if linking.done() or self._stuck_for() > patience:
                self._world.log("not-journaled", error="the disk stayed full; the end of the journal is missing")
                return
            await asyncio.sleep(0.5)
        self._link.finish(cause)
        while not linking.done():
            left = patience - self._stuck_for()
            if left <= 0:
                self._world.log("not-delivered", error="no progress; the journal stays")
                return
            await asyncio.wait({linking}, timeout=left)
        self.delivered = not linking.cancelled() and linking.exception() is None

    def _stuck_for(self) -> float:
        return asyncio.get_running_loop().time() - self._progress_at
