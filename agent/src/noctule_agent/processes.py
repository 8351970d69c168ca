"""Processes: started so that they cannot outlive the agent, watched without polling, explained when they end.

Each kernel, and the shell of each terminal, has a session of its own, dies with the agent (PR_SET_PDEATHSIG), and its exit is
seen by a pidfd. The agent is a subreaper: what they leave behind becomes its child and is reaped, and killed at the end.
"""

import asyncio
import ctypes
import fcntl
import os
import signal
import subprocess
import termios
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from .proc import descendants

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)
STDERR_TAIL_BYTES = 1000
OOM_SCORE = 500
OOM_SCORE_MAX = 1000


class Exit(msgspec.Struct, frozen=True):
    """How a process ended: `code`, or `signum` when it is not 0."""

    code: int
    signum: int
    peak_rss_bytes: int


class Process:
    """A started process. `exited` is called once, on the loop, when it is gone and reaped.

    `output` is the file for what it prints, or the descriptor of a terminal, which becomes its controlling one. `groups` are its
    supplementary groups; None: the agent's. Made by Children. Raises OSError.
    """

    def __init__(
        self,
        argv: list[str],
        cwd: Path,
        env: dict[str, str],
        output: Path | int,
        exited: Callable[[Exit], None],
        groups: Sequence[int] | None,
    ) -> None:
        self._exited = exited
        self._loop = asyncio.get_running_loop()
        if isinstance(output, int):
            popen = _in_terminal(argv, cwd, env, output, groups)
        else:
            popen = _logged(argv, cwd, env, output, groups)
        self.pid = popen.pid
        # From here on the process is waited for by its pidfd alone; Popen must not try.
        popen.returncode = 0
        self._pidfd = os.pidfd_open(self.pid)
        self._loop.add_reader(self._pidfd, self.reap)
        self.gone = False

    def reap(self) -> None:
        if self.gone:
            return
        pid, status, usage = os.wait4(self.pid, os.WNOHANG)
        if pid == 0:
            return
        self.gone = True
        self._loop.remove_reader(self._pidfd)
        os.close(self._pidfd)
        code = os.waitstatus_to_exitcode(status)
        self._exited(Exit(max(code, 0), max(-code, 0), usage.ru_maxrss * 1024))

    def signal_group(self, signum: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signum)

    def signal_tree(self, signum: int) -> None:
        """The group, and every descendant that left it."""
        below = descendants(self.pid)
        self.signal_group(signum)
        for pid in below:
            _kill(pid, signum)

    def signal_below(self, signum: int) -> None:
        """Every descendant, and not the kernel itself."""
        for pid in descendants(self.pid):
            _kill(pid, signum)


def _logged(
    argv: list[str], cwd: Path, env: dict[str, str], log: Path, groups: Sequence[int] | None
) -> "subprocess.Popen[bytes]":
    agent = os.getpid()
    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603 - the command is the kernelspec's
            argv,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            extra_groups=groups,
            preexec_fn=lambda: _prepare(agent),
        )


def _in_terminal(
    argv: list[str], cwd: Path, env: dict[str, str], terminal: int, groups: Sequence[int] | None
) -> "subprocess.Popen[bytes]":
    agent = os.getpid()

    def take_terminal() -> None:
        _prepare(agent)
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    return subprocess.Popen(  # noqa: S603 - the command is the person's own shell
        argv,
        cwd=cwd,
        env=env,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
        extra_groups=groups,
        preexec_fn=take_terminal,
    )


def _prepare(agent: int) -> None:
    """In the child, before exec.

    It dies with the agent; when memory runs out it is to be killed, and not the agent that tells why; and it heeds the
    signals of a person, also where the server was started with `nohup` or by `&` in a script: what ignores a signal
    hands that down.
    """
    for signum in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTSTP):
        signal.signal(signum, signal.SIG_DFL)
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    with suppress(OSError):
        own = Path("/proc/self/oom_score_adj")
        own.write_text(str(min(int(own.read_text()) + OOM_SCORE, OOM_SCORE_MAX)))
    if os.getppid() != agent:
        os._exit(1)


def _kill(pid: int, signum: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signum)


class Children:
    """The agent's child processes: those that it starts, and the orphans that it inherits. One an agent."""

    def __init__(self, groups: Sequence[int] | None = None) -> None:
        """`groups`: the supplementary groups of what it starts; None: the agent's."""
        self._groups = groups
        self._own: dict[int, Process] = {}
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        asyncio.get_running_loop().add_signal_handler(signal.SIGCHLD, self._reap)

    def start(
        self, argv: list[str], cwd: Path, env: dict[str, str], output: Path | int, exited: Callable[[Exit], None]
    ) -> Process:
        """See Process. Raises OSError."""
        process = Process(argv, cwd, env, output, exited, self._groups)
        self._own = {pid: known for pid, known in self._own.items() if not known.gone}
        self._own[process.pid] = process
        return process

    async def close(self) -> None:
        """Kill every descendant until there is none: a process may fork while it is being killed."""
        while below := descendants(os.getpid()):
            for pid in below:
                _kill(pid, signal.SIGKILL)
            await asyncio.sleep(0.005)
            self._reap()
        asyncio.get_running_loop().remove_signal_handler(signal.SIGCHLD)

    def _reap(self) -> None:
        """Every child that has ended; those that were started here reap themselves."""
        while True:
            try:
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if ended is None:
                return
            if ended.si_pid in self._own:
                self._own[ended.si_pid].reap()
            else:
                with suppress(ChildProcessError):
                    os.waitpid(ended.si_pid, os.WNOHANG)
