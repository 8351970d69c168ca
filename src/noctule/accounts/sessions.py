"""Browsers that are signed in. The database has a hash of what the cookie holds. It may not know HTTP.

A sign-in always makes a new session and ends the one that the browser came with: whoever put that one there, or saw it,
has nothing (fixation).
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable

from noctule.accounts import audit
from noctule.accounts.audit import What
from noctule.accounts.common import AGENT_CHARS, NOTED_MS, USER, By, Means, Visitor, by, days_from, digest, held_by
from noctule.accounts.principal import Principal
from noctule.errors import NotFound, Unauthorized
from noctule.store import Tx, accounts, sessions
from noctule.store.rows import SessionRow
from noctule_agent.wire.limits import SESSION_DAYS, SESSIONS_PER_ACCOUNT
from noctule_agent.wire.values import Millis, UserId

SIGNED_OUT = "You are signed out."


class Sessions:
    """See the module."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def beginning(
        self, account: UserId, visitor: Visitor, old: str | None, how: str
    ) -> tuple[str, Callable[[Tx], list[str]]]:
        """(what the cookie will hold, the work that makes it so). The work gives the sessions that it ended."""
        secret, now = secrets.token_urlsafe(32), self._means.clock.now()
        row = SessionRow(
            token_hash=digest(secret),
            id=self._means.ids.new(),
            account=account,
            created_at=now,
            expires_at=days_from(now, SESSION_DAYS),
            seen_at=now,
            address=visitor.address,
            agent=visitor.agent[:AGENT_CHARS],
        )

        def work(tx: Tx) -> list[str]:
            sessions.sweep(tx, now)
            ended = []
            if old and (found := sessions.get(tx, digest(old))) is not None:
                sessions.remove(tx, found[0].token_hash)
                ended.append(found[0].id)
            for over in sessions.of_account(tx, account)[SESSIONS_PER_ACCOUNT - 1 :]:
                sessions.end(tx, account, over.id)
                ended.append(over.id)
            sessions.create(tx, row)
            accounts.visited(tx, account, now)
            audit.note(tx, now, By(account, visitor.address), What.SIGNED_IN, row.id, how=how)
            return ended

        return secret, work

    async def begin(self, account: UserId, visitor: Visitor, old: str | None, how: str) -> str:
        """A new session. Returns what the cookie holds."""
        secret, work = self.beginning(account, visitor, old, how)
        self.closed(await self._means.store.write(work))
        return secret

    async def who(self, secret: str, visitor: Visitor) -> Principal:
        """Whom a browser's session stands for. Raises Unauthorized when it is unknown or over."""
        now = self._means.clock.now()
        found = await self._means.store.read(lambda tx: sessions.get(tx, digest(secret)))
        if found is None:
            raise _none(self._means.rules.team)
        row, account = found
        foreign = not self._means.rules.team and account.id != USER
        if row.expires_at <= now or account.disabled or foreign:
            raise _none(self._means.rules.team)
        if row.seen_at <= now - NOTED_MS:
            await self._means.store.write(lambda tx: _seen(tx, row, now))
        return Principal(
            account=account.id,
            capabilities=held_by(account),
            session=row.id,
            admin=account.admin,
            address=visitor.address,
        )

    async def mine(self, principal: Principal) -> list[SessionRow]:
        """The last seen first."""
        return await self._means.store.read(lambda tx: sessions.of_account(tx, principal.account))

    async def sign_out(self, principal: Principal) -> None:
        if principal.session is not None:
            await self._end(principal, principal.session, What.SIGNED_OUT)

    async def revoke(self, principal: Principal, session: str) -> None:
        """End one of one's own. Raises NotFound."""
        await self._end(principal, session, What.SESSION_REVOKED)

    async def revoke_others(self, principal: Principal) -> int:
        """End all of one's own but this one; how many."""
        now = self._means.clock.now()

        def work(tx: Tx) -> int:
            count = sessions.end_others(tx, principal.account, principal.session)
            audit.note(tx, now, by(principal), What.SESSION_REVOKED, "", others=count)
            return count

        count = await self._means.store.write(work)
        self.closed_but(principal.account, principal.session)
        return count

    def closed(self, ids: list[str]) -> None:
        """These sessions are over: close what is open by them."""
        gone = frozenset(ids)
        self._means.live.end(lambda each: each.session in gone, SIGNED_OUT)

    def closed_but(self, account: UserId, kept: str | None) -> None:
        self._means.live.end(
            lambda each: each.account == account and each.session is not None and each.session != kept, SIGNED_OUT
        )

    async def _end(self, principal: Principal, session: str, what: What) -> None:
        now = self._means.clock.now()

        def work(tx: Tx) -> None:
            if not sessions.end(tx, principal.account, session):
                raise NotFound("session-not-found", "There is no such session.", "It may have ended already.")
            audit.note(tx, now, by(principal), what, session)

        await self._means.store.write(work)
        self.closed([session])


def _seen(tx: Tx, row: SessionRow, now: Millis) -> None:
    sessions.seen(tx, row.id, now, Millis(now - NOTED_MS))
    if accounts.get(tx, row.account) is not None:
        accounts.visited(tx, row.account, now)


def csrf(secret: str) -> str:
    """The value that a page sends back with every change."""
    return hmac.new(secret.encode(), b"noctule csrf", hashlib.sha256).hexdigest()


def _none(team: bool) -> Unauthorized:
    advice = "Sign in." if team else "Open the link that `noctule serve` printed."
    return Unauthorized("no-session", "You are not signed in.", advice)
