"""Terminals with real shells on real pseudo-terminals, looked at through pipes in memory."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from agent.tests.pipe_pairs import Ends
from noctule_agent.pipes import PipeBroken
from noctule_agent.processes import Children
from noctule_agent.refusal import Refusal
from noctule_agent.system import SystemClock
from noctule_agent.terminals import terminal as terminal_module
from noctule_agent.terminals.service import Setting, Shells
from noctule_agent.wire.limits import PIPE_WINDOW_BYTES, TERMINAL_RING_BYTES, TERMINALS_PER_RUNTIME
from noctule_agent.wire.terminals import (
    AttachTerminal,
    MakeTerminal,
    TermEnded,
    TerminalId,
    TerminalInfo,
    TermInput,
    TermOutput,
    TermResize,
    TermSized,
    TermStart,
    ToTerminalPage,
)

_FRAMES: msgspec.msgpack.Decoder[ToTerminalPage] = msgspec.msgpack.Decoder(ToTerminalPage)
T1 = TerminalId("t1")


class Screen:
    """A page that looks at a terminal: keeps what it is sent, as xterm.js would draw it."""

    def __init__(self, shells: Shells, terminal_id: TerminalId, after: int | None, size: tuple[int, int]) -> None:
        self.frames: list[ToTerminalPage] = []
        self.text = b""
        self.offset = 0
        self.drawing = asyncio.Event()
        self.drawing.set()
        self.ended: TermEnded | None = None
        self.broken: str | None = None
        self._pipe, theirs = Ends().open()
        self._heard = asyncio.Event()

        async def attach() -> None:
            try:
                await shells.attach(theirs, AttachTerminal(terminal_id, *size, after))
            except Refusal as refusal:
                theirs.end(refusal.problem)
            except PipeBroken:
                pass
            else:
                theirs.end()

        self.attached = asyncio.create_task(attach())
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            while (message := await self._pipe.receive()) is not None:
                self._draw(_FRAMES.decode(message))
                await self.drawing.wait()
                self._pipe.taken(len(message))
        except PipeBroken as broken:
            self.broken = broken.problem.code
            self._heard.set()

    def _draw(self, frame: ToTerminalPage) -> None:
        self.frames.append(frame)
        match frame:
            case TermStart():
                self.offset = frame.offset
                self.text = frame.prelude if frame.fresh else self.text
            case TermOutput():
                self.text += frame.data
                self.offset += len(frame.data)
            case TermEnded():
                self.ended = frame
        self._heard.set()

    async def until(self, ready: Callable[[], object], seconds: float = 20) -> None:
        async with asyncio.timeout(seconds):
            while not ready():
                self._heard.clear()
                await self._heard.wait()

    async def sees(self, text: str, seconds: float = 20) -> None:
        await self.until(lambda: text.encode() in self.text, seconds)

    async def type(self, text: str, *, answer: bool = False) -> None:
        await self._pipe.send(msgspec.msgpack.encode(TermInput(text.encode(), answer)))

    async def resize(self, cols: int, rows: int) -> None:
        await self._pipe.send(msgspec.msgpack.encode(TermResize(cols, rows)))

    async def leave(self) -> None:
        self._pipe.end()
        await self.attached
        self._reading.cancel()


class Desk:
    def __init__(self, content: Path) -> None:
        self.children = Children()
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(content),
            "PS1": "$ ",
            "NOCTULE_RUNTIME_ID": "r1",
            "SHELL": "/bin/sh",
        }
        self.shells = Shells(Setting(content, content, env), self.children, SystemClock())

    def make(self, terminal_id: TerminalId = T1, cols: int = 80, rows: int = 24) -> TerminalInfo:
        return self.shells.make(MakeTerminal(terminal_id, cols, rows)).terminals[0]

    def look(self, terminal_id: TerminalId = T1, after: int | None = None, size: tuple[int, int] = (80, 24)) -> Screen:
        return Screen(self.shells, terminal_id, after, size)

    def info(self) -> TerminalInfo:
        return self.shells.all().terminals[0]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    await desk.shells.close()
    await desk.children.close()


async def test_a_shell_runs_in_the_content_directory_with_a_terminal_of_its_own(desk: Desk, tmp_path: Path) -> None:
    made = desk.make(cols=90, rows=30)
    assert (made.number, made.cols, made.rows, made.program, made.busy) == (1, 90, 30, "sh", False)
    screen = desk.look(size=(90, 30))
    await screen.type("pwd; tty; stty size; echo $TERM:$NOCTULE_RUNTIME_ID; echo nothing > /dev/tty\r")
    await screen.sees("xterm-256color:r1")
    await screen.sees("\r\nnothing\r\n")
    text = screen.text.decode()
    assert f"{tmp_path}\r\n" in text
    assert re.search(r"/dev/pts/\d+\r\n30 90\r\n", text)


async def test_ctrl_c_reaches_the_program_in_the_foreground_and_not_the_shell(desk: Desk) -> None:
    desk.make()
    screen = desk.look()
    await screen.type("sleep 1000; echo status=$?\r")
    async with asyncio.timeout(10):
        while (info := desk.info()).program != "sleep":
            await asyncio.sleep(0.02)
    assert info.busy
    await screen.type("\x03")
    await screen.type("echo al''ive\r")
    await screen.sees("alive")
    assert desk.info().program == "sh"


@pytest.fixture
def deaf() -> Iterator[None]:
    """Like a server that `nohup` started, or a script with `&`."""
    before = {
        signum: signal.signal(signum, signal.SIG_IGN) for signum in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)
    }
    yield
    for signum, handler in before.items():
        signal.signal(signum, handler)


async def test_ctrl_c_and_closing_work_where_the_server_ignores_both(deaf: None, desk: Desk) -> None:
    desk.make()
    screen = desk.look()
    await screen.type("sleep 7533\r")
    await until_runs("7533")
    await screen.type("\x03")
    await screen.type("echo al''ive; sleep 7534\r")
    await screen.sees("alive")
    await until_runs("7534")
    desk.shells.hang_up(T1)
    await screen.until(lambda: screen.ended)
    assert not running("7533")
    # The shell tells it, and does not wait for it.
    await until_gone("7534")


async def until_runs(argument: str) -> None:
    async with asyncio.timeout(10):
        while not running(argument):
            await asyncio.sleep(0.02)


async def until_gone(argument: str) -> None:
    async with asyncio.timeout(10):
        while running(argument):
            await asyncio.sleep(0.02)


async def test_a_page_that_comes_later_gets_the_whole_screen_and_one_that_comes_back_only_what_it_lacks(
    desk: Desk,
) -> None:
    desk.make()
    first = desk.look()
    await first.type("echo o''ne\r")
    await first.sees("one\r\n$ ")
    await first.leave()
    offset, before = first.offset, first.text
    second = desk.look()
    await second.type("echo t''wo\r")
    await second.sees("two\r\n$ ")
    assert second.text.startswith(before)
    again = desk.look(after=offset)
    await again.until(lambda: again.offset == second.offset)
    start = again.frames[0]
    assert isinstance(start, TermStart)
    assert (start.offset, start.head, start.fresh) == (offset, second.offset, False)
    assert again.text == second.text.removeprefix(before)


async def test_when_the_start_was_forgotten_the_prelude_sets_what_was_in_force(desk: Desk) -> None:
    desk.make()
    first = desk.look()
    await first.type(r"printf '\033[?2004h\033[3''2m'; head -c 1500000 /dev/zero | tr '\0' x; echo; echo d''one" + "\r")
    await first.sees("done", 60)
    later = desk.look()
    await later.sees("done\r\n$ ")
    start = later.frames[0]
    assert isinstance(start, TermStart)
    assert start.fresh
    assert start.offset > 0
    assert start.prelude.startswith(b"\x1b[?2004h\x1b[32m")
    assert len(later.text) <= TERMINAL_RING_BYTES + 100
    assert first.text.endswith(later.text.removeprefix(start.prelude))


async def test_a_full_screen_program_draws_itself_again_for_a_page_that_lacks_its_beginning(
    desk: Desk, tmp_path: Path
) -> None:
    """As editors do: all of the screen when the size changes, and only what changes otherwise."""
    script = tmp_path / "editor.py"
    script.write_text(
        "import os, signal, sys, time\n"
        "def draw(*_):\n"
        "    size = os.get_terminal_size(); sys.stdout.write(f'\\x1b[2J\\x1b[Hwhole {size.lines}'); sys.stdout.flush()\n"
        "signal.signal(signal.SIGWINCH, draw)\n"
        "sys.stdout.write('\\x1b[?1049h'); draw()\n"
        "sys.stdout.write('\\x1b[5;1Hpart' * 150000 + '\\x1b[6;1Hready'); sys.stdout.flush()\n"
        "while True: time.sleep(1)\n"
    )
    desk.make()
    first = desk.look()
    await first.type("python3 editor.py\r")
    await first.sees("\x1b[6;1Hready", 60)
    later = desk.look()
    await later.sees("ready\x1b[2J\x1b[Hwhole 23\x1b[2J\x1b[Hwhole 24")
    start = later.frames[0]
    assert isinstance(start, TermStart)
    assert start.prelude.startswith(b"\x1b[?1049h")


async def test_a_resize_is_told_to_the_program_and_to_every_page_and_history_keeps_its_own_size(desk: Desk) -> None:
    desk.make()
    one, other = desk.look(), desk.look()
    await one.type("echo n''arrow\r")
    await other.sees("narrow")
    await one.resize(120, 40)
    await one.type("stty size\r")
    await other.sees("40 120")
    assert TermSized(120, 40) in other.frames
    later = desk.look(size=(100, 30))
    await later.until(lambda: TermSized(100, 30) in later.frames)
    sizes = [(f.cols, f.rows) for f in later.frames if isinstance(f, TermStart | TermSized)]
    assert sizes == [(80, 24), (120, 40), (100, 30)]


async def test_a_shell_that_ends_says_how_and_its_screen_stays_until_it_is_closed(desk: Desk) -> None:
    desk.make()
    screen = desk.look()
    await screen.type("echo l''ast; exit 3\r")
    await screen.until(lambda: screen.ended)
    assert screen.ended is not None
    assert (screen.ended.exit.code, screen.ended.exit.signal) == (3, "")
    await screen.attached
    assert desk.info().exit == screen.ended.exit
    later = desk.look()
    await later.until(lambda: later.ended)
    assert "last\r\n" in later.text.decode()
    desk.shells.hang_up(T1)
    assert desk.shells.all().terminals == []
    gone = desk.look()
    await gone.until(lambda: gone.broken)
    assert gone.broken == "terminal-not-found"


async def test_a_shell_that_is_killed_says_by_which_signal(desk: Desk) -> None:
    desk.make()
    screen = desk.look()
    await screen.type("kill -9 $$\r")
    await screen.until(lambda: screen.ended)
    assert screen.ended is not None
    assert screen.ended.exit.signal == "SIGKILL"


async def test_closing_hangs_up_what_runs_in_it_and_leaves_what_was_told_to_stay(desk: Desk) -> None:
    desk.make()
    screen = desk.look()
    await screen.type("nohup sleep 7531 >/dev/null 2>&1 & sleep 7532\r")
    async with asyncio.timeout(10):
        while not (desk.info().busy and running("7531") and running("7532")):
            await asyncio.sleep(0.02)
    desk.shells.hang_up(T1)
    async with asyncio.timeout(10):
        while running("7532"):
            await asyncio.sleep(0.02)
    assert running("7531")
    await screen.until(lambda: screen.ended)
    await desk.children.close()
    assert not running("7531")


def running(argument: str) -> bool:
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[:2] == [b"sleep", argument.encode()]:
            return True
    return False


async def test_the_number_of_terminals_is_bounded_and_one_that_has_ended_gives_way(desk: Desk) -> None:
    for n in range(TERMINALS_PER_RUNTIME):
        desk.make(TerminalId(f"t{n}"))
    assert desk.make(TerminalId("t0")).number == 1
    with pytest.raises(Refusal, match="too-many-terminals"):
        desk.make(TerminalId("more"))
    screen = desk.look(TerminalId("t3"))
    await screen.type("exit\r")
    await screen.until(lambda: screen.ended)
    desk.make(TerminalId("more"))
    ids = [info.id for info in desk.shells.all().terminals]
    assert len(ids) == TERMINALS_PER_RUNTIME
    assert "t3" not in ids
    assert ids[-1] == "more"


async def test_a_flood_waits_for_the_page_that_draws_it(desk: Desk) -> None:
    """Back-pressure reaches the program: no more is said than the page has room for, and what the agent may keep for it."""
    desk.make()
    screen = desk.look()
    await screen.sees("$ ")
    screen.drawing.clear()
    await screen.type("yes\r")
    told = 0
    async with asyncio.timeout(20):
        while True:
            await asyncio.sleep(0.3)
            end = said(desk)
            if end == told:
                break
            told = end
    assert told <= PIPE_WINDOW_BYTES + terminal_module.LAG_BYTES + 2**20
    screen.drawing.set()
    await screen.until(lambda: screen.offset > told + 1_000_000)
    await screen.type("\x03")
    await screen.type("echo af''ter\r")
    await screen.sees("after")


def said(desk: Desk) -> int:
    return desk.shells._terminals[T1].ring.end


async def test_a_page_that_sleeps_holds_nobody_up_for_long_and_gets_the_screen_when_it_wakes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal_module, "TERMINAL_HOLD_SECONDS", 0.2)
    desk.make()
    screen = desk.look()
    await screen.sees("$ ")
    screen.drawing.clear()
    await screen.type("seq 600000; echo d''one\r")
    async with asyncio.timeout(60):
        while b"\r\ndone" not in tail(desk):
            await asyncio.sleep(0.05)
    screen.drawing.set()
    await screen.sees("600000\r\ndone")
    starts = [frame for frame in screen.frames if isinstance(frame, TermStart)]
    assert len(starts) >= 2
    assert starts[-1].fresh


def tail(desk: Desk) -> bytes:
    ring = desk.shells._terminals[T1].ring
    said = b""
    offset = max(ring.start, ring.end - 1000)
    while (piece := ring.read(offset + len(said), 1000)) is not None:
        said += piece.data
    return said


async def test_a_program_that_reads_nothing_holds_up_its_input_and_nothing_else(desk: Desk) -> None:
    desk.make()
    desk.make(TerminalId("t2"))
    screen, other = desk.look(), desk.look(TerminalId("t2"))
    await screen.type("stty raw -echo; sleep 1000\r")
    async with asyncio.timeout(10):
        while desk.info().program != "sleep":
            await asyncio.sleep(0.02)
    paste = asyncio.create_task(flood(screen))
    await asyncio.sleep(0.3)
    assert not paste.done()
    await other.type("echo fr''ee\r")
    await other.sees("free")
    paste.cancel()


async def test_when_a_page_leaves_whose_input_was_held_up_that_of_another_goes_on(desk: Desk) -> None:
    desk.make()
    one = desk.look()
    await one.type("stty raw -echo; sleep 2; cat >/dev/null\r")
    async with asyncio.timeout(10):
        while desk.info().program != "sleep":
            await asyncio.sleep(0.02)
    pasting = asyncio.create_task(flood(one))
    await asyncio.sleep(0.1)
    waiting = asyncio.create_task(desk.shells._terminals[T1].write(b"mine"))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    pasting.cancel()
    await one.leave()
    async with asyncio.timeout(10):
        await waiting


async def flood(screen: Screen) -> None:
    for _ in range(100):
        await screen.type("y" * 32_768)


async def test_only_the_page_that_typed_last_answers_for_the_terminal(desk: Desk) -> None:
    desk.make()
    one, other = desk.look(), desk.look()
    await one.type("stty -echo; cat\r")
    async with asyncio.timeout(10):
        while desk.info().program != "cat":
            await asyncio.sleep(0.02)
    await other.type("answer of another\r", answer=True)
    await one.type("answer of one\r", answer=True)
    await one.type("end\r")
    await one.sees("end\r\n")
    assert b"answer of one\r\n" in one.text
    assert b"answer of another" not in one.text


async def test_what_a_terminal_does_not_understand_ends_that_page_and_not_the_terminal(desk: Desk) -> None:
    desk.make()
    bad, good = desk.look(), desk.look()
    await bad._pipe.send(b"\xc1")
    await bad.until(lambda: bad.broken)
    assert bad.broken == "frame-unknown"
    await good.type("echo f''ine\r")
    await good.sees("fine")
