"""The ASGI side of WebDAV: which requests go on to WsgiDAV, and what every answer says. It imports WsgiDAV with the first of them.

Who asks, the gate has found out by the Authorization header alone: a browser's cookie opens nothing here.
"""

from typing import Any, Final
from urllib.parse import unquote_to_bytes

from litestar import asgi
from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.handlers import ASGIRouteHandler
from litestar.types import Message, Receive, Scope, Send

from noctule.app import Core
from noctule.errors import NotFound, TooLarge, Unauthorized
from noctule.http.gate import DAV_PATH
from noctule.http.outputs import UNTRUSTED
from noctule_agent.wire.limits import DAV_BODY_BYTES
from noctule_agent.wire.values import UserId

_ARRIVED: Final = "noctule.arrived"
_SAFE: Final = [
    *((name.encode(), value.encode()) for name, value in UNTRUSTED.items()),
    (b"content-disposition", b"attachment"),
    (b"cache-control", b"private, no-cache"),
]
"""What a file holds, and what WsgiDAV writes of its own, is never a page of this origin."""
_PLAIN: Final = b"text/plain; charset=utf-8"


def dav(core: Core) -> ASGIRouteHandler:
    """The route."""
    made: list[Any] = []

    @asgi(DAV_PATH, is_mount=True, copy_scope=True)
    async def handler(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            raise NotFound("not-found", "There is nothing here.")
        headers = Headers.from_scope(scope)
        if "authorization" not in headers:
            raise Unauthorized(
                "no-session", "You are not signed in.", "WebDAV asks for the server's token as password."
            )
        path = _path(scope)
        if scope["method"] != "PUT" and int(headers.get("content-length") or 0) > DAV_BODY_BYTES:
            raise TooLarge("body-too-large", f"Such a request has at most {DAV_BODY_BYTES} bytes.")
        await core.drive.home(UserId(scope["user"]))
        if not made:
            from noctule.http.dav.app import make

            made.append(make(core))
        body = _Body(receive, None if scope["method"] == "PUT" else DAV_BODY_BYTES)
        inner = {**scope, "path": path, "root_path": "", _ARRIVED: body.arrived, "headers": _headers(scope["headers"])}
        await made[0](inner, body.receive, _Answer(send).send)

    return handler


def _path(scope: Any) -> str:
    """Below the mount, as UTF-8; of what is none, as of what leads elsewhere, there is nothing."""
    raw = unquote_to_bytes(scope["raw_path"].split(b"?")[0])
    mount = DAV_PATH.encode()
    if raw != mount and not raw.startswith(mount + b"/"):
        raise HTTPException(status_code=404, detail="Not Found")
    try:
        path = raw[len(mount) :].decode() or "/"
    except UnicodeDecodeError:
        raise HTTPException(status_code=404, detail="Not Found") from None
    if "\0" in path or any(part in (".", "..") for part in path.split("/")):
        raise HTTPException(status_code=404, detail="Not Found")
    return path


def _headers(found: Any) -> list[tuple[bytes, bytes]]:
    """Without those by which WsgiDAV would believe a proxy, and the token, which it has no use for."""
    return [(name, value) for name, value in found if not name.startswith(b"x-forwarded-") and name != b"authorization"]


class _Body:
    """Knows whether all of a body arrived."""

    def __init__(self, receive: Receive, limit: int | None) -> None:
        self._receive = receive
        self._limit = limit
        self._size = 0
        self._done = False

    def arrived(self) -> bool:
        return self._done

    async def receive(self) -> Any:
        message = await self._receive()
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            if self._limit is not None and self._size > self._limit:
                return {"type": "http.disconnect"}
            self._done = not message.get("more_body", False)
        return message


class _Answer:
    def __init__(self, send: Send) -> None:
        self._send = send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            ours = {name for name, _ in _SAFE}
            headers = [(name, value) for name, value in message.get("headers", []) if name not in ours]
            if message["status"] not in (200, 206):
                # WsgiDAV's own words; a file's type stays, for it is an attachment.
                headers = [(name, _PLAIN if value.startswith(b"text/html") else value) for name, value in headers]
            message = {**message, "headers": [*headers, *_SAFE]}
        await self._send(message)
