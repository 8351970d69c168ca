"""An event loop whose time jumps to the next thing to do: an hour passes at once, and in the same order every time.

Only for code that does no real I/O and uses no threads (fakes, memory channels, an inline store).
"""

import asyncio
import functools
import inspect
import selectors
from collections.abc import Callable, Coroutine
from typing import Any

from noctule_agent.wire.values import Millis

EPOCH = 1_800_000_000_000


class _JumpingSelector(selectors.DefaultSelector):
    """Instead of waiting for a timeout, moves the clock by it. Waiting for nothing at all is a deadlock of the test."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("deadlock: every task waits, and nothing is going to happen")
        self.now += max(0.0, timeout)
        return super().select(0)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


class LoopClock:
    """The time of day that belongs to the running loop."""

    def now(self) -> Millis:
        return Millis(EPOCH + int(asyncio.get_running_loop().time() * 1000))


class CountingIds:
    """n1, n2, ...: the same in every run."""

    def __init__(self, prefix: str = "n") -> None:
        self._prefix = prefix
        self._count = 0

    def new(self) -> str:
        self._count += 1
        return f"{self._prefix}{self._count}"


def virtual_time(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Decorates an asynchronous test to run in virtual time."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            runner.run(test(*args, **kwargs))

    del run.__wrapped__  # type: ignore[attr-defined] - pytest must see a plain function
    run.__signature__ = inspect.signature(test)  # type: ignore[attr-defined]
    return run
