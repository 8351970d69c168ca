"""The sockets of a real server: who may open them, and that no answer waits for Nagle."""

import asyncio
import socket

import msgspec
import psutil
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from noctule import instance
from noctule.app import open_core
from noctule.cli.serve import Server, listen
from noctule.config import Config
from noctule.http.app import create_app
from noctule_agent.wire import link, page
from noctule_agent.wire.limits import PAGE_FRAME_BYTES
from noctule_agent.wire.values import RuntimeId
from tests.support.notebooks import ipynb
from tests.support.server import StartServer


async def test_a_socket_from_another_origin_is_refused(start_server: StartServer) -> None:
    """A page of an attacker, in the same browser, with the person's cookie."""
    server = await start_server()
    async with server.client() as client:
        notebook = await client.create_from_file("n.ipynb", ipynb("1"))
        url = f"{server.url.replace('http', 'ws')}/api/v1/notebooks/{notebook}/socket"
        cookie = {"Cookie": f"noctule_session={await signed_in(server.url, server.token)}"}
        for origin in ("http://evil.example", "null", None):
            with pytest.raises((InvalidStatus, ConnectionClosed)):
                async with connect(url, origin=origin, additional_headers=cookie) as refused:  # type: ignore[arg-type]
                    await refused.recv()
        async with connect(url, origin=server.url, additional_headers=cookie) as ours:  # type: ignore[arg-type]
            await ours.send(msgspec.msgpack.encode(page.Open(version=page.VERSION)))
            welcome = msgspec.msgpack.decode(await ours.recv(), type=page.ToPage)
            assert isinstance(welcome, page.Welcome)
        with pytest.raises((InvalidStatus, ConnectionClosed)):
            async with connect(url, origin=server.url) as without_session:  # type: ignore[arg-type]
                await without_session.recv()


async def signed_in(url: str, token: str) -> str:
    import httpx

    async with httpx.AsyncClient(base_url=url) as browser:
        await browser.get("/", params={"token": token})
        return browser.cookies["noctule_session"]


async def test_an_agent_without_a_runtimes_token_is_refused(start_server: StartServer) -> None:
    server = await start_server()
    hello = link.Hello(
        version=link.VERSION,
        runtime_id=RuntimeId("guess"),
        token="guess",
        generation=1,
        journal_id="j",
        kernels=[],
    )
    async with connect(f"{server.url.replace('http', 'ws')}/api/v1/agent") as agent:
        await agent.send(msgspec.msgpack.encode(hello))
        answer = msgspec.msgpack.decode(await agent.recv(), type=link.ToAgent)
        assert isinstance(answer, link.Refused)


async def test_what_is_no_frame_of_an_agent_closes_that_link_with_a_reason(start_server: StartServer) -> None:
    server = await start_server()
    async with connect(f"{server.url.replace('http', 'ws')}/api/v1/agent") as agent:
        await agent.send(b"\xc1 nonsense")
        await agent.wait_closed()
    assert agent.close_code == link.CLOSE_PROTOCOL
    assert agent.close_reason


async def test_a_page_is_refused_what_is_too_large_by_its_head_alone(start_server: StartServer) -> None:
    """Only an agent has frames of hundreds of MB. Of a page's not even the beginning is held."""
    server = await start_server()
    async with server.client() as client:
        notebook = await client.create_from_file("n.ipynb", ipynb("1"))
    host, _, port = server.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        f"GET /api/v1/notebooks/{notebook}/socket HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        f"Authorization: Bearer {server.token}\r\n\r\n".encode()
    )
    assert b"101" in await reader.readuntil(b"\r\n\r\n")
    writer.write(b"\x82\xff" + (PAGE_FRAME_BYTES * 2).to_bytes(8, "big") + bytes(4))
    async with asyncio.timeout(5):
        head = await reader.readexactly(4)
    assert (head[0], int.from_bytes(head[2:4], "big")) == (0x88, 1009)
    writer.close()


async def test_every_connection_of_the_server_has_tcp_nodelay(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Without it each small answer waits up to 40 ms for the delayed acknowledgement of the one before."""
    config = Config(data=tmp_path_factory.mktemp("nodelay"), port=0, pool_size=0, browser=False, launcher="process")
    instance.prepare(config)
    listener = listen(config)
    port = listener.getsockname()[1]
    ready = asyncio.Event()
    async with open_core(config) as core:
        server = Server(create_app(core), ready.set)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await ready.wait()
        async with connect(f"ws://127.0.0.1:{port}/api/v1/agent"):
            accepted = [
                connection
                for connection in psutil.Process().net_connections("tcp4")
                if connection.laddr and connection.laddr.port == port and connection.status == psutil.CONN_ESTABLISHED
            ]
            assert accepted
            for connection in accepted:
                with socket.socket(fileno=socket.dup(connection.fd)) as found:
                    assert found.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
        server.should_exit = True
        await serving
