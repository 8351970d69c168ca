"""The ladder: the levels of isolation, best first, each tried by running something in it; and the launcher that stands on the best that works.

    gvisor    sandbox, with runsc in the settings: a kernel of its own
    sandbox   a container with ids, disk, network and bounds of its own
    process   a process of the server's own user

What runs already is found, watched and stopped at whatever level it was started. Knows no settings file, database or user.
"""

import asyncio
from collections.abc import Sequence
from typing import Final, Literal, get_args

import msgspec
import structlog

from noctule_agent.wire.values import Cause, Evidence, RuntimeId

from .base import Condition, Exited, Handle, Launcher, LaunchError, LaunchSpec
from .process import ProcessLauncher
from .sandbox.host import Lack, Missing
from .sandbox.launcher import SandboxLauncher

log = structlog.get_logger()

Level = Literal["gvisor", "sandbox", "process"]
LEVELS: Final[Sequence[Level]] = get_args(Level)


class Rejected(msgspec.Struct, frozen=True):
    """A level that is not stood on, why, and what would change it."""

    level: Level
    why: str
    advice: str


class Standing(msgspec.Struct, frozen=True):
    """`level` None: no level that is allowed works, and nothing is run. `lacks`: what it goes without here."""

    level: Level | None
    lacks: list[Lack]
    rejected: list[Rejected]

    @property
    def isolated(self) -> bool:
        return self.level not in (None, "process")


class Means(msgspec.Struct, frozen=True):
    """What this machine has. `sandbox`: the launcher of sandboxes, or what it lacks."""

    process: ProcessLauncher
    sandbox: SandboxLauncher | Missing

    @property
    def known(self) -> dict[str, Launcher]:
        found: dict[str, Launcher] = {"process": self.process}
        return found if isinstance(self.sandbox, Missing) else {**found, "sandbox": self.sandbox}


class _Tag(msgspec.Struct, frozen=True):
    """What every handle says of itself. Handles of processes do not."""

    launcher: str = "process"


_TAG: Final = msgspec.json.Decoder(_Tag)


class Ladder:
    """A Launcher, of all that the machine has, whether they may start anything or not."""

    def __init__(self, standing: Standing, means: Means) -> None:
        self.standing = standing
        self.means = means
        self._known = known = means.known
        self._chosen = (
            None if standing.level is None else known["process" if standing.level == "process" else "sandbox"]
        )

    @property
    def name(self) -> str:
        return self.standing.level or "none"

    async def launch(self, spec: LaunchSpec) -> Handle:
        launcher = await self._knower(spec.runtime_id) or self._chosen
        if launcher is None:
            raise LaunchError(missing(self.standing))
        return await launcher.launch(spec)

    async def inspect(self, handle: Handle) -> Condition:
        return await self._of(handle).inspect(handle)

    async def wait(self, handle: Handle) -> Exited:
        return await self._of(handle).wait(handle)

    async def stop(self, handle: Handle) -> None:
        await self._of(handle).stop(handle)

    async def list(self) -> list[tuple[RuntimeId, Handle]]:
        listed = await asyncio.gather(*(launcher.list() for launcher in self._known.values()))
        return [found for some in listed for found in some]

    async def forget(self, runtime_id: RuntimeId) -> None:
        launcher = await self._knower(runtime_id)
        if launcher is not None:
            await launcher.forget(runtime_id)

    async def evidence(self, runtime_id: RuntimeId) -> Evidence:
        launcher = await self._knower(runtime_id) or self._chosen
        return {} if launcher is None else await launcher.evidence(runtime_id)

    async def _knower(self, runtime_id: RuntimeId) -> Launcher | None:
        """Who launched it before, and has its journal."""
        earlier = dict(await self.list()).get(runtime_id)
        return None if earlier is None else self._of(earlier)

    def _of(self, handle: Handle) -> Launcher:
        return self._known[_TAG.decode(handle).launcher]


def missing(standing: Standing) -> Cause:
    tried = " ".join(f"{rejected.level}: {rejected.why} {rejected.advice}" for rejected in standing.rejected)
    return Cause(
        "isolation-missing",
        "This server may not run code here: no level of isolation that its settings allow works. Its admin finds the reason "
        "with `noctule doctor`.",
        {"tried": tried},
    )
