"""Documents: a snapshot and the updates after it. Fenced by epoch and sequence; an epoch begins by `create` or `replace`.

The bytes are Yjs updates; what they mean is the business of `notebook.crdt`.
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, insert, select, update

from noctule.errors import Conflict
from noctule_agent.wire.values import Epoch, Millis, NotebookId

from . import tables as t
from .failures import StaleDocument
from .rows import StoredDocument
from .writer import Tx

_OF = t.doc.c.notebook_id == bindparam("key")
_IN_EPOCH = t.doc.c.epoch == bindparam("in_epoch")

_EPOCH = select(t.doc.c.epoch).where(_OF)
_HEAD = select(t.doc.c.epoch, t.doc.c.seq).where(_OF)
_LOAD = select(t.doc.c.epoch, t.doc.c.snapshot, t.doc.c.snapshot_seq, t.doc.c.seq).where(_OF)
_UPDATES = (
    select(t.doc_update.c.update).where(t.doc_update.c.notebook_id == bindparam("key")).order_by(t.doc_update.c.seq)
)
_AUTHORS = (
    select(t.doc_update.c.author)
    .where(t.doc_update.c.notebook_id == bindparam("key"), t.doc_update.c.seq > bindparam("after"))
    .distinct()
)
_CREATE = insert(t.doc)
_ADVANCE = update(t.doc).where(_OF, _IN_EPOCH, t.doc.c.seq == bindparam("after")).values(seq=bindparam("upto"))
_APPEND = insert(t.doc_update)
_COMPACT = (
    update(t.doc)
    .where(_OF, _IN_EPOCH, t.doc.c.seq >= bindparam("upto"), t.doc.c.snapshot_seq <= bindparam("upto"))
    .values(snapshot=bindparam("encoded"), snapshot_seq=bindparam("upto"))
)
_FORGET = delete(t.doc_update).where(
    t.doc_update.c.notebook_id == bindparam("key"), t.doc_update.c.seq <= bindparam("upto")
)
_FORGET_ALL = delete(t.doc_update).where(t.doc_update.c.notebook_id == bindparam("key"))
_REPLACE = (
    update(t.doc)
    .where(_OF)
    .values(
        epoch=bindparam("new_epoch"),
        snapshot=bindparam("encoded"),
        seq=t.doc.c.seq + 1,
        snapshot_seq=t.doc.c.seq + 1,
    )
)


def create(tx: Tx, notebook_id: NotebookId, epoch: Epoch, snapshot: bytes) -> None:
    """The one time that a document is made (invariant 1). Raises Conflict (document-exists)."""
    if tx.conn.execute(_EPOCH, {"key": notebook_id}).first() is not None:
        raise Conflict("document-exists", "This notebook has a document already.", notebook_id)
    tx.conn.execute(
        _CREATE,
        {"notebook_id": notebook_id, "epoch": epoch, "seq": 0, "snapshot_seq": 0, "snapshot": snapshot},
    )


def load(tx: Tx, notebook_id: NotebookId) -> StoredDocument | None:
    row = tx.conn.execute(_LOAD, {"key": notebook_id}).one_or_none()
    if row is None:
        return None
    updates = list(tx.conn.execute(_UPDATES, {"key": notebook_id}).scalars())
    return StoredDocument(row.epoch, row.snapshot, row.snapshot_seq, updates, row.seq)


def head(tx: Tx, notebook_id: NotebookId) -> tuple[Epoch, int] | None:
    """The epoch, and the sequence of its last update."""
    row = tx.conn.execute(_HEAD, {"key": notebook_id}).one_or_none()
    return None if row is None else (row.epoch, row.seq)


def authors(tx: Tx, notebook_id: NotebookId, after_seq: int) -> list[str]:
    """Who wrote the updates after this one that are still in the log."""
    return list(tx.conn.execute(_AUTHORS, {"key": notebook_id, "after": after_seq}).scalars())


def append(
    tx: Tx,
    notebook_id: NotebookId,
    epoch: Epoch,
    after_seq: int,
    updates: Sequence[tuple[str, bytes]],
    at: Millis,
) -> int:
    """Append updates, each with its author, after `after_seq`; the new sequence. Raises StaleDocument when the epoch or sequence is another."""
    upto = after_seq + len(updates)
    moved = tx.conn.execute(_ADVANCE, {"key": notebook_id, "in_epoch": epoch, "after": after_seq, "upto": upto})
    if moved.rowcount == 0:
        raise StaleDocument(notebook_id)
    if updates:
        tx.conn.execute(
            _APPEND,
            [
                {"notebook_id": notebook_id, "seq": seq, "author": author, "at": at, "update": data}
                for seq, (author, data) in enumerate(updates, after_seq + 1)
            ],
        )
    return upto


def compact(tx: Tx, notebook_id: NotebookId, epoch: Epoch, snapshot: bytes, upto_seq: int) -> None:
    """The snapshot holds everything up to `upto_seq`: forget those updates. Raises StaleDocument."""
    done = tx.conn.execute(_COMPACT, {"key": notebook_id, "in_epoch": epoch, "upto": upto_seq, "encoded": snapshot})
    if done.rowcount == 0:
        raise StaleDocument(notebook_id)
    tx.conn.execute(_FORGET, {"key": notebook_id, "upto": upto_seq})


def replace(tx: Tx, notebook_id: NotebookId, epoch: Epoch, snapshot: bytes) -> int:
    """Begin a new epoch with this snapshot; the sequence, which goes on from the old one. Raises StaleDocument."""
    done = tx.conn.execute(_REPLACE, {"key": notebook_id, "new_epoch": epoch, "encoded": snapshot})
    if done.rowcount == 0:
        raise StaleDocument(notebook_id)
    tx.conn.execute(_FORGET_ALL, {"key": notebook_id})
    seq: int = tx.conn.execute(_LOAD, {"key": notebook_id}).one().seq
    return seq
