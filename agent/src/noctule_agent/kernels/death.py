"""Why a kernel's process ended, with the evidence that the machine gives."""

import signal
from pathlib import Path

from noctule_agent.processes import Exit
from noctule_agent.wire.values import Cause, Evidence

NEAR_LIMIT = 0.8


class MemoryWatch:
    """The memory limit around this process (cgroup v2, else the machine), and the kernel's out-of-memory counter."""

    def __init__(self, root: Path = Path("/sys/fs/cgroup"), proc: Path = Path("/proc")) -> None:
        self._directory = _own_cgroup(root, proc)
        self._proc = proc
        self._kills = self._oom_kills()

    @property
    def limit(self) -> int | None:
        """In bytes; None when it cannot be known."""
        try:
            return int((self._directory / "memory.max").read_text())
        except (OSError, ValueError):
            return _machine_memory(self._proc)

    def killed_since_last_asked(self) -> bool:
        kills = self._oom_kills()
        before, self._kills = self._kills, kills
        return kills > before

    def _oom_kills(self) -> int:
        try:
            lines = (self._directory / "memory.events").read_text().splitlines()
        except OSError:
            return 0
        return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))


def explain(ended: Exit, memory: MemoryWatch, *, asked: bool, last_words: str) -> Cause:
    """`asked`: the agent made it end. `last_words`: the end of what it wrote to its raw stderr."""
    evidence: Evidence = {"peak_rss": ended.peak_rss_bytes}
    if last_words:
        evidence["stderr"] = last_words
    if ended.signum:
        name = _signal_name(ended.signum)
        evidence |= {"signal": name, "signum": ended.signum}
        limit = memory.limit
        if limit is not None:
            evidence["memory_limit"] = limit
        if ended.signum == signal.SIGKILL and not asked:
            if memory.killed_since_last_asked():
                return Cause("out-of-memory", "The kernel used up the memory of the runtime and was killed.", evidence)
            if limit is not None and ended.peak_rss_bytes > NEAR_LIMIT * limit:
                message = "The kernel was killed, possibly because the memory was used up."
                return Cause("possibly-out-of-memory", message, evidence)
        return Cause("kernel-killed", f"The kernel's process ended by the signal {name}.", evidence)
    evidence["exit_code"] = ended.code
    if ended.code == 0:
        return Cause("kernel-exited", "The kernel ended by itself, as by exit().", evidence)
    return Cause("kernel-failed", f"The kernel's process ended with the exit code {ended.code}.", evidence)


def _signal_name(signum: int) -> str:
    try:
        return signal.Signals(signum).name
    except ValueError:
        return f"signal {signum}"


def _own_cgroup(root: Path, proc: Path) -> Path:
    try:
        lines = (proc / "self" / "cgroup").read_text().splitlines()
    except OSError:
        return root
    unified = next((line[3:] for line in lines if line.startswith("0::")), "/")
    return root / unified.lstrip("/")


def _machine_memory(proc: Path) -> int | None:
    try:
        first = (proc / "meminfo").read_text().splitlines()[0]
        return int(first.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        return None
