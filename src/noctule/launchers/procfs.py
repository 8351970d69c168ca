"""Processes, as Linux shows them in /proc: who is it, does it live, which belong to a runtime. Kills by pidfd only.

A pid alone names nothing: it is used again. A process is (pid, start time), and signals go through a pidfd that was
checked after it was opened, so that no stranger is ever hit.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
SWEEP_ROUNDS = 100
SWEEP_PAUSE_SECONDS = 0.02


def start_time(pid: int) -> int | None:
    """When this living process started, in clock ticks since boot; None when it is gone, or only its zombie is left."""
    state, started = _stat(pid)
    return None if state in "ZX" else started


def birth(pid: int) -> int:
    """The same of a child that is not reaped yet, living or not."""
    return _stat(pid)[1]


def _stat(pid: int) -> tuple[str, int]:
    """State and start time (fields 3 and 22 of /proc/<pid>/stat); ("X", 0) when there is no such process."""
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return "X", 0
    # The command name, in parentheses, may hold spaces and parentheses itself.
    fields = stat[stat.rindex(")") + 2 :].split()
    return fields[0], int(fields[19])


def open_process(pid: int, started: int) -> int | None:
    """A pidfd of exactly this process, or None when it is gone (or only its zombie is left)."""
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return None
    if start_time(pid) == started:
        return pidfd
    os.close(pidfd)
    return None


async def ended(pidfd: int) -> None:
    """Returns when the process of this pidfd has ended, and is perhaps not reaped yet: the descriptor is readable from then on."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(pidfd, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(pidfd)


def send_signal(pidfd: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(pidfd, number)


def kill_group(pid: int, started: int) -> None:
    """SIGKILL the process and, while it is surely the leader of its own group, the group with it."""
    pidfd = open_process(pid, started)
    if pidfd is None:
        return
    try:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.getpgid(pid) == pid and start_time(pid) == started:
                os.killpg(pid, signal.SIGKILL)
        send_signal(pidfd, signal.SIGKILL)
    finally:
        os.close(pidfd)


def marked(variable: str, value: str) -> Iterator[int]:
    """Pids of all living processes that were started with this environment variable."""
    mark = f"{variable}={value}".encode()
    for entry in PROC.iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid() and _has(int(entry.name), mark):
            yield int(entry.name)


def sweep(variable: str, value: str) -> int:
    """SIGKILL every process with this environment variable until none is left; returns how many were killed.

    A process that forks while it is looked for has children with the same variable: the next round finds them.
    """
    mark = f"{variable}={value}".encode()
    killed: set[int] = set()
    for _ in range(SWEEP_ROUNDS):
        found = list(marked(variable, value))
        if not found:
            break
        for pid in found:
            if _kill_marked(pid, mark):
                killed.add(pid)
        time.sleep(SWEEP_PAUSE_SECONDS)
    return len(killed)


def _kill_marked(pid: int, mark: bytes) -> bool:
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        # Read again now that the pidfd is held: it is this process that has the mark.
        if not _has(pid, mark):
            return False
        send_signal(pidfd, signal.SIGKILL)
        return True
    finally:
        os.close(pidfd)


def _has(pid: int, mark: bytes) -> bool:
    try:
        environ = (PROC / str(pid) / "environ").read_bytes()
    except OSError:
        # Gone meanwhile, or of another user: not a process that this server started.
        return False
    return mark in environ.split(b"\0")
