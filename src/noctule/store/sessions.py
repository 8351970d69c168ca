"""Browser sessions, by the hash of their token or by the id that their owner names them by."""

from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from noctule_agent.wire.values import Millis, UserId

from . import tables as t
from .rows import AccountRow, SessionRow
from .writer import Tx

_COLUMNS = [t.session.c[name] for name in SessionRow.__struct_fields__]
_ACCOUNT = [t.account.c[name].label(f"account_{name}") for name in AccountRow.__struct_fields__]
_MINE = t.session.c.account == bindparam("owner")

_INSERT = insert(t.session)
_GET = (
    select(*_COLUMNS, *_ACCOUNT)
    .join(t.account, t.account.c.id == t.session.c.account)
    .where(t.session.c.token_hash == bindparam("key"))
)
_OF = select(*_COLUMNS).where(_MINE).order_by(t.session.c.seen_at.desc(), t.session.c.id)
_IDS = select(t.session.c.id)
_SEEN = update(t.session).where(t.session.c.id == bindparam("key"), t.session.c.seen_at <= bindparam("before"))
_REMOVE = delete(t.session).where(t.session.c.token_hash == bindparam("key"))
_END = delete(t.session).where(_MINE, t.session.c.id == bindparam("key"))
_END_OTHERS = delete(t.session).where(_MINE, t.session.c.id != bindparam("but"))
_SWEEP = delete(t.session).where(t.session.c.expires_at <= bindparam("now"))


def create(tx: Tx, row: SessionRow) -> None:
    values = {name: getattr(row, name) for name in SessionRow.__struct_fields__}
    tx.conn.execute(_INSERT, {**values, "agent": row.agent.encode(errors="replace")})


def get(tx: Tx, token_hash: str) -> tuple[SessionRow, AccountRow] | None:
    """The session, expired or not (the caller has the clock), and whose it is."""
    row = tx.conn.execute(_GET, {"key": token_hash}).mappings().one_or_none()
    if row is None:
        return None
    account = AccountRow(**{name: row[f"account_{name}"] for name in AccountRow.__struct_fields__})
    return _session(row), account


def of_account(tx: Tx, account: UserId) -> list[SessionRow]:
    """The last seen first."""
    return [_session(row) for row in tx.conn.execute(_OF, {"owner": account}).mappings()]


def ids_living(tx: Tx, now: Millis) -> set[str]:
    """Of all sessions of accounts that are not disabled."""
    living = _IDS.join(t.account, t.account.c.id == t.session.c.account).where(
        ~t.account.c.disabled, t.session.c.expires_at > now
    )
    return set(tx.conn.execute(living).scalars())


def seen(tx: Tx, session: str, now: Millis, before: Millis) -> None:
    """Note that it was used, when the last note is not of after `before`."""
    tx.conn.execute(_SEEN, {"key": session, "before": before, "seen_at": now})


def remove(tx: Tx, token_hash: str) -> None:
    """Idempotent."""
    tx.conn.execute(_REMOVE, {"key": token_hash})


def end(tx: Tx, account: UserId, session: str) -> bool:
    """Whether the account had such a session."""
    return tx.conn.execute(_END, {"owner": account, "key": session}).rowcount > 0


def end_others(tx: Tx, account: UserId, but: str | None) -> int:
    """End all sessions of an account, this one excepted; how many there were."""
    return tx.conn.execute(_END_OTHERS, {"owner": account, "but": but or ""}).rowcount


def sweep(tx: Tx, now: Millis) -> int:
    """Forget what has expired; how many."""
    return tx.conn.execute(_SWEEP, {"now": now}).rowcount


def _session(row: Any) -> SessionRow:
    values = {name: row[name] for name in SessionRow.__struct_fields__}
    return SessionRow(**{**values, "agent": bytes(row["agent"]).decode()})
