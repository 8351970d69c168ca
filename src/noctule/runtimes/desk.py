"""Questions and pipes of one agent link, the server's end: what is asked gets one answer, what is opened has an end.

Nothing of it is durable. When the link closes, all of it fails with UNREACHABLE, and nobody knows whether what was asked for
was done; the next link has a desk of its own.
"""

import asyncio
from typing import Protocol

import msgspec

from noctule.errors import Conflict, Invalid, of_problem
from noctule_agent.pipes import Pipe, Pipes
from noctule_agent.wire.limits import PIPE_WINDOW_BYTES, PIPES_PER_RUNTIME, QUERIES_IN_FLIGHT
from noctule_agent.wire.pipes import PIPES_SINCE, PipeFrame, PipeOpen, Query, Question, Result, Told, What
from noctule_agent.wire.ports import Ids
from noctule_agent.wire.values import CommandId, NotebookId

from .outbox import UNREACHABLE, Outbox

_encode = msgspec.msgpack.Encoder().encode
_QUESTIONS: msgspec.msgpack.Decoder[Question] = msgspec.msgpack.Decoder(Question)
_WHATS: msgspec.msgpack.Decoder[What] = msgspec.msgpack.Decoder(What)


class Opener(Protocol):
    """What whoever brings bytes through a pipe needs of the runtimes (service.py)."""

    def pipe(self, notebook_id: NotebookId, what: What) -> Pipe: ...


class Desk:
    """`version`: that of the link, as the agent said."""

    def __init__(self, outbox: Outbox, ids: Ids, version: tuple[int, int]) -> None:
        self._outbox = outbox
        self._ids = ids
        self._able = version >= PIPES_SINCE
        self._pipes = Pipes(outbox.post, outbox.bulk)
        self._asked: dict[CommandId, asyncio.Future[Result]] = {}
        self._closed = False

    async def ask(self, question: Question, patience: float) -> Told | None:
        """Its answer. Raises Invalid; what the agent refuses; Conflict when it cannot be asked, or does not answer in time."""
        self._check(len(self._asked), QUERIES_IN_FLIGHT)
        _checked(_QUESTIONS, question)
        query = Query(CommandId(self._ids.new()), question)
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._asked[query.id] = answer
        self._outbox.post(query)
        try:
            async with asyncio.timeout(patience):
                result = await answer
        except TimeoutError:
            raise Conflict(
                "runtime-unreachable", "The runtime did not answer.", "It may still do what was asked."
            ) from None
        finally:
            self._asked.pop(query.id, None)
        if result.problem is not None:
            raise of_problem(result.problem)
        return result.told

    def open(self, what: What) -> Pipe:
        """Raises Invalid, Conflict. Whoever opens it ends it."""
        self._check(len(self._pipes), PIPES_PER_RUNTIME)
        _checked(_WHATS, what)
        pipe = self._pipes.make()
        self._outbox.post(PipeOpen(pipe.number, what, PIPE_WINDOW_BYTES))
        return pipe

    def told(self, frame: Result | PipeFrame) -> None:
        """An answer that nobody waits for, or a frame of a pipe that is over, is no fault."""
        if not isinstance(frame, Result):
            self._pipes.told(frame)
        elif (answer := self._asked.get(frame.id)) is not None and not answer.done():
            answer.set_result(frame)

    def close(self) -> None:
        self._closed = True
        self._pipes.close(UNREACHABLE)
        for query_id, answer in self._asked.items():
            if not answer.done():
                answer.set_result(Result(query_id, problem=UNREACHABLE))

    def _check(self, busy: int, limit: int) -> None:
        if self._closed:
            raise of_problem(UNREACHABLE)
        if not self._able:
            raise Conflict(
                "runtime-too-old",
                "This runtime was started by an earlier version of Noctule.",
                "It runs on; for terminals and files, disconnect and connect a new one.",
            )
        if busy >= limit:
            raise Conflict("runtime-busy", "The runtime does not take more requests now.", "Try again in a moment.")


def _checked(
    decoder: "msgspec.msgpack.Decoder[Question] | msgspec.msgpack.Decoder[What]", wish: Question | What
) -> None:
    """An agent closes its link over a frame that breaks the protocol; so no such frame is sent."""
    try:
        decoder.decode(_encode(wish))
    except (msgspec.MsgspecError, UnicodeEncodeError) as error:
        raise Invalid("request-invalid", "The request has a value that is not allowed.", str(error)) from None
