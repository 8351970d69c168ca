"""Personal mode: one user on this machine. It may not know HTTP; it knows tokens and whom they stand for.

token    in DATA/token, readable by its owner alone; opens a session in a browser, and is the bearer token of programs
session  a random value in an HttpOnly cookie; the database has its hash
csrf     derived from the session, readable by the page's own scripts, sent back as a header
"""

import hashlib
import hmac
import secrets

from noctule.accounts.capabilities import ALL, Capability
from noctule.errors import Unauthorized
from noctule.store import Store, Tx, sessions
from noctule.store.rows import SessionRow
from noctule_agent.wire.ports import Clock
from noctule_agent.wire.values import Millis, UserId

SESSION_DAYS = 30
DAY_MS = 24 * 3600 * 1000
USER = UserId("you")


class PersonalAccounts:
    """See the module."""

    def __init__(self, store: Store, clock: Clock, token: str) -> None:
        self._store = store
        self._clock = clock
        self._token = token

    def bearer(self, token: str) -> UserId:
        """Whom a program's token stands for. Raises Unauthorized."""
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            raise Unauthorized(
                "token-invalid", "This token is not this server's.", "Use the link that `noctule serve` printed."
            )
        return USER

    async def sign_in(self, token: str) -> str:
        """A new session for who has the token. Returns the session's value for the cookie."""
        user = self.bearer(token)
        session = secrets.token_urlsafe(32)
        now = self._clock.now()
        row = SessionRow(
            token_hash=_digest(session),
            user=user,
            created_at=now,
            expires_at=Millis(now + SESSION_DAYS * DAY_MS),
        )

        def write(tx: Tx) -> None:
            sessions.sweep(tx, now)
            sessions.create(tx, row)

        await self._store.write(write)
        return session

    async def session(self, value: str) -> UserId:
        """Whom a browser's session stands for. Raises Unauthorized when it is unknown or over."""
        row = await self._store.read(lambda tx: sessions.get(tx, _digest(value)))
        if row is None or row.expires_at <= self._clock.now():
            raise Unauthorized("no-session", "You are not signed in.", "Open the link that `noctule serve` printed.")
        return row.user

    @staticmethod
    def capabilities(user: UserId) -> frozenset[Capability]:
        """What this user may do. The one user of personal mode may do all; nobody else is known."""
        return ALL if user == USER else frozenset()

    @staticmethod
    def csrf(session: str) -> str:
        """The value that a page sends back with every change."""
        return hmac.new(session.encode(), b"noctule csrf", hashlib.sha256).hexdigest()


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
