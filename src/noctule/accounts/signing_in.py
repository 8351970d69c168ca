"""Signing in by password, and saying it again before something grave. It may not know HTTP.

Attempts are counted by address and by account before any work is done. A login that nobody has, an account without a
password and a wrong password have one answer, after the same work; only who knows the password learns that the account is
disabled.
"""

from collections.abc import Callable

from noctule.accounts import audit
from noctule.accounts.audit import LOGIN_CHARS, What
from noctule.accounts.buckets import Buckets
from noctule.accounts.common import By, Means, Visitor, check_team, neighbourhood
from noctule.accounts.principal import Principal
from noctule.accounts.sessions import Sessions
from noctule.errors import Forbidden, TooMany, Unauthorized
from noctule.store import Tx, accounts
from noctule.store.rows import AccountRow
from noctule_agent.wire import limits
from noctule_agent.wire.values import Millis


class Attempts:
    """How often somebody may still try, from an address and for an account."""

    def __init__(self) -> None:
        self._addresses = Buckets(limits.SIGN_INS_PER_ADDRESS, limits.SIGN_IN_ADDRESS_SECONDS, limits.SIGN_IN_NAMES)
        self._accounts = Buckets(limits.SIGN_INS_PER_ACCOUNT, limits.SIGN_IN_ACCOUNT_SECONDS, limits.SIGN_IN_NAMES)

    def take(self, address: str, account: str | None, now: Millis) -> None:
        """Raises TooMany, and takes nothing then."""
        near = neighbourhood(address)
        wait = self._addresses.wait(near, now)
        if account is not None:
            wait = max(wait, self._accounts.wait(account, now))
        if wait:
            raise TooMany("too-many-attempts", "There were too many attempts.", f"Try again in {wait} s.", wait)
        self._addresses.take(near, now)
        if account is not None:
            self._accounts.take(account, now)

    def forgive(self, address: str, account: str | None, now: Millis) -> None:
        """It was right: it does not count."""
        self._addresses.give_back(neighbourhood(address), now)
        if account is not None:
            self._accounts.give_back(account, now)


class SigningIn:
    """See the module."""

    def __init__(self, means: Means, sessions: Sessions) -> None:
        self._means = means
        self._sessions = sessions
        self.attempts = Attempts()

    async def by_password(
        self,
        name: str,
        password: str,
        visitor: Visitor,
        old: str | None,
        also: Callable[[Tx, AccountRow], None] | None = None,
    ) -> tuple[AccountRow, str]:
        """(the account, what the cookie holds). `old`: the session that the browser had. `also` is done with it.

        Raises Unauthorized, Forbidden (account-disabled), TooMany.
        """
        check_team(self._means.rules)
        typed = name.strip().lower()
        row = await self._means.store.read(lambda tx: accounts.by_name(tx, typed))
        counted = row.id if row is not None else f"? {typed[:LOGIN_CHARS]}"
        now = self._means.clock.now()
        self.attempts.take(visitor.address, counted, now)
        right = await self._means.passwords.verify(None if row is None else row.password, password)
        if row is None or not right:
            await self._failed(typed, visitor, "wrong")
            raise Unauthorized("sign-in-refused", "The login or the password is wrong.", "Check both and try again.")
        if row.disabled:
            await self._failed(typed, visitor, "disabled")
            raise Forbidden("account-disabled", "This account is disabled.", "Ask who runs this server.")
        self.attempts.forgive(visitor.address, counted, now)
        await self._rehash(row, password)
        return row, await self._begin(row, visitor, old, also)

    async def _begin(
        self, row: AccountRow, visitor: Visitor, old: str | None, also: Callable[[Tx, AccountRow], None] | None
    ) -> str:
        secret, work = self._sessions.beginning(row.id, visitor, old, "password")

        def write(tx: Tx) -> list[str]:
            if also is not None:
                also(tx, row)
            return work(tx)

        self._sessions.closed(await self._means.store.write(write))
        return secret

    async def _rehash(self, row: AccountRow, password: str) -> None:
        """With today's parameters, where the hash was made with others."""
        if row.password is None or not self._means.passwords.outdated(row.password):
            return
        made = await self._means.passwords.hash(password)

        def work(tx: Tx) -> None:
            now = accounts.get(tx, row.id)
            if now is not None and now.password == row.password:
                accounts.change(tx, row.id, password=made)

        await self._means.store.write(work)

    async def confirm(self, principal: Principal, row: AccountRow, password: str) -> None:
        """Whoever sits there knows the password, or, without one, has signed in just now. Raises Forbidden, TooMany."""
        if row.password is None:
            await self._check_fresh(principal)
            return
        now = self._means.clock.now()
        self.attempts.take(principal.address, row.id, now)
        if not await self._means.passwords.verify(row.password, password):
            raise Forbidden("password-wrong", "The password is wrong.", "Give the one that you sign in with.")
        self.attempts.forgive(principal.address, row.id, now)

    async def _check_fresh(self, principal: Principal) -> None:
        since = self._means.clock.now() - limits.FRESH_SECONDS * 1000
        mine = await self._sessions.mine(principal)
        if not any(each.id == principal.session and each.created_at >= since for each in mine):
            raise Forbidden("sign-in-again", "You signed in a while ago.", "Sign out, sign in again, and do it then.")

    async def _failed(self, typed: str, visitor: Visitor, why: str) -> None:
        now = self._means.clock.now()
        shown = typed[:LOGIN_CHARS]

        def work(tx: Tx) -> None:
            audit.note(tx, now, By("", visitor.address), What.SIGN_IN_FAILED, "", login=shown, why=why)

        await self._means.store.write(work)
