"""Invitations: a link that lets one person make an account. It may not know HTTP; who asks may manage, or the caller says so.

An unknown, a used and an expired one are answered alike.
"""

import secrets

from noctule.accounts import audit
from noctule.accounts.audit import What
from noctule.accounts.common import DAY_MS, By, Means, check_team, days_from, digest
from noctule.accounts.names import checked_email
from noctule.errors import Conflict, NotFound
from noctule.store import Tx, invitations
from noctule.store.rows import InvitationRow
from noctule_agent.wire.limits import INVITATION_DAYS, INVITATIONS_OPEN
from noctule_agent.wire.values import Millis, UserId

KEPT_DAYS = 30
"""How long it can be seen who used one, after its time."""


class Invitations:
    """See the module."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def make(
        self, who: By, email: str | None = None, *, admin: bool = False, days: float = INVITATION_DAYS
    ) -> tuple[InvitationRow, str]:
        """A new one, and its secret, which nobody sees again. Raises Invalid, Conflict."""
        check_team(self._means.rules)
        secret, now = secrets.token_urlsafe(32), self._means.clock.now()
        row = InvitationRow(
            id=self._means.ids.new(),
            hash=digest(secret),
            by=who.who,
            created_at=now,
            expires_at=days_from(now, days),
            email=checked_email(email),
            admin=admin,
        )

        def work(tx: Tx) -> None:
            invitations.sweep(tx, Millis(now - KEPT_DAYS * DAY_MS))
            if len(invitations.list_all(tx)) >= INVITATIONS_OPEN:
                raise Conflict("too-many-invitations", f"There are {INVITATIONS_OPEN} invitations.", "Delete some.")
            invitations.create(tx, row)
            audit.note(tx, now, who, What.INVITATION_MADE, row.id, email=row.email, admin=admin)

        await self._means.store.write(work)
        return row, secret

    async def look(self, secret: str) -> InvitationRow:
        """One that can be used now. Raises NotFound."""
        row = await self._means.store.read(lambda tx: invitations.get(tx, digest(secret)))
        if row is None or row.used_at is not None or row.expires_at <= self._means.clock.now():
            raise gone()
        return row

    async def all(self) -> list[InvitationRow]:
        return await self._means.store.read(invitations.list_all)

    async def revoke(self, who: By, invitation: str) -> None:
        """Raises NotFound."""
        now = self._means.clock.now()

        def work(tx: Tx) -> None:
            if not invitations.remove(tx, invitation):
                raise gone()
            audit.note(tx, now, who, What.INVITATION_REVOKED, invitation)

        await self._means.store.write(work)


def use(tx: Tx, now: Millis, secret: str, account: UserId, address: str) -> InvitationRow:
    """With the transaction that makes the account: of two who use one at once, one has it. Raises NotFound."""
    row = invitations.get(tx, digest(secret))
    if row is None or not invitations.use(tx, digest(secret), account, now):
        raise gone()
    audit.note(tx, now, By(account, address), What.INVITATION_USED, row.id, invited_by=row.by)
    return row


def gone() -> NotFound:
    return NotFound(
        "invitation-gone", "This invitation cannot be used.", "It was used, or is too old. Ask for another one."
    )
