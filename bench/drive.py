"""Drive: the first page of a folder of 50,000 files, and a file of 1 GB up and down beside what disk and loopback give.

The floor of an upload is the same bytes through one bare TCP connection into a new file that is synced at its end (a file written over
would get back the memory it had); that of a download, a file read and sent through one. Both ends are processes of their own, as they are with Noctule; the file is checked afterwards. The client is the
standard library's, which takes little for itself.
"""

import asyncio
import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import repeat
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from bench.harness import MB, OURS, Bench, Footprint, Most, Ratio
from bench.noctule import Noctule

FILES: Final = 50_000
PIECE: Final = MB
CHUNK: Final = 32 * MB
"""As the page sends them."""
FLOOR: Final = "tcp + fsync"
_BYTES: Final = os.urandom(PIECE)


async def run(bench: Bench) -> None:
    await _listing(bench, FILES // 10 if bench.quick else FILES)
    await _bytes(bench, (64 if bench.quick else 1024) * MB)


async def _listing(bench: Bench, files: int) -> None:
    ever = bench.measure("drive", f"folder of {files:,} files: first page when it was never seen before", "ms")
    first = bench.measure("drive", f"folder of {files:,} files: first page (100 of them)", "ms", Most(100))
    far = bench.measure("drive", f"folder of {files:,} files: the page after the 10th, by size", "ms", Most(100))
    async with Noctule.started(bench.directory("noctule")) as (server, _), server.http() as http:
        folder = (await http.post("/api/v1/items/root/folders", json={"name": "many"})).json()["id"]
        root = Path(server.data) / "drive" / "you" / "many"
        await asyncio.to_thread(_fill, root, files)
        address = f"/api/v1/items/{folder}/children"
        ever.add(OURS, await _asked(http, address))
        await asyncio.sleep(3)  # until the folder's mtime is old enough to be believed
        await http.get(address)
        for _ in range(5 if bench.quick else 40):
            first.add(OURS, await _asked(http, address))
        after = None
        for _ in range(10):
            after = (await http.get(address, params={"sort": "size", **({"after": after} if after else {})})).json()[
                "after"
            ]
        for _ in range(5 if bench.quick else 40):
            far.add(OURS, await _asked(http, f"{address}?sort=size&after={after}"))


def _fill(root: Path, files: int) -> None:
    for number in range(files):
        (root / f"file {number}.txt").write_bytes(b"x" * (number % 7))


async def _asked(http: httpx.AsyncClient, address: str) -> float:
    began = time.perf_counter()
    answer = await http.get(address)
    took = (time.perf_counter() - began) * 1000
    assert len(answer.raise_for_status().json()["items"]) == 100
    return took


async def _bytes(bench: Bench, size: int) -> None:
    gigabyte = f"{size // MB:,} MB"
    up = bench.measure("drive", f"upload of {gigabyte}", "s", Ratio(1 / 0.6, FLOOR))
    down = bench.measure("drive", f"download of {gigabyte}", "s", Ratio(1 / 0.6, FLOOR))
    grown = bench.measure("drive", "  memory of the server above its start meanwhile", "MB", Most(64, "max"))
    scratch = bench.directory("floor")
    async with Noctule.started(bench.directory("noctule")) as (server, _):
        footprint = Footprint(server.pid)
        kept: list[str] = []

        async def uploads() -> None:
            began = time.perf_counter()
            kept.append(await asyncio.to_thread(_upload, server, size))
            up.add(OURS, time.perf_counter() - began)

        async def downloads() -> None:
            began = time.perf_counter()
            length = await asyncio.to_thread(lambda: sum(map(len, _content(server, kept[0]))))
            down.add(OURS, time.perf_counter() - began)
            assert length == size

        async def floor_up() -> None:
            up.add(FLOOR, await asyncio.to_thread(_floor, "take", scratch / f"up {len(kept)}", size))

        async def floor_down() -> None:
            down.add(FLOOR, await asyncio.to_thread(_floor, "give", scratch / "up 0", size))

        rounds = 1 if bench.quick else 3
        await bench.interleaved(rounds, floor_up, uploads)
        await bench.interleaved(rounds + 1, floor_down, downloads)
        grown.add(OURS, footprint.growth())
        assert await asyncio.to_thread(_digest_of, _content(server, kept[-1])) == _digest(size)


def _upload(server: Noctule, size: int) -> str:
    """As the page does: chunk after chunk, each where the server stands. The item's id."""
    upload = f"bench-{time.monotonic_ns()}"
    wish = json.dumps({"upload": upload, "name": "big.bin", "size": size}).encode()
    link = http.client.HTTPConnection("127.0.0.1", urlsplit(server.url).port or 80)
    headers = {"authorization": f"Bearer {server.token}", "content-type": "application/json"}
    with closing(link):
        _told(link, "POST", "/api/v1/items/root/uploads", wish, headers)
        offset = 0
        while True:
            length = min(CHUNK, size - offset)
            sized = {**headers, "content-length": str(length)}
            told = _told(link, "PATCH", f"/api/v1/uploads/{upload}?offset={offset}", _pieces(length), sized)
            offset = told["offset"]
            if told["item"] is not None:
                return str(told["item"]["id"])


def _told(
    link: http.client.HTTPConnection, method: str, path: str, body: bytes | Iterator[bytes], headers: dict[str, str]
) -> Any:
    link.request(method, path, body, headers)
    answer = link.getresponse()
    told = json.loads(answer.read())
    assert answer.status < 300, told
    return told


def _content(server: Noctule, item: str) -> Iterator[memoryview]:
    """The bytes of an item, as they come."""
    link = http.client.HTTPConnection("127.0.0.1", urlsplit(server.url).port or 80)
    with closing(link):
        link.request("GET", f"/api/v1/items/{item}/content", headers={"authorization": f"Bearer {server.token}"})
        answer = link.getresponse()
        assert answer.status == 200
        held = memoryview(bytearray(PIECE))
        while length := answer.readinto(held):
            yield held[:length]


def _digest_of(pieces: Iterator[memoryview]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _pieces(size: int) -> Iterator[bytes]:
    """The same bytes again and again, as the floor sends them: no memory is filled for it."""
    return repeat(_BYTES, size // PIECE)


def _digest(size: int) -> str:
    digest = hashlib.sha256()
    for _ in range(size // PIECE):
        digest.update(_BYTES)
    return digest.hexdigest()


def _floor(what: str, path: Path, size: int) -> float:
    """`take`: we send, the other process writes and syncs. `give`: it reads and sends."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        argv = [sys.executable, "-m", "bench.drive", what, str(path), str(port)]
        with subprocess.Popen(argv) as process:
            peer, _ = listening.accept()
            with peer:
                began = time.perf_counter()
                if what == "take":
                    for _ in range(size // PIECE):
                        peer.sendall(_BYTES)
                    peer.shutdown(socket.SHUT_WR)
                    assert peer.recv(1) == b"k"
                else:
                    peer.sendall(b"k")
                    length = 0
                    while piece := peer.recv(PIECE):
                        length += len(piece)
                    assert length == size
                took = time.perf_counter() - began
            process.wait()
    return took


def _other_end(what: str, path: Path, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as peer:
        if what == "take":
            with path.open("wb") as file:
                while piece := peer.recv(PIECE):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            peer.sendall(b"k")
        else:
            peer.recv(1)
            with path.open("rb") as file:
                while piece := file.read(PIECE):
                    peer.sendall(piece)


if __name__ == "__main__":
    _other_end(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
