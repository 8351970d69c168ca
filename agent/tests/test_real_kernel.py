"""The agent as a process, with ipykernel, against a server end on a unix socket."""

import asyncio
import os
import shutil
import signal
from pathlib import Path

import msgspec
import pytest

from agent.tests.harness import KERNEL
from agent.tests.runtime import Runtime
from noctule_agent.wire import link
from noctule_agent.wire.values import Cause

STOP = Cause("stopped", "Stopped by a test.")


def alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat[stat.rindex(")") + 2] != "Z"


async def gone(pids: list[int]) -> None:
    async with asyncio.timeout(5):
        while any(map(alive, pids)):
            await asyncio.sleep(0.02)


def private_directory(pids: list[int]) -> Path:
    """Where the kernel among these processes has its sockets: beside its connection file."""
    commands = (Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0") for pid in pids)
    return next(Path(part).parent for command in commands for part in command if part.endswith(".json"))


async def test_cells_results_errors_and_questions(runtime: Runtime):
    server = runtime.server
    await server.run(
        "import os, sys\nprint('out'); print('err', file=sys.stderr)\n6 * 7", "input('name? ')", "1/0", "1"
    )
    opened = (await server.until(lambda: server.all(link.PromptOpened)))[0]
    assert opened.text == "name? "
    await server.asked(lambda id_: link.Answer(id_, KERNEL, opened.prompt_id, "Ada"))
    await server.end_of("b1-3")
    assert list(server.states().values()) == ["ok", "ok", "error", "aborted"]
    assert (server.text("b1-0"), server.text("b1-0", "stderr")) == ("out\n", "err\n")
    results = [msgspec.json.decode(m.content) for m in server.messages() if m.msg_type == "execute_result"]
    assert [result["data"]["text/plain"] for result in results] == ["42", "'Ada'"]
    assert server.text("b1-1") == "name? Ada\n"
    assert [m.msg_type for m in server.messages("b1-2")].count("error") == 1
    assert server.ended("b1-0").execution_count == 1
    await server.run("print(os.environ['NOCTULE_RUNTIME_ID'], os.getcwd())", batch="b2")
    await server.end_of("b2-0")
    assert server.text("b2-0") == f"r1 {runtime.directory}/content\n"


async def test_a_flood_arrives_whole_while_the_server_comes_and_goes(runtime: Runtime):
    server = runtime.server
    lines = 30_000
    source = (
        f"import time\nfor n in range({lines}):\n    print(n, flush=n % 7 == 0)\n    if n % 1000 == 0: time.sleep(0.02)"
    )
    await server.run(source, "for n in range(100): print(n, end='\\r')")
    await server.until(lambda: server.text("b1-0"))
    for _ in range(4):
        await asyncio.sleep(0.1)
        await server.cut()
        await server.linked()
    await server.close()
    await asyncio.sleep(0.5)
    await server.open()
    assert (await server.end_of("b1-1", 30)).state == "ok"
    assert server.text("b1-0") == "".join(f"{n}\n" for n in range(lines))
    assert server.text("b1-1").endswith("99\r")
    assert len(server.hellos) == 6


async def test_interrupts_reach_python_and_a_stuck_child(runtime: Runtime):
    server = runtime.server
    await server.run("print('begun', flush=True)\nwhile True: pass", "1")
    await server.until(lambda: server.text("b1-0"))
    assert (await server.asked(lambda id_: link.Interrupt(id_, KERNEL))).problem is None
    await server.end_of("b1-0")
    assert server.states() == {"b1-0": "error", "b1-1": "aborted"}
    await server.run("print('asking')\ninput()", batch="b2")
    await server.until(lambda: server.all(link.PromptOpened))
    assert (await server.asked(lambda id_: link.Interrupt(id_, KERNEL))).problem is None
    assert (await server.end_of("b2-0")).cause.code == "interrupted"
    child = "import subprocess\nprint('begun', flush=True)\nsubprocess.run(['sleep', '100'], start_new_session=True)"
    await server.run(child, batch="b3")
    await server.until(lambda: server.text("b3-0"))
    assert (await server.asked(lambda id_: link.Interrupt(id_, KERNEL))).problem is None


@pytest.mark.parametrize(
    ("source", "code", "evidence"),
    [
        (
            "import os, time; print('last words', flush=True); time.sleep(0.02); os.kill(os.getpid(), 9)",
            "kernel-killed",
            ("signal", "SIGKILL"),
        ),
        (
            "import os, time; print('last words', flush=True); time.sleep(0.02); os._exit(7)",
            "kernel-failed",
            ("exit_code", 7),
        ),
        (
            "import ctypes, time; print('last words', flush=True); time.sleep(0.02); ctypes.string_at(0)",
            "kernel-killed",
            ("signal", "SIGSEGV"),
        ),
    ],
)
async def test_a_dead_kernel_is_explained_and_replaced(runtime: Runtime, source: str, code: str, evidence: tuple):
    server = runtime.server
    await server.run(source, "1")
    end = await server.end_of("b1-0")
    assert (end.state, end.cause.code) == ("lost", code)
    assert end.cause.evidence[evidence[0]] == evidence[1]
    assert end.cause.evidence["peak_rss"] > 10_000_000
    assert server.text("b1-0") == "last words\n"
    await server.run("print('again')", batch="b2")
    assert (await server.end_of("b2-0")).state == "ok"
    assert server.states()["b1-1"] == "aborted"
    assert server.all(link.KernelReady)[-1].epoch == 2


async def test_exit_in_a_cell_ends_the_kernel_well_and_another_takes_over(runtime: Runtime):
    server = runtime.server
    await server.run("print('bye')\nexit()")
    await server.until(lambda: len(server.all(link.KernelReady)) == 2)
    assert server.text("b1-0") == "bye\n"
    assert server.all(link.KernelDied)[0].cause.evidence["exit_code"] == 0
    assert server.states() == {"b1-0": "ok"}


async def test_stop_leaves_no_process_and_no_file(runtime: Runtime):
    server = runtime.server
    daemon = "import subprocess\nsubprocess.Popen(['setsid', 'sh', '-c', 'sleep 300 & sleep 300'])\nprint('up')"
    await server.run(daemon)
    await server.end_of("b1-0")
    below = runtime.processes()
    assert len(below) >= 2
    private = private_directory(below)
    assert private.stat().st_mode & 0o777 == 0o700
    await server.command(lambda id_: link.StopAgent(id_, STOP))
    assert await asyncio.wait_for(runtime.process.wait(), 10) == 0
    assert server.bye == STOP
    await gone(below)
    assert not private.exists()


async def test_a_killed_agent_takes_its_kernel_along_and_a_drain_tells_the_rest(runtime: Runtime):
    server = runtime.server
    await server.run("print('said', flush=True)\nimport time; time.sleep(100)", "1")
    await server.until(lambda: server.text("b1-0"))
    below = runtime.processes()
    private = private_directory(below)
    await server.close()
    runtime.process.kill()
    await runtime.process.wait()
    await gone(below)
    await server.open()
    await runtime.launch(drain=True)
    assert await asyncio.wait_for(runtime.process.wait(), 10) == 0
    assert server.states() == {"b1-0": "lost", "b1-1": "aborted"}
    assert server.ended("b1-0").cause.code == "agent-lost"
    assert server.bye.code == "drained"
    assert not private.exists()


async def test_an_agent_started_ahead_dials_once_it_is_launched_and_comes_back_as_any_other(ahead: Runtime):
    server = ahead.server
    await ahead.start_ahead()
    assert server.hellos == []
    ahead.generation = 1
    ahead.write_spec()
    assert ahead.process.stdin is not None
    ahead.process.stdin.write(b"\n")
    await server.run("print('launched')")
    await server.end_of("b1-0")
    await server.close()
    await server.open()
    await server.run("print('again')", batch="b2")
    await server.end_of("b2-0")
    assert {hello.generation for hello in server.hellos} == {1}
    assert len(server.hellos) >= 2
    assert server.text("b1-0") == "launched\n"


async def test_an_agent_started_ahead_ends_with_whoever_started_it_and_leaves_nothing(ahead: Runtime):
    await ahead.start_ahead()
    below = ahead.processes()
    private = private_directory(below)
    assert ahead.process.stdin is not None
    ahead.process.stdin.close()
    await asyncio.wait_for(ahead.process.wait(), 10)
    await gone(below)
    assert not private.exists()
    assert ahead.server.hellos == []
    assert '"code":"never-launched"' in ahead.log()


async def test_sigterm_is_an_orderly_stop(runtime: Runtime):
    server = runtime.server
    await server.until(lambda: server.all(link.KernelReady))
    runtime.process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(runtime.process.wait(), 10) == 0
    assert server.bye.code == "stopped-by-signal"
    assert isinstance(server.records[KERNEL][-1], link.AgentEnding)


async def test_restart_gives_a_fresh_kernel(runtime: Runtime):
    server = runtime.server
    await server.run("x = 1\nprint('begun', flush=True)\nwhile True: pass")
    await server.until(lambda: server.text("b1-0"))
    await server.asked(lambda id_: link.RestartKernel(id_, KERNEL))
    await server.run("x", batch="b2")
    assert (await server.end_of("b2-0")).state == "error"
    assert server.ended("b1-0").cause.code == "restarted"


async def test_a_held_kernel_goes_on_where_it_was_when_the_disk_has_room_again(tmp_path: Path):
    """The journal's pages are limited, as a full disk would."""
    from noctule_agent.journal import Journal
    from noctule_agent.kernels.factory import JupyterKernels
    from noctule_agent.log import silent
    from noctule_agent.processes import Children
    from noctule_agent.supervisor import Supervisor
    from noctule_agent.system import RandomIds, SystemClock
    from noctule_agent.wire.values import BatchId, CellId, CommandId, ExecutionId

    clock, ids = SystemClock(), RandomIds()
    journal = Journal.open(tmp_path / "journal.db", ids)
    journal.add_kernel(KERNEL, "python3")
    kernels = JupyterKernels(tmp_path, tmp_path / "content", clock, ids, Children(), os.environ, {})
    kernel = Supervisor(KERNEL, "python3", epoch=0, journal=journal, kernels=kernels, clock=clock, ids=ids, log=silent)
    try:
        kernel.start()
        source = "for n in range(20000): print('x' * 100, n)"
        item = link.QueuedItem(ExecutionId("e"), CellId("c"), source)
        kernel.enqueue(link.Enqueue(CommandId("1"), KERNEL, BatchId("b"), [item]))
        journal._db.execute("PRAGMA max_page_count = 60")
        async with asyncio.timeout(15):
            while kernel.recorder.stalled is None:
                await asyncio.sleep(0.02)
        refused = kernel.enqueue(link.Enqueue(CommandId("2"), KERNEL, BatchId("b2"), [item]))
        assert refused.code == "runtime-disk-full"
        journal._db.execute("PRAGMA max_page_count = 1000000")
        async with asyncio.timeout(15):
            while journal.unfinished(KERNEL):
                await asyncio.sleep(0.02)
        records = [msgspec.msgpack.decode(r, type=link.Record) for r in journal.read(KERNEL, 0, 2**30)]
        said = [m for r in records if isinstance(r, link.Said) for m in r.messages if m.msg_type == "stream"]
        text = "".join(msgspec.json.decode(m.content)["text"] for m in said if m.parent_id == "e")
        assert text == "".join("x" * 100 + f" {n}\n" for n in range(20000))
    finally:
        await kernel.stop(STOP)
        await kernels.close()
        journal.close()


async def test_a_kernel_restarts_when_its_socket_directory_was_removed(runtime: Runtime):
    server = runtime.server
    await server.run("print('up')")
    await server.end_of("b1-0")
    shutil.rmtree(private_directory(runtime.processes()))
    await server.run("print('still heard')", batch="b2")
    assert (await server.end_of("b2-0")).state == "ok"
    assert server.text("b2-0") == "still heard\n"
    await server.asked(lambda id_: link.RestartKernel(id_, KERNEL))
    await server.run("print('fresh')", batch="b3")
    assert (await server.end_of("b3-0")).state == "ok"
