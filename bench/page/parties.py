"""Noctule and JupyterLab as a person meets them: where a notebook opens, and what its parts are called in the DOM."""

import contextlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final, Protocol, Self

import httpx
from playwright.async_api import BrowserContext, Page

from bench.harness import OURS, child
from bench.noctule import Noctule
from bench.peers.jupyter_server import TOKEN, JupyterServer, answering
from noctule.client.http import NoctuleClient
from tests.support.server import free_port

LAB: Final = "JupyterLab"


class Party(Protocol):
    """A server that runs. Selectors are CSS."""

    name: str
    cell: str
    editor: str
    output_text: str

    async def sign_in(self, context: BrowserContext) -> None:
        """By cookies alone: nothing of the page is loaded by it."""
        ...

    async def put(self, name: str, data: bytes) -> str:
        """Put a notebook there; the address of its page."""
        ...

    async def run_first(self, page: Page) -> None:
        """Run the first cell, with the caret in its editor."""
        ...


class NoctuleParty:
    name = OURS
    cell = "section.cell"
    editor = "section.cell.code .cm-content"
    output_text = ".output-text"

    def __init__(self, server: Noctule, client: NoctuleClient) -> None:
        self.server = server
        self.client = client

    @classmethod
    @contextlib.asynccontextmanager
    async def started(cls, directory: Path) -> AsyncIterator[Self]:
        async with Noctule.started(directory) as (server, client):
            yield cls(server, client)

    async def put(self, name: str, data: bytes) -> str:
        made = await self.client.create_from_file(name, data)
        return f"{self.server.url}/notebooks/{made}"

    async def sign_in(self, context: BrowserContext) -> None:
        await context.request.get(self.server.link)

    async def run_first(self, page: Page) -> None:
        await page.locator(self.editor).first.click()
        await page.keyboard.press("Control+Enter")


class LabParty:
    name = LAB
    cell = ".jp-Notebook .jp-Cell"
    editor = ".jp-Notebook .jp-CodeCell .cm-content"
    output_text = ".jp-OutputArea-output"

    def __init__(self, server: JupyterServer) -> None:
        self.server = server

    @classmethod
    @contextlib.asynccontextmanager
    async def started(cls, directory: Path) -> AsyncIterator[Self]:
        """JupyterLab with its announcements off and the limits of messages lifted, which would drop output."""
        port = free_port()
        root = directory / "root"
        root.mkdir()
        own = {"JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"}
        env = {**os.environ, **{name: str(directory / name.lower()) for name in own}}
        argv = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"),
            *(f"--ServerApp.root_dir={root}", f"--IdentityProvider.token={TOKEN}", "--ServerApp.port_retries=0"),
            "--LabApp.news_url=None",
            "--ZMQChannelsWebsocketConnection.iopub_msg_rate_limit=1e9",
            "--ZMQChannelsWebsocketConnection.iopub_data_rate_limit=1e12",
        ]
        url = f"http://127.0.0.1:{port}"
        async with (
            child(argv, log=directory / "lab.log", env=env, cwd=directory) as pid,
            httpx.AsyncClient(
                base_url=url, headers={"Authorization": f"token {TOKEN}"}, timeout=60, trust_env=False
            ) as http,
        ):
            await answering(http)
            yield cls(JupyterServer(url, pid, root, http))

    async def put(self, name: str, data: bytes) -> str:
        (self.server.root / name).write_bytes(data)
        return f"{self.server.url}/lab/tree/{name}?reset"

    async def sign_in(self, context: BrowserContext) -> None:
        await context.request.get(f"{self.server.url}/login?token={TOKEN}")

    async def run_first(self, page: Page) -> None:
        await page.locator(self.editor).first.click()
        await page.keyboard.press("Control+Enter")
