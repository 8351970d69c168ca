"""One's own account: profile, password, sessions, tokens, all that it has as a file, and its end."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from noctule import __version__
from noctule.accounts import exporting
from noctule.accounts.capabilities import Capability
from noctule.accounts.common import by
from noctule.accounts.principal import Principal, check_in_person
from noctule.app import Core
from noctule.http.context import AppRequest, TheCore, checked_id, principal_of
from noctule.http.cookies import no_cookies
from noctule.http.notebooks import moment
from noctule.http.outputs import UNTRUSTED
from noctule.store.rows import SessionRow, TokenRow
from noctule_agent.wire.limits import PASSWORD_CHARS
from noctule_agent.wire.values import Millis

Password = Annotated[str, msgspec.Meta(max_length=PASSWORD_CHARS)]
Line = Annotated[str, msgspec.Meta(max_length=300)]


class Me(msgspec.Struct):
    """`user` is `id`, as it was called first. `providers`: who else vouches for the account. `widget_cdn`: output frames
    may load third parties' widgets from the network."""

    id: str
    user: str
    login: str
    shown: str
    email: str | None
    mode: str
    admin: bool
    capabilities: list[str]
    version: str
    widget_cdn: bool
    has_password: bool
    providers: list[str]


class Profile(msgspec.Struct):
    """What is not there stays; an empty `email` is none."""

    shown: Line | None = None
    email: Line | None = None


class NewPassword(msgspec.Struct):
    """`old` is not asked of an account without a password, which has to have signed in just now."""

    new: Password
    old: Password = ""


class Farewell(msgspec.Struct):
    """The password; without one, a sign-in of just now."""

    password: Password = ""


class SessionInfo(msgspec.Struct):
    """`agent`: what the browser calls itself. `current`: the one that asks."""

    id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    agent: str
    current: bool


class SessionList(msgspec.Struct):
    sessions: list[SessionInfo]


class Ended(msgspec.Struct):
    """How many."""

    ended: int


class TokenInfo(msgspec.Struct):
    id: str
    label: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


class TokenList(msgspec.Struct):
    tokens: list[TokenInfo]


class NewToken(msgspec.Struct):
    """`days` null: it does not expire."""

    label: Line
    scopes: list[Capability]
    days: Annotated[int, msgspec.Meta(ge=1, le=3650)] | None = 90


class MadeToken(msgspec.Struct):
    """`secret` is shown this once."""

    token: TokenInfo
    secret: str


def maybe(at: Millis | None) -> datetime | None:
    return None if at is None else moment(at)


def session_info(row: SessionRow, principal: Principal) -> SessionInfo:
    return SessionInfo(
        id=row.id,
        created_at=moment(row.created_at),
        seen_at=moment(row.seen_at),
        expires_at=moment(row.expires_at),
        address=row.address,
        agent=row.agent,
        current=row.id == principal.session,
    )


def token_info(row: TokenRow) -> TokenInfo:
    return TokenInfo(
        id=row.id,
        label=row.label,
        scopes=sorted(row.scopes),
        created_at=moment(row.created_at),
        expires_at=maybe(row.expires_at),
        used_at=maybe(row.used_at),
    )


async def me_of(core: Core, principal: Principal) -> Me:
    row = await core.accounts.people.get(principal.account)
    issuers = await core.accounts.people.issuers(row.id)
    return Me(
        id=row.id,
        user=row.id,
        login=row.login,
        shown=row.shown,
        email=row.email,
        mode=core.config.mode,
        admin=row.admin,
        capabilities=sorted(principal.capabilities),
        version=__version__,
        widget_cdn=core.config.widget_cdn,
        has_password=row.password is not None,
        providers=[core.config.oidc_name if issuer == core.config.oidc_issuer else issuer for issuer in issuers],
    )


class MyAccount(Controller):
    path = "/api/v1/me"
    tags = ("me",)

    @get(summary="Who this is")
    async def one(self, request: AppRequest, core: TheCore) -> Me:
        return await me_of(core, principal_of(request))

    @patch(summary="Change one's name or email")
    async def change(self, request: AppRequest, core: TheCore, data: JSONBody[Profile]) -> Me:
        principal = principal_of(request)
        email = msgspec.UNSET if data.email is None else data.email
        await core.accounts.people.change_mine(principal, data.shown, email)
        return await me_of(core, principal)

    @get("/export", summary="All that one has, and what is known of the account, as a zip")
    async def export(self, request: AppRequest, core: TheCore) -> Stream:
        principal = principal_of(request)
        await exporting.begin(core.accounts.means, principal)
        about = exporting.account_json(core.accounts.means, principal.account)
        return Stream(
            core.exporting.archive(principal.account, about),
            media_type="application/zip",
            headers={**UNTRUSTED, "content-disposition": 'attachment; filename="noctule.zip"'},
        )

    @delete(status_code=200, summary="Delete one's own account and all that it has")
    async def leave(self, request: AppRequest, core: TheCore, data: JSONBody[Farewell]) -> Response[None]:
        await core.accounts.people.leave(principal_of(request), data.password)
        return Response(None, cookies=no_cookies(request))

    @post("/password", status_code=204, summary="Change one's password; all other sessions end")
    async def password(self, request: AppRequest, core: TheCore, data: JSONBody[NewPassword]) -> None:
        await core.accounts.people.change_password(principal_of(request), data.old, data.new)

    @get("/sessions", summary="The browsers that are signed in")
    async def sessions(self, request: AppRequest, core: TheCore) -> SessionList:
        principal = principal_of(request)
        rows = await core.accounts.sessions.mine(principal)
        return SessionList([session_info(row, principal) for row in rows])

    @delete("/sessions", status_code=200, summary="End all sessions but this one")
    async def end_others(self, request: AppRequest, core: TheCore) -> Ended:
        principal = principal_of(request)
        check_in_person(principal)
        return Ended(await core.accounts.sessions.revoke_others(principal))

    @delete("/sessions/{session_id:str}", summary="End one session")
    async def end_session(self, request: AppRequest, core: TheCore, session_id: FromPath[str]) -> None:
        principal = principal_of(request)
        check_in_person(principal)
        await core.accounts.sessions.revoke(principal, checked_id(session_id))

    @get("/tokens", summary="One's tokens, without their secrets")
    async def tokens(self, request: AppRequest, core: TheCore) -> TokenList:
        rows = await core.accounts.tokens.mine(principal_of(request).account)
        return TokenList([token_info(row) for row in rows])

    @post("/tokens", summary="Make a token; its secret is shown this once")
    async def make_token(self, request: AppRequest, core: TheCore, data: JSONBody[NewToken]) -> MadeToken:
        made = core.accounts.tokens.make(principal_of(request), data.label, frozenset(data.scopes), data.days)
        row, secret = await made
        return MadeToken(token_info(row), secret)

    @delete("/tokens/{token_id:str}", summary="Revoke a token")
    async def revoke_token(self, request: AppRequest, core: TheCore, token_id: FromPath[str]) -> None:
        principal = principal_of(request)
        check_in_person(principal)
        await core.accounts.tokens.revoke(by(principal), principal.account, checked_id(token_id))
