"""Where records of a runtime's kernels go: to the room of the kernel's notebook, or, while it is warm, to its row."""

from collections.abc import Awaitable, Callable
from functools import partial

import msgspec

from noctule.runs.mime import content_of
from noctule.store import Store, Tx, kernels
from noctule.store.rows import KernelRow
from noctule_agent.wire.link import KernelDied, KernelReady, KernelStarting, Record
from noctule_agent.wire.state import KernelView
from noctule_agent.wire.values import Cause, KernelId

from .announce import Announcer
from .ports import KernelBatch, Rooms
from .runtime import Runtime


class Ingestion:
    """`spoilt` is told of a warm runtime whose kernel died: nobody wants it."""

    def __init__(
        self, store: Store, rooms: Rooms, announcer: Announcer, spoilt: Callable[[Runtime, Cause], Awaitable[None]]
    ) -> None:
        self._store = store
        self._rooms = rooms
        self._announcer = announcer
        self._spoilt = spoilt

    async def ingest(self, runtime: Runtime, kernel_id: KernelId, first: int, records: list[Record]) -> int:
        if runtime.kernels[kernel_id] is None:
            cursor = await self._ingest_warm(runtime, kernel_id, first, records)
            if cursor is not None:
                return cursor
        notebook_id = runtime.kernels[kernel_id]
        if notebook_id is None:
            raise AssertionError("a kernel that was bound is never unbound")
        await self._announcer.flushed(notebook_id)
        return await self._rooms.ingest(KernelBatch(kernel_id, notebook_id, first, records))

    async def _ingest_warm(
        self, runtime: Runtime, kernel_id: KernelId, first: int, records: list[Record]
    ) -> int | None:
        """None when a notebook took the kernel at this moment."""
        # Under the lock no notebook can take the kernel while its row is written.
        async with runtime.lock:
            if runtime.kernels[kernel_id] is not None:
                return None
            cursor = await self._store.write(partial(_follow, kernel_id, first, records))
        death = next((record for record in records if isinstance(record, KernelDied)), None)
        if death is not None:
            await self._spoilt(runtime, death.cause)
        return cursor


def _follow(kernel_id: KernelId, first: int, records: list[Record], tx: Tx) -> int:
    """Keep what the records say of a kernel that nobody has; nothing was run on it. Returns the cursor."""
    row = kernels.get(tx, kernel_id)
    if row is None:
        raise AssertionError("a live runtime's kernel has a row")
    fresh = records[max(0, row.cursor + 1 - first) :]
    if not fresh:
        return row.cursor
    cursor = first + len(records) - 1
    kernels.advance(tx, kernel_id, row.cursor, cursor)
    view = after = kernels.view(row)
    for record in fresh:
        after = _after(after, record)
    if after != view:
        kernels.update(tx, after)
    return cursor


def _after(view: KernelView, record: Record) -> KernelView:
    match record:
        case KernelStarting(epoch=epoch, spec_name=spec_name):
            return msgspec.structs.replace(view, epoch=epoch, state="starting", spec_name=spec_name, cause=None)
        case KernelReady(language=language, language_info=info):
            return msgspec.structs.replace(view, state="idle", language=language, language_info=content_of(info) or {})
        case KernelDied(cause=cause):
            return msgspec.structs.replace(view, state="dead", cause=cause)
        case _:
            return view


def is_ready(row: KernelRow) -> bool:
    return row.notebook_id is None and row.state == "idle" and not row.retired
