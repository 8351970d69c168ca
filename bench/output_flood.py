"""Floods: many prints, one huge write, a progress bar, a display that is updated. Time, loss, and what the server takes.

Time ends when the reply and the idle of the request have come and, with Noctule, when all of it is committed. Nothing
is lost when the text that can be fetched afterwards is, byte for byte, what was printed.
"""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from bench.harness import MB, OURS, Bench, Footprint, Most, Ratio
from bench.noctule import Noctule, Page, Ran, notebook
from bench.peers.jupyter_server import JupyterServer
from bench.peers.raw_zmq import RawKernel
from noctule.client.http import NoctuleClient
from noctule_agent.wire.state import StreamOutput
from noctule_agent.wire.values import NotebookId, OutputId

FLOOR: Final = "raw zmq"
JUPYTER: Final = "jupyter_server"
BIG: Final = 50 * MB
BARS: Final = 20_000
FRAMES: Final = 2_000
PNG_BYTES: Final = 5_000
LOST: Final = "bytes lost"
WRONG: Final = "runs that are wrong at their end"


async def run(bench: Bench) -> None:
    await _prints(bench, 200_000, 1 if bench.quick else 3, memory=16, cpu=0.2)
    if not bench.quick:
        await _prints(bench, 2_000_000, 1, memory=32, cpu=1.5)
    await _one_write(bench)
    await _progress(bench)
    await _display(bench)


class Flood:
    """The measures of one flood: `code` once with each party, each on servers of its own."""

    expected = 0
    """Bytes of text that a client should hear."""

    def __init__(
        self, bench: Bench, name: str, code: str, *, time: Ratio | Most, memory: float, cpu: float | None, wrong: str
    ) -> None:
        self.bench = bench
        self.code = code
        self.time = bench.measure("output_flood", f"{name}: time", "s", time)
        self.wrong = bench.measure("output_flood", f"{name}: {wrong}", "", Most(0, "max"))
        self.memory = bench.measure("output_flood", f"{name}: server memory above its start", "MB", Most(memory))
        self.cpu = bench.measure("output_flood", f"{name}: server CPU", "s", Most(cpu) if cpu is not None else None)

    async def floor(self) -> None:
        with RawKernel(self.bench.directory("zmq")) as kernel:
            heard = Text()
            began = time.perf_counter()
            await asyncio.to_thread(kernel.execute, self.code, heard)
            self.time.add(FLOOR, time.perf_counter() - began)

    async def jupyter(self) -> None:
        """With its default limits."""
        async with JupyterServer.started(self.bench.directory("jupyter")) as server, server.kernel() as socket:
            await socket.execute("1")
            heard = Text()
            footprint = Footprint(server.pid)
            began = time.perf_counter()
            try:
                async with asyncio.timeout(120):
                    await socket.execute(self.code, heard)
            except Exception as error:
                self.bench.say(f"jupyter_server did not end this flood: {error!r}")
                return
            self.time.add(JUPYTER, time.perf_counter() - began)
            if self.expected:
                self.wrong.add(JUPYTER, max(0, self.expected - heard.size))
            self._took(JUPYTER, footprint)

    async def noctule(self, check: "Check") -> None:
        async with contextlib.AsyncExitStack() as stack:
            server, client = await stack.enter_async_context(Noctule.started(self.bench.directory("noctule")))
            made = await notebook(client, "1", self.code)
            page = await stack.enter_async_context(Page.opened(client, made))
            await page.run("cell-0")
            footprint = Footprint(server.pid)
            began = time.perf_counter()
            ran = await page.run("cell-1")
            self.time.add(OURS, time.perf_counter() - began)
            self._took(OURS, footprint)
            await check(Stored(server, client, made, ran))

    def _took(self, party: str, footprint: Footprint) -> None:
        self.cpu.add(party, footprint.cpu())
        self.memory.add(party, footprint.growth())


class Stored(msgspec.Struct):
    """What is there when a flood has ended."""

    server: Noctule
    client: NoctuleClient
    notebook: NotebookId
    ran: Ran


Check = Callable[[Stored], Awaitable[None]]


class _Said(msgspec.Struct):
    text: str = ""


class Text:
    """Counts the bytes of stream messages; keeps none."""

    def __init__(self) -> None:
        self.size = 0

    def __call__(self, msg_type: str, content: bytes) -> None:
        if msg_type == "stream":
            self.size += len(msgspec.json.decode(content, type=_Said).text.encode())


async def stored_text(stored: Stored) -> tuple[list[StreamOutput], bytes]:
    """The streams that a new page is shown of the second cell, and the whole text of the first of them."""
    async with Page.opened(stored.client, stored.notebook) as page:
        snapshot = page.welcome.snapshot
        assert snapshot is not None
        cell = next(cell for cell in snapshot.cells if cell.cell_id == "cell-1")
        assert cell.complete, "one cell of text fits into a snapshot"
        streams = [output for output in cell.outputs if isinstance(output, StreamOutput)]
    async with stored.server.http() as http:
        log = await http.get(f"/api/v1/notebooks/{stored.notebook}/outputs/{OutputId(streams[0].id)}/log")
        return streams, log.raise_for_status().content


async def _prints(bench: Bench, count: int, rounds: int, *, memory: float, cpu: float) -> None:
    name = f"{count // 1000:,},000 prints"
    flood = Flood(
        bench, name, f"for i in range({count}): print(i)", time=Ratio(1.1, FLOOR), memory=memory, cpu=cpu, wrong=LOST
    )
    expected = "".join(f"{i}\n" for i in range(count)).encode()
    flood.expected = len(expected)

    async def check(stored: Stored) -> None:
        _, text = await stored_text(stored)
        flood.wrong.add(OURS, 0 if text == expected else max(1, len(expected) - len(text)))

    await bench.interleaved(rounds, flood.floor, lambda: flood.noctule(check), flood.jupyter)


async def _one_write(bench: Bench) -> None:
    code = f"import sys\nsys.stdout.write('0123456789abcde\\n' * {BIG // 16})\nsys.stdout.flush()"
    flood = Flood(bench, "one 50 MB write", code, time=Most(1.5), memory=64, cpu=None, wrong=LOST)
    flood.expected = BIG
    digest = hashlib.sha256(b"0123456789abcde\n" * (BIG // 16)).digest()

    async def check(stored: Stored) -> None:
        _, text = await stored_text(stored)
        right = len(text) == BIG and hashlib.sha256(text).digest() == digest
        flood.wrong.add(OURS, 0 if right else max(1, BIG - len(text)))

    await bench.interleaved(1 if bench.quick else 3, flood.floor, lambda: flood.noctule(check), flood.jupyter)


async def _progress(bench: Bench) -> None:
    count = BARS // 10 if bench.quick else BARS
    last = f"\\r{count - 1}/{count}".replace("\\r", "")
    code = f"import sys\nfor i in range({count}):\n    sys.stdout.write(f'\\r{{i}}/{count}')\n    sys.stdout.flush()"
    flood = Flood(bench, f"{count:,} `\\r` updates", code, time=Ratio(1.1, FLOOR), memory=16, cpu=1.0, wrong=WRONG)
    pace = bench.measure(
        "output_flood", f"{count:,} `\\r` updates: most messages to a page in 1 s", "", Most(20, "max")
    )

    async def check(stored: Stored) -> None:
        streams, text = await stored_text(stored)
        right = len(streams) == 1 and text == last.encode()
        flood.wrong.add(OURS, 0 if right else 1)
        pace.add(OURS, stored.ran.most_in_a_second())

    await bench.interleaved(1 if bench.quick else 2, flood.floor, lambda: flood.noctule(check), flood.jupyter)


async def _display(bench: Bench) -> None:
    code = (
        "import os\nfrom IPython.display import display, Image\n"
        f"frame = lambda i: Image(data=b'\\x89PNG\\r\\n\\x1a\\n' + str(i).zfill(8).encode() + os.urandom({PNG_BYTES}))\n"
        f"shown = display(frame(0), display_id=True)\nfor i in range({FRAMES}): shown.update(frame(i))"
    )
    flood = Flood(bench, f"{FRAMES:,} display updates", code, time=Ratio(1.1, FLOOR), memory=32, cpu=None, wrong=WRONG)
    pace = bench.measure(
        "output_flood", f"{FRAMES:,} display updates: most messages to a page in 1 s", "", Most(20, "max")
    )

    async def check(stored: Stored) -> None:
        cell = next(
            c for c in msgspec.json.decode(await stored.client.ipynb(stored.notebook))["cells"] if c["id"] == "cell-1"
        )
        right = len(cell["outputs"]) == 1 and _frame_of(cell["outputs"][0]["data"]["image/png"]) == FRAMES - 1
        flood.wrong.add(OURS, 0 if right else 1)
        pace.add(OURS, stored.ran.most_in_a_second())

    await bench.interleaved(1 if bench.quick else 3, flood.floor, lambda: flood.noctule(check), flood.jupyter)


def _frame_of(image: str | list[str]) -> int:
    text = image if isinstance(image, str) else "".join(image)
    return int(msgspec.json.decode(msgspec.json.encode(text), type=bytes)[8:16])
