"""The promise, with real kernels and real `kill -9`: what was started runs to its end, and all that it says is kept.

NOCTULE_KILL_SEEDS says how many seeds the proof with random moments runs (each takes about 25 s).
"""

import asyncio
import os
import random
import signal

import pytest

from noctule_agent.wire.values import CellId
from tests.support.notebooks import ipynb, text_in_file, text_in_view
from tests.support.server import ServerProcess, StartServer

LINES = 400
SECONDS = 20.0
SEEDS = int(os.environ.get("NOCTULE_KILL_SEEDS", "2"))
PRINTING = f"""
import time
for i in range({LINES}):
    print(f"line {{i}}", flush=True)
    time.sleep({SECONDS / LINES})
"""
EXPECTED = "".join(f"line {i}\n" for i in range(LINES))


@pytest.fixture(params=["sqlite", "postgresql"])
async def server(request: pytest.FixtureRequest, start_server: StartServer) -> ServerProcess:
    """A server on either database."""
    url: str | None = None
    if request.param == "postgresql":
        url = request.getfixturevalue("make_postgres")()
    return await start_server(database_url=url)


async def kill_and_start(server: ServerProcess, wait: float) -> None:
    await asyncio.sleep(wait)
    await server.kill()
    await server.start()


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_every_line_is_there_once_in_order_when_the_server_is_killed_three_times(
    server: ServerProcess, seed: int
) -> None:
    chance = random.Random(seed)
    async with server.client() as client:
        notebook = await client.create_from_file("printing.ipynb", ipynb(PRINTING))
        async with server.session(client, notebook) as page:
            await page.ready()
            batch = await page.run([CellId("cell-0")])
            moments = sorted(chance.uniform(1.0, SECONDS - 2.0) for _ in range(3))
            for before, moment in zip([0.0, *moments], moments, strict=False):
                await kill_and_start(server, max(0.2, moment - before))
            async with asyncio.timeout(60):
                [execution] = await page.finished(batch)
            assert execution.state == "ok", execution.cause
            assert text_in_view(page.view, "cell-0") == EXPECTED
            assert execution.started_at is not None
            assert execution.finished_at is not None
            assert execution.finished_at - execution.started_at >= SECONDS * 1000
        async with server.session(client, notebook) as other_device:
            await other_device.ready()
            assert text_in_view(other_device.view, "cell-0") == EXPECTED
        assert text_in_file(await client.ipynb(notebook), "cell-0") == EXPECTED


async def test_a_batch_of_fifty_cells_ends_without_the_server(server: ServerProcess) -> None:
    sources = [f"import time; time.sleep(0.05); print('cell', {number}); {number}" for number in range(50)]
    async with server.client() as client:
        notebook = await client.create_from_file("fifty.ipynb", ipynb(*sources))
        async with server.session(client, notebook) as page:
            await page.ready()
            batch = await page.run([CellId(f"cell-{number}") for number in range(50)])
            await page.until(lambda: any(e.state == "ok" for e in page.executions(batch)) or None)
            await server.kill()
        killed_at = (await asyncio.to_thread(os.stat, server.data)).st_atime  # any moment: only to separate the parts
        assert killed_at
        await asyncio.sleep(8)
        started_again = asyncio.get_running_loop().time()
        await server.start()
        async with server.session(client, notebook) as page:
            async with asyncio.timeout(30):
                executions = await page.finished(batch)
            assert asyncio.get_running_loop().time() - started_again < 30
            assert [execution.state for execution in executions] == ["ok"] * 50
            starts = [execution.started_at or 0 for execution in executions]
            assert starts == sorted(starts)
            assert (executions[-1].finished_at or 0) - starts[0] < 8000, "they ran while the server was away"
            for number in range(50):
                await page.need(CellId(f"cell-{number}"))
                assert text_in_view(page.view, f"cell-{number}") == f"cell {number}\n"


async def test_a_killed_agent_leaves_a_cause_and_no_process_and_the_next_run_works(server: ServerProcess) -> None:
    source = "import subprocess, time\nsubprocess.Popen(['sleep', '1000'], start_new_session=True)\nprint('before', flush=True)\ntime.sleep(1000)"
    async with server.client() as client:
        notebook = await client.create_from_file("killed.ipynb", ipynb(source, "print('again')"))
        async with server.session(client, notebook) as page:
            await page.ready()
            batch = await page.run([CellId("cell-0")])
            await page.until(lambda: "before" in text_in_view(page.view, "cell-0") or None)
            agent = next(p for p in server.runtime_processes() if "noctule_agent" in p.cmdline())
            agent.send_signal(signal.SIGKILL)
            async with asyncio.timeout(40):
                [execution] = await page.finished(batch)
            assert execution.state == "lost"
            assert execution.cause is not None
            assert execution.cause.code == "agent-lost"
            assert text_in_view(page.view, "cell-0") == "before\n"
            await server.no_runtime_process()
            batch = await page.run([CellId("cell-1")])
            async with asyncio.timeout(40):
                [execution] = await page.finished(batch)
            assert execution.state == "ok"
            assert text_in_view(page.view, "cell-1") == "again\n"


async def test_a_stopped_server_leaves_runtimes_running_and_stop_runtimes_ends_them(server: ServerProcess) -> None:
    async with server.client() as client:
        notebook = await client.create_from_file("stop.ipynb", ipynb("x = 41", "print(x + 1)"))
        async with server.session(client, notebook) as page:
            await page.ready()
            await page.finished(await page.run([CellId("cell-0")]))
            assert await server.terminate() == 0
            assert server.runtime_processes()
            assert "runtime goes on" in server.log()
            await server.start()
            async with asyncio.timeout(30):
                await page.finished(await page.run([CellId("cell-1")]))
            assert text_in_view(page.view, "cell-1") == "42\n"
        await client.stop_server(runtimes=True)
        await server.no_runtime_process()
