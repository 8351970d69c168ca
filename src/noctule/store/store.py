"""The store's door for asynchronous code: `write`, `read`, `sync`. It hands synchronous works to threads.

A work is a function of a transaction (`Tx`). It must not keep the transaction, and must not have effects outside of it:
a work that was rolled back never happened. `inline=True` does everything at once in the calling thread, on one
connection, so that a simulation is deterministic.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self, TypeVar

from sqlalchemy import Engine

from .blobs import BlobStore
from .engine import READERS, reader_engine, sqlite_file, writer_engine
from .failures import storage_error, unavailable
from .migrate import migrate
from .writer import Committer, Failed, Fault, Tx, Writer, no_fault

T = TypeVar("T")


class Store:
    """One database and its blobs. Made by `open`; one process writes to it at a time."""

    def __init__(
        self,
        url: str,
        blobs: BlobStore,
        engine: Engine,
        *,
        inline: bool = False,
        fault: Fault = no_fault,
        owns_engine: bool = True,
    ) -> None:
        self._url = url
        self._blobs = blobs
        self._engine = engine
        self._owns_engine = owns_engine
        self._committer = Committer(engine, blobs, fault)
        self._threads = None if inline else _Threads(self._committer, reader_engine(url))

    @classmethod
    async def open(
        cls,
        url: str,
        blobs: Path,
        *,
        inline: bool = False,
        engine: Engine | None = None,
        fault: Fault | None = None,
    ) -> Self:
        """Open, and create or migrate, the database at `url`: "sqlite:///path" or "postgresql+psycopg://...".

        `engine` (of `engine.writer_engine`) outlives this Store: a simulation drops one Store and opens another on the same
        engine, and finds all that was committed and nothing else. `fault` is called with the name of each step of a
        transaction ("begin", "work", "commit", "committed") and may raise there.
        """
        if not inline and url in ("sqlite://", "sqlite:///:memory:"):
            raise ValueError("a database in memory has one connection: open it inline")
        own = engine if engine is not None else writer_engine(url)
        if inline:
            _migrate(own)
        else:
            await asyncio.to_thread(_migrate, own)
        return cls(url, BlobStore(blobs), own, inline=inline, fault=fault or no_fault, owns_engine=engine is None)

    @property
    def blobs(self) -> BlobStore:
        return self._blobs

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Do the work in a transaction. Durable when it returns (see `sync` for the loss of power).

        Raises StorageFull or StorageUnavailable, or what the work raised; then nothing of it was written - unless the
        connection to the database broke during COMMIT, which nobody can know: every write is fenced for that.
        """
        if self._threads is not None:
            value: T = await self._threads.writer.submit(work)
            return value
        [outcome] = self._committer.commit([work])
        if isinstance(outcome, Failed):
            raise outcome.error
        result: T = outcome.value
        return result

    async def read(self, work: Callable[[Tx], T]) -> T:
        """Do the work on a snapshot that holds everything committed before the call."""
        if self._threads is None:
            return _read(self._engine, self._blobs, work)
        threads = self._threads
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(threads.pool, lambda: _read(threads.engine, self._blobs, work))

    async def sync(self) -> None:
        """Return when everything committed before the call survives the loss of power."""
        file = sqlite_file(self._url)
        if file is None:
            return
        if self._threads is None:
            _sync_file(file)
        else:
            await asyncio.get_running_loop().run_in_executor(self._threads.pool, _sync_file, file)

    async def close(self) -> None:
        """Finish what was begun, and let go of the database."""
        if self._threads is not None:
            await self._threads.close()
        self._committer.close()
        if self._owns_engine:
            self._engine.dispose()


class _Threads:
    """The writer's thread and the readers' pool."""

    def __init__(self, committer: Committer, engine: Engine) -> None:
        self.engine = engine
        self.writer = Writer(committer, asyncio.get_running_loop())
        self.pool = ThreadPoolExecutor(READERS, thread_name_prefix="noctule-reader")

    async def close(self) -> None:
        await self.writer.close()
        await asyncio.to_thread(self.pool.shutdown)
        self.engine.dispose()


def _migrate(engine: Engine) -> None:
    try:
        migrate(engine)
    except Exception as error:
        failure = storage_error(error)
        if failure is None:
            raise
        raise failure from error


def _read(engine: Engine, blobs: BlobStore, work: Callable[[Tx], T]) -> T:
    try:
        with engine.connect() as conn:
            return work(Tx(conn, blobs))
    except Exception as error:
        failure = storage_error(error)
        if failure is None:
            raise
        raise failure from error


def _sync_file(database: Path) -> None:
    """Sync the WAL: in it is all that is committed and not yet in the database file, which checkpoints sync.

    The database file itself is never opened here: closing it would drop the locks that SQLite holds on it (POSIX).
    """
    try:
        for path in (database.with_name(database.name + "-wal"), database.parent):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    except FileNotFoundError:
        # No WAL: nothing was written since the database was closed or opened.
        return
    except OSError as error:
        raise (storage_error(error) or unavailable(error)) from error
