"""The live runtimes: the copy in memory, and the one place where their rows are changed.

Every change of a runtime is an event of the machine (`apply`) or a fact beside it (`amend`), made under the runtime's
lock and committed before it is announced. A runtime ends in this order, so that a crash in between is mended by doing it
again: link closed, kernels settled, row ended and notebooks let go (one transaction), announced. What is left of it on
the machine is removed by the reconcile loop.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import structlog

from noctule.errors import NotFound, Unavailable
from noctule.store import Store, Tx, kernels, runtimes
from noctule.store.rows import KernelRow, RuntimeRow
from noctule_agent.wire.link import CLOSE_FENCED
from noctule_agent.wire.ports import Clock
from noctule_agent.wire.state import RuntimeView
from noctule_agent.wire.values import Cause, KernelId, NotebookId, RuntimeId

from .announce import Announcer
from .facts import row_with, state_of
from .lifecycle import Ended, Event, Rejected, State, Step, step
from .ports import Overseer, Rooms
from .runtime import Runtime

log = structlog.get_logger()

RETRY_SECONDS = 1.0


class Roster:
    def __init__(self, store: Store, rooms: Rooms, announcer: Announcer, clock: Clock, overseer: Overseer) -> None:
        self._store = store
        self._rooms = rooms
        self._announcer = announcer
        self._clock = clock
        self._overseer = overseer
        self._live: dict[RuntimeId, Runtime] = {}
        self._by_notebook: dict[NotebookId, Runtime] = {}
        self._last: dict[NotebookId, RuntimeView] = {}
        self.changed = asyncio.Event()
        """Set whenever something happened that the reconcile loop may have to act on."""

    async def load(self) -> None:
        def read(tx: Tx) -> list[tuple[RuntimeRow, list[KernelRow], list[NotebookId]]]:
            return [
                (row, kernels.of_runtime(tx, row.id), runtimes.notebooks_of(tx, row.id))
                for row in runtimes.list_live(tx)
            ]

        for row, its_kernels, notebooks in await self._store.read(read):
            self.add(row, its_kernels, notebooks)

    def add(self, row: RuntimeRow, its_kernels: list[KernelRow], notebooks: list[NotebookId]) -> Runtime:
        """A row that was read or committed becomes a live runtime."""
        runtime = Runtime(row, state_of(row, self._clock.now()), its_kernels, notebooks)
        self._live[row.id] = runtime
        for notebook_id in notebooks:
            self._by_notebook[notebook_id] = runtime
        self.changed.set()
        return runtime

    def __iter__(self) -> Iterator[Runtime]:
        return iter(list(self._live.values()))

    def get(self, runtime_id: RuntimeId) -> Runtime | None:
        return self._live.get(runtime_id)

    def of_notebook(self, notebook_id: NotebookId) -> Runtime | None:
        return self._by_notebook.get(notebook_id)

    def view(self, notebook_id: NotebookId) -> RuntimeView | None:
        runtime = self._by_notebook.get(notebook_id)
        return runtime.view if runtime is not None else self._last.get(notebook_id)

    def attached(self, runtime: Runtime, notebook_id: NotebookId, kernel_id: KernelId) -> None:
        """Committed: this warm runtime and its kernel are the notebook's."""
        runtime.kernels[kernel_id] = notebook_id
        runtime.notebooks.add(notebook_id)
        self._by_notebook[notebook_id] = runtime
        self.changed.set()

    # --- changes ---

    async def apply(self, runtime: Runtime, event: Event, **changes: Any) -> Step | Rejected:
        """Take the step, commit it with the changes, announce. Nothing happens when the event is rejected."""
        async with runtime.lock:
            taken = step(runtime.state, event)
            if isinstance(taken, Rejected):
                return taken
            row = row_with(runtime.row, taken.state, **changes)
            if isinstance(taken.state, Ended):
                cause = taken.state.cause
                await self._settle(runtime, taken.state)
                await self._persist(lambda tx: self._end(tx, row, runtime, cause))
                self._let_go(runtime, row, taken.state)
            else:
                if row != runtime.row:
                    await self._store.write(lambda tx: runtimes.update(tx, row))
                self._enter(runtime, row, taken.state)
        return taken

    async def amend(self, runtime: Runtime, **changes: Any) -> None:
        """Change facts beside the machine: the handle, the lease."""
        async with runtime.lock:
            if isinstance(runtime.state, Ended):
                return
            row = row_with(runtime.row, runtime.state, **changes)
            await self._store.write(lambda tx: runtimes.update(tx, row))
            moved = row.handle != runtime.row.handle
            runtime.row = row
        if moved:
            self.changed.set()

    def show(self, runtime: Runtime) -> None:
        for notebook_id in runtime.notebooks:
            self._announcer.runtime_changed(notebook_id, runtime.view)

    def _enter(self, runtime: Runtime, row: RuntimeRow, state: State) -> None:
        seen = runtime.view
        if type(state) is not type(runtime.state) or state.since != runtime.state.since:
            runtime.entered = asyncio.get_running_loop().time()
        runtime.row, runtime.state = row, state
        if runtime.view != seen:
            log.info("runtime", id=row.id, state=type(state).__name__.lower(), cause=row.cause and row.cause.code)
            self.show(runtime)
        self.changed.set()

    # --- the end ---

    async def _settle(self, runtime: Runtime, end: Ended) -> None:
        if runtime.link is not None:
            await runtime.link.close(CLOSE_FENCED, "the runtime ended")
        for kernel_id, notebook_id in runtime.kernels.items():
            if notebook_id is not None:
                await self._announcer.flushed(notebook_id)
                await self._settle_kernel(notebook_id, kernel_id, end)

    async def _settle_kernel(self, notebook_id: NotebookId, kernel_id: KernelId, end: Ended) -> None:
        while True:
            try:
                await self._rooms.settle(notebook_id, kernel_id, end.cause)
            except NotFound:
                return
            except Unavailable as error:
                log.warning("not settled yet", notebook=notebook_id, error=str(error))
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    async def _persist(self, work: Callable[[Tx], None]) -> None:
        """An end is not forgotten because the disk is full at that moment."""
        while True:
            try:
                await self._store.write(work)
            except Unavailable as error:
                log.warning("the end of a runtime is not written yet", error=str(error))
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    def _end(self, tx: Tx, row: RuntimeRow, runtime: Runtime, cause: Cause) -> None:
        runtimes.update(tx, row)
        for kernel_id in runtime.kernels:
            # Its notebook may have been deleted, and the row with it.
            with contextlib.suppress(NotFound):
                kernels.retire(tx, kernel_id)
        for notebook_id in runtime.notebooks:
            runtimes.detach(tx, notebook_id)
        self._overseer.ends(tx, row.id, runtime.notebooks, cause)

    def _let_go(self, runtime: Runtime, row: RuntimeRow, state: State) -> None:
        self._enter(runtime, row, state)
        del self._live[row.id]
        for notebook_id in runtime.notebooks:
            del self._by_notebook[notebook_id]
            self._last[notebook_id] = runtime.view
        runtime.ended.set()
