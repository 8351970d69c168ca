"""Accounts: made, changed, disabled, deleted. It may not know HTTP; that the asker may is checked by who calls.

There is always an admin who can sign in: what would take the last one away is refused.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from noctule.accounts import audit, invitations
from noctule.accounts.audit import What
from noctule.accounts.common import USER, By, Means, Visitor, by, check_team
from noctule.accounts.names import checked_email, checked_login, checked_password, checked_shown
from noctule.accounts.plans import ensure_standard
from noctule.accounts.principal import Principal, check_in_person
from noctule.accounts.sessions import Sessions
from noctule.accounts.signing_in import SigningIn
from noctule.errors import Conflict, Forbidden, Invalid
from noctule.store import Tx, accounts, leaving, plans, sessions
from noctule.store.rows import AccountRow
from noctule_agent.wire.limits import PEOPLE_FOUND
from noctule_agent.wire.values import UserId

GONE: Final = "This account was disabled or deleted."
SEARCH_CHARS: Final = 100


class NewPerson(msgspec.Struct, frozen=True):
    """What somebody who makes an account says. `password` None: it signs in elsewhere, or gets one later."""

    login: str
    password: str | None = None
    shown: str = ""
    email: str | None = None
    admin: bool = False


class Change(msgspec.Struct, frozen=True):
    """What an admin changes of an account; UNSET stays. `quota`: bytes of its own, None for what the plan says."""

    shown: str | msgspec.UnsetType = msgspec.UNSET
    email: str | msgspec.UnsetType | None = msgspec.UNSET
    admin: bool | msgspec.UnsetType = msgspec.UNSET
    disabled: bool | msgspec.UnsetType = msgspec.UNSET
    quota: int | msgspec.UnsetType | None = msgspec.UNSET
    plan: str | msgspec.UnsetType = msgspec.UNSET
    password: str | msgspec.UnsetType = msgspec.UNSET


class People:
    """See the module."""

    def __init__(self, means: Means, sessions: Sessions, signing_in: SigningIn) -> None:
        self._means = means
        self._sessions = sessions
        self._signing_in = signing_in

    # --- making ---------------------------------------------------------------------------------------------------

    async def sign_up(
        self, person: NewPerson, invitation: str | None, visitor: Visitor, old: str | None
    ) -> tuple[AccountRow, str]:
        """An account of one's own, and what the cookie holds. Raises Forbidden, NotFound, Conflict, Invalid, TooMany."""
        check_team(self._means.rules)
        if invitation is None and self._means.rules.sign_up != "open":
            raise Forbidden("sign-up-closed", "An account needs an invitation.", "Ask who runs this server for one.")
        self._signing_in.attempts.take(visitor.address, None, self._means.clock.now())
        if person.password is None:
            raise Invalid("password-length", "An account needs a password.")
        row, work = await self.making(msgspec.structs.replace(person, admin=False), invitation, visitor)
        secret, begin = self._sessions.beginning(row.id, visitor, old, "sign-up")

        def write(tx: Tx) -> tuple[AccountRow, list[str]]:
            made = work(tx)
            return made, begin(tx)

        made, ended = await self._means.store.write(write)
        self._sessions.closed(ended)
        return made, secret

    async def making(
        self, person: NewPerson, invitation: str | None, visitor: Visitor
    ) -> tuple[AccountRow, Callable[[Tx], AccountRow]]:
        """(the account as it will be, the work that makes it). What the invitation says comes on top."""
        row, now = await self._row(person), self._means.clock.now()

        def work(tx: Tx) -> AccountRow:
            made = row
            if invitation is not None:
                invited = invitations.use(tx, now, invitation, row.id, visitor.address)
                if invited.email is not None and row.email not in (None, invited.email):
                    raise Conflict("invitation-email", "The invitation is for another email.", "Use that one.")
                made = msgspec.structs.replace(row, email=invited.email or row.email, admin=invited.admin)
            ensure_standard(tx, self._means.rules)
            accounts.create(tx, made)
            who = By(made.id, visitor.address)
            audit.note(tx, now, who, What.ACCOUNT_MADE, made.id, login=made.login, admin=made.admin)
            return made

        return row, work

    async def make(self, who: By, person: NewPerson) -> AccountRow:
        """For somebody else. Raises Conflict, Invalid."""
        check_team(self._means.rules)
        row, now = await self._row(person), self._means.clock.now()

        def work(tx: Tx) -> AccountRow:
            ensure_standard(tx, self._means.rules)
            accounts.create(tx, row)
            audit.note(tx, now, who, What.ACCOUNT_MADE, row.id, login=row.login, admin=row.admin)
            return row

        return await self._means.store.write(work)

    async def _row(self, person: NewPerson) -> AccountRow:
        login = checked_login(person.login)
        shown, email = checked_shown(person.shown, login), checked_email(person.email)
        password = None
        if person.password is not None:
            password = await self._means.passwords.hash(checked_password(person.password, login))
        return AccountRow(
            id=UserId(self._means.ids.new()),
            login=login,
            shown=shown,
            created_at=self._means.clock.now(),
            email=email,
            password=password,
            admin=person.admin,
        )

    # --- looking --------------------------------------------------------------------------------------------------

    async def get(self, account: UserId) -> AccountRow:
        """Raises NotFound."""
        return await self._means.store.read(lambda tx: accounts.need(tx, account))

    async def all(self) -> list[AccountRow]:
        return await self._means.store.read(accounts.list_all)

    async def search(self, words: str) -> list[AccountRow]:
        """By the beginning of a login, a part of a name, or a whole email."""
        plain = words.strip()[:SEARCH_CHARS]
        if not plain or "\0" in plain:
            return []
        return await self._means.store.read(lambda tx: accounts.search(tx, plain, PEOPLE_FOUND))

    async def some(self, ids: list[UserId]) -> list[AccountRow]:
        wanted = [each for each in ids if "\0" not in each]
        return await self._means.store.read(lambda tx: accounts.some(tx, wanted))

    async def issuers(self, account: UserId) -> list[str]:
        return await self._means.store.read(lambda tx: accounts.issuers(tx, account))

    # --- one's own ------------------------------------------------------------------------------------------------

    async def change_mine(
        self, principal: Principal, shown: str | None, email: str | msgspec.UnsetType | None
    ) -> AccountRow:
        """Raises Forbidden, Invalid, Conflict."""
        check_in_person(principal)
        before, now = await self.get(principal.account), self._means.clock.now()
        values: dict[str, Any] = {}
        if shown is not None:
            values["shown"] = checked_shown(shown, before.login)
        if email is not msgspec.UNSET:
            values["email"] = checked_email(email)

        def work(tx: Tx) -> AccountRow:
            row = accounts.change(tx, principal.account, **values)
            audit.note(tx, now, by(principal), What.ACCOUNT_CHANGED, row.id, changed=sorted(values))
            return row

        return await self._means.store.write(work)

    async def change_password(self, principal: Principal, old: str, new: str) -> None:
        """All other sessions end. Raises Forbidden, Invalid, TooMany."""
        check_team(self._means.rules)
        check_in_person(principal)
        row, now = await self.get(principal.account), self._means.clock.now()
        checked_password(new, row.login)
        await self._signing_in.confirm(principal, row, old)
        made = await self._means.passwords.hash(new)

        def work(tx: Tx) -> None:
            accounts.change(tx, row.id, password=made)
            sessions.end_others(tx, row.id, principal.session)
            audit.note(tx, now, by(principal), What.PASSWORD_CHANGED, row.id)

        await self._means.store.write(work)
        self._sessions.closed_but(row.id, principal.session)

    async def leave(self, principal: Principal, password: str) -> None:
        """Delete one's own account. Raises Forbidden, Conflict (last-admin), TooMany."""
        check_team(self._means.rules)
        check_in_person(principal)
        row = await self.get(principal.account)
        await self._signing_in.confirm(principal, row, password)
        await self.remove(by(principal), row.id)

    # --- for who manages ------------------------------------------------------------------------------------------

    async def change(self, who: By, account: UserId, change: Change) -> AccountRow:
        """Raises NotFound, Invalid, Conflict (last-admin, email-taken, personal-mode)."""
        if change.plan is not msgspec.UNSET:
            check_team(self._means.rules)
        before, now = await self.get(account), self._means.clock.now()
        values = await self._values(before, change)

        def work(tx: Tx) -> AccountRow:
            row = accounts.need(tx, account)
            if row.admin and not row.disabled and (values.get("admin") is False or values.get("disabled") is True):
                _check_not_last(tx, row)
            if "plan" in values:
                ensure_standard(tx, self._means.rules)
                plans.need(tx, values["plan"])
            changed = accounts.change(tx, account, **values)
            if "password" in values or values.get("disabled"):
                sessions.end_others(tx, account, None)
            for what, detail in _told(row, changed):
                audit.note(tx, now, who, what, account, **detail)
            return changed

        row = await self._means.store.write(work)
        if row.disabled:
            self._means.live.end(lambda each: each.account == account, GONE)
        elif "password" in values:
            self._sessions.closed_but(account, None)
        return row

    async def _values(self, before: AccountRow, change: Change) -> dict[str, Any]:
        values = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not msgspec.UNSET}
        if "shown" in values:
            values["shown"] = checked_shown(values["shown"], before.login)
        if "email" in values:
            values["email"] = checked_email(values["email"])
        if "password" in values:
            values["password"] = await self._means.passwords.hash(checked_password(values["password"], before.login))
        return values

    async def remove(self, who: By, account: UserId) -> None:
        """Delete an account. What it had goes after that, whatever stops in between (rooms/leaving.py).

        Raises NotFound, Conflict (last-admin).
        """
        if account == USER and not self._means.rules.team:
            raise Conflict("last-admin", "This server has one user.", "It cannot be without.")
        now = self._means.clock.now()

        def work(tx: Tx) -> None:
            found = accounts.need(tx, account)
            _check_not_last(tx, found)
            accounts.remove(tx, account)
            leaving.begin(tx, account, now)
            audit.note(tx, now, who, What.ACCOUNT_DELETED, account, login=found.login)

        await self._means.store.write(work)
        self._means.live.end(lambda each: each.account == account, GONE)
        self._means.left.set()


def _check_not_last(tx: Tx, row: AccountRow) -> None:
    """Raises Conflict when no admin who can sign in would be left."""
    if row.admin and not row.disabled and accounts.other_admins(tx, row.id) == 0:
        raise Conflict("last-admin", "This is the last admin.", "Make another account an admin first.")


def _told(before: AccountRow, after: AccountRow) -> list[tuple[What, dict[str, Any]]]:
    """What the log says of a change."""
    told: list[tuple[What, dict[str, Any]]] = []
    if before.disabled != after.disabled:
        told.append((What.ACCOUNT_DISABLED if after.disabled else What.ACCOUNT_ENABLED, {"login": after.login}))
    if before.admin != after.admin:
        told.append((What.ACCOUNT_ADMIN, {"login": after.login, "admin": after.admin}))
    if before.quota != after.quota:
        told.append((What.ACCOUNT_QUOTA, {"login": after.login, "quota": after.quota}))
    if before.plan != after.plan:
        told.append((What.ACCOUNT_PLAN, {"login": after.login, "plan": after.plan}))
    if before.password != after.password:
        told.append((What.PASSWORD_CHANGED, {"login": after.login}))
    changed = [name for name in ("shown", "email") if getattr(before, name) != getattr(after, name)]
    if changed:
        told.append((What.ACCOUNT_CHANGED, {"login": after.login, "changed": changed}))
    return told
