"""The bytes of one request on their way into an upload: received, written and synced at the same time. It may not know HTTP or rows.

received   the next piece, from whoever sends
written    the piece before it, by one thread: order is theirs
synced     what was written until then, by another: the disk works while the next comes, and little is left for the end
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
    writing: asyncio.Task[int] | None = None
    syncing: asyncio.Task[None] | None = None
    at = offset
    try:
        async for parts in pieces:
            if writing is not None:
                at = await writing
                if syncing is None or syncing.done():
                    if syncing is not None:
                        await syncing
                    syncing = asyncio.create_task(offload(uploads.flush, upload))
            writing = asyncio.create_task(offload(uploads.append, upload, at, *parts))
        if writing is not None:
            at = await writing
        if syncing is not None:
            await syncing
        await offload(uploads.flush, upload)
    except Conflict:
        # Another request of this upload was quicker, or too much came: nothing is wrong with what is on the disk.
        raise
    except Exception:
        # A thread cannot be stopped: what it still does would else come after the cut.
        await asyncio.gather(*filter(None, (writing, syncing)), return_exceptions=True)
        await offload(uploads.cut, upload, offset)
        raise
    return at
