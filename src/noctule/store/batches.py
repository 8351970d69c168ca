"""Batches: what one Run press, or one `noctule run`, asked for. The command line and REST call them runs."""

from collections.abc import Collection

from sqlalchemy import RowMapping, and_, bindparam, insert, or_, select

from noctule_agent.wire.values import BatchId, NotebookId, UserId

from . import tables as t
from .codec import to_json, to_object
from .rows import BatchRow
from .writer import Tx

_COLUMNS = [t.batch.c[name] for name in BatchRow.__struct_fields__]
_INSERT = insert(t.batch)
_GET = select(*_COLUMNS).where(t.batch.c.id == bindparam("key"))
_ELSEWHERE = (
    select(t.batch.c.notebook_id)
    .distinct()
    .join(t.item, t.item.c.id == t.batch.c.notebook_id)
    .where(t.batch.c.by == bindparam("who"), t.item.c.tree != bindparam("who"))
)
_LIST = select(*_COLUMNS).order_by(t.batch.c.created_at.desc(), t.batch.c.id).limit(bindparam("most"))


def create(tx: Tx, row: BatchRow) -> None:
    """Also done by `executions.queue`."""
    tx.conn.execute(
        _INSERT,
        {
            "id": row.id,
            "notebook_id": row.notebook_id,
            "by": row.by,
            "origin": row.origin,
            "created_at": row.created_at,
            "params": to_json(row.params),
        },
    )


def get(tx: Tx, batch_id: BatchId) -> BatchRow | None:
    row = tx.conn.execute(_GET, {"key": batch_id}).mappings().one_or_none()
    return None if row is None else _batch(row)


def list_all(tx: Tx, limit: int) -> list[BatchRow]:
    """The newest first."""
    return [_batch(row) for row in tx.conn.execute(_LIST, {"most": limit}).mappings()]


def list_of(tx: Tx, limit: int, who: UserId, elsewhere: Collection[NotebookId]) -> list[BatchRow]:
    """The newest first: what ran in somebody's own notebooks, and what they asked for in these of others."""
    own = t.batch.c.notebook_id.in_(select(t.item.c.id).where(t.item.c.tree == who))
    query = _LIST.where(or_(own, and_(t.batch.c.by == who, t.batch.c.notebook_id.in_(list(elsewhere)))))
    return [_batch(row) for row in tx.conn.execute(query, {"most": limit}).mappings()]


def elsewhere(tx: Tx, who: UserId) -> list[NotebookId]:
    """Notebooks of others in which somebody has asked for a run."""
    return [NotebookId(found) for found in tx.conn.execute(_ELSEWHERE, {"who": who}).scalars()]


def _batch(row: RowMapping) -> BatchRow:
    return BatchRow(**{**row, "params": to_object(row["params"])})
