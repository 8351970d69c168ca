"""All terminals of a runtime: made, listed, attached to, closed; and what a shell is started with."""

import os
import shlex
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import msgspec

from noctule_agent.pipes import Pipe
from noctule_agent.processes import Children, Exit
from noctule_agent.refusal import Refusal
from noctule_agent.wire.limits import TERMINALS_PER_RUNTIME
from noctule_agent.wire.ports import Clock
from noctule_agent.wire.terminals import AttachTerminal, MakeTerminal, TerminalId, Terminals
from noctule_agent.wire.values import Problem

from .pace import Pace
from .ring import Size
from .shell import Shell
from .terminal import Terminal
from .viewer import Viewer

TOO_MANY = Problem(
    "too-many-terminals",
    f"This runtime has {TERMINALS_PER_RUNTIME} terminals.",
    "Close one that is not needed and try again.",
    409,
)
NOT_THERE = Problem("terminal-not-found", "This terminal is gone.", "It was closed. Open a new one.", 404)
ENDING = Problem("runtime-ending", "The runtime is ending.", "It takes no more work.", 409)

SHELLS = ("/bin/bash", "/bin/sh")
OF_A_TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "TERM_PROGRAM": "noctule"}
NOT_OF_A_TERMINAL = ("LINES", "COLUMNS", "TERMCAP", "STY", "TMUX", "WINDOWID")


class Setting(msgspec.Struct, frozen=True):
    """What shells are started with. `directory`: where the agent may keep a file; `programs`: the kernel's own `bin`."""

    content: Path
    directory: Path
    env: dict[str, str]
    programs: Path | None = None


class Shells:
    def __init__(self, setting: Setting, children: Children, clock: Clock) -> None:
        self._setting = setting
        env = {name: value for name, value in setting.env.items() if name not in NOT_OF_A_TERMINAL}
        self._env = env | OF_A_TERMINAL
        self._children = children
        self._clock = clock
        self._pace = Pace()
        self._terminals: dict[TerminalId, Terminal] = {}
        self._made = 0
        self._closed = False

    def all(self) -> Terminals:
        return Terminals([terminal.info() for terminal in self._terminals.values()])

    def make(self, wish: MakeTerminal) -> Terminals:
        """Raises Refusal."""
        terminal = self._terminals.get(wish.terminal_id)
        if terminal is None:
            terminal = self._make(wish)
        return Terminals([terminal.info()])

    def hang_up(self, terminal_id: TerminalId) -> None:
        terminal = self._terminals.pop(terminal_id, None)
        if terminal is not None:
            terminal.hang_up()

    async def attach(self, pipe: Pipe, what: AttachTerminal) -> None:
        """To the end of either. Raises Refusal, PipeBroken."""
        terminal = self._terminals.get(what.terminal_id)
        if terminal is None:
            raise Refusal(NOT_THERE)
        await Viewer(terminal, pipe, what).run()

    async def close(self) -> None:
        """Hang all up; what does not go is killed with the agent's other children."""
        self._closed = True
        for terminal_id in [*self._terminals]:
            self.hang_up(terminal_id)

    def _make(self, wish: MakeTerminal) -> Terminal:
        if self._closed:
            raise Refusal(ENDING)
        self._make_room()
        self._made += 1
        size = Size(wish.cols, wish.rows)
        try:
            terminal = Terminal(wish.terminal_id, self._made, size, self._start, self._clock)
        except OSError as error:
            title = "The shell could not be started."
            raise Refusal(Problem("terminal-not-started", title, str(error.strerror or error), 409)) from error
        self._terminals[wish.terminal_id] = terminal
        return terminal

    def _make_room(self) -> None:
        """The oldest whose shell has ended gives way."""
        if len(self._terminals) < TERMINALS_PER_RUNTIME:
            return
        ended = next((known.id for known in self._terminals.values() if known.exit is not None), None)
        if ended is None:
            raise Refusal(TOO_MANY)
        self.hang_up(ended)

    def _start(self, size: Size, said: Callable[[bytes], None], ended: Callable[[Exit], None]) -> Shell:
        argv = self._command(_shell(self._env))
        start = partial(self._children.start, argv, self._setting.content, self._env)
        return Shell(start, size, self._pace, said, ended)

    def _command(self, program: str) -> list[str]:
        """bash reads the person's own file first, which may put another Python before the kernel's; then the order is mended."""
        if Path(program).name != "bash" or self._setting.programs is None:
            return [program]
        file = self._setting.directory / "bashrc"
        # The content directory lies deep; its name is enough in a prompt.
        file.write_text(
            "[ -r ~/.bashrc ] && . ~/.bashrc\n"
            f"export PATH={shlex.quote(str(self._setting.programs))}:$PATH\n"
            ": ${PROMPT_DIRTRIM=1}\n"
        )
        return [program, "--rcfile", str(file)]


def _shell(env: Mapping[str, str]) -> str:
    """The person's own, or the first that is there."""
    for path in (env.get("SHELL", ""), *SHELLS):
        if Path(path).is_absolute() and os.access(path, os.X_OK):
            return path
    return SHELLS[-1]
