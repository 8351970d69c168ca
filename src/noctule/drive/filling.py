"""The bytes of one request on their way into an upload: received, written, summed and synced at the same time. It may not know HTTP or
rows.

received   the next piece, from whoever sends
written    the piece before it, by one thread: order is theirs
summed     the piece before that, by another; only what was written is summed, so that of two requests at one place one is
synced     what was written until then, by a third: the disk works while the next comes, and little is left for the end
"""

import asyncio
from collections.abc import AsyncIterator, Sequence

from noctule.drive.index import Offload
from noctule.drive.uploading import Uploads
from noctule.errors import Conflict


async def filled(
    uploads: Uploads, offload: Offload, upload: str, offset: int, pieces: AsyncIterator[Sequence[bytes]]
) -> int:
    """Where the upload stands then; all of it is durable. When the disk fails, it stands where the request began.

    Raises Elsewhere, Conflict, StorageFull.
    """
    line = _Line(uploads, offload, upload, offset)
    try:
        async for parts in pieces:
            await line.put(parts)
        return await line.end()
    except Conflict:
        # Another request of this upload was quicker, or too much came: nothing is wrong with what is on the disk.
        raise
    except Exception:
        # A thread cannot be stopped: what it still does would else come after the cut.
        await line.rest()
        await offload(uploads.cut, upload, offset)
        raise


class _Line:
    """The three threads of one request, each at its own piece."""

    def __init__(self, uploads: Uploads, offload: Offload, upload: str, offset: int) -> None:
        self._uploads = uploads
        self._offload = offload
        self._upload = upload
        self._at = offset
        self._held: Sequence[bytes] = ()
        self._writing: asyncio.Task[int] | None = None
        self._summing: asyncio.Task[None] | None = None
        self._syncing: asyncio.Task[None] | None = None

    async def put(self, parts: Sequence[bytes]) -> None:
        """It is being written, and what came before it is."""
        await self._written()
        self._held = parts
        self._writing = asyncio.create_task(self._offload(self._uploads.append, self._upload, self._at, *parts))

    async def end(self) -> int:
        await self._written()
        for task in (self._syncing, self._summing):
            if task is not None:
                await task
        await self._offload(self._uploads.flush, self._upload)
        return self._at

    async def rest(self) -> None:
        tasks = (self._writing, self._summing, self._syncing)
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)

    async def _written(self) -> None:
        if self._writing is None:
            return
        began, self._at = self._at, await self._writing
        if self._summing is not None:
            await self._summing
        self._summing = asyncio.create_task(self._offload(self._uploads.digest, self._upload, began, self._held))
        if self._syncing is None or self._syncing.done():
            if self._syncing is not None:
                await self._syncing
            self._syncing = asyncio.create_task(self._offload(self._uploads.flush, self._upload))
