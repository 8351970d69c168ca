"""The agent link: frames between an agent and the server, and the records of the journal.

    agent dials                                server
      Hello{runtime, generation, kernels} --->
                                          <--- Resume{cursors, lease}      or Refused{code} and close
      Events{kernel, first_seq, records}  --->   one transaction moves the cursor
                                          <--- Ack{kernel, committed, synced}
                                          <--- a command with an id        (idempotent)
      Reply{id, problem}                  --->
                                          <--- Ask{id, ask}                (asks.py: no journal, no second try)
      Answered{id, answer | problem}      --->
      Metrics                             --->   (no journal: only the last one matters)
      questions and pipes                <--->   (pipes.py: terminals and files; nothing of them is durable)
      Bye{cause}                          --->   the runtime ends; nothing follows

A stream of events belongs to one kernel; `seq` counts its records from 1 without a gap, over restarts of the kernel.
The server applies record `cursor + 1` and no other. The agent may forget records up to `synced` (on the server's disk),
never those that are only `committed`.
"""

import msgspec

from .asks import AnswerBody, AskBody
from .pipes import FromAgentAside, ToAgentAside
from .state import StreamName
from .values import (
    BatchId,
    Cause,
    CellId,
    CommandId,
    ExecutionId,
    KernelId,
    Millis,
    Problem,
    PromptId,
    RuntimeId,
)

# Version history: major = breaking, minor = additive.
# 1.0  the first.
# 1.1  Ask and Answered. An agent that said 1.0 is never sent an Ask.
# 1.2  questions and pipes (pipes.py): an agent of an earlier one is sent none.
VERSION = (1, 2)


class _Tagged(msgspec.Struct, frozen=True, tag_field="t", omit_defaults=True):
    """Base of every frame and record."""


# --- records of the journal (agent -> server, durable, numbered) ---------------------------------------------------


class KernelStarting(_Tagged, frozen=True, tag="kernel-starting"):
    """A process is being started; `epoch` is its number. What an earlier epoch had is gone."""

    epoch: int
    at: Millis
    spec_name: str


class KernelReady(_Tagged, frozen=True, tag="kernel-ready"):
    """It answered, and its iopub subscription is known to be complete. `language_info` is JSON text as it said it."""

    epoch: int
    at: Millis
    language: str = ""
    banner: str = ""
    language_info: bytes = b"{}"


class KernelDied(_Tagged, frozen=True, tag="kernel-died"):
    """The process is gone (exit code, signal, out of memory where it can be known are in the evidence)."""

    epoch: int
    at: Millis
    cause: Cause


class BatchAccepted(_Tagged, frozen=True, tag="accepted"):
    """Written before anything of the batch reaches the kernel. From here on the agent alone decides on these."""

    batch_id: BatchId
    at: Millis
    execution_ids: list[ExecutionId]


class ExecutionStarted(_Tagged, frozen=True, tag="started"):
    """Written before the request is sent to the kernel: from here on it may have run."""

    execution_id: ExecutionId
    epoch: int
    at: Millis


class KernelMessage(msgspec.Struct, frozen=True, omit_defaults=True, array_like=True):
    """One iopub message. `content` and `metadata` are JSON text as the kernel sent it.

    `parent_id` is the msg_id of the request it answers: the execution id for a cell, "" when there is none.
    """

    msg_type: str
    parent_id: str
    content: bytes
    metadata: bytes = b"{}"
    buffers: list[bytes] = []


class Said(_Tagged, frozen=True, tag="said"):
    """What the kernel said on iopub, in order. `folded` counts messages that a later one of this record overwrote."""

    epoch: int
    at: Millis
    messages: list[KernelMessage]
    folded: int = 0


class StreamSaid(msgspec.Struct, frozen=True, omit_defaults=True):
    """The content of a `stream` message, decoded."""

    name: StreamName
    text: str


class PromptOpened(_Tagged, frozen=True, tag="prompt-opened"):
    """The kernel asks on stdin and waits."""

    prompt_id: PromptId
    execution_id: ExecutionId
    epoch: int
    at: Millis
    text: str
    password: bool = False


class PromptClosed(_Tagged, frozen=True, tag="prompt-closed"):
    """It was answered, or its execution ended without an answer."""

    prompt_id: PromptId
    at: Millis
    answered: bool


class ExecutionEnded(_Tagged, frozen=True, tag="ended"):
    """Final. `state` is ok, error, aborted (never sent to the kernel) or lost (sent, and the kernel died)."""

    execution_id: ExecutionId
    at: Millis
    state: str
    execution_count: int | None = None
    cause: Cause | None = None


class Gap(_Tagged, frozen=True, tag="gap"):
    """Messages of the kernel were not received (a high-water mark was met). Shown, never hidden."""

    epoch: int
    at: Millis
    cause: Cause


class AgentEnding(_Tagged, frozen=True, tag="agent-ending"):
    """The agent stops by itself: its lease ended, it was fenced, or it was told to."""

    at: Millis
    cause: Cause


Record = (
    KernelStarting
    | KernelReady
    | KernelDied
    | BatchAccepted
    | ExecutionStarted
    | Said
    | PromptOpened
    | PromptClosed
    | ExecutionEnded
    | Gap
    | AgentEnding
)


# --- frames: agent -> server ---------------------------------------------------------------------------------------


class KernelHead(msgspec.Struct, frozen=True, omit_defaults=True):
    """One kernel stream in the agent's journal: the lowest and the highest record it still has (0, 0 when empty)."""

    kernel_id: KernelId
    epoch: int
    first_seq: int
    head_seq: int
    alive: bool


class Hello(_Tagged, frozen=True, tag="hello"):
    """First frame. `token` is the runtime's own; `generation` the launch's number; `journal_id` names the journal."""

    version: tuple[int, int]
    runtime_id: RuntimeId
    token: str
    generation: int
    journal_id: str
    kernels: list[KernelHead]
    draining: bool = False
    pid: int = 0


class Events(_Tagged, frozen=True, tag="events"):
    """Records first_seq, first_seq + 1, ... of one kernel; each is the msgpack of a Record."""

    kernel_id: KernelId
    first_seq: int
    records: list[bytes]


class Reply(_Tagged, frozen=True, tag="reply"):
    """Answer to a command. `problem` None means done (or accepted: effects are told by events)."""

    id: CommandId
    problem: Problem | None = None


class Answered(_Tagged, frozen=True, tag="answered"):
    """What the kernel said to an Ask, or why it did not."""

    id: CommandId
    answer: AnswerBody | None = None
    problem: Problem | None = None


class Metrics(_Tagged, frozen=True, tag="metrics"):
    """Of the runtime's whole process tree. CPU in percent of one core.

    `rss_limit_bytes`: what it may take, or the machine has. `disk_*`: of the disk that its files are on.
    `stalled`: the journal cannot be written (disk full); kernels are held until it can, and nothing is dropped.
    """

    at: Millis
    cpu_percent: float
    rss_bytes: int
    rss_limit_bytes: int | None = None
    disk_free_bytes: int | None = None
    stalled: Cause | None = None
    disk_total_bytes: int | None = None


class Bye(_Tagged, frozen=True, tag="bye"):
    """The agent ends and has nothing more to say; all its records are acknowledged."""

    cause: Cause


FromAgent = Hello | Events | Reply | Answered | Metrics | Bye | FromAgentAside


# --- frames: server -> agent ---------------------------------------------------------------------------------------


class Resume(_Tagged, frozen=True, tag="resume"):
    """Accepted. Send events after each cursor (0 for a kernel that is not named). `lease_until`: it may run until then."""

    version: tuple[int, int]
    cursors: dict[KernelId, int]
    lease_until: Millis


class Refused(_Tagged, frozen=True, tag="refused"):
    """Not accepted. Codes: `fenced` (a newer generation exists, or the runtime ended: stop), `version`, `unknown`."""

    code: str
    reason: str


class Ack(_Tagged, frozen=True, tag="ack"):
    """`committed`: applied. `synced`: on the server's disk; records up to it may be forgotten."""

    kernel_id: KernelId
    committed: int
    synced: int


class Lease(_Tagged, frozen=True, tag="lease"):
    lease_until: Millis


class StartKernel(_Tagged, frozen=True, tag="start-kernel"):
    """Idempotent by kernel_id."""

    id: CommandId
    kernel_id: KernelId
    spec_name: str = "python3"


class QueuedItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One cell of a batch. `raises_exception`: an error does not abort what follows.

    `allow_stdin` False: nobody will answer, and `input()` raises StdinNotImplementedError (messaging protocol, execute_request).
    """

    execution_id: ExecutionId
    cell_id: CellId
    source: str
    raises_exception: bool = False
    allow_stdin: bool = True


class Enqueue(_Tagged, frozen=True, tag="enqueue"):
    """Idempotent by execution_id: one that the agent knows is ignored."""

    id: CommandId
    kernel_id: KernelId
    batch_id: BatchId
    items: list[QueuedItem]


class Cancel(_Tagged, frozen=True, tag="cancel"):
    """Abort what has not started: the named executions, or all when None."""

    id: CommandId
    kernel_id: KernelId
    execution_ids: list[ExecutionId] | None = None


class Interrupt(_Tagged, frozen=True, tag="interrupt"):
    """Stop the running execution (SIGINT, or a message if the kernelspec says so; harder after a grace) and abort the queue."""

    id: CommandId
    kernel_id: KernelId


class RestartKernel(_Tagged, frozen=True, tag="restart"):
    """Kill and start anew. What runs becomes `lost`, what waits `aborted`."""

    id: CommandId
    kernel_id: KernelId


class Answer(_Tagged, frozen=True, tag="answer"):
    id: CommandId
    kernel_id: KernelId
    prompt_id: PromptId
    value: str


class CommSend(_Tagged, frozen=True, tag="comm"):
    """A comm message of a page to the kernel: comm_open, comm_msg or comm_close. `content` is JSON text.

    `msg_id` is what the kernel is told, and names as the parent of what it says meanwhile; "": the command's id.
    """

    id: CommandId
    kernel_id: KernelId
    msg_type: str
    content: bytes
    buffers: list[bytes] = []
    msg_id: str = ""


class Ask(_Tagged, frozen=True, tag="ask"):
    """Not a command: it changes nothing, is of no order with commands, and is forgotten when the connection breaks."""

    id: CommandId
    kernel_id: KernelId
    ask: AskBody


class StopAgent(_Tagged, frozen=True, tag="stop"):
    """End all kernels, deliver the journal, say Bye, exit."""

    id: CommandId
    cause: Cause


Command = StartKernel | Enqueue | Cancel | Interrupt | RestartKernel | Answer | CommSend | StopAgent
ToAgent = (
    Resume
    | Refused
    | Ack
    | Lease
    | StartKernel
    | Enqueue
    | Cancel
    | Interrupt
    | RestartKernel
    | Answer
    | CommSend
    | StopAgent
    | Ask
    | ToAgentAside
)

CLOSE_PROTOCOL = 4400
CLOSE_FENCED = 4409
CLOSE_SUPERSEDED = 4410
CLOSE_VERSION = 4426
