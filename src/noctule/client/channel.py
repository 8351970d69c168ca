"""A notebook's page socket over the network: `wire.ports.Channel` on a WebSocket, and the errors of dialling."""

import contextlib
import ipaddress
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from noctule.client.problems import from_response
from noctule.errors import Invalid, NoctuleError, Unavailable
from noctule_agent.wire import limits
from noctule_agent.wire.ports import Channel, ChannelClosed
from noctule_agent.wire.values import NotebookId

CLOSE_SECONDS: Final = 2.0


class WebSocketChannel:
    """A connected WebSocket as a Channel. Text frames are no frames of ours: the protocol's decoder refuses them."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def send(self, frame: bytes) -> None:
        try:
            await self._connection.send(frame)
        except ConnectionClosed as error:
            raise _closed(error) from error

    async def receive(self) -> bytes:
        try:
            return await self._connection.recv(decode=False)
        except ConnectionClosed as error:
            raise _closed(error) from error

    async def close(self, code: int = 1000, reason: str = "") -> None:
        with contextlib.suppress(Exception):
            await self._connection.close(code, reason)


async def dial(base_url: str, token: str, notebook_id: NotebookId) -> Channel:
    """Open the socket of a notebook. Raises errors.NoctuleError."""
    url = socket_url(base_url, notebook_id)
    try:
        connection = await connect(
            url,
            additional_headers={"Authorization": f"Bearer {token}"} if token else None,
            max_size=limits.NOTEBOOK_FILE_BYTES,
            compression=None,
            open_timeout=limits.HELLO_SECONDS,
            close_timeout=CLOSE_SECONDS,
            ping_interval=limits.HEARTBEAT_SECONDS,
            proxy=None if is_loopback(url) else True,
        )
    except InvalidStatus as error:
        raise from_response(error.response.status_code, bytes(error.response.body or b"")) from error
    except (OSError, InvalidHandshake, ConnectionClosed) as error:
        raise unreachable(base_url, error) from error
    return WebSocketChannel(connection)


def server_url(text: str) -> str:
    """The address of a server, without a slash at its end. Raises Invalid when it is none."""
    try:
        parts = urlsplit(text)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        valid = False
    if not valid:
        raise Invalid("server-url-invalid", f"{text!r} is not the address of a server.", "Write http://HOST:PORT.")
    return text.rstrip("/")


def socket_url(base_url: str, notebook_id: NotebookId) -> str:
    parts = urlsplit(base_url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    path = f"{parts.path.rstrip('/')}/api/v1/notebooks/{quote(notebook_id, safe='')}/socket"
    return urlunsplit((scheme, parts.netloc, path, "", ""))


def is_loopback(url: str) -> bool:
    """A proxy of the environment cannot reach this machine's own servers."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def unreachable(base_url: str, error: Exception) -> NoctuleError:
    return Unavailable(
        "server-unreachable",
        f"The server {base_url} cannot be reached.",
        str(error) or type(error).__name__,
    )


def _closed(error: ConnectionClosed) -> ChannelClosed:
    frame = error.rcvd
    return ChannelClosed(frame.code, frame.reason) if frame is not None else ChannelClosed()
