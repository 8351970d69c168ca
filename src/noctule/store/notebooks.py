"""Rows of notebooks: revisions, and how far the .ipynb in Drive is. Their names and places are those of their items."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, exists, insert, or_, select, update

from noctule.errors import NotFound
from noctule_agent.files.names import shown
from noctule_agent.wire.values import ItemId, Millis, NotebookId, UserId

from . import items
from . import tables as t
from .rows import NotebookRow
from .writer import Tx

_OWN = (
    "id",
    "created_at",
    "updated_at",
    "rev",
    "projected_rev",
    "projected_seq",
    "projected_sha256",
    "file_size",
    "file_mtime_ns",
)
_COLUMNS = [*(t.notebook.c[name] for name in _OWN), t.item.c.name, t.item.c.tree]
_RUNNING = exists().where(t.execution.c.notebook_id == t.notebook.c.id, t.execution.c.state.in_(("queued", "running")))
_JOINED = t.notebook.join(t.item, t.item.c.id == t.notebook.c.id)

_BEHIND = (
    select(t.notebook.c.id)
    .select_from(_JOINED.join(t.doc, t.doc.c.notebook_id == t.notebook.c.id))
    .where(
        or_(
            t.notebook.c.projected_seq.is_distinct_from(t.doc.c.seq),
            t.notebook.c.projected_rev.is_(None),
            t.notebook.c.rev > t.notebook.c.projected_rev,
        ),
    )
    .order_by(t.notebook.c.id)
)
_IS_BEHIND = _BEHIND.where(t.notebook.c.id == bindparam("id"))

_INSERT = insert(t.notebook)
_GET = select(*_COLUMNS).select_from(_JOINED).where(t.notebook.c.id == bindparam("id"))
_OPENED = select(t.recent.c.item_id).where(t.recent.c.user == bindparam("owner"))
_LIST = (
    select(*_COLUMNS, _RUNNING.label("running"))
    .select_from(_JOINED)
    .where(
        or_(t.item.c.tree == bindparam("owner"), t.notebook.c.id.in_(_OPENED)),
        t.item.c.id.not_in(select(items.BINNED.c.id)),
        t.item.c.missing_at.is_(None),
    )
    .order_by(t.notebook.c.updated_at.desc(), t.notebook.c.id)
)
_UPDATE = update(t.notebook).where(t.notebook.c.id == bindparam("key"))


def create(tx: Tx, notebook_id: NotebookId, at: Millis) -> None:
    """Of an item that is there."""
    tx.conn.execute(_INSERT, {"id": notebook_id, "created_at": at, "updated_at": at, "rev": 0})


def get(tx: Tx, notebook_id: NotebookId) -> NotebookRow | None:
    row = tx.conn.execute(_GET, {"id": notebook_id}).one_or_none()
    return None if row is None else _row(row, binned=items.in_bin(tx, ItemId(notebook_id)))


def list_all(tx: Tx, who: UserId) -> list[NotebookRow]:
    """Those of somebody's tree that were opened once, but for what lies in their bin; and those of others that they have opened, whatever
    they may with them now, and wherever they lie.

    The last changed first, each with whether something of it waits or runs.
    """
    return [_row(row, running=bool(row.running)) for row in tx.conn.execute(_LIST, {"owner": who})]


def running(tx: Tx, wanted: Collection[NotebookId]) -> list[NotebookId]:
    """Those of these of which something waits or runs."""
    query = select(t.execution.c.notebook_id).distinct()
    query = query.where(t.execution.c.notebook_id.in_(list(wanted)), t.execution.c.state.in_(("queued", "running")))
    return list(tx.conn.execute(query).scalars())


def behind(tx: Tx) -> list[NotebookId]:
    """Those whose file in Drive may not show all that is committed: a server was killed before it was written. Files in the bin wait."""
    found = tx.conn.execute(_BEHIND).scalars().all()
    return [notebook_id for notebook_id in found if not items.in_bin(tx, ItemId(notebook_id))]


def is_behind(tx: Tx, notebook_id: NotebookId) -> bool:
    """The same of one, wherever it lies."""
    return tx.conn.execute(_IS_BEHIND, {"id": notebook_id}).one_or_none() is not None


def touch(tx: Tx, notebook_id: NotebookId, at: Millis) -> None:
    """Somebody changed it."""
    _set(tx, notebook_id, updated_at=at)


def set_projected(
    tx: Tx,
    notebook_id: NotebookId,
    rev: int,
    doc_seq: int,
    sha256: str,
    size: int,
    mtime_ns: int,
    at: Millis,
) -> None:
    """The file in Drive now holds this revision and document sequence; `updated_at` becomes `at`."""
    _set(
        tx,
        notebook_id,
        projected_rev=rev,
        projected_seq=doc_seq,
        projected_sha256=sha256,
        file_size=size,
        file_mtime_ns=mtime_ns,
        updated_at=at,
    )


def not_found(notebook_id: NotebookId) -> NotFound:
    return NotFound("notebook-not-found", "There is no such notebook.", notebook_id)


def in_bin(notebook_id: NotebookId) -> NotFound:
    return NotFound(
        "notebook-binned", "This notebook is in the bin.", f"Restore it there; then it opens again. ({notebook_id})"
    )


def _row(row: Any, *, binned: bool = False, running: bool = False) -> NotebookRow:
    return NotebookRow(
        **{name: getattr(row, name) for name in _OWN},
        name=shown(row.name),
        tree=row.tree,
        binned=binned,
        running=running,
    )


def _set(tx: Tx, notebook_id: NotebookId, **values: Any) -> None:
    if tx.conn.execute(_UPDATE, {"key": notebook_id, **values}).rowcount == 0:
        raise not_found(notebook_id)
