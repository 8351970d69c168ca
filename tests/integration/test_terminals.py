"""Terminals of a real runtime through a real server: they outlive it, and no page can hurt another."""

import asyncio
from contextlib import suppress

import httpx
import msgspec
import psutil
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from noctule_agent.wire import page as page_wire
from noctule_agent.wire import terminals as wire
from noctule_agent.wire.limits import MB, PIPE_WINDOW_BYTES, TERMINAL_INPUT_BYTES
from noctule_agent.wire.values import CellId
from tests.integration.test_sockets import signed_in
from tests.support.aside import Connected, connected
from tests.support.notebooks import text_in_view
from tests.support.server import StartServer


async def make(runtime: Connected, terminal_id: str = "t1") -> dict[str, object]:
    answer = await runtime.http.post("/terminals", json={"id": terminal_id, "cols": 80, "rows": 24})
    assert answer.status_code == 201, answer.text
    made: dict[str, object] = answer.json()
    return made


async def test_a_terminal_and_its_screen_outlive_kill_9_of_the_server(start_server: StartServer) -> None:
    server = await start_server()
    async with connected(server) as runtime:
        made = await make(runtime)
        async with runtime.terminal("t1") as page:
            await page.type(
                "shell=$$; echo be''fore; for n in 1 2 3 4 5 6 7 8; do sleep 0.5; echo tick $n; done; echo d''one\r"
            )
            await page.sees("tick 1\r\n")
            offset, before = page.offset, page.text
            await server.kill()
            await page.until(lambda: page.close_code)
        await server.start()
        async with asyncio.timeout(30):
            while True:
                listed = await runtime.http.get("/terminals")
                if listed.status_code == 200:
                    break
                assert listed.json()["code"] in ("runtime-unreachable", "no-runtime"), listed.text
                await asyncio.sleep(0.1)
        assert [(t["id"], t["number"], t["created_at"]) for t in listed.json()["terminals"]] == [
            ("t1", 1, made["created_at"])
        ]
        async with runtime.terminal("t1", after=offset) as back, runtime.terminal("t1") as fresh:
            await back.sees("done\r\n")
            await fresh.sees("done\r\n")
            assert back.start is not None
            assert not back.start.fresh
            # One goes on where it was, the other draws everything: the same screen.
            assert before + back.text == fresh.text
            assert fresh.text.count(b"\ntick") == 8
            await back.type("kill -0 $shell && echo sa''me\r")
            await fresh.sees("same\r\n")


async def test_terminals_are_made_once_listed_and_closed(start_server: StartServer) -> None:
    server = await start_server()
    async with connected(server) as runtime:
        first, again = await make(runtime), await make(runtime)
        assert first["number"] == again["number"] == 1
        bad = await runtime.http.post("/terminals", json={"id": "t2", "cols": 10_000})
        assert bad.status_code == 400
        async with runtime.terminal("t1") as page:
            await page.type("exit 7\r")
            await page.until(lambda: page.ended)
            await page.until(lambda: page.close_code)
            assert page.close_code == 1000
        [listed] = (await runtime.http.get("/terminals")).json()["terminals"]
        assert (listed["end"]["code"], listed["end"]["signal"], listed["busy"]) == (7, "", False)
        for _ in range(2):
            assert (await runtime.http.delete("/terminals/t1")).status_code == 204
        assert (await runtime.http.get("/terminals")).json() == {"terminals": []}
        async with runtime.terminal("t1") as gone:
            await gone.until(lambda: gone.close_code)
            assert gone.refused is not None
            assert (gone.refused.problem.code, gone.refused.again) == ("terminal-not-found", False)


async def test_without_a_runtime_it_is_said_what_to_do(start_server: StartServer) -> None:
    server = await start_server()
    async with connected(server) as runtime:
        await make(runtime)
        await runtime.page.disconnect_runtime()
        async with asyncio.timeout(30):
            await runtime.page.until(
                lambda: True if runtime.page.view.runtime and runtime.page.view.runtime.state == "ended" else None
            )
        for answer in (
            await runtime.http.get("/terminals"),
            await runtime.http.post("/terminals", json={"id": "t"}),
            await runtime.http.get("/files"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (409, "no-runtime")
            assert "connect" in answer.json()["detail"]
        async with runtime.terminal("t1") as page:
            await page.until(lambda: page.close_code)
            assert page.refused is not None
            assert page.refused.problem.code == "no-runtime"
        await server.no_runtime_process()


async def test_a_page_that_does_not_draw_gets_a_window_and_costs_the_server_no_more(start_server: StartServer) -> None:
    server = await start_server()
    lines = 5_000
    async with connected(server, f"for n in range({lines}): print(n)") as runtime:
        await make(runtime)
        process = psutil.Process(server.pid)
        async with runtime.terminal("t1") as page:
            await page.type("echo rea''dy\r")
            await page.sees("ready\r\n")
            page.drawing = False
            before = process.memory_info().rss
            await page.type("yes\r")
            # Beside the flood, every line of a cell arrives.
            batch = await runtime.page.run([CellId("cell-0")])
            async with asyncio.timeout(60):
                [execution] = await runtime.page.finished(batch)
            assert execution.state == "ok"
            text = text_in_view(runtime.page.view, "cell-0")
            assert text.startswith("0\n1\n")
            assert text.endswith(f"{lines - 1}\n")
            assert page.received <= PIPE_WINDOW_BYTES + 256 * 1024
            assert process.memory_info().rss - before < 32 * MB
            await page.type("\x03")


async def test_a_large_paste_arrives_whole_and_the_page_is_told_as_it_goes(start_server: StartServer) -> None:
    server = await start_server()
    async with connected(server) as runtime:
        await make(runtime)
        async with runtime.terminal("t1") as page:
            await page.type("stty raw -echo; head -c 300000 | cksum; stty sane\r")
            while (await runtime.http.get("/terminals")).json()["terminals"][0]["program"] != "head":
                await asyncio.sleep(0.05)
            part, sent = "p" * 30_000, 0
            already = page.taken
            for _ in range(10):
                await page.until(lambda: sent - (page.taken - already) + len(part) <= TERMINAL_INPUT_BYTES)  # noqa: B023
                await page.type(part)
                sent += len(part)
            await page.sees(" 300000\n")


async def test_who_breaks_the_protocol_loses_this_page_only(start_server: StartServer) -> None:
    server = await start_server()
    async with connected(server) as runtime:
        await make(runtime)
        url = f"{server.url.replace('http', 'ws')}/api/v1/notebooks/{runtime.notebook}/terminals/t1/socket"
        hello = msgspec.msgpack.encode(wire.TermOpen(wire.TERMINAL_VERSION, 80, 24))
        typed = msgspec.msgpack.encode(wire.TermInput(b"x" * TERMINAL_INPUT_BYTES))
        cases = [
            [b"\xc1"],
            [msgspec.msgpack.encode(wire.TermPing())],
            [hello, hello],
            [hello, b"\x00" * (2 * MB)],
            [hello, *[typed] * 40],
            [msgspec.msgpack.encode({"t": "open", "version": [1, 0], "cols": 10**9, "rows": 1})],
        ]
        for frames in cases:
            async with connect(url, additional_headers=runtime.bearer()) as bad:
                await closed_over(bad, *frames)
            assert bad.close_code == page_wire.CLOSE_PROTOCOL, frames[0][:40]
        newer = msgspec.msgpack.encode(wire.TermOpen((2, 0), 80, 24))
        async with connect(url, additional_headers=runtime.bearer()) as too_new:
            await closed_over(too_new, newer)
        assert too_new.close_code == page_wire.CLOSE_VERSION
        async with runtime.terminal("t1") as page:
            await page.send(wire.TermPing())
            await page.until(lambda: page.pongs)
            await page.send(wire.TermAck(10**15))
            await page.type("\x15echo st''ill\r")
            await page.sees("still\r\n")


async def closed_over(socket: ClientConnection, *frames: bytes) -> None:
    """Returns when the server has closed it."""
    with suppress(ConnectionClosed):
        for frame in frames:
            await socket.send(frame)
        async for _ in socket:
            pass
    await socket.wait_closed()


async def test_a_terminal_of_another_origin_is_refused(start_server: StartServer) -> None:
    """A page of an attacker, in the same browser, with the person's cookie."""
    server = await start_server()
    async with connected(server) as runtime:
        await make(runtime)
        url = f"{server.url.replace('http', 'ws')}/api/v1/notebooks/{runtime.notebook}/terminals/t1/socket"
        cookie = {"Cookie": f"noctule_session={await signed_in(server.url, server.token)}"}
        for origin in ("http://evil.example", "null", None):
            with pytest.raises((InvalidStatus, ConnectionClosed)):
                async with connect(url, origin=origin, additional_headers=cookie) as refused:  # type: ignore[arg-type]
                    await refused.recv()
        async with httpx.AsyncClient(
            base_url=server.url, cookies={"noctule_session": cookie["Cookie"][16:]}
        ) as browser:
            answer = await browser.post(f"/api/v1/notebooks/{runtime.notebook}/terminals", json={"id": "evil"})
            assert answer.json()["code"] == "csrf-refused"
