"""One real kernel: a process spoken to over ZMQ on unix sockets, in the Jupyter protocol.

Ready when it has answered a kernel_info_request, and its first `status` is heard on iopub: that proves that the
subscription is complete. ipykernel 7 welcomes a subscriber (JEP 65) and then says `starting`; a kernel that does not is
nudged with further requests until its `busy` is heard.
"""

import asyncio
import signal
from pathlib import Path
from typing import TypeVar

import msgspec
import zmq

from noctule_agent.processes import STDERR_TAIL_BYTES, Exit, Process
from noctule_agent.queue import Reply, Status
from noctule_agent.wire.asks import AskBody
from noctule_agent.wire.link import KernelMessage
from noctule_agent.wire.ports import Clock
from noctule_agent.wire.values import DECODE_ERRORS, Cause

from . import death
from .asking import Asks
from .base import Answered, Asked, AskReply, Exited, Idle, Published, Ready, Request, Tell, Unheard, echo
from .message import Message, Untrusted, Wire
from .sockets import Socket
from .specs import KernelSpec

NUDGE_FIRST_SECONDS = 1.0
NUDGE_SECONDS = 0.5
LAST_WORDS_SECONDS = 1.0
LANGUAGE_INFO_BYTES = 65_536
"""A language_info that is larger is none."""
PORTS = {"shell": 1, "iopub": 2, "stdin": 3, "control": 4, "hb": 5}


_STATUS: dict[str, Status] = {"ok": "ok", "aborted": "aborted", "abort": "aborted"}

T = TypeVar("T", bound=msgspec.Struct)


class _StatusContent(msgspec.Struct, frozen=True):
    execution_state: str = ""


class _ExecuteReply(msgspec.Struct, frozen=True):
    status: str = "error"
    execution_count: int | None = None


class _KernelInfo(msgspec.Struct, frozen=True):
    language_info: msgspec.Raw = msgspec.Raw(b"{}")


class _InputRequest(msgspec.Struct, frozen=True):
    prompt: str = ""
    password: bool = False


class JupyterKernel:
    """`launch` gives it its process; the sockets connect before, while the process starts."""

    process: Process

    def __init__(
        self,
        spec: KernelSpec,
        wire: Wire,
        base: Path,
        context: "zmq.Context[zmq.Socket[bytes]]",
        clock: Clock,
        memory: death.MemoryWatch,
        tell: Tell,
    ) -> None:
        self.closed = False
        self._spec = spec
        self._wire = wire
        self._memory = memory
        self._clock = clock
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._ready = False
        self._heard = False
        self._info: _KernelInfo | None = None
        self._asked_to_end = False
        self._asked = Asked("", "", False)
        self._input_parent = b"{}"
        self._own_ids = f"{wire.session_id}-"
        self._sent = 0
        self._nudge_timer: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None
        identity = wire.session_id.encode()

        def address(channel: str) -> str:
            return f"ipc://{base}-{PORTS[channel]}"

        self._iopub = Socket(context, zmq.SUB, address("iopub"), identity, self._on_iopub)
        self._shell = Socket(context, zmq.DEALER, address("shell"), identity, self._on_shell)
        self._stdin = Socket(context, zmq.DEALER, address("stdin"), identity, self._on_stdin)
        self._control = Socket(context, zmq.DEALER, address("control"), identity, self._on_control)
        self._asks = Asks(
            lambda msg_type, content: self._send(self._control, msg_type, content),
            lambda msg_type, content: self._send(self._shell, msg_type, content),
        )

    def launch(self, process: Process, raw_log: Path) -> None:
        self.process = process
        self._raw_log = raw_log
        self._send(self._shell, "kernel_info_request", b"{}")
        self._nudge_timer = self._loop.call_later(NUDGE_FIRST_SECONDS, self._nudge)

    # --- Kernel --------------------------------------------------------------------------------------------------

    def execute(self, request: Request) -> None:
        content = {
            "code": request.source,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": request.allow_stdin,
            # The queue is ours: what follows an error is decided there.
            "stop_on_error": False,
        }
        metadata = msgspec.json.encode({"cellId": request.cell_id})
        frames = self._wire.pack(
            request.execution_id, "execute_request", msgspec.json.encode(content), request.at, metadata=metadata
        )
        self._shell.send(frames)

    def echo(self, value: str) -> KernelMessage:
        return echo(self._asked, value)

    def answer(self, value: str) -> None:
        content = msgspec.json.encode({"value": value})
        self._send(self._stdin, "input_reply", content, parent=self._input_parent)

    def comm(self, msg_id: str, msg_type: str, content: bytes, buffers: list[bytes]) -> None:
        self._shell.send(self._wire.pack(msg_id, msg_type, content, self._clock.now(), buffers=buffers))

    def ask(self, ask: AskBody, reply: AskReply, *, busy: bool) -> None:
        self._asks.ask(ask, reply, busy=busy)

    def interrupt(self) -> None:
        if self._spec.interrupt_mode == "message":
            self._send(self._control, "interrupt_request", b"{}")
        else:
            self.process.signal_group(signal.SIGINT)

    def interrupt_hard(self) -> None:
        if self._spec.interrupt_mode == "message":
            self._send(self._control, "interrupt_request", b"{}")
            self.process.signal_below(signal.SIGINT)
        else:
            self.process.signal_tree(signal.SIGINT)

    def stop(self, grace: float) -> None:
        self._asked_to_end = True
        if grace > 0:
            self._send(self._control, "shutdown_request", b'{"restart":false}')
            self._loop.call_later(grace, self._kill)
        else:
            self._kill()

    def pause(self) -> None:
        """A stopped process holds still as one that writes to a full pipe, so that nothing piles up in memory."""
        self._iopub.pause()
        self.process.signal_group(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.signal_group(signal.SIGCONT)
        self._iopub.resume()

    # --- the end -------------------------------------------------------------------------------------------------

    def exited(self, ended: Exit) -> None:
        """The process is gone; hear its last words before telling so."""
        if self.closed:
            return
        self._ending = self._loop.create_task(self._last_words(ended))

    async def _last_words(self, ended: Exit) -> None:
        # Its children hold its sockets open; without them the end of the pipe is seen.
        self.process.signal_group(signal.SIGKILL)
        if self._ready:
            for socket in (self._iopub, self._shell):
                await socket.drain_to_end(LAST_WORDS_SECONDS)
        words = "" if self._asked_to_end else self._raw_tail()
        cause = death.explain(ended, self._memory, asked=self._asked_to_end, last_words=words)
        self.close()
        self._tell(Exited(cause))

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self._stop_nudging()
            self._asks.close()
            for socket in (self._iopub, self._shell, self._stdin, self._control):
                socket.close()

    def _kill(self) -> None:
        if not self.process.gone:
            self.process.signal_tree(signal.SIGKILL)

    def _raw_tail(self) -> str:
        try:
            with self._raw_log.open("rb") as log:
                log.seek(max(0, self._raw_log.stat().st_size - STDERR_TAIL_BYTES))
                return log.read().decode(errors="replace").strip()
        except OSError:
            return ""

    # --- readiness -----------------------------------------------------------------------------------------------

    def _nudge(self) -> None:
        self._send(self._shell, "kernel_info_request", b"{}")
        self._nudge_timer = self._loop.call_later(NUDGE_SECONDS, self._nudge)

    def _stop_nudging(self) -> None:
        if self._nudge_timer is not None:
            self._nudge_timer.cancel()
            self._nudge_timer = None

    def _perhaps_ready(self) -> None:
        if not self._ready and self._heard and self._info is not None:
            self._ready = True
            self._stop_nudging()
            info = bytes(self._info.language_info)
            info = info if len(info) <= LANGUAGE_INFO_BYTES else b"{}"
            self._asks.started(self._spec.language)
            self._tell(Ready(self._spec.language, language_info=info))

    # --- messages ------------------------------------------------------------------------------------------------

    def _send(self, socket: Socket, msg_type: str, content: bytes, *, parent: bytes = b"{}") -> str:
        self._sent += 1
        msg_id = f"{self._own_ids}{self._sent}"
        socket.send(self._wire.pack(msg_id, msg_type, content, self._clock.now(), parent=parent))
        return msg_id

    def _unpack(self, frames: list[bytes]) -> Message | None:
        try:
            return self._wire.unpack(frames)
        except Untrusted as error:
            self._tell(Unheard(Cause("message-refused", f"A message of the kernel was refused: {error}.")))
            return None

    def _on_iopub(self, frames: list[bytes]) -> None:
        message = self._unpack(frames)
        if message is None:
            return
        msg_type, parent_id = message.header.msg_type, message.parent_id
        if msg_type == "iopub_welcome":
            self._stop_nudging()
            return
        state = _decode(message.content, _StatusContent()).execution_state if msg_type == "status" else ""
        if state:
            self._heard = True
            self._perhaps_ready()
        if parent_id.startswith(self._own_ids):
            return  # It answers a request of the agent itself, not of a notebook.
        self._tell(Published(KernelMessage(msg_type, parent_id, message.content, message.metadata, message.buffers)))
        if state == "idle":
            self._tell(Idle(parent_id))

    def _on_shell(self, frames: list[bytes]) -> None:
        self._iopub.drain()
        message = self._unpack(frames)
        if message is None:
            return
        if message.header.msg_type == "kernel_info_reply":
            self._info = _decode(message.content, _KernelInfo())
            self._perhaps_ready()
        elif message.parent_id.startswith(self._own_ids):
            self._asks.heard(message.parent_id, message.header.msg_type, message.content)
        elif message.header.msg_type == "execute_reply":
            reply = _decode(message.content, _ExecuteReply())
            status = _STATUS.get(reply.status, "error")
            self._tell(Answered(message.parent_id, Reply(status, reply.execution_count)))

    def _on_stdin(self, frames: list[bytes]) -> None:
        self._iopub.drain()
        message = self._unpack(frames)
        if message is not None and message.header.msg_type == "input_request":
            request = _decode(message.content, _InputRequest())
            self._input_parent = message.raw_header
            self._asked = Asked(message.parent_id, request.prompt, request.password)
            self._tell(self._asked)

    def _on_control(self, frames: list[bytes]) -> None:
        """Answers to asks. Other replies on control say nothing that the process and iopub do not."""
        message = self._unpack(frames)
        if message is not None:
            self._asks.heard(message.parent_id, message.header.msg_type, message.content)


def _decode(content: bytes, default: T) -> T:
    """What of the content is needed; the default when it is not what the protocol says."""
    try:
        return msgspec.json.decode(content, type=type(default))
    except DECODE_ERRORS:
        return default
