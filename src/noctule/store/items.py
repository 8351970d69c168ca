"""Rows of files and folders. Knows no disk: drive/ looks there, and says what it saw.

A folder's page is read by an index, whatever the folder holds: `sort` puts folders first, and numbers in names by their value.
"""

import re
from collections.abc import Callable, Collection, Iterable
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import (
    Row,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    union_all,
    update,
)

from noctule.errors import Invalid, NotFound
from noctule_agent.wire.values import ItemId, Millis, NotebookId, UserId

from . import tables as t
from .rows import ItemKind, ItemRow, Mark
from .writer import Tx

_C = t.item.c
COLUMNS: Final = [_C[name] for name in ItemRow.__struct_fields__]
HERE: Final = and_(_C.missing_at.is_(None), _C.binned_at.is_(None))
_DIGITS = re.compile(rb"([0-9]+)")
_NUMBER_BYTES = 250
DEPTH: Final = 200
"""Folders above a file, at most: more are no path that a system would open."""

_GET = select(*COLUMNS).where(_C.id == bindparam("key"))
_CHILD = select(*COLUMNS).where(_C.parent == bindparam("above"), _C.name == bindparam("called"))
_CHILDREN = select(*COLUMNS).where(_C.parent == bindparam("above"))
_MARKED = select(*COLUMNS).where(_C.mark == bindparam("known"), _C.tree == bindparam("owner"))
_ALL_MARKED = select(*COLUMNS).where(_C.mark.in_(bindparam("known", expanding=True)), _C.tree == bindparam("owner"))
_KEYS: Final = {"size": _C.size, "mtime_ns": func.coalesce(_C.mtime_ns, 0)}
_AT_ONCE: Final = 500
"""Values in one query."""
_FOLDERS = select(*COLUMNS).where(_C.tree == bindparam("owner"), _C.kind == "folder", HERE)
_MISSING = select(*COLUMNS).where(_C.tree == bindparam("owner"), _C.missing_at < bindparam("before"))
_USED = select(func.coalesce(func.sum(_C.size), 0)).where(_C.tree == bindparam("owner"), _C.missing_at.is_(None))
_TREES = select(_C.id).where(_C.parent.is_(None), _C.id == _C.tree)
_INSERT = insert(t.item)
_UPDATE = update(t.item).where(_C.id == bindparam("key"))
_DELETE = delete(t.item).where(_C.id == bindparam("key"))

_above = select(*COLUMNS, literal(0).label("height")).where(_C.id == bindparam("key")).cte("above", recursive=True)
_above = _above.union_all(
    select(*COLUMNS, (_above.c.height + 1).label("height")).where(_C.id == _above.c.parent, _above.c.height < DEPTH)
)
_LINEAGE = select(*(_above.c[column.name] for column in COLUMNS)).order_by(_above.c.height.desc())

BELOW = select(_C.id, literal(0).label("depth")).where(_C.id == bindparam("key")).cte("below", recursive=True)
BELOW = BELOW.union_all(
    select(_C.id, (BELOW.c.depth + 1).label("depth")).where(_C.parent == BELOW.c.id, BELOW.c.depth < DEPTH)
)
_NOTEBOOKS_BELOW = select(t.notebook.c.id).where(t.notebook.c.id.in_(select(BELOW.c.id)))
BINNED = (
    select(_C.id, literal(0).label("depth"))
    .where(_C.tree == bindparam("owner"), _C.binned_at.is_not(None))
    .cte("binned", recursive=True)
)
BINNED = BINNED.union_all(
    select(_C.id, (BINNED.c.depth + 1).label("depth")).where(_C.parent == BINNED.c.id, BINNED.c.depth < DEPTH)
)
"""What lies in the bin of `owner`, with all below."""
_USED_BY_BIN = select(func.coalesce(func.sum(_C.size), 0)).where(_C.id.in_(select(BINNED.c.id)))
_COUNT = select(func.count()).where(_C.parent == bindparam("above"), HERE)
_SIZE_BELOW = select(func.coalesce(func.sum(_C.size), 0)).where(_C.id.in_(select(BELOW.c.id)))


def sort_of(name: bytes, kind: ItemKind) -> bytes:
    """What orders names as people do."""
    pieces = [_number(piece) if place % 2 else piece for place, piece in enumerate(_DIGITS.split(folded(name)))]
    return (b"0" if kind == "folder" else b"1") + b"".join(pieces) + b"\0" + name


def folded(name: bytes) -> bytes:
    """In no case; what is no UTF-8 stays."""
    return name.decode("utf-8", "surrogateescape").casefold().encode("utf-8", "surrogateescape")


def _number(digits: bytes) -> bytes:
    value = digits.lstrip(b"0")[:_NUMBER_BYTES]
    return b"0" + bytes([len(value)]) + value


def create(tx: Tx, *rows: ItemRow) -> None:
    """Their places are free, and their folders there."""
    if rows:
        tx.conn.execute(_INSERT, [_values(row) for row in rows])


def get(tx: Tx, item_id: ItemId) -> ItemRow | None:
    return _one(tx.conn.execute(_GET, {"key": item_id}).one_or_none())


def some(tx: Tx, wanted: Collection[ItemId]) -> dict[ItemId, ItemRow]:
    """Those of these that there are."""
    found = map(to_row, tx.conn.execute(select(*COLUMNS).where(_C.id.in_(list(wanted)))))
    return {row.id: row for row in found}


def need(tx: Tx, item_id: ItemId) -> ItemRow:
    """Raises NotFound."""
    row = get(tx, item_id)
    if row is None:
        raise not_found(item_id)
    return row


def child(tx: Tx, parent: ItemId, name: bytes) -> ItemRow | None:
    """Whoever has this name there, also one that is missing."""
    return _one(tx.conn.execute(_CHILD, {"above": parent, "called": name}).one_or_none())


def children(tx: Tx, parent: ItemId) -> list[ItemRow]:
    """All that have a place in this folder, missing ones too."""
    return [to_row(row) for row in tx.conn.execute(_CHILDREN, {"above": parent})]


def lineage(tx: Tx, item_id: ItemId) -> list[ItemRow]:
    """The folders above it and itself, the root first. Empty: there is none."""
    return [to_row(row) for row in tx.conn.execute(_LINEAGE, {"key": item_id})]


def in_bin(tx: Tx, item_id: ItemId) -> bool:
    """Whether it, or a folder above it, lies in the bin."""
    return any(row.binned_at is not None for row in lineage(tx, item_id))


def notebooks_below(tx: Tx, item_id: ItemId) -> list[NotebookId]:
    """What was opened as a notebook, of this item and all below."""
    return [NotebookId(found) for found in tx.conn.execute(_NOTEBOOKS_BELOW, {"key": item_id}).scalars()]


def below(item_id: ItemId) -> Select[Any]:
    """The ids of this item and all below it, for a statement about them."""
    return select(BELOW.c.id).params(key=item_id)


def size_below(tx: Tx, item_id: ItemId) -> int:
    """Bytes of an item and all below it."""
    return int(tx.conn.execute(_SIZE_BELOW, {"key": item_id}).scalar_one())


def marked(tx: Tx, tree: UserId, mark: Mark) -> ItemRow | None:
    """The item of this tree that has the mark."""
    found = tx.conn.execute(_MARKED, {"known": _mark_text(mark), "owner": tree}).all()
    return to_row(found[0]) if found else None


def all_marked(tx: Tx, tree: UserId, marks: Iterable[Mark]) -> dict[Mark, ItemRow]:
    """The items of this tree that have these marks."""
    texts = [text for mark in marks if (text := _mark_text(mark)) is not None]
    found: dict[Mark, ItemRow] = {}
    for start in range(0, len(texts), _AT_ONCE):
        part = texts[start : start + _AT_ONCE]
        for row in map(to_row, tx.conn.execute(_ALL_MARKED, {"known": part, "owner": tree})):
            if row.mark is not None:
                found.setdefault(row.mark, row)
    return found


def folders(tx: Tx, tree: UserId) -> list[ItemRow]:
    return [to_row(row) for row in tx.conn.execute(_FOLDERS, {"owner": tree})]


def missing(tx: Tx, tree: UserId, before: Millis) -> list[ItemRow]:
    """What was not found since before then."""
    return [to_row(row) for row in tx.conn.execute(_MISSING, {"owner": tree, "before": before})]


def used(tx: Tx, tree: UserId) -> int:
    """Bytes of a tree, the bin's too."""
    return int(tx.conn.execute(_USED, {"owner": tree}).scalar_one())


def used_by_bin(tx: Tx, tree: UserId) -> int:
    """Bytes of what lies in somebody's bin, with all below."""
    return int(tx.conn.execute(_USED_BY_BIN, {"owner": tree}).scalar_one())


def count(tx: Tx, parent: ItemId) -> int:
    """So many are in a folder."""
    return int(tx.conn.execute(_COUNT, {"above": parent}).scalar_one())


def trees(tx: Tx) -> list[UserId]:
    return [UserId(found) for found in tx.conn.execute(_TREES).scalars()]


def change(tx: Tx, item_id: ItemId, **values: Any) -> None:
    """Set some columns. Raises NotFound."""
    if "mark" in values:
        values["mark"] = _mark_text(values["mark"])
    if tx.conn.execute(_UPDATE, {"key": item_id, **values}).rowcount == 0:
        raise not_found(item_id)


def rename(tx: Tx, row: ItemRow, parent: ItemId | None, name: bytes) -> None:
    """It has this place now, and is there. Whatever missing one had the place before gives way."""
    if parent is not None:
        other = child(tx, parent, name)
        if other is not None and other.id != row.id:
            remove(tx, other.id)
    change(tx, row.id, parent=parent, name=name, folded=folded(name), sort=sort_of(name, row.kind), missing_at=None)


def remove(tx: Tx, item_id: ItemId) -> None:
    """With all below, and notebooks with everything of them. Idempotent."""
    tx.conn.execute(_DELETE, {"key": item_id})


# --- lists ---

Cursor = tuple[Any, ...]
"""Where a page ended: the values that it is ordered by."""


class Order(msgspec.Struct, frozen=True):
    """`by` None: by name."""

    by: Literal["mtime_ns", "size"] | None = None
    descending: bool = False


class Page(msgspec.Struct, frozen=True):
    """`after`: where the next one begins; None when there is none."""

    rows: list[ItemRow]
    after: Cursor | None


def page(tx: Tx, parent: ItemId, order: Order, after: Cursor | None, limit: int) -> Page:
    """What is in a folder."""
    query = select(*COLUMNS).where(_C.parent == parent, HERE)
    keys: list[Any] = [_C.sort] if order.by is None else [_KEYS[order.by], _C.sort]
    return paged(tx, query, keys, after, limit, descending=order.descending)


Keep = Callable[[Tx, list[ItemId]], Collection[ItemId]]
"""Which of these a list may hold. A place in the list is always one of what it holds: it tells nothing of the rest."""


def starred(tx: Tx, user: UserId, after: Cursor | None, limit: int, keep: Keep) -> Page:
    query = select(*COLUMNS).join(t.star, t.star.c.item_id == _C.id).where(t.star.c.user == user, HERE)
    return paged(tx, query, [_C.sort, _C.id], after, limit, descending=False, keep=keep)


def recent(tx: Tx, user: UserId, after: Cursor | None, limit: int, keep: Keep) -> Page:
    """What a person has opened, the latest first."""
    query = select(*COLUMNS, t.recent.c.at).join(t.recent, t.recent.c.item_id == _C.id)
    query = query.where(t.recent.c.user == user, HERE)
    return paged(tx, query, [t.recent.c.at, _C.id], after, limit, descending=True, keep=keep)


def shared(tx: Tx, user: UserId, after: Cursor | None, limit: int, keep: Keep) -> Page:
    """What others granted to a person or a team of theirs, the latest first, and what else of others the person has opened."""
    teams = select(t.member.c.team).where(t.member.c.account == user)
    to_them = or_(
        and_(t.grant.c.kind == "user", t.grant.c.whom == user),
        and_(t.grant.c.kind == "team", t.grant.c.whom.in_(teams)),
    )
    granted = select(t.grant.c.item_id, func.max(t.grant.c.at).label("at")).where(to_them).group_by(t.grant.c.item_id)
    opened = select(t.recent.c.item_id, t.recent.c.at).where(
        t.recent.c.user == user, t.recent.c.item_id.not_in(select(t.grant.c.item_id).where(to_them))
    )
    found = union_all(granted, opened).subquery("found")
    query = select(*COLUMNS, found.c.at).join(found, found.c.item_id == _C.id).where(_C.tree != user, HERE)
    return paged(tx, query, [found.c.at, _C.id], after, limit, descending=True, keep=keep)


def binned(tx: Tx, tree: UserId, after: Cursor | None, limit: int) -> Page:
    """The latest first."""
    query = select(*COLUMNS).where(_C.tree == tree, _C.binned_at.is_not(None))
    return paged(tx, query, [_C.binned_at, _C.id], after, limit, descending=True)


def binned_before(tx: Tx, at: Millis) -> list[ItemId]:
    """What has lain in anybody's bin since before then."""
    return [ItemId(found) for found in tx.conn.execute(select(_C.id).where(_C.binned_at < at)).scalars()]


def paged(
    tx: Tx,
    query: Select[Any],
    keys: list[Any],
    after: Cursor | None,
    limit: int,
    *,
    descending: bool,
    keep: Keep | None = None,
) -> Page:
    """Rows of a query over items, ordered by these. `keep`: the part of them that the list may hold."""
    labels = [key.label(f"key{place}") for place, key in enumerate(keys)]
    ordered = query.add_columns(*labels).order_by(*(key.desc() if descending else key.asc() for key in keys))
    here, kept = tuple_(*keys), list[tuple[ItemRow, Cursor]]()
    if after is not None and len(after) != len(keys):
        raise Invalid("cursor-invalid", "This is no place in this list.", "Ask for its first page.")
    while True:
        part = (
            ordered if after is None else ordered.where(here < tuple_(*after) if descending else here > tuple_(*after))
        )
        found = [(to_row(row), tuple(row[-len(keys) :])) for row in tx.conn.execute(part.limit(limit + 1))]
        those = {row.id for row, _ in found} if keep is None else set(keep(tx, [row.id for row, _ in found]))
        kept += [each for each in found if each[0].id in those]
        if len(found) <= limit or len(kept) > limit:
            break
        after = found[-1][1]
    return Page([row for row, _ in kept[:limit]], kept[limit - 1][1] if len(kept) > limit else None)


# --- rows and values ---


def not_found(item_id: ItemId) -> NotFound:
    return NotFound(
        "item-not-found", "There is no such file or folder.", f"It may have been deleted, or moved. ({item_id})"
    )


def _mark_text(mark: Mark | None) -> str | None:
    return None if mark is None or mark.born is None else f"{mark.device}:{mark.inode}:{mark.born}"


def _mark(text: str | None) -> Mark | None:
    return None if text is None else Mark(*map(int, text.split(":")))


def _values(row: ItemRow) -> dict[str, Any]:
    return {
        **msgspec.structs.asdict(row),
        "mark": _mark_text(row.mark),
        "sort": sort_of(row.name, row.kind),
        "folded": folded(row.name),
    }


def to_row(row: Row[Any]) -> ItemRow:
    values: dict[str, Any] = {name: row._mapping[name] for name in ItemRow.__struct_fields__}
    return ItemRow(**{**values, "mark": _mark(values["mark"])})


def _one(row: Row[Any] | None) -> ItemRow | None:
    return None if row is None else to_row(row)
