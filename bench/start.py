"""Starts: Run pressed on a notebook with no runtime -> first result; its parts; and the claim of a warm runtime."""

import asyncio
import contextlib
import time

from bench.harness import OURS, Bench, Measure, Most, Ratio
from bench.noctule import Noctule, Page, notebook
from bench.peers.jupyter_server import JupyterServer
from bench.peers.kernel_manager import start_to_first_reply
from noctule.client.http import NoctuleClient
from noctule_agent.wire import page as wire
from noctule_agent.wire.state import FINAL_STATES, ExecutionPut, KernelPut, RuntimePut

FLOOR = "jupyter_client"
SETTLE_SECONDS = 1.5
"""After a warm runtime is connected, for its kernel to start."""


class Starts:
    def __init__(self, bench: Bench) -> None:
        self.total = bench.measure("start", "Run without a runtime -> first result", "s", Ratio(1.2, FLOOR))
        self.agent = bench.measure("start", "  of it: until the agent is connected", "s")
        self.kernel = bench.measure("start", "  of it: from there until the kernel is ready", "s")
        self.first = bench.measure("start", "  of it: from there to the result", "s")
        self.claim = bench.measure("start", "claim of a warm runtime -> first result", "ms", Most(50))


async def run(bench: Bench) -> None:
    starts = Starts(bench)
    async with contextlib.AsyncExitStack() as stack:
        _, client = await stack.enter_async_context(Noctule.started(bench.directory("noctule")))
        jupyter = await stack.enter_async_context(JupyterServer.started(bench.directory("jupyter")))

        async def of_floor() -> None:
            starts.total.add(FLOOR, await start_to_first_reply())

        async def of_noctule() -> None:
            await _cold(client, starts)

        async def of_jupyter() -> None:
            await _of_jupyter(jupyter, starts.total)

        await bench.interleaved(3 if bench.quick else 12, of_floor, of_noctule, of_jupyter)
    await _claims(bench, starts.claim)


async def _cold(client: NoctuleClient, starts: Starts) -> None:
    async with Page.opened(client, await notebook(client, "1+1")) as page:
        began = time.perf_counter()
        [execution_id] = await page.send("cell-0")
        connected = ready = ended = 0.0
        while not ended:
            frame = await page.receive()
            now = time.perf_counter()
            for op in frame.ops if isinstance(frame, wire.Ops) else []:
                match op:
                    case RuntimePut() if op.runtime is not None and op.runtime.state == "connected":
                        connected = connected or now
                    case KernelPut() if op.kernel is not None and op.kernel.state in ("idle", "busy"):
                        ready = ready or now
                    case ExecutionPut() if op.execution.id == execution_id and op.execution.state in FINAL_STATES:
                        ended = now
        starts.total.add(OURS, ended - began)
        starts.agent.add(OURS, connected - began)
        starts.kernel.add(OURS, max(0.0, ready - connected))
        starts.first.add(OURS, ended - max(ready, connected))
        await _disconnect(page)


async def _disconnect(page: Page) -> None:
    """End the runtime, and wait until it has: its end is not to disturb the next start."""
    await page.disconnect()
    while True:
        frame = await page.receive()
        for op in frame.ops if isinstance(frame, wire.Ops) else []:
            if isinstance(op, RuntimePut) and (op.runtime is None or op.runtime.state == "ended"):
                return


async def _of_jupyter(server: JupyterServer, measure: Measure) -> None:
    began = time.perf_counter()
    session_id, kernel_id = await server.session()
    async with server.kernel(kernel_id) as socket:
        await socket.execute("1+1")
        measure.add("jupyter_server", time.perf_counter() - began)
    await server.http.delete(f"/api/sessions/{session_id}")


async def _claims(bench: Bench, measure: Measure) -> None:
    async with Noctule.started(bench.directory("pool"), "--pool-size", "1") as (server, client):
        for _ in range(2 if bench.quick else 8):
            await _warm(server)
            async with Page.opened(client, await notebook(client, "1+1")) as page:
                began = time.perf_counter()
                await page.run("cell-0")
                measure.add(OURS, (time.perf_counter() - began) * 1000)
                await _disconnect(page)


async def _warm(server: Noctule) -> None:
    """Until the pool has its one runtime, and its kernel is up."""
    async with server.http() as http, asyncio.timeout(60):
        while 'noctule_runtimes{state="connected"} 1.0' not in (await http.get("/metrics")).text:
            await asyncio.sleep(0.1)
    await asyncio.sleep(SETTLE_SECONDS)
