"""One kernel's stream of records over one link: what arrives while a batch is committed forms the next batch.

Records are numbered from 1 without a gap. What is at or below the cursor was applied and is skipped; a number that is
missing breaks the protocol. Nothing is acknowledged that was not committed, and when nothing can be committed (the disk
is full) the same batch is tried again: the agent keeps what is not acknowledged.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import msgspec
import structlog

from noctule.errors import Unavailable
from noctule_agent.wire.limits import MB
from noctule_agent.wire.link import Events, Record
from noctule_agent.wire.values import DECODE_ERRORS, KernelId

log = structlog.get_logger()

BATCH_BYTES = 2 * MB
"""Records of one transaction, so that a long backlog does not hold the event loop or the database for long."""
RETRY_SECONDS = 0.25
RETRY_MAX_SECONDS = 15.0

_DECODER: msgspec.msgpack.Decoder[Record] = msgspec.msgpack.Decoder(Record)

Ingest = Callable[[KernelId, int, list[Record]], Awaitable[int]]
"""(kernel, first_seq, records) -> committed cursor."""


class ProtocolError(Exception):
    """The agent broke the protocol of the link; its connection is closed with this reason."""


class Stream:
    """`committed` is told of every move of the cursor; `released` of bytes that are no longer held here."""

    def __init__(
        self,
        kernel_id: KernelId,
        cursor: int,
        ingest: Ingest,
        committed: Callable[[KernelId, int], None],
        released: Callable[[int], None],
    ) -> None:
        self.kernel_id = kernel_id
        self.cursor = cursor
        self._ingest = ingest
        self._committed = committed
        self._released = released
        self._next = cursor + 1
        self._waiting: deque[tuple[Record, int]] = deque()
        self._arrived = asyncio.Event()

    def offer(self, frame: Events) -> int:
        """Take the records that are new; returns their size. Raises ProtocolError."""
        if frame.first_seq < 1 or frame.first_seq > self._next:
            raise ProtocolError(f"records {self._next} to {frame.first_seq - 1} of kernel {self.kernel_id} are missing")
        size = 0
        for data in frame.records[self._next - frame.first_seq :]:
            self._waiting.append((_decode(data, self._next), len(data)))
            self._next += 1
            size += len(data)
        if self._waiting:
            self._arrived.set()
        return size

    async def run(self) -> None:
        """Apply until cancelled. A commit that was begun is awaited, so that the next link knows the true cursor."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._waiting:
                records, size = self._take()
                first = self._next - len(self._waiting) - len(records)
                self.cursor = await self._apply(first, records)
                self._committed(self.kernel_id, self.cursor)
                self._released(size)

    def _take(self) -> tuple[list[Record], int]:
        records: list[Record] = []
        size = 0
        while self._waiting and (not records or size + self._waiting[0][1] <= BATCH_BYTES):
            record, length = self._waiting.popleft()
            records.append(record)
            size += length
        return records, size

    async def _apply(self, first: int, records: list[Record]) -> int:
        pause = RETRY_SECONDS
        while True:
            attempt = asyncio.ensure_future(self._ingest(self.kernel_id, first, records))
            try:
                return await asyncio.shield(attempt)
            except asyncio.CancelledError:
                await asyncio.wait([attempt])
                if not attempt.cancelled():
                    # Whether it failed is of no interest to anybody any more: the next link starts from the true cursor.
                    attempt.exception()
                raise
            except Unavailable as error:
                log.warning("records are not applied yet", kernel=self.kernel_id, first=first, error=str(error))
            except Exception:
                # A defect. The journal keeps the records; trying again is harmless, and forgetting them is not.
                log.exception("records could not be applied", kernel=self.kernel_id, first=first)
            await asyncio.sleep(pause)
            pause = min(2 * pause, RETRY_MAX_SECONDS)


def _decode(data: bytes, seq: int) -> Record:
    try:
        return _DECODER.decode(data)
    except DECODE_ERRORS as error:
        raise ProtocolError(f"record {seq} cannot be read: {error}") from error
