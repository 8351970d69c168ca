"""The directory of a runtime, as every launcher on this machine keeps one: ROOT/<runtime id>, of which at last only agent.log stays.

Blocking. What is written is whole or not there, and for the owner alone.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from noctule_agent.wire.values import RuntimeId

LOG: Final = "agent.log"
KEPT_LOGS: Final = 20
LOG_TAIL_BYTES: Final = 4096


class Directories:
    def __init__(self, root: Path) -> None:
        self._root = root

    def of(self, runtime_id: RuntimeId) -> Path:
        return self._root / runtime_id

    def make(self, runtime_id: RuntimeId) -> Path:
        directory = self.of(runtime_id)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return directory

    def all(self) -> list[Path]:
        """Of every runtime, by id."""
        return sorted(self._root.iterdir()) if self._root.is_dir() else []

    def forget(self, runtime_id: RuntimeId) -> None:
        """All but the log, of which those of the last KEPT_LOGS runtimes are kept. By what is JSON it is found: that goes last."""
        directory = self.of(runtime_id)
        if not directory.is_dir():
            return
        for entry in sorted(directory.iterdir(), key=lambda entry: entry.suffix == ".json"):
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.name != LOG:
                entry.unlink(missing_ok=True)
        self._prune_logs()

    def log_tail(self, runtime_id: RuntimeId) -> str:
        try:
            with (self.of(runtime_id) / LOG).open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - LOG_TAIL_BYTES))
                return file.read().decode("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def _prune_logs(self) -> None:
        # Only directories of which nothing but the log is left: one with a journal may still hold what was never told.
        directories = [entry for entry in self.all() if entry.is_dir()]
        forgotten = [entry for entry in directories if {file.name for file in entry.iterdir()} <= {LOG}]
        forgotten.sort(key=lambda entry: entry.stat().st_mtime, reverse=True)
        for entry in forgotten[KEPT_LOGS:]:
            shutil.rmtree(entry, ignore_errors=True)


def write(path: Path, data: bytes) -> None:
    """Atomic, and on the disk when it returns."""
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


@contextmanager
def locked(path: Path) -> Iterator[int]:
    """Waits for whoever holds it, in this process or another; what inherits the descriptor holds it too."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock
    finally:
        os.close(lock)
