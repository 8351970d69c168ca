"""What is searched: names of items, and the text inside notebooks as it was last read from their files.

A word is found wherever it stands in a name or a text, in any case: substrings of bytes, which both databases look for.
Where a person searches is said in one place, `_seen_by`.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, LargeBinary, and_, case, delete, func, insert, literal, or_, select, true, update

from noctule.notebook.excerpts import fold
from noctule.notebook.sources import CellText
from noctule_agent.wire.values import ItemId, UserId

from . import tables as t
from .items import COLUMNS, DEPTH, HERE, Cursor, Keep, Page, folded, get, paged, to_row
from .rows import ItemRow
from .writer import Tx

_I, _T = t.item.c, t.text.c
_NOTEBOOKS: Final = select(*COLUMNS).where(_I.kind == "notebook", HERE, _I.mtime_ns.is_not(None)).order_by(_I.id)
_BEHIND: Final = _NOTEBOOKS.join(t.text, _T.item_id == _I.id, isouter=True).where(
    or_(_T.item_id.is_(None), _T.size != _I.size, _T.mtime_ns != _I.mtime_ns)
)
_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(list[CellText]).decode


def _seen_by(user: UserId) -> ColumnElement[bool]:
    """Items that come up when this person searches: of their own tree, of what was granted to them or a team of theirs, and what
    else of others they have opened, each with all below."""
    teams = select(t.member.c.team).where(t.member.c.account == user)
    granted = select(t.grant.c.item_id).where(
        or_(
            and_(t.grant.c.kind == "user", t.grant.c.whom == user),
            and_(t.grant.c.kind == "team", t.grant.c.whom.in_(teams)),
        )
    )
    opened = select(t.recent.c.item_id).where(t.recent.c.user == user)
    others = select(_I.id, literal(0).label("depth")).where(_I.tree != user, or_(_I.id.in_(granted), _I.id.in_(opened)))
    reached = others.cte("reached", recursive=True)
    # Without `all`: what was reached twice is walked once.
    reached = reached.union(
        select(_I.id, (reached.c.depth + 1).label("depth")).where(_I.parent == reached.c.id, reached.c.depth < DEPTH)
    )
    return and_(or_(_I.tree == user, _I.id.in_(select(reached.c.id))), HERE, _I.parent.is_not(None))


def found(
    tx: Tx, user: UserId, words: Sequence[str], after: Cursor | None, limit: int, keep: Keep, *, inside: bool
) -> Page:
    """Items that hold all these words, first those whose names do; with `inside`, those whose names and text together do."""
    by_name = [_holds(tx, _I.folded, folded(word.encode("utf-8", "replace"))) for word in words]
    query = select(*COLUMNS).where(_seen_by(user))
    named: ColumnElement[bool] = and_(true(), *by_name)
    if inside:
        query = query.join(t.text, _T.item_id == _I.id, isouter=True)
        by_text = [_holds(tx, _T.folded, folded_text(word)) for word in words]
        query = query.where(*(or_(*either) for either in zip(by_name, by_text, strict=True)))
    else:
        query = query.where(named)
    return paged(tx, query, [case((named, 0), else_=1), _I.sort, _I.id], after, limit, descending=False, keep=keep)


def cells(tx: Tx, item_id: ItemId) -> list[CellText]:
    """Those of a notebook as they were last read; empty when they were not."""
    kept = tx.conn.execute(select(_T.cells).where(_T.item_id == item_id)).scalar_one_or_none()
    return [] if kept is None else _decode(kept)


# --- reading files ---


def notebooks(tx: Tx, after: ItemId, limit: int) -> list[ItemRow]:
    """Those of all trees, by their ids."""
    return [to_row(row) for row in tx.conn.execute(_NOTEBOOKS.where(_I.id > after).limit(limit))]


def behind(tx: Tx, after: ItemId, limit: int) -> list[ItemRow]:
    """Of these the ones whose file is another than the one that was read."""
    return [to_row(row) for row in tx.conn.execute(_BEHIND.where(_I.id > after).limit(limit))]


def put(tx: Tx, item_id: ItemId, size: int, mtime_ns: int, read: list[CellText]) -> None:
    """This is what the file of this version says. The item may be gone."""
    if get(tx, item_id) is None:
        return
    text = folded_text("\n".join(cell.text for cell in read))
    version = {"size": size, "mtime_ns": mtime_ns}
    this = _T.item_id == item_id
    # Most often outputs have changed, and nothing that is searched.
    same = update(t.text).where(this, _T.folded == text, _T.cells == _encode(read)).values(version)
    if tx.conn.execute(same).rowcount == 0:
        tx.conn.execute(delete(t.text).where(this))
        values = {"item_id": item_id, **version, "folded": text, "cells": _encode(read)}
        tx.conn.execute(insert(t.text), values)


def folded_text(text: str) -> bytes:
    return fold(text).encode("utf-8", "replace")


def _holds(tx: Tx, column: Any, part: bytes) -> Any:
    """SQLite's way with bytes, and PostgreSQL's."""
    if tx.conn.dialect.name == "sqlite":
        return func.instr(column, part) > 0
    return func.position(literal(part, LargeBinary).op("IN")(column)) > 0
