"""What takes room: the largest items of a tree, and what an item takes besides its file. Reads only.

A blob is one file however often it is named. One that outputs show now counts for them and not for revisions, so that what is told of
revisions is what goes when they go.
"""

from typing import Any, Final

import msgspec
from sqlalchemy import Select, bindparam, func, literal, select, union

from noctule.errors import NotFound
from noctule_agent.wire.values import ItemId, UserId

from . import tables as t
from .items import BELOW, COLUMNS, DEPTH, HERE, size_below, to_row
from .rows import ItemRow
from .writer import Tx

_I: Final = t.item.c
_THESE: Final = select(BELOW.c.id)
"""The item that is asked for and all below, by `key`."""

_binned = (
    select(_I.id, _I.id.label("top"), literal(0).label("depth"))
    .where(_I.tree == bindparam("owner"), _I.binned_at.is_not(None))
    .cte("binned", recursive=True)
)
_binned = _binned.union_all(
    select(_I.id, _binned.c.top, (_binned.c.depth + 1).label("depth")).where(
        _I.parent == _binned.c.id, _binned.c.depth < DEPTH
    )
)
_FILES: Final = (
    select(*COLUMNS)
    .where(_I.tree == bindparam("owner"), _I.kind != "folder", HERE, _I.id.not_in(select(_binned.c.id)))
    .order_by(_I.size.desc(), _I.id)
    .limit(bindparam("most"))
)
_BINNED: Final = (
    select(_binned.c.top, func.sum(_I.size).label("size"))
    .join(t.item, _I.id == _binned.c.id)
    .group_by(_binned.c.top)
    .order_by(func.sum(_I.size).desc(), _binned.c.top)
    .limit(bindparam("most"))
)
_SOME: Final = select(*COLUMNS).where(_I.id.in_(bindparam("ids", expanding=True)))

_REVISIONS: Final = select(
    func.coalesce(func.sum(func.length(t.revision.c.manifest) + func.length(t.revision.c.uses)), 0)
).where(t.revision.c.notebook_id.in_(_THESE))
_PARTS: Final = select(func.coalesce(func.sum(func.length(t.revision_part.c.data)), 0)).where(
    t.revision_part.c.notebook_id.in_(_THESE)
)
_OUTPUTS: Final = select(func.coalesce(func.sum(func.length(t.output.c.body) + func.length(t.output.c.tail)), 0)).where(
    t.output.c.notebook_id.in_(_THESE)
)
_CHUNKS: Final = (
    select(func.coalesce(func.sum(func.length(t.output_chunk.c.text)), 0))
    .join(t.output, t.output.c.key == t.output_chunk.c.output)
    .where(t.output.c.notebook_id.in_(_THESE))
)
_WIDGETS: Final = select(func.coalesce(func.sum(func.length(t.widget.c.body)), 0)).where(
    t.widget.c.notebook_id.in_(_THESE)
)
_SHOWN_BLOBS: Final = union(
    select(t.output_blob.c.sha256)
    .join(t.output, t.output.c.key == t.output_blob.c.output)
    .where(t.output.c.notebook_id.in_(_THESE)),
    select(t.widget_blob.c.sha256).where(t.widget_blob.c.notebook_id.in_(_THESE)),
)
_KEPT_BLOBS: Final = (
    select(t.revision_part_blob.c.sha256).where(t.revision_part_blob.c.notebook_id.in_(_THESE)).distinct()
)


class Space(msgspec.Struct, frozen=True):
    """Bytes of an item and all below it. `revisions` and `outputs` count for no quota."""

    file: int
    revisions: int
    outputs: int


def largest(tx: Tx, owner: UserId, most: int) -> list[ItemRow]:
    """Files, and what lies in the bin as a whole with the size of all below, the largest first."""
    found = [to_row(row) for row in tx.conn.execute(_FILES, {"owner": owner, "most": most})]
    sizes = {row.top: int(row.size) for row in tx.conn.execute(_BINNED, {"owner": owner, "most": most})}
    for row in tx.conn.execute(_SOME, {"ids": list(sizes)}):
        item = to_row(row)
        found.append(msgspec.structs.replace(item, size=sizes[item.id]))
    return sorted(found, key=lambda row: (-row.size, row.id))[:most]


def of_item(tx: Tx, item_id: ItemId) -> Space:
    """Bytes in rows and in blobs."""
    key: dict[str, str] = {"key": item_id}
    shown = set(tx.conn.execute(_SHOWN_BLOBS, key).scalars())
    kept = set(tx.conn.execute(_KEPT_BLOBS, key).scalars()) - shown
    return Space(
        file=size_below(tx, item_id),
        revisions=_bytes(tx, _REVISIONS, key) + _bytes(tx, _PARTS, key) + _blobs(tx, kept),
        outputs=_bytes(tx, _OUTPUTS, key) + _bytes(tx, _CHUNKS, key) + _bytes(tx, _WIDGETS, key) + _blobs(tx, shown),
    )


def _bytes(tx: Tx, query: Select[Any], key: dict[str, str]) -> int:
    return int(tx.conn.execute(query, key).scalar_one())


def _blobs(tx: Tx, names: set[str]) -> int:
    total = 0
    for name in names:
        try:
            total += tx.blobs.path(name).stat().st_size
        except (NotFound, FileNotFoundError):
            # It is lost, and takes nothing.
            continue
    return total
