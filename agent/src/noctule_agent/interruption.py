"""One interrupt, from the wish to its outcome. It never kills: it reports when the code goes on.

wish -> (until the kernel is seen to run the cell) -> SIGINT -> grace -> SIGINT to the whole tree -> grace -> told
"""

import asyncio
from collections.abc import Callable

from .kernels.base import Kernel
from .wire.limits import INTERRUPT_GRACE_SECONDS
from .wire.values import ExecutionId, Problem

BEGIN_SECONDS = 0.5
"""A kernel ignores an interrupt that comes before it runs the cell, so one is held back for so long."""

IGNORED = Problem(
    "interrupt-ignored",
    "The cell did not stop.",
    "It was interrupted twice and still runs. Restart the kernel to end it; its variables are lost then.",
    409,
)

ReplyTo = Callable[[Problem | None], None]


class Interruption:
    def __init__(self, execution_id: ExecutionId, kernel: Kernel, reply: ReplyTo, *, begun: bool) -> None:
        self.execution_id = execution_id
        self._kernel = kernel
        self._replies = [reply]
        self._sent = False
        self._timer = asyncio.get_running_loop().call_later(BEGIN_SECONDS, self.begun)
        if begun:
            self.begun()

    def begun(self) -> None:
        """The kernel runs the cell now."""
        if not self._sent:
            self._sent = True
            self._kernel.interrupt()
            self._rearm(self._harder)

    def again(self, reply: ReplyTo) -> None:
        """A second wish for the same execution."""
        self._replies.append(reply)
        if self._sent:
            self._kernel.interrupt()

    def over(self) -> None:
        """The execution ended, in whatever way."""
        self._timer.cancel()
        self._tell(None)

    def _harder(self) -> None:
        self._kernel.interrupt_hard()
        self._rearm(lambda: self._tell(IGNORED))

    def _rearm(self, then: Callable[[], None]) -> None:
        self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(INTERRUPT_GRACE_SECONDS, then)

    def _tell(self, problem: Problem | None) -> None:
        replies, self._replies = self._replies, []
        for reply in replies:
            reply(problem)
