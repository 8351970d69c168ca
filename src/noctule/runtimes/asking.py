"""Asks on their way to one agent and their answers. Bounded in number and time; all fail when the link breaks.

Nothing of it is durable, and none is sent twice: who asked may ask again.
"""

import asyncio

from noctule.errors import Conflict
from noctule_agent.wire.asks import AnswerBody, AskBody
from noctule_agent.wire.limits import ASK_SECONDS, ASKS_PER_KERNEL
from noctule_agent.wire.link import Answered, Ask
from noctule_agent.wire.values import CommandId, KernelId, Problem

from .outbox import UNREACHABLE, Outbox

PATIENCE_SECONDS = ASK_SECONDS + 2
SINCE = (1, 1)
"""The version of an agent that can be asked."""

TOO_OLD = Problem(
    "ask-unsupported",
    "This runtime was started by an older Noctule and cannot be asked.",
    "Its code goes on. End the runtime and connect again when that suits.",
    409,
)
TOO_MANY = Problem(
    "too-many-asks", "Too much is asked of the kernel at once.", "Wait for an answer and ask again.", 429
)
TIMEOUT = Problem("ask-timeout", "The runtime did not answer in time.", "It may be busy. Ask again later.", 504)


class Asking:
    """One a link."""

    def __init__(self, outbox: Outbox, version: tuple[int, int]) -> None:
        self._outbox = outbox
        self._version = version
        self._waiting: dict[CommandId, asyncio.Future[Answered]] = {}

    async def ask(self, id_: CommandId, kernel_id: KernelId, ask: AskBody) -> AnswerBody:
        """Raises Conflict with why there is no answer."""
        if self._version < SINCE:
            raise _refused(TOO_OLD)
        if len(self._waiting) >= ASKS_PER_KERNEL or self._outbox.full:
            raise _refused(TOO_MANY)
        answer: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._waiting[id_] = answer
        try:
            self._outbox.post(Ask(id_, kernel_id, ask))
            async with asyncio.timeout(PATIENCE_SECONDS):
                answered = await answer
        except TimeoutError:
            raise _refused(TIMEOUT) from None
        finally:
            del self._waiting[id_]
        if answered.answer is None:
            raise _refused(answered.problem or TIMEOUT)
        return answered.answer

    def answered(self, frame: Answered) -> None:
        waiting = self._waiting.get(frame.id)
        if waiting is not None and not waiting.done():
            waiting.set_result(frame)

    def close(self) -> None:
        for id_, waiting in self._waiting.items():
            if not waiting.done():
                waiting.set_result(Answered(id_, problem=UNREACHABLE))


def _refused(problem: Problem) -> Conflict:
    return Conflict(problem.code, problem.title, problem.detail)
