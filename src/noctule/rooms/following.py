"""What an agent's journal says of a notebook, applied exactly once. It may not know the link.

Record `cursor + 1` and no other is applied, in the transaction that moves the cursor.
"""

from collections.abc import Mapping

from noctule.errors import Conflict
from noctule.rooms.committer import Change, Committer
from noctule.rooms.running import Running
from noctule.rooms.services import Services
from noctule.runs import reduce as reducers
from noctule.runs.coalesce import Coalescing
from noctule.runs.reduce import Step
from noctule.runs.state import RunState
from noctule.runtimes.ports import KernelBatch
from noctule.store import Tx, executions, kernels
from noctule_agent.wire import link
from noctule_agent.wire.state import KernelPut, KernelView, RuntimePut, RuntimeView
from noctule_agent.wire.values import Cause, KernelId, OutputId


class Following:
    """See the module. Calls for one kernel come one at a time."""

    def __init__(
        self, services: Services, committer: Committer, running: Running, cursors: Mapping[KernelId, int]
    ) -> None:
        self._services = services
        self._committer = committer
        self._running = running
        self._cursors = dict(cursors)

    async def ingest(self, batch: KernelBatch) -> int:
        """Returns the committed cursor. Records that were applied before are skipped."""
        cursor = self._cursors.get(batch.kernel_id, 0)
        if batch.last_seq <= cursor:
            return cursor
        if batch.first_seq > cursor + 1:
            raise Conflict("journal-gap", f"Record {cursor + 1} is missing.", "The agent sends from the cursor on.")
        records = batch.records[cursor + 1 - batch.first_seq :]
        accepted = [id_ for record in records if isinstance(record, link.BatchAccepted) for id_ in record.execution_ids]

        def write(tx: Tx) -> None:
            kernels.advance(tx, batch.kernel_id, cursor, batch.last_seq)
            if accepted:
                executions.accepted(tx, accepted)

        def then() -> None:
            self._cursors[batch.kernel_id] = batch.last_seq

        await self._committer.change(Change(lambda state: self._reduce(state, records), write, then))
        return batch.last_seq

    def _reduce(self, state: RunState, records: list[link.Record]) -> Step:
        # At once: what many records say of one widget would else be held as often.
        ops = Coalescing()
        for record in records:
            step = reducers.reduce(state, record, self._new_output_id)
            state = step.state
            ops.extend(step.ops)
        return Step(state=state, ops=ops.result())

    def _new_output_id(self) -> OutputId:
        return OutputId(self._services.ids.new())

    async def kernel_bound(self, kernel: KernelView) -> None:
        """A kernel is this notebook's from now on; its stream is followed from its cursor."""

        def read(tx: Tx) -> int:
            row = kernels.get(tx, kernel.id)
            return row.cursor if row is not None else 0

        self._cursors[kernel.id] = await self._services.store.read(read)
        await self._committer.change(Change(lambda state: reducers.show(state, KernelPut(kernel))))

    async def runtime_changed(self, view: RuntimeView) -> None:
        await self._committer.change(Change(lambda state: reducers.show(state, RuntimePut(view))))
        if view.state == "ended":
            self._running.left()

    async def settle(self, kernel_id: KernelId | None, cause: Cause) -> None:
        """The kernel is gone for good and its journal says nothing more. None: there never was one."""
        now = self._services.clock.now()
        waiting = self._running.unoffered

        def reduce(state: RunState) -> Step:
            if kernel_id is not None and state.kernel is not None and state.kernel.id != kernel_id:
                return Step(state=state, ops=[])
            return reducers.settle(state, cause, now, waiting)

        await self._committer.change(Change(reduce, None, lambda: self._running.settled(waiting)))
