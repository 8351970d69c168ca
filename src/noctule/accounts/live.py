"""What is open now, and by whose right: so that it follows that right, and closes when it ends. It may not know sockets, nor rows."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final, NamedTuple

from noctule.accounts.capabilities import Capability
from noctule.accounts.principal import Principal
from noctule_agent.wire.page import CLOSE_ACCESS_ENDED, CLOSE_UNAUTHORIZED
from noctule_agent.wire.values import NotebookId

Close = Callable[[int, str], Awaitable[None]]
"""Closes a connection with a code and a reason. Idempotent, never raises; may wait for the other side."""

CLOSE_SECONDS: Final = 5.0
ACCESS_ENDED: Final = "access-ended"


class Held:
    """What somebody may now, at something that is open. `told` is called when it has become something else."""

    def __init__(self, now: frozenset[Capability] = frozenset()) -> None:
        self.now = now
        self.told: Callable[[], None] = lambda: None

    def become(self, now: frozenset[Capability]) -> None:
        if now != self.now:
            self.now = now
            self.told()


class At(NamedTuple):
    """A notebook that something is open at; without `needed` it closes."""

    notebook: NotebookId
    needed: Capability
    held: Held


class _Open(NamedTuple):
    principal: Principal
    close: Close
    at: At


class Live:
    """See the module. Entered and left on the event loop."""

    def __init__(self) -> None:
        self._open: dict[object, _Open] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._open)

    @contextmanager
    def entered(self, principal: Principal, close: Close, at: At) -> Iterator[None]:
        """While it is open."""
        key = object()
        self._open[key] = _Open(principal, close, at)
        try:
            yield
        finally:
            self._open.pop(key, None)

    def principals(self) -> list[Principal]:
        return [each.principal for each in self._open.values()]

    def places(self) -> dict[Principal, set[NotebookId]]:
        """Who is at which notebooks."""
        found: dict[Principal, set[NotebookId]] = {}
        for each in self._open.values():
            found.setdefault(each.principal, set()).add(each.at.notebook)
        return found

    def become(self, rights: dict[tuple[Principal, NotebookId], frozenset[Capability]]) -> None:
        """From now on they may this much at these notebooks. Who is not named stays; what lost its right is closed."""
        for key, each in list(self._open.items()):
            held = rights.get((each.principal, each.at.notebook))
            if held is None:
                continue
            each.at.held.become(held)
            if each.at.needed not in held:
                self._close(key, each, CLOSE_ACCESS_ENDED, ACCESS_ENDED)

    def end(self, ends: Callable[[Principal], bool], why: str) -> int:
        """Close what is open by the right of these; how many. It does not wait for the other sides."""
        found = [(key, each) for key, each in self._open.items() if ends(each.principal)]
        for key, each in found:
            each.at.held.become(frozenset())
            self._close(key, each, CLOSE_UNAUTHORIZED, why)
        return len(found)

    def _close(self, key: object, each: _Open, code: int, why: str) -> None:
        self._open.pop(key, None)
        task = asyncio.get_running_loop().create_task(_closed(each.close, code, why))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _closed(close: Close, code: int, why: str) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await close(code, why)
