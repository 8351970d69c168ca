"""The cgroups of sandboxes: made, limited, entered, asked, frozen, killed and removed by us, so that v1, v2 and both at once are one thing.

    <parent>/<name>     one of each sandbox; the parent has little weight, so that the server goes before all of them together

`find` looks at what this machine has mounted. Blocking. Raises OSError.
"""

import contextlib
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

import msgspec

PARENT: Final = "noctule-runtimes"
PARENT_WEIGHT: Final = 50
"""Of 100 for everything beside it (v2); the same share in v1."""
INSIDE: Final = "/sys/fs/cgroup"
PERIOD_US: Final = 100_000
_REMOVE_SECONDS: Final = 5.0


class Limits(msgspec.Struct, frozen=True):
    """`memory` in bytes, `cpus` in cores, `processes` with threads."""

    memory: int
    cpus: float
    processes: int


class Usage(msgspec.Struct, frozen=True):
    """What was measured; None where this machine does not tell. `memory_killed`: processes that were killed for memory."""

    memory: int | None
    memory_peak: int | None
    memory_killed: int
    cpu_seconds: float | None
    processes: int | None


class Cgroups(Protocol):
    def make(self, name: str, limits: Limits) -> None:
        """There, empty, and with these limits; again for one that is there."""

    def places(self, name: str) -> list[Path]:
        """Where a process writes its pid to be in it (`cgroup.procs` of each)."""

    def seen(self, name: str) -> Mapping[str, Path]:
        """What a sandbox is shown of it, read-only: by the path inside."""

    def usage(self, name: str) -> Usage: ...

    def freeze(self, name: str, frozen: bool) -> None: ...

    def reclaim(self, name: str) -> None:
        """Give back what can be read again from files."""

    def kill(self, name: str) -> None:
        """Every process of it. Returns when they have been told."""

    def remove(self, name: str) -> None:
        """Gone; waits for processes that are ending. Nothing happens when it is not there."""

    def names(self) -> list[str]:
        """Of all that are there."""


class NoCgroups(Exception):
    """This machine has no controllers for us."""


def find(root: Path = Path("/sys/fs/cgroup")) -> Cgroups:
    """Raises NoCgroups."""
    if (root / "cgroup.controllers").exists():
        return Unified(root)
    missing = [name for name in Legacy.CONTROLLERS if not (root / name).is_dir()]
    if missing:
        raise NoCgroups(f"no cgroup controllers: {', '.join(missing)}")
    return Legacy(root)


class Unified:
    """cgroup v2. https://docs.kernel.org/admin-guide/cgroup-v2.html"""

    CONTROLLERS: Final = ("cpu", "memory", "pids")

    def __init__(self, root: Path) -> None:
        self._root = root
        self._parent = root / PARENT

    def make(self, name: str, limits: Limits) -> None:
        controllers = " ".join(f"+{name}" for name in self.CONTROLLERS)
        self._parent.mkdir(exist_ok=True)
        for above in (self._root, self._parent):
            (above / "cgroup.subtree_control").write_text(controllers)
        (self._parent / "cpu.weight").write_text(str(PARENT_WEIGHT))
        own = self._parent / name
        own.mkdir(exist_ok=True)
        (own / "memory.max").write_text(str(limits.memory))
        with contextlib.suppress(FileNotFoundError):
            (own / "memory.swap.max").write_text("0")
        (own / "memory.oom.group").write_text("0")
        (own / "cpu.max").write_text(f"{int(limits.cpus * PERIOD_US)} {PERIOD_US}")
        (own / "pids.max").write_text(str(limits.processes))

    def places(self, name: str) -> list[Path]:
        return [self._parent / name / "cgroup.procs"]

    def seen(self, name: str) -> Mapping[str, Path]:
        return {INSIDE: self._parent / name}

    def usage(self, name: str) -> Usage:
        own = self._parent / name
        cpu = _keyed(own / "cpu.stat").get("usage_usec")
        return Usage(
            memory=_number(own / "memory.current"),
            memory_peak=_number(own / "memory.peak"),
            memory_killed=_keyed(own / "memory.events").get("oom_kill", 0),
            cpu_seconds=None if cpu is None else cpu / 1e6,
            processes=_number(own / "pids.current"),
        )

    def freeze(self, name: str, frozen: bool) -> None:
        (self._parent / name / "cgroup.freeze").write_text("1" if frozen else "0")

    def reclaim(self, name: str) -> None:
        used = _number(self._parent / name / "memory.current")
        # EAGAIN: less than that could be had.
        with contextlib.suppress(OSError):
            (self._parent / name / "memory.reclaim").write_text(str(used or 0))

    def kill(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            (self._parent / name / "cgroup.kill").write_text("1")

    def remove(self, name: str) -> None:
        _remove(self._parent / name)

    def names(self) -> list[str]:
        return _folders(self._parent)


class Legacy:
    """cgroup v1, or v1 beside an empty v2. https://docs.kernel.org/admin-guide/cgroup-v1/"""

    CONTROLLERS: Final = ("cpu", "cpuacct", "memory", "pids", "freezer")
    _PARENT_SHARES: Final = 1024 * PARENT_WEIGHT // 100

    def __init__(self, root: Path) -> None:
        self._root = root

    def make(self, name: str, limits: Limits) -> None:
        for controller in self.CONTROLLERS:
            parent = self._root / controller / PARENT
            parent.mkdir(exist_ok=True)
            (parent / name).mkdir(exist_ok=True)
        (self._root / "cpu" / PARENT / "cpu.shares").write_text(str(self._PARENT_SHARES))
        memory, cpu = self._of("memory", name), self._of("cpu", name)
        (memory / "memory.limit_in_bytes").write_text(str(limits.memory))
        # Memory and swap together; without accounting of swap there is no such file, and no swap that counts.
        with contextlib.suppress(FileNotFoundError):
            (memory / "memory.memsw.limit_in_bytes").write_text(str(limits.memory))
        (cpu / "cpu.cfs_period_us").write_text(str(PERIOD_US))
        (cpu / "cpu.cfs_quota_us").write_text(str(int(limits.cpus * PERIOD_US)))
        (self._of("pids", name) / "pids.max").write_text(str(limits.processes))

    def places(self, name: str) -> list[Path]:
        return [self._of(controller, name) / "cgroup.procs" for controller in self.CONTROLLERS]

    def seen(self, name: str) -> Mapping[str, Path]:
        return {f"{INSIDE}/{controller}": self._of(controller, name) for controller in ("memory", "cpu", "cpuacct")}

    def usage(self, name: str) -> Usage:
        memory = self._of("memory", name)
        cpu = _number(self._of("cpuacct", name) / "cpuacct.usage")
        return Usage(
            memory=_number(memory / "memory.usage_in_bytes"),
            memory_peak=_number(memory / "memory.max_usage_in_bytes"),
            memory_killed=_keyed(memory / "memory.oom_control").get("oom_kill", 0),
            cpu_seconds=None if cpu is None else cpu / 1e9,
            processes=_number(self._of("pids", name) / "pids.current"),
        )

    def freeze(self, name: str, frozen: bool) -> None:
        state = self._of("freezer", name) / "freezer.state"
        wanted = "FROZEN" if frozen else "THAWED"
        state.write_text(wanted)
        deadline = time.monotonic() + 1.0
        # FREEZING: some process was in the middle of a call; writing again tries again.
        while state.read_text().strip() != wanted and time.monotonic() < deadline:
            state.write_text(wanted)

    def reclaim(self, name: str) -> None:
        with contextlib.suppress(OSError):
            (self._of("memory", name) / "memory.force_empty").write_text("0")

    def kill(self, name: str) -> None:
        """A process that is born while the list is read is in the next one; one that is frozen dies when it is thawed."""
        with contextlib.suppress(OSError):
            self.freeze(name, False)
        procs = self._of("pids", name) / "cgroup.procs"
        for _ in range(100):
            try:
                pids = [int(line) for line in procs.read_text().split()]
            except FileNotFoundError:
                return
            if not pids:
                return
            for pid in pids:
                # A pid of another namespace is 0 here.
                if pid > 0:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, 9)
            time.sleep(0.01)

    def remove(self, name: str) -> None:
        for controller in self.CONTROLLERS:
            _remove(self._of(controller, name))

    def names(self) -> list[str]:
        return _folders(self._root / "pids" / PARENT)

    def _of(self, controller: str, name: str) -> Path:
        return self._root / controller / PARENT / name


def _remove(folder: Path) -> None:
    deadline = time.monotonic() + _REMOVE_SECONDS
    while True:
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            # Busy: its last processes are still going.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _folders(parent: Path) -> list[str]:
    return sorted(entry.name for entry in parent.iterdir() if entry.is_dir()) if parent.is_dir() else []


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return None


def _keyed(file: Path) -> dict[str, int]:
    try:
        lines = [line.split() for line in file.read_text().splitlines()]
    except OSError:
        return {}
    return {line[0]: int(line[1]) for line in lines if len(line) == 2 and line[1].isdigit()}
