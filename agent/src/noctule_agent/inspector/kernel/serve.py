"""The two sides of an ask in the kernel: a message on the control channel comes in, an answer goes out.

Asks come on `control`, whose thread answers while a cell runs. A request on a subshell would do so too, but ipykernel then
attributes what other threads of the notebook print to that request (`set_parent` sets a global), and an execute_request
there shows the figures that a cell is drawing. Here nothing of the kernel's state is touched: no parent, no history, no
`_`, no hooks. What code of the notebook prints because it is asked goes nowhere.
"""

from __future__ import annotations

import contextvars
import json
import sys
from collections.abc import Callable
from typing import Any

from . import code
from .lanes import STUCK, Job, Lane
from .look import Looker
from .tables import Refusal
from .variables import variables
from .words import class_name, cut, plain

GRACE_SECONDS = 1.0
"""For a thread that was told to stop, before it is given up."""
REPLY = "noctule_ask_reply"


class Inspector:
    """One a kernel process. `ask` is the handler of `noctule_ask_request`, in the control thread."""

    def __init__(self, kernel: Any, stuck: int) -> None:
        self._kernel = kernel
        self._quick = Lane("code", stuck)
        self._slow = Lane("values", stuck)
        self._looker = Looker(kernel.shell)

    def ask(self, stream: Any, ident: Any, parent: dict[str, Any]) -> None:
        content = parent["content"]
        ask, limits = content["ask"], content["limits"]
        loop = stream.io_loop

        def send(result: Any) -> None:
            try:
                reply = _reply(result, limits["ANSWER_BYTES"])
            except ValueError as error:
                reply = _reply(error, limits["ANSWER_BYTES"])
            loop.add_callback(self._kernel.session.send, stream, REPLY, reply, parent, ident)

        def work() -> Any:
            _hush(self._kernel, parent)
            return self._work(ask, limits)

        lane = self._quick if ask["t"] in ("complete", "inspect", "is-complete") else self._slow
        job = Job(lambda: contextvars.Context().run(work), send)
        lane.put(job)

        def late() -> None:
            if lane.late(job):
                loop.call_later(GRACE_SECONDS, lane.give_up, job)

        loop.call_later(limits["ASK_SECONDS"], late)

    def _work(self, ask: dict[str, Any], limits: dict[str, Any]) -> Any:
        does: dict[str, Callable[[], Any]] = {
            "complete": lambda: code.complete(self._kernel, ask, limits),
            "inspect": lambda: code.inspect(self._kernel, ask),
            "is-complete": lambda: code.is_complete(self._kernel, ask),
            "variables": lambda: variables(self._kernel.shell, limits),
            "look": lambda: self._looker.look(ask, limits),
        }
        if ask["t"] not in does:
            raise Refusal("ask-unsupported", "This kernel's helper does not know this request.", "Restart the runtime.")
        return does[ask["t"]]()


def install(kernel: Any, limits: dict[str, Any]) -> None:
    kernel.control_handlers["noctule_ask_request"] = Inspector(kernel, limits["ASKS_STUCK"]).ask


def _hush(kernel: Any, parent: dict[str, Any]) -> None:
    """What this thread prints or displays belongs to the ask, and so to no cell."""
    header = parent["header"]
    shell = kernel.shell
    for owner in (sys.stdout, sys.stderr, shell.displayhook, shell.display_pub):
        _set(getattr(owner, "_parent_header", None), header)
    _set(getattr(shell, "_parent_header", None), parent)
    _set(getattr(kernel, "_shell_parent", None), parent)


def _set(variable: Any, value: Any) -> None:
    if isinstance(variable, contextvars.ContextVar):
        variable.set(value)


def _reply(result: Any, most: int) -> dict[str, Any]:
    """The content of the reply. Text that is no Unicode is mended, or it could not be sent."""
    if isinstance(result, dict):
        text = json.dumps(_sendable(result), ensure_ascii=False, allow_nan=False)
        if len(text.encode()) <= most:
            return {"status": "ok", "answer": text}
        result = Refusal("answer-too-large", "The answer is too large.", "Ask for less at once.")
    if not isinstance(result, Refusal):
        words = class_name(result) + ": " + cut(_said(result), 300)
        result = Refusal("ask-failed", "The kernel could not answer.", words) if result is not STUCK else STUCK
    return {"status": "error", "code": result.code, "title": _mended(result.title), "detail": _mended(result.detail)}


def _said(error: Any) -> str:
    arguments = BaseException.__dict__["args"].__get__(error)
    return plain(arguments[0]) if arguments else ""


def _sendable(value: Any) -> Any:
    if isinstance(value, str):
        return _mended(value)
    if isinstance(value, dict):
        return {_mended(key): _sendable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_sendable(item) for item in value]
    return value


def _mended(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
