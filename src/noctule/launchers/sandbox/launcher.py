"""The launcher `sandbox`: an agent is the first process of a container with ids, disk, network and bounds of its own.

    ROOT/<runtime id>/          mode 0700
      building                  locked as long as a builder of this runtime lives
      sandbox.json              where it is; written last, atomically
      disk.img                  all that it wrote (disk.py)
      agent.log                 the end of what the agent printed, once its disk is gone

The agent is nobody's child: it outlives the server (invariant 6), and its pidfd says when it ends. With it, as the first process of its
namespace, ends every other in it. What of a sandbox is outside of it (control groups, the state of the OCI runtime, a range of ids) is
removed when its end is seen, or by the next server's `list`.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import msgspec
import structlog

from noctule.launchers import procfs
from noctule.launchers.base import Alive, Condition, Exited, Handle, LaunchError, LaunchSpec
from noctule.launchers.directories import LOG, LOG_TAIL_BYTES, Directories, locked, write
from noctule_agent.wire.values import Cause, Evidence, RuntimeId

from . import disk
from .host import IMAGE, STATE, Host, agent_command, agent_spec
from .plan import AGENT_DIRECTORY, Built, Plan
from .ranges import NoRange, Ranges

log = structlog.get_logger()

BUILD_SECONDS: Final = 120.0
STOP_SECONDS: Final = 10.0
BUILDER: Final = (sys.executable, "-P", "-m", "noctule.launchers.sandbox.builder")
HANDLE: Final = "sandbox.json"
_LOCK: Final = "building"


class SandboxHandle(msgspec.Struct, frozen=True, kw_only=True):
    """`pid` and `start_time`: of its first process, on this machine. `number`: of its range of ids."""

    launcher: str = "sandbox"
    runtime_id: RuntimeId
    generation: int
    pid: int
    start_time: int
    number: int


Listed = list[tuple[RuntimeId, Handle]]
_DECODER: Final = msgspec.json.Decoder(SandboxHandle)


class SandboxLauncher:
    name = "sandbox"

    def __init__(
        self, root: Path, host: Host, *, ranges: Ranges | None = None, stop_seconds: float = STOP_SECONDS
    ) -> None:
        self._directories = Directories(root)
        self.host = host
        self._ranges = ranges or Ranges()
        self._stop_seconds = stop_seconds
        self._swept = False

    def runtime_of(self, uid: int) -> RuntimeId | None:
        """Whose sandbox of this launcher an id of the machine belongs to."""
        owner = self._ranges.owner_of(uid)
        return (
            RuntimeId(owner.name)
            if owner is not None and self._directories.of(RuntimeId(owner.name)) == owner
            else None
        )

    async def launch(self, spec: LaunchSpec) -> Handle:
        try:
            return _encode(await asyncio.to_thread(self._launch, spec))
        except NoRange:
            raise LaunchError(_failed("All ranges of ids are taken. Stop other runtimes, and run again.")) from None
        except subprocess.CalledProcessError as error:
            said = (error.stderr or b"").decode("utf-8", "replace").strip()
            raise LaunchError(_failed(f"The sandbox could not be built: {said[-1000:]}", builder=said)) from error
        except (OSError, subprocess.TimeoutExpired, msgspec.DecodeError) as error:
            raise LaunchError(_failed(f"The sandbox could not be built: {error}")) from error

    async def inspect(self, handle: Handle) -> Condition:
        box = _DECODER.decode(handle)
        if procfs.start_time(box.pid) == box.start_time:
            return Alive()
        return Exited(await asyncio.to_thread(self._bury, box))

    async def wait(self, handle: Handle) -> Exited:
        box = _DECODER.decode(handle)
        pidfd = procfs.open_process(box.pid, box.start_time)
        if pidfd is not None:
            try:
                await procfs.ended(pidfd)
            finally:
                os.close(pidfd)
        return Exited(await asyncio.to_thread(self._bury, box))

    async def stop(self, handle: Handle) -> None:
        box = _DECODER.decode(handle)
        pidfd = procfs.open_process(box.pid, box.start_time)
        if pidfd is not None:
            try:
                # One that is frozen hears nothing.
                await asyncio.to_thread(self._thaw, box.runtime_id)
                procfs.send_signal(pidfd, signal.SIGTERM)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(procfs.ended(pidfd), self._stop_seconds)
                procfs.send_signal(pidfd, signal.SIGKILL)
                await procfs.ended(pidfd)
            finally:
                os.close(pidfd)
        await asyncio.to_thread(self._bury, box)

    async def list(self) -> list[tuple[RuntimeId, Handle]]:
        return await asyncio.to_thread(self._list)

    async def forget(self, runtime_id: RuntimeId) -> None:
        await asyncio.to_thread(self._forget, runtime_id)

    async def evidence(self, runtime_id: RuntimeId) -> Evidence:
        tail = await asyncio.to_thread(self._log, runtime_id)
        return {"agent_log": tail} if tail else {}

    # --- in a thread ---

    def _launch(self, spec: LaunchSpec) -> SandboxHandle:
        directory = self._directories.make(spec.runtime_id)
        with locked(directory / _LOCK) as lock:
            clear(self.host, spec.runtime_id)
            number = self._ranges.take(directory)
            # An agent's log on a disk that is used again goes on there.
            (directory / LOG).unlink(missing_ok=True)
            plan = self.host.plan(
                name=spec.runtime_id,
                number=number,
                directory=directory,
                spec=agent_spec(msgspec.json.encode(spec)),
                command=agent_command(self.host),
                environment={**spec.env, "NOCTULE_RUNTIME_ID": spec.runtime_id},
            )
            try:
                pid = run_builder(plan, lock)
                started = procfs.birth(pid)
                box = SandboxHandle(
                    runtime_id=spec.runtime_id,
                    generation=spec.generation,
                    pid=pid,
                    start_time=started,
                    number=number,
                )
                write(directory / HANDLE, msgspec.json.encode(box))
            except BaseException:
                clear(self.host, spec.runtime_id)
                raise
        return box

    def _thaw(self, runtime_id: RuntimeId) -> None:
        with contextlib.suppress(OSError):
            self.host.cgroups.freeze(runtime_id, False)

    def _bury(self, box: SandboxHandle) -> Cause:
        """Why it is gone, as far as can be seen from outside. A newer launch of the runtime is not touched."""
        if not self._directories.of(box.runtime_id).is_dir():
            return _gone({})
        with locked(self._directories.of(box.runtime_id) / _LOCK):
            if self._read(box.runtime_id) != box:
                return _gone({})
            usage = self.host.cgroups.usage(box.runtime_id)
            clear(self.host, box.runtime_id)
        seen: Evidence = {"memory_limit": self.host.settings.memory}
        if usage.memory_peak is not None:
            seen["memory_peak"] = usage.memory_peak
        if usage.memory_killed:
            seen["processes_killed_for_memory"] = usage.memory_killed
        return _gone(seen)

    def _list(self) -> Listed:
        if not self._swept:
            self._swept = True
            self._sweep()
        boxes = [self._read(RuntimeId(entry.name)) for entry in self._directories.all()]
        return [(box.runtime_id, _encode(box)) for box in boxes if box is not None]

    def _sweep(self) -> None:
        """What an earlier server did not live to finish: sandboxes without a handle, and ranges of directories that are gone."""
        for entry in self._directories.all():
            if (entry / _LOCK).exists() and not (entry / HANDLE).exists():
                with locked(entry / _LOCK):
                    clear(self.host, RuntimeId(entry.name))
            if not (entry / HANDLE).exists() and not (entry / IMAGE).exists():
                self._ranges.free(entry)
        self._ranges.sweep()

    def _forget(self, runtime_id: RuntimeId) -> None:
        directory = self._directories.of(runtime_id)
        if not directory.is_dir():
            return
        with locked(directory / _LOCK):
            clear(self.host, runtime_id)
            tail = self._log(runtime_id)
            if tail:
                write(directory / LOG, tail.encode())
            self._directories.forget(runtime_id)
        self._ranges.free(directory)

    def _log(self, runtime_id: RuntimeId) -> str:
        directory = self._directories.of(runtime_id)
        box = self._read(runtime_id)
        if box is not None and procfs.start_time(box.pid) == box.start_time:
            return _log_of_living(box)
        image = directory / IMAGE
        if not image.exists():
            return self._directories.log_tail(runtime_id)
        return _log_of_dead(image)

    def _read(self, runtime_id: RuntimeId) -> SandboxHandle | None:
        try:
            return _DECODER.decode((self._directories.of(runtime_id) / HANDLE).read_bytes())
        except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
            return None


def run_builder(plan: Plan, lock: int) -> int:
    """The pid of the first process. `lock` is held by the builder as well, so that it is known when a builder lives on alone.

    Raises CalledProcessError, TimeoutExpired, OSError.
    """
    STATE.mkdir(mode=0o700, parents=True, exist_ok=True)
    given = msgspec.json.encode(plan)
    told = subprocess.run(  # noqa: S603 - the command is ours
        BUILDER, input=given, check=True, capture_output=True, timeout=BUILD_SECONDS, pass_fds=[lock]
    )
    return msgspec.json.decode(told.stdout, type=Built).pid


def clear(host: Host, name: str) -> None:
    """No process of this sandbox is left, nor what its container left outside of it."""
    host.cgroups.kill(name)
    if (STATE / name).exists():
        subprocess.run(  # noqa: S603 - the settings' program
            [host.program, "--root", str(STATE), "delete", "--force", name],
            check=False,
            capture_output=True,
            timeout=BUILD_SECONDS,
        )
    host.cgroups.remove(name)


def _log_of_dead(image: Path) -> str:
    command = [*BUILDER, "log", str(image)]
    try:
        told = subprocess.run(command, check=True, capture_output=True, timeout=BUILD_SECONDS)  # noqa: S603 - ours
    except subprocess.CalledProcessError as error:
        log.warning("the log of an agent cannot be read", why=error.stderr.decode(errors="replace"))
        return ""
    except subprocess.TimeoutExpired:
        return ""
    return told.stdout.decode("utf-8", "replace")


def _log_of_living(box: SandboxHandle) -> str:
    """Through its own root, in which no link is followed: it is not ours."""
    try:
        place = os.open(f"/proc/{box.pid}/root", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        for part in Path(AGENT_DIRECTORY).parts[1:]:
            above, place = (
                place,
                os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=place),
            )
            os.close(above)
        return disk.read_tail(place, LOG_TAIL_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def _encode(box: SandboxHandle) -> Handle:
    return Handle(msgspec.json.encode(box))


def _failed(message: str, **evidence: str) -> Cause:
    return Cause("launcher-failed", message, dict(evidence))


def _gone(evidence: Evidence) -> Cause:
    return Cause("agent-gone", "The first process of the sandbox is gone, and with it all of it.", evidence)
