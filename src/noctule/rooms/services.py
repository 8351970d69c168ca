"""What every room shares, and what rooms need of the runtimes, as types."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import msgspec

from noctule.store import Store
from noctule_agent.wire.asks import AnswerBody, AskBody
from noctule_agent.wire.link import Command, QueuedItem
from noctule_agent.wire.ports import Clock, Ids
from noctule_agent.wire.state import RuntimeView
from noctule_agent.wire.values import BatchId, Cause, CommandId, KernelId, NotebookId, UserId

T = TypeVar("T")


class Runtimes(Protocol):
    """What a room needs of the runtimes (runtimes/service.py)."""

    async def ensure(self, notebook_id: NotebookId, spec_name: str, by: UserId | None) -> RuntimeView: ...
    def deliver(self, notebook_id: NotebookId, batch_id: BatchId, items: list[QueuedItem]) -> None: ...
    async def command(self, notebook_id: NotebookId, make: Callable[[CommandId, KernelId], Command]) -> None: ...
    async def ask(self, notebook_id: NotebookId, ask: AskBody) -> AnswerBody: ...
    async def end(self, notebook_id: NotebookId, cause: Cause) -> None: ...
    async def gone(self, notebook_id: NotebookId) -> None: ...
    def view(self, notebook_id: NotebookId) -> RuntimeView | None: ...


class Offload(Protocol):
    """Runs blocking work aside: asyncio.to_thread, or at once in a simulation."""

    async def __call__(self, work: Callable[..., T], /, *args: Any) -> T: ...


class Services(msgspec.Struct, frozen=True):
    """What every room shares."""

    store: Store
    runtimes: Runtimes
    offload: Offload
    clock: Clock
    ids: Ids
    server: str
