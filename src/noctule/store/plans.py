"""Rows of plans, and which account has which. The standard plan has an id of its own, and so there is one."""

from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from noctule.errors import Conflict, NotFound
from noctule_agent.wire.values import UserId

from . import tables as t
from .rows import PlanRow
from .writer import Tx

_COLUMNS = [t.plan.c[name] for name in PlanRow.__struct_fields__]
_ALL = select(*_COLUMNS).order_by(t.plan.c.name)
_GET = select(*_COLUMNS).where(t.plan.c.id == bindparam("key"))
_NAMED = select(*_COLUMNS).where(t.plan.c.name == bindparam("called"))
_OF = select(*_COLUMNS).join(t.account, t.account.c.plan == t.plan.c.id).where(t.account.c.id == bindparam("who"))
_HELD = select(t.account.c.plan, func.count()).group_by(t.account.c.plan)
_INSERT = insert(t.plan)
_UPDATE = update(t.plan).where(t.plan.c.id == bindparam("key"))
_DELETE = delete(t.plan).where(t.plan.c.id == bindparam("key"))


def create(tx: Tx, row: PlanRow) -> None:
    """Raises Conflict: plan-taken."""
    _check_free(tx, row.id, row.name)
    tx.conn.execute(_INSERT, {name: getattr(row, name) for name in PlanRow.__struct_fields__})


def get(tx: Tx, plan: str) -> PlanRow | None:
    return _one(tx, _GET, key=plan)


def need(tx: Tx, plan: str) -> PlanRow:
    """Raises NotFound."""
    row = get(tx, plan)
    if row is None:
        raise NotFound("plan-not-found", "There is no such plan.", "It may have been deleted.")
    return row


def by_name(tx: Tx, name: str) -> PlanRow | None:
    return _one(tx, _NAMED, called=name)


def of_account(tx: Tx, account: UserId) -> PlanRow | None:
    return _one(tx, _OF, who=account)


def list_all(tx: Tx) -> list[PlanRow]:
    """By name."""
    return [PlanRow(**row._mapping) for row in tx.conn.execute(_ALL)]


def held(tx: Tx) -> dict[str, int]:
    """How many accounts have each plan; of plans that nobody has nothing."""
    return {plan: int(count) for plan, count in tx.conn.execute(_HELD)}


def change(tx: Tx, plan: str, **values: Any) -> PlanRow:
    """Set columns; the row as it is then. Raises NotFound, Conflict (plan-taken)."""
    row = need(tx, plan)
    if values:
        _check_free(tx, plan, values.get("name", row.name))
        tx.conn.execute(_UPDATE, {"key": plan, **values})
    return need(tx, plan)


def remove(tx: Tx, plan: str) -> None:
    """Nobody has it. Idempotent."""
    tx.conn.execute(_DELETE, {"key": plan})


def _check_free(tx: Tx, plan: str, name: str) -> None:
    other = by_name(tx, name)
    if other is not None and other.id != plan:
        raise Conflict("plan-taken", "There is a plan of this name already.", "Choose another name.")


def _one(tx: Tx, query: Any, **key: str) -> PlanRow | None:
    row = tx.conn.execute(query, key).one_or_none()
    return None if row is None else PlanRow(**row._mapping)
