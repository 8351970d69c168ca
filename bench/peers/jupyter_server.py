"""A stock jupyter_server, as a front end uses it: sessions over HTTP, one kernel WebSocket (protocol v1)."""

import asyncio
import contextlib
import os
import signal
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Self

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bench.harness import child
from tests.support.server import free_port

TOKEN: Final = "bench"
START_SECONDS: Final = 60.0

Heard = Callable[[str, bytes], None]


class JupyterServer:
    def __init__(self, url: str, pid: int, root: Path, http: httpx.AsyncClient) -> None:
        self.url = url
        self.pid = pid
        self.root = root
        self.http = http

    @classmethod
    @contextlib.asynccontextmanager
    async def started(cls, directory: Path) -> AsyncIterator[Self]:
        """On a directory of its own, with no configuration of this machine's."""
        port = free_port()
        root = directory / "root"
        root.mkdir()
        own = {"JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"}
        env = {**os.environ, **{name: str(directory / name.lower()) for name in own}, "JUPYTER_NO_CONFIG": "1"}
        argv = [
            *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", f"--port={port}"),
            *(f"--ServerApp.root_dir={root}", f"--IdentityProvider.token={TOKEN}", "--ServerApp.port_retries=0"),
        ]
        url = f"http://127.0.0.1:{port}"
        async with (
            child(argv, log=directory / "server.log", env=env, cwd=directory) as pid,
            httpx.AsyncClient(
                base_url=url, headers={"Authorization": f"token {TOKEN}"}, timeout=60, trust_env=False
            ) as http,
        ):
            await answering(http)
            yield cls(url, pid, root, http)

    def kill(self) -> None:
        """kill -9."""
        os.kill(self.pid, signal.SIGKILL)

    async def session(self) -> tuple[str, str]:
        """A new notebook session: (session id, kernel id)."""
        name = f"{uuid.uuid4().hex}.ipynb"
        body = {"path": name, "name": name, "type": "notebook", "kernel": {"name": "python3"}}
        made = (await self.http.post("/api/sessions", json=body)).raise_for_status().json()
        return made["id"], made["kernel"]["id"]

    @contextlib.asynccontextmanager
    async def kernel(self, kernel_id: str | None = None, session: str | None = None) -> "AsyncIterator[KernelSocket]":
        """The socket of a kernel, a new one if none is given."""
        if kernel_id is None:
            _, kernel_id = await self.session()
        session = session or uuid.uuid4().hex
        url = f"{self.url.replace('http', 'ws', 1)}/api/kernels/{kernel_id}/channels?session_id={session}"
        async with connect(
            url,
            additional_headers={"Authorization": f"token {TOKEN}"},
            subprotocols=[Subprotocol("v1.kernel.websocket.jupyter.org")],
            max_size=None,
            compression=None,
            proxy=None,
        ) as socket:
            yield KernelSocket(socket, session)


class KernelSocket:
    """What a browser tab is to jupyter_server."""

    def __init__(self, socket: ClientConnection, session: str) -> None:
        self._socket = socket
        self._session = session

    async def execute(self, code: str, heard: Heard = lambda _type, _content: None) -> None:
        """Returns when the reply and the idle of this request have come."""
        msg_id = await self.send(code)
        replied = idle = False
        while not (replied and idle):
            channel, header, parent, content = await self.receive()
            if parent.get("msg_id") != msg_id:
                continue
            if channel == "shell":
                replied = True
                continue
            heard(header["msg_type"], content)
            idle = idle or (header["msg_type"] == "status" and b'"idle"' in content)

    async def send(self, code: str) -> str:
        msg_id = uuid.uuid4().hex
        header = {
            "msg_id": msg_id,
            "msg_type": "execute_request",
            "username": "",
            "session": self._session,
            "version": "5.4",
            "date": "2026-01-01T00:00:00Z",
        }
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        await self._socket.send(_pack("shell", [orjson.dumps(part) for part in (header, {}, {}, content)]))
        return msg_id

    async def receive(self) -> tuple[str, Any, Any, bytes]:
        """(channel, header, parent header, content)"""
        frame = await self._socket.recv(decode=False)
        channel, header, parent, _, content = _unpack(frame)[:5]
        return channel.decode(), orjson.loads(header), orjson.loads(parent), content


def _pack(channel: str, parts: list[bytes]) -> bytes:
    pieces = [channel.encode(), *parts]
    offsets = [8 * (len(pieces) + 2)]
    for piece in pieces:
        offsets.append(offsets[-1] + len(piece))
    return b"".join([n.to_bytes(8, "little") for n in (len(offsets), *offsets)] + pieces)


def _unpack(frame: bytes) -> list[bytes]:
    count = int.from_bytes(frame[:8], "little")
    offsets = [int.from_bytes(frame[8 * (n + 1) : 8 * (n + 2)], "little") for n in range(count)]
    return [frame[start:stop] for start, stop in pairwise(offsets)]


async def answering(http: httpx.AsyncClient) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            if (await http.get("/api/status")).is_success:
                return
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(0.05)
