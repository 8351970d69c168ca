"""The one writer of a notebook's rows. It may not know pages, sockets or kernels.

    asked:   updates (already applied to the live document), changes (to reduce), readings
    a turn:  everything asked so far -> one transaction -> announced, then answered
    meanwhile what is asked gathers for the next turn; no timers

A failed transaction changes nothing: changes are refused to those who asked, updates stay and are tried again. Or it did
after all, and only its answer was lost (a connection that broke during COMMIT): so the rows are looked at before the next
turn, and when they have moved on this stops.
When this stops, by `close`, by that or by a defect, whoever waits or asks is told Unavailable: the notebook is opened anew.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import structlog

from noctule.errors import Conflict, Refused, Unavailable, problem
from noctule.notebook.crdt import CellView
from noctule.notebook.project import cell_to_json
from noctule.runs.coalesce import Coalescing
from noctule.runs.reduce import Rejected, Step
from noctule.runs.state import RunState
from noctule.store import CursorMoved, StaleRevision, Store, Tx, cellbin, documents, notebooks, runs
from noctule_agent.wire.ports import Clock
from noctule_agent.wire.state import Op
from noctule_agent.wire.values import CellId, Epoch, NotebookId, Problem

log = structlog.get_logger()

RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)


class PendingUpdate(msgspec.Struct, frozen=True):
    """A Yjs update that the log has not yet. `durable` is called once it is committed, or `dropped` when it never will be.

    `write` adds rows to its transaction; an empty update is only that.
    """

    update: bytes
    author: str
    removed: dict[CellId, CellView]
    added: list[CellId]
    durable: Callable[[], None]
    dropped: Callable[[BaseException], None] = lambda _: None
    write: Callable[[Tx], None] | None = None


class Change:
    """One wish to change the run state: a pure reduction, and rows to write in the same transaction.

    `then` is called when that is committed, before anything else is reduced: for what is remembered beside the state.
    """

    __slots__ = ("done", "reduce", "then", "write")

    def __init__(
        self,
        reduce: Callable[[RunState], Step | Rejected],
        write: Callable[[Tx], None] | None = None,
        then: Callable[[], None] | None = None,
    ) -> None:
        self.reduce = reduce
        self.write = write
        self.then = then
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Reading:
    """One read of the rows, consistent with the revision that was announced last; `then` is called before any other turn."""

    __slots__ = ("done", "then", "work")

    def __init__(self, work: Callable[[Tx], Any], then: Callable[[Any], Any]) -> None:
        self.work = work
        self.then = then
        self.done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()


class ChangeRefused(Exception):
    """The rows of one change cannot be written: the turn is taken back and done again without it."""

    def __init__(self, change: Change, why: Refused) -> None:
        super().__init__(str(why))
        self.change = change
        self.why = why


class Position(msgspec.Struct, frozen=True):
    """How far the committed facts are: the document's epoch and log, the run state and its revision."""

    epoch: Epoch
    seq: int
    rev: int
    state: RunState


class Committer:
    """See the module. `announce(rev, ops)` and `trouble(problem | None)` are plain calls that may not raise."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        notebook_id: NotebookId,
        position: Position,
        announce: Callable[[int, list[Op]], None],
        trouble: Callable[[Problem | None], None],
        broken: Callable[[BaseException], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._notebook_id = notebook_id
        self._announce = announce
        self._trouble = trouble
        self._broken = broken
        self.position = position
        self._updates: list[PendingUpdate] = []
        self._changes: list[Change] = []
        self._turn: list[Change] = []
        """Those of the turn under way."""
        self._readings: list[Reading] = []
        self._wake = asyncio.Event()
        self._failures = 0
        self._in_doubt = False
        """A transaction failed, and nobody has looked yet whether it did."""
        self._retry: asyncio.TimerHandle | None = None
        self._writing: asyncio.Future[tuple[int, int, list[Op]]] | None = None
        """The last transaction."""
        self._stopped = False
        self._task = asyncio.get_running_loop().create_task(self._run(), name=f"committer {notebook_id}")

    # --- asking ---------------------------------------------------------------------------------------------------

    def append(self, update: PendingUpdate) -> None:
        """Make this update durable; in the order of the calls."""
        if self._stopped:
            update.dropped(_opened_anew())
            return
        self._updates.append(update)
        self._wake.set()

    async def change(self, change: Change) -> None:
        """Returns when committed and announced. Refused: the wish is impossible now. Unavailable: not confirmed."""
        if self._stopped:
            _fail(change.done, _opened_anew())
        else:
            self._changes.append(change)
            self._wake.set()
        await asyncio.shield(change.done)

    async def reading(self, work: Callable[[Tx], Any], then: Callable[[Any], Any]) -> Any:
        """Read at the announced revision; `then(result)` runs before anything newer is announced; returns its result."""
        if self._stopped:
            raise _opened_anew()
        reading = Reading(work, then)
        self._readings.append(reading)
        self._wake.set()
        return await asyncio.shield(reading.done)

    async def answered(self) -> None:
        """Return when every change that was asked for until now is committed or refused."""
        asked = [change.done for change in (*self._turn, *self._changes)]
        if asked:
            await asyncio.wait(asked)

    @property
    def quiet(self) -> bool:
        """Nothing waits to be committed."""
        return not (self._updates or self._changes or self._readings) and not self._wake.is_set()

    async def close(self) -> None:
        """Stop at once. What was not committed was not acknowledged; those who wait are told.

        A transaction under way comes to its end: who opens the notebook next begins with what it did.
        """
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if self._writing is not None:
            await asyncio.gather(self._writing, return_exceptions=True)
        self._stop()

    # --- turns ----------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                if self._in_doubt:
                    await self._look()
                    continue
                if self._updates or self._changes:
                    await self._commit()
                if self._readings:
                    await self._read()
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            log.exception("committer stopped", notebook=self._notebook_id)
            self._stop()
            self._broken(error)

    async def _look(self) -> None:
        """Raises StaleRevision when the rows are not where they are believed to be."""
        try:
            found = await self._store.read(self._stored)
        except Unavailable as error:
            self._refuse_all(error)
            self._not_committed(error, [])
            return
        believed = self.position
        if found != (believed.epoch, believed.seq, believed.rev):
            raise StaleRevision(self._notebook_id, believed.rev)
        self._in_doubt = False
        self._wake.set()

    def _stored(self, tx: Tx) -> tuple[Epoch, int, int] | None:
        row, head = notebooks.get(tx, self._notebook_id), documents.head(tx, self._notebook_id)
        return None if row is None or head is None else (*head, row.rev)

    async def _commit(self) -> None:
        self._turn, self._changes = self._changes, []
        updates = list(self._updates)
        state, ops, kept = self._reduce_all(self._turn)
        if kept or updates:
            await self._turned(updates, kept, state, ops)
        self._turn = []

    async def _turned(self, updates: list[PendingUpdate], kept: list[Change], state: RunState, ops: list[Op]) -> None:
        try:
            self._writing = asyncio.ensure_future(self._store.write(self._work(updates, kept, ops)))
            seq, rev, shown = await asyncio.shield(self._writing)
        except Unavailable as error:
            self._not_committed(error, kept)
            return
        except ChangeRefused as refused:
            _fail(refused.change.done, refused.why)
            self._changes[:0] = [change for change in kept if change is not refused.change]
            self._wake.set()
            return
        self.position = Position(epoch=self.position.epoch, seq=seq, rev=rev, state=state)
        del self._updates[: len(updates)]
        self._committed(rev, shown, updates, kept)

    def _work(
        self, updates: list[PendingUpdate], changes: list[Change], ops: list[Op]
    ) -> Callable[[Tx], tuple[int, int, list[Op]]]:
        """The turn's transaction: (seq, rev, operations as pages may see them)."""
        before = self.position

        def work(tx: Tx) -> tuple[int, int, list[Op]]:
            seq = self._append_all(tx, before, updates)
            for change in changes:
                _write(tx, change)
            if not ops:
                return seq, before.rev, []
            applied = runs.apply(tx, self._notebook_id, before.rev, ops)
            return seq, applied.rev, applied.ops

        return work

    def _committed(self, rev: int, shown: list[Op], updates: list[PendingUpdate], changes: list[Change]) -> None:
        """Remember, announce, then answer; all in one step of the loop."""
        if self._failures:
            self._failures = 0
            self._trouble(None)
        for change in changes:
            if change.then is not None:
                change.then()
        if shown:
            self._announce(rev, shown)
        for update in updates:
            update.durable()
        for change in changes:
            if not change.done.done():
                change.done.set_result(None)

    def _reduce_all(self, changes: list[Change]) -> tuple[RunState, list[Op], list[Change]]:
        """Reduce in order. A change that is rejected, or whose reduction fails, is answered and left out."""
        state, ops, kept = self.position.state, Coalescing(), list[Change]()
        for change in changes:
            try:
                step = change.reduce(state)
            except Exception as error:
                if not isinstance(error, Refused):
                    log.exception("reduction failed", notebook=self._notebook_id)
                _fail(change.done, error)
                continue
            if isinstance(step, Rejected):
                _fail(change.done, Conflict(step.code, step.reason))
                continue
            state = step.state
            ops.extend(step.ops)
            kept.append(change)
        return state, ops.result(), kept

    def _append_all(self, tx: Tx, before: Position, updates: list[PendingUpdate]) -> int:
        if not updates:
            return before.seq
        at = self._clock.now()
        for update in updates:
            for cell_id, cell in update.removed.items():
                cellbin.put(tx, self._notebook_id, cell_id, cell_to_json(cell), cell.pos, at)
            for cell_id in update.added:
                cellbin.take(tx, self._notebook_id, cell_id)
            if update.write is not None:
                update.write(tx)
        return documents.append(
            tx,
            self._notebook_id,
            before.epoch,
            before.seq,
            [(update.author, update.update) for update in updates if update.update],
            at,
        )

    def _not_committed(self, error: Unavailable, changes: list[Change]) -> None:
        """Tell everyone; updates stay and are tried again after a pause."""
        for change in changes:
            _fail(change.done, error)
        self._trouble(problem(error))
        self._in_doubt = True
        if self._retry is None:
            pause = RETRY_SECONDS[min(self._failures, len(RETRY_SECONDS) - 1)]
            self._failures += 1
            self._retry = asyncio.get_running_loop().call_later(pause, self._try_again)

    def _try_again(self) -> None:
        self._retry = None
        self._wake.set()

    async def _read(self) -> None:
        # One stays listed until it is answered: nothing is quiet before, and whoever stops this answers it.
        for _ in range(len(self._readings)):
            reading = self._readings[0]
            try:
                result = reading.then(await self._store.read(reading.work))
            except Exception as error:
                _fail(reading.done, error)
            else:
                if not reading.done.done():
                    reading.done.set_result(result)
            del self._readings[0]

    def _stop(self) -> None:
        self._stopped = True
        if self._retry is not None:
            self._retry.cancel()
        self._refuse_all(_opened_anew())
        for update in self._updates:
            update.dropped(_opened_anew())
        self._updates = []

    def _refuse_all(self, error: BaseException) -> None:
        """Answer everybody who waits."""
        waiting: list[Change | Reading] = [*self._turn, *self._changes, *self._readings]
        for asked in waiting:
            _fail(asked.done, error)
        self._turn, self._changes, self._readings = [], [], []


def _opened_anew() -> Unavailable:
    return Unavailable("room-closed", "The notebook is opened anew on the server.", "Try again; nothing saved is lost.")


def _write(tx: Tx, change: Change) -> None:
    try:
        if change.write is not None:
            change.write(tx)
    except CursorMoved:
        # A fence, as those of the document and the revision: what is believed here is not what the rows say.
        raise
    except Refused as why:
        raise ChangeRefused(change, why) from why


def _fail(future: asyncio.Future[Any], error: BaseException) -> None:
    """Answer with an error, once; an answer that nobody awaits any more is no defect."""
    if not future.done():
        future.set_exception(error)
        future.exception()
