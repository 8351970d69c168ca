"""Invitations, by the hash of their secret. Used once: whoever comes second finds it used."""

from sqlalchemy import bindparam, delete, insert, select, update

from noctule_agent.wire.values import Millis, UserId

from . import tables as t
from .rows import InvitationRow
from .writer import Tx

_COLUMNS = [t.invitation.c[name] for name in InvitationRow.__struct_fields__]
_INSERT = insert(t.invitation)
_GET = select(*_COLUMNS).where(t.invitation.c.hash == bindparam("key"))
_ALL = select(*_COLUMNS).order_by(t.invitation.c.created_at.desc(), t.invitation.c.id)
_USE = update(t.invitation).where(
    t.invitation.c.hash == bindparam("key"),
    t.invitation.c.used_at.is_(None),
    t.invitation.c.expires_at > bindparam("now"),
)
_DELETE = delete(t.invitation).where(t.invitation.c.id == bindparam("key"))
_SWEEP = delete(t.invitation).where(t.invitation.c.expires_at <= bindparam("before"))


def create(tx: Tx, row: InvitationRow) -> None:
    tx.conn.execute(_INSERT, {name: getattr(row, name) for name in InvitationRow.__struct_fields__})


def get(tx: Tx, secret_hash: str) -> InvitationRow | None:
    """Used, expired or neither."""
    row = tx.conn.execute(_GET, {"key": secret_hash}).one_or_none()
    return None if row is None else InvitationRow(**row._mapping)


def list_all(tx: Tx) -> list[InvitationRow]:
    """The newest first."""
    return [InvitationRow(**row._mapping) for row in tx.conn.execute(_ALL)]


def use(tx: Tx, secret_hash: str, by: UserId, now: Millis) -> bool:
    """Whether it was there to be used; then it is used from now on."""
    values = {"key": secret_hash, "now": now, "used_at": now, "used_by": by}
    return tx.conn.execute(_USE, values).rowcount > 0


def remove(tx: Tx, invitation: str) -> bool:
    """Whether it was there."""
    return tx.conn.execute(_DELETE, {"key": invitation}).rowcount > 0


def sweep(tx: Tx, before: Millis) -> int:
    """Forget those that expired before this moment; how many."""
    return tx.conn.execute(_SWEEP, {"before": before}).rowcount
