"""A round trip of `1`: request -> reply and idle; for Noctule from the page's socket to the committed output and back."""

import asyncio
import contextlib
import time

from bench.harness import OURS, Bench, Measure, Ratio, timed
from bench.noctule import Noctule, Page, notebook
from bench.peers.jupyter_server import JupyterServer
from bench.peers.raw_zmq import RawKernel
from noctule_agent.wire.state import DisplayOutput, OutputPut

FLOOR = "raw zmq"
EACH = 10
"""Requests of one party before it is another's turn."""


async def run(bench: Bench) -> None:
    measure = bench.measure("roundtrip", "round trip of `1`", "ms", Ratio(1.6, FLOOR))
    async with contextlib.AsyncExitStack() as stack:
        floor = stack.enter_context(RawKernel(bench.directory("zmq")))
        _, client = await stack.enter_async_context(Noctule.started(bench.directory("noctule")))
        page = await stack.enter_async_context(Page.opened(client, await notebook(client, "1")))
        await page.run("cell-0")
        jupyter = await stack.enter_async_context(JupyterServer.started(bench.directory("jupyter")))
        socket = await stack.enter_async_context(jupyter.kernel())
        await socket.execute("1")

        async def of_floor() -> None:
            for _ in range(EACH):
                with timed(measure, FLOOR, 1000):
                    floor.execute("1")

        async def of_noctule() -> None:
            for _ in range(EACH):
                await _round_trip(measure, page)

        async def of_jupyter() -> None:
            for _ in range(EACH):
                with timed(measure, "jupyter_server", 1000):
                    await socket.execute("1")

        await bench.interleaved(3 if bench.quick else 30, of_floor, of_noctule, of_jupyter)


async def _round_trip(measure: Measure, page: Page) -> None:
    began = time.perf_counter()
    ran = await page.run("cell-0")
    measure.add(OURS, (time.perf_counter() - began) * 1000)
    shown = [op.output for op in ran.ops if isinstance(op, OutputPut)]
    if not any(isinstance(output, DisplayOutput) and output.result for output in shown):
        raise AssertionError(f"the result did not come: {ran.ops}")
    await asyncio.sleep(0)
