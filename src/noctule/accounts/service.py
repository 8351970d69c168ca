"""Everything of accounts, put together: what the HTTP door, the commands and the composition root have in their hands."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from noctule.accounts import audit
from noctule.accounts.common import By, Means, Rules, Visitor
from noctule.accounts.invitations import Invitations
from noctule.accounts.live import Live
from noctule.accounts.oidc import Provider
from noctule.accounts.passwords import Offload, Passwords
from noctule.accounts.people import People
from noctule.accounts.personal import ServerToken, ensure_user
from noctule.accounts.plans import Plans, ensure_standard
from noctule.accounts.principal import SERVER, Principal
from noctule.accounts.rights import Rights
from noctule.accounts.roles import Roles
from noctule.accounts.sessions import Sessions
from noctule.accounts.sharing import Sharing
from noctule.accounts.signing_in import SigningIn
from noctule.accounts.single_sign_on import SingleSignOn
from noctule.accounts.teams import Teams
from noctule.accounts.tokens import PREFIX, Tokens
from noctule.store import Store, Tx, accounts, sessions, tokens
from noctule_agent.wire.limits import REVIEW_SECONDS
from noctule_agent.wire.ports import Clock, Ids
from noctule_agent.wire.values import UserId

log = structlog.get_logger()

SWEEP_SECONDS: Final = 3600.0
OVER: Final = "You are signed out."


class Accounts:
    """See the module. `start` and `stop` are for who serves; a command needs neither."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: Ids,
        offload: Offload,
        rules: Rules,
        token: str,
    ) -> None:
        self.rules = rules
        self.live = Live()
        self.means = Means(store, clock, ids, Passwords(offload), self.live, rules, asyncio.Event())
        self.sessions = Sessions(self.means)
        self.signing_in = SigningIn(self.means, self.sessions)
        self.people = People(self.means, self.sessions, self.signing_in)
        self.tokens = Tokens(self.means)
        self.invitations = Invitations(self.means)
        self.roles = Roles(store, clock, rules)
        self.rights = Rights(store, self.roles, self.live)
        self.teams = Teams(self.means, self.roles, self.rights.review)
        self.plans = Plans(self.means)
        self.sharing = Sharing(self.means, self.roles, self.rights.review)
        self.server_token = ServerToken(self.means, self.sessions, token)
        self.sso: SingleSignOn | None = None
        self._token = token
        self._work: list[asyncio.Task[None]] = []

    def trust(self, provider: Provider) -> None:
        """People may sign in there."""
        self.sso = SingleSignOn(self.means, self.sessions, self.people, provider, self._token)

    async def start(self) -> None:
        if not self.rules.team:
            await ensure_user(self.means)
        else:
            await self.means.store.write(lambda tx: ensure_standard(tx, self.rules))
        for work, seconds in ((self._sweep, SWEEP_SECONDS), (self.review, REVIEW_SECONDS)):
            self._work.append(asyncio.create_task(_every(seconds, work)))

    async def stop(self) -> None:
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    async def bearer(self, token: str, visitor: Visitor) -> Principal:
        """Whom a program's token stands for. Raises Unauthorized."""
        if token.startswith(PREFIX):
            return await self.tokens.who(token, visitor)
        return self.server_token.who(token, visitor)

    async def quota(self, account: UserId) -> int | None:
        """Bytes that this account's Drive may hold; None: no bound."""
        return (await self.plans.quotas([account]))[account]

    async def first_invitation(self) -> str | None:
        """The secret of an invitation for the first admin, when nobody could sign in as one."""
        if not self.rules.team or await self.means.store.read(accounts.other_admins) > 0:
            return None
        return (await self.invitations.make(By(SERVER), admin=True))[1]

    async def note(self, who: By, what: audit.What, about: str = "", **detail: object) -> None:
        """A row of the audit log by itself, for what has no transaction of its own."""
        now = self.means.clock.now()
        await self.means.store.write(lambda tx: audit.note(tx, now, who, what, about, **detail))

    async def replaced(self, tree: UserId) -> None:
        """Something of this tree lies elsewhere than before, and is shared with whom its folders are shared with now."""
        await self.sharing.settle(tree)
        await self.rights.review()

    async def review(self) -> None:
        """Close what is open by a right that ended elsewhere: by its age, or by a command on the database."""
        open_now = self.live.principals()
        if not any(each.session or each.token for each in open_now):
            return
        await self.rights.review()
        now = self.means.clock.now()
        living = await self.means.store.read(lambda tx: sessions.ids_living(tx, now) | tokens.ids_living(tx, now))
        self.live.end(lambda each: (by := each.session or each.token) is not None and by not in living, OVER)

    async def _sweep(self) -> None:
        now = self.means.clock.now()

        def work(tx: Tx) -> None:
            sessions.sweep(tx, now)
            tokens.sweep(tx, now)
            audit.sweep(tx, now, self.rules)

        await self.means.store.write(work)


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception:
            log.exception("accounts were not looked after")
