"""Group commit: many works, one transaction, one SAVEPOINT each, one COMMIT; the outcomes in order.

`Committer` does one group in the calling thread. `Writer` is the thread that feeds it all that is waiting. Neither knows
tables. What was not committed is never reported as done; a failing work takes no other with it.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from .blobs import BlobStore
from .failures import storage_error, unavailable

GROUP_WORKS: Final = 256
"""Works in one transaction at most, so that the first of them does not wait for ever."""


@dataclass(frozen=True, slots=True)
class Tx:
    """An open transaction and the blobs that go with it: what every function of the store takes first."""

    conn: Connection
    blobs: BlobStore


Work = Callable[[Tx], Any]
Fault = Callable[[str], None]
"""Called with "begin", "work", "commit" and "committed" before each step; what it raises happens there."""


@dataclass(frozen=True, slots=True)
class Done:
    value: Any


@dataclass(frozen=True, slots=True)
class Failed:
    error: BaseException


Outcome = Done | Failed


def no_fault(_step: str) -> None:
    """Nothing goes wrong."""


class Committer:
    """Runs groups of works on one connection, in the calling thread."""

    def __init__(self, engine: Engine, blobs: BlobStore, fault: Fault = no_fault) -> None:
        self._engine = engine
        self._blobs = blobs
        self._fault = fault
        self._conn: Connection | None = None

    def commit(self, works: Sequence[Work]) -> list[Outcome]:
        """One outcome for each work. Raises only what is no Exception (a simulated crash): then nothing was reported."""
        outcomes: list[Outcome]
        try:
            outcomes = self._transaction(works)
        except Exception as error:
            # The state of the connection is not known: the next group gets a new one.
            self.close()
            failure = storage_error(error) or unavailable(error)
            failure.__cause__ = error
            return [Failed(failure)] * len(works)
        except BaseException:
            self.close()
            raise
        self._fault("committed")
        return outcomes

    def close(self) -> None:
        """Roll back what is open and give the connection back. The next commit gets another."""
        conn, self._conn = self._conn, None
        if conn is None:
            return
        try:
            conn.close()
        except DBAPIError:
            conn.invalidate()

    def _transaction(self, works: Sequence[Work]) -> list[Outcome]:
        self._fault("begin")
        if self._conn is None:
            self._conn = self._engine.connect()
        tx = Tx(self._conn, self._blobs)
        transaction = self._conn.begin()
        nested = len(works) > 1
        outcomes = [self._attempt(tx, work, nested=nested) for work in works]
        if any(isinstance(outcome, Done) for outcome in outcomes):
            self._fault("commit")
            transaction.commit()
        else:
            transaction.rollback()
        return outcomes

    def _attempt(self, tx: Tx, work: Work, *, nested: bool) -> Outcome:
        """A work alone in its transaction needs no savepoint: when it fails, the whole is rolled back."""
        try:
            self._fault("work")
            if not nested:
                return Done(work(tx))
            with tx.conn.begin_nested():
                return Done(work(tx))
        except Exception as error:
            failure = storage_error(error)
            if failure is None:
                return Failed(error)
            if isinstance(error, DBAPIError):
                # The database may have rolled back the works before it as well: none of the group counts.
                raise
            failure.__cause__ = error
            return Failed(failure)


@dataclass(frozen=True, slots=True)
class _Waiting:
    work: Work
    future: "asyncio.Future[Any]"


class Writer:
    """The one thread that writes. Whatever came during the last commit forms the next group."""

    def __init__(self, committer: Committer, loop: asyncio.AbstractEventLoop) -> None:
        self._committer = committer
        self._loop = loop
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="noctule-writer", daemon=True)
        self._closed = False
        self._thread.start()

    def submit(self, work: Work) -> "asyncio.Future[Any]":
        """Called on the loop. The work is done even when nobody waits for it any more."""
        if self._closed:
            raise unavailable("the store is closed")
        future: asyncio.Future[Any] = self._loop.create_future()
        self._queue.put(_Waiting(work, future))
        return future

    async def close(self) -> None:
        """Everything submitted is done first."""
        self._closed = True
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _serve(self) -> None:
        serving = True
        while serving:
            group, serving = self._gather()
            if group:
                self._run(group)
        self._committer.close()

    def _gather(self) -> tuple[list[_Waiting], bool]:
        """All that waits, up to GROUP_WORKS, and whether there is more to come."""
        group: list[_Waiting] = []
        item = self._queue.get()
        while item is not None:
            group.append(item)
            if len(group) == GROUP_WORKS:
                return group, True
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return group, True
        return group, False

    def _run(self, group: list[_Waiting]) -> None:
        try:
            outcomes = self._committer.commit([waiting.work for waiting in group])
        except BaseException as error:
            outcomes = [Failed(error)] * len(group)
        self._loop.call_soon_threadsafe(_resolve, group, outcomes)


def _resolve(group: list[_Waiting], outcomes: list[Outcome]) -> None:
    for waiting, outcome in zip(group, outcomes, strict=True):
        if waiting.future.done():
            continue
        if isinstance(outcome, Done):
            waiting.future.set_result(outcome.value)
        else:
            waiting.future.set_exception(outcome.error)
