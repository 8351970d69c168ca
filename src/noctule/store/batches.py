"""Batches: what one Run press, or one `noctule run`, asked for. The command line and REST call them runs."""

from sqlalchemy import RowMapping, bindparam, insert, select

from noctule_agent.wire.values import BatchId, UserId

from . import tables as t
from .codec import to_json, to_object
from .rows import BatchRow
from .writer import Tx

_COLUMNS = [t.batch.c[name] for name in BatchRow.__struct_fields__]
_INSERT = insert(t.batch)
_GET = select(*_COLUMNS).where(t.batch.c.id == bindparam("key"))
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


def list_all(tx: Tx, limit: int, owner: UserId | None = None) -> list[BatchRow]:
    """The newest first; of one owner's notebooks, when one is named."""
    query = _LIST
    if owner is not None:
        query = _LIST.where(t.batch.c.notebook_id.in_(select(t.item.c.id).where(t.item.c.tree == owner)))
    return [_batch(row) for row in tx.conn.execute(query, {"most": limit}).mappings()]


def _batch(row: RowMapping) -> BatchRow:
    return BatchRow(**{**row, "params": to_object(row["params"])})
