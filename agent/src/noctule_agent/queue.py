"""The execution queue of one kernel: a pure state machine, `step(queue, op) -> (queue, effects)`.

    waiting --Start--> running --reply and idle--> ok | error
       |                  '------ KernelGone ----> lost
       '--- Cancel, Interrupt, KernelGone, KernelLeaving, an earlier error of its batch --> aborted

One execution is with the kernel at a time. It ends when the shell reply *and* the iopub idle of it have come, for only
then everything that it printed has been heard. May not await, read a clock, make an id, or touch the journal.
"""

from typing import Literal

import msgspec

from .wire.limits import QUEUE_EXECUTIONS
from .wire.values import BatchId, Cause, ExecutionId, Problem

Status = Literal["ok", "error", "aborted", "lost"]


class Item(msgspec.Struct, frozen=True):
    """An accepted execution. Its source stays in the journal until it starts."""

    execution_id: ExecutionId
    batch_id: BatchId
    raises_exception: bool = False


class Reply(msgspec.Struct, frozen=True):
    status: Status
    execution_count: int | None = None


class Running(msgspec.Struct, frozen=True):
    item: Item
    reply: Reply | None = None
    idle: bool = False
    interrupted: bool = False


class Queue(msgspec.Struct, frozen=True):
    """`ready`: the kernel takes requests."""

    ready: bool = False
    running: Running | None = None
    waiting: tuple[Item, ...] = ()

    def runs(self, execution_id: str) -> bool:
        return self.running is not None and self.running.item.execution_id == execution_id


# --- operations ----------------------------------------------------------------------------------------------------


class Enqueue(msgspec.Struct, frozen=True):
    """`items` holds only executions that the journal does not know."""

    batch_id: BatchId
    items: tuple[Item, ...]


class KernelUp(msgspec.Struct, frozen=True):
    """The kernel is ready for a request."""


class KernelGone(msgspec.Struct, frozen=True):
    """The process is gone: what ran is lost, what waited never runs in it."""

    cause: Cause


class KernelLeaving(msgspec.Struct, frozen=True):
    """It is being stopped for a restart: what waits now never runs; what comes from here on waits for the next one."""

    cause: Cause


class KernelReplaced(msgspec.Struct, frozen=True):
    """The process that was leaving is gone, and another will take what has come meanwhile."""

    cause: Cause


class Replied(msgspec.Struct, frozen=True):
    execution_id: str
    reply: Reply


class WentIdle(msgspec.Struct, frozen=True):
    execution_id: str


class GaveUp(msgspec.Struct, frozen=True):
    """The missing half of the end did not come within its time."""

    execution_id: str


class Cancel(msgspec.Struct, frozen=True):
    """None: all that wait."""

    execution_ids: frozenset[str] | None


class Interrupt(msgspec.Struct, frozen=True):
    """A person wants it to stop: what runs is interrupted, what waits is aborted."""


Op = Enqueue | KernelUp | KernelGone | KernelLeaving | KernelReplaced | Replied | WentIdle | GaveUp | Cancel | Interrupt


# --- effects -------------------------------------------------------------------------------------------------------


class Accept(msgspec.Struct, frozen=True):
    batch_id: BatchId
    items: tuple[Item, ...]


class Start(msgspec.Struct, frozen=True):
    item: Item


class AwaitRest(msgspec.Struct, frozen=True):
    """One half of the end has come; wait a bounded time for the other, then `GaveUp`."""

    execution_id: ExecutionId


class Missed(msgspec.Struct, frozen=True):
    """The end of what the kernel said about it was never heard."""

    execution_id: ExecutionId
    cause: Cause


class End(msgspec.Struct, frozen=True):
    execution_id: ExecutionId
    state: Status
    execution_count: int | None = None
    cause: Cause | None = None


class Refuse(msgspec.Struct, frozen=True):
    problem: Problem


Effect = Accept | Start | AwaitRest | Missed | End | Refuse
Step = tuple[Queue, list[Effect]]

CANCELLED = Cause("cancelled", "Not run: it was taken out of the queue.")
QUEUE_INTERRUPTED = Cause("interrupted", "Not run: the queue was interrupted.")
INTERRUPTED = Cause("interrupted", "Stopped by an interrupt.")
EARLIER_ERROR = Cause("earlier-error", "Not run: an earlier cell of the same run raised an error.")
KERNEL_ABORTED = Cause("kernel-aborted", "Not run: the kernel refused it.")
IDLE_MISSING = Cause(
    "idle-missing", "The kernel answered but never said that it was done; later output may be missing."
)
REPLY_MISSING = Cause("reply-missing", "The kernel said that it was done but never answered; its result is not known.")
QUEUE_FULL = Problem(
    "queue-full", "The queue of this kernel is full.", f"At most {QUEUE_EXECUTIONS} cells can wait.", 409
)


def step(queue: Queue, op: Op) -> Step:
    match op:
        case Enqueue():
            return _enqueue(queue, op)
        case KernelUp():
            return _next(msgspec.structs.replace(queue, ready=True), [])
        case KernelGone():
            gone, lost = _lose(queue, op.cause)
            gone, aborted = _abort(gone, op.cause, None)
            return gone, lost + aborted
        case KernelLeaving():
            return _abort(msgspec.structs.replace(queue, ready=False), op.cause, None)
        case KernelReplaced():
            return _lose(queue, op.cause)
        case Replied() | WentIdle() | GaveUp():
            return _toward_end(queue, op)
        case Cancel():
            return _abort(queue, CANCELLED, op.execution_ids)
        case Interrupt():
            running = queue.running and msgspec.structs.replace(queue.running, interrupted=True)
            return _abort(msgspec.structs.replace(queue, running=running), QUEUE_INTERRUPTED, None)


def _enqueue(queue: Queue, op: Enqueue) -> Step:
    if not op.items:
        return queue, []
    if len(queue.waiting) + len(op.items) > QUEUE_EXECUTIONS:
        return queue, [Refuse(QUEUE_FULL)]
    queue = msgspec.structs.replace(queue, waiting=queue.waiting + op.items)
    return _next(queue, [Accept(op.batch_id, op.items)])


def _next(queue: Queue, effects: list[Effect]) -> Step:
    """Start the first that waits, if the kernel is free."""
    if not queue.ready or queue.running or not queue.waiting:
        return queue, effects
    first, *rest = queue.waiting
    queue = msgspec.structs.replace(queue, running=Running(first), waiting=tuple(rest))
    return queue, [*effects, Start(first)]


def _lose(queue: Queue, cause: Cause) -> Step:
    effects: list[Effect] = []
    if queue.running:
        effects.append(End(queue.running.item.execution_id, "lost", cause=cause))
    return msgspec.structs.replace(queue, ready=False, running=None), effects


def _abort(queue: Queue, cause: Cause, execution_ids: frozenset[str] | None) -> Step:
    gone = [item for item in queue.waiting if execution_ids is None or item.execution_id in execution_ids]
    kept = tuple(item for item in queue.waiting if not (execution_ids is None or item.execution_id in execution_ids))
    return msgspec.structs.replace(queue, waiting=kept), [End(i.execution_id, "aborted", cause=cause) for i in gone]


def _toward_end(queue: Queue, op: Replied | WentIdle | GaveUp) -> Step:
    running = queue.running
    if running is None or running.item.execution_id != op.execution_id:
        return queue, []
    effects: list[Effect] = []
    match op:
        case Replied():
            running = msgspec.structs.replace(running, reply=op.reply)
        case WentIdle():
            running = msgspec.structs.replace(running, idle=True)
        case GaveUp():
            if running.reply is not None:
                effects.append(Missed(running.item.execution_id, IDLE_MISSING))
            running = msgspec.structs.replace(running, idle=True, reply=running.reply or _presumed(running))
    if running.idle and running.reply is not None:
        return _finish(msgspec.structs.replace(queue, running=None), running, running.reply, effects)
    return msgspec.structs.replace(queue, running=running), [*effects, AwaitRest(running.item.execution_id)]


def _presumed(running: Running) -> Reply:
    """What to make of an idle without a reply. An interrupt that hits a kernel between two lines of user code does this."""
    return Reply("error" if running.interrupted else "lost")


def _finish(queue: Queue, running: Running, reply: Reply, effects: list[Effect]) -> Step:
    item = running.item
    cause = _CAUSES[reply.status]
    if reply.status == "error" and running.interrupted:
        cause = INTERRUPTED
    effects.append(End(item.execution_id, reply.status, reply.execution_count, cause))
    if reply.status == "ok" or (reply.status == "error" and item.raises_exception):
        return _next(queue, effects)
    rest = frozenset(waiting.execution_id for waiting in queue.waiting if waiting.batch_id == item.batch_id)
    queue, aborted = _abort(queue, EARLIER_ERROR, rest)
    return _next(queue, effects + aborted)


_CAUSES: dict[Status, Cause | None] = {"ok": None, "error": None, "aborted": KERNEL_ABORTED, "lost": REPLY_MISSING}
