"""What is open now, and by whose right: so that it closes when that right ends. It may not know sockets, nor rows."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from noctule.accounts.principal import Principal
from noctule_agent.wire.page import CLOSE_UNAUTHORIZED

Close = Callable[[int, str], Awaitable[None]]
"""Closes a connection with a code and a reason. Idempotent, never raises; may wait for the other side."""

CLOSE_SECONDS: Final = 5.0


class Live:
    """See the module. Entered and left on the event loop."""

    def __init__(self) -> None:
        self._open: dict[object, tuple[Principal, Close]] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._open)

    @contextmanager
    def entered(self, principal: Principal, close: Close) -> Iterator[None]:
        """While it is open."""
        key = object()
        self._open[key] = (principal, close)
        try:
            yield
        finally:
            self._open.pop(key, None)

    def principals(self) -> list[Principal]:
        return [principal for principal, _ in self._open.values()]

    def end(self, ends: Callable[[Principal], bool], why: str) -> int:
        """Close what is open by the right of these; how many. It does not wait for the other sides."""
        found = [(key, close) for key, (principal, close) in self._open.items() if ends(principal)]
        for key, close in found:
            self._open.pop(key, None)
            task = asyncio.get_running_loop().create_task(_closed(close, why))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
        return len(found)


async def _closed(close: Close, why: str) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await close(CLOSE_UNAUTHORIZED, why)
