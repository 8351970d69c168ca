"""The way of everything into the journal, for one kernel: in order, gathered, and held when the disk is full.

`record` commits records, with all that was said before them, and then runs what had to wait for the commit. When the
journal cannot be written, records and what waits for them stay here in order, the kernel is held (it stops, as a
process does that writes to a full pipe), and writing is tried again each second. Nothing is dropped.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence

import msgspec

from . import gather
from .journal import Accepted, Journal, JournalUnwritable
from .log import Log
from .wire import link
from .wire.limits import GATHER_SECONDS
from .wire.ports import Clock
from .wire.values import Cause, KernelId

RETRY_SECONDS = 1.0
LEADING_SECONDS = 0.003
"""Also the first message waits a moment: most cells say one thing and end, and then both are one record, and one
transaction of the server."""
SHOWING_NOTHING = frozenset({"status", "execute_input"})
"""Messages for which nobody waits: the records of an execution have said before that it runs, or say soon that it ended."""


class _Entry(msgspec.Struct, frozen=True):
    records: Sequence[link.Record]
    accepted: Sequence[Accepted]
    then: Callable[[], None]


class Recorder:
    def __init__(self, kernel_id: KernelId, journal: Journal, clock: Clock, log: Log) -> None:
        self.stalled: Cause | None = None
        self._kernel_id = kernel_id
        self._journal = journal
        self._clock = clock
        self._log = log
        self._epoch = 0
        self._said: list[link.KernelMessage] = []
        self._said_bytes = 0
        self._bucket = gather.Bucket()
        self._flush_timer: asyncio.TimerHandle | None = None
        self._waited_for = False
        """Something that shows is among what was said."""
        self._entries: deque[_Entry] = deque()
        self._writing = False
        self._hold: Callable[[bool], None] = _nobody_to_hold

    def follow(self, epoch: int, hold: Callable[[bool], None]) -> None:
        """From here on records are of this epoch; `hold(True)` holds its kernel and `hold(False)` lets it go on."""
        self._epoch = epoch
        self._hold = hold

    def say(self, message: link.KernelMessage) -> None:
        """Gather an iopub message."""
        self._said.append(message)
        self._said_bytes += len(message.content)
        if self._said_bytes > gather.STREAM_BYTES:
            self.flush()
        elif message.msg_type in SHOWING_NOTHING:
            if self._flush_timer is None:
                self._flush_timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self.flush)
        elif not self._waited_for:
            self._waited_for = True
            loop = asyncio.get_running_loop()
            delay = max(LEADING_SECONDS, self._bucket.delay(loop.time()))
            self._cancel_flush()
            self._flush_timer = loop.call_later(delay, self.flush)

    def flush(self) -> None:
        if self._said:
            self.record([])
        else:
            self._cancel_flush()

    def record(
        self,
        records: Sequence[link.Record],
        accepted: Sequence[Accepted] = (),
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """Commit, then run `then`. What was said before is committed before."""
        self._entries.append(_Entry([*self._take(), *records], accepted, then))
        if not self._writing and self.stalled is None:
            self._write()

    @property
    def settled(self) -> bool:
        """Nothing waits for the disk."""
        return not self._entries and not self._said

    def _take(self) -> Iterable[link.Record]:
        self._cancel_flush()
        self._waited_for = False
        said, self._said, self._said_bytes = self._said, [], 0
        at = self._clock.now()
        for part in gather.gather(said):
            if isinstance(part, gather.Gathered):
                yield link.Said(self._epoch, at, part.messages, part.folded)
            else:
                yield link.Gap(self._epoch, at, _oversized(part))

    def _cancel_flush(self) -> None:
        if self._flush_timer is not None:
            self._flush_timer.cancel()
            self._flush_timer = None

    def _write(self) -> None:
        self._writing = True
        try:
            while self._entries:
                entry = self._entries[0]
                if entry.records or entry.accepted:
                    self._journal.append(self._kernel_id, entry.records, entry.accepted)
                self._entries.popleft()
                entry.then()
        except JournalUnwritable as error:
            self._stall(error)
            return
        finally:
            self._writing = False
        # After all else: a kernel that is let go may speak at once, and that is to be written too.
        self._unstall()

    def _stall(self, error: JournalUnwritable) -> None:
        if self.stalled is None:
            self._log("journal-unwritable", kernel=self._kernel_id, error=str(error))
            self._hold(True)
        self.stalled = Cause(
            "runtime-disk-full",
            "The runtime's disk cannot be written, so its kernel is held. Free space on it; nothing is lost meanwhile.",
            {"error": str(error)},
        )
        asyncio.get_running_loop().call_later(RETRY_SECONDS, self._write)

    def _unstall(self) -> None:
        if self.stalled is not None:
            self.stalled = None
            self._log("journal-writable", kernel=self._kernel_id)
            self._hold(False)


def _oversized(part: gather.Oversized) -> Cause:
    return Cause(
        "message-too-large",
        f"A {part.msg_type} message of {part.size} bytes was not kept: it is larger than a record can be.",
        {"bytes": part.size, "msg_type": part.msg_type},
    )


def _nobody_to_hold(held: bool) -> None:
    """Before the first kernel is up."""
