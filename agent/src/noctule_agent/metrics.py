"""What the runtime uses: CPU and memory of the agent's whole process tree, and the room on its disk."""

import os
from pathlib import Path

from .disk import room
from .kernels.death import MemoryWatch
from .proc import tree
from .wire import link
from .wire.ports import Clock

_MACHINE_BYTES = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


class TreeMeter:
    """CPU is that since the last call."""

    def __init__(self, disk: Path, clock: Clock) -> None:
        self._disk = disk
        self._clock = clock
        self._memory = MemoryWatch()
        self._cpu: dict[int, float] = {}
        self._at = clock.now()

    def __call__(self) -> link.Metrics:
        processes = tree(os.getpid())
        cpu = {process.pid: process.cpu_seconds for process in processes}
        rss = sum(process.rss_bytes for process in processes)
        now = self._clock.now()
        used = sum(seconds - self._cpu.get(pid, 0.0) for pid, seconds in cpu.items())
        percent = 100_000 * used / max(1, now - self._at)
        self._cpu, self._at = cpu, now
        free, total = self._free_and_whole()
        return link.Metrics(
            at=now,
            cpu_percent=round(max(0.0, percent), 1),
            rss_bytes=rss,
            rss_limit_bytes=self._memory.limit or _MACHINE_BYTES,
            disk_free_bytes=free,
            disk_total_bytes=total,
        )

    def _free_and_whole(self) -> tuple[int | None, int | None]:
        try:
            return room(self._disk)
        except OSError:
            return None, None
