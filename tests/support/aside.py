"""A notebook with a connected runtime on a real server, asked over HTTP, and a page at one of its terminals."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from noctule.client.session import PageSession
from noctule_agent.wire import terminals as wire
from noctule_agent.wire.values import NotebookId
from tests.support.notebooks import ipynb
from tests.support.server import ServerProcess

_FRAMES: msgspec.msgpack.Decoder[wire.ToTerminalPage] = msgspec.msgpack.Decoder(wire.ToTerminalPage)


class Connected:
    """`http` asks about the notebook: paths are below `/api/v1/notebooks/<id>`."""

    def __init__(self, server: ServerProcess, notebook: NotebookId, page: PageSession, http: httpx.AsyncClient) -> None:
        self.server = server
        self.notebook = notebook
        self.page = page
        self.http = http

    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.server.token}"}

    @asynccontextmanager
    async def terminal(self, terminal_id: str, after: int | None = None) -> "AsyncIterator[TerminalPage]":
        url = f"{self.server.url.replace('http', 'ws')}/api/v1/notebooks/{self.notebook}/terminals/{terminal_id}/socket"
        async with connect(url, additional_headers=self.bearer(), compression=None) as socket:
            page = TerminalPage(socket)
            await page.send(wire.TermOpen(wire.TERMINAL_VERSION, 80, 24, after))
            reading = asyncio.create_task(page.read())
            try:
                yield page
            finally:
                reading.cancel()


@asynccontextmanager
async def connected(server: ServerProcess, *sources: str) -> AsyncIterator[Connected]:
    async with server.client() as client:
        notebook = await client.create_from_file("n.ipynb", ipynb(*(sources or ("1",))))
        headers = {"Authorization": f"Bearer {server.token}"}
        base = f"{server.url}/api/v1/notebooks/{notebook}"
        async with (
            server.session(client, notebook) as page,
            httpx.AsyncClient(base_url=base, headers=headers, timeout=60) as http,
        ):
            await page.ready()
            await page.connect_runtime()
            async with asyncio.timeout(60):
                await page.until(lambda: page.view.runtime if _is_up(page) else None)
            yield Connected(server, notebook, page, http)


def _is_up(page: PageSession) -> bool:
    return page.view.runtime is not None and page.view.runtime.state == "connected"


class TerminalPage:
    """Draws what comes, and says so."""

    def __init__(self, socket: ClientConnection) -> None:
        self.text = b""
        self.offset = 0
        self.start: wire.TermStart | None = None
        self.refused: wire.TermRefused | None = None
        self.ended: wire.TermEnded | None = None
        self.taken = 0
        self.pongs = 0
        self.received = 0
        self.drawing = True
        self.close_code: int | None = None
        self._socket = socket
        self._heard = asyncio.Event()

    async def send(self, frame: Any) -> None:
        await self._socket.send(msgspec.msgpack.encode(frame))

    async def type(self, text: str) -> None:
        await self.send(wire.TermInput(text.encode()))

    async def read(self) -> None:
        try:
            while True:
                message = await self._socket.recv(decode=False)
                self.received += len(message)
                self._draw(_FRAMES.decode(message))
                if self.drawing:
                    await self._drew(len(message))
        except ConnectionClosed as closed:
            self.close_code = closed.rcvd.code if closed.rcvd is not None else 1006
            self._heard.set()

    async def _drew(self, size: int) -> None:
        # The server may have closed behind frames that are not read yet: those still count, as in a browser.
        with suppress(ConnectionClosed):
            await self.send(wire.TermAck(size))

    def _draw(self, frame: wire.ToTerminalPage) -> None:
        match frame:
            case wire.TermStart():
                self.start = frame
                self.offset = frame.offset
                self.text = frame.prelude if frame.fresh else self.text
            case wire.TermOutput():
                self.text = self.text[-2_000_000:] + frame.data
                self.offset += len(frame.data)
            case wire.TermRefused():
                self.refused = frame
            case wire.TermEnded():
                self.ended = frame
            case wire.TermTaken():
                self.taken += frame.size
            case wire.TermPong():
                self.pongs += 1
        self._heard.set()

    async def until(self, ready: Callable[[], object], seconds: float = 30) -> None:
        async with asyncio.timeout(seconds):
            while not ready():
                self._heard.clear()
                await self._heard.wait()

    async def sees(self, text: str, seconds: float = 30) -> None:
        await self.until(lambda: text.encode() in self.text, seconds)
