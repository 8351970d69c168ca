"""A real `noctule serve` in a process of its own, for integration tests and benchmarks: started, killed, started again.

`start_server` makes servers on fresh data directories; at the end of a test everything that they started is swept, and
what was left running although it should not have been fails the test (`leftovers`).
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil
import pytest

from noctule.client.http import NoctuleClient
from noctule.client.session import PageSession
from noctule.ids import RandomIds
from noctule_agent.wire.values import NotebookId

START_SECONDS = 60.0


AS_PROCESSES = {"NOCTULE_LAUNCHER": "process", "NOCTULE_MINIMUM_ISOLATION": "process"}
"""Tests look at agents and kernels from outside; those of sandboxes say `--launcher sandbox`."""


class ServerProcess:
    """One data directory and the server on it, when it runs. The port stays the same over restarts."""

    def __init__(self, data: Path, database_url: str | None = None, options: tuple[str, ...] = ()) -> None:
        self.data = data
        self.port = free_port()
        self.link = ""
        self._database_url = database_url
        self._options = options
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        return (self.data / "token").read_text().strip()

    @property
    def pid(self) -> int:
        assert self._process is not None, "the server does not run"
        return self._process.pid

    async def start(self) -> None:
        """Returns when it has printed its link: it answers."""
        # Terminals start a plain shell: files of the person who tests are not to be run.
        plain = {"SHELL": "/bin/sh", "PS1": "$ "}
        environment = {**os.environ, **plain, "NOCTULE_POOL_SIZE": "0", "NOCTULE_LOG_FORMAT": "json", **AS_PROCESSES}
        if self._database_url is not None:
            environment["NOCTULE_DATABASE_URL"] = self._database_url
        with (self.data.parent / f"{self.data.name}.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "noctule", "serve", "--no-browser"),
                *("--data", str(self.data), "--port", str(self.port)),
                *self._options,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=environment,
            )
        assert self._process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            self.link = (await self._process.stdout.readline()).decode().strip()
        if not self.link.startswith("http"):
            raise AssertionError(f"the server did not start:\n{self.log()[-4000:]}")

    def log(self) -> str:
        return (self.data.parent / f"{self.data.name}.log").read_text(errors="replace")

    async def kill(self) -> None:
        """kill -9."""
        await self._end(signal.SIGKILL)

    async def terminate(self) -> int:
        """SIGTERM; its exit code."""
        return await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> int:
        assert self._process is not None, "the server does not run"
        if self._process.returncode is None:
            self._process.send_signal(number)
        async with asyncio.timeout(30):
            code = await self._process.wait()
        self._process = None
        return code

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def client(self) -> NoctuleClient:
        return NoctuleClient(self.url, self.token)

    def session(self, client: NoctuleClient, notebook_id: NotebookId) -> PageSession:
        return PageSession(partial(client.dial, notebook_id), RandomIds())

    def runtime_processes(self) -> list[psutil.Process]:
        """Every process that belongs to a runtime of this data directory, alive now."""
        ids = {path.name for path in (self.data / "runtimes").glob("*") if path.is_dir()}
        return [process for process in psutil.process_iter() if _runtime_of(process) in ids]

    async def no_runtime_process(self, seconds: float = 20.0) -> None:
        """Returns when no process of a runtime is left; fails when one stays."""
        deadline = asyncio.get_running_loop().time() + seconds
        while left := self.runtime_processes():
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"processes are left: {[(p.pid, p.cmdline()) for p in left]}")
            await asyncio.to_thread(psutil.wait_procs, left, timeout=0.1)

    async def sweep(self) -> None:
        """End the server and kill whatever runs of it."""
        if self._process is not None:
            await self.kill()
        for process in self.runtime_processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _runtime_of(process: psutil.Process) -> str | None:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return process.environ().get("NOCTULE_RUNTIME_ID")
    except (psutil.Error, OSError):
        return None


StartServer = Callable[..., Awaitable[ServerProcess]]


@pytest.fixture
async def start_server(tmp_path: Path) -> AsyncIterator[StartServer]:
    """`await start_server(database_url=None, options=())` gives a running ServerProcess."""
    servers: list[ServerProcess] = []

    async def start(database_url: str | None = None, options: tuple[str, ...] = ()) -> ServerProcess:
        server = ServerProcess(tmp_path / f"data{len(servers)}", database_url, options)
        servers.append(server)
        await server.start()
        return server

    yield start
    for server in servers:
        await server.sweep()
