"""The journal: what the kernels said, numbered and on disk before anything else happens to it.

    meta(journal_id, lease_until)
    kernel(kernel_id, epoch, alive, head, synced, ..)   one stream each; head = the highest seq ever given
    event(kernel_id, seq, record)                       msgpack of a Record; those up to `synced` are forgotten
    execution(execution_id, kernel_id, batch_id, ..)    the durable queue; an ended one keeps its id, so it never runs twice
    prompt(prompt_id, kernel_id)                        open questions

`append` returns after the commit. SQLite in WAL with synchronous=NORMAL: it survives the death of the agent. Rows that
follow from a record (an execution that started, a prompt that closed) change in the transaction of that record.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from .wire import link
from .wire.limits import MB
from .wire.ports import Ids
from .wire.values import BatchId, CellId, ExecutionId, KernelId, Millis, PromptId

TAIL_BYTES = 4 * MB
"""The newest records of each kernel stay in memory, so that a link that keeps up never reads the disk."""
CHECKPOINT_BYTES = 4 * MB
"""The write-ahead log is moved into the database when it is larger."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kernel (
    kernel_id TEXT PRIMARY KEY, spec_name TEXT NOT NULL, epoch INTEGER NOT NULL DEFAULT 0,
    alive INTEGER NOT NULL DEFAULT 0, head INTEGER NOT NULL DEFAULT 0, synced INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event (
    kernel_id TEXT NOT NULL, seq INTEGER NOT NULL, record BLOB NOT NULL, UNIQUE (kernel_id, seq));
CREATE TABLE IF NOT EXISTS execution (
    ord INTEGER PRIMARY KEY, execution_id TEXT NOT NULL UNIQUE, kernel_id TEXT NOT NULL, batch_id TEXT NOT NULL,
    cell_id TEXT NOT NULL, source TEXT NOT NULL, raises_exception INTEGER NOT NULL,
    allow_stdin INTEGER NOT NULL, state TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS execution_open ON execution (kernel_id) WHERE state IN ('queued', 'running');
CREATE TABLE IF NOT EXISTS prompt (prompt_id TEXT PRIMARY KEY, kernel_id TEXT NOT NULL) WITHOUT ROWID;
"""


class JournalUnwritable(Exception):
    """The disk is full or fails. Nothing was written; the caller keeps what it has and tries again."""


class KernelRow(msgspec.Struct, frozen=True, array_like=True):
    kernel_id: KernelId
    spec_name: str
    epoch: int
    alive: bool
    head: int
    synced: int


class Accepted(msgspec.Struct, frozen=True, array_like=True):
    """An execution to keep durably until it ends."""

    execution_id: ExecutionId
    batch_id: BatchId
    cell_id: CellId
    source: str
    raises_exception: bool = False
    allow_stdin: bool = True


class Journal:
    def __init__(self, connection: sqlite3.Connection, ids: Ids, path: Path | None = None) -> None:
        """`connection` is in autocommit mode. `path` is None for a database in memory."""
        self._db = connection
        self._path = path
        self._encoder = msgspec.msgpack.Encoder()
        self._heads: dict[KernelId, int] = {}
        self._opened_heads: dict[KernelId, int] = {}
        self._synced: dict[KernelId, int] = {}
        self._tails: dict[KernelId, _Tail] = {}
        self._written: Callable[[], None] = lambda: None
        with self._writing():
            for statement in filter(str.strip, SCHEMA.split(";")):
                self._db.execute(statement)
            self._db.execute("INSERT OR IGNORE INTO meta VALUES ('journal_id', ?)", (ids.new(),))
        self.journal_id = str(self._meta("journal_id"))
        for row in self.kernels():
            self._heads[row.kernel_id] = row.head
            self._synced[row.kernel_id] = row.synced

    @classmethod
    def open(cls, path: Path, ids: Ids) -> "Journal":
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-1024;"
            f"PRAGMA journal_size_limit={CHECKPOINT_BYTES}; PRAGMA busy_timeout=10000;"
        )
        return cls(connection, ids, path)

    def close(self) -> None:
        self._db.close()

    def begin(self) -> None:
        """A new agent takes over: what is here now was written by earlier ones."""
        self._opened_heads = dict(self._heads)

    def watch(self, written: Callable[[], None]) -> None:
        """`written` is called after every append."""
        self._written = written

    # --- streams -----------------------------------------------------------------------------------------------

    def kernels(self) -> list[KernelRow]:
        rows = self._db.execute(
            "SELECT kernel_id, spec_name, epoch, alive, head, synced FROM kernel ORDER BY kernel_id"
        )
        return msgspec.convert(rows.fetchall(), list[KernelRow], strict=False)

    def add_kernel(self, kernel_id: KernelId, spec_name: str, head: int = 0) -> None:
        """`head`: the number of the last record that the server has from it, when an earlier journal was lost."""
        with self._writing():
            self._db.execute(
                "INSERT OR IGNORE INTO kernel (kernel_id, spec_name, head) VALUES (?, ?, ?)",
                (kernel_id, spec_name, head),
            )
        self._heads.setdefault(kernel_id, head)

    def kernel_ids(self) -> list[KernelId]:
        return list(self._heads)

    def head(self, kernel_id: KernelId) -> int:
        return self._heads.get(kernel_id, 0)

    def append(self, kernel_id: KernelId, records: Sequence[link.Record], accepted: Iterable[Accepted] = ()) -> None:
        """Number and commit the records, and queue what a BatchAccepted among them accepts."""
        encoded = [self._encoder.encode(record) for record in records]
        head = self._heads[kernel_id]
        with self._writing():
            for execution in accepted:
                self._queue(kernel_id, execution)
            for seq, (record, data) in enumerate(zip(records, encoded, strict=True), head + 1):
                self._db.execute("INSERT INTO event VALUES (?, ?, ?)", (kernel_id, seq, data))
                self._follow(kernel_id, record)
            self._db.execute("UPDATE kernel SET head = ? WHERE kernel_id = ?", (head + len(encoded), kernel_id))
        self._heads[kernel_id] = head + len(encoded)
        self._tails.setdefault(kernel_id, _Tail()).extend(head + 1, encoded)
        self._written()

    def read(self, kernel_id: KernelId, after: int, limit: int) -> list[bytes]:
        """The records after `after`, up to `limit` bytes together but at least one, if there is one."""
        tail = self._tails.get(kernel_id)
        if tail is not None and tail.covers(after + 1):
            return list(_within(limit, tail.after(after)))
        rows = self._db.execute(
            "SELECT record FROM event WHERE kernel_id = ? AND seq > ? ORDER BY seq", (kernel_id, after)
        )
        try:
            return list(_within(limit, (bytes(row[0]) for row in rows)))
        finally:
            rows.close()

    def forget(self, kernel_id: KernelId, synced: int) -> None:
        """The server has these on its disk."""
        synced = min(synced, self.head(kernel_id))
        if synced <= self._synced.get(kernel_id, 0):
            return
        with self._writing():
            self._db.execute("DELETE FROM event WHERE kernel_id = ? AND seq <= ?", (kernel_id, synced))
            self._db.execute(
                "UPDATE kernel SET synced = ? WHERE kernel_id = ? AND synced < ?", (synced, kernel_id, synced)
            )
        self._synced[kernel_id] = synced
        if kernel_id in self._tails:
            self._tails[kernel_id].drop_through(synced)

    def rebase(self, kernel_id: KernelId, cursor: int) -> None:
        """To be called before this agent has sent anything. A server that has more than earlier agents wrote knows
        records that a power cut took from here: number the new ones after them."""
        opened = self._opened_heads.get(kernel_id, 0)
        shift = cursor - opened
        if shift <= 0 or kernel_id not in self._heads:
            return
        with self._writing():
            # In two steps, as a unique index is checked row by row.
            self._db.execute("UPDATE event SET seq = -seq WHERE kernel_id = ? AND seq > ?", (kernel_id, opened))
            self._db.execute("UPDATE event SET seq = ? - seq WHERE kernel_id = ? AND seq < 0", (shift, kernel_id))
            self._db.execute("UPDATE kernel SET head = head + ? WHERE kernel_id = ?", (shift, kernel_id))
        self._heads[kernel_id] += shift
        self._opened_heads[kernel_id] = cursor
        self._tails.pop(kernel_id, None)

    # --- the durable queue -------------------------------------------------------------------------------------

    def known(self, execution_ids: Iterable[str]) -> set[str]:
        """Those that were accepted before, ended or not."""
        found = (
            self._db.execute("SELECT execution_id FROM execution WHERE execution_id = ?", (execution_id,)).fetchone()
            for execution_id in execution_ids
        )
        return {row[0] for row in found if row}

    def accepted(self, execution_id: ExecutionId) -> Accepted:
        row = self._db.execute(
            "SELECT execution_id, batch_id, cell_id, source, raises_exception, allow_stdin FROM execution"
            " WHERE execution_id = ?",
            (execution_id,),
        ).fetchone()
        return msgspec.convert(row, Accepted, strict=False)

    def unfinished(self, kernel_id: KernelId) -> list[tuple[ExecutionId, str]]:
        """(id, `queued` or `running`) in the order accepted."""
        return self._db.execute(
            "SELECT execution_id, state FROM execution WHERE kernel_id = ? AND state IN ('queued', 'running') ORDER BY ord",
            (kernel_id,),
        ).fetchall()

    def open_prompts(self, kernel_id: KernelId) -> list[PromptId]:
        rows = self._db.execute("SELECT prompt_id FROM prompt WHERE kernel_id = ?", (kernel_id,))
        return [row[0] for row in rows]

    # --- lease, upkeep -----------------------------------------------------------------------------------------

    @property
    def lease_until(self) -> Millis | None:
        value = self._meta("lease_until")
        return None if value is None else Millis(int(value))

    @lease_until.setter
    def lease_until(self, moment: Millis) -> None:
        with self._writing():
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('lease_until', ?)", (str(moment),))

    async def checkpoint(self) -> None:
        """Move a large write-ahead log into the database, beside the writer and off the loop."""
        path = self._path
        if path is None:
            return
        wal = path.with_name(path.name + "-wal")
        if wal.exists() and wal.stat().st_size > CHECKPOINT_BYTES:
            await asyncio.to_thread(_checkpoint, path)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        except sqlite3.OperationalError as error:
            raise JournalUnwritable(str(error)) from error

    def _meta(self, key: str) -> str | None:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def _queue(self, kernel_id: KernelId, execution: Accepted) -> None:
        self._db.execute(
            "INSERT INTO execution (execution_id, kernel_id, batch_id, cell_id, source, raises_exception, allow_stdin,"
            " state) VALUES (?, ?, ?, ?, ?, ?, ?, 'queued')",
            (
                execution.execution_id,
                kernel_id,
                execution.batch_id,
                execution.cell_id,
                execution.source,
                execution.raises_exception,
                execution.allow_stdin,
            ),
        )

    def _follow(self, kernel_id: KernelId, record: link.Record) -> None:
        """Rows that a record implies."""
        match record:
            case link.KernelStarting():
                self._db.execute(
                    "UPDATE kernel SET epoch = ?, alive = 1 WHERE kernel_id = ?", (record.epoch, kernel_id)
                )
            case link.KernelDied():
                self._db.execute("UPDATE kernel SET alive = 0 WHERE kernel_id = ?", (kernel_id,))
            case link.ExecutionStarted():
                self._db.execute(
                    "UPDATE execution SET state = 'running' WHERE execution_id = ?", (record.execution_id,)
                )
            case link.ExecutionEnded():
                self._db.execute(
                    "UPDATE execution SET state = ?, source = '' WHERE execution_id = ?",
                    (record.state, record.execution_id),
                )
            case link.PromptOpened():
                self._db.execute("INSERT INTO prompt VALUES (?, ?)", (record.prompt_id, kernel_id))
            case link.PromptClosed():
                self._db.execute("DELETE FROM prompt WHERE prompt_id = ?", (record.prompt_id,))


def _checkpoint(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    except sqlite3.OperationalError:
        # A full disk: the log stays long, and the next round tries again.
        return
    finally:
        connection.close()


def _within(limit: int, records: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for record in records:
        size += len(record)
        if size > limit and size > len(record):
            return
        yield record


class _Tail:
    """The newest records of one stream, in memory."""

    def __init__(self) -> None:
        self._records: deque[bytes] = deque()
        self._first = 0
        self._size = 0

    def covers(self, seq: int) -> bool:
        return bool(self._records) and self._first <= seq

    def after(self, seq: int) -> Iterator[bytes]:
        for index in range(max(0, seq + 1 - self._first), len(self._records)):
            yield self._records[index]

    def extend(self, first: int, records: list[bytes]) -> None:
        if not self._records:
            self._first = first
        self._records.extend(records)
        self._size += sum(map(len, records))
        while self._size > TAIL_BYTES:
            self._drop()

    def drop_through(self, seq: int) -> None:
        while self._records and self._first <= seq:
            self._drop()

    def _drop(self) -> None:
        self._size -= len(self._records.popleft())
        self._first += 1
