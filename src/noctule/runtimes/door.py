"""The agents' doors on the server's own machine: WebSockets over unix sockets. Who knocks, the kernel says by the peer's uid.

    Door(path, serve)                 for processes of the server's own user; directory and socket are that user's alone
    Door(path, serve, runtime_of)     for sandboxes, which see the directory: a uid is that of one runtime, or refused

The path must be stable over restarts of the server, and the directory is never made anew: agents that run dial it again. Frames are
neither looked at nor changed here.
"""

import contextlib
import os
import socket
import struct
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path

import structlog
from websockets.asyncio.server import Server, ServerConnection, unix_serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from noctule_agent.wire.limits import HEARTBEAT_SECONDS, MB, RECORD_BYTES
from noctule_agent.wire.ports import Channel, ChannelClosed
from noctule_agent.wire.values import RuntimeId

log = structlog.get_logger()

FRAME_BYTES = RECORD_BYTES + MB
"""The largest record and its head."""

_UCRED = struct.Struct("3i")


class WebSocketChannel:
    """A `websockets` connection as a Channel."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection

    async def send(self, frame: bytes) -> None:
        try:
            await self._connection.send(frame)
        except ConnectionClosed as closed:
            raise _closed(closed) from None

    async def receive(self) -> bytes:
        try:
            # A text frame is no frame of ours; its bytes will not decode, and the link says so.
            return await self._connection.recv(decode=False)
        except ConnectionClosed as closed:
            raise _closed(closed) from None

    async def close(self, code: int = 1000, reason: str = "") -> None:
        await self._connection.close(code, reason)


class Door:
    def __init__(
        self,
        path: Path,
        serve_agent: Callable[[Channel, RuntimeId | None], Awaitable[None]],
        runtime_of: Callable[[int], RuntimeId | None] | None = None,
    ) -> None:
        """`serve_agent` is told the one runtime that may come in by this connection; None: any."""
        self._path = path
        self._serve_agent = serve_agent
        self._runtime_of = runtime_of
        self._server: Server | None = None

    @property
    def address(self) -> str:
        """What agents dial."""
        return f"unix://{self._path}"

    async def open(self) -> None:
        """Take the path. The caller knows that no other server uses this data directory."""
        _make_private(self._path.parent, 0o700 if self._runtime_of is None else 0o711)
        self._path.unlink(missing_ok=True)
        self._server = await unix_serve(
            self._serve,
            str(self._path),
            process_request=self._check_peer,
            max_size=FRAME_BYTES,
            compression=None,
            ping_interval=HEARTBEAT_SECONDS,
            ping_timeout=2 * HEARTBEAT_SECONDS,
        )
        self._path.chmod(0o600 if self._runtime_of is None else 0o666)

    async def close(self) -> None:
        """Close all connections: agents dial again when a server is back."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        self._path.unlink(missing_ok=True)

    async def _serve(self, connection: ServerConnection) -> None:
        only = None if self._runtime_of is None else self._runtime_of(_uid(connection))
        if self._runtime_of is not None and only is None:
            # It ended between its knock and now.
            await connection.close()
            return
        await self._serve_agent(WebSocketChannel(connection), only)

    def _check_peer(self, connection: ServerConnection, _: Request) -> Response | None:
        uid = _uid(connection)
        own = self._runtime_of is None and uid in (os.getuid(), 0)
        if own or (self._runtime_of is not None and self._runtime_of(uid) is not None):
            return None
        log.warning("a stranger knocked at the agents' door", uid=uid)
        return connection.respond(HTTPStatus.FORBIDDEN, "This socket is not for you: it is for the server's agents.\n")


def _uid(connection: ServerConnection) -> int:
    peer: socket.socket = connection.transport.get_extra_info("socket")
    uid: int = _UCRED.unpack(peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))[1]
    return uid


def _make_private(directory: Path, mode: int) -> None:
    directory.mkdir(mode=mode, parents=True, exist_ok=True)
    if directory.stat().st_uid != os.getuid() or directory.is_symlink():
        raise PermissionError(f"{directory} belongs to somebody else")
    with contextlib.suppress(PermissionError):
        directory.chmod(mode)


def _closed(closed: ConnectionClosed) -> ChannelClosed:
    frame = closed.rcvd or closed.sent
    return ChannelClosed(1006, "") if frame is None else ChannelClosed(frame.code, frame.reason)
