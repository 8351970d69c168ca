"""The real Channel: a WebSocket over a unix socket or TCP. The only place that knows `websockets`."""

from typing import Any

from websockets.asyncio.client import ClientConnection, connect, unix_connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from .wire.limits import HEARTBEAT_SECONDS, HELLO_SECONDS, MB, RECORD_BYTES
from .wire.ports import Channel, ChannelClosed

SILENCE_SECONDS = 20.0
"""A ping that is not answered for so long ends the connection: with HEARTBEAT_SECONDS, a dead peer is seen in 30 s."""


_OPTIONS: dict[str, Any] = {
    "compression": None,
    "max_size": RECORD_BYTES + MB,
    "open_timeout": HELLO_SECONDS,
    "ping_interval": HEARTBEAT_SECONDS,
    "ping_timeout": SILENCE_SECONDS,
    "close_timeout": 2.0,
    "max_queue": 64,
    "write_limit": MB,
}


class WebSocketChannel:
    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def send(self, frame: bytes) -> None:
        try:
            await self._connection.send(frame)
        except ConnectionClosed as closed:
            raise _closed(closed) from closed

    async def receive(self) -> bytes:
        try:
            message = await self._connection.recv(decode=False)
        except ConnectionClosed as closed:
            raise _closed(closed) from closed
        return bytes(message)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        await self._connection.close(code, reason)


def _closed(closed: ConnectionClosed) -> ChannelClosed:
    frame = closed.rcvd or closed.sent
    return ChannelClosed(frame.code, frame.reason) if frame else ChannelClosed()


async def dial_websocket(server: str) -> Channel:
    """Dial `unix:///path` or `ws://...`. Raises OSError or ChannelClosed."""
    try:
        if server.startswith("unix://"):
            path = server.removeprefix("unix://")
            connection = await unix_connect(path, "ws://agent/api/v1/agent", **_OPTIONS)
        else:
            connection = await connect(server, proxy=None, **_OPTIONS)
    except WebSocketException as error:
        raise ChannelClosed(1006, str(error)) from error
    return WebSocketChannel(connection)
