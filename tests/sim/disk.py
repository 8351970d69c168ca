"""Storage that fails: the real Store on one database in memory, its writer and readers as delays of virtual time.

write    waits for the "writer thread" (real group commit of all that waits), then for its answer to come back
fault    before each step of a transaction: nothing, a crash of the process, a full disk, a commit whose answer is lost
"""

import asyncio
import errno
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from noctule.errors import StorageUnavailable
from noctule.store import Store, Tx
from noctule.store.blobs import BlobStore
from noctule.store.engine import writer_engine
from noctule.store.failures import full
from noctule.store.migrate import migrate
from noctule.store.writer import Done, Failed, Outcome, _resolve, _Waiting

T = TypeVar("T")
URL = "sqlite://"


class Crash(BaseException):
    """The process is dead at this very point; what runs on does so for nobody."""


class Disk:
    """The server's disk: outlives its processes. `full_until` and `lost_answers` are faults to come."""

    _image: bytes | None = None

    def __init__(self, now: Callable[[], float], blobs: Path) -> None:
        self.full_until = 0.0
        self.latency = 0.0
        self.pace: float | None = None
        """When it is set, every step takes exactly so long."""
        self.blobs = blobs
        self._now = now
        self.engine = writer_engine(URL)
        self._fairy = self.engine.raw_connection()
        self.rows: sqlite3.Connection = self._fairy.driver_connection  # type: ignore[assignment]
        """The one connection: to look at rows without any of the code under test."""
        self._restore()

    @property
    def full(self) -> bool:
        return self._now() < self.full_until

    def close(self) -> None:
        self._fairy.close()
        self.engine.dispose()

    def check(self) -> None:
        """As the database meets it."""
        if self.full:
            raise _full()

    def check_file(self) -> None:
        """As code meets it that has put it into our words."""
        if self.full:
            raise full(_full())

    def _restore(self) -> None:
        """A migrated, empty database; migrated once a process, as Alembic takes its time."""
        if Disk._image is None:
            migrate(self.engine)
            Disk._image = self.rows.serialize()
        else:
            self.rows.deserialize(Disk._image)


class SimStore(Store):
    """A Store of one server process. `fault(step)` may raise; `committed()` is called after each commit."""

    @classmethod
    def on(
        cls, disk: Disk, loop: asyncio.AbstractEventLoop, chance: random.Random, fault: Callable[[str], None]
    ) -> "SimStore":
        store = cls(URL, BlobStore(disk.blobs), disk.engine, inline=True, fault=fault, owns_engine=False)
        store._disk = disk
        store._loop = loop
        store._chance = chance
        store._queue = []
        store._busy = False
        store.answers_lost = 0
        store.synced = lambda: None
        return store

    _disk: Disk
    _loop: asyncio.AbstractEventLoop
    _chance: random.Random
    _queue: list[_Waiting]
    _busy: bool
    answers_lost: int
    """So many commits to come will be done and reported as failed: nobody can know (PostgreSQL gone during COMMIT)."""
    synced: Callable[[], None]

    async def write(self, work: Callable[[Tx], T]) -> T:
        future: asyncio.Future[T] = self._loop.create_future()
        self._queue.append(_Waiting(work, future))
        if not self._busy:
            self._busy = True
            self._loop.call_later(self._delay(), self._commit)
        return await future

    def _commit(self) -> None:
        group, self._queue = self._queue, []
        outcomes = self._committer.commit([waiting.work for waiting in group])
        if self.answers_lost and any(isinstance(outcome, Done) for outcome in outcomes):
            self.answers_lost -= 1
            outcomes = [Failed(_answer_lost())] * len(group)
        self._loop.call_later(self._delay(), self._answer, group, outcomes)

    def _answer(self, group: list[_Waiting], outcomes: list[Outcome]) -> None:
        _resolve(group, outcomes)
        self._busy = bool(self._queue)
        if self._busy:
            self._loop.call_soon(self._commit)

    async def read(self, work: Callable[[Tx], T]) -> T:
        await asyncio.sleep(self._delay())
        found = await super().read(work)
        await asyncio.sleep(self._delay())
        return found

    async def sync(self) -> None:
        await asyncio.sleep(self._delay())
        self._disk.check_file()
        self.synced()
        await asyncio.sleep(self._delay())

    def _delay(self) -> float:
        """Mostly quick; now and then as slow as a busy disk."""
        if self._disk.pace is not None:
            return self._disk.pace
        dice = self._chance.random()
        return 0.0 if dice < 0.6 else (dice - 0.6) * 0.02 + (self._disk.latency if dice > 0.9 else 0.0)


def _full() -> OSError:
    return OSError(errno.ENOSPC, "No space left on device (simulated)")


def _answer_lost() -> StorageUnavailable:
    return StorageUnavailable("storage-unavailable", "The connection to the database broke during COMMIT (simulated).")
