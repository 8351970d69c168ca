"""What one page is still to be sent. It may not know the room; it encodes frames and keeps their order and pace.

Control frames leave at once, in order. Operations that people wait for (an execution ends, a prompt opens) take everything
before them along at once; the others (text, displays in place) are conflated and leave PAGE_MESSAGES_PER_SECOND times a
second at most, unless PAGE_OUTBOX_BYTES of them wait: then they leave at once, and when the page does not take them either,
it is too slow.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable

import msgspec

from noctule.runs.conflate import conflate
from noctule_agent.wire.limits import OPS_RING, PAGE_MESSAGES_BURST, PAGE_MESSAGES_PER_SECOND, PAGE_OUTBOX_BYTES
from noctule_agent.wire.page import Ops, ToPage
from noctule_agent.wire.state import (
    BundleReplace,
    Op,
    OutputPut,
    RuntimePut,
    SavedPut,
    TextAppend,
    WidgetPatch,
    WidgetSaid,
)

_encoder = msgspec.msgpack.Encoder()

PACED = (TextAppend, BundleReplace, OutputPut, WidgetPatch, WidgetSaid, RuntimePut, SavedPut)
"""Operations that may wait for their turn; any other makes the frame urgent."""


def size_of(ops: Iterable[Op]) -> int:
    """About how many bytes these operations hold."""
    return sum(map(_size_of, ops))


def _size_of(op: Op) -> int:
    if isinstance(op, TextAppend):
        return len(op.text) + len(op.tail) + 64
    if isinstance(op, WidgetSaid):
        return sum(map(len, op.buffers)) + len(_encoder.encode(op.content)) + 64
    return len(_encoder.encode(op))


class OutboxFull(Exception):
    """The page does not take what it is sent: PAGE_OUTBOX_BYTES wait."""


class OutboxEnded(Exception):
    """Nothing more is to be sent: the room is gone."""


class Pace:
    """A token bucket: `burst` at once, then `rate` a second."""

    def __init__(self, rate: float, burst: int, time: Callable[[], float]) -> None:
        self._rate = rate
        self._burst = burst
        self._time = time
        self._tokens = float(burst)
        self._at = time()

    def delay(self) -> float:
        """Seconds until the next token is there; 0 when one is."""
        now = self._time()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        return 0.0 if self._tokens >= 1 else (1 - self._tokens) / self._rate

    def spend(self) -> None:
        self.delay()
        self._tokens = max(0.0, self._tokens - 1)


class Outbox:
    """See the module. One task takes (`next`), others put. There are thousands of these: it holds little while it is empty."""

    def __init__(self, time: Callable[[], float]) -> None:
        self._frames: list[bytes] = []
        self._bytes = 0
        self._ops: list[Op] = []
        self._ops_bytes = 0
        self._from_rev: int | None = None
        self._rev = 0
        self._urgent = False
        self._pace = Pace(PAGE_MESSAGES_PER_SECOND, PAGE_MESSAGES_BURST, time)
        self._waiting: asyncio.Future[None] | None = None
        """Of the task that takes, while there is nothing to take."""
        self._full = False
        self.ended = False

    def put(self, frame: ToPage) -> None:
        """A control frame: leaves at once, before operations that still wait."""
        self.put_encoded(_encoder.encode(frame))

    def put_encoded(self, encoded: bytes) -> None:
        """The same, for a frame that many get."""
        self._frames.append(encoded)
        self._bytes += len(encoded)
        if self._bytes > PAGE_OUTBOX_BYTES and len(self._frames) > 1:
            self._full = True
        self._wake()

    def put_after_ops(self, frame: ToPage) -> None:
        """A frame that must not overtake the operations before it."""
        self._flush_ops()
        self.put(frame)

    def put_ops(self, from_rev: int, rev: int, ops: list[Op], size: int) -> None:
        """`size`: about how many bytes they hold (`size_of`)."""
        crowded = self._ops_bytes > PAGE_OUTBOX_BYTES
        if self._from_rev is None:
            self._from_rev = from_rev
        self._rev = rev
        self._ops.extend(ops)
        self._ops_bytes += size
        if crowded or len(self._ops) > OPS_RING:
            self._ops = conflate(self._ops)
            self._ops_bytes = size_of(self._ops)
            # What made it crowded was to leave at once, and has not.
            slow = crowded and self._ops_bytes > PAGE_OUTBOX_BYTES
            self._full = self._full or slow or len(self._ops) > OPS_RING
        urgent = self._ops_bytes > PAGE_OUTBOX_BYTES or any(not isinstance(op, PACED) for op in ops)
        self._urgent = self._urgent or urgent
        self._wake()

    def end(self) -> None:
        """`next` raises OutboxEnded from now on."""
        self.ended = True
        self._wake()

    async def next(self) -> list[bytes]:
        """Frames to send now, at least one. Raises OutboxFull when the page is too slow to follow, OutboxEnded."""
        while True:
            if self.ended:
                raise OutboxEnded
            if self._full:
                raise OutboxFull
            wait: float | None = None
            if self._ops:
                wait = 0.0 if self._urgent else self._pace.delay()
                if wait <= 0:
                    self._flush_ops()
            if self._frames:
                frames, self._frames = self._frames, []
                self._bytes = 0
                return frames
            await self._wait(wait)

    async def _wait(self, seconds: float | None) -> None:
        """Until something was put, `seconds` at most."""
        self._waiting = asyncio.get_running_loop().create_future()
        if seconds is None:
            await self._waiting
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._waiting

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def _flush_ops(self) -> None:
        if self._from_rev is None:
            return
        ops = conflate(self._ops)
        self._pace.spend()
        self.put(Ops(from_rev=self._from_rev, rev=self._rev, ops=ops))
        self._ops, self._ops_bytes, self._from_rev, self._urgent = [], 0, None, False
