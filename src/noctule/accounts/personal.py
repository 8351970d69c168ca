"""The server's own token: in DATA/token, readable by its owner alone. It may not know HTTP.

personal mode   it opens a session in a browser, and is the bearer token of programs: whoever has it is the one user
team mode       it is the machine's own hand, for `noctule stop` and metrics: it manages, and has no notebooks
"""

from noctule.accounts.capabilities import ALL, Capability
from noctule.accounts.common import USER, Means, Visitor, same
from noctule.accounts.principal import SERVER, Principal
from noctule.accounts.sessions import Sessions
from noctule.errors import Unauthorized
from noctule.store import Tx, accounts, leaving
from noctule.store.rows import AccountRow

__all__ = ["USER", "ServerToken", "ensure_user"]


class ServerToken:
    """See the module."""

    def __init__(self, means: Means, sessions: Sessions, token: str) -> None:
        self._means = means
        self._sessions = sessions
        self._token = token

    def who(self, token: str, visitor: Visitor) -> Principal:
        """Whom it stands for. Raises Unauthorized."""
        if not same(token, self._token):
            raise Unauthorized(
                "token-invalid", "This token is not this server's.", "Use the link that `noctule serve` printed."
            )
        if self._means.rules.team:
            return Principal(SERVER, frozenset({Capability.MANAGE}), address=visitor.address)
        return Principal(USER, ALL, admin=True, address=visitor.address)

    async def sign_in(self, token: str, visitor: Visitor) -> str:
        """A new session for who has the token. Returns what the cookie holds. Raises Unauthorized.

        The one that the browser had goes on: it is the same person's, and other tabs work by it.
        """
        if self._means.rules.team:
            raise Unauthorized("no-session", "You are not signed in.", "This server has accounts: sign in with yours.")
        principal = self.who(token, visitor)
        return await self._sessions.begin(principal.account, visitor, None, "link")


async def ensure_user(means: Means) -> None:
    """The one user of personal mode, who has an account as everybody has: sessions and tokens belong to accounts.

    A team, if there was one here, may have disabled it.
    """
    found = await means.store.read(lambda tx: accounts.get(tx, USER))
    if found is not None and found.admin and not found.disabled:
        return
    row = AccountRow(id=USER, login="you", shown="You", created_at=means.clock.now(), admin=True)

    def write(tx: Tx) -> None:
        if found is None:
            accounts.create(tx, row)
            # Deleted when this was a team's server: what is not gone yet stays.
            leaving.withdraw(tx, USER)
        else:
            accounts.change(tx, USER, admin=True, disabled=False)

    await means.store.write(write)
