"""The launcher of the simulation: agents are tasks of this event loop. Complete, and deterministic under virtual time.

It outlives the `Runtimes` that use it, as real agents outlive the server: give the same one to the next.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable

import msgspec

from noctule_agent.wire.values import Cause, Evidence, RuntimeId

from .base import Alive, Condition, Exited, Handle, LaunchError, LaunchSpec

Program = Callable[[LaunchSpec], Awaitable[int]]
"""The agent: runs until it is done and returns its exit code; being cancelled is its SIGTERM and its SIGKILL."""


class FakeProcess:
    """One launched agent. `result` is done when it is gone."""

    def __init__(self, spec: LaunchSpec, number: int, program: Program) -> None:
        self.spec = spec
        self.handle = Handle(msgspec.json.encode({"runtime_id": spec.runtime_id, "number": number}))
        self.result: asyncio.Future[Cause] = asyncio.get_running_loop().create_future()
        self._signal = "SIGKILL"
        self._task = asyncio.ensure_future(program(spec))
        self._task.add_done_callback(self._ended)

    async def kill(self, signal: str = "SIGKILL") -> None:
        """It ends now, whatever it does."""
        if not self.result.done():
            self._signal = signal
            self._task.cancel()
            await asyncio.wait([self.result])

    def _ended(self, task: asyncio.Future[int]) -> None:
        if task.cancelled():
            cause = Cause("agent-gone", f"The agent was killed by {self._signal}.", {"signal": self._signal})
        elif (error := task.exception()) is not None:
            cause = Cause("agent-gone", f"The agent failed: {error!r}", {"exit_code": 1, "error": repr(error)})
        else:
            cause = Cause("agent-gone", f"The agent exited with status {task.result()}.", {"exit_code": task.result()})
        self.result.set_result(cause)


class FakeLauncher:
    name = "fake"

    def __init__(self, program: Program, *, launch_seconds: float = 0.0) -> None:
        self.launch_seconds = launch_seconds
        self.launched: list[LaunchSpec] = []
        self.forgotten: list[RuntimeId] = []
        self._program = program
        self._numbers = itertools.count(1)
        self._processes: dict[RuntimeId, FakeProcess] = {}
        self._failures: list[Cause] = []

    # --- what a test does to it ---

    def fail_next(self, cause: Cause) -> None:
        """The next launch that is not yet spoken for fails."""
        self._failures.append(cause)

    def process(self, runtime_id: RuntimeId) -> FakeProcess:
        return self._processes[runtime_id]

    async def kill(self, runtime_id: RuntimeId) -> None:
        """kill -9 of the agent."""
        await self._processes[runtime_id].kill()

    def running(self) -> list[RuntimeId]:
        return [runtime_id for runtime_id, process in self._processes.items() if not process.result.done()]

    async def close(self) -> None:
        for process in self._processes.values():
            await process.kill()

    # --- Launcher ---

    async def launch(self, spec: LaunchSpec) -> Handle:
        earlier = self._processes.get(spec.runtime_id)
        if earlier is not None:
            await earlier.kill("SIGTERM")
        await asyncio.sleep(self.launch_seconds)
        if self._failures:
            raise LaunchError(self._failures.pop(0))
        self.launched.append(spec)
        process = FakeProcess(spec, next(self._numbers), self._program)
        self._processes[spec.runtime_id] = process
        return process.handle

    async def inspect(self, handle: Handle) -> Condition:
        process = self._find(handle)
        if process is None:
            return Exited(Cause("agent-gone", "The agent's process is gone."))
        return Exited(process.result.result()) if process.result.done() else Alive()

    async def wait(self, handle: Handle) -> Exited:
        process = self._find(handle)
        if process is None:
            return Exited(Cause("agent-gone", "The agent's process is gone."))
        await asyncio.wait([process.result])
        return Exited(process.result.result())

    async def stop(self, handle: Handle) -> None:
        process = self._find(handle)
        if process is not None:
            await process.kill("SIGTERM")

    async def list(self) -> list[tuple[RuntimeId, Handle]]:
        return [(runtime_id, process.handle) for runtime_id, process in self._processes.items()]

    async def forget(self, runtime_id: RuntimeId) -> None:
        self.forgotten.append(runtime_id)
        process = self._processes.pop(runtime_id, None)
        if process is not None:
            await process.kill()

    async def evidence(self, runtime_id: RuntimeId) -> Evidence:
        return {"agent_log": f"the log of {runtime_id}"} if runtime_id in self._processes else {}

    def _find(self, handle: Handle) -> FakeProcess | None:
        return next((process for process in self._processes.values() if process.handle == handle), None)
