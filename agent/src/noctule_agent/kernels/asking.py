"""Asks of one kernel process: carried to it, matched with what it says, bounded in number and time. Knows no journal.

    Python with ipykernel   `BOOT` before any cell; then all asks on `control`, which answers while a cell runs (inspector)
    any other kernel        complete, inspect and is-complete by the Jupyter protocol on `shell`, while no cell runs

Every ask is answered once, by `reply`: with the answer, or with the problem that says why there is none.
"""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar, cast

import msgspec

from noctule_agent import inspector
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
)
from noctule_agent.wire.limits import ANSWER_BYTES, ASK_SECONDS, ASKS_PER_KERNEL, COMPLETIONS
from noctule_agent.wire.values import DECODE_ERRORS, Problem

from .base import AskReply

PATIENCE_SECONDS = ASK_SECONDS + 1
REPLY_BYTES = 2 * ANSWER_BYTES
"""The answer of the helper is JSON inside JSON."""

NOT_RUNNING = Problem("kernel-not-running", "The kernel is not running.", "It is starting or dead.", 409)
TOO_MANY = Problem(
    "too-many-asks", "Too much is asked of the kernel at once.", "Wait for an answer and ask again.", 429
)
TIMEOUT = Problem("ask-timeout", "The kernel did not answer in time.", "It may be busy or held. Ask again later.", 504)
BUSY = Problem("kernel-busy", "This kernel answers only while no cell runs.", "Ask again when the cell has ended.", 409)
NEEDS_PYTHON = Problem(
    "ask-needs-python", "Variables and tables are shown for Python kernels only.", "This kernel cannot be asked.", 422
)
UNREADABLE = Problem("answer-unreadable", "The kernel's answer cannot be read.", "It is too large or malformed.", 502)

Send = Callable[[str, bytes], str]
"""Sends a request of this type with this content; returns its msg_id."""

T = TypeVar("T", bound=msgspec.Struct)


class _Said(msgspec.Struct, frozen=True):
    """The content of a reply of the helper."""

    status: str = "error"
    answer: str = ""
    code: str = "ask-failed"
    title: str = "The kernel could not answer."
    detail: str = ""


class _CompleteReply(msgspec.Struct, frozen=True):
    matches: list[str] = []
    cursor_start: int = 0
    cursor_end: int = 0


class _InspectReply(msgspec.Struct, frozen=True):
    found: bool = False
    data: dict[str, Any] = {}


class _IsCompleteReply(msgspec.Struct, frozen=True):
    status: str = "unknown"
    indent: str = ""


class _Waiting(msgspec.Struct, frozen=True):
    ask: AskBody
    reply: AskReply
    timer: asyncio.TimerHandle


_STATUSES = frozenset({"complete", "incomplete", "invalid", "unknown"})
_answers: msgspec.json.Decoder[AnswerBody] = msgspec.json.Decoder(AnswerBody)


class Asks:
    """One a kernel process. `started` when it is heard, `close` when it is gone."""

    def __init__(self, control: Send, shell: Send) -> None:
        self._control = control
        self._shell = shell
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[str, _Waiting] = {}
        self._boot = ""
        self._held: list[tuple[AskBody, AskReply]] | None = []
        """Asked before it is known what the kernel can do; None from then on."""
        self._helped = False
        self._installed = False

    def started(self, language: str) -> None:
        """Before anything else is executed."""
        if language.lower() != "python":
            self._known(helped=False)
            return
        content = {"code": inspector.BOOT, "silent": True, "store_history": False, "allow_stdin": False}
        self._boot = self._shell("execute_request", msgspec.json.encode({**content, "stop_on_error": False}))

    def ask(self, ask: AskBody, reply: AskReply, *, busy: bool) -> None:
        """`busy`: a cell runs."""
        if len(self._waiting) + len(self._held or ()) >= ASKS_PER_KERNEL:
            reply(TOO_MANY)
        elif self._held is not None:
            self._held.append((ask, reply))
        elif self._helped:
            self._ask_helper(ask, reply)
        elif not isinstance(ask, CompleteAsk | InspectAsk | IsCompleteAsk):
            reply(NEEDS_PYTHON)
        elif busy:
            reply(BUSY)
        else:
            self._ask_kernel(ask, reply)

    def close(self) -> None:
        """Nothing more is said."""
        held, self._held = self._held or [], None
        for _, reply in held:
            reply(NOT_RUNNING)
        for msg_id in list(self._waiting):
            self._end(msg_id, NOT_RUNNING)

    # --- out -----------------------------------------------------------------------------------------------------

    def _known(self, *, helped: bool) -> None:
        self._helped = helped
        held, self._held = self._held or [], None
        for ask, reply in held:
            self.ask(ask, reply, busy=False)

    def _ask_helper(self, ask: AskBody, reply: AskReply) -> None:
        if not self._installed:
            self._installed = True
            content = {"modules": inspector.sources(), "limits": inspector.LIMITS}
            self._control(inspector.INSTALL, msgspec.json.encode(content))
        self._wait(
            self._control(inspector.ASK, msgspec.json.encode({"ask": ask, "limits": inspector.LIMITS})), ask, reply
        )

    def _ask_kernel(self, ask: CompleteAsk | InspectAsk | IsCompleteAsk, reply: AskReply) -> None:
        match ask:
            case CompleteAsk():
                msg_type, content = "complete_request", {"code": ask.code, "cursor_pos": ask.cursor}
            case InspectAsk():
                msg_type = "inspect_request"
                content = {"code": ask.code, "cursor_pos": ask.cursor, "detail_level": ask.detail}
            case IsCompleteAsk():
                msg_type, content = "is_complete_request", {"code": ask.code}
        self._wait(self._shell(msg_type, msgspec.json.encode(content)), ask, reply)

    def _wait(self, msg_id: str, ask: AskBody, reply: AskReply) -> None:
        timer = self._loop.call_later(PATIENCE_SECONDS, self._end, msg_id, TIMEOUT)
        self._waiting[msg_id] = _Waiting(ask, reply, timer)

    # --- in ------------------------------------------------------------------------------------------------------

    def heard(self, parent_id: str, msg_type: str, content: bytes) -> None:
        """A reply of the kernel, on shell or control, to a request of the agent itself."""
        if parent_id == self._boot and msg_type == "execute_reply":
            self._known(helped=_decoded(content, _Said()).status == "ok")
        elif parent_id in self._waiting:
            ask = self._waiting[parent_id].ask
            self._end(parent_id, _helper_said(content) if self._helped else _kernel_said(ask, content))

    def _end(self, msg_id: str, result: AnswerBody | Problem) -> None:
        waiting = self._waiting.pop(msg_id, None)
        if waiting is not None:
            waiting.timer.cancel()
            waiting.reply(result)


def _helper_said(content: bytes) -> AnswerBody | Problem:
    if len(content) > REPLY_BYTES:
        return UNREADABLE
    said = _decoded(content, _Said())
    if said.status != "ok":
        return Problem(said.code, said.title, said.detail, 409)
    try:
        return _answers.decode(said.answer)
    except DECODE_ERRORS:
        return UNREADABLE


def _kernel_said(ask: AskBody, content: bytes) -> AnswerBody | Problem:
    if len(content) > ANSWER_BYTES:
        return UNREADABLE
    match ask:
        case CompleteAsk():
            found = _decoded(content, _CompleteReply())
            items = [Completion(match) for match in found.matches[:COMPLETIONS]]
            return Completions(found.cursor_start, found.cursor_end, items, more=len(found.matches) > COMPLETIONS)
        case InspectAsk():
            inspected = _decoded(content, _InspectReply())
            texts = {mime: text for mime, text in inspected.data.items() if isinstance(text, str)}
            return Inspected(inspected.found, texts)
        case _:
            said = _decoded(content, _IsCompleteReply())
            status = said.status if said.status in _STATUSES else "unknown"
            return Completeness(cast("Any", status), said.indent)


def _decoded(content: bytes, default: T) -> T:
    try:
        return msgspec.json.decode(content, type=type(default))
    except DECODE_ERRORS:
        return default
