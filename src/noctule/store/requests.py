"""Who asks for a role: one open request a person and item."""

from typing import Final

from sqlalchemy import RowMapping, bindparam, delete, func, insert, select

from noctule_agent.wire.values import ItemId, UserId

from . import tables as t
from .rows import RequestRow
from .writer import Tx

_C = t.request.c
_COLUMNS: Final = [_C[name] for name in RequestRow.__struct_fields__]
_THIS: Final = (_C.item_id == bindparam("item")) & (_C.account == bindparam("who"))
_HERE: Final = (t.item.c.id == _C.item_id) & t.item.c.binned_at.is_(None) & t.item.c.missing_at.is_(None)
_INSERT = insert(t.request)
_END = delete(t.request).where(_THIS)
_OF_ITEM = select(*_COLUMNS).where(_C.item_id == bindparam("item")).order_by(_C.at, _C.account)
_OF_OWNER = select(*_COLUMNS).join(t.item, _HERE).where(t.item.c.tree == bindparam("owner")).order_by(_C.at, _C.account)
_OF_TREE = select(*_COLUMNS).join(t.item, t.item.c.id == _C.item_id).where(t.item.c.tree == bindparam("tree"))
_OF_PERSON = select(*_COLUMNS).where(_C.account == bindparam("who"))
_COUNT = select(func.count()).select_from(t.request.join(t.item, _HERE)).where(t.item.c.tree == bindparam("owner"))


def put(tx: Tx, row: RequestRow) -> None:
    """In place of an earlier one of the same person."""
    end(tx, row.item_id, row.account)
    values = {name: getattr(row, name) for name in RequestRow.__struct_fields__}
    tx.conn.execute(_INSERT, {**values, "text": row.text.encode("utf-8", "replace")})


def end(tx: Tx, item_id: ItemId, who: UserId) -> bool:
    """Whether there was one."""
    return tx.conn.execute(_END, {"item": item_id, "who": who}).rowcount > 0


def of_item(tx: Tx, item_id: ItemId) -> list[RequestRow]:
    return [_row(row) for row in tx.conn.execute(_OF_ITEM, {"item": item_id}).mappings()]


def of_owner(tx: Tx, owner: UserId, most: int) -> list[RequestRow]:
    """For all that somebody owns, the oldest first."""
    return [_row(row) for row in tx.conn.execute(_OF_OWNER.limit(most), {"owner": owner}).mappings()]


def of_tree(tx: Tx, tree: UserId) -> list[RequestRow]:
    """For all in a tree, what lies in its bin too."""
    return [_row(row) for row in tx.conn.execute(_OF_TREE, {"tree": tree}).mappings()]


def of_person(tx: Tx, who: UserId) -> list[RequestRow]:
    """All that somebody asks for."""
    return [_row(row) for row in tx.conn.execute(_OF_PERSON, {"who": who}).mappings()]


def count(tx: Tx, owner: UserId) -> int:
    """So many wait for this person."""
    return int(tx.conn.execute(_COUNT, {"owner": owner}).scalar_one())


def _row(found: RowMapping) -> RequestRow:
    return RequestRow(**{**found, "text": bytes(found["text"]).decode()})
