"""Notebooks that lie in somebody's bin, each by itself or in a folder: where in the bin they are."""

import msgspec
from sqlalchemy import bindparam, cast, literal, select

from noctule_agent.wire.values import ItemId, NotebookId, UserId

from . import tables as t
from .items import DEPTH
from .writer import Tx

_C = t.item.c
_below = (
    select(
        _C.id,
        _C.name,
        _C.kind,
        _C.id.label("top"),
        cast(literal(None), _C.parent.type).label("above"),
        literal(0).label("depth"),
    )
    .where(_C.tree == bindparam("owner"), _C.binned_at.is_not(None))
    .cte("below", recursive=True)
)
_below = _below.union_all(
    select(_C.id, _C.name, _C.kind, _below.c.top, _below.c.id, (_below.c.depth + 1).label("depth")).where(
        _C.parent == _below.c.id, _below.c.depth < DEPTH, _C.kind.in_(("folder", "notebook"))
    )
)
_ROWS = select(_below.c.id, _below.c.name, _below.c.kind, _below.c.top, _below.c.above).order_by(_below.c.depth)


class Binned(msgspec.Struct, frozen=True):
    """`top`: what was put into the bin; `path`: the names from that one down to its own."""

    id: NotebookId
    top: ItemId
    path: tuple[bytes, ...]


def notebooks(tx: Tx, owner: UserId) -> list[Binned]:
    """Those that lie highest come first."""
    paths: dict[str, tuple[bytes, ...]] = {}
    found = []
    for row in tx.conn.execute(_ROWS, {"owner": owner}):
        path = paths[row.id] = (*paths.get(row.above, ()), bytes(row.name))
        if row.kind == "notebook":
            found.append(Binned(NotebookId(row.id), ItemId(row.top), path))
    return found
