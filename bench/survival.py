"""What survives: 100 lines, one each 0.2 s, while clients leave and come back on another device, and while the server is
killed with -9 and started again. Every line carries its time, so that it can be seen how soon it was stored.
"""

import asyncio
import re
import time
from typing import Final

import msgspec
from websockets.exceptions import ConnectionClosed

from bench.harness import OURS, Bench, Most
from bench.noctule import Noctule, notebook
from bench.peers.jupyter_server import JupyterServer
from noctule.client.http import NoctuleClient
from noctule_agent.wire.state import ExecutionView
from noctule_agent.wire.values import CellId, NotebookId
from tests.support.notebooks import text_in_file, text_in_view

JUPYTER: Final = "jupyter_server"
LINES: Final = 100
STEP: Final = 0.2
CODE: Final = (
    f"import time\nfor i in range({LINES}):\n    print(f'L{{i}} {{time.time()}}', flush=True)\n    time.sleep({STEP})"
)
CELL: Final = CellId("cell-0")
NOTEBOOKS: Final = 5
"""Kernels that print at once while their server is killed."""


class Survival:
    def __init__(self, bench: Bench) -> None:
        self.away = bench.measure(
            "survival", "client dropped, another device later: lines lost of 100", "", Most(0, "max")
        )
        self.stored = bench.measure(
            "survival", "age of the newest stored line (one is printed each 0.2 s)", "s", Most(1, "max")
        )
        self.killed = bench.measure(
            "survival", "server kill -9 at 5 s, back at 8 s: lines lost of 100", "", Most(0, "max")
        )
        self.shown = bench.measure("survival", "server back -> a page shows new lines", "s", Most(2, "max"))


async def run(bench: Bench) -> None:
    survival = Survival(bench)
    await asyncio.gather(_away(bench, survival), _away_jupyter(bench, survival))
    for _ in range(1 if bench.quick else 2):
        await _killed(bench, survival)
    await _killed_jupyter(bench, survival)


async def _away(bench: Bench, survival: Survival) -> None:
    async with Noctule.started(bench.directory("noctule")) as (server, client):
        made = await notebook(client, CODE)
        async with server.session(client, made) as page:
            await page.ready()
            await page.run([CELL])
            await asyncio.sleep(3)
        # Nobody looks. What is stored can be asked for all the same.
        watching = asyncio.create_task(_watch(client, made, survival))
        await asyncio.sleep(LINES * STEP)
        async with server.session(client, made) as other_device:
            await other_device.ready()
            await other_device.until(lambda: _ended(other_device.view.executions))
            lines = [int(n) for n in re.findall(r"^L(\d+) ", text_in_view(other_device.view, CELL), re.MULTILINE)]
        watching.cancel()
        survival.away.add(OURS, _lost(lines))


async def _watch(client: NoctuleClient, made: NotebookId, survival: Survival) -> None:
    """How old the newest line that is stored is, twice a second, while lines come."""
    while True:
        asked = time.time()
        text = text_in_file(await client.ipynb(made), CELL)
        lines = text.splitlines()
        if len(lines) == LINES:
            return
        if lines:
            survival.stored.add(OURS, max(0.0, asked - float(lines[-1].split()[1])))
        await asyncio.sleep(0.5)


async def _killed(bench: Bench, survival: Survival) -> None:
    async with Noctule.started(bench.directory("killed")) as (server, client):
        made = [await notebook(client, CODE) for _ in range(NOTEBOOKS)]
        for one in made:
            async with server.session(client, one) as page:
                await page.ready()
                await page.run([CELL])
        await asyncio.sleep(5)
        await server.kill()
        await asyncio.sleep(3)
        await server.start()
        await asyncio.gather(*(_after(server, client, one, survival) for one in made))


async def _after(server: Noctule, client: NoctuleClient, made: NotebookId, survival: Survival) -> None:
    back = time.time()
    async with server.session(client, made) as page:
        await page.ready()
        await page.until(lambda: _newest(text_in_view(page.view, CELL)) > back or None)
        survival.shown.add(OURS, time.time() - back)
        await page.until(lambda: _ended(page.view.executions))
    lines = [int(n) for n in re.findall(r"^L(\d+) ", text_in_file(await client.ipynb(made), CELL), re.MULTILINE)]
    survival.killed.add(OURS, _lost(lines))


def _newest(text: str) -> float:
    """When the last line was printed."""
    times = re.findall(r"^L\d+ ([\d.]+)\n", text, re.MULTILINE)
    return float(times[-1]) if times else 0.0


def _ended(executions: list[ExecutionView]) -> bool | None:
    return all(one.state == "ok" for one in executions) or None


def _lost(lines: list[int]) -> int:
    """Lines that are missing, doubled or out of order."""
    return 0 if lines == list(range(LINES)) else max(1, LINES - len(set(lines)))


# --- a stock jupyter_server: the client is all that keeps what a kernel says -----------------------------------------


class _Said(msgspec.Struct):
    text: str = ""


async def _hear(server: JupyterServer, kernel_id: str, seconds: float, code: str = "") -> set[int]:
    """The lines that one client (a session of its own) hears in this time; it sends `code` first, if any."""
    heard: set[int] = set()
    async with server.kernel(kernel_id) as socket:
        if code:
            await socket.send(code)
        try:
            async with asyncio.timeout(seconds):
                while True:
                    _, header, _, content = await socket.receive()
                    if header["msg_type"] == "stream":
                        text = msgspec.json.decode(content, type=_Said).text
                        heard |= {int(n) for n in re.findall(r"^L(\d+) ", text, re.MULTILINE)}
        except (TimeoutError, ConnectionClosed):
            return heard


async def _away_jupyter(bench: Bench, survival: Survival) -> None:
    """Dropped at 3 s, another device from 12 s on."""
    async with JupyterServer.started(bench.directory("jupyter")) as server:
        _, kernel_id = await server.session()
        heard = await _hear(server, kernel_id, 3, CODE)
        await asyncio.sleep(9)
        heard |= await _hear(server, kernel_id, 12)
        survival.away.add(JUPYTER, LINES - len(heard))


async def _killed_jupyter(bench: Bench, survival: Survival) -> None:
    """Killed at 5 s. Its kernel ends with it, and nothing is stored: what the first client had heard is all there is."""
    async with JupyterServer.started(bench.directory("jupyter")) as server:
        _, kernel_id = await server.session()
        listening = asyncio.create_task(_hear(server, kernel_id, 30, CODE))
        await asyncio.sleep(5)
        server.kill()
        survival.killed.add(JUPYTER, LINES - len(await listening))
