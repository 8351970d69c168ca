"""Files of a real runtime over HTTP: whole, in parts, broken off, hostile; and never held by the server."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil
import pytest

from noctule_agent.wire.limits import MB
from noctule_agent.wire.values import CellId
from tests.support.aside import Connected, connected
from tests.support.server import ServerProcess, StartServer

LARGE = 96 * MB
"""Large enough that holding it would be seen; the bounds do not depend on the size."""


def content_of(server: ServerProcess) -> Path:
    [content] = server.data.glob("runtimes/*/content")
    return content


@pytest.fixture
async def runtime(start_server: StartServer) -> AsyncIterator[Connected]:
    async with connected(await start_server()) as runtime:
        yield runtime


async def problem(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    code: str = answer.json()["code"]
    return code


async def test_a_file_is_made_listed_read_moved_and_deleted(runtime: Connected) -> None:
    http = runtime.http
    assert (await http.get("/files")).json()["files"] == []
    made = await http.post("/files/folders", json={"path": "data"})
    assert (made.status_code, made.json()["kind"]) == (201, "folder")
    written = await http.put(
        "/files/content", params={"path": "data/a b#ü.txt"}, content=b"hello", headers={"If-None-Match": "*"}
    )
    assert written.status_code == 200, written.text
    again = await http.put(
        "/files/content", params={"path": "data/a b#ü.txt"}, content=b"x", headers={"If-None-Match": "*"}
    )
    assert (again.status_code, await problem(again)) == (409, "file-exists")
    [entry] = (await http.get("/files", params={"path": "data"})).json()["files"]
    assert (entry["name"], entry["size"], entry["version"]) == ("a b#ü.txt", 5, written.json()["version"])
    read = await http.get("/files/content", params={"path": entry["path"]})
    assert (read.content, read.headers["etag"]) == (b"hello", f'"{entry["version"]}"')
    moved = await http.post("/files/move", json={"source": entry["path"], "target": "b.txt"})
    assert moved.json()["path"] == "b.txt"
    assert (content_of(runtime.server) / "b.txt").read_bytes() == b"hello"
    counted = await http.get("/files/count", params={"path": ""})
    assert counted.json() == {"files": 1, "folders": 1, "size": 5, "more": False}
    deleted = await http.delete("/files", params={"path": "b.txt"})
    assert deleted.json() == {"files": 1, "folders": 0, "size": 5, "more": False}
    gone = await http.get("/files/content", params={"path": "b.txt"})
    assert (gone.status_code, await problem(gone)) == (404, "file-not-found")


async def test_what_was_changed_meanwhile_is_not_overwritten(runtime: Connected) -> None:
    http = runtime.http
    first = (await http.put("/files/content", params={"path": "a.py"}, content=b"one")).json()
    (content_of(runtime.server) / "a.py").write_bytes(b"by a cell")
    saved = await http.put(
        "/files/content", params={"path": "a.py"}, content=b"two", headers={"If-Match": f'"{first["version"]}"'}
    )
    assert (saved.status_code, await problem(saved)) == (409, "file-changed")
    now = (await http.get("/files/entry", params={"path": "a.py"})).json()
    forced = await http.put(
        "/files/content", params={"path": "a.py"}, content=b"two", headers={"If-Match": f'"{now["version"]}"'}
    )
    assert forced.status_code == 200
    assert (await http.get("/files/content", params={"path": "a.py"})).content == b"two"


async def test_nothing_of_a_file_is_shown_in_the_apps_origin(runtime: Connected) -> None:
    http = runtime.http
    for name, type_ in {
        "page.html": "application/octet-stream",
        "script.js": "application/octet-stream",
        "data.xml": "application/octet-stream",
        "drawing.svg": "image/svg+xml",
        "photo.PNG": "image/png",
    }.items():
        await http.put("/files/content", params={"path": name}, content=b"<script>alert(1)</script>")
        answer = await http.get("/files/content", params={"path": name})
        assert answer.headers["content-type"] == type_
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


async def test_a_name_cannot_break_out_of_its_header(runtime: Connected) -> None:
    name = 'a"\r\nset-cookie: x=1;\u202egnp.exe'
    (content_of(runtime.server) / name).write_bytes(b"x")
    answer = await runtime.http.get("/files/content", params={"path": name})
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert "\r" not in answer.headers["content-disposition"]
    assert "%0D%0A" in answer.headers["content-disposition"]


async def test_a_download_goes_on_where_it_broke_off_and_never_in_another_file(runtime: Connected) -> None:
    data = os.urandom(300_000)
    path = content_of(runtime.server) / "data.bin"
    path.write_bytes(data)
    whole = await runtime.http.get("/files/content", params={"path": "data.bin"})
    etag = whole.headers["etag"]
    part = await runtime.http.get(
        "/files/content", params={"path": "data.bin"}, headers={"Range": "bytes=100000-", "If-Range": etag}
    )
    assert (part.status_code, part.content) == (206, data[100_000:])
    assert part.headers["content-range"] == "bytes 100000-299999/300000"
    assert (
        await runtime.http.get("/files/content", params={"path": "data.bin"}, headers={"If-None-Match": etag})
    ).status_code == 304
    path.write_bytes(b"another")
    changed = await runtime.http.get(
        "/files/content", params={"path": "data.bin"}, headers={"Range": "bytes=100000-", "If-Range": etag}
    )
    assert (changed.status_code, changed.content) == (200, b"another")


@pytest.mark.parametrize(
    "path",
    ["../../../token", "/etc/passwd", "a/../../spec.json", "..", "out/passwd", "up/spec.json", "zero", "x\0y", "pipe"],
)
async def test_no_path_leads_out(runtime: Connected, path: str) -> None:
    content = content_of(runtime.server)
    (content / "out").symlink_to("/etc")
    (content / "up").symlink_to("..")
    (content / "zero").symlink_to("/dev/zero")
    os.mkfifo(content / "pipe")
    before = (content.parent / "spec.json").read_bytes()
    for answer in (
        await runtime.http.get("/files/content", params={"path": path}),
        await runtime.http.put("/files/content", params={"path": path + "/new"}, content=b"x"),
        await runtime.http.get("/files", params={"path": path}),
        await runtime.http.post("/files/move", json={"source": path + "/x", "target": "taken"}),
        await runtime.http.post("/files/uploads", json={"id": "u", "path": path + "/new", "size": 1}),
    ):
        assert answer.status_code in (403, 404, 409, 422), answer.text
        assert await problem(answer)
    assert (content.parent / "spec.json").read_bytes() == before
    assert not (content / "taken").exists()


async def test_a_path_with_half_a_character_harms_nobody(runtime: Connected) -> None:
    answer = await runtime.http.post(
        "/files/folders", content=b'{"path": "a\\udc80b"}', headers={"content-type": "application/json"}
    )
    assert answer.status_code in (400, 422)
    answer = await runtime.http.get("/files", params={"path": "x" * 30_000})
    assert answer.status_code in (400, 422)
    assert (await runtime.http.get("/files")).status_code == 200


# --- uploads -------------------------------------------------------------------------------------------------------


async def begin(runtime: Connected, size: int, path: str = "up.bin") -> None:
    answer = await runtime.http.post("/files/uploads", json={"id": "u1", "path": path, "size": size})
    assert answer.status_code == 201, answer.text


async def offset(runtime: Connected) -> int:
    async with asyncio.timeout(30):
        while True:
            try:
                answer = await runtime.http.get("/files/uploads/u1")
            except httpx.TransportError:
                await asyncio.sleep(0.1)
                continue
            if answer.status_code == 200:
                at: int = answer.json()["offset"]
                return at
            assert await problem(answer) in ("runtime-unreachable", "no-runtime")
            await asyncio.sleep(0.1)


async def test_an_upload_goes_on_after_its_connection_broke_and_after_kill_9_of_the_server(runtime: Connected) -> None:
    data = os.urandom(6_000_000)
    await begin(runtime, len(data))

    async def slowly(parts: bytes, stop: asyncio.Event) -> AsyncIterator[bytes]:
        yield parts
        stop.set()
        await asyncio.sleep(3600)

    async def cut(start: int, end: int, *, kill: bool) -> None:
        """Send a part; then the browser is gone, or the server is."""
        stop = asyncio.Event()
        sending = asyncio.create_task(
            runtime.http.patch(
                "/files/uploads/u1",
                content=slowly(data[start:end], stop),
                headers={"Upload-Offset": str(start), "Content-Length": str(len(data) - start)},
            )
        )
        await stop.wait()
        while await offset(runtime) < end:
            await asyncio.sleep(0.05)
        if kill:
            await runtime.server.kill()
            await runtime.server.start()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)

    await cut(0, 2_000_000, kill=False)
    at = await offset(runtime)
    assert at == 2_000_000
    await cut(at, 4_000_000, kill=True)
    at = await offset(runtime)
    assert at == 4_000_000
    wrong = await runtime.http.patch("/files/uploads/u1", content=data[:10], headers={"Upload-Offset": "10"})
    assert (wrong.status_code, await problem(wrong)) == (409, "upload-offset")
    assert not (content_of(runtime.server) / "up.bin").exists()
    last = await runtime.http.patch("/files/uploads/u1", content=data[at:], headers={"Upload-Offset": str(at)})
    assert last.status_code == 200, last.text
    assert (last.json()["offset"], last.json()["file"]["size"]) == (len(data), len(data))
    assert (content_of(runtime.server) / "up.bin").read_bytes() == data
    assert (await runtime.http.delete("/files/uploads/u1")).status_code == 204
    assert (content_of(runtime.server) / "up.bin").exists()


async def test_a_large_file_goes_through_server_and_agent_in_flat_memory(runtime: Connected) -> None:
    """96 MB both ways, beside a cell that prints. The same code brings 1 GB; the suite is to stay quick."""
    server = psutil.Process(runtime.server.pid)
    agent = next(p for p in runtime.server.runtime_processes() if "noctule_agent" in p.cmdline())
    before = server.memory_info().rss, agent.memory_info().rss
    await begin(runtime, LARGE)

    async def zeros(size: int) -> AsyncIterator[bytes]:
        for _ in range(size // MB):
            yield bytes(MB)

    at = 0
    while at < LARGE:
        size = min(48 * MB, LARGE - at)
        answer = await runtime.http.patch(
            "/files/uploads/u1",
            content=zeros(size),
            headers={"Upload-Offset": str(at), "Content-Length": str(size)},
        )
        assert answer.status_code == 200, answer.text
        at = answer.json()["offset"]
    got = 0
    peaks = [0, 0]
    async with runtime.http.stream("GET", "/files/content", params={"path": "up.bin"}) as download:
        async for part in download.aiter_raw():
            got += len(part)
            if got % (8 * MB) < len(part):
                peaks = [max(peaks[0], server.memory_info().rss), max(peaks[1], agent.memory_info().rss)]
    assert got == LARGE
    assert peaks[0] - before[0] < 24 * MB
    assert peaks[1] - before[1] < 24 * MB


async def test_a_download_that_nobody_reads_holds_up_nobody(runtime: Connected) -> None:
    with (content_of(runtime.server) / "large").open("wb") as large:
        large.truncate(2_000 * MB)
    async with runtime.http.stream("GET", "/files/content", params={"path": "large"}) as _:
        batch = await runtime.page.run([CellId("cell-0")])
        async with asyncio.timeout(30):
            [execution] = await runtime.page.finished(batch)
        assert execution.state == "ok"
        assert (await runtime.http.get("/files")).status_code == 200
    # Left unread: the pipe ends, and its place is free.
    for _ in range(70):
        async with runtime.http.stream("GET", "/files/content", params={"path": "large"}) as answer:
            assert answer.status_code == 200
