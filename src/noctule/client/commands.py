"""Commands of a page that wait for their answers, and which of them may be sent twice."""

import asyncio
from collections.abc import Iterator

import msgspec

from noctule.errors import NoctuleError, Unavailable
from noctule_agent.wire import page as wire
from noctule_agent.wire.ports import Channel
from noctule_agent.wire.values import CommandId

Command = (
    wire.Run
    | wire.Interrupt
    | wire.Restart
    | wire.CancelRun
    | wire.Connect
    | wire.Disconnect
    | wire.AnswerPrompt
    | wire.ClearOutputs
    | wire.Comm
    | wire.StartThread
    | wire.Reply
    | wire.EditComment
    | wire.DeleteComment
    | wire.ResolveThread
)


class Pending(msgspec.Struct):
    """A command without an answer; `sent_on` is the last connection that carried it."""

    frame: Command
    answer: "asyncio.Future[None]"
    sent_on: Channel | None = None


class Commands:
    """The pending ones, in the order in which they were given."""

    def __init__(self) -> None:
        self._pending: dict[str, Pending] = {}

    def __iter__(self) -> Iterator[Pending]:
        return iter(list(self._pending.values()))

    def add(self, frame: Command) -> Pending:
        pending = Pending(frame, asyncio.get_running_loop().create_future())
        self._pending[frame.id] = pending
        return pending

    def remove(self, frame: Command) -> None:
        self._pending.pop(frame.id, None)

    def done(self, command_id: CommandId) -> None:
        if (pending := self._pending.get(command_id)) is not None and not pending.answer.done():
            pending.answer.set_result(None)

    def failed(self, command_id: CommandId, error: NoctuleError) -> None:
        if (pending := self._pending.get(command_id)) is not None:
            _fail(pending, error)

    def cut(self) -> None:
        """The connection is gone: those that it carried and that may not be sent twice will get no answer."""
        for pending in self:
            if pending.sent_on is not None and not repeatable(pending.frame):
                lost = Unavailable(
                    "answer-lost",
                    "The connection was cut before an answer came.",
                    "It may or may not have been done; look, and ask again if it was not.",
                )
                _fail(pending, lost)

    def end(self, error: NoctuleError) -> None:
        """There will be no other connection."""
        for pending in self:
            _fail(pending, error)


def repeatable(frame: Command) -> bool:
    """Twice is as good as once: its ids say what is meant, or it asks for a state and not for a deed."""
    match frame:
        case wire.Run() | wire.Connect() | wire.AnswerPrompt():
            return True
        case wire.StartThread() | wire.Reply() | wire.EditComment() | wire.DeleteComment() | wire.ResolveThread():
            return True
        case wire.CancelRun():
            return frame.execution_ids is not None
        case _:
            return False


def _fail(pending: Pending, error: NoctuleError) -> None:
    if not pending.answer.done():
        pending.answer.set_exception(error)
