"""The agents' door on the server's own machine: a WebSocket over a unix socket, for processes of the same user.

The path must be stable over restarts of the server: agents that run dial it again. Its directory and the socket are the
owner's alone, and the peer's uid is asked of the kernel besides. Frames are neither looked at nor changed here.
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
    def __init__(self, path: Path, serve_agent: Callable[[Channel], Awaitable[None]]) -> None:
        self._path = path
        self._serve_agent = serve_agent
        self._server: Server | None = None

    @property
    def address(self) -> str:
        """What agents dial."""
        return f"unix://{self._path}"

    async def open(self) -> None:
        """Take the path. The caller knows that no other server uses this data directory."""
        _make_private(self._path.parent)
        self._path.unlink(missing_ok=True)
        self._server = await unix_serve(
            self._serve,
            str(self._path),
            process_request=_check_peer,
            max_size=FRAME_BYTES,
            compression=None,
            ping_interval=HEARTBEAT_SECONDS,
            ping_timeout=2 * HEARTBEAT_SECONDS,
        )
        self._path.chmod(0o600)

    async def close(self) -> None:
        """Close all connections: agents dial again when a server is back."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        self._path.unlink(missing_ok=True)

    async def _serve(self, connection: ServerConnection) -> None:
        await self._serve_agent(WebSocketChannel(connection))


def _check_peer(connection: ServerConnection, _: Request) -> Response | None:
    peer: socket.socket = connection.transport.get_extra_info("socket")
    _, uid, _ = _UCRED.unpack(peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
    if uid in (os.getuid(), 0):
        return None
    log.warning("a stranger knocked at the agents' door", uid=uid)
    return connection.respond(HTTPStatus.FORBIDDEN, "This socket is for processes of the server's own user.\n")


def _make_private(directory: Path) -> None:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if directory.stat().st_uid != os.getuid() or directory.is_symlink():
        raise PermissionError(f"{directory} belongs to somebody else")
    with contextlib.suppress(PermissionError):
        directory.chmod(0o700)


def _closed(closed: ConnectionClosed) -> ChannelClosed:
    frame = closed.rcvd or closed.sent
    return ChannelClosed(1006, "") if frame is None else ChannelClosed(frame.code, frame.reason)
