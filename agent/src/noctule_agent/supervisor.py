"""One kernel over all its epochs: starts it, feeds it its queue, journals what it says, explains its end, restarts it.

    Down --start--> Up(kernel) --Exited--> Down --restart--> Up ...      (a new epoch each time)
                       |  stop / restart wanted                '-- too many deaths, or stopped --> Dead(cause)
                       '--> Stopping(kernel, cause) --Exited--'

All of it runs on the event loop in callbacks that do not await, so nothing interleaves: a command or an event is
taken, the pure queue steps, and the recorder commits before any effect reaches the kernel.
"""

import asyncio
from collections import deque

import msgspec

from . import queue
from .captures import Captures
from .interruption import Interruption, ReplyTo
from .journal import Accepted, Journal
from .kernels import base
from .log import Log
from .recorder import Recorder
from .wire import link
from .wire.asks import AskBody
from .wire.ports import Clock, Ids
from .wire.values import Cause, ExecutionId, KernelId, Problem, PromptId

START_SECONDS = 120.0
STRAGGLER_SECONDS = 5.0
"""Quiet after one half of an execution's end, until the other half is given up."""
STOP_SECONDS = 1.0
DEATHS = 5
DEATHS_SECONDS = 60.0
RESTART_DELAY = 0.25
"""Before the second restart in a row; doubled each time. The first is at once."""

RESTARTED = Cause("restarted", "The kernel was restarted.")
START_TIMEOUT = Cause("kernel-start-timeout", f"The kernel did not answer within {START_SECONDS:.0f} s of its start.")
NOT_RUNNING = Problem("kernel-not-running", "The kernel is not running.", "It is starting or dead.", 409)
PROMPT_CLOSED = Problem("prompt-closed", "This question is no longer open.", "It was answered or its cell ended.", 409)


class Down(msgspec.Struct, frozen=True):
    """Not started yet, or about to be started again."""


class Up(msgspec.Struct, frozen=True):
    kernel: base.Kernel


class Stopping(msgspec.Struct, frozen=True):
    kernel: base.Kernel
    cause: Cause
    restart: bool


class Dead(msgspec.Struct, frozen=True):
    """It stays so until a person restarts it."""

    cause: Cause


Phase = Down | Up | Stopping | Dead


class Supervisor:
    def __init__(
        self,
        kernel_id: KernelId,
        spec_name: str,
        *,
        epoch: int,
        journal: Journal,
        kernels: base.KernelFactory,
        clock: Clock,
        ids: Ids,
        log: Log,
    ) -> None:
        """`epoch` is that of the last start; the next has one more."""
        self.recorder = Recorder(kernel_id, journal, clock, log)
        self.epoch = epoch
        self._kernel_id = kernel_id
        self._spec_name = spec_name
        self._journal = journal
        self._kernels = kernels
        self._clock = clock
        self._ids = ids
        self._log = log
        self._phase: Phase = Down()
        self._queue = queue.Queue()
        self._prompt: tuple[PromptId, ExecutionId] | None = None
        self._interruption: Interruption | None = None
        self._begun: str = ""
        self._captures = Captures()
        self._heard = 0.0
        self._deaths: deque[float] = deque(maxlen=DEATHS)
        self._start_timer: asyncio.TimerHandle | None = None
        self._dead = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    # --- commands ------------------------------------------------------------------------------------------------

    @property
    def alive(self) -> bool:
        return isinstance(self._phase, Up | Stopping)

    def start(self) -> None:
        """Start the process; idempotent."""
        if isinstance(self._phase, Down):
            self._start()

    def enqueue(self, command: link.Enqueue) -> Problem | None:
        if self.recorder.stalled is not None:
            return _refusal(self.recorder.stalled)
        known = self._journal.known(item.execution_id for item in command.items)
        fresh = {item.execution_id: item for item in command.items if item.execution_id not in known}
        accepted = [
            Accepted(
                item.execution_id, command.batch_id, item.cell_id, item.source, item.raises_exception, item.allow_stdin
            )
            for item in fresh.values()
        ]
        items = tuple(queue.Item(a.execution_id, a.batch_id, a.raises_exception) for a in accepted)
        problem = self._step(queue.Enqueue(command.batch_id, items), accepted)
        if isinstance(self._phase, Dead):
            self._step(queue.KernelGone(self._phase.cause))
        return problem

    def cancel(self, execution_ids: list[ExecutionId] | None) -> None:
        self._step(queue.Cancel(None if execution_ids is None else frozenset(execution_ids)))

    def interrupt(self, reply: ReplyTo) -> None:
        """`reply` is called when the running execution has ended, or does not end."""
        self._step(queue.Interrupt())
        running = self._queue.running
        if running is None or not isinstance(self._phase, Up):
            reply(None)
        elif self._interruption is not None:
            self._interruption.again(reply)
        else:
            execution_id = running.item.execution_id
            begun = self._begun == execution_id
            self._interruption = Interruption(execution_id, self._phase.kernel, reply, begun=begun)

    def restart(self) -> None:
        match self._phase:
            case Up(kernel=kernel):
                self._stop(kernel, RESTARTED, restart=True)
            case Stopping() | Down():
                pass
            case Dead():
                self._deaths.clear()
                self._dead.clear()
                self._start()

    def answer(self, prompt_id: PromptId, value: str) -> Problem | None:
        if self._prompt is None or self._prompt[0] != prompt_id or not isinstance(self._phase, Up):
            return PROMPT_CLOSED
        kernel = self._phase.kernel
        self._prompt = None
        # One commit with the end of the question, and before the kernel has the answer: it is there once, or the answer
        # was never given; and all that the kernel says of the answer comes after it.
        self._published(kernel.echo(value))
        closed = link.PromptClosed(prompt_id, self._clock.now(), answered=True)
        self.recorder.record([closed], then=lambda: kernel.answer(value))
        return None

    def comm(self, command: link.CommSend) -> Problem | None:
        if not (isinstance(self._phase, Up) and self._queue.ready):
            return NOT_RUNNING
        if self._queue.running is None:
            self._tell_captured()
        self._captures.heard_by_page(command.msg_type, command.content)
        self._phase.kernel.comm(command.msg_id or command.id, command.msg_type, command.content, command.buffers)
        return None

    def ask(self, ask: AskBody, reply: base.AskReply) -> None:
        if isinstance(self._phase, Up) and self._queue.ready:
            self._phase.kernel.ask(ask, reply, busy=self._queue.running is not None)
        else:
            reply(NOT_RUNNING)

    async def stop(self, cause: Cause) -> None:
        """End the kernel for good; returns when it is gone and its end is in the journal (or waits for the disk)."""
        match self._phase:
            case Up(kernel=kernel):
                self._stop(kernel, cause, restart=False)
            case Stopping(kernel=kernel):
                self._phase = Stopping(kernel, cause, restart=False)
            case Down():
                self._phase = Dead(cause)
                self._dead.set()
                self._step(queue.KernelGone(cause))
            case Dead():
                pass
        await self._dead.wait()

    # --- the queue -----------------------------------------------------------------------------------------------

    def _step(self, op: queue.Op, accepted: list[Accepted] | None = None) -> Problem | None:
        """Step the pure queue; commit its records together, then do what had to wait for that."""
        self._queue, effects = queue.step(self._queue, op)
        records: list[link.Record] = []
        starts: list[queue.Item] = []
        at = self._clock.now()
        for effect in effects:
            match effect:
                case queue.Accept():
                    ids = [item.execution_id for item in effect.items]
                    records.append(link.BatchAccepted(effect.batch_id, at, ids))
                case queue.Start():
                    records.append(link.ExecutionStarted(effect.item.execution_id, self.epoch, at))
                    starts.append(effect.item)
                case queue.Missed():
                    records.append(link.Gap(self.epoch, at, effect.cause))
                case queue.End():
                    records += self._ended(effect)
                case queue.AwaitRest():
                    self._loop.call_later(STRAGGLER_SECONDS, self._give_up, effect.execution_id)
                case queue.Refuse():
                    return effect.problem
        if records:
            self.recorder.record(records, accepted or (), then=lambda: self._execute(starts))
        return None

    def _execute(self, items: list[queue.Item]) -> None:
        for item in items:
            if isinstance(self._phase, Up) and self._queue.runs(item.execution_id):
                accepted = self._journal.accepted(item.execution_id)
                request = base.Request(
                    item.execution_id, accepted.cell_id, accepted.source, self._clock.now(), accepted.allow_stdin
                )
                self._tell_captured()
                self._phase.kernel.execute(request)

    def _ended(self, end: queue.End) -> list[link.Record]:
        at = self._clock.now()
        records: list[link.Record] = []
        if self._prompt is not None and self._prompt[1] == end.execution_id:
            records.append(link.PromptClosed(self._prompt[0], at, answered=False))
            self._prompt = None
        if self._interruption is not None and self._interruption.execution_id == end.execution_id:
            self._interruption.over()
            self._interruption = None
        records.append(link.ExecutionEnded(end.execution_id, at, end.state, end.execution_count, end.cause))
        return records

    def _give_up(self, execution_id: ExecutionId) -> None:
        """Only after quiet: a kernel whose words are still coming in is not late."""
        if not self._queue.runs(execution_id):
            return
        quiet = 0.0 if self.recorder.stalled else self._loop.time() - self._heard
        if quiet < STRAGGLER_SECONDS:
            self._loop.call_later(STRAGGLER_SECONDS - quiet, self._give_up, execution_id)
        else:
            self._step(queue.GaveUp(execution_id))

    # --- the kernel ----------------------------------------------------------------------------------------------

    def _start(self) -> None:
        self.epoch += 1
        epoch = self.epoch
        self.recorder.record([link.KernelStarting(epoch, self._clock.now(), self._spec_name)])
        try:
            kernel = self._kernels.start(
                self._kernel_id, epoch, self._spec_name, lambda event: self._told(epoch, event)
            )
        except base.KernelFailed as failed:
            self._die(failed.cause)
            return
        self._phase = Up(kernel)
        self._captures = Captures()
        self.recorder.follow(epoch, lambda held: kernel.pause() if held else kernel.resume())
        self._start_timer = self._loop.call_later(
            START_SECONDS, lambda: self._stop(kernel, START_TIMEOUT, restart=True)
        )
        self._log("kernel-starting", kernel=self._kernel_id, epoch=epoch)

    def _told(self, epoch: int, event: base.KernelEvent) -> None:
        if epoch != self.epoch:
            return
        match event:
            case base.Published():
                self._heard = self._loop.time()
                self._published(event.message)
            case base.Idle():
                self._went_idle(event.parent_id)
            case base.Answered():
                self._step(queue.Replied(event.execution_id, event.reply))
            case base.Asked():
                self._asked(event)
            case base.Ready():
                self._ready(event)
            case base.Unheard():
                self.recorder.record([link.Gap(self.epoch, self._clock.now(), event.cause)])
            case base.Exited():
                self._exited(event.cause)

    def _published(self, message: link.KernelMessage) -> None:
        if message.msg_type == "execute_input":
            self._begun = message.parent_id
            if self._interruption is not None and self._interruption.execution_id == message.parent_id:
                self._interruption.begun()
        self._captures.hear(message)
        self.recorder.say(message)

    def _went_idle(self, parent_id: str) -> None:
        """Nothing is told while a cell runs. What comes of telling is told later: code that answers it must not go round."""
        told = self._captures.taken(parent_id)
        if not told and (self._queue.running is None or self._queue.runs(parent_id)):
            self._tell_captured()
        self._step(queue.WentIdle(parent_id))

    def _tell_captured(self) -> None:
        """What Output widgets captured is the kernel's own before it does the next thing: it does them in order."""
        if isinstance(self._phase, Up):
            for untold in self._captures.untold(self._ids.new):
                self._phase.kernel.comm(untold.msg_id, "comm_msg", untold.content, [])

    def _ready(self, event: base.Ready) -> None:
        self._cancel_start_timer()
        now = self._clock.now()
        self.recorder.record([link.KernelReady(self.epoch, now, event.language, event.banner, event.language_info)])
        self._log("kernel-ready", kernel=self._kernel_id, epoch=self.epoch)
        if isinstance(self._phase, Up):
            self._step(queue.KernelUp())

    def _asked(self, event: base.Asked) -> None:
        at = self._clock.now()
        records: list[link.Record] = []
        if self._prompt is not None:
            records.append(link.PromptClosed(self._prompt[0], at, answered=False))
        prompt_id, execution_id = PromptId(self._ids.new()), ExecutionId(event.execution_id)
        self._prompt = (prompt_id, execution_id)
        records.append(link.PromptOpened(prompt_id, execution_id, self.epoch, at, event.text, event.password))
        self.recorder.record(records)

    def _stop(self, kernel: base.Kernel, cause: Cause, *, restart: bool) -> None:
        """A kernel that is at work gets no grace: it could not use it."""
        self._phase = Stopping(kernel, cause, restart)
        idle = self._queue.ready and self._queue.running is None
        self._step(queue.KernelLeaving(cause))
        kernel.stop(STOP_SECONDS if idle else 0.0)

    def _exited(self, cause: Cause) -> None:
        match self._phase:
            case Stopping(cause=wanted, restart=False):
                self._die(wanted)
            case Stopping(cause=wanted):
                self._lose(wanted, queue.KernelReplaced(wanted))
                self._start_again(wanted, 0 if wanted is RESTARTED else self._count_death())
            case _:
                self._lose(cause, queue.KernelGone(cause))
                self._start_again(cause, self._count_death())

    def _count_death(self) -> int:
        now = self._loop.time()
        self._deaths.append(now)
        return sum(now - death < DEATHS_SECONDS for death in self._deaths)

    def _start_again(self, cause: Cause, deaths: int) -> None:
        self._phase = Down()
        if deaths >= DEATHS:
            self._phase = Dead(_hopeless(cause, deaths))
            self._dead.set()
            self._lose(self._phase.cause, queue.KernelGone(self._phase.cause))
        elif deaths <= 1:
            self.start()
        else:
            self._loop.call_later(RESTART_DELAY * 2 ** (deaths - 2), self.start)

    def _lose(self, cause: Cause, op: queue.Op) -> None:
        """The process is gone: its death is journaled after all that it said, then what that means for the queue."""
        self._cancel_start_timer()
        self._log("kernel-died", kernel=self._kernel_id, epoch=self.epoch, code=cause.code)
        self.recorder.record([link.KernelDied(self.epoch, self._clock.now(), cause)])
        self._step(op)

    def _die(self, cause: Cause) -> None:
        self._lose(cause, queue.KernelGone(cause))
        self._phase = Dead(cause)
        self._dead.set()

    def _cancel_start_timer(self) -> None:
        if self._start_timer is not None:
            self._start_timer.cancel()
            self._start_timer = None


def _hopeless(cause: Cause, deaths: int) -> Cause:
    message = f"The kernel died {deaths} times within a minute and is not started again. The last time: {cause.message}"
    return Cause("kernel-keeps-dying", message, {**cause.evidence, "last": cause.code, "deaths": deaths})


def _refusal(cause: Cause) -> Problem:
    return Problem(cause.code, "The runtime cannot accept work now.", cause.message, 507)
