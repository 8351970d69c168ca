"""Accounts that were deleted and have left something behind, and the rows that they left."""

from sqlalchemy import bindparam, delete, exists, insert, select

from noctule_agent.wire.values import ItemId, Millis, NotebookId, UserId

from . import tables as t
from .writer import Tx

_INSERT = insert(t.leaving)
_ALL = select(t.leaving.c.account).order_by(t.leaving.c.at, t.leaving.c.account)
_HAS = select(exists().where(t.leaving.c.account == bindparam("who")))
_DONE = delete(t.leaving).where(t.leaving.c.account == bindparam("who"))
_C = t.item.c
_OF_TREE = _C.tree == bindparam("owner")
_NOTEBOOKS = select(_C.id).join(t.notebook, t.notebook.c.id == _C.id).where(_OF_TREE).order_by(_C.id)
_BINNED = select(_C.id).where(_OF_TREE, _C.binned_at.is_not(None)).order_by(_C.id)
_FILES = select(_C.id).where(_OF_TREE, _C.kind != "folder").limit(bindparam("most"))
_DELETE_SOME = delete(t.item).where(_C.id.in_(bindparam("ids", expanding=True)))
_DELETE_REST = delete(t.item).where(_OF_TREE)


def begin(tx: Tx, account: UserId, now: Millis) -> None:
    """With the account's row. What it had is not gone yet."""
    tx.conn.execute(_INSERT, {"account": account, "at": now})


def all_(tx: Tx) -> list[UserId]:
    """Who left, and is not done; who left first comes first."""
    return [UserId(found) for found in tx.conn.execute(_ALL).scalars()]


def withdraw(tx: Tx, account: UserId) -> None:
    """There is an account of this id again. Idempotent."""
    tx.conn.execute(_DONE, {"who": account})


def has(tx: Tx, account: UserId) -> bool:
    return bool(tx.conn.execute(_HAS, {"who": account}).scalar_one())


def notebooks(tx: Tx, tree: UserId) -> list[NotebookId]:
    """All of a tree that were opened once, the bin's too."""
    return [NotebookId(found) for found in tx.conn.execute(_NOTEBOOKS, {"owner": tree}).scalars()]


def binned(tx: Tx, tree: UserId) -> list[ItemId]:
    """What lies in the bin of a tree."""
    return [ItemId(found) for found in tx.conn.execute(_BINNED, {"owner": tree}).scalars()]


def remove_files(tx: Tx, tree: UserId, most: int) -> int:
    """So many rows of files are gone, with all that they have; how many there were."""
    ids = list(tx.conn.execute(_FILES, {"owner": tree, "most": most}).scalars())
    if ids:
        tx.conn.execute(_DELETE_SOME, {"ids": ids})
    return len(ids)


def done(tx: Tx, account: UserId) -> None:
    """Nothing of it is left: the last rows go, and that it left. Idempotent."""
    tx.conn.execute(_DELETE_REST, {"owner": account})
    for table in (t.star, t.recent):
        tx.conn.execute(delete(table).where(table.c.user == account))
    tx.conn.execute(_DONE, {"who": account})
