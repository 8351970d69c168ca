"""Changes of owner: the wishes that have begun, and what becomes of the rows when the file has crossed."""

from sqlalchemy import bindparam, delete, insert, select, update

from noctule_agent.wire.values import ItemId

from . import items
from . import tables as t
from .rows import TransferRow
from .writer import Tx

_C = t.transfer.c
_ALL = select(_C.item_id, _C.to, _C.name)
_INSERT = insert(t.transfer)
_DELETE = delete(t.transfer).where(_C.item_id == bindparam("key"))


def begin(tx: Tx, row: TransferRow) -> None:
    drop(tx, row.item_id)
    tx.conn.execute(_INSERT, {"item_id": row.item_id, "to": row.to, "name": row.name})


def list_all(tx: Tx) -> list[TransferRow]:
    return [TransferRow(**row._mapping) for row in tx.conn.execute(_ALL)]


def get(tx: Tx, item_id: ItemId) -> TransferRow | None:
    row = tx.conn.execute(_ALL.where(_C.item_id == item_id)).one_or_none()
    return None if row is None else TransferRow(**row._mapping)


def drop(tx: Tx, item_id: ItemId) -> None:
    """Idempotent."""
    tx.conn.execute(_DELETE, {"key": item_id})


def done(tx: Tx, row: TransferRow) -> None:
    """The item, and all below it, are the other one's now: in the root of their tree. Grants to them are not needed any more."""
    items.rename(tx, items.need(tx, row.item_id), ItemId(row.to), row.name)
    below = items.below(row.item_id)
    tx.conn.execute(update(t.item).where(t.item.c.id.in_(below)).values(tree=row.to))
    theirs = t.grant.c.item_id.in_(below), t.grant.c.kind == "user", t.grant.c.whom == row.to
    tx.conn.execute(delete(t.grant).where(*theirs))
    tx.conn.execute(delete(t.request).where(t.request.c.item_id.in_(below), t.request.c.account == row.to))
    drop(tx, row.item_id)
