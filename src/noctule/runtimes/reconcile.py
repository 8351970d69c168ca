"""The reconcile loop: compares what the rows say with what the launcher and the links show, and does what is missing.

Level-triggered: it wakes when something changed and on a slow tick (slower when all is at rest), and looks at the whole;
an event that was missed is made good by the next round. `next_move` decides and is pure; one task at a time acts on a
runtime.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, assert_never

import msgspec
import structlog

from noctule.errors import Unavailable
from noctule.launchers.base import Exited, Handle, Launcher
from noctule.store import Store, Tx, runtimes
from noctule_agent.wire.link import CLOSE_FENCED
from noctule_agent.wire.ports import Clock
from noctule_agent.wire.values import Cause, RuntimeId

from . import causes
from .launching import Launching
from .lifecycle import (
    AgentGone,
    Connected,
    DrainFailed,
    Draining,
    Ended,
    Event,
    Greeted,
    Launch,
    LinkLost,
    Queued,
    Starting,
    StartTimedOut,
    State,
    Stopping,
    TellStop,
    Unreachable,
)
from .pool import Pool
from .roster import Roster
from .runtime import Runtime
from .settings import RuntimeSettings

log = structlog.get_logger()


class Seen(msgspec.Struct, frozen=True):
    """What the world shows of a runtime. Times in seconds of the event loop."""

    in_state: float
    """Since when the state is what it is, in seconds ago."""
    linked: bool
    unlinked: float
    """For how long there has been no link."""
    launched: bool
    """The launcher has a handle for the newest launch."""
    gone: Cause | None = None
    gone_for: float = 0.0
    told: bool = False


class Inspect(msgspec.Struct, frozen=True):
    """Ask the launcher whether the agent lives."""


class ForceStop(msgspec.Struct, frozen=True):
    """Stop the agent by its launcher."""


class Expire(msgspec.Struct, frozen=True):
    """The agent did not greet in time."""


class Cut(msgspec.Struct, frozen=True):
    """The link has been down for longer than the grace."""


class Restore(msgspec.Struct, frozen=True):
    """It is called unreachable, and is not: the agent came back while its loss was written."""


class HangUp(msgspec.Struct, frozen=True):
    """The agent is gone and its link does not know it."""


class Bury(msgspec.Struct, frozen=True):
    """The agent is gone, and its link has nothing more to give."""


Move = Launch | TellStop | Inspect | ForceStop | Expire | Cut | Restore | HangUp | Bury


def next_move(state: State, seen: Seen, settings: RuntimeSettings) -> Move | None:
    """What to do now; None when all is as it should be."""
    if seen.gone is not None and not isinstance(state, Queued | Ended):
        return _gone(seen, settings)
    match state:
        case Queued():
            return Launch(drain=False)
        case Starting():
            if not seen.launched:
                return Launch(drain=False)
            return Expire() if seen.in_state > settings.start_seconds else None
        case Connected():
            return Cut() if not seen.linked and seen.unlinked >= settings.grace_seconds else None
        case Unreachable():
            return _unreachable(seen, settings)
        case Stopping(cause=cause):
            return _stop(cause, seen, settings)
        case Draining():
            if not seen.launched:
                return Launch(drain=True)
            return Expire() if not seen.linked and _waited(seen) > settings.start_seconds else None
        case Ended():
            return None
        case _:
            assert_never(state)


def _gone(seen: Seen, settings: RuntimeSettings) -> Move | None:
    """What the agent sent before it died is read first; a link that stays open after that is a half-open one."""
    if not seen.linked:
        return Bury()
    return HangUp() if seen.gone_for >= settings.grace_seconds else None


def _unreachable(seen: Seen, settings: RuntimeSettings) -> Move | None:
    if seen.linked:
        return Restore()
    if seen.unlinked < settings.unreachable_seconds:
        return None
    return Inspect() if seen.launched else Bury()


def _stop(cause: Cause, seen: Seen, settings: RuntimeSettings) -> Move | None:
    if seen.linked and not seen.told:
        return TellStop(cause)
    patience = settings.stop_seconds if seen.linked else settings.grace_seconds
    since = seen.in_state if seen.linked else seen.unlinked
    if since < patience:
        return None
    return ForceStop() if seen.launched else Bury()


def _waited(seen: Seen) -> float:
    return min(seen.in_state, seen.unlinked)


class Reconciler:
    def __init__(
        self,
        store: Store,
        roster: Roster,
        launcher: Launcher,
        launching: Launching,
        pool: Pool,
        settings: RuntimeSettings,
        clock: Clock,
    ) -> None:
        self._store = store
        self._roster = roster
        self._launcher = launcher
        self._launching = launching
        self._pool = pool
        self._settings = settings
        self._clock = clock
        self._acting: dict[RuntimeId, asyncio.Task[None]] = {}
        self._watches: dict[RuntimeId, tuple[Handle, asyncio.Task[None]]] = {}
        self._passed_over: set[RuntimeId] = set()
        """Looked at while something was done for them: to be looked at again after it."""
        self._kept: set[RuntimeId] = set()
        """Ended without having told everything: stopped, and their journals left alone."""

    async def run(self) -> None:
        """Until cancelled. A round that fails is logged and made good by the next."""
        while True:
            self._roster.changed.clear()
            patience = self._settings.tick_seconds
            try:
                await self.round()
                patience = self._patience()
            except Unavailable as error:
                log.warning("runtimes are not reconciled", error=str(error))
            except Exception:
                log.exception("runtimes are not reconciled")
            try:
                async with asyncio.timeout(patience):
                    await self._roster.changed.wait()
            except TimeoutError:
                continue

    def _patience(self) -> float:
        """Until the next round, should no event come."""
        at_rest = not self._acting and all(_rests(runtime) for runtime in self._roster) and self._pool.full
        return self._settings.rest_seconds if at_rest else self._settings.tick_seconds

    async def close(self) -> None:
        """Cancel what is under way; nothing is stopped on any machine."""
        tasks = [*self._acting.values(), *(task for _, task in self._watches.values())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def adopt(self) -> None:
        """After a start: a runtime that was launched but whose handle was not written is found again."""
        found = dict(await self._launcher.list())
        for runtime in self._roster:
            greeted = isinstance(runtime.state, Connected | Unreachable)
            if greeted and runtime.row.handle is None and runtime.id in found:
                await self._roster.amend(runtime, handle=found[runtime.id])

    async def round(self) -> None:
        # The list is asked for before the rows are looked at: what is launched meanwhile is not taken for an orphan.
        listed = await self._launcher.list()
        await self._remove_leftovers(listed)
        self._watch()
        for runtime in self._roster:
            if runtime.id in self._acting:
                self._passed_over.add(runtime.id)
            else:
                move = next_move(runtime.state, self._see(runtime), self._settings)
                if move is not None:
                    self._spawn(runtime.id, self._act(runtime, move))
        await self._pool.fill()

    def _see(self, runtime: Runtime) -> Seen:
        now = asyncio.get_running_loop().time()
        return Seen(
            in_state=now - runtime.entered,
            linked=runtime.link is not None,
            unlinked=now - runtime.unlinked,
            launched=runtime.row.handle is not None,
            gone=runtime.gone,
            gone_for=now - runtime.gone_since,
            told=runtime.told,
        )

    async def tidy(self) -> None:
        """Remove what is left of runtimes that have ended; return when that is done."""
        await self._remove_leftovers(await self._launcher.list())
        if self._acting:
            await asyncio.wait(self._acting.values())

    # --- acting ---

    async def _act(self, runtime: Runtime, move: Move) -> None:
        match move:
            case Launch(drain=drain):
                await self._launching.launch(runtime, drain=drain)
            case TellStop(cause=cause):
                if runtime.link is not None:
                    runtime.told = True
                    runtime.link.tell_stop(cause)
            case ForceStop():
                await self._force(runtime)
            case Inspect():
                await self._inspect(runtime)
            case HangUp():
                if runtime.link is not None:
                    await runtime.link.close(CLOSE_FENCED, "the agent is gone")
            case Bury():
                await self._roster.apply(runtime, await self._gone(runtime), handle=None)
                runtime.gone = None
            case Expire() if isinstance(runtime.state, Draining):
                # The next launch, if there is one, stops the agent that did not come.
                await self._roster.apply(runtime, DrainFailed(self._clock.now()), handle=None)
            case Expire() | Cut() | Restore():
                await self._roster.apply(runtime, await self._event(runtime, move))
            case _:
                assert_never(move)

    async def _event(self, runtime: Runtime, move: Expire | Cut | Restore) -> Event:
        now = self._clock.now()
        match move:
            case Cut():
                return LinkLost(now, causes.link_lost())
            case Restore():
                return Greeted(now)
            case Expire():
                evidence = await self._launcher.evidence(runtime.id)
                return StartTimedOut(now, causes.start_timed_out(self._settings.start_seconds, evidence))

    async def _gone(self, runtime: Runtime) -> AgentGone:
        gone = runtime.gone or causes.not_found()
        now = self._clock.now()
        if runtime.row.lease_until is not None and now >= runtime.row.lease_until:
            return AgentGone(now, causes.lease_ended(gone))
        evidence = await self._launcher.evidence(runtime.id)
        tell = causes.start_failed if isinstance(runtime.state, Starting) else causes.agent_lost
        return AgentGone(now, tell(gone, evidence))

    async def _force(self, runtime: Runtime) -> None:
        handle = runtime.row.handle
        if handle is not None:
            await self._launcher.stop(Handle(handle))
            await self._inspect(runtime)

    async def _inspect(self, runtime: Runtime) -> None:
        handle = runtime.row.handle
        if handle is not None:
            condition = await self._launcher.inspect(Handle(handle))
            if isinstance(condition, Exited) and runtime.row.handle == handle:
                self._died(runtime, condition.cause)

    def _spawn(self, runtime_id: RuntimeId, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=f"reconcile {runtime_id}")
        self._acting[runtime_id] = task

        def ended(_: asyncio.Task[None]) -> None:
            del self._acting[runtime_id]
            if runtime_id in self._passed_over:
                self._passed_over.discard(runtime_id)
                self._roster.changed.set()
            if task.cancelled():
                return
            error = task.exception()
            if isinstance(error, Unavailable):
                log.warning("a runtime waits for storage", runtime=runtime_id, error=str(error))
            elif error is not None:
                log.error("a runtime could not be reconciled", runtime=runtime_id, exc_info=error)

        task.add_done_callback(ended)

    # --- notices of death ---

    def _watch(self) -> None:
        """One waiting task per launched agent; a handle that was replaced is no longer watched."""
        wanted = {runtime.id: runtime for runtime in self._roster if runtime.row.handle is not None}
        for runtime_id, (handle, task) in list(self._watches.items()):
            runtime = wanted.get(runtime_id)
            if runtime is None or runtime.row.handle != handle:
                task.cancel()
                del self._watches[runtime_id]
        for runtime_id, runtime in wanted.items():
            if runtime_id not in self._watches and runtime.row.handle is not None:
                handle = Handle(runtime.row.handle)
                task = asyncio.create_task(self._await_death(runtime, handle), name=f"watch {runtime_id}")
                self._watches[runtime_id] = (handle, task)

    async def _await_death(self, runtime: Runtime, handle: Handle) -> None:
        exited = await self._launcher.wait(handle)
        if runtime.row.handle == handle:
            self._died(runtime, exited.cause)

    def _died(self, runtime: Runtime, cause: Cause) -> None:
        if runtime.gone is None:
            log.info("an agent is gone", runtime=runtime.id, **cause.evidence)
            runtime.gone, runtime.gone_since = cause, asyncio.get_running_loop().time()
            self._roster.changed.set()
            asyncio.get_running_loop().call_later(self._settings.grace_seconds, self._roster.changed.set)

    # --- what ended ---

    async def _remove_leftovers(self, listed: list[tuple[RuntimeId, Handle]]) -> None:
        """Agents of runtimes that have ended, or that nobody knows, are stopped; what was delivered is removed."""
        unknown = [
            (runtime_id, handle)
            for runtime_id, handle in listed
            if self._roster.get(runtime_id) is None and runtime_id not in self._kept
        ]
        self._passed_over.update(runtime_id for runtime_id, _ in unknown if runtime_id in self._acting)
        unknown = [(runtime_id, handle) for runtime_id, handle in unknown if runtime_id not in self._acting]
        if not unknown:
            return

        def read(tx: Tx) -> dict[RuntimeId, bool]:
            """Which of them have ended, and whether their journals were delivered."""
            rows = [(runtime_id, runtimes.get(tx, runtime_id)) for runtime_id, _ in unknown]
            return {
                id_: row is not None and not row.draining for id_, row in rows if row is None or row.state == "ended"
            }

        delivered = await self._store.read(read)
        for runtime_id, handle in unknown:
            # Asked again: another round may have begun with it while the rows were read.
            if runtime_id in delivered and runtime_id not in self._acting:
                self._spawn(runtime_id, self._remove(runtime_id, handle, delivered=delivered[runtime_id]))

    async def _remove(self, runtime_id: RuntimeId, handle: Handle, *, delivered: bool) -> None:
        await self._launcher.stop(handle)
        if delivered:
            await self._store.sync()
            await self._launcher.forget(runtime_id)
        else:
            self._kept.add(runtime_id)


def _rests(runtime: Runtime) -> bool:
    return isinstance(runtime.state, Connected) and runtime.link is not None and runtime.gone is None
