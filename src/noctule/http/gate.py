"""Who is asking. Every request passes here once; what is not known to be allowed is refused.

Host      personal mode answers to names of this machine alone (DNS rebinding), team mode to those of `public_url` too
Origin    a browser's sockets and changes come from our own page, and nothing at all from an opaque origin: output frames
          have one, and our API is not for what notebooks contain (invariant 9)
session   cookie `noctule_session` (HttpOnly, SameSite=Lax); changes carry the header `x-noctule-csrf`
bearer    `Authorization: Bearer TOKEN`, for programs; needs neither Origin nor CSRF
basic     a token as the password, under /dav alone: what mounts a folder knows nothing else. A cookie opens nothing there: it would let
          other sites' pages in, for those requests carry no mark of our page
doors     what somebody who is not signed in may ask for. Those that change something need an Origin, and it must be ours:
          there is no session yet whose mark a form could carry, and every browser names the origin of a POST. So nobody
          is signed in by another page to an account of its choice (login CSRF)
"""

import base64
import binascii
import hmac
import html
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from litestar.connection import ASGIConnection
from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.handlers import ASGIRouteHandler, BaseRouteHandler
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from noctule.accounts import capabilities
from noctule.accounts.common import Visitor
from noctule.accounts.principal import Principal
from noctule.accounts.service import Accounts
from noctule.accounts.sessions import csrf
from noctule.errors import Forbidden, NoctuleError, Unauthorized, problem
from noctule.http.context import AppConnection, principal_of
from noctule.http.headers import secured
from noctule.http.problems import MEDIA_TYPE, body
from noctule_agent.wire.values import BatchId, ItemId, NotebookId

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::\d{1,5})?", re.ASCII)
SESSION_COOKIE = "noctule_session"
CSRF_COOKIE = "noctule_csrf"
CSRF_HEADER = "x-noctule-csrf"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_PATHS = ("/healthz", "/readyz", "/static/", "/favicon.ico")
"""Answered to anyone: they hold nothing of anybody."""
DAV_PATH = "/dav"
AGENT_PATH = "/api/v1/agent"
"""Agents say who they are in their first frame, with the runtime's own token."""
DOORS: Final = frozenset({("GET", "/api/v1/door"), ("POST", "/api/v1/session"), ("POST", "/api/v1/accounts")})
DOOR_PATHS: Final = ("/api/v1/invitations/", "/oidc/")
PAGES: Final = ("/notebooks/", "/drive", "/invitation/", "/account", "/admin", "/sign-in")
"""In team mode the page comes to anyone: it holds nothing, and shows the door to who is not signed in."""


class Gate:
    """ASGI middleware. Puts the account into `scope["user"]`, and the Principal into `scope["auth"]`."""

    def __init__(
        self,
        app: ASGIApp,
        accounts: Accounts,
        hosts: Iterable[str],
        proxies: Iterable[str] = (),
        secure: Iterable[str] = (),
    ) -> None:
        self._app = app
        self._accounts = accounts
        self._hosts = frozenset(host.lower() for host in hosts)
        self._proxies = frozenset(proxies)
        self._secure = frozenset(secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in (ScopeType.HTTP, ScopeType.WEBSOCKET):
            await self._app(scope, receive, send)
            return
        headers = Headers.from_scope(scope)
        if scope["type"] == ScopeType.HTTP:
            secure = scope["scheme"] == "https" or headers.get("host", "").lower() in self._secure
            send = secured(send, scope["path"], secure=secure)
            scope.setdefault("state", {})["secure"] = secure
        try:
            principal = await self._who(scope, headers)
        except NoctuleError as error:
            await _refuse(scope, receive, send, error)
            return
        scope["auth"] = principal
        scope["user"] = None if principal is None else principal.account
        await self._app(scope, receive, send)

    async def _who(self, scope: Scope, headers: Headers) -> Principal | None:
        self._check_host(headers)
        visitor = Visitor(self._address(scope, headers), headers.get("user-agent", ""))
        scope.setdefault("state", {})["address"] = visitor.address
        path = scope["path"]
        if path.startswith(OPEN_PATHS) or path == AGENT_PATH:
            return None
        authorization = headers.get("authorization", "")
        if _is_dav(path):
            self._check_no_page(headers)
            return await self._accounts.bearer(_password(authorization), visitor)
        if authorization.lower().startswith("bearer "):
            return await self._accounts.bearer(authorization[7:].strip(), visitor)
        # Of a copy: what is parsed here would else be kept with the scope, and a socket's lives for hours.
        brief = scope.copy()
        brief["state"] = {}
        connection: AppConnection = ASGIConnection(brief)
        if path == "/" and "token" in connection.query_params:
            return None
        self._check_origin(scope, headers)
        return await self._of_session(scope, headers, connection.cookies.get(SESSION_COOKIE, ""), visitor)

    async def _of_session(self, scope: Scope, headers: Headers, session: str, visitor: Visitor) -> Principal | None:
        door = self._is_door(scope)
        if door and scope["type"] == ScopeType.HTTP and scope["method"] not in SAFE_METHODS:
            _check_own(headers)
        try:
            principal = await self._accounts.sessions.who(session, visitor)
        except Unauthorized:
            if door:
                return None
            raise
        if not door:
            self._check_csrf(scope, headers, session)
        return principal

    def _is_door(self, scope: Scope) -> bool:
        """Whether who is not signed in may ask for it."""
        if scope["type"] != ScopeType.HTTP:
            return False
        method, path = "GET" if scope["method"] == "HEAD" else scope["method"], scope["path"]
        if (method, path) in DOORS or (method == "GET" and path.startswith(DOOR_PATHS)):
            return True
        return self._accounts.rules.team and method == "GET" and (path == "/" or path.startswith(PAGES))

    def _address(self, scope: Scope, headers: Headers) -> str:
        """Who asks: what the last proxy saw that is believed."""
        client = scope.get("client")
        address = client[0] if client else ""
        for told in reversed(headers.get("x-forwarded-for", "").split(",")):
            if address not in self._proxies or not told.strip():
                break
            address = told.strip()
        return address[:64].replace("\0", "")

    def _check_host(self, headers: Headers) -> None:
        # It becomes a part of a policy (http/static.py): a host and a port, and nothing else.
        host = _HOST.fullmatch(headers.get("host", ""))
        name = "" if host is None else host[1].strip("[]")
        if name.lower() not in self._hosts:
            raise Forbidden(
                "host-refused",
                f"This server does not answer to the name {name or '(none)'}.",
                "Open it by the address it printed.",
            )

    def _check_origin(self, scope: Scope, headers: Headers) -> None:
        """Sockets always, and changes when the browser says where they come from. Of a frame, not even reading."""
        origin = headers.get("origin")
        if origin == "null" or _is_embedded_elsewhere(headers):
            raise Forbidden("origin-refused", "The request comes from another page.", "Use this server's own page.")
        if scope["type"] == ScopeType.HTTP and (origin is None or scope["method"] in SAFE_METHODS):
            return
        _check_own(headers)

    @staticmethod
    def _check_no_page(headers: Headers) -> None:
        """A browser may keep the password and send it by itself: only what its person asked for by an address goes on."""
        origin = headers.get("origin")
        same = origin is None or origin.lower().partition("://")[2] == headers.get("host", "").lower()
        if not same or headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise Forbidden("origin-refused", "The request comes from another page.", "Use this server's own page.")

    def _check_csrf(self, scope: Scope, headers: Headers, session: str) -> None:
        if scope["type"] == ScopeType.WEBSOCKET or scope["method"] in SAFE_METHODS:
            return
        sent = headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(sent.encode(), csrf(session).encode()):
            raise Forbidden("csrf-refused", "The request does not carry this page's mark.", "Reload the page.")


def _check_own(headers: Headers) -> None:
    """The request says that it comes from our own page."""
    origin = headers.get("origin")
    if origin is None or origin.lower().partition("://")[2] != headers.get("host", "").lower():
        raise Forbidden("origin-refused", "The request comes from another page.", "Use this server's own page.")


def _is_dav(path: str) -> bool:
    return path == DAV_PATH or path.startswith(f"{DAV_PATH}/")


def _password(authorization: str) -> str:
    """The token, of Bearer or of Basic with any name. Raises Unauthorized when there is none."""
    scheme, _, value = authorization.partition(" ")
    try:
        if scheme.lower() == "bearer" and value.strip():
            return value.strip()
        if scheme.lower() == "basic":
            return base64.b64decode(value.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        pass
    raise Unauthorized("no-session", "You are not signed in.", "Any name, and a token as the password.")


def _is_embedded_elsewhere(headers: Headers) -> bool:
    """Another site's page loads it as a part of itself; following a link from there is a navigation, and is not."""
    site, mode = headers.get("sec-fetch-site"), headers.get("sec-fetch-mode")
    return site == "cross-site" and (mode != "navigate" or headers.get("sec-fetch-dest") in ("iframe", "frame"))


def capability_guard(accounts: Accounts) -> Callable[[AppConnection, BaseRouteHandler], Awaitable[None]]:
    """The one door of requests: what the route needs, whoever asks must hold, here and for what the path names."""

    async def guard(connection: AppConnection, handler: BaseRouteHandler) -> None:
        scope = connection.scope
        method = "WEBSOCKET" if scope["type"] == ScopeType.WEBSOCKET else scope["method"]
        # Litestar tells no template of what is mounted.
        template = min(handler.paths) if isinstance(handler, ASGIRouteHandler) else scope["path_template"]
        needed = capabilities.of_request("GET" if method == "HEAD" else method, template)
        if needed is None:
            return
        principal = principal_of(connection)
        held = principal.capabilities
        for name, value in connection.path_params.items():
            if name in capabilities.NOTEBOOK_PARAMETERS:
                held &= await accounts.roles.of(principal, NotebookId(value))
            elif name == capabilities.ITEM_PARAMETER:
                held &= await accounts.roles.of_item(principal, ItemId(value))
            elif name == capabilities.RUN_PARAMETER:
                held &= await accounts.roles.of_run(principal, BatchId(value))
        capabilities.check(needed, held)

    return guard


async def _refuse(scope: Scope, receive: Receive, send: Send, error: NoctuleError) -> None:
    """Refuse before anything of the application runs: a response, or a handshake that is not accepted."""
    found = problem(error)
    if scope["type"] == ScopeType.WEBSOCKET:
        await receive()
        reason = f"{found.code}: {found.title}"[:120]
        closing: Message = {"type": "websocket.close", "code": 4401 if found.status == 401 else 4403, "reason": reason}
        await send(closing)
        return
    dav = _is_dav(scope["path"])
    if found.status == 401 and not dav and "text/html" in ASGIConnection(scope).headers.get("accept", ""):
        content, media_type = _sign_in_page(found.title, found.detail), b"text/html; charset=utf-8"
    else:
        content, media_type = body(found), MEDIA_TYPE.encode()
    said = [(b"content-type", media_type), (b"content-length", str(len(content)).encode())]
    if found.status == 401 and dav:
        said.append((b"www-authenticate", b'Basic realm="Noctule", charset="UTF-8"'))
    start: Message = {"type": "http.response.start", "status": found.status, "headers": said}
    await send(start)
    last: Message = {"type": "http.response.body", "body": content, "more_body": False}
    await send(last)


def _sign_in_page(title: str, detail: str) -> bytes:
    """What a person sees who comes without the link."""
    shown = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(detail, quote=False))
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        "<title>Noctule</title><style>body{font:16px/26px system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 24px;"
        "color:#1C1B20;background:#FAFAF8}h1{font-size:28px;line-height:36px}@media(prefers-color-scheme:dark){body{color:#ECEBF1;background:#131318}}"
        f"</style><h1>{title}</h1><p>{shown}</p><p>It ends in <code>/?token=…</code> and signs this browser in.</p></html>"
    ).encode()
