"""The lease: until when an agent may run without hearing from this server. Renewed while it is connected."""

import asyncio

import structlog

from noctule.errors import Unavailable
from noctule_agent.wire.ports import Clock
from noctule_agent.wire.values import Millis

from .roster import Roster
from .runtime import Runtime
from .settings import RuntimeSettings

log = structlog.get_logger()


class Leases:
    def __init__(self, roster: Roster, settings: RuntimeSettings, clock: Clock) -> None:
        self._roster = roster
        self._settings = settings
        self._clock = clock

    def until(self) -> Millis:
        """A lease that begins now."""
        return Millis(self._clock.now() + int(self._settings.lease_seconds * 1000))

    async def next(self, runtime: Runtime) -> Millis:
        """Wait until it is time to renew; return the new lease, committed."""
        while True:
            await asyncio.sleep(min(self._settings.renew_seconds, self._settings.lease_seconds / 4))
            until = self.until()
            try:
                await self._roster.amend(runtime, lease_until=until)
            except Unavailable as error:
                log.warning("a lease is not renewed", runtime=runtime.id, error=str(error))
            else:
                return until
