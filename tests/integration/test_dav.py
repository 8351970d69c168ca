"""Drive by WebDAV, as programs use it: rclone with a real server, and requests that mean no good."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from noctule_agent.wire.limits import MB
from tests.support.notebooks import ipynb
from tests.support.server import ServerProcess, StartServer

V1 = "/api/v1"
pytestmark = pytest.mark.skipif(shutil.which("rclone") is None, reason="rclone is not installed")


@pytest.fixture
async def server(start_server: StartServer) -> ServerProcess:
    return await start_server()


@pytest.fixture
async def http(server: ServerProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=server.url, auth=("anybody", server.token), timeout=60, trust_env=False
    ) as client:
        yield client


@pytest.fixture
async def api(server: ServerProcess) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"authorization": f"Bearer {server.token}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=60, trust_env=False) as client:
        yield client


def files_of(server: ServerProcess) -> Path:
    return server.data / "drive" / "you"


async def run(*words: str, **environment: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *words,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode().strip()


async def rclone(server: ServerProcess, *words: str) -> str:
    remote = {
        "RCLONE_CONFIG_NOC_TYPE": "webdav",
        "RCLONE_CONFIG_NOC_URL": f"{server.url}/dav",
        "RCLONE_CONFIG_NOC_VENDOR": "other",
        "RCLONE_CONFIG_NOC_USER": "anybody",
        "RCLONE_CONFIG_NOC_PASS": await run("rclone", "obscure", server.token),
        "no_proxy": "127.0.0.1",
    }
    return await run("rclone", "--config", "", "--retries", "1", "--low-level-retries", "1", *words, **remote)


def tree_of(root: Path) -> dict[str, bytes | None]:
    """All below, byte by byte; of a folder None."""
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else None for path in sorted(root.rglob("*"))
    }


async def children(api: httpx.AsyncClient, folder: str = "root") -> dict[str, dict[str, Any]]:
    answer = await api.get(f"{V1}/items/{folder}/children")
    return {item["name"]: item for item in answer.json()["items"]}


async def dav(http: httpx.AsyncClient, method: str, path: str, **headers: str) -> httpx.Response:
    return await http.request(method, f"/dav{path}", headers=headers)


async def test_rclone_takes_a_tree_in_and_out_again_byte_by_byte(
    server: ServerProcess, api: httpx.AsyncClient, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    deep = source.joinpath("a b", *(f"d{number}" for number in range(20)))
    deep.mkdir(parents=True)
    (deep / "unten.txt").write_text("deep")
    (source / "实验 数据").mkdir()
    (source / "实验 数据" / "结果 (1).csv").write_text("甲,乙\n")
    (source / "🦉 owl.txt").write_text("🦉")
    (source / "empty").write_bytes(b"")
    (source / "large.bin").write_bytes(os.urandom(20 * MB))
    (source / "a;b & c+d%20e'=@.txt").write_text("marks")
    (source / "._hidden").write_bytes(b"mac")
    (source / ".DS_Store").write_bytes(b"mac")
    (source / "n.ipynb").write_bytes(ipynb("1 + 1"))
    await rclone(server, "copy", str(source), "noc:backup")
    assert tree_of(files_of(server) / "backup") == tree_of(source)
    await rclone(server, "copy", "noc:backup", str(tmp_path / "back"))
    assert tree_of(tmp_path / "back") == tree_of(source)
    await rclone(server, "check", str(source), "noc:backup", "--download")

    # Ids go along with files and folders that move.
    backup = (await children(api))["backup"]["id"]
    before = await children(api, backup)
    assert before["n.ipynb"]["kind"] == "notebook"
    await rclone(server, "moveto", "noc:backup/🦉 owl.txt", "noc:backup/a;b/🦉 2.txt")
    await rclone(server, "moveto", "noc:backup/n.ipynb", "noc:m.ipynb")
    await rclone(server, "moveto", "noc:backup/实验 数据", "noc:数据")
    after = await children(api)
    inside = await children(api, (await children(api, backup))["a;b"]["id"])
    assert inside["🦉 2.txt"]["id"] == before["🦉 owl.txt"]["id"]
    assert after["m.ipynb"]["id"] == before["n.ipynb"]["id"]
    assert (files_of(server) / "数据" / "结果 (1).csv").read_text() == "甲,乙\n"

    # What is deleted lies in the bin.
    await rclone(server, "deletefile", "noc:backup/large.bin")
    await rclone(server, "purge", "noc:backup/a b")
    binned = (await api.get(f"{V1}/items", params={"view": "bin"})).json()["items"]
    assert {item["name"]: item["id"] for item in binned} == {name: before[name]["id"] for name in ("large.bin", "a b")}
    ok = await api.post(f"{V1}/items/{before['a b']['id']}/restore")
    assert ok.status_code == 200
    assert (files_of(server) / "backup" / deep.relative_to(source) / "unten.txt").read_text() == "deep"
    assert list((server.data / "drive" / ".noctule" / "staged").iterdir()) == []


async def test_a_program_saves_in_its_ways_and_the_item_stays(
    server: ServerProcess, http: httpx.AsyncClient, api: httpx.AsyncClient
) -> None:
    made = await http.put("/dav/a.txt", content=b"one")
    assert made.status_code == 201
    item = (await children(api))["a.txt"]
    again = await http.put("/dav/a.txt", content=b"two!", headers={"if-match": made.headers["etag"]})
    assert again.status_code == 204
    stale = await http.put("/dav/a.txt", content=b"three", headers={"if-match": made.headers["etag"]})
    assert stale.status_code == 412
    await http.put("/dav/a.tmp", content=b"by rename")
    moved = await dav(http, "MOVE", "/a.tmp", destination=f"{server.url}/dav/a.txt")
    assert moved.status_code == 204
    now = await children(api)
    assert (list(now), now["a.txt"]["id"]) == (["a.txt"], item["id"])
    assert (files_of(server) / "a.txt").read_bytes() == b"by rename"
    kept = await dav(http, "COPY", "/a.txt", destination="/dav/b.txt", overwrite="F")
    assert kept.status_code == 201
    refused = await dav(http, "COPY", "/a.txt", destination="/dav/b.txt", overwrite="F")
    assert refused.status_code == 412
    part = await http.get("/dav/a.txt", headers={"range": "bytes=3-"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, b"rename", "bytes 3-8/9")
    assert (await dav(http, "MKCOL", "/d")).status_code == 201
    assert (await dav(http, "MKCOL", "/d")).status_code == 405
    assert (await dav(http, "MKCOL", "/x/y")).status_code == 409
    assert (await http.put("/dav/x/y", content=b"")).status_code == 409
    assert (await dav(http, "DELETE", "/")).status_code == 403
    assert (await dav(http, "MOVE", "/d", destination="/dav/d/e")).status_code == 403
    assert (await dav(http, "MOVE", "/d", destination="http://elsewhere/dav/e")).status_code == 502
    for name in ("a%3Ab", ".noctule-x", "CON", "%20a", "x" * 256):
        assert (await http.put(f"/dav/{name}", content=b"x")).status_code == 403, name
    decomposed = "/dav/e\u0301.txt"
    assert (await http.put(decomposed, content=b"accent")).status_code == 201
    assert (await http.get(decomposed)).content == (await http.get("/dav/\u00e9.txt")).content == b"accent"


async def test_locks_keep_others_out_and_are_not_for_ever(http: httpx.AsyncClient) -> None:
    body = (
        b'<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope>'
        b"<D:locktype><D:write/></D:locktype><D:owner>me</D:owner></D:lockinfo>"
    )
    locked = await http.request("LOCK", "/dav/new.txt", content=body, headers={"timeout": "Infinite"})
    assert locked.status_code == 201
    assert "Second-3600" in locked.text or "Second-359" in locked.text
    token = locked.headers["lock-token"]
    assert (await http.put("/dav/new.txt", content=b"x")).status_code == 423
    assert (await dav(http, "DELETE", "/new.txt")).status_code == 423
    assert (await http.put("/dav/new.txt", content=b"x", headers={"if": f"({token})"})).status_code == 204
    assert (await dav(http, "UNLOCK", "/new.txt", **{"lock-token": token})).status_code == 204
    assert (await http.put("/dav/new.txt", content=b"y")).status_code == 204


async def test_nothing_leads_out_and_a_link_leads_nowhere(
    server: ServerProcess, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "s.txt").write_text("secret")
    files = files_of(server)
    (files / "link").symlink_to(secret / "s.txt")
    (files / "links").symlink_to(secret)
    (files / os.fsdecode(b"odd \xff.txt")).write_bytes(b"odd")
    for path in (
        "..%2f..%2ftoken",
        "%2e%2e/%2e%2e/token",
        "a/..%2f..%2f..%2ftoken",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "%00",
        "a%00b",
        "%ff",
        ".noctule",
        "links/s.txt",
        "link",
        "none",
    ):
        target = httpx.URL(server.url).copy_with(raw_path=f"/dav/{path}".encode())
        got = await http.get(target)
        assert got.status_code == 404, (path, got.text)
        assert "secret" not in got.text
        put = await http.put(target, content=b"evil") if path not in ("none", "link") else None
        assert put is None or put.status_code in (403, 404, 409), (path, put)
        away = await dav(http, "MOVE", "/odd%20%EF%9F%BF.txt", destination=f"/dav/{path}x/y")
        assert away.status_code in (400, 403, 404, 409, 502), (path, away.status_code)
    listed = await dav(http, "PROPFIND", "/", depth="1")
    assert "link" not in listed.text
    assert (await http.get("/dav/odd%20%EF%9F%BF.txt")).content == b"odd"
    # A file that is put where a link is takes its place, and is not written through it.
    assert (await http.put("/dav/link", content=b"mine")).status_code == 201
    assert (secret / "s.txt").read_text() == "secret"
    assert [path.name for path in secret.iterdir()] == ["s.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data0", "data0.log", "secret"]


async def test_only_the_token_opens_it(server: ServerProcess, http: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    await http.put("/dav/a.html", content=b"<script>alert(1)</script>")
    assert (await api.get("/dav/a.html")).status_code == 200
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as other:
        for auth in (None, ("you", "wrong"), ("you", ""), (server.token, "")):
            answer = await other.get("/dav/", auth=auth)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith("Basic realm=")
            assert "text/html" not in answer.headers["content-type"]
        for header in ("Basic !", "Basic", "Digest x", "Bearer", "Basic /w=="):
            assert (await other.get("/dav/", headers={"authorization": header})).status_code == 401
        # A browser that is signed in: its cookie opens nothing here, with or without the page's mark.
        await other.get("/", params={"token": server.token})
        assert (await other.get(f"{V1}/me")).status_code == 200
        mark = {"x-noctule-csrf": other.cookies["noctule_csrf"]}
        for method, path in (
            ("GET", "/dav/a.html"),
            ("PROPFIND", "/dav/"),
            ("PUT", "/dav/b"),
            ("DELETE", "/dav/a.html"),
        ):
            assert (await other.request(method, path, headers=mark)).status_code == 401
        for path in ("//dav/a.html", "/davx", "/dav%2fa.html"):
            target = httpx.URL(server.url).copy_with(raw_path=path.encode())
            assert (await other.get(target)).status_code in (401, 403, 404), path
    for header in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
        {"host": "evil.example"},
    ):
        assert (await http.get("/dav/a.html", headers=header)).status_code == 403, header
    page = await http.get("/dav/a.html")
    assert page.headers["content-security-policy"].startswith("sandbox;")
    assert page.headers["content-disposition"] == "attachment"
    assert page.headers["x-content-type-options"] == "nosniff"
    for path in ("/dav/", "/dav/none"):
        answer = await http.get(path)
        assert (answer.status_code in (403, 404), "text/html" in answer.headers["content-type"]) == (True, False)


async def test_what_would_be_without_end_is_refused(http: httpx.AsyncClient) -> None:
    for headers in ({}, {"depth": "infinity"}):
        answer = await dav(http, "PROPFIND", "/", **headers)
        assert (answer.status_code, "propfind-finite-depth" in answer.text) == (403, True)
    large = await http.request("PROPFIND", "/dav/", content=b" " * (2 * MB), headers={"depth": "0"})
    assert large.status_code == 413
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><propfind xmlns="DAV:">&b;</propfind>'
    assert (await http.request("PROPFIND", "/dav/", content=bomb, headers={"depth": "0"})).status_code == 400
    patch = b'<propertyupdate xmlns="DAV:"><set><prop><x xmlns="y">1</x></prop></set></propertyupdate>'
    answer = await http.request("PROPPATCH", "/dav/", content=patch)
    assert (answer.status_code, "403 Forbidden" in answer.text) == (207, True)


class Broken(Exception):
    pass


async def broken(stop: int) -> AsyncIterator[bytes]:
    for _ in range(stop // (64 * 1024)):
        yield b"x" * (64 * 1024)
    raise Broken


async def test_a_broken_put_leaves_what_was_there(
    server: ServerProcess, http: httpx.AsyncClient, api: httpx.AsyncClient
) -> None:
    await http.put("/dav/a.txt", content=b"old")
    staged = server.data / "drive" / ".noctule" / "staged"
    for headers in ({"content-length": str(9 * MB)}, {}):
        for name in ("a.txt", "new.txt"):
            with suppress(Broken):
                await http.put(f"/dav/{name}", content=broken(4 * MB), headers=headers)
    for _ in range(100):
        if not list(staged.iterdir()):
            break
        await asyncio.sleep(0.1)
    assert list(staged.iterdir()) == []
    assert tree_of(files_of(server)) == {"a.txt": b"old"}
    # And of a server that was killed.
    sending = asyncio.create_task(http.put("/dav/a.txt", content=slow()))
    while not list(staged.iterdir()):
        await asyncio.sleep(0.01)
    await server.kill()
    with pytest.raises(httpx.TransportError):
        await sending
    assert tree_of(files_of(server)) == {"a.txt": b"old"}
    await server.start()
    assert list(staged.iterdir()) == []
    assert (await http.get("/dav/a.txt")).content == b"old"
    # One that is asked to end does not wait for it for ever.
    sending = asyncio.create_task(http.put("/dav/a.txt", content=slow()))
    while not list(staged.iterdir()):
        await asyncio.sleep(0.01)
    assert await server.terminate() == 0
    with suppress(httpx.TransportError):
        await sending
    assert tree_of(files_of(server)) == {"a.txt": b"old"}


async def slow() -> AsyncIterator[bytes]:
    for _ in range(10_000):
        yield b"x" * 1024
        await asyncio.sleep(0.01)


async def test_large_files_take_little_memory(server: ServerProcess, http: httpx.AsyncClient) -> None:
    await http.put("/dav/warm", content=b"x" * MB)
    process = psutil.Process(server.pid)
    before = most = process.memory_info().rss
    size = 128 * MB

    async def body() -> AsyncIterator[bytes]:
        nonlocal most
        for _ in range(size // MB):
            yield b"x" * MB
            most = max(most, process.memory_info().rss)

    assert (await http.put("/dav/large", content=body())).status_code == 201
    got = 0
    async with http.stream("GET", "/dav/large") as answer:
        async for piece in answer.aiter_bytes():
            got += len(piece)
            most = max(most, process.memory_info().rss)
    assert got == size
    assert most - before < 40 * MB


async def test_a_live_notebook_takes_what_is_put_over_it(
    server: ServerProcess, http: httpx.AsyncClient, api: httpx.AsyncClient
) -> None:
    async with server.client() as client:
        notebook = await client.create_from_file("n.ipynb", ipynb("x = 1"))
        async with server.session(client, notebook) as page:
            await page.ready()
            for _ in range(100):
                if (files_of(server) / "n.ipynb").exists():
                    break
                await asyncio.sleep(0.1)
            got = await http.get("/dav/n.ipynb")
            assert "x = 1" in got.text
            put = await http.put("/dav/n.ipynb", content=got.content.replace(b"x = 1", b"x = 2"))
            assert put.status_code == 204
            async with asyncio.timeout(20):
                while "x = 2" not in (await api.get(f"{V1}/notebooks/{notebook}/file")).text:
                    await asyncio.sleep(0.1)
            assert (await children(api))["n.ipynb"]["id"] == notebook
            revisions = (await api.get(f"{V1}/notebooks/{notebook}/revisions")).json()
            assert revisions["revisions"], revisions
            assert (await dav(http, "DELETE", "/n.ipynb")).status_code == 204
    binned = (await api.get(f"{V1}/items", params={"view": "bin"})).json()["items"]
    assert [item["id"] for item in binned] == [notebook]
