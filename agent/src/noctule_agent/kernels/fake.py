"""A complete kernel without a process, scripted by the source of its cells; deterministic on a virtual-time loop.

    print TEXT      a line on stdout (`\\n`, `\\r` are understood)      display ID TEXT   a display with an id
    write TEXT      the same without the newline                      update ID TEXT    update_display_data
    warn TEXT       a line on stderr                                  clear [wait]      clear_output
    sleep SECONDS   takes an interrupt                                result TEXT       an execute_result
    hang SECONDS    does not take an interrupt                        input PROMPT      asks; prints the answer
    flood N [WIDTH] N lines on stdout, without yielding               secret PROMPT     asks for a password; prints its length
    error           raises; the rest of the cell does not run         die               the process is gone, with a signal
    mute            never says idle                                   exit              the process ends well after the cell
    widget ID       opens an Output widget                            enter ID          it captures the cell
    append ID TEXT  its outputs, as the kernel has them, and TEXT     leave ID          it captures nothing
    set NAME TEXT   a variable

Every cell says busy, execute_input, ..., execute_reply, idle, and a comm message busy, its echo, idle - as ipykernel does.
Both are done in the order in which they came. Asked, it knows its variables and their names, also while a cell runs.
"""

import asyncio
from collections.abc import Callable

import msgspec

from noctule_agent.queue import Reply
from noctule_agent.wire.asks import (
    AnswerBody,
    AskBody,
    CompleteAsk,
    Completeness,
    Completion,
    Completions,
    InspectAsk,
    Inspected,
    IsCompleteAsk,
    LookAsk,
    Variable,
    VariableList,
    VariablesAsk,
)
from noctule_agent.wire.link import KernelMessage
from noctule_agent.wire.values import Cause, KernelId, Problem

from .base import (
    Answered,
    Asked,
    AskReply,
    Exited,
    Idle,
    KernelEvent,
    KernelFailed,
    Published,
    Ready,
    Request,
    Tell,
    echo,
)

START_SECONDS = 0.4
DIED = Cause("kernel-died", "The kernel was killed by signal SIGKILL.", {"signal": "SIGKILL"})
EXITED = Cause("kernel-exited", "The kernel ended by itself.", {"exit_code": 0})
STOPPED = Cause("kernel-stopped", "The kernel was stopped.")

_json = msgspec.json.encode


class Interrupted(Exception):
    """The scripted KeyboardInterrupt."""


class Raised(Exception):
    """A scripted error."""


class Comm(msgspec.Struct, frozen=True):
    """A comm message to the kernel."""

    msg_id: str
    msg_type: str
    content: bytes
    buffers: list[bytes]


class FakeKernels:
    """A KernelFactory. Kernels die with it. `unstartable` names kernelspecs that are not there."""

    def __init__(self, start_seconds: float = START_SECONDS, unstartable: frozenset[str] = frozenset()) -> None:
        self.started: list[FakeKernel] = []
        self.closed = False
        self._start_seconds = start_seconds
        self._unstartable = unstartable

    def start(self, kernel_id: KernelId, epoch: int, spec_name: str, tell: Tell) -> "FakeKernel":
        if spec_name in self._unstartable:
            raise KernelFailed(Cause("kernelspec-missing", f"There is no kernel named {spec_name!r} here."))
        kernel = FakeKernel(kernel_id, epoch, tell, self._start_seconds)
        self.started.append(kernel)
        return kernel

    async def close(self) -> None:
        self.crash()
        self.closed = True

    def crash(self) -> None:
        """All kernels are gone and nobody is told: as when the agent itself is killed."""
        for kernel in self.started:
            kernel.vanish()


class FakeKernel:
    def __init__(self, kernel_id: KernelId, epoch: int, tell: Tell, start_seconds: float) -> None:
        self.kernel_id = kernel_id
        self.epoch = epoch
        self.executed: list[Request] = []
        self.comms: list[Comm] = []
        self.widgets: dict[str, list[object]] = {}
        """The outputs of Output widgets."""
        self.variables: dict[str, str] = {}
        self.paused = False
        self.alive = True
        self._tell = tell
        self._held: list[KernelEvent] = []
        self._requests: asyncio.Queue[Request | Comm] = asyncio.Queue()
        self._asked = Asked("", "", False)
        self._answer: asyncio.Future[str] | None = None
        self._interruptible: asyncio.Future[None] | None = None
        self._count = 0
        self._leaving = False
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._run(start_seconds))

    # --- Kernel --------------------------------------------------------------------------------------------------

    def execute(self, request: Request) -> None:
        self.executed.append(request)
        self._requests.put_nowait(request)

    def echo(self, value: str) -> KernelMessage:
        return echo(self._asked, value)

    def answer(self, value: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(value)

    def comm(self, msg_id: str, msg_type: str, content: bytes, buffers: list[bytes]) -> None:
        comm = Comm(msg_id, msg_type, content, buffers)
        self.comms.append(comm)
        self._requests.put_nowait(comm)

    def ask(self, ask: AskBody, reply: AskReply, *, busy: bool) -> None:  # noqa: ARG002 - it is never too busy
        match ask:
            case CompleteAsk():
                word = ask.code[: ask.cursor].split(" ")[-1]
                names = [Completion(name, "instance") for name in self.variables if name.startswith(word)]
                answer: AnswerBody = Completions(ask.cursor - len(word), ask.cursor, names)
            case InspectAsk():
                text = self.variables.get(ask.code)
                answer = Inspected(text is not None, {} if text is None else {"text/plain": text})
            case IsCompleteAsk():
                answer = Completeness("complete")
            case VariablesAsk():
                items = [Variable(name, "str", "text", preview=text) for name, text in self.variables.items()]
                answer = VariableList(items, len(items))
            case LookAsk():
                reply(Problem("look-not-possible", "A scripted value has no rows.", "", 409))
                return
        self._loop.call_soon(self._reply, reply, answer)

    def _reply(self, reply: AskReply, answer: AnswerBody) -> None:
        reply(answer if self.alive else Problem("kernel-not-running", "The kernel is not running.", "", 409))

    def interrupt(self) -> None:
        for waiter in (self._interruptible, self._answer):
            if waiter is not None and not waiter.done():
                waiter.set_exception(Interrupted())

    def interrupt_hard(self) -> None:
        self.interrupt()

    def stop(self, grace: float) -> None:
        self._loop.call_later(min(grace, 0.01), self.kill, STOPPED)

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False
        held, self._held = self._held, []
        for event in held:
            self._say(event)

    # --- the world -----------------------------------------------------------------------------------------------

    def kill(self, cause: Cause = DIED) -> None:
        """The process is gone now, with what it had not said yet."""
        if self.alive:
            self.vanish()
            self._tell(Exited(cause))

    def vanish(self) -> None:
        self.alive = False
        self._task.cancel()

    async def _run(self, start_seconds: float) -> None:
        await asyncio.sleep(start_seconds)
        self._say(Ready("fake", "a scripted kernel"))
        while not self._leaving:
            request = await self._requests.get()
            if isinstance(request, Comm):
                self._take(request)
            else:
                await self._cell(request)
        self._loop.call_soon(self.kill, EXITED)

    async def _cell(self, request: Request) -> None:
        parent = request.execution_id
        self._count += 1
        self._publish(parent, "status", {"execution_state": "busy"})
        self._publish(parent, "execute_input", {"code": request.source, "execution_count": self._count})
        status = "ok"
        try:
            for line in request.source.splitlines():
                await self._line(parent, line)
        except (Interrupted, Raised, ValueError) as error:
            # A number that is none is an error of the cell, as any other.
            status = "error"
            name = "KeyboardInterrupt" if isinstance(error, Interrupted) else "Error"
            self._publish(parent, "error", {"ename": name, "evalue": str(error), "traceback": [name]})
        self._say(Answered(parent, Reply("ok" if status == "ok" else "error", self._count)))
        if "mute" not in request.source.splitlines():
            self._publish(parent, "status", {"execution_state": "idle"})
            self._say(Idle(parent))

    def _take(self, comm: Comm) -> None:
        """Unknown comms are ignored, as ipykernel does."""
        self._publish(comm.msg_id, "status", {"execution_state": "busy"})
        content = msgspec.json.decode(comm.content)
        state = content.get("data", {}).get("state", {})
        if content["comm_id"] in self.widgets and "outputs" in state:
            self.widgets[content["comm_id"]] = state["outputs"]
            self._comm(comm.msg_id, content["comm_id"], "echo_update", state)
        self._publish(comm.msg_id, "status", {"execution_state": "idle"})
        self._say(Idle(comm.msg_id))

    async def _line(self, parent: str, line: str) -> None:
        word, _, rest = line.partition(" ")
        rest = rest.replace("\\n", "\n").replace("\\r", "\r")
        says: dict[str, Callable[[], None]] = {
            "print": lambda: self._stream(parent, rest + "\n"),
            "write": lambda: self._stream(parent, rest),
            "warn": lambda: self._stream(parent, rest + "\n", "stderr"),
            "flood": lambda: self._flood(parent, *map(int, rest.split())),
            "display": lambda: self._display(parent, "display_data", rest),
            "update": lambda: self._display(parent, "update_display_data", rest),
            "clear": lambda: self._publish(parent, "clear_output", {"wait": rest == "wait"}),
            "result": lambda: self._publish(
                parent,
                "execute_result",
                {"data": {"text/plain": rest}, "metadata": {}, "execution_count": self._count},
            ),
            "widget": lambda: self._widget(parent, rest),
            "enter": lambda: self._comm(parent, rest, "update", {"msg_id": parent}),
            "leave": lambda: self._comm(parent, rest, "update", {"msg_id": ""}),
            "append": lambda: self._append(parent, *rest.split(" ", 1)),
            "set": lambda: self.variables.__setitem__(*rest.split(" ", 1)),
            "exit": lambda: setattr(self, "_leaving", True),
            "die": self.kill,
        }
        if word in says:
            says[word]()
            await asyncio.sleep(0)
        elif word == "sleep":
            await self._sleep(float(rest))
        elif word == "hang":
            await asyncio.sleep(float(rest))
        elif word in ("input", "secret"):
            value = await self._ask(parent, rest, password=word == "secret")
            self._stream(parent, (value if word == "input" else str(len(value))) + "\n")
        elif word == "error":
            raise Raised(rest)

    async def _sleep(self, seconds: float) -> None:
        waiter: asyncio.Future[None] = self._loop.create_future()
        self._interruptible = waiter
        timer = self._loop.call_later(seconds, _release, waiter)
        try:
            await waiter
        finally:
            timer.cancel()
            self._interruptible = None

    async def _ask(self, parent: str, text: str, *, password: bool) -> str:
        self._answer = self._loop.create_future()
        self._asked = Asked(parent, text, password)
        self._say(self._asked)
        try:
            return await self._answer
        finally:
            self._answer = None

    def _flood(self, parent: str, lines: int, width: int = 0) -> None:
        for number in range(lines):
            self._stream(parent, f"line {number}".ljust(width) + "\n")

    def _display(self, parent: str, msg_type: str, rest: str) -> None:
        display_id, _, text = rest.partition(" ")
        data, transient = {"text/plain": text}, {"display_id": display_id}
        self._publish(parent, msg_type, {"data": data, "metadata": {}, "transient": transient})

    def _widget(self, parent: str, id_: str) -> None:
        self.widgets[id_] = []
        state = {"_model_name": "OutputModel", "_model_module": "@jupyter-widgets/output", "msg_id": "", "outputs": []}
        data = {"state": state, "buffer_paths": []}
        self._publish(parent, "comm_open", {"comm_id": id_, "target_name": "jupyter.widget", "data": data})

    def _append(self, parent: str, id_: str, text: str) -> None:
        output = {"output_type": "stream", "name": "stdout", "text": text}
        self.widgets[id_] = [*self.widgets[id_], output]
        self._comm(parent, id_, "update", {"outputs": self.widgets[id_]})

    def _comm(self, parent: str, id_: str, method: str, state: dict[str, object]) -> None:
        data = {"method": method, "state": state, "buffer_paths": []}
        self._publish(parent, "comm_msg", {"comm_id": id_, "data": data})

    def _stream(self, parent: str, text: str, name: str = "stdout") -> None:
        self._publish(parent, "stream", {"name": name, "text": text})

    def _publish(self, parent: str, msg_type: str, content: dict[str, object]) -> None:
        self._say(Published(KernelMessage(msg_type, parent, _json(content))))

    def _say(self, event: KernelEvent) -> None:
        if not self.alive:
            return
        if self.paused:
            self._held.append(event)
        else:
            self._tell(event)


def _release(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
