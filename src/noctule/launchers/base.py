"""What a launcher is: it starts and stops agents, and tells which of them still run.

A launcher knows no database, user or notebook; a runtime is an id and a directory to it. Nothing here does anything.
"""

from typing import NewType, Protocol

import msgspec

from noctule_agent.wire.values import Cause, Evidence, KernelId, Millis, RuntimeId

Handle = NewType("Handle", bytes)
"""What a launcher needs to find an agent again, in any later process of the server. JSON, opaque to all others."""


class LaunchSpec(msgspec.Struct, frozen=True):
    """One launch of an agent. `server` is what it dials: `unix:///path` or a `ws://` or `wss://` URL.

    `generation` numbers the launches of one runtime, over restarts of the server. `warm`: the kernel `kernel_id` starts
    at once, before the server asks. `drain`: deliver the journal that an earlier launch left, start nothing.
    """

    runtime_id: RuntimeId
    generation: int
    token: str
    server: str
    spec_name: str
    lease_until: Millis
    drain: bool = False
    warm: bool = False
    kernel_id: KernelId = KernelId("")
    env: dict[str, str] = {}


class Ahead(msgspec.Struct, frozen=True):
    """A runtime that does not exist yet: its agent has been started ahead of its launch, for the first who wants this spec."""

    runtime_id: RuntimeId
    kernel_id: KernelId
    spec_name: str


class Alive(msgspec.Struct, frozen=True):
    """The agent runs."""


class Exited(msgspec.Struct, frozen=True):
    """The agent is gone. The evidence of the cause has what could be learnt: exit code or signal."""

    cause: Cause


Condition = Alive | Exited


class LaunchError(Exception):
    """The agent could not be started. Carries the cause to show."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(f"{cause.code}: {cause.message}")
        self.cause = cause


class Launcher(Protocol):
    """The four calls of a launcher (launch, inspect, stop, list), a prompt notice of death, and what is left on disk."""

    @property
    def name(self) -> str: ...

    async def launch(self, spec: LaunchSpec) -> Handle:
        """Start the agent of a runtime; an earlier launch of the same runtime that still runs is stopped first."""

    async def inspect(self, handle: Handle) -> Condition: ...

    async def wait(self, handle: Handle) -> Exited:
        """Return as soon as the agent is gone; at once when it is gone already."""

    async def stop(self, handle: Handle) -> None:
        """Orderly first, then by force. When it returns, no process of the runtime is left. Idempotent."""

    async def list(self) -> list[tuple[RuntimeId, Handle]]:
        """Every runtime that this launcher started and has not been told to forget, running or not."""

    async def forget(self, runtime_id: RuntimeId) -> None:
        """The runtime ended and its journal is delivered: remove what it kept, save for some recent logs."""

    async def evidence(self, runtime_id: RuntimeId) -> Evidence:
        """What a person needs to see why an agent failed (the end of its log)."""
