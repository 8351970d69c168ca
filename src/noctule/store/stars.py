"""What a person keeps at hand. It says nothing of the items, and nobody else sees it."""

from collections.abc import Collection

from sqlalchemy import bindparam, delete, insert, select

from noctule_agent.wire.values import ItemId, Millis, UserId

from . import tables as t
from .writer import Tx

_THIS = (t.star.c.user == bindparam("who")) & (t.star.c.item_id == bindparam("item"))
_GET = select(t.star.c.item_id).where(_THIS)
_OF = select(t.star.c.item_id).where(t.star.c.user == bindparam("who"))
_INSERT = insert(t.star)
_DELETE = delete(t.star).where(_THIS)
_FORGET = delete(t.recent).where((t.recent.c.user == bindparam("who")) & (t.recent.c.item_id == bindparam("item")))
_OPENED = insert(t.recent)


def of_user(tx: Tx, user: UserId) -> frozenset[ItemId]:
    return frozenset(ItemId(row) for row in tx.conn.execute(_OF, {"who": user}).scalars())


def among(tx: Tx, user: UserId, wanted: Collection[ItemId]) -> frozenset[ItemId]:
    """Those of these that the person has starred."""
    query = select(t.star.c.item_id).where(t.star.c.user == user, t.star.c.item_id.in_(list(wanted)))
    return frozenset(ItemId(row) for row in tx.conn.execute(query).scalars())


def moments(tx: Tx, user: UserId, wanted: Collection[ItemId]) -> dict[ItemId, Millis]:
    """When the person opened those of these that were opened."""
    query = select(t.recent.c.item_id, t.recent.c.at).where(
        t.recent.c.user == user, t.recent.c.item_id.in_(list(wanted))
    )
    return {ItemId(row.item_id): Millis(row.at) for row in tx.conn.execute(query)}


def put(tx: Tx, user: UserId, item_id: ItemId, *, starred: bool) -> None:
    """Idempotent. The item is there."""
    this = {"who": user, "item": item_id}
    if not starred:
        tx.conn.execute(_DELETE, this)
    elif tx.conn.execute(_GET, this).one_or_none() is None:
        tx.conn.execute(_INSERT, {"user": user, "item_id": item_id})


def opened(tx: Tx, user: UserId, item_id: ItemId, at: Millis) -> None:
    """A person has opened it now."""
    tx.conn.execute(_FORGET, {"who": user, "item": item_id})
    tx.conn.execute(_OPENED, {"user": user, "item_id": item_id, "at": at})
