"""The door: signing in and out, making an account, and the way to the provider of OpenID Connect and back.

Open to who is not signed in; the gate has checked that what changes something comes from our own page.
"""

from datetime import datetime
from typing import Annotated, Final
from urllib.parse import urlencode

import msgspec
from litestar import Response, delete, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Redirect

from noctule.accounts.people import NewPerson
from noctule.accounts.single_sign_on import SingleSignOn
from noctule.app import Core
from noctule.errors import NoctuleError, NotFound, Unauthorized
from noctule.http.context import AppRequest, TheCore, principal_of, visitor_of
from noctule.http.cookies import is_secure, no_cookies, session_cookies
from noctule.http.gate import SESSION_COOKIE
from noctule.http.links import link_to, own_path
from noctule.http.me import Line, Me, Password, me_of
from noctule.http.notebooks import moment
from noctule_agent.wire.limits import OIDC_SECONDS

OIDC_COOKIE: Final = "noctule_oidc"
LINK_COOKIE: Final = "noctule_link"
BACK_PATH: Final = "/oidc/back"
SESSION_PATH: Final = "/api/v1/session"
SIGN_IN_PAGE: Final = "/sign-in"
BODY_BYTES: Final = 16 * 1024
"""Of who is not signed in no more is held."""


class Door(msgspec.Struct):
    """What anybody may know. `providers`: names for buttons that lead to `/oidc/start`."""

    mode: str
    sign_up: str
    providers: list[str]
    signed_in: bool


class SignIn(msgspec.Struct):
    """`login` may be an email. `link`: connect the account with the sign-in at the provider that led here."""

    login: Line
    password: Password
    link: bool = False


class SignUp(msgspec.Struct):
    login: Line
    password: Password
    shown: Line = ""
    email: Line | None = None
    invitation: Line | None = None


class Invited(msgspec.Struct):
    """What an invitation is for. `email`: the account will have this one."""

    email: str | None
    admin: bool
    expires_at: datetime


@get("/api/v1/door", summary="How one comes in", tags=["door"])
async def door(request: AppRequest, core: TheCore) -> Door:
    providers = [core.config.oidc_name] if core.accounts.sso is not None else []
    return Door(core.config.mode, core.config.sign_up, providers, request.scope.get("auth") is not None)


@post(
    "/api/v1/session",
    status_code=200,
    summary="Sign in with a password",
    tags=["door"],
    request_max_body_size=BODY_BYTES,
)
async def sign_in(request: AppRequest, core: TheCore, data: JSONBody[SignIn]) -> Response[Me]:
    old, visitor = request.cookies.get(SESSION_COOKIE), visitor_of(request)
    linking = _sso(core).linking(request.cookies.get(LINK_COOKIE, ""), visitor.address) if data.link else None
    _, secret = await core.accounts.signing_in.by_password(data.login, data.password, visitor, old, linking)
    principal = await core.accounts.sessions.who(secret, visitor)
    cookies = session_cookies(request, secret)
    if linking is not None:
        cookies.append(_kept(request, LINK_COOKIE, "", SESSION_PATH))
    return Response(await me_of(core, principal), cookies=cookies)


@delete("/api/v1/session", status_code=200, summary="Sign out", tags=["door"])
async def sign_out(request: AppRequest, core: TheCore) -> Response[None]:
    await core.accounts.sessions.sign_out(principal_of(request))
    return Response(None, cookies=no_cookies(request))


@post(
    "/api/v1/accounts",
    summary="Make an account of one's own, and sign in",
    tags=["door"],
    request_max_body_size=BODY_BYTES,
)
async def sign_up(request: AppRequest, core: TheCore, data: JSONBody[SignUp]) -> Response[Me]:
    person = NewPerson(data.login, data.password, data.shown, data.email)
    old = request.cookies.get(SESSION_COOKIE)
    _, secret = await core.accounts.people.sign_up(person, data.invitation, visitor_of(request), old)
    principal = await core.accounts.sessions.who(secret, visitor_of(request))
    return Response(await me_of(core, principal), status_code=201, cookies=session_cookies(request, secret))


@get("/api/v1/invitations/{secret:str}", summary="What an invitation is for", tags=["door"])
async def invitation(core: TheCore, secret: FromPath[str]) -> Invited:
    row = await core.accounts.invitations.look(secret)
    return Invited(row.email, row.admin, moment(row.expires_at))


@get("/oidc/start", include_in_schema=False)
async def oidc_start(
    request: AppRequest,
    core: TheCore,
    next_: Annotated[str, QueryParameter(name="next")] = "/",
    invitation_: Annotated[str | None, QueryParameter(name="invitation")] = None,
) -> Redirect:
    """To the provider. `next`: the path of ours to go on to."""
    try:
        address, kept = await _sso(core).start(own_path(next_), invitation_, link_to(request, core, BACK_PATH))
    except NoctuleError as error:
        return _told(error)
    return Redirect(address, cookies=[_kept(request, OIDC_COOKIE, kept, BACK_PATH)])


@get("/oidc/back", include_in_schema=False)
async def oidc_back(
    request: AppRequest,
    core: TheCore,
    state_: Annotated[str, QueryParameter(name="state")] = "",
    code: FromQuery[str] = "",
) -> Redirect:
    """From the provider. What is wrong is shown by the page of the door, by its code."""
    over = _kept(request, OIDC_COOKIE, "", BACK_PATH)
    try:
        sso, redirect_uri = _sso(core), link_to(request, core, BACK_PATH)
        going = sso.going(request.cookies.get(OIDC_COOKIE, ""), state_)
        if not code:
            raise Unauthorized("oidc-refused", "This sign-in cannot be used.", "The provider gave none.")
        old = request.cookies.get(SESSION_COOKIE)
        secret, link = await sso.back(going, code, redirect_uri, visitor_of(request), old)
    except NoctuleError as error:
        return _told(error, over)
    if secret is None:
        kept = _kept(request, LINK_COOKIE, link or "", SESSION_PATH)
        return Redirect(f"{SIGN_IN_PAGE}?{urlencode({'link': 1, 'next': going.next})}", cookies=[over, kept])
    return Redirect(going.next, cookies=[over, *session_cookies(request, secret)])


def _sso(core: Core) -> SingleSignOn:
    if core.accounts.sso is None:
        raise NotFound("oidc-off", "Nobody else vouches for people here.", "The setting is `oidc_issuer`.")
    return core.accounts.sso


def _kept(request: AppRequest, name: str, value: str, path: str) -> Cookie:
    """For our own eyes, for as long as a sign-in may take. Lax: the provider's page leads back here."""
    age = int(OIDC_SECONDS) if value else 0
    return Cookie(name, value=value, path=path, max_age=age, httponly=True, samesite="lax", secure=is_secure(request))


def _told(error: NoctuleError, *cookies: Cookie) -> Redirect:
    return Redirect(f"{SIGN_IN_PAGE}?{urlencode({'problem': error.code})}", cookies=list(cookies))
