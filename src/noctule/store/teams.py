"""Teams and who is in them."""

from itertools import islice

from sqlalchemy import bindparam, delete, insert, select, update

from noctule.errors import Conflict, NotFound
from noctule_agent.wire.values import UserId

from . import grants
from . import tables as t
from .rows import AccountRow, TeamRow
from .writer import Tx

_THIS = t.team.c.id == bindparam("key")
_ALL = select(t.team).order_by(t.team.c.name)
_GET = select(t.team).where(_THIS)
_BY_NAME = select(t.team).where(t.team.c.name == bindparam("key"))
_INSERT = insert(t.team)
_RENAME = update(t.team).where(_THIS)
_DELETE = delete(t.team).where(_THIS)

_PEOPLE = [t.account.c[name] for name in AccountRow.__struct_fields__]
_MEMBER = (t.member.c.team == bindparam("of")) & (t.member.c.account == bindparam("who"))
_MEMBERS = (
    select(*_PEOPLE)
    .join(t.member, t.member.c.account == t.account.c.id)
    .where(t.member.c.team == bindparam("of"))
    .order_by(t.account.c.login)
)
_IS_MEMBER = select(t.member.c.team).where(_MEMBER)
_JOIN = insert(t.member)
_LEAVE = delete(t.member).where(_MEMBER)
_TEAMS_OF = select(t.member.c.team).where(t.member.c.account == bindparam("who"))


def create(tx: Tx, row: TeamRow) -> None:
    """Raises Conflict (team-taken)."""
    _check_free(tx, row.id, row.name)
    tx.conn.execute(_INSERT, {"id": row.id, "name": row.name, "created_at": row.created_at})


def get(tx: Tx, team: str) -> TeamRow:
    """Raises NotFound."""
    row = tx.conn.execute(_GET, {"key": team}).one_or_none()
    if row is None:
        raise NotFound("team-not-found", "There is no such team.", "It may have been deleted.")
    return TeamRow(**row._mapping)


def by_name(tx: Tx, name: str) -> TeamRow | None:
    row = tx.conn.execute(_BY_NAME, {"key": name}).one_or_none()
    return None if row is None else TeamRow(**row._mapping)


def list_all(tx: Tx) -> list[TeamRow]:
    return [TeamRow(**row._mapping) for row in tx.conn.execute(_ALL)]


def search(tx: Tx, words: str, most: int) -> list[TeamRow]:
    """Those whose names have the words, in any case."""
    low = words.casefold()
    return list(islice((row for row in list_all(tx) if low in row.name.casefold()), most))


def some(tx: Tx, ids: list[str]) -> list[TeamRow]:
    return [TeamRow(**row._mapping) for row in tx.conn.execute(_ALL.where(t.team.c.id.in_(ids)))]


def rename(tx: Tx, team: str, name: str) -> None:
    """Raises NotFound, Conflict (team-taken)."""
    get(tx, team)
    _check_free(tx, team, name)
    tx.conn.execute(_RENAME, {"key": team, "name": name})


def remove(tx: Tx, team: str) -> bool:
    """Whether it was there. What was granted to it is granted no more."""
    grants.forget(tx, "team", team)
    return tx.conn.execute(_DELETE, {"key": team}).rowcount > 0


def members(tx: Tx, team: str) -> list[AccountRow]:
    return [AccountRow(**row._mapping) for row in tx.conn.execute(_MEMBERS, {"of": team})]


def join(tx: Tx, team: str, account: UserId) -> bool:
    """Whether it was not a member before. Both are there."""
    if tx.conn.execute(_IS_MEMBER, {"of": team, "who": account}).one_or_none() is not None:
        return False
    tx.conn.execute(_JOIN, {"team": team, "account": account})
    return True


def leave(tx: Tx, team: str, account: UserId) -> bool:
    """Whether it was a member."""
    return tx.conn.execute(_LEAVE, {"of": team, "who": account}).rowcount > 0


def of_account(tx: Tx, account: UserId) -> frozenset[str]:
    return frozenset(tx.conn.execute(_TEAMS_OF, {"who": account}).scalars())


def _check_free(tx: Tx, team: str, name: str) -> None:
    other = by_name(tx, name)
    if other is not None and other.id != team:
        raise Conflict("team-taken", "There is a team of this name already.", f"Choose another name than {name}.")
