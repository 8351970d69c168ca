"""How many bytes rows stand for, and take: of all trees at once, for who manages."""

from typing import Any

from sqlalchemy import func, literal, select, text

from noctule_agent.wire.values import UserId

from . import tables as t
from .items import DEPTH
from .writer import Tx

_C = t.item.c
_SUM = func.coalesce(func.sum(_C.size), 0)
_USED = select(_C.tree, _SUM).where(_C.missing_at.is_(None)).group_by(_C.tree)
_binned = select(_C.id, literal(0).label("depth")).where(_C.binned_at.is_not(None)).cte("binned", recursive=True)
_binned = _binned.union_all(
    select(_C.id, (_binned.c.depth + 1).label("depth")).where(_C.parent == _binned.c.id, _binned.c.depth < DEPTH)
)
_BINNED = select(_C.tree, _SUM).where(_C.id.in_(select(_binned.c.id))).group_by(_C.tree)
_REVISIONS = (
    select(_C.tree, func.coalesce(func.sum(func.length(t.revision_part.c.data)), 0))
    .join(t.revision_part, t.revision_part.c.notebook_id == _C.id)
    .group_by(_C.tree)
)
_MANIFESTS = (
    select(_C.tree, func.coalesce(func.sum(func.length(t.revision.c.manifest)), 0))
    .join(t.revision, t.revision.c.notebook_id == _C.id)
    .group_by(_C.tree)
)


def used(tx: Tx) -> dict[UserId, int]:
    """Bytes of each tree, the bin's too."""
    return _by_tree(tx, _USED)


def binned(tx: Tx) -> dict[UserId, int]:
    """Bytes of what lies in the bin, with all below."""
    return _by_tree(tx, _BINNED)


def revisions(tx: Tx) -> dict[UserId, int]:
    """Bytes that the revisions of a tree's notebooks take here; what is a blob is counted with the blobs."""
    found = _by_tree(tx, _REVISIONS)
    for tree, size in _by_tree(tx, _MANIFESTS).items():
        found[tree] = found.get(tree, 0) + size
    return found


def database(tx: Tx) -> int:
    """Bytes that the database takes on its disk."""
    if tx.conn.dialect.name == "sqlite":
        pages, size = (tx.conn.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("page_count", "page_size"))
        return int(pages * size)
    return int(tx.conn.execute(select(func.pg_database_size(func.current_database()))).scalar_one())


def _by_tree(tx: Tx, query: Any) -> dict[UserId, int]:
    return {UserId(tree): int(size) for tree, size in tx.conn.execute(query)}
