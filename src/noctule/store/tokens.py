"""Personal access tokens, by their hash. Scopes are words with spaces between; what they mean is not known here."""

from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from noctule_agent.wire.values import Millis, UserId

from . import tables as t
from .rows import AccountRow, TokenRow
from .writer import Tx

_COLUMNS = [t.token.c[name] for name in TokenRow.__struct_fields__]
_ACCOUNT = [t.account.c[name].label(f"account_{name}") for name in AccountRow.__struct_fields__]
_INSERT = insert(t.token)
_JOINED = select(*_COLUMNS, *_ACCOUNT).join(t.account, t.account.c.id == t.token.c.account)
_GET = _JOINED.where(t.token.c.hash == bindparam("key"))
_OF = select(*_COLUMNS).where(t.token.c.account == bindparam("owner")).order_by(t.token.c.created_at, t.token.c.id)
_ALL = _JOINED.order_by(t.account.c.login, t.token.c.created_at, t.token.c.id)
_USED = update(t.token).where(t.token.c.id == bindparam("key"))
_END = delete(t.token).where(t.token.c.id == bindparam("key"))
_SWEEP = delete(t.token).where(t.token.c.expires_at <= bindparam("now"))


def create(tx: Tx, row: TokenRow) -> None:
    values = {name: getattr(row, name) for name in TokenRow.__struct_fields__}
    tx.conn.execute(_INSERT, {**values, "label": row.label.encode(), "scopes": " ".join(sorted(row.scopes))})


def get(tx: Tx, token_hash: str) -> tuple[TokenRow, AccountRow] | None:
    """The token, expired or not (the caller has the clock), and whose it is."""
    row = tx.conn.execute(_GET, {"key": token_hash}).mappings().one_or_none()
    return None if row is None else (_token(row), _account(row))


def of_account(tx: Tx, account: UserId) -> list[TokenRow]:
    return [_token(row) for row in tx.conn.execute(_OF, {"owner": account}).mappings()]


def list_all(tx: Tx) -> list[tuple[TokenRow, AccountRow]]:
    return [(_token(row), _account(row)) for row in tx.conn.execute(_ALL).mappings()]


def ids_living(tx: Tx, now: Millis) -> set[str]:
    """Of all tokens of accounts that are not disabled."""
    rows = list_all(tx)
    return {
        row.id for row, account in rows if not account.disabled and (row.expires_at is None or row.expires_at > now)
    }


def used(tx: Tx, token: str, now: Millis, before: Millis) -> bool:
    """Note that it was used, when the last note is not of after `before`. Whether it was the first time."""
    # Of two at once only one finds it unused: one transaction writes at a time, or waits for the other's row.
    first = tx.conn.execute(_USED.where(t.token.c.used_at.is_(None)), {"key": token, "used_at": now}).rowcount > 0
    if not first:
        tx.conn.execute(_USED.where(t.token.c.used_at <= bindparam("b")), {"key": token, "b": before, "used_at": now})
    return first


def end(tx: Tx, account: UserId | None, token: str) -> bool:
    """Whether there was such a token, of this account, or of any when None."""
    mine = _END if account is None else _END.where(t.token.c.account == account)
    return tx.conn.execute(mine, {"key": token}).rowcount > 0


def sweep(tx: Tx, now: Millis) -> int:
    """Forget what has expired; how many."""
    return tx.conn.execute(_SWEEP, {"now": now}).rowcount


def _token(row: Any) -> TokenRow:
    values = {name: row[name] for name in TokenRow.__struct_fields__}
    scopes = frozenset(row["scopes"].split())
    return TokenRow(**{**values, "label": bytes(row["label"]).decode(), "scopes": scopes})


def _account(row: Any) -> AccountRow:
    return AccountRow(**{name: row[f"account_{name}"] for name in AccountRow.__struct_fields__})
