"""Runtimes, and which notebook is attached to which (at most one runtime a notebook)."""

from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, insert, or_, select
from sqlalchemy import update as sql_update

from noctule.errors import NotFound
from noctule_agent.wire.values import NotebookId, RuntimeId, UserId

from . import tables as t
from .codec import optional_json, to_cause
from .rows import RuntimeRow
from .writer import Tx

_COLUMNS = [t.runtime.c[name] for name in RuntimeRow.__struct_fields__]

_INSERT = insert(t.runtime)
_GET = select(*_COLUMNS).where(t.runtime.c.id == bindparam("key"))
_LIVE = select(*_COLUMNS).where(t.runtime.c.state != "ended").order_by(t.runtime.c.created_at, t.runtime.c.id)
_UPDATE = (
    sql_update(t.runtime)
    .where(t.runtime.c.id == bindparam("key"))
    .values({column.name: bindparam(f"new_{column.name}") for column in _COLUMNS if column.name != "id"})
)
_ATTACHED = (
    select(*_COLUMNS)
    .join(t.attachment, t.attachment.c.runtime_id == t.runtime.c.id)
    .where(t.attachment.c.notebook_id == bindparam("notebook"))
)
_ATTACH = insert(t.attachment)
_REATTACH = (
    sql_update(t.attachment)
    .where(t.attachment.c.notebook_id == bindparam("notebook"))
    .values(runtime_id=bindparam("runtime"))
)
_DETACH = delete(t.attachment).where(t.attachment.c.notebook_id == bindparam("notebook"))
_NAMES_ALIVE = (
    select(t.item.c.name)
    .join(t.attachment, t.attachment.c.notebook_id == t.item.c.id)
    .join(t.runtime, t.runtime.c.id == t.attachment.c.runtime_id)
    # One that has a cause and is not merely unreachable is on its way out (runtimes/facts.py).
    .where(
        t.item.c.tree == bindparam("owner"),
        t.runtime.c.state != "ended",
        ~t.runtime.c.draining,
        or_(t.runtime.c.cause.is_(None), t.runtime.c.state == "unreachable"),
    )
    .order_by(t.runtime.c.created_at, t.runtime.c.id)
)
_NOTEBOOKS = (
    select(t.attachment.c.notebook_id)
    .where(t.attachment.c.runtime_id == bindparam("runtime"))
    .order_by(t.attachment.c.notebook_id)
)


def create(tx: Tx, row: RuntimeRow) -> None:
    tx.conn.execute(_INSERT, _columns(row))


def get(tx: Tx, runtime_id: RuntimeId) -> RuntimeRow | None:
    row = tx.conn.execute(_GET, {"key": runtime_id}).mappings().one_or_none()
    return None if row is None else _runtime(row)


def list_live(tx: Tx) -> list[RuntimeRow]:
    """All that have not ended, the oldest first."""
    return [_runtime(row) for row in tx.conn.execute(_LIVE).mappings()]


def update(tx: Tx, row: RuntimeRow) -> None:
    """Write the whole row. Raises NotFound."""
    values = {f"new_{name}": value for name, value in _columns(row).items() if name != "id"}
    if tx.conn.execute(_UPDATE, {"key": row.id, **values}).rowcount == 0:
        raise NotFound("runtime-not-found", "There is no such runtime.", row.id)


def attach(tx: Tx, notebook_id: NotebookId, runtime_id: RuntimeId) -> None:
    """The notebook runs on this runtime now, and on no other."""
    moved = tx.conn.execute(_REATTACH, {"notebook": notebook_id, "runtime": runtime_id})
    if moved.rowcount == 0:
        tx.conn.execute(_ATTACH, {"notebook_id": notebook_id, "runtime_id": runtime_id})


def attached(tx: Tx, notebook_id: NotebookId) -> RuntimeRow | None:
    row = tx.conn.execute(_ATTACHED, {"notebook": notebook_id}).mappings().one_or_none()
    return None if row is None else _runtime(row)


def notebooks_of(tx: Tx, runtime_id: RuntimeId) -> list[NotebookId]:
    return list(tx.conn.execute(_NOTEBOOKS, {"runtime": runtime_id}).scalars())


def names_alive(tx: Tx, owner: UserId) -> list[bytes]:
    """Names of the notebooks of a tree that have a runtime, the oldest runtime first; one that is being ended does not count."""
    return list(tx.conn.execute(_NAMES_ALIVE, {"owner": owner}).scalars())


def detach(tx: Tx, notebook_id: NotebookId) -> None:
    """The notebook has no runtime. Idempotent."""
    tx.conn.execute(_DETACH, {"notebook": notebook_id})


def _columns(row: RuntimeRow) -> dict[str, Any]:
    values = {column.name: getattr(row, column.name) for column in _COLUMNS}
    return {**values, "cause": optional_json(row.cause)}


def _runtime(row: RowMapping) -> RuntimeRow:
    return RuntimeRow(**{**row, "cause": to_cause(row["cause"])})
