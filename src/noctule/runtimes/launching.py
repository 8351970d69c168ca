"""Launches one agent: generation and token are committed first, the handle after. A crash in between launches again.

Only the hash of a token is kept. An agent whose launch was not followed by a handle has an older generation after the next
launch, which the launcher stops first and the link refuses.
"""

import asyncio

import structlog

from noctule.launchers.base import Handle, Launcher, LaunchError, LaunchSpec
from noctule.store.rows import RuntimeRow
from noctule_agent.wire.ports import Clock, Ids
from noctule_agent.wire.values import KernelId

from . import causes
from .admission import hash_token
from .lifecycle import Launched, LaunchFailed, Rejected
from .roster import Roster
from .runtime import Runtime
from .settings import RuntimeSettings

log = structlog.get_logger()


class Launching:
    def __init__(self, roster: Roster, launcher: Launcher, settings: RuntimeSettings, clock: Clock, ids: Ids) -> None:
        self._roster = roster
        self._launcher = launcher
        self._settings = settings
        self._clock = clock
        self._ids = ids

    async def launch(self, runtime: Runtime, *, drain: bool) -> None:
        token = self._ids.new() + self._ids.new()
        now = self._clock.now()
        began = await self._roster.apply(
            runtime,
            Launched(now),
            generation=runtime.row.generation + 1,
            token_hash=hash_token(token),
            handle=None,
            lease_until=now + int(self._settings.lease_seconds * 1000),
        )
        if isinstance(began, Rejected):
            return
        runtime.gone = None
        try:
            handle = await self._launcher.launch(self._spec(runtime, token, drain=drain))
        except LaunchError as error:
            await self._roster.apply(runtime, LaunchFailed(self._clock.now(), error.cause))
        except Exception as error:
            log.exception("a launch failed", runtime=runtime.id)
            await self._roster.apply(runtime, LaunchFailed(self._clock.now(), causes.launch_failed(repr(error))))
        else:
            await self._launched(runtime, handle)

    async def _launched(self, runtime: Runtime, handle: Handle) -> None:
        # A launch may be slow (an image is pulled); the agent's time to greet begins now.
        runtime.entered = asyncio.get_running_loop().time()
        await self._roster.amend(runtime, handle=handle)

    def _spec(self, runtime: Runtime, token: str, *, drain: bool) -> LaunchSpec:
        row: RuntimeRow = runtime.row
        kernel_id = next(iter(runtime.kernels), KernelId(""))
        return LaunchSpec(
            runtime_id=row.id,
            generation=row.generation,
            token=token,
            server=self._settings.server,
            spec_name=row.spec_name,
            lease_until=row.lease_until or self._clock.now(),
            drain=drain,
            warm=not drain and kernel_id != "",
            kernel_id=kernel_id,
        )
