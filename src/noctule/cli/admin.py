"""`noctule admin`: accounts, tokens, teams, plans and the audit log, straight on the database of a data directory.

Whoever can read and write the data directory may do it, with no server or beside one: both databases let two write. A
server closes what is open by a right that ended here within REVIEW_SECONDS. The functions are those of the HTTP door.
"""

import asyncio
import getpass
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from noctule import instance
from noctule.accounts import audit
from noctule.accounts.audit import Wanted
from noctule.accounts.common import By
from noctule.accounts.people import Change
from noctule.accounts.plans import PlanChange
from noctule.accounts.principal import SERVER
from noctule.accounts.service import Accounts
from noctule.app import accounts_of
from noctule.cli.words import local, put, say
from noctule.config import Config
from noctule.errors import Invalid, NotFound
from noctule.store import Store, Tx, accounts, plans, teams
from noctule.store.rows import STANDARD, AccountRow, AuditRow, PlanRow, TeamRow
from noctule_agent.wire.values import Millis

WHO: Final = By(SERVER)
GB: Final = 1024**3


@asynccontextmanager
async def opened(config: Config) -> AsyncIterator[Accounts]:
    instance.prepare(config)
    store = await Store.open(config.database, config.blobs)
    try:
        yield accounts_of(config, store)
    finally:
        await store.close()


# --- users ------------------------------------------------------------------------------------------------------------


async def list_users(config: Config, *, json: bool) -> int:
    async with opened(config) as there:
        rows = await there.people.all()
        named = await there.means.store.read(lambda tx: {row.id: row.name for row in plans.list_all(tx)})
    if json:
        _json([_described(row) for row in rows])
        return 0
    _table(
        ["LOGIN", "NAME", "EMAIL", "ADMIN", "STATE", "PLAN", "QUOTA", "LAST SIGN-IN", "ID"],
        (
            [
                row.login,
                row.shown,
                row.email or "",
                "yes" if row.admin else "",
                "disabled" if row.disabled else "",
                named.get(row.plan, ""),
                _gb(row.quota),
                _moment(row.visited_at),
                row.id,
            ]
            for row in rows
        ),
    )
    return 0


async def invite(config: Config, *, email: str | None, admin: bool, days: int) -> int:
    async with opened(config) as there:
        _, secret = await there.invitations.make(WHO, email, admin=admin, days=days)
    put(link(config, secret))
    return 0


def link(config: Config, secret: str) -> str:
    """Where people reach the server: its public name, or where it answers now, or where it would."""
    reached = instance.reach(config.data)
    base = config.public_urls[0] if config.public_urls else None
    return f"{base or (reached.url if reached else f'http://{config.host}:{config.port}')}/invitation/{secret}"


async def change(config: Config, login: str, change: Change, done: str) -> int:
    async with opened(config) as there:
        row = await _user(there, login)
        await there.people.change(WHO, row.id, change)
    say(f"{row.login}: {done}")
    return 0


async def disable(config: Config, login: str, *, disabled: bool) -> int:
    return await change(config, login, Change(disabled=disabled), "disabled." if disabled else "enabled.")


async def make_admin(config: Config, login: str, *, admin: bool) -> int:
    return await change(config, login, Change(admin=admin), "an admin." if admin else "no admin any more.")


async def set_password(config: Config, login: str) -> int:
    """From the terminal, twice, or from standard input, once: never from an argument, which others may see."""
    password = _password() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    return await change(config, login, Change(password=password), "the password is set; all sessions ended.")


async def quota(config: Config, login: str, gb: float | None) -> int:
    done = "no quota of its own." if gb is None else f"{gb:g} GB."
    return await change(config, login, Change(quota=_bytes(gb)), done)


async def give_plan(config: Config, login: str, name: str) -> int:
    async with opened(config) as there:
        row, plan = await _user(there, login), await _plan(there, name)
        await there.people.change(WHO, row.id, Change(plan=plan.id))
    say(f"{row.login}: the plan {plan.name}.")
    return 0


async def delete(config: Config, login: str, *, yes: bool) -> int:
    async with opened(config) as there:
        row = await _user(there, login)
        question = f"Delete {row.login} ({row.shown}) and what it has? Type the login: "
        if not yes and await asyncio.to_thread(input, question) != row.login:
            raise Invalid("not-confirmed", "Nothing was deleted.")
        await there.people.remove(WHO, row.id)
    say(f"{row.login} is deleted. A server removes what it had: one that runs now, or the next one.")
    return 0


# --- tokens -----------------------------------------------------------------------------------------------------------


async def list_tokens(config: Config, login: str | None, *, json: bool) -> int:
    async with opened(config) as there:
        rows = [pair for pair in await there.tokens.all() if login is None or pair[1].login == login]
    if json:
        _json(
            [{**_without(row, "hash"), "scopes": sorted(row.scopes), "login": account.login} for row, account in rows]
        )
        return 0
    _table(
        ["ID", "LOGIN", "NAME", "SCOPES", "MADE", "EXPIRES", "LAST USED"],
        (
            [
                row.id,
                account.login,
                row.label,
                " ".join(sorted(row.scopes)),
                _moment(row.created_at),
                _moment(row.expires_at) or "never",
                _moment(row.used_at),
            ]
            for row, account in rows
        ),
    )
    return 0


async def revoke_token(config: Config, token: str) -> int:
    async with opened(config) as there:
        await there.tokens.revoke(WHO, None, token)
    say("The token is revoked.")
    return 0


# --- audit ------------------------------------------------------------------------------------------------------------


def wanted(who: str | None, what: str | None, since: datetime | None, until: datetime | None) -> Wanted:
    return Wanted(who, what, _millis(since), _millis(until))


async def list_audit(config: Config, wanted: Wanted, limit: int, *, json: bool) -> int:
    async with opened(config) as there:
        rows = await audit.page(there.means.store, wanted, limit)
        people = {row.id: row.login for row in await there.people.all()}
    if json:
        put("\n".join(audit.json_line(row).decode().rstrip() for row in rows))
        return 0
    _table(["WHEN", "WHO", "FROM", "WHAT", "ABOUT", "DETAIL"], (_told(row, people) for row in rows))
    return 0


def _told(row: AuditRow, people: dict[Any, str]) -> list[str]:
    detail = " ".join(f"{name}={value}" for name, value in row.detail.items())
    return [
        _moment(row.at),
        people.get(row.who, row.who),
        row.address,
        row.what,
        people.get(row.about, row.about),
        detail,
    ]


async def export_audit(config: Config, wanted: Wanted, kind: Literal["csv", "jsonl"], output: Path | None) -> int:
    async with opened(config) as there:
        target = sys.stdout.buffer if output is None else output.open("wb")
        try:
            async for part in audit.export(there.means.store, wanted, kind):
                target.write(part)
        finally:
            target.flush()
            if output is not None:
                target.close()
    return 0


# --- teams ------------------------------------------------------------------------------------------------------------


async def list_teams(config: Config, *, json: bool) -> int:
    async with opened(config) as there:
        rows = await there.teams.all()
    if json:
        _json([{"id": row.id, "name": row.name, "members": [each.login for each in people]} for row, people in rows])
        return 0
    _table(["NAME", "MEMBERS", "ID"], ([row.name, " ".join(each.login for each in all_), row.id] for row, all_ in rows))
    return 0


async def make_team(config: Config, name: str) -> int:
    async with opened(config) as there:
        put((await there.teams.make(WHO, name)).id)
    return 0


async def delete_team(config: Config, name: str) -> int:
    async with opened(config) as there:
        await there.teams.remove(WHO, (await _team(there, name)).id)
    say(f"The team {name} is deleted.")
    return 0


async def put_into_team(config: Config, name: str, logins: Sequence[str], *, leave: bool) -> int:
    async with opened(config) as there:
        team = await _team(there, name)
        for row in [await _user(there, login) for login in logins]:
            await (there.teams.leave if leave else there.teams.join)(WHO, team.id, row.id)
    say(f"{', '.join(logins)}: {'out of' if leave else 'in'} the team {name}.")
    return 0


# --- plans ------------------------------------------------------------------------------------------------------------


async def list_plans(config: Config, *, json: bool) -> int:
    async with opened(config) as there:
        rows = await there.plans.all()
    if json:
        _json([{**msgspec.structs.asdict(row), "standard": row.id == STANDARD, "accounts": held} for row, held in rows])
        return 0
    _table(
        ["NAME", "FILES", "RUNTIMES", "ACCOUNTS", "", "ID"],
        (
            [
                row.name,
                _gb(row.quota) or "no bound",
                "no bound" if row.runtimes is None else str(row.runtimes),
                str(held),
                "standard" if row.id == STANDARD else "",
                row.id,
            ]
            for row, held in rows
        ),
    )
    return 0


async def make_plan(config: Config, name: str, gb: float | None, runtimes: int | None) -> int:
    async with opened(config) as there:
        put((await there.plans.make(WHO, name, _bytes(gb), runtimes)).id)
    return 0


async def change_plan(config: Config, name: str, new: str | None, gb: float | None, runtimes: int | None) -> int:
    """What is None stays; below nothing is no bound."""
    given: dict[str, Any] = {"name": new, "quota": gb, "runtimes": runtimes}
    values = {key: value for key, value in given.items() if value is not None}
    if gb is not None:
        values["quota"] = None if gb < 0 else _bytes(gb)
    if runtimes is not None and runtimes < 0:
        values["runtimes"] = None
    async with opened(config) as there:
        row, _ = await there.plans.change(WHO, (await _plan(there, name)).id, PlanChange(**values))
    say(f"The plan {row.name} is changed.")
    return 0


async def delete_plan(config: Config, name: str) -> int:
    async with opened(config) as there:
        await there.plans.remove(WHO, (await _plan(there, name)).id)
    say(f"The plan {name} is deleted.")
    return 0


# --- what they share --------------------------------------------------------------------------------------------------


async def _user(there: Accounts, login: str) -> AccountRow:
    row = await there.means.store.read(lambda tx: accounts.by_name(tx, login.strip().lower()))
    if row is None:
        raise NotFound("account-not-found", f"There is no account {login}.", "`noctule admin users list` shows them.")
    return row


async def _team(there: Accounts, name: str) -> TeamRow:
    def read(tx: Tx) -> TeamRow:
        row = teams.by_name(tx, name)
        if row is None:
            raise NotFound("team-not-found", f"There is no team {name}.", "`noctule admin teams list` shows them.")
        return row

    return await there.means.store.read(read)


async def _plan(there: Accounts, name: str) -> PlanRow:
    found = next((row for row, _ in await there.plans.all() if row.name == name.strip()), None)
    if found is None:
        raise NotFound("plan-not-found", f"There is no plan {name}.", "`noctule admin plans list` shows them.")
    return found


def _described(row: AccountRow) -> dict[str, Any]:
    return {**_without(row, "password"), "has_password": row.password is not None}


def _without(row: msgspec.Struct, secret: str) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(row).items() if name != secret}


def _bytes(gb: float | None) -> int | None:
    return None if gb is None else int(gb * GB)


def _gb(size: int | None) -> str:
    return "" if size is None else f"{size / GB:g} GB"


def _password() -> str:
    password = getpass.getpass("New password: ")
    if getpass.getpass("Again: ") != password:
        raise Invalid("password-differs", "The two are not the same.", "Nothing was changed.")
    return password


def _moment(at: Millis | None) -> str:
    return "" if at is None else local(datetime.fromtimestamp(at / 1000, UTC))


def _millis(at: datetime | None) -> Millis | None:
    return None if at is None else Millis(int(at.astimezone().timestamp() * 1000))


def _json(value: Any) -> None:
    put(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """As wide as the terminal; what people wrote is shown as it is, and never as markup."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in head:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console = Console()
    if not console.is_terminal:
        console = Console(width=400)
    console.print(table)
