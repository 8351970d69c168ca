"""Grants, and what they make of items for a person: one query walks up from all the items that are asked about.

It knows roles by name alone; what may be done with one is accounts/roles.py's to say.
"""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import and_, bindparam, case, delete, func, insert, literal, or_, select, update

from noctule.errors import NotFound
from noctule_agent.wire.values import ItemId, Millis, UserId

from . import tables as t
from .items import DEPTH
from .rows import GrantKind, GrantRow, Role, Standing
from .writer import Tx

RANKS: Final[dict[Role | None, int]] = {None: 0, "viewer": 1, "commenter": 2, "editor": 3, "owner": 4}
"""Which of two roles is the higher one."""

_C = t.grant.c
_I = t.item.c
_COLUMNS: Final = [_C[name] for name in GrantRow.__struct_fields__]
_COUNTS: Final = or_(_C.expires_at.is_(None), _C.expires_at > bindparam("now"))
_TEAMS: Final = select(t.member.c.team).where(t.member.c.account == bindparam("who"))
_NAMED: Final = or_(
    and_(_C.kind == "user", _C.whom == bindparam("who")),
    and_(_C.kind == "team", _C.whom.in_(_TEAMS)),
)

_up = select(
    _I.id.label("start"), _I.id, _I.parent, _I.tree, _I.binned_at, _I.missing_at, literal(0).label("height")
).where(_I.id.in_(bindparam("ids", expanding=True)))
_above = _up.cte("above", recursive=True)
_above = _above.union_all(
    select(
        _above.c.start, _I.id, _I.parent, _I.tree, _I.binned_at, _I.missing_at, (_above.c.height + 1).label("height")
    ).where(_I.id == _above.c.parent, _above.c.height < DEPTH)
)
_STANDINGS = select(
    _above.c.start,
    _above.c.height,
    _above.c.tree,
    _above.c.binned_at,
    _above.c.missing_at,
    _C.kind,
    _C.role,
    case((_NAMED, 1), else_=0).label("named"),
).select_from(
    _above.outerjoin(
        t.grant,
        and_(_C.item_id == _above.c.id, _COUNTS, or_(_NAMED, _C.kind == "anyone", _above.c.height == 0)),
    )
)

_INSERT = insert(t.grant)
_GET = select(*_COLUMNS).where(_C.id == bindparam("key"))
_OF_ITEM = select(*_COLUMNS).where(_C.item_id == bindparam("item")).order_by(_C.at, _C.id)
_OF_ITEMS = select(*_COLUMNS).where(_C.item_id.in_(bindparam("ids", expanding=True))).order_by(_C.at, _C.id)
_COUNT = select(func.count()).where(_C.item_id == bindparam("item"))
_TO = select(*_COLUMNS).where(_C.item_id == bindparam("item"), _C.kind == bindparam("of"), _C.whom == bindparam("to"))
_CHANGE = update(t.grant).where(_C.id == bindparam("key"))
_END = delete(t.grant).where(_C.id == bindparam("key"))
_FORGET = delete(t.grant).where(_C.kind == bindparam("of"), _C.whom == bindparam("to"))


def standings(tx: Tx, who: UserId, wanted: Collection[ItemId], now: Millis) -> dict[ItemId, Standing]:
    """What each of these is to a person; those that there are."""
    found: dict[ItemId, Standing] = {}
    if not wanted:
        return found
    for row in tx.conn.execute(_STANDINGS, {"ids": list(wanted), "who": who, "now": now}):
        start = ItemId(row.start)
        known = found.get(start) or Standing(UserId(row.tree), "owner" if row.tree == who else None)
        found[start] = _with(known, row)
    return {start: _hidden(standing) for start, standing in found.items()}


def _with(known: Standing, row: Any) -> Standing:
    """One more row: an item on the way up, and one of the grants on it, if there is one."""
    counts = row.kind == "anyone" or bool(row.named)
    role = row.role if counts and RANKS[row.role] > RANKS[known.role] else known.role
    own = row.kind is not None and row.height == 0
    return Standing(
        known.tree,
        role,
        named=known.named or bool(row.named),
        direct=known.direct or (own and bool(row.named)),
        granted=known.granted or own,
        open=known.open or (own and row.kind == "anyone"),
        binned=known.binned or row.binned_at is not None,
        missing=known.missing or row.missing_at is not None,
    )


def _hidden(standing: Standing) -> Standing:
    """What lies in the bin is its owner's alone."""
    return standing if not standing.binned or standing.role == "owner" else Standing(standing.tree, None, binned=True)


def put(tx: Tx, row: GrantRow) -> tuple[GrantRow, bool]:
    """(the grant that this person, team or everyone has on this item now, whether it is new). An old one keeps its id."""
    found = tx.conn.execute(_TO, {"item": row.item_id, "of": row.kind, "to": row.whom}).one_or_none()
    if found is None:
        tx.conn.execute(_INSERT, {name: getattr(row, name) for name in GrantRow.__struct_fields__})
        return row, True
    old = GrantRow(**found._mapping)
    changed = {"role": row.role, "by": row.by, "at": row.at, "expires_at": row.expires_at}
    tx.conn.execute(_CHANGE, {"key": old.id, **changed})
    return get(tx, old.id), False


def get(tx: Tx, grant: str) -> GrantRow:
    """Raises NotFound."""
    found = tx.conn.execute(_GET, {"key": grant}).one_or_none()
    if found is None:
        raise NotFound("grant-not-found", "Nobody has this any more.", "It was ended meanwhile.")
    return GrantRow(**found._mapping)


def of_item(tx: Tx, item_id: ItemId) -> list[GrantRow]:
    """On this item itself, the oldest first; expired ones too."""
    return [GrantRow(**row._mapping) for row in tx.conn.execute(_OF_ITEM, {"item": item_id})]


def of_items(tx: Tx, wanted: Collection[ItemId]) -> list[GrantRow]:
    return [GrantRow(**row._mapping) for row in tx.conn.execute(_OF_ITEMS, {"ids": list(wanted)})]


def to(tx: Tx, item_id: ItemId, kind: GrantKind, whom: str) -> GrantRow | None:
    """The one that they have on this item itself."""
    found = tx.conn.execute(_TO, {"item": item_id, "of": kind, "to": whom}).one_or_none()
    return None if found is None else GrantRow(**found._mapping)


def count(tx: Tx, item_id: ItemId) -> int:
    return int(tx.conn.execute(_COUNT, {"item": item_id}).scalar_one())


def end(tx: Tx, grant: str) -> None:
    """Idempotent."""
    tx.conn.execute(_END, {"key": grant})


def forget(tx: Tx, kind: GrantKind, whom: str) -> None:
    """Whoever this was is gone."""
    tx.conn.execute(_FORGET, {"of": kind, "to": whom})
