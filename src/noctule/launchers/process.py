"""The launcher `process`: an agent is a process of the server's own user, on the server's own machine. No isolation.

    ROOT/<runtime id>/          mode 0700
      spec.json                 what the agent reads, mode 0600 (it holds the token)
      handle.json               which process it is; written last, atomically
      agent.log                 what the agent printed
      journal.db  content/ ...  the agent's own

An agent outlives the server (invariant 6): it is the leader of a session of its own, has /dev/null as its input and no
descriptor of the server's, and nothing here signals it when the server ends. While the server that started it lives,
the agent is its child and is reaped here; afterwards it belongs to init, as every orphan does. A second fork would only
hide the exit status from the server that could have learnt it.

`start_ahead` starts an agent before anybody knows of its runtime: generation 0, no token, no handle.json. It dials nobody
until `launch` gives it the rest, and it ends when this process does before that. `list` does not show it.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from noctule_agent.wire.values import Cause, Evidence, RuntimeId

from . import procfs
from .base import Alive, Condition, Exited, Handle, LaunchError, LaunchSpec
from .directories import LOG, Directories, write

RUNTIME_VARIABLE = "NOCTULE_RUNTIME_ID"
STOP_SECONDS = 10.0
AHEAD = 0
"""The generation of an agent that was started and not launched. Launches are numbered from 1."""

WITHHELD_PREFIXES = ("NOCTULE_",)
"""Settings of the server, its token among them. What a runtime needs comes in LaunchSpec.env."""
WITHHELD = frozenset({"PGPASSWORD", "PGPASSFILE", "NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"})


class ProcessHandle(msgspec.Struct, frozen=True):
    """`start_time` tells the process from a later one that got its pid."""

    runtime_id: RuntimeId
    generation: int
    pid: int
    start_time: int
    directory: str


_DECODER = msgspec.json.Decoder(ProcessHandle)


class ProcessLauncher:
    name = "process"

    def __init__(
        self,
        root: Path,
        *,
        python: str = sys.executable,
        command: Sequence[str] | None = None,
        environ: Mapping[str, str] | None = None,
        stop_seconds: float = STOP_SECONDS,
    ) -> None:
        """`command` replaces `python -m noctule_agent`; `--directory DIR` is added to it."""
        self._directories = Directories(root)
        # -P: a file in the working directory must not take the place of a module of the agent.
        self._command = list(command) if command is not None else [python, "-P", "-m", "noctule_agent"]
        self._environ = dict(os.environ if environ is None else environ)
        self._stop_seconds = stop_seconds
        self._children: dict[tuple[int, int], subprocess.Popen[bytes]] = {}
        self._ahead: dict[RuntimeId, subprocess.Popen[bytes]] = {}
        self._looked_for_abandoned = False

    def start_ahead(self, spec: LaunchSpec) -> None:
        """Start this runtime's agent, and with it the kernel, before its launch. One that cannot be started is not."""
        directory = self._directories.of(spec.runtime_id)
        try:
            self._prepare(msgspec.structs.replace(spec, generation=AHEAD, token=""))
            self._ahead[spec.runtime_id] = self._start(spec, "--ahead", stdin=subprocess.PIPE)
        except OSError:
            # Its launch will fail in the same way, and say so.
            shutil.rmtree(directory, ignore_errors=True)

    def discard(self) -> None:
        """End what was started ahead and not launched. Nothing is left of it when this returns."""
        for runtime_id, child in [*self._ahead.items()]:
            del self._ahead[runtime_id]
            self._discard(runtime_id, child)

    async def launch(self, spec: LaunchSpec) -> Handle:
        ahead = self._ahead.pop(spec.runtime_id, None)
        if ahead is not None:
            released = await asyncio.to_thread(self._release, spec, ahead)
            if released is not None:
                return _encode(released)
        earlier = await asyncio.to_thread(self._read_handle, spec.runtime_id)
        if earlier is not None:
            await self.stop(_encode(earlier))
        try:
            handle = await asyncio.to_thread(self._spawn, spec)
        except OSError as error:
            raise LaunchError(_cannot_start(error)) from error
        return _encode(handle)

    async def inspect(self, handle: Handle) -> Condition:
        process = _DECODER.decode(handle)
        if procfs.start_time(process.pid) == process.start_time:
            return Alive()
        return Exited(self._obituary(process))

    async def wait(self, handle: Handle) -> Exited:
        process = _DECODER.decode(handle)
        pidfd = procfs.open_process(process.pid, process.start_time)
        if pidfd is not None:
            try:
                await procfs.ended(pidfd)
            finally:
                os.close(pidfd)
        return Exited(self._obituary(process))

    async def stop(self, handle: Handle) -> None:
        process = _DECODER.decode(handle)
        pidfd = procfs.open_process(process.pid, process.start_time)
        if pidfd is not None:
            try:
                procfs.send_signal(pidfd, signal.SIGTERM)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(procfs.ended(pidfd), self._stop_seconds)
            finally:
                os.close(pidfd)
        await asyncio.to_thread(_kill_all, process)
        self._obituary(process)
        self._children.pop((process.pid, process.start_time), None)

    async def list(self) -> list[tuple[RuntimeId, Handle]]:
        return [*await asyncio.to_thread(self._handles)]

    async def forget(self, runtime_id: RuntimeId) -> None:
        await asyncio.to_thread(self._directories.forget, runtime_id)

    async def evidence(self, runtime_id: RuntimeId) -> Evidence:
        tail = await asyncio.to_thread(self._directories.log_tail, runtime_id)
        return {"agent_log": tail} if tail else {}

    # --- in a thread ---

    def _spawn(self, spec: LaunchSpec) -> ProcessHandle:
        self._prepare(spec)
        return self._launched(spec, self._start(spec, stdin=subprocess.DEVNULL))

    def _release(self, spec: LaunchSpec, child: subprocess.Popen[bytes]) -> ProcessHandle | None:
        """Tell an agent that was started ahead that it is launched; None when it cannot be, and nothing is left of it."""
        assert child.stdin is not None
        try:
            self._prepare(spec)
            handle = self._launched(spec, child)
            with child.stdin:
                child.stdin.write(b"\n")
        except OSError:
            self._discard(spec.runtime_id, child)
            return None
        return handle

    def _discard(self, runtime_id: RuntimeId, child: subprocess.Popen[bytes]) -> None:
        assert child.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            child.stdin.close()
        try:
            child.wait(self._stop_seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        self._children = {key: other for key, other in self._children.items() if other is not child}
        procfs.sweep(RUNTIME_VARIABLE, runtime_id)
        shutil.rmtree(self._directories.of(runtime_id), ignore_errors=True)

    def _prepare(self, spec: LaunchSpec) -> None:
        directory = self._directories.make(spec.runtime_id)
        (directory / "content").mkdir(exist_ok=True)
        write(directory / "spec.json", msgspec.json.encode(msgspec.structs.replace(spec, env={})))

    def _start(self, spec: LaunchSpec, *options: str, stdin: int) -> subprocess.Popen[bytes]:
        directory = self._directories.of(spec.runtime_id)
        with (directory / LOG).open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - the command is ours, no shell is involved
                [*self._command, "--directory", str(directory), *options],
                stdin=stdin,
                stdout=log,
                stderr=log,
                cwd=directory,
                env=self._environment(spec),
                start_new_session=True,
            )

    def _launched(self, spec: LaunchSpec, child: subprocess.Popen[bytes]) -> ProcessHandle:
        started = procfs.birth(child.pid)
        self._children[child.pid, started] = child
        directory = self._directories.of(spec.runtime_id)
        handle = ProcessHandle(spec.runtime_id, spec.generation, child.pid, started, str(directory))
        write(directory / "handle.json", msgspec.json.encode(handle))
        return handle

    def _environment(self, spec: LaunchSpec) -> dict[str, str]:
        kept = {
            name: value
            for name, value in self._environ.items()
            if not name.startswith(WITHHELD_PREFIXES) and name not in WITHHELD
        }
        return {**kept, **spec.env, RUNTIME_VARIABLE: spec.runtime_id}

    def _read_handle(self, runtime_id: RuntimeId) -> ProcessHandle | None:
        try:
            return _DECODER.decode((self._directories.of(runtime_id) / "handle.json").read_bytes())
        except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
            return None

    def _handles(self) -> Sequence[tuple[RuntimeId, Handle]]:
        self._remove_abandoned()
        handles = (self._read_handle(RuntimeId(entry.name)) for entry in self._directories.all())
        return [(handle.runtime_id, _encode(handle)) for handle in handles if handle is not None]

    def _remove_abandoned(self) -> None:
        """What an earlier process started ahead and did not live to launch: it ended with that one, or ends now."""
        if self._looked_for_abandoned:
            return
        self._looked_for_abandoned = True
        for entry in self._directories.all():
            if entry.name not in self._ahead and not (entry / "handle.json").exists() and _is_ahead(entry):
                procfs.sweep(RUNTIME_VARIABLE, entry.name)
                shutil.rmtree(entry, ignore_errors=True)

    # --- the dead ---

    def _obituary(self, process: ProcessHandle) -> Cause:
        """Why it is gone, as far as its parent can know; reaps it when that is us."""
        child = self._children.get((process.pid, process.start_time))
        code = None if child is None else child.poll()
        if code is None:
            return Cause("agent-gone", "The agent's process is gone; how it ended, this server could not see.")
        if code < 0:
            name = signal.Signals(-code).name
            return Cause("agent-gone", f"The agent's process was killed by {name}.", {"signal": name})
        return Cause("agent-gone", f"The agent's process exited with status {code}.", {"exit_code": code})


def _is_ahead(directory: Path) -> bool:
    try:
        spec = msgspec.json.decode((directory / "spec.json").read_bytes(), type=LaunchSpec)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return False
    return spec.generation == AHEAD


def _kill_all(process: ProcessHandle) -> None:
    procfs.kill_group(process.pid, process.start_time)
    procfs.sweep(RUNTIME_VARIABLE, process.runtime_id)


def _encode(handle: ProcessHandle) -> Handle:
    return Handle(msgspec.json.encode(handle))


def _cannot_start(error: OSError) -> Cause:
    return Cause(
        "launcher-failed",
        f"The agent's process could not be started: {error}. Look at the server's disk space and process limits.",
        {"error": str(error)},
    )
