"""Memory and CPU at rest: the server, its sessions, agents, idle page sockets. USS, as shared pages cost nothing more.

A session is a notebook with a page and a kernel that ran one cell. The first one of a server is not counted as "one
more": what it loads stays for all.
"""

import asyncio
import contextlib

import psutil

from bench.harness import OURS, Bench, Most, cpu_seconds, uss
from bench.noctule import Noctule, Page, notebook
from bench.peers.jupyter_server import JupyterServer
from noctule_agent.wire.limits import PAGES_PER_NOTEBOOK

JUPYTER = "jupyter_server"
SESSIONS = 10
SOCKETS = 1000
SETTLE_SECONDS = 4.0
"""For starts and projections to end."""


class Rest:
    """The measures."""

    def __init__(self, bench: Bench) -> None:
        self.sessions = 2 if bench.quick else SESSIONS
        self.seconds = 3.0 if bench.quick else 20.0
        self.idle = bench.measure("memory", "idle server, USS", "MB", Most(75))
        self.session = bench.measure("memory", "a session more in the server, USS", "MB", Most(0.5))
        self.agent = bench.measure("memory", "agent, USS", "MB", Most(30))
        self.all = bench.measure("memory", "a session with its kernel and all, USS", "MB")
        self.cpu = bench.measure("memory", f"CPU of the server with {self.sessions} idle sessions", "%", Most(0.2))
        self.agents_cpu = bench.measure("memory", "CPU of one idle agent", "%", Most(0.2))
        self.socket = bench.measure("memory", "an idle page socket, server USS", "KB", Most(30))


async def run(bench: Bench) -> None:
    rest = Rest(bench)
    await _noctule(bench, rest)
    await _jupyter(bench, rest)
    await _sockets(bench, rest)


async def _noctule(bench: Bench, rest: Rest) -> None:
    async with contextlib.AsyncExitStack() as stack:
        server, client = await stack.enter_async_context(Noctule.started(bench.directory("noctule")))
        await asyncio.sleep(SETTLE_SECONDS)
        rest.idle.add(OURS, uss(server.pid))
        before = 0.0
        for number in range(rest.sessions + 1):
            page = await stack.enter_async_context(Page.opened(client, await notebook(client, "1")))
            await page.run("cell-0")
            if number == 0:
                await asyncio.sleep(SETTLE_SECONDS)
                before = uss(server.pid)
        await asyncio.sleep(SETTLE_SECONDS)
        more = uss(server.pid) - before
        rest.session.add(OURS, more / rest.sessions)
        processes = server.runtime_processes()
        agents = [process.pid for process in processes if "noctule_agent" in " ".join(process.cmdline())]
        for pid in agents:
            rest.agent.add(OURS, uss(pid))
        rest.all.add(OURS, more / rest.sessions + sum(uss(process.pid) for process in processes) / (rest.sessions + 1))
        used = await _cpu(rest.seconds, [server.pid], agents)
        rest.cpu.add(OURS, used[0])
        rest.agents_cpu.add(OURS, used[1] / len(agents))


async def _cpu(seconds: float, *groups: list[int]) -> list[float]:
    """What each group of processes uses of one core, in percent."""
    before = [sum(map(cpu_seconds, group)) for group in groups]
    await asyncio.sleep(seconds)
    return [(sum(map(cpu_seconds, group)) - was) / seconds * 100 for group, was in zip(groups, before, strict=True)]


async def _jupyter(bench: Bench, rest: Rest) -> None:
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(JupyterServer.started(bench.directory("jupyter")))
        await asyncio.sleep(SETTLE_SECONDS)
        rest.idle.add(JUPYTER, uss(server.pid))
        before = 0.0
        for number in range(rest.sessions + 1):
            await (await stack.enter_async_context(server.kernel())).execute("1")
            if number == 0:
                await asyncio.sleep(SETTLE_SECONDS)
                before = uss(server.pid)
        await asyncio.sleep(SETTLE_SECONDS)
        more = uss(server.pid) - before
        rest.session.add(JUPYTER, more / rest.sessions)
        kernels = [process.pid for process in psutil.Process(server.pid).children(recursive=True)]
        rest.all.add(JUPYTER, more / rest.sessions + sum(map(uss, kernels)) / (rest.sessions + 1))
        rest.cpu.add(JUPYTER, (await _cpu(rest.seconds, [server.pid]))[0])


async def _sockets(bench: Bench, rest: Rest) -> None:
    """Of notebooks that are open already, so that what a notebook takes is not counted."""
    count = SOCKETS // 10 if bench.quick else SOCKETS
    async with contextlib.AsyncExitStack() as stack:
        server, client = await stack.enter_async_context(Noctule.started(bench.directory("sockets")))
        opened = [await notebook(client, "1") for _ in range(-(-count // (PAGES_PER_NOTEBOOK - 1)))]
        for one in opened:
            await stack.enter_async_context(Page.opened(client, one))
        await asyncio.sleep(SETTLE_SECONDS)
        before = uss(server.pid)
        for number in range(count):
            await stack.enter_async_context(Page.opened(client, opened[number % len(opened)]))
        await asyncio.sleep(SETTLE_SECONDS)
        rest.socket.add(OURS, (uss(server.pid) - before) * 1024 / count)
