"""The promise, with sandboxes: the server is killed, the agent is killed, the disk is full, processes have no end; and what is left of them."""

import asyncio
import signal
import subprocess
from pathlib import Path

import psutil

from noctule.launchers.sandbox import cgroups
from noctule.launchers.sandbox.host import STATE
from noctule.launchers.sandbox.ranges import Ranges
from noctule_agent.wire.values import CellId
from tests.support.notebooks import ipynb, text_in_view
from tests.support.server import ServerProcess

LINES = 100
PRINTING = f"import time\nfor i in range({LINES}):\n    print(f'line {{i}}', flush=True)\n    time.sleep(0.1)\n"
EXPECTED = "".join(f"line {i}\n" for i in range(LINES))
SECONDS = 240


def agent_of(server: ServerProcess) -> psutil.Process:
    return next(process for process in server.runtime_processes() if "noctule_agent" in process.cmdline())


def left_of(server: ServerProcess, runtimes: set[str]) -> list[str]:
    """What of these runtimes is still on this machine, outside of their log."""
    directory = server.data / "runtimes"
    mounts = Path("/proc/self/mounts").read_text()
    loops = subprocess.run(["losetup", "--noheadings", "-O", "BACK-FILE"], capture_output=True, text=True, check=True)
    found = [f"process {process.pid}" for process in server.runtime_processes()]
    found += [f"cgroup {name}" for name in cgroups.find().names() if name in runtimes]
    found += [f"state {entry.name}" for entry in STATE.iterdir() if entry.name in runtimes]
    found += [f"range {number}" for number, owner in Ranges().taken().items() if owner.parent == directory]
    found += [f"mount {line}" for line in mounts.splitlines() if str(server.data) in line]
    found += [f"loop {line}" for line in loops.stdout.splitlines() if str(server.data) in line]
    found += [f"file {file}" for file in directory.glob("*/*") if file.name != "agent.log"]
    return found


def runtimes_of(server: ServerProcess) -> set[str]:
    return {path.name for path in (server.data / "runtimes").iterdir()}


async def nothing_left(server: ServerProcess, runtimes: set[str]) -> None:
    async with asyncio.timeout(60):
        while left_of(server, runtimes):
            await asyncio.sleep(0.2)


async def test_every_line_is_there_once_when_the_server_is_killed(sandbox_server: ServerProcess) -> None:
    server = sandbox_server
    async with server.client() as client:
        notebook = await client.create_from_file("printing.ipynb", ipynb(PRINTING))
        async with server.session(client, notebook) as page:
            await page.ready()
            batch = await page.run([CellId("cell-0")])
            await page.until(lambda: "line 5" in text_in_view(page.view, "cell-0") or None)
            agent = agent_of(server)
            await server.kill()
            await asyncio.sleep(2)
            assert agent.is_running()
            await server.start()
            async with asyncio.timeout(SECONDS):
                [execution] = await page.finished(batch)
            assert execution.state == "ok", execution.cause
            assert text_in_view(page.view, "cell-0") == EXPECTED
            runtimes = runtimes_of(server)
            await page.disconnect_runtime()
        await nothing_left(server, runtimes)


async def test_a_killed_agent_is_drained_from_its_disk_and_nothing_stays(sandbox_server: ServerProcess) -> None:
    server = sandbox_server
    source = "import subprocess, time\nsubprocess.Popen(['sleep', '1000'], start_new_session=True)\nprint('before', flush=True)\ntime.sleep(1000)"
    async with server.client() as client:
        notebook = await client.create_from_file("killed.ipynb", ipynb(source, "print('again')"))
        async with server.session(client, notebook) as page:
            await page.ready()
            batch = await page.run([CellId("cell-0")])
            await page.until(lambda: "before" in text_in_view(page.view, "cell-0") or None)
            runtimes = runtimes_of(server)
            agent_of(server).send_signal(signal.SIGKILL)
            async with asyncio.timeout(SECONDS):
                [execution] = await page.finished(batch)
            assert execution.state == "lost"
            assert execution.cause is not None
            assert execution.cause.code == "agent-lost"
            assert text_in_view(page.view, "cell-0") == "before\n"
            ended = await page.until(lambda: view if (view := page.view.runtime) and view.state == "ended" else None)
            assert ended.cause is not None
            assert "started" in str(ended.cause.evidence["agent_log"])
            await nothing_left(server, runtimes)
            again = await page.run([CellId("cell-1")])
            async with asyncio.timeout(SECONDS):
                [execution] = await page.finished(again)
            assert execution.state == "ok"
            assert text_in_view(page.view, "cell-1") == "again\n"


async def test_what_fills_its_disk_is_told_so_and_its_output_is_kept(sandbox_server: ServerProcess) -> None:
    """The last of the disk is the agent's: a full one stops what the cell writes, and not the journal."""
    filling = (
        "import errno, os\n"
        "def fill(name, size):\n"
        "    try:\n"
        "        with open(name, 'wb', buffering=0) as f:\n"
        "            os.posix_fallocate(f.fileno(), 0, size)\n"
        "            return 0\n"
        "    except OSError as error:\n"
        "        return error.errno\n"
        "size = 1 << 34\n"
        "while size >= 4096:\n"
        "    while fill(f'{size}-{os.urandom(4).hex()}', size) == 0: pass\n"
        "    size //= 2\n"
        "free = os.statvfs('/content')\n"
        "print('full', free.f_bavail * free.f_frsize < 1 << 20, free.f_files < 10_000_000)\n"
        "for i in range(2000): print(f'line {i} ' + 'x' * 200)\n"
    )
    server = sandbox_server
    async with server.client() as client:
        notebook = await client.create_from_file("full.ipynb", ipynb(filling))
        async with server.session(client, notebook) as page:
            await page.ready()
            batch = await page.run([CellId("cell-0")])
            async with asyncio.timeout(SECONDS):
                [execution] = await page.finished(batch)
            assert execution.state == "ok", execution.cause
            await page.need(CellId("cell-0"))
            text = text_in_view(page.view, "cell-0")
            assert text.startswith("full True True\nline 0 ")
            assert "line 1999 " in text


async def test_a_fork_bomb_is_bounded_and_the_server_answers_meanwhile(sandbox_server: ServerProcess) -> None:
    server = sandbox_server
    bomb = (
        "import os, time\n"
        "print('begun', flush=True)\n"
        "made = 0\n"
        "try:\n"
        "    while True:\n"
        "        if os.fork() == 0:\n"
        "            time.sleep(1000)\n"
        "        made += 1\n"
        "except OSError as error:\n"
        "    print(error.strerror, made < 5000)\n"
    )
    async with server.client() as client:
        notebook = await client.create_from_file("bomb.ipynb", ipynb(bomb))
        async with server.session(client, notebook) as page:
            await page.ready()
            batch = await page.run([CellId("cell-0")])
            async with asyncio.timeout(SECONDS):
                await page.finished(batch)
            assert text_in_view(page.view, "cell-0") == "begun\nResource temporarily unavailable True\n"
            runtimes = runtimes_of(server)
            await page.disconnect_runtime()
        await nothing_left(server, runtimes)


async def test_a_server_killed_while_it_launches_leaves_one_sandbox_or_none(sandbox_server: ServerProcess) -> None:
    server = sandbox_server
    async with server.client() as client:
        notebook = await client.create_from_file("launch.ipynb", ipynb("print('here')"))
        async with server.session(client, notebook) as page:
            await page.ready()
            batch = await page.run([CellId("cell-0")])
            async with asyncio.timeout(30):
                while not list((server.data / "runtimes").glob("*/building")):
                    await asyncio.sleep(0.01)
            await server.kill()
            await server.start()
            async with asyncio.timeout(SECONDS):
                [execution] = await page.finished(batch)
            assert execution.state == "ok", execution.cause
            assert text_in_view(page.view, "cell-0") == "here\n"
            agents = [p for p in server.runtime_processes() if "noctule_agent" in p.cmdline()]
            assert len(agents) == 1
            runtimes = runtimes_of(server)
            await page.disconnect_runtime()
        await nothing_left(server, runtimes)
