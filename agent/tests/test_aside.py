"""Terminals and files over the link of a real agent, beside a kernel that prints."""

import asyncio
import os
from typing import Any

import msgspec
import pytest

from agent.tests.harness import KERNEL, Fakes, virtually
from agent.tests.runtime import Runtime
from noctule_agent.pipes import Pipe, PipeBroken
from noctule_agent.proc import descendants
from noctule_agent.wire import files, link
from noctule_agent.wire.terminals import (
    AttachTerminal,
    ListTerminals,
    MakeTerminal,
    TerminalId,
    Terminals,
    TermInput,
    TermOutput,
    TermStart,
    ToTerminalPage,
)
from noctule_agent.wire.values import Cause

STOP = Cause("stopped", "Stopped by a test.")
T1 = TerminalId("t1")
LINES = 20_000


async def screen(pipe: Pipe, until: bytes) -> tuple[TermStart, bytes]:
    """What a page draws until it sees that."""
    text, start = b"", None
    while until not in text:
        message = await pipe.receive()
        assert message is not None
        frame: Any = msgspec.msgpack.decode(message, type=ToTerminalPage)
        if isinstance(frame, TermStart):
            start, text = frame, frame.prelude
        elif isinstance(frame, TermOutput):
            text = text[-1_000_000:] + frame.data
        pipe.taken(len(message))
    assert start is not None
    return start, text


async def broken(pipe: Pipe) -> str:
    """The code of why it broke; what comes before that is passed over."""
    with pytest.raises(PipeBroken) as found:
        await drained(pipe)
    return found.value.problem.code


async def drained(pipe: Pipe) -> None:
    while await pipe.receive() is not None:
        pass


async def type_(pipe: Pipe, text: str) -> None:
    await pipe.send(msgspec.msgpack.encode(TermInput(text.encode())))


async def test_a_flooding_terminal_takes_no_line_from_a_printing_kernel(runtime: Runtime) -> None:
    """`yes` beside a cell that prints: every line of the cell arrives, in order, while the flood goes on."""
    server = runtime.server
    await server.query(MakeTerminal(T1))
    pipe = await server.pipe(AttachTerminal(T1, 80, 24))
    await type_(pipe, "yes\r")
    await screen(pipe, b"y\r\ny\r\ny")
    drawing = asyncio.create_task(screen(pipe, b"never"))
    await server.run(f"for n in range({LINES}): print(n)")
    end = await server.end_of("b1-0", 60)
    assert end.state == "ok"
    assert server.text("b1-0") == "".join(f"{n}\n" for n in range(LINES))
    assert not drawing.done()
    drawing.cancel()


async def test_a_flood_that_nobody_looks_at_costs_no_memory_and_holds_nothing_up(runtime: Runtime) -> None:
    server = runtime.server
    await server.query(MakeTerminal(T1))
    pipe = await server.pipe(AttachTerminal(T1, 80, 24))
    await type_(pipe, "cat /dev/urandom\r")
    await asyncio.sleep(0.2)
    pipe.end()
    before = resident(runtime.process.pid)
    await server.run("import time\nfor n in range(50):\n    print(n); time.sleep(0.02)")
    assert (await server.end_of("b1-0", 30)).state == "ok"
    assert resident(runtime.process.pid) - before < 16_000_000


def resident(pid: int) -> int:
    with open(f"/proc/{pid}/statm") as statm:  # noqa: PTH123
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def test_a_terminal_outlives_the_connection_and_a_page_goes_on_where_it_was(runtime: Runtime) -> None:
    server = runtime.server
    await server.query(MakeTerminal(T1))
    pipe = await server.pipe(AttachTerminal(T1, 80, 24))
    await type_(pipe, "echo be''fore; read line; echo af''ter $line\r")
    start, text = await screen(pipe, b"before\r\n")
    offset = start.offset + len(text)
    await server.cut()
    assert await broken(pipe) == "gone"
    again = await server.pipe(AttachTerminal(T1, 80, 24, offset))
    await type_(again, "and more\r")
    start, text = await screen(again, b"after and more\r\n")
    assert (start.offset, start.fresh) == (offset, False)
    told = (await server.query(ListTerminals())).told
    assert isinstance(told, Terminals)
    assert [terminal.id for terminal in told.terminals] == [T1]


async def test_a_terminal_has_the_kernels_python_and_ends_with_the_runtime(runtime: Runtime) -> None:
    server = runtime.server
    await server.run("import sys; print(sys.prefix)")
    await server.end_of("b1-0")
    await server.query(MakeTerminal(T1))
    pipe = await server.pipe(AttachTerminal(T1, 200, 24))
    await type_(
        pipe, "python -c 'import sys; print(\"at\", sys.prefix)'; echo $NOCTULE_RUNTIME_ID; nohup sleep 1000 &\r"
    )
    _, text = await screen(pipe, b"r1\r\n")
    assert f"at {server.text('b1-0').strip()}\r\n".encode() in text
    async with asyncio.timeout(10):
        while not any(name_of(pid) == "sleep" for pid in runtime.processes()):
            await asyncio.sleep(0.05)
    children = descendants(runtime.process.pid)
    await server.command(lambda id_: link.StopAgent(id_, STOP))
    await runtime.process.wait()
    assert [pid for pid in children if name_of(pid)] == []


def name_of(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/comm") as comm:  # noqa: PTH123
            return comm.read().strip()
    except OSError:
        return ""


async def test_a_file_that_a_cell_has_written_is_read_over_the_link(runtime: Runtime) -> None:
    server = runtime.server
    await server.run("open('made.bin', 'wb').write(bytes(range(256)) * 20_000)")
    await server.end_of("b1-0")
    listing = (await server.query(files.ListFolder(""))).told
    assert isinstance(listing, files.Listing)
    assert [(entry.name, entry.size) for entry in listing.entries] == [("made.bin", 256 * 20_000)]
    pipe = await server.pipe(files.ReadFile("made.bin"))
    head = await pipe.receive()
    assert head is not None
    data = b""
    while (part := await pipe.receive()) is not None:
        data += part
        pipe.taken(len(part))
    assert data == bytes(range(256)) * 20_000


def test_an_agent_without_a_desk_refuses_and_goes_on() -> None:
    async def main() -> None:
        async with Fakes(warm=True, kernel_id=KERNEL) as fakes:
            answer = await fakes.server.query(ListTerminals())
            assert answer.problem is not None
            assert answer.problem.code == "runtime-bare"
            pipe = await fakes.server.pipe(AttachTerminal(T1, 80, 24))
            assert await broken(pipe) == "runtime-bare"

    virtually(main)
