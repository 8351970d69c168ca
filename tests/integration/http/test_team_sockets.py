"""A real server in team mode: the first admin, and sockets that close when the right behind them ends."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import httpx
import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from noctule_agent.wire import page
from tests.support.server import ServerProcess, StartServer
from tests.support.team import PASSWORD

TEAM = ("--mode", "team")


async def visit(server: ServerProcess, stack: AsyncExitStack) -> httpx.AsyncClient:
    client = httpx.AsyncClient(base_url=server.url, headers={"origin": server.url}, timeout=30)
    return await stack.enter_async_context(client)


async def enter(browser: httpx.AsyncClient, path: str, **body: object) -> dict[str, object]:
    answer = await browser.post(path, json=body)
    assert answer.status_code in (200, 201), answer.text
    browser.headers["x-noctule-csrf"] = browser.cookies["noctule_csrf"]
    found: dict[str, object] = answer.json()
    return found


@asynccontextmanager
async def at(server: ServerProcess, browser: httpx.AsyncClient, notebook: str) -> AsyncIterator[ClientConnection]:
    """A page of a notebook, welcomed."""
    url = f"{server.url.replace('http', 'ws')}/api/v1/notebooks/{notebook}/socket"
    headers = {"Cookie": f"noctule_session={browser.cookies.get('noctule_session', '')}"}
    if "authorization" in browser.headers:
        headers = {"Authorization": browser.headers["authorization"]}
    async with connect(url, origin=server.url, additional_headers=headers) as socket:  # type: ignore[arg-type]
        await socket.send(msgspec.msgpack.encode(page.Open(version=page.VERSION)))
        assert isinstance(msgspec.msgpack.decode(await socket.recv(), type=page.ToPage), page.Welcome)
        yield socket


async def closed(socket: ClientConnection, seconds: float = 5) -> int | None:
    async with asyncio.timeout(seconds):
        with suppress(ConnectionClosed):
            async for _ in socket:
                pass
    return socket.close_code


async def test_the_right_behind_a_socket_ends_and_so_does_the_socket(start_server: StartServer) -> None:
    server = await start_server(options=TEAM)
    assert server.link.startswith(f"{server.url}/invitation/")
    async with AsyncExitStack() as stack:
        root, ada, again, eve = [await visit(server, stack) for _ in range(4)]
        secret = server.link.rpartition("/")[2]
        await enter(root, "/api/v1/accounts", login="root", password=PASSWORD, invitation=secret)
        people = {}
        for login in ("ada", "eve"):
            made = await root.post("/api/v1/admin/accounts", json={"login": login, "password": PASSWORD})
            people[login] = made.json()["id"]
        for browser, login in ((ada, "ada"), (again, "ada"), (eve, "eve")):
            await enter(browser, "/api/v1/session", login=login, password=PASSWORD)
        book = (await ada.post("/api/v1/notebooks", json={})).json()["id"]

        # Nobody but the owner, and only from our own page.
        for other in (eve, root, await visit(server, stack)):
            with pytest.raises((InvalidStatus, ConnectionClosed)):
                async with at(server, other, book):
                    pass

        # Whom it is shared with, as far as they may: a viewer has no terminal. The page closes when that is over.
        gift = {"kind": "user", "whom": people["eve"], "role": "viewer"}
        made = (await ada.put(f"/api/v1/items/{book}/grants", json=gift)).json()
        async with at(server, eve, book) as socket:
            with pytest.raises((InvalidStatus, ConnectionClosed)):
                async with at(server, eve, f"{book}/terminals/t"):
                    pass
            assert (await ada.delete(f"/api/v1/items/{book}/grants/{made['id']}")).status_code == 204
            assert await closed(socket) == page.CLOSE_ACCESS_ENDED

        # A session that its owner ends elsewhere.
        async with at(server, again, book) as socket, at(server, ada, book):
            assert (await ada.delete("/api/v1/me/sessions")).json() == {"ended": 1}
            assert await closed(socket) == page.CLOSE_UNAUTHORIZED
        # Signing out.
        await enter(again, "/api/v1/session", login="ada", password=PASSWORD)
        async with at(server, again, book) as socket:
            assert (await again.delete("/api/v1/session")).status_code == 200
            assert await closed(socket) == page.CLOSE_UNAUTHORIZED
        # A token that is revoked.
        made = (await ada.post("/api/v1/me/tokens", json={"label": "t", "scopes": ["view"]})).json()
        program = await visit(server, stack)
        program.headers["authorization"] = f"Bearer {made['secret']}"
        async with at(server, program, book) as socket:
            await ada.delete(f"/api/v1/me/tokens/{made['token']['id']}")
            assert await closed(socket) == page.CLOSE_UNAUTHORIZED
        # An account that is disabled over HTTP.
        async with at(server, ada, book) as socket:
            await root.patch(f"/api/v1/admin/accounts/{people['ada']}", json={"disabled": True})
            assert await closed(socket) == page.CLOSE_UNAUTHORIZED
        # One that is disabled by a command on the database, beside the server.
        own = (await eve.post("/api/v1/notebooks", json={})).json()["id"]
        async with at(server, eve, own) as socket:
            command = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "noctule", "admin", "users", "disable", "eve"),
                *("--data", str(server.data), *TEAM),
            )
            assert await command.wait() == 0
            assert await closed(socket, 30) == page.CLOSE_UNAUTHORIZED

        # The machine's own hand ends it, as `noctule stop` does.
        async with server.client() as machine:
            await machine.stop_server(runtimes=False)


async def test_a_server_that_has_an_admin_prints_its_address_alone(start_server: StartServer) -> None:
    server = await start_server(options=TEAM)
    async with AsyncExitStack() as stack:
        root = await visit(server, stack)
        secret = server.link.rpartition("/")[2]
        await enter(root, "/api/v1/accounts", login="root", password=PASSWORD, invitation=secret)
        await server.terminate()
        await server.start()
        assert server.link == f"{server.url}/"
        assert (await root.get("/api/v1/me")).json()["login"] == "root"
