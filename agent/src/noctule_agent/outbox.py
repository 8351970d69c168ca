"""What one session of the link has to send, and what of it the server has: windows, frames, acknowledgements.

Order: answers and figures, then a frame of each kernel's journal, then one frame of a pipe; and again. So a pipe that always
has more to say (a download, `yes` in a terminal) takes at most a turn of PIPE_FRAME_BYTES between the events of kernels.

May not await: the link's writer takes frames from here and its reader brings acknowledgements.
"""

from collections import deque
from collections.abc import Callable, Iterator

import msgspec

from .journal import Journal
from .wire import link
from .wire.limits import KB, LINK_FRAME_BYTES, LINK_WINDOW_BYTES
from .wire.pipes import PipeCredit, PipeData, PipeEnd, Result
from .wire.values import KernelId, Problem

FRAME_HEAD_BYTES = 64 * KB
RECORD_HEAD_BYTES = 8
CPU_POINTS = 1.0
BYTES_PART = 0.01
"""Figures that differ by less from those that the server has are not worth waking it and every page."""


UNSAYABLE = Problem(
    "answer-unsayable", "The runtime's answer cannot be sent.", "It has a value that no message can hold.", 502
)


class _Stream:
    """One kernel's records: those up to `committed` are applied, those up to `sent` are on their way."""

    def __init__(self, cursor: int) -> None:
        self.sent = cursor
        self.committed = cursor
        self.flying: deque[tuple[int, int]] = deque()  # (last seq of a frame, its bytes)


class Outbox:
    """`cursors` is what the server has, as its Resume said."""

    def __init__(self, journal: Journal, cursors: dict[KernelId, int]) -> None:
        self._journal = journal
        self._cursors = cursors
        self._streams: dict[KernelId, _Stream] = {}
        self._replies: deque[bytes] = deque()
        self._bulk: deque[tuple[PipeData, Callable[[], None]]] = deque()
        self._metrics: link.Metrics | None = None
        self._reported: link.Metrics | None = None
        self._in_flight = 0
        self._encoder = msgspec.msgpack.Encoder()

    def reply(self, reply: link.Reply | link.Answered | Result | PipeCredit | PipeEnd) -> None:
        self._replies.append(self._encoded(reply))

    def bulk(self, frame: PipeData, gone: Callable[[], None]) -> None:
        """Takes its turn after events; `gone` is called when it was handed over. Its pipe has no other frame here."""
        self._bulk.append((frame, gone))

    def metrics(self, metrics: link.Metrics) -> None:
        """Figures; those that are nearly the ones that the server has are not sent."""
        if self._reported is None or not _alike(metrics, self._reported):
            self._metrics = self._reported = metrics

    def acknowledged(self, kernel_id: KernelId, committed: int) -> None:
        stream = self._stream(kernel_id)
        stream.committed = max(stream.committed, committed)
        while stream.flying and stream.flying[0][0] <= committed:
            self._in_flight -= stream.flying.popleft()[1]

    def delivered(self, kernel_ids: list[KernelId]) -> bool:
        """The server has applied all that the journal holds, and every reply is out."""
        return not self._replies and all(
            self._stream(kernel_id).committed >= self._journal.head(kernel_id) for kernel_id in kernel_ids
        )

    def frames(self, kernel_ids: list[KernelId]) -> Iterator[bytes]:
        """What can be sent now: small frames first, then a frame of each kernel in turn while the window is open.

        It reads on as it is consumed: what comes in while a frame is being sent is in the next.
        """
        while True:
            yield from self._small()
            progress = False
            for kernel_id in kernel_ids:
                frame = self._events(kernel_id)
                if frame is not None:
                    progress = True
                    yield self._encoder.encode(frame)
                    yield from self._small()
            if self._bulk:
                progress = True
                data, gone = self._bulk.popleft()
                yield self._encoder.encode(data)
                gone()
            if not progress:
                return

    def _small(self) -> Iterator[bytes]:
        while self._replies:
            yield self._replies.popleft()
        if self._metrics is not None:
            metrics, self._metrics = self._metrics, None
            yield self._encoder.encode(metrics)

    def _encoded(self, reply: link.Reply | link.Answered | Result | PipeCredit | PipeEnd) -> bytes:
        """An answer with a value that no frame holds (a number of 70 bits, of a kernel or a disk) is a refusal."""
        try:
            return self._encoder.encode(reply)
        except (OverflowError, UnicodeError):
            if not isinstance(reply, link.Answered | Result):
                raise
            return self._encoder.encode(type(reply)(reply.id, problem=UNSAYABLE))

    def _events(self, kernel_id: KernelId) -> link.Events | None:
        stream = self._stream(kernel_id)
        if stream.sent >= self._journal.head(kernel_id) or self._in_flight >= LINK_WINDOW_BYTES:
            return None
        records = self._journal.read(kernel_id, stream.sent, LINK_FRAME_BYTES - FRAME_HEAD_BYTES)
        if not records:
            return None
        first = stream.sent + 1
        stream.sent += len(records)
        size = sum(map(len, records)) + RECORD_HEAD_BYTES * len(records)
        stream.flying.append((stream.sent, size))
        self._in_flight += size
        return link.Events(kernel_id, first, records)

    def _stream(self, kernel_id: KernelId) -> _Stream:
        if kernel_id not in self._streams:
            self._streams[kernel_id] = _Stream(self._cursors.get(kernel_id, 0))
        return self._streams[kernel_id]


def _alike(one: link.Metrics, other: link.Metrics) -> bool:
    return (
        abs(one.cpu_percent - other.cpu_percent) < CPU_POINTS
        and _near(one.rss_bytes, other.rss_bytes)
        and _near(one.disk_free_bytes or 0, other.disk_free_bytes or 0)
        and one.rss_limit_bytes == other.rss_limit_bytes
        and one.stalled == other.stalled
    )


def _near(one: int, other: int) -> bool:
    return abs(one - other) <= BYTES_PART * other
