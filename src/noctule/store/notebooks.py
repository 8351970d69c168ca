"""Rows of notebooks: names, revisions, and how far the .ipynb in Drive is."""

from typing import Any

from sqlalchemy import bindparam, delete, exists, insert, or_, select, update

from noctule.errors import Conflict, NotFound
from noctule_agent.wire.values import Millis, NotebookId, UserId

from . import tables as t
from .rows import NotebookRow
from .writer import Tx

_COLUMNS = [t.notebook.c[name] for name in NotebookRow.__struct_fields__ if name != "running"]
_RUNNING = exists().where(t.execution.c.notebook_id == t.notebook.c.id, t.execution.c.state.in_(("queued", "running")))

_BEHIND = (
    select(t.notebook.c.id)
    .join(t.doc, t.doc.c.notebook_id == t.notebook.c.id)
    .where(
        or_(
            t.notebook.c.projected_seq.is_distinct_from(t.doc.c.seq),
            t.notebook.c.projected_rev.is_(None),
            t.notebook.c.rev > t.notebook.c.projected_rev,
            t.notebook.c.file_name != t.notebook.c.name,
        )
    )
    .order_by(t.notebook.c.id)
)

_INSERT = insert(t.notebook)
_GET = select(*_COLUMNS).where(t.notebook.c.id == bindparam("id"))
_BY_NAME = select(*_COLUMNS).where(t.notebook.c.name == bindparam("name"))
_LIST = select(*_COLUMNS, _RUNNING.label("running")).order_by(t.notebook.c.updated_at.desc(), t.notebook.c.id)
_UPDATE = update(t.notebook).where(t.notebook.c.id == bindparam("key"))
_DELETE = delete(t.notebook).where(t.notebook.c.id == bindparam("id"))


def create(tx: Tx, row: NotebookRow) -> None:
    """Raises Conflict (name-taken)."""
    if by_name(tx, row.name) is not None:
        raise _taken(row.name)
    values = {column.name: getattr(row, column.name) for column in _COLUMNS}
    tx.conn.execute(_INSERT, {**values, "file_name": row.name})


def get(tx: Tx, notebook_id: NotebookId) -> NotebookRow | None:
    row = tx.conn.execute(_GET, {"id": notebook_id}).one_or_none()
    return None if row is None else NotebookRow(**row._mapping)


def by_name(tx: Tx, name: str) -> NotebookRow | None:
    row = tx.conn.execute(_BY_NAME, {"name": name}).one_or_none()
    return None if row is None else NotebookRow(**row._mapping)


def list_all(tx: Tx, owner: UserId | None = None) -> list[NotebookRow]:
    """All, or those of one owner; the last changed first, each with whether something of it waits or runs."""
    query = _LIST if owner is None else _LIST.where(t.notebook.c.owner == owner)
    return [
        NotebookRow(**{**row._mapping, "running": bool(row.running)})  # SQLite says 0 and 1
        for row in tx.conn.execute(query)
    ]


def behind(tx: Tx) -> list[NotebookId]:
    """Those whose file in Drive may not show all that is committed: a server was killed before it was written."""
    return list(tx.conn.execute(_BEHIND).scalars())


def rename(tx: Tx, notebook_id: NotebookId, name: str, at: Millis) -> None:
    """Raises Conflict (name-taken) and NotFound."""
    other = by_name(tx, name)
    if other is not None and other.id != notebook_id:
        raise _taken(name)
    _set(tx, notebook_id, name=name, updated_at=at)


def touch(tx: Tx, notebook_id: NotebookId, at: Millis) -> None:
    """Somebody changed it."""
    _set(tx, notebook_id, updated_at=at)


def remove(tx: Tx, notebook_id: NotebookId) -> None:
    """Remove the notebook and everything of it. Idempotent."""
    tx.conn.execute(_DELETE, {"id": notebook_id})


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


def set_file_name(tx: Tx, notebook_id: NotebookId, name: str) -> None:
    """The file in Drive was moved to this name."""
    _set(tx, notebook_id, file_name=name)


def not_found(notebook_id: NotebookId) -> NotFound:
    return NotFound("notebook-not-found", "There is no such notebook.", notebook_id)


def _set(tx: Tx, notebook_id: NotebookId, **values: Any) -> None:
    if tx.conn.execute(_UPDATE, {"key": notebook_id, **values}).rowcount == 0:
        raise not_found(notebook_id)


def _taken(name: str) -> Conflict:
    return Conflict("name-taken", "There is a notebook of this name already.", f"Choose another name than {name!r}.")
