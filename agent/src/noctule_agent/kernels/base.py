"""What the agent needs of kernels, as Protocols. One `Kernel` is one process: one epoch of a kernel.

A kernel tells what happens by calling `tell` on the event loop, in order; nothing comes after `Exited`. All methods
return at once: effects are told. What a kernel published is told before the reply that followed it, as far as the
kernel itself kept that order.
"""

from collections.abc import Callable
from typing import Protocol

import msgspec

from noctule_agent.queue import Reply
from noctule_agent.wire.asks import AnswerBody, AskBody
from noctule_agent.wire.link import KernelMessage
from noctule_agent.wire.values import Cause, ExecutionId, KernelId, Millis, Problem


class Ready(msgspec.Struct, frozen=True):
    """It answered, and all that it publishes from here on is heard. `language_info` is JSON text as it said it."""

    language: str = ""
    banner: str = ""
    language_info: bytes = b"{}"


class Published(msgspec.Struct, frozen=True):
    """An iopub message."""

    message: KernelMessage


class Idle(msgspec.Struct, frozen=True):
    """All that the request published has been told."""

    parent_id: str


class Answered(msgspec.Struct, frozen=True):
    """The reply to an execute request."""

    execution_id: str
    reply: Reply


class Asked(msgspec.Struct, frozen=True):
    """The code waits for a line from a person."""

    execution_id: str
    text: str
    password: bool


HIDDEN = "········"
"""What stands for a password, of whatever length; as in Jupyter."""


def echo(asked: Asked, value: str) -> KernelMessage:
    text = f"{asked.text}{HIDDEN if asked.password else value}\n"
    return KernelMessage("stream", asked.execution_id, msgspec.json.encode({"name": "stdout", "text": text}))


class Unheard(msgspec.Struct, frozen=True):
    """Something was received that cannot be understood or trusted."""

    cause: Cause


class Exited(msgspec.Struct, frozen=True):
    """The process is gone and reaped. `cause` has what is known of why."""

    cause: Cause


KernelEvent = Ready | Published | Idle | Answered | Asked | Unheard | Exited
Tell = Callable[[KernelEvent], None]
AskReply = Callable[[AnswerBody | Problem], None]


class Request(msgspec.Struct, frozen=True):
    """One execution for a kernel. `execution_id` becomes the msg_id."""

    execution_id: ExecutionId
    cell_id: str
    source: str
    at: Millis
    allow_stdin: bool = True


class KernelFailed(Exception):
    """A kernel could not be started at all."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(f"{cause.code}: {cause.message}")
        self.cause = cause


class Kernel(Protocol):
    def execute(self, request: Request) -> None: ...

    def echo(self, value: str) -> KernelMessage:
        """The last `Asked` and this answer, as a terminal shows them: the kernel itself says neither."""

    def answer(self, value: str) -> None:
        """Reply to the last `Asked`."""

    def comm(self, msg_id: str, msg_type: str, content: bytes, buffers: list[bytes]) -> None: ...

    def ask(self, ask: AskBody, reply: AskReply, *, busy: bool) -> None:
        """Ask it something that is no part of what it runs; `busy`: a cell runs. `reply` is called once."""

    def interrupt(self) -> None:
        """As its kernelspec says: SIGINT to its process group, or a message."""

    def interrupt_hard(self) -> None:
        """SIGINT to every process that descends from it too."""

    def stop(self, grace: float) -> None:
        """Ask it to shut down; kill it and its children after `grace` seconds. `Exited` is told."""

    def pause(self) -> None:
        """Hold it: nothing more is read of it, and it does not run on."""

    def resume(self) -> None: ...


class KernelFactory(Protocol):
    def start(self, kernel_id: KernelId, epoch: int, spec_name: str, tell: Tell) -> Kernel:
        """Start a process. Raises KernelFailed. Tells nothing before it has returned."""

    async def close(self) -> None:
        """End every process that descends from the agent, kernels or not, and leave nothing behind."""
