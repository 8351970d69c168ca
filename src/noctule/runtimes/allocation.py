"""Which notebook gets which runtime: the one that it has, a warm one, or a new one. One transaction, then the memory.

Rows first, then the copy in memory, then the announcement; a caller that is cancelled in between leaves no half of it.
"""

import asyncio

import msgspec

from noctule.launchers.base import Ahead
from noctule.store import Store, Tx, kernels, runtimes
from noctule.store.rows import KernelRow, RuntimeRow
from noctule_agent.wire.ports import Clock, Ids
from noctule_agent.wire.state import RuntimeView
from noctule_agent.wire.values import KernelId, NotebookId, RuntimeId, UserId

from .announce import Announcer
from .ingest import is_ready
from .ports import Overseer
from .roster import Roster
from .runtime import Runtime
from .settings import RuntimeSettings


class Born(msgspec.Struct, frozen=True):
    """A runtime that is wanted, with its one kernel."""

    runtime: RuntimeRow
    kernel: KernelRow


class Allocation:
    def __init__(
        self,
        store: Store,
        roster: Roster,
        announcer: Announcer,
        launcher_name: str,
        settings: RuntimeSettings,
        clock: Clock,
        ids: Ids,
        overseer: Overseer,
        ahead: Ahead | None = None,
    ) -> None:
        """`ahead`: what the launcher has started already. The first runtime of that spec is it."""
        self._store = store
        self._roster = roster
        self._announcer = announcer
        self._launcher_name = launcher_name
        self._settings = settings
        self._clock = clock
        self._ids = ids
        self._overseer = overseer
        self._ahead = ahead
        self._under_way: dict[NotebookId, asyncio.Task[RuntimeView]] = {}

    async def ensure(self, notebook_id: NotebookId, spec_name: str, by: UserId | None) -> RuntimeView:
        """The notebook's runtime; one is claimed or queued when it has none. One that is leaving is waited for.

        Raises Conflict when the overseer refuses.
        """
        task = self._under_way.get(notebook_id)
        if task is None:
            task = asyncio.create_task(self._ensure(notebook_id, spec_name, by), name=f"ensure {notebook_id}")
            self._under_way[notebook_id] = task
            task.add_done_callback(lambda _: self._under_way.pop(notebook_id))
        return await asyncio.shield(task)

    async def create_warm(self) -> Runtime:
        """A runtime for whoever comes next."""
        born = self._new(None, self._settings.pool_spec)
        await self._store.write(lambda tx: _create(tx, born))
        return self._roster.add(born.runtime, [born.kernel], [])

    async def close(self) -> None:
        """Wait for the transactions that have begun; cancel what waits for a runtime to leave."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ensure(self, notebook_id: NotebookId, spec_name: str, by: UserId | None) -> RuntimeView:
        while (runtime := self._roster.of_notebook(notebook_id)) is not None:
            if not runtime.leaving:
                return runtime.view
            await runtime.ended.wait()
        for warm in self._roster:
            if warm.warm and warm.row.spec_name == spec_name and await self._claim(warm, notebook_id, by):
                return warm.view
        return await self._queue(notebook_id, spec_name, by)

    async def _claim(self, runtime: Runtime, notebook_id: NotebookId, by: UserId | None) -> bool:
        async with runtime.lock:
            if not runtime.warm:
                return False
            kernel = await self._store.write(lambda tx: self._take(tx, runtime.id, notebook_id, by))
            if kernel is None:
                return False
            self._roster.attached(runtime, notebook_id, kernel.id)
        self._announcer.kernel_bound(notebook_id, kernels.view(kernel))
        self._announcer.runtime_changed(notebook_id, runtime.view)
        if runtime.link is not None:
            runtime.link.attach(notebook_id, kernel.id)
        return True

    def _take(self, tx: Tx, runtime_id: RuntimeId, notebook_id: NotebookId, by: UserId | None) -> KernelRow | None:
        """Make a warm runtime and its kernel the notebook's; None when its kernel is not ready."""
        ready = next((row for row in kernels.of_runtime(tx, runtime_id) if is_ready(row)), None)
        if ready is not None:
            self._overseer.starts(tx, runtime_id, notebook_id, by)
            kernels.bind(tx, ready.id, notebook_id)
            runtimes.attach(tx, notebook_id, runtime_id)
        return ready

    async def _queue(self, notebook_id: NotebookId, spec_name: str, by: UserId | None) -> RuntimeView:
        born = self._new(notebook_id, spec_name)

        def work(tx: Tx) -> None:
            self._overseer.starts(tx, born.runtime.id, notebook_id, by)
            _create(tx, born)
            runtimes.attach(tx, notebook_id, born.runtime.id)

        await self._store.write(work)
        runtime = self._roster.add(born.runtime, [born.kernel], [notebook_id])
        self._announcer.kernel_bound(notebook_id, kernels.view(born.kernel))
        self._announcer.runtime_changed(notebook_id, runtime.view)
        return runtime.view

    def _new(self, notebook_id: NotebookId | None, spec_name: str) -> Born:
        now = self._clock.now()
        who = self._identity(spec_name)
        runtime = RuntimeRow(
            id=who.runtime_id,
            type=self._settings.type,
            launcher=self._launcher_name,
            spec_name=spec_name,
            state="queued",
            created_at=now,
            generation=0,
        )
        kernel = KernelRow(who.kernel_id, runtime.id, spec_name, now, notebook_id=notebook_id)
        return Born(runtime, kernel)

    def _identity(self, spec_name: str) -> Ahead:
        ahead = self._ahead
        if ahead is None or ahead.spec_name != spec_name:
            return Ahead(RuntimeId(self._ids.new()), KernelId(self._ids.new()), spec_name)
        self._ahead = None
        return ahead


def _create(tx: Tx, born: Born) -> None:
    runtimes.create(tx, born.runtime)
    kernels.create(tx, born.kernel)
