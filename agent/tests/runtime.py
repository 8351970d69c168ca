"""The agent as a process, with ipykernel, and its server end on a unix socket. The fixtures of it are in conftest.py."""

import asyncio
import json
import sys
from pathlib import Path

from agent.tests.harness import FOREVER, KERNEL, SocketServer
from noctule_agent.proc import descendants


class Runtime:
    """One agent process and its server end."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.server = SocketServer(directory / "agent.sock")
        self.process: asyncio.subprocess.Process
        self.generation = 0

    async def launch(self, *, drain: bool = False) -> None:
        self.generation += 1
        self.write_spec(drain=drain)
        await self.start()

    async def start_ahead(self) -> None:
        """Generation 0: nobody has launched it."""
        self.write_spec()
        await self.start("--ahead", stdin=asyncio.subprocess.PIPE)
        async with asyncio.timeout(20):
            while '"event":"kernel-ready"' not in self.log():
                await asyncio.sleep(0.02)

    def write_spec(self, *, drain: bool = False) -> None:
        spec = {
            "runtime_id": "r1",
            "generation": self.generation,
            "token": "t",
            "server": f"unix://{self.server.path}",
            "lease_until": FOREVER,
            "drain": drain,
            "warm": not drain,
            "kernel_id": KERNEL,
        }
        (self.directory / "spec.json").write_text(json.dumps(spec))

    async def start(self, *options: str, stdin: int = asyncio.subprocess.DEVNULL) -> None:
        with (self.directory / "agent.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "noctule_agent", "--directory", str(self.directory), *options),
                stdin=stdin,
                stderr=log,
            )

    def log(self) -> str:
        return (self.directory / "agent.log").read_text()

    def processes(self) -> list[int]:
        return descendants(self.process.pid)
