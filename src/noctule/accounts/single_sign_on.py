"""From a sign-in at a provider to a session. It may not know HTTP; the provider's words are oidc.py's.

    known identity                               that account
    unknown, verified email of an account        `Link`: whoever knows its password connects the two, nobody else
      ... that nobody could sign in to yet       that account: an admin made it for this email
    unknown, with an invitation or open to it    a new account
    unknown                                      refused

Each going to the provider has a state, a nonce and a verifier of its own, in a signed cookie of that browser; a state
comes back once.
"""

import hashlib
import secrets
from collections import OrderedDict
from typing import Final

import msgspec

from noctule.accounts import audit, signed
from noctule.accounts.audit import What
from noctule.accounts.common import By, Means, Visitor, same
from noctule.accounts.names import checked_email, checked_shown, free_login
from noctule.accounts.oidc import Going, Provider, Vouched
from noctule.accounts.people import NewPerson, People
from noctule.accounts.sessions import Sessions
from noctule.errors import Conflict, Forbidden, Invalid, Unauthorized
from noctule.store import Tx, accounts
from noctule.store.rows import AccountRow
from noctule_agent.wire.limits import OIDC_SECONDS, SIGN_IN_NAMES
from noctule_agent.wire.values import Millis, UserId

KEY_PURPOSE: Final = b"noctule single sign-on"


class Link(msgspec.Struct, frozen=True):
    """Somebody came from the provider whose email is that of an account. The browser keeps it, signed."""

    account: UserId
    vouched: Vouched
    until: Millis


class SingleSignOn:
    """See the module."""

    def __init__(self, means: Means, sessions: Sessions, people: People, provider: Provider, secret: str) -> None:
        self._means = means
        self._sessions = sessions
        self._people = people
        self._provider = provider
        self._key = hashlib.sha256(KEY_PURPOSE + secret.encode()).digest()
        self._used: OrderedDict[str, Millis] = OrderedDict()

    async def start(self, next_: str, invitation: str | None, redirect_uri: str) -> tuple[str, str]:
        """(where the browser goes, what it keeps). Raises Unavailable."""
        going = Going(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            next=next_,
            until=Millis(self._means.clock.now() + int(OIDC_SECONDS * 1000)),
            invitation=invitation,
        )
        return await self._provider.address(going, redirect_uri), signed.sign(self._key, going)

    def going(self, kept: str, state: str) -> Going:
        """What the browser kept, if it is of this state, of now, and comes back for the first time. Raises Unauthorized."""
        going, now = signed.read(self._key, Going, kept), self._means.clock.now()
        if going is None or going.until <= now or not same(state, going.state) or state in self._used:
            raise Unauthorized("oidc-stale", "This sign-in is over.", "Begin it again; it takes ten minutes at most.")
        self._used[state] = going.until
        while len(self._used) > SIGN_IN_NAMES or next(iter(self._used.values())) <= now:
            self._used.popitem(last=False)
        return going

    async def back(
        self, going: Going, code: str, redirect_uri: str, visitor: Visitor, old: str | None
    ) -> tuple[str | None, str | None]:
        """(what the session's cookie holds, what the browser keeps to link an account): one of the two.

        Raises Unauthorized, Forbidden (oidc-no-account, account-disabled), NotFound (invitation-gone), Unavailable.
        """
        vouched = await self._provider.vouched(going, code, redirect_uri)
        row = await self._means.store.read(lambda tx: accounts.by_identity(tx, vouched.issuer, vouched.subject))
        if row is None:
            row = await self._unclaimed(vouched, visitor)
        if row is None and (link := await self._link(vouched)) is not None:
            return None, signed.sign(self._key, link)
        if row is None:
            row = await self._made(vouched, going.invitation, visitor)
        if row.disabled:
            raise Forbidden("account-disabled", "This account is disabled.", "Ask who runs this server.")
        return await self._sessions.begin(row.id, visitor, old, "oidc"), None

    async def _unclaimed(self, vouched: Vouched, visitor: Visitor) -> AccountRow | None:
        """An account that an admin made for this email and that nobody could sign in to so far."""
        if vouched.email is None:
            return None
        email, now = vouched.email.lower(), self._means.clock.now()

        def work(tx: Tx) -> AccountRow | None:
            row = accounts.by_email(tx, email)
            if row is None or row.password is not None or accounts.issuers(tx, row.id):
                return None
            accounts.identify(tx, row.id, vouched.issuer, vouched.subject)
            audit.note(tx, now, By(row.id, visitor.address), What.IDENTITY_LINKED, row.id, issuer=vouched.issuer)
            return row

        return await self._means.store.write(work)

    async def _link(self, vouched: Vouched) -> Link | None:
        if vouched.email is None:
            return None
        email = vouched.email.lower()
        row = await self._means.store.read(lambda tx: accounts.by_email(tx, email))
        until = Millis(self._means.clock.now() + int(OIDC_SECONDS * 1000))
        return None if row is None else Link(row.id, vouched, until)

    async def _made(self, vouched: Vouched, invitation: str | None, visitor: Visitor) -> AccountRow:
        if invitation is None and not self._means.rules.oidc_sign_up:
            raise Forbidden("oidc-no-account", "There is no account for this sign-in.", "Ask for an invitation.")
        taken = frozenset(row.login for row in await self._people.all())
        login = free_login(vouched.wanted, taken)
        person = NewPerson(login, None, _or_nothing(vouched.shown, login), _email(vouched.email))
        _, make = await self._people.making(person, invitation, visitor)
        now = self._means.clock.now()

        def work(tx: Tx) -> AccountRow:
            row = make(tx)
            accounts.identify(tx, row.id, vouched.issuer, vouched.subject)
            audit.note(tx, now, By(row.id, visitor.address), What.IDENTITY_LINKED, row.id, issuer=vouched.issuer)
            return row

        return await self._means.store.write(work)

    def linking(self, kept: str, address: str) -> "Linking":
        """What is done with the sign-in by password that connects the two. Raises Unauthorized."""
        link, now = signed.read(self._key, Link, kept), self._means.clock.now()
        if link is None or link.until <= now:
            raise Unauthorized("oidc-stale", "This sign-in is over.", "Begin it again; it takes ten minutes at most.")
        return Linking(link, now, address)


class Linking:
    """Connects an account with an identity, in the transaction of its sign-in."""

    def __init__(self, link: Link, now: Millis, address: str) -> None:
        self._link = link
        self._now = now
        self._address = address

    def __call__(self, tx: Tx, row: AccountRow) -> None:
        if row.id != self._link.account:
            raise Conflict("link-other", "That sign-in has the email of another account.", "Sign in to that one.")
        vouched = self._link.vouched
        accounts.identify(tx, row.id, vouched.issuer, vouched.subject)
        audit.note(tx, self._now, By(row.id, self._address), What.IDENTITY_LINKED, row.id, issuer=vouched.issuer)


def _or_nothing(shown: str, login: str) -> str:
    try:
        return checked_shown(shown, login)
    except Invalid:
        return ""


def _email(text: str | None) -> str | None:
    try:
        return checked_email(text)
    except Invalid:
        return None
