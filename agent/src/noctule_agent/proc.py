"""What /proc says of processes: who descends from whom, and what they use. Linux only."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class ProcessStat(msgspec.Struct, frozen=True):
    pid: int
    parent: int
    cpu_seconds: float
    rss_bytes: int


def descendants(root: int) -> list[int]:
    """The ids of all processes below `root`."""
    return [process.pid for process in tree(root) if process.pid != root]


def tree(root: int) -> list[ProcessStat]:
    """`root` and all processes below it, from one look at /proc."""
    processes = {process.pid: process for process in _all()}
    children: dict[int, list[int]] = {}
    for process in processes.values():
        children.setdefault(process.parent, []).append(process.pid)
    found: list[int] = []
    todo = [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return [processes[pid] for pid in found if pid in processes]


def _all() -> Iterator[ProcessStat]:
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            # A process may end while it is looked at.
            with suppress(OSError, ValueError, IndexError):
                yield _parse(int(entry.name), Path("/proc", entry.name, "stat").read_bytes())


def _parse(pid: int, stat: bytes) -> ProcessStat:
    # The name in parentheses may hold anything, so fields are counted from the last one: state, ppid, ... (proc(5)).
    fields = stat[stat.rindex(b")") + 2 :].split()
    cpu = (int(fields[11]) + int(fields[12])) / _TICK
    return ProcessStat(pid, int(fields[1]), cpu, int(fields[21]) * _PAGE)
