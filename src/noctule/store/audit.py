"""The audit log: appended to, read, and aged out. There is no function that changes a row."""

from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from noctule_agent.wire.values import Millis

from . import tables as t
from .codec import to_json, to_object
from .rows import AuditRow
from .writer import Tx

_INSERT = insert(t.audit)
_SWEEP = delete(t.audit).where(t.audit.c.at < bindparam("before"))


def append(tx: Tx, at: Millis, who: str, address: str, what: str, about: str, detail: dict[str, Any]) -> None:
    values = {"at": at, "who": who, "address": address, "what": what, "about": about, "detail": to_json(detail)}
    tx.conn.execute(_INSERT, values)


def page(
    tx: Tx,
    *,
    who: str | None = None,
    what: str | None = None,
    since: Millis | None = None,
    until: Millis | None = None,
    before: int | None = None,
    concerning: str | None = None,
    limit: int = 100,
) -> list[AuditRow]:
    """The newest first. `what` may be a whole word (`token-made`) or the first part of words (`token`). `concerning`: an account that
    did it, or that it was done to."""
    c = t.audit.c
    query = select(t.audit).order_by(c.key.desc()).limit(limit)
    if who is not None:
        query = query.where(c.who == who)
    if what is not None:
        query = query.where((c.what == what) | c.what.startswith(f"{what}-", autoescape=True))
    if since is not None:
        query = query.where(c.at >= since)
    if until is not None:
        query = query.where(c.at < until)
    if concerning is not None:
        query = query.where((c.who == concerning) | (c.about == concerning))
    if before is not None:
        query = query.where(c.key < before)
    return [AuditRow(**{**row, "detail": to_object(row["detail"])}) for row in tx.conn.execute(query).mappings()]


def sweep(tx: Tx, before: Millis) -> int:
    """Forget what is older; how many."""
    return tx.conn.execute(_SWEEP, {"before": before}).rowcount
