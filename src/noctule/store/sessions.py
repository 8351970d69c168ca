"""Browser sessions, by the hash of their token."""

import msgspec
from sqlalchemy import bindparam, delete, insert, select

from noctule_agent.wire.values import Millis

from . import tables as t
from .rows import SessionRow
from .writer import Tx

_INSERT = insert(t.session)
_GET = select(t.session).where(t.session.c.token_hash == bindparam("key"))
_DELETE = delete(t.session).where(t.session.c.token_hash == bindparam("key"))
_SWEEP = delete(t.session).where(t.session.c.expires_at <= bindparam("now"))


def create(tx: Tx, row: SessionRow) -> None:
    tx.conn.execute(_INSERT, msgspec.structs.asdict(row))


def get(tx: Tx, token_hash: str) -> SessionRow | None:
    """The session, expired or not: the caller has the clock."""
    row = tx.conn.execute(_GET, {"key": token_hash}).one_or_none()
    return None if row is None else SessionRow(**row._mapping)


def remove(tx: Tx, token_hash: str) -> None:
    """Idempotent."""
    tx.conn.execute(_DELETE, {"key": token_hash})


def sweep(tx: Tx, now: Millis) -> int:
    """Forget what has expired; how many."""
    return tx.conn.execute(_SWEEP, {"now": now}).rowcount
