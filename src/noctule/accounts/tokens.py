"""Personal access tokens: programs that act for a person, within scopes. It may not know HTTP.

A token is shown once; its hash is kept. What it may is what its person may at that moment, cut to its scopes.
"""

import secrets
from typing import Final

from noctule.accounts import audit
from noctule.accounts.audit import What
from noctule.accounts.capabilities import Capability
from noctule.accounts.common import NOTED_MS, USER, By, Means, Visitor, by, days_from, digest, held_by
from noctule.accounts.names import checked_label
from noctule.accounts.principal import Principal, check_in_person
from noctule.errors import Conflict, Invalid, NotFound, Unauthorized
from noctule.store import Tx, tokens
from noctule.store.rows import AccountRow, TokenRow
from noctule_agent.wire.limits import TOKENS_PER_ACCOUNT
from noctule_agent.wire.values import Millis, UserId

PREFIX: Final = "nct_"
"""So that a token that got into a public place is known for what it is."""
ENDED: Final = "This token was revoked."


class Tokens:
    """See the module."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def make(
        self, principal: Principal, label: str, scopes: frozenset[Capability], days: float | None
    ) -> tuple[TokenRow, str]:
        """A new token and its secret, which nobody sees again. Raises Forbidden, Invalid, Conflict."""
        check_in_person(principal)
        label = checked_label(label)
        if not scopes or not scopes <= principal.capabilities:
            raise Invalid("scopes-invalid", "A token has scopes, and none that you do not have.", "Choose some.")
        secret, now = PREFIX + secrets.token_urlsafe(32), self._means.clock.now()
        row = TokenRow(
            id=self._means.ids.new(),
            account=principal.account,
            label=label,
            hash=digest(secret),
            scopes=frozenset(map(str, scopes)),
            created_at=now,
            expires_at=None if days is None else days_from(now, days),
        )

        def work(tx: Tx) -> None:
            tokens.sweep(tx, now)
            if len(tokens.of_account(tx, principal.account)) >= TOKENS_PER_ACCOUNT:
                raise Conflict(
                    "too-many-tokens", f"You have {TOKENS_PER_ACCOUNT} tokens.", "Revoke one that is not used."
                )
            tokens.create(tx, row)
            audit.note(tx, now, by(principal), What.TOKEN_MADE, row.id, scopes=sorted(row.scopes), label=row.label)

        await self._means.store.write(work)
        return row, secret

    async def who(self, secret: str, visitor: Visitor) -> Principal:
        """Whom a token stands for, and what it may. Raises Unauthorized."""
        now = self._means.clock.now()
        found = await self._means.store.read(lambda tx: tokens.get(tx, digest(secret)))
        if found is None:
            raise _invalid()
        row, account = found
        foreign = not self._means.rules.team and account.id != USER
        if account.disabled or foreign or (row.expires_at is not None and row.expires_at <= now):
            raise _invalid()
        if row.used_at is None or row.used_at <= now - NOTED_MS:
            await self._note(row, now, visitor)
        scopes = frozenset(each for each in Capability if each in row.scopes)
        return Principal(
            account=account.id,
            capabilities=held_by(account) & scopes,
            token=row.id,
            admin=account.admin,
            address=visitor.address,
        )

    async def _note(self, row: TokenRow, now: Millis, visitor: Visitor) -> None:
        def work(tx: Tx) -> None:
            if tokens.used(tx, row.id, now, Millis(now - NOTED_MS)):
                who = By(row.account, visitor.address)
                audit.note(tx, now, who, What.TOKEN_FIRST_USED, row.id, label=row.label)

        await self._means.store.write(work)

    async def mine(self, account: UserId) -> list[TokenRow]:
        return await self._means.store.read(lambda tx: tokens.of_account(tx, account))

    async def all(self) -> list[tuple[TokenRow, AccountRow]]:
        return await self._means.store.read(tokens.list_all)

    async def revoke(self, who: By, account: UserId | None, token: str) -> None:
        """Of this account; of any, when None: for who manages. Raises NotFound."""
        now = self._means.clock.now()

        def work(tx: Tx) -> None:
            if not tokens.end(tx, account, token):
                raise NotFound("token-not-found", "There is no such token.", "It may have been revoked already.")
            audit.note(tx, now, who, What.TOKEN_REVOKED, token)

        await self._means.store.write(work)
        self._means.live.end(lambda each: each.token == token, ENDED)


def _invalid() -> Unauthorized:
    return Unauthorized("token-invalid", "This token is not valid.", "It may have expired, or been revoked.")
