"""A notebook of 2,000 cells with 40 MB of outputs: its first screen, its saving, and how long others wait meanwhile.

Opening is cold: the server was started for it and holds nothing of the notebook. "First screen" is the Welcome with the
snapshot, from the dialling on. Saving is what the server does after an edit, less the 2 s of quiet that it waits for.
"""

import asyncio
import contextlib
import json
import os
import struct
import time
import zlib
from base64 import b64encode
from typing import Any, Final

from bench.harness import MB, OURS, Bench, Footprint, Most
from bench.noctule import Noctule, Page
from bench.peers.jupyter_server import JupyterServer
from bench.probe import probing
from noctule.notebook.ops import SetSource
from noctule_agent.wire.limits import PROJECT_QUIET_SECONDS
from noctule_agent.wire.values import CellId, NotebookId

JUPYTER: Final = "jupyter_server"
CELLS: Final = 2_000
OUTPUT_BYTES: Final = 20_000


async def run(bench: Bench) -> None:
    big = Big(bench)
    server_directory = bench.directory("noctule")
    async with Noctule.started(server_directory) as (server, client):
        began = time.perf_counter()
        async with probing(f"{server.url}/healthz") as waited:
            made = await client.create_from_file("big.ipynb", big.data)
        big.upload.add(OURS, time.perf_counter() - began)
        big.upload_wait.add(OURS, waited.longest)
        for _ in range(1 if bench.quick else 4):
            await server.terminate()
            await server.start()
            await _open(big, server, made)
            await _save(big, server, made)
    await _of_jupyter(bench, big)


class Big:
    def __init__(self, bench: Bench) -> None:
        self.data = notebook_bytes()
        say = f"{len(self.data) / MB:.0f} MB"
        self.first = bench.measure("big_notebook", "2,000 cells, 40 MB: first screen, cold", "s", Most(0.4))
        self.bytes = bench.measure("big_notebook", "  its bytes", "MB", Most(1.5))
        self.open_wait = bench.measure("big_notebook", "  longest wait of others meanwhile", "ms", Most(50))
        self.open_memory = bench.measure("big_notebook", "  server memory above its start", "MB")
        self.save = bench.measure("big_notebook", f"save after an edit ({say})", "s", Most(0.5))
        self.save_wait = bench.measure("big_notebook", "  longest wait of others meanwhile", "ms", Most(50))
        self.upload = bench.measure("big_notebook", f"upload ({say})", "s")
        self.upload_wait = bench.measure("big_notebook", "  longest wait of others meanwhile", "ms")


async def _open(big: Big, server: Noctule, made: NotebookId) -> None:
    async with server.client() as client, contextlib.AsyncExitStack() as stack:
        footprint = Footprint(server.pid)
        async with probing(f"{server.url}/healthz") as waited:
            began = time.perf_counter()
            page = await stack.enter_async_context(Page.opened(client, made))
            big.first.add(OURS, time.perf_counter() - began)
        big.bytes.add(OURS, page.welcome_bytes / MB)
        big.open_wait.add(OURS, waited.longest)
        big.open_memory.add(OURS, footprint.growth())


async def _save(big: Big, server: Noctule, made: NotebookId) -> None:
    async with server.client() as client, server.session(client, made) as session:
        await session.ready()
        # Whatever the opening left to be saved is over.
        await asyncio.sleep(PROJECT_QUIET_SECONDS + 3)
        before = session.view.saved.at
        async with probing(f"{server.url}/healthz") as waited:
            began = time.perf_counter()
            await session.edit(SetSource(CellId("cell-1"), f"# edited at {began}"))
            await session.until(lambda: session.view.saved.at != before or None)
            big.save.add(OURS, time.perf_counter() - began - PROJECT_QUIET_SECONDS)
        big.save_wait.add(OURS, waited.longest)


async def _of_jupyter(bench: Bench, big: Big) -> None:
    async with JupyterServer.started(bench.directory("jupyter")) as server:
        path = server.root / "big.ipynb"
        path.write_bytes(big.data)
        for number in range(1 if bench.quick else 3):
            footprint = Footprint(server.pid)
            async with probing(f"{server.url}/api?token=bench") as waited:
                began = time.perf_counter()
                answer = await server.http.get("/api/contents/big.ipynb", params={"type": "notebook"})
                big.first.add(JUPYTER, time.perf_counter() - began)
            big.bytes.add(JUPYTER, len(answer.content) / MB)
            big.open_wait.add(JUPYTER, waited.longest)
            if number == 0:
                big.open_memory.add(JUPYTER, footprint.growth())
            body = json.dumps({"type": "notebook", "content": answer.json()["content"]}).encode()
            async with probing(f"{server.url}/api?token=bench") as waited:
                began = time.perf_counter()
                (await server.http.put("/api/contents/big.ipynb", content=body)).raise_for_status()
                big.save.add(JUPYTER, time.perf_counter() - began)
            big.save_wait.add(JUPYTER, waited.longest)


def notebook_bytes() -> bytes:
    """An .ipynb of 2,000 cells: prints, tables, images and a few words, as notebooks have them."""
    cells = [_cell(number) for number in range(CELLS)]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}, indent=1).encode()


def _cell(number: int) -> dict[str, Any]:
    head = {"id": f"cell-{number}", "metadata": {}}
    if number % 10 == 0:
        return {**head, "cell_type": "markdown", "source": f"# Part {number}\n\n" + "Some words. " * 20}
    source = "\n".join(f"value_{line} = compute({number}, {line})" for line in range(8))
    return {**head, "cell_type": "code", "source": source, "execution_count": number, "outputs": [_output(number)]}


def _output(number: int) -> dict[str, Any]:
    size = OUTPUT_BYTES * 10 // 9
    if number % 3 == 0:
        line = f"step {number}: loss 0.0123, accuracy 0.9876\n"
        return {"output_type": "stream", "name": "stdout", "text": [line] * (size // len(line))}
    if number % 3 == 1:
        data = {"image/png": b64encode(_png(640, 480, size * 3 // 4)).decode(), "text/plain": "<Figure size 640x480>"}
    else:
        data = {"text/html": _table(size), "text/plain": "       a      b     c\n0  0.123  4.567  word"}
    return {"output_type": "display_data", "metadata": {}, "data": data}


def _table(size: int) -> str:
    """Of about `size` bytes, as pandas writes one."""
    row = "    <tr>\n      <th>0</th>\n      <td>0.123</td>\n      <td>4.567</td>\n      <td>word</td>\n    </tr>\n"
    labels = "    <tr>\n      <th></th>\n      <th>a</th>\n      <th>b</th>\n      <th>c</th>\n    </tr>\n"
    style = "<style scoped>\n    .dataframe thead th {\n        text-align: right;\n    }\n</style>"
    table = f"  <thead>\n{labels}  </thead>\n  <tbody>\n{row * (size // len(row))}  </tbody>\n"
    return f'<div>\n{style}\n<table border="1" class="dataframe">\n{table}</table>\n</div>'


def _png(width: int, height: int, size: int) -> bytes:
    """A picture in shades of grey of about `size` bytes: its upper lines are noise, the others black."""
    pixels = (os.urandom(size) + bytes(width * height))[: width * height]
    lines = b"".join(b"\0" + pixels[at : at + width] for at in range(0, len(pixels), width))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(lines)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
