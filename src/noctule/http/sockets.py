"""The WebSocket doors: pages of a notebook, and agents that dial over TCP. Each becomes a Channel; the rest is elsewhere."""

from litestar import websocket
from litestar.exceptions import WebSocketDisconnect
from litestar.params import FromPath

from noctule.accounts.capabilities import Capability
from noctule.accounts.live import At, Held
from noctule.accounts.principal import Principal
from noctule.app import Core
from noctule.http.context import AppSocket, TheCore, principal_of
from noctule_agent.wire.ports import Channel, ChannelClosed
from noctule_agent.wire.values import NotebookId


class SocketChannel:
    """A Litestar WebSocket as a Channel of binary frames. A text frame breaks the protocol and closes it."""

    def __init__(self, socket: AppSocket) -> None:
        self._socket = socket
        self._closed = False

    async def send(self, frame: bytes) -> None:
        try:
            await self._socket.send_data(frame, mode="binary")
        except (WebSocketDisconnect, RuntimeError, OSError) as error:
            raise ChannelClosed(1006, str(error)) from None

    async def receive(self) -> bytes:
        try:
            message = await self._socket.receive()
        except (WebSocketDisconnect, RuntimeError, OSError) as error:
            raise ChannelClosed(1006, str(error)) from None
        if message["type"] == "websocket.disconnect":
            raise ChannelClosed(int(message.get("code") or 1005), str(message.get("reason") or ""))
        data = message.get("bytes")
        if not isinstance(data, bytes):
            await self.close(1003, "frames are binary")
            raise ChannelClosed(1003, "frames are binary")
        return data

    async def close(self, code: int = 1000, reason: str = "") -> None:
        if self._closed:
            return
        self._closed = True
        try:
            await self._socket.close(code=code, reason=reason)
        except (WebSocketDisconnect, RuntimeError, OSError):
            return


@websocket("/api/v1/notebooks/{notebook_id:str}/socket")
async def page_socket(socket: AppSocket, core: TheCore, notebook_id: FromPath[str]) -> None:
    """The one WebSocket of a page. The gate has checked session and Origin; when that session, or the right, ends, it closes."""
    await socket.accept()
    await serve_page(core, SocketChannel(socket), principal_of(socket), NotebookId(notebook_id))


async def serve_page(core: Core, channel: Channel, principal: Principal, notebook: NotebookId) -> None:
    """A page's connection, to its end; what it may follows the right behind it."""
    held = Held()
    with core.accounts.live.entered(principal, channel.close, At(notebook, Capability.VIEW, held)):
        # After it is entered: no change of its rights is missed.
        await core.accounts.rights.review(principal)
        await core.rooms.serve_page(channel, notebook, principal.account, held)


@websocket("/api/v1/agent")
async def agent_socket(socket: AppSocket, core: TheCore) -> None:
    """An agent. Its first frame carries the runtime's token."""
    await socket.accept()
    await core.runtimes.serve_agent(SocketChannel(socket))
