"""One data directory, one server: who has it, how it is reached, and the token that opens it.

    DATA/                 mode 0700
      token               the server's own token, 0600; made once, so that pages and programs stay signed in
      server.lock         locked (flock) by the process that has the directory; says which one that is
      run/server.json     0600; how to reach the server, while there is one

The lock is the truth and goes with its process, however that ends; the files only say more about it. Nothing here knows
what a server does.
"""

import contextlib
import errno
import fcntl
import os
import secrets
import stat
import tempfile
import time
from pathlib import Path
from typing import Literal

import msgspec

from noctule.config import Config
from noctule.errors import Conflict, Unavailable

Kind = Literal["serve", "run"]
"""`serve` can be reached over HTTP; `run` is a command that works on the directory by itself."""

PATIENCE_SECONDS = 1.0
"""Others look at the lock by taking it for a moment."""


class Holder(msgspec.Struct, frozen=True):
    """The process that has a data directory."""

    pid: int
    kind: Kind


class Reach(msgspec.Struct, frozen=True):
    """How to reach the server of a data directory."""

    pid: int
    url: str
    token_file: str

    def token(self) -> str:
        return Path(self.token_file).read_text(encoding="ascii").strip()


class Claim:
    """The data directory is this process's, until `release` or its end."""

    def __init__(self, config: Config, lock: int) -> None:
        self._config = config
        self._lock = lock

    def announce(self, url: str) -> None:
        """From now on others find the server here."""
        reach = Reach(pid=os.getpid(), url=url, token_file=str(_token_file(self._config.data)))
        _replace(_reach_file(self._config.data), msgspec.json.encode(reach))

    def release(self) -> None:
        _reach_file(self._config.data).unlink(missing_ok=True)
        os.close(self._lock)


def claim(config: Config, kind: Kind) -> Claim:
    """Take the data directory. Raises Conflict("data-in-use") when another process has it; it names that process."""
    prepare(config)
    lock = os.open(_lock_file(config.data), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _locked(lock, fcntl.LOCK_EX):
        if time.monotonic() > deadline:
            os.close(lock)
            raise _in_use(config.data)
        time.sleep(0.02)
    os.ftruncate(lock, 0)
    os.pwrite(lock, msgspec.json.encode(Holder(pid=os.getpid(), kind=kind)), 0)
    # What an earlier server left that was killed.
    _reach_file(config.data).unlink(missing_ok=True)
    return Claim(config, lock)


def holder(data: Path) -> Holder | None:
    """The process that has the directory now."""
    try:
        lock = os.open(_lock_file(data), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        if _locked(lock, fcntl.LOCK_SH):
            return None
        return msgspec.json.decode(os.pread(lock, 4096, 0), type=Holder)
    except msgspec.DecodeError:
        # It took the lock this very moment.
        return Holder(pid=0, kind="serve")
    finally:
        os.close(lock)


def reach(data: Path) -> Reach | None:
    """How to reach the running server; None when there is none, or it cannot be reached yet."""
    if holder(data) is None:
        return None
    try:
        return msgspec.json.decode(_reach_file(data).read_bytes(), type=Reach)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def token(data: Path) -> str:
    """The server's own token; made when there is none."""
    path = _token_file(data)
    if not path.exists():
        # A link to a complete file: nobody ever reads half a token, and the first of two makers wins.
        with tempfile.NamedTemporaryFile("w", dir=data, prefix=".token-", encoding="ascii") as fresh:
            fresh.write(secrets.token_urlsafe(32) + "\n")
            fresh.flush()
            os.fsync(fresh.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(fresh.name, path)
    return path.read_text(encoding="ascii").strip()


def prepare(config: Config) -> None:
    """The directories, for nobody but the user."""
    try:
        for directory in (config.data, config.run, config.runtimes, config.blobs, config.drive):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if config.agent_socket is None:
            _private(config.socket.parent)
    except OSError as error:
        raise Unavailable(
            "data-not-writable",
            f"The data directory {config.data} cannot be used.",
            f"{error.strerror}: {error.filename}. Choose another with --data, or make it writable.",
        ) from error


def _private(directory: Path) -> None:
    """Closed to others. One in /tmp may have been made by somebody else, to look in: that one is refused."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise PermissionError(errno.EACCES, "It is not a directory of this user", str(directory))
    directory.chmod(0o700)


def _locked(lock: int, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _in_use(data: Path) -> Conflict:
    found = holder(data)
    what = "A `noctule run`" if found is not None and found.kind == "run" else "A Noctule server"
    who = f" (process {found.pid})" if found is not None and found.pid else ""
    return Conflict(
        "data-in-use",
        f"{what}{who} already uses the data directory {data}.",
        "Two would overwrite each other. Use that one (`noctule stop` ends a server), or give another with --data.",
    )


def _replace(path: Path, data: bytes) -> None:
    """Atomically, and for the user alone (mkstemp's mode is 0600)."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).replace(path)


def _lock_file(data: Path) -> Path:
    return data / "server.lock"


def _token_file(data: Path) -> Path:
    return data / "token"


def _reach_file(data: Path) -> Path:
    return data / "run" / "server.json"
