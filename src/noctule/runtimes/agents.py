"""Admits agents: from the first frame of a connection to a Link that is registered with its runtime, and to its end.

One connection of a runtime at a time: a newer one of the same launch takes the place of the older, and is told the
cursors only when nothing of the older is under way any more.
"""

import asyncio
from functools import partial

import msgspec
import structlog

from noctule.errors import Unavailable
from noctule.store import Store, Tx, kernels, runtimes
from noctule.store.rows import KernelRow, RuntimeRow
from noctule_agent.wire.limits import HELLO_SECONDS
from noctule_agent.wire.link import CLOSE_FENCED, CLOSE_PROTOCOL, CLOSE_SUPERSEDED, VERSION, Hello, Metrics, Resume
from noctule_agent.wire.ports import Channel, ChannelClosed, Clock, Ids
from noctule_agent.wire.values import Cause, RuntimeId

from . import admission
from .ingest import Ingestion
from .lease import Leases
from .lifecycle import Farewell, Greeted, JournalLost, Rejected
from .link import Hooks, Link, decode
from .ports import Rooms
from .roster import Roster
from .runtime import Runtime
from .settings import RuntimeSettings
from .streams import ProtocolError

log = structlog.get_logger()

CLOSE_GOING_AWAY = 1001
CLOSE_TRY_LATER = 1013
METRICS_SECONDS = 5.0


class Agents:
    def __init__(
        self,
        store: Store,
        rooms: Rooms,
        roster: Roster,
        ingestion: Ingestion,
        settings: RuntimeSettings,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._store = store
        self._rooms = rooms
        self._roster = roster
        self._ingestion = ingestion
        self._settings = settings
        self._leases = Leases(roster, settings, clock)
        self._clock = clock
        self._ids = ids

    async def serve(self, channel: Channel, only: RuntimeId | None = None) -> None:
        """One connection to its end. Raises nothing but cancellation; the channel is closed when it returns.

        `only`: the runtime that it comes from, as the kernel of this machine says.
        """
        try:
            hello = await self._hello(channel)
            if only is not None and hello.runtime_id != only:
                raise ProtocolError(f"the sandbox of {only} says that it is {hello.runtime_id}")
            runtime = await self._who(channel, hello)
            if runtime is not None:
                await self._serve(channel, hello, runtime)
        except ProtocolError as error:
            log.warning("an agent broke the protocol", reason=str(error))
            await channel.close(CLOSE_PROTOCOL, str(error)[:100])
        except TimeoutError:
            await channel.close(CLOSE_PROTOCOL, f"no hello within {HELLO_SECONDS:g} s")
        except ChannelClosed:
            pass
        except asyncio.CancelledError:
            await channel.close(CLOSE_GOING_AWAY, "the server stops")
            raise
        except Unavailable as error:
            log.warning("an agent has to wait", error=str(error))
            await channel.close(CLOSE_TRY_LATER, "storage unavailable")
        finally:
            await channel.close()

    async def _hello(self, channel: Channel) -> Hello:
        async with asyncio.timeout(HELLO_SECONDS):
            frame = decode(await channel.receive())
        if not isinstance(frame, Hello):
            raise ProtocolError(f"the first frame must be a hello, not {type(frame).__name__}")
        return frame

    async def _who(self, channel: Channel, hello: Hello) -> Runtime | None:
        """The live runtime of this agent; None when it was refused."""
        runtime = self._roster.get(hello.runtime_id)
        row = runtime.row if runtime is not None else await self._ended(hello.runtime_id)
        refused = admission.refusal(hello, row)
        if refused is not None:
            log.warning("an agent was refused", runtime=hello.runtime_id, code=refused.frame.code)
            await channel.send(msgspec.msgpack.encode(refused.frame))
            await channel.close(refused.close_code, refused.frame.reason)
            return None
        return runtime

    async def _ended(self, runtime_id: RuntimeId) -> RuntimeRow | None:
        return await self._store.read(lambda tx: runtimes.get(tx, runtime_id))

    async def _serve(self, channel: Channel, hello: Hello, runtime: Runtime) -> None:
        async with runtime.arrival:
            link = await self._admit(channel, hello, runtime)
        if link is None:
            return
        try:
            await link.run()
        finally:
            if runtime.link is link:
                runtime.link = None
                runtime.metrics = None
                loop = asyncio.get_running_loop()
                runtime.unlinked = loop.time()
                # Whatever the loop has to do about it, it does after the grace.
                loop.call_later(self._settings.grace_seconds, self._roster.changed.set)
            self._roster.changed.set()

    async def _admit(self, channel: Channel, hello: Hello, runtime: Runtime) -> Link | None:
        if runtime.link is not None:
            older, runtime.link = runtime.link, None
            await older.close(CLOSE_SUPERSEDED, "a newer connection of this agent")
            await older.finished()
        if await self._who(channel, hello) is None:
            return None
        rows = [row for row in await self._kernels(runtime) if not row.retired]
        now = self._clock.now()
        lost = admission.journal_lost(hello, runtime.row, rows)
        if lost is not None:
            log.error("a journal was lost", runtime=runtime.id, **lost.evidence)
            await self._roster.apply(runtime, JournalLost(now, lost))
            await channel.close(CLOSE_FENCED, lost.code)
            return None
        greeted = await self._roster.apply(
            runtime, Greeted(now), journal_id=hello.journal_id, lease_until=self._leases.until()
        )
        if isinstance(greeted, Rejected):
            await channel.close(CLOSE_FENCED, greeted.reason)
            return None
        return self._register(channel, hello, runtime, rows)

    def _register(self, channel: Channel, hello: Hello, runtime: Runtime, rows: list[KernelRow]) -> Link:
        cursors = {row.id: row.cursor for row in rows}
        hooks = Hooks(
            ingest=partial(self._ingestion.ingest, runtime),
            measured=partial(self._measured, runtime),
            farewell=partial(self._farewell, runtime),
            next_lease=partial(self._leases.next, runtime),
        )
        link = Link(channel, self._store, self._rooms, self._ids, cursors, hooks, hello.version)
        link.resume(Resume(VERSION, cursors, runtime.row.lease_until or self._leases.until()))
        runtime.link = link
        runtime.told = False
        if not runtime.leaving and not hello.draining:
            known = {head.kernel_id for head in hello.kernels}
            for row in rows:
                if row.id not in known:
                    link.start_kernel(row.id, row.spec_name)
            for kernel_id, notebook_id in runtime.kernels.items():
                if notebook_id is not None:
                    link.attach(notebook_id, kernel_id)
        self._roster.changed.set()
        return link

    async def _kernels(self, runtime: Runtime) -> list[KernelRow]:
        def read(tx: Tx) -> list[KernelRow]:
            return kernels.of_runtime(tx, runtime.id)

        return await self._store.read(read)

    def _measured(self, runtime: Runtime, metrics: Metrics) -> None:
        """Pages see the newest figures, every METRICS_SECONDS at most."""
        runtime.metrics = metrics
        if runtime.showing is None:
            loop = asyncio.get_running_loop()
            runtime.showing = loop.call_at(max(loop.time(), runtime.figures_due), self._show_figures, runtime)

    def _show_figures(self, runtime: Runtime) -> None:
        runtime.showing = None
        runtime.figures_due = asyncio.get_running_loop().time() + METRICS_SECONDS
        if not runtime.ended.is_set():
            self._roster.show(runtime)

    async def _farewell(self, runtime: Runtime, cause: Cause) -> None:
        await self._roster.apply(runtime, Farewell(self._clock.now(), cause))
