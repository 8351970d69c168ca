"""Rows of accounts, and of the identities by which OpenID Connect knows them. Logins and emails come here in lower case."""

from itertools import islice
from typing import Any

from sqlalchemy import Row, bindparam, delete, exists, func, insert, or_, select, update

from noctule.errors import Conflict, NotFound
from noctule_agent.wire.limits import VISIT_SECONDS
from noctule_agent.wire.values import Millis, UserId

from . import grants
from . import tables as t
from .rows import AccountRow
from .writer import Tx

_COLUMNS = [t.account.c[name] for name in AccountRow.__struct_fields__]
_ALL = select(*_COLUMNS).order_by(t.account.c.login)
_ENABLED = _ALL.where(~t.account.c.disabled)
_GET = select(*_COLUMNS).where(t.account.c.id == bindparam("key"))
_BY_LOGIN = select(*_COLUMNS).where(t.account.c.login == bindparam("key"))
_BY_EMAIL = select(*_COLUMNS).where(t.account.c.email == bindparam("key"))
_SOME = select(*_COLUMNS).where(t.account.c.id.in_(bindparam("ids", expanding=True)))
_INSERT = insert(t.account)
_UPDATE = update(t.account).where(t.account.c.id == bindparam("key"))
_DELETE = delete(t.account).where(t.account.c.id == bindparam("key"))

_IDENTIFIED = (
    select(*_COLUMNS)
    .join(t.identity, t.identity.c.account == t.account.c.id)
    .where(t.identity.c.issuer == bindparam("by"), t.identity.c.subject == bindparam("name"))
)
_ISSUERS = select(t.identity.c.issuer).where(t.identity.c.account == bindparam("key")).distinct()
_IDENTIFY = insert(t.identity)

_CAN_COME_IN = or_(t.account.c.password.is_not(None), exists().where(t.identity.c.account == t.account.c.id))
_ADMINS = (
    select(func.count())
    .select_from(t.account)
    .where(t.account.c.admin, ~t.account.c.disabled, _CAN_COME_IN, t.account.c.id != bindparam("but"))
)


def create(tx: Tx, row: AccountRow) -> None:
    """Raises Conflict: login-taken, email-taken."""
    _check_free(tx, row.id, row.login, row.email)
    tx.conn.execute(_INSERT, {name: getattr(row, name) for name in AccountRow.__struct_fields__})


def get(tx: Tx, account: UserId) -> AccountRow | None:
    return _one(tx, _GET, account)


def need(tx: Tx, account: UserId) -> AccountRow:
    """Raises NotFound."""
    row = get(tx, account)
    if row is None:
        raise NotFound("account-not-found", "There is no such account.", "It may have been deleted.")
    return row


def by_name(tx: Tx, name: str) -> AccountRow | None:
    """By login, or by email: no login holds an @."""
    return _one(tx, _BY_EMAIL if "@" in name else _BY_LOGIN, name)


def by_email(tx: Tx, email: str) -> AccountRow | None:
    return _one(tx, _BY_EMAIL, email)


def by_identity(tx: Tx, issuer: str, subject: str) -> AccountRow | None:
    row = tx.conn.execute(_IDENTIFIED, {"by": issuer, "name": subject}).one_or_none()
    return None if row is None else AccountRow(**row._mapping)


def identify(tx: Tx, account: UserId, issuer: str, subject: str) -> None:
    """From now on this subject of this issuer is the account. Raises Conflict when it is another one."""
    known = by_identity(tx, issuer, subject)
    if known is None:
        tx.conn.execute(_IDENTIFY, {"account": account, "issuer": issuer, "subject": subject})
    elif known.id != account:
        raise Conflict("identity-taken", "This sign-in belongs to another account.", "Sign in with that one.")


def issuers(tx: Tx, account: UserId) -> list[str]:
    """Who else vouches for the account."""
    return list(tx.conn.execute(_ISSUERS, {"key": account}).scalars())


def list_all(tx: Tx) -> list[AccountRow]:
    return [AccountRow(**row._mapping) for row in tx.conn.execute(_ALL)]


def some(tx: Tx, ids: list[UserId]) -> list[AccountRow]:
    return [AccountRow(**row._mapping) for row in tx.conn.execute(_SOME, {"ids": ids})]


def search(tx: Tx, words: str, most: int) -> list[AccountRow]:
    """Enabled accounts whose login begins with the words, whose name has them, or whose email they are exactly, in any case."""
    low = words.casefold()

    def fits(row: Row[Any]) -> bool:
        # Compared here: SQLite folds A to Z alone, and PostgreSQL what its locale knows.
        return row.login.startswith(low) or low in row.shown.casefold() or row.email == words.lower()

    return [AccountRow(**row._mapping) for row in islice(filter(fits, tx.conn.execute(_ENABLED)), most)]


def change(tx: Tx, account: UserId, **values: Any) -> AccountRow:
    """Set columns; the row as it is then. Raises NotFound, Conflict (login-taken, email-taken)."""
    row = need(tx, account)
    if values:
        _check_free(tx, account, values.get("login", row.login), values.get("email", row.email))
        tx.conn.execute(_UPDATE, {"key": account, **values})
    return need(tx, account)


def visited(tx: Tx, account: UserId, now: Millis) -> None:
    """They are here. Whoever was away for VISIT_SECONDS begins a visit, and left when they were last seen."""
    seen = need(tx, account).visited_at
    left = {"left_at": seen} if seen is not None and now - seen > VISIT_SECONDS * 1000 else {}
    tx.conn.execute(_UPDATE, {"key": account, "visited_at": now, **left})


def remove(tx: Tx, account: UserId) -> None:
    """Remove it and its sessions, tokens, identities, memberships, requests, and what was granted to it. Idempotent."""
    grants.forget(tx, "user", account)
    tx.conn.execute(_DELETE, {"key": account})


def other_admins(tx: Tx, but: UserId | None = None) -> int:
    """How many enabled admins can sign in, this one not counted."""
    return tx.conn.execute(_ADMINS, {"but": but or ""}).scalar_one()


def _check_free(tx: Tx, account: UserId, login: str, email: str | None) -> None:
    other = _one(tx, _BY_LOGIN, login)
    if other is not None and other.id != account:
        raise Conflict("login-taken", "There is an account of this login already.", f"Choose another than {login}.")
    other = None if email is None else _one(tx, _BY_EMAIL, email)
    if other is not None and other.id != account:
        raise Conflict("email-taken", "There is an account with this email already.", "Sign in with that one.")


def _one(tx: Tx, query: Any, key: str) -> AccountRow | None:
    if "\0" in key:
        return None  # PostgreSQL would refuse to look
    row = tx.conn.execute(query, {"key": key}).one_or_none()
    return None if row is None else AccountRow(**row._mapping)
