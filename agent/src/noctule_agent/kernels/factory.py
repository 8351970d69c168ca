"""The factory of real kernels: their private socket directory, connection files, processes; and the end of all of them.

The directory is short (a unix socket's path has at most 107 bytes), of mode 0700, and is removed at the end.
"""

import os
import secrets
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec
import zmq

from noctule_agent.processes import Children, Process
from noctule_agent.wire.ports import Clock, Ids
from noctule_agent.wire.values import Cause, KernelId

from . import death, specs
from .base import KernelFailed, Tell
from .jupyter import PORTS, JupyterKernel
from .message import Wire

SOCKET_DIRECTORY_BYTES = 80
PREFIX = "nct-"


class JupyterKernels:
    """A KernelFactory. One an agent: with it all children of the agent end."""

    def __init__(
        self,
        directory: Path,
        content: Path,
        clock: Clock,
        ids: Ids,
        children: Children,
        env: Mapping[str, str],
        extra: Mapping[str, str],
    ) -> None:
        """Kernels run in `content`. In the runtime directory `kernel.log` has the raw output of their
        processes, and `ipc` points to their sockets. `env` is what they inherit, `extra` what the agent adds to it.
        """
        self._content = content
        self._content.mkdir(exist_ok=True)
        self._log = directory / "kernel.log"
        self._pointer = directory / "ipc"
        _remove(self._pointer)
        self._clock = clock
        self._ids = ids
        self._env = env
        self._extra = extra
        self._directory = _private_directory()
        self._pointer.symlink_to(self._directory)
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._count = 0
        self._children = children
        self._kernels: list[JupyterKernel] = []
        self._memory = death.MemoryWatch()

    def start(self, kernel_id: KernelId, epoch: int, spec_name: str, tell: Tell) -> "JupyterKernel":
        spec = specs.find(spec_name, self._env)
        self._count += 1
        base = self._directory / f"k{self._count}"
        key = secrets.token_bytes(32).hex()
        connection_file = base.with_suffix(".json")
        try:
            _ensure(self._directory)
            _write_private(connection_file, _connection(base, key, spec_name))
        except OSError as error:
            message = f"The kernel's connection file cannot be written: {error}"
            raise KernelFailed(Cause("kernel-not-started", message, {"path": str(connection_file)})) from error
        argv = specs.command(spec, connection_file)
        own = {"NOCTULE_KERNEL_ID": kernel_id, "NOCTULE_KERNEL_EPOCH": str(epoch), "JPY_PARENT_PID": str(os.getpid())}
        extra = {**self._extra, **own}
        env = specs.environment(spec, argv, self._env, extra)
        wire = Wire(key.encode(), self._ids.new())
        kernel = JupyterKernel(spec, wire, base, self._context, self._clock, self._memory, tell)
        try:
            kernel.launch(self._process(argv, env, kernel), self._log)
        except BaseException:
            kernel.close()
            raise
        self._kernels = [known for known in self._kernels if not known.closed] + [kernel]
        return kernel

    def _process(self, argv: list[str], env: dict[str, str], kernel: JupyterKernel) -> Process:
        try:
            return self._children.start(argv, self._content, env, self._log, kernel.exited)
        except OSError as error:
            message = f"The kernel's program could not be started: {error}"
            raise KernelFailed(Cause("kernel-not-started", message, {"program": argv[0]})) from error

    async def close(self) -> None:
        for kernel in self._kernels:
            kernel.close()
        await self._children.close()
        self._context.destroy(linger=0)
        _remove(self._pointer)


def _private_directory() -> Path:
    root = tempfile.gettempdir()
    if len(os.fsencode(root)) > SOCKET_DIRECTORY_BYTES:
        root = "/tmp"  # noqa: S108 - the directory made in it is private
    directory = Path(root, f"{PREFIX}{secrets.token_hex(4)}")
    directory.mkdir(mode=0o700)
    return directory


def _ensure(directory: Path) -> None:
    """Something that tidies /tmp may have taken it; in its place only one that is ours will do."""
    if not directory.exists():
        directory.mkdir(mode=0o700)
    status = directory.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise PermissionError(f"{directory} is not a private directory of this user")


def _connection(base: Path, key: str, kernel_name: str) -> bytes:
    ports = {f"{channel}_port": number for channel, number in PORTS.items()}
    fixed = {"transport": "ipc", "ip": str(base), "signature_scheme": "hmac-sha256", "kernel_name": kernel_name}
    return msgspec.json.encode({**ports, **fixed, "key": key})


def _write_private(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _remove(pointer: Path) -> None:
    """The socket directory of this agent, or of one that was killed here before."""
    if not pointer.is_symlink():
        return
    directory = pointer.readlink()
    if directory.name.startswith(PREFIX) and directory.is_dir() and directory.stat().st_uid == os.getuid():
        for path in directory.iterdir():
            path.unlink(missing_ok=True)
        directory.rmdir()
    pointer.unlink()
