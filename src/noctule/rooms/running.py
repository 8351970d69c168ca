"""What people and programs ask of a notebook's kernel: run, cancel, interrupt, restart, answer. It may not know pages.

a run names cells, never code            the source is the document's at the moment it is asked
offered    an agent was, or may have been, sent it: only an agent can cancel it
unoffered  no agent was sent it: it is cancelled here
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import structlog

from noctule.errors import Conflict, Invalid, NotFound, Refused, Unavailable
from noctule.notebook.crdt import NotebookDoc
from noctule.rooms.committer import Change, Committer
from noctule.rooms.services import Services
from noctule.runs import reduce as reducers
from noctule.runs.messages import page_request
from noctule.runs.reduce import Rejected, Step
from noctule.runs.state import RunState
from noctule.store import Tx, executions, items, notebooks
from noctule.store.rows import BatchRow, QueuedExecution
from noctule_agent.wire import link
from noctule_agent.wire import page as wire
from noctule_agent.wire.limits import BATCH_EXECUTIONS
from noctule_agent.wire.state import ExecutionView
from noctule_agent.wire.values import BatchId, Cause, CellId, ExecutionId, ItemId, NotebookId, PromptId, UserId

log = structlog.get_logger()

KNOWN = "execution-known"
RETRY_SECONDS = 2.0


class Running:
    """See the module. `aside` starts work that nobody waits for."""

    def __init__(
        self,
        services: Services,
        notebook_id: NotebookId,
        document: NotebookDoc,
        committer: Committer,
        unoffered: Iterable[ExecutionId],
        aside: Callable[[Awaitable[Any]], None],
    ) -> None:
        self._services = services
        self._notebook_id = notebook_id
        self._document = document
        self._committer = committer
        self._unoffered = set(unoffered)
        self._offering = asyncio.Lock()
        """Held while it is decided, and committed, who may cancel what: never twice in one turn of the committer."""
        self._aside = aside

    # --- facts ----------------------------------------------------------------------------------------------------

    @property
    def spec_name(self) -> str:
        """The kernelspec that the notebook's metadata name; python3 when none."""
        spec = self._document.nb().get("metadata", {}).get("kernelspec")
        name = spec.get("name") if isinstance(spec, dict) else None
        return name if isinstance(name, str) and name else "python3"

    @property
    def unoffered(self) -> frozenset[ExecutionId]:
        """Executions that wait and that no agent was ever sent."""
        return frozenset(self._unoffered)

    @property
    def _reachable(self) -> bool:
        view = self._services.runtimes.view(self._notebook_id)
        return view is not None and view.state == "connected"

    @property
    def _has_kernel(self) -> bool:
        """An agent has been reached and holds, or may hold, something of this notebook."""
        view = self._services.runtimes.view(self._notebook_id)
        return view is not None and view.state in ("connected", "unreachable")

    # --- running --------------------------------------------------------------------------------------------------

    def run(
        self,
        batch_id: str,
        items: Iterable[wire.RunItem],
        user: UserId,
        origin: str,
        params: dict[str, Any] | None = None,
        *,
        allow_stdin: bool = True,
    ) -> Awaitable[None]:
        """Queue these cells with the source that the document has at this moment (not when it is awaited).

        `allow_stdin`: somebody will answer when they ask for input.
        """
        now = self._services.clock.now()
        row = BatchRow(
            id=BatchId(batch_id),
            notebook_id=self._notebook_id,
            by=user,
            origin=origin,
            created_at=now,
            params=params or {},
        )
        try:
            queued = self._plan(row, list(items), allow_stdin)
        except Refused as error:
            return _refused(error)
        return self._queue(row, queued)

    def _plan(self, batch: BatchRow, items: list[wire.RunItem], allow_stdin: bool) -> list[QueuedExecution]:
        if not items:
            raise Invalid("nothing-to-run", "No cell was named.", "Select a code cell and run it.")
        if len(items) > BATCH_EXECUTIONS:
            raise Invalid("batch-too-large", f"One run may have {BATCH_EXECUTIONS} cells.", "Run fewer at once.")
        offered = self._reachable
        return [self._planned(batch, item, offered, allow_stdin) for item in items]

    def _planned(self, batch: BatchRow, item: wire.RunItem, offered: bool, allow_stdin: bool) -> QueuedExecution:
        cell = self._document.cell(item.cell_id)
        if cell is None:
            raise NotFound("cell-not-found", f"There is no cell {item.cell_id}.", "It was deleted meanwhile.")
        if cell.type != "code":
            raise Invalid("cell-not-code", "Only code cells run.", "Change its type to code first.")
        view = ExecutionView(
            id=item.execution_id,
            cell_id=item.cell_id,
            batch_id=batch.id,
            state="queued",
            queued_at=batch.created_at,
            source_hash=hashlib.sha256(cell.source.encode()).hexdigest(),
            by=batch.by,
        )
        tags = cell.meta.get("tags")
        return QueuedExecution(
            view=view,
            source=cell.source,
            raises_exception=isinstance(tags, list) and "raises-exception" in tags,
            allow_stdin=allow_stdin,
            offered=offered,
        )

    async def _queue(self, batch: BatchRow, queued: list[QueuedExecution]) -> None:
        fresh: list[QueuedExecution] = []

        def reduce(state: RunState) -> Step | Rejected:
            fresh[:] = [item for item in queued if item.view.id not in state.executions]
            return reducers.queue(state, [item.view for item in fresh])

        def write(tx: Tx) -> None:
            if not fresh:
                return
            if executions.known(tx, [item.view.id for item in fresh]):
                raise Conflict(KNOWN, "These cells were queued before.", "Nothing more is needed.")
            if items.in_bin(tx, ItemId(self._notebook_id)):
                raise notebooks.in_bin(self._notebook_id)
            executions.queue(tx, self._notebook_id, batch, fresh)

        def then() -> None:
            # With the commit, not after the wait for it: whoever asked may be gone by then, and it runs all the same.
            self._unoffered.update(one.view.id for one in fresh if not one.offered)
            if fresh and fresh[0].offered:
                self._services.runtimes.deliver(self._notebook_id, batch.id, [one.item for one in fresh])
            elif fresh:
                self._aside(self.bring())

        try:
            await self._committer.change(Change(reduce, write, then))
        except Conflict as error:
            if error.code == KNOWN:
                return  # the same request came twice: the ids make it one
            raise

    async def bring(self) -> None:
        """A run without a runtime connects one of the notebook's type first and waits, visibly, in the queue.

        When the notebook may have none, what waits for it is cancelled, with the reason: not with its details, which are for who asked,
        and this is for all who see the notebook.
        """
        waiting = (one for one in self._committer.position.state.executions.values() if one.state == "queued")
        by = next((UserId(one.by) for one in waiting), None)
        try:
            await self._until_done(lambda: self.connect(by))
        except Conflict as error:
            await self._cancel_unoffered(None, Cause(error.code, error.title))
        else:
            await self.remind()

    async def remind(self) -> None:
        """Offer what no agent has accepted anew, if one is reached; else it is offered when one is."""
        await self._until_done(self._offer_if_reached)

    async def _offer_if_reached(self) -> None:
        if self._reachable:
            await self._offer(self._deliver)

    async def _until_done(self, work: Callable[[], Awaitable[None]]) -> None:
        """Tried until it succeeds: nobody asks a second time."""
        while True:
            try:
                await work()
            except Unavailable as error:
                log.warning("executions have no runtime yet", notebook=self._notebook_id, error=str(error))
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    async def outstanding(self) -> list[tuple[BatchId, list[link.QueuedItem]]]:
        """Executions that no agent has accepted, in order. They count as offered from now on."""
        found: list[tuple[BatchId, list[link.QueuedItem]]] = []
        await self._offer(found.extend)
        return found

    async def _offer(self, to: Callable[[list[tuple[BatchId, list[link.QueuedItem]]]], None]) -> None:
        """Give away what no agent has accepted, in the moment in which it is committed as offered."""
        found: list[tuple[BatchId, list[link.QueuedItem]]] = []

        def write(tx: Tx) -> None:
            found[:] = executions.unaccepted(tx, self._notebook_id)
            executions.offer(tx, [item.execution_id for _, items in found for item in items])

        def then() -> None:
            self._unoffered.difference_update(item.execution_id for _, items in found for item in items)
            to(found)

        await self._alone(Change(lambda state: Step(state=state, ops=[]), write, then))

    async def _alone(self, change: Change) -> None:
        """Commit it with `_offering` held: by the change and not by who asked, who may be gone before it is committed."""
        await self._offering.acquire()
        change.done.add_done_callback(lambda _: self._offering.release())
        await self._committer.change(change)

    def _deliver(self, batches: list[tuple[BatchId, list[link.QueuedItem]]]) -> None:
        for batch_id, queued in batches:
            self._services.runtimes.deliver(self._notebook_id, batch_id, queued)

    # --- stopping -------------------------------------------------------------------------------------------------

    async def cancel(self, execution_ids: list[ExecutionId] | None, user: UserId) -> None:
        """Take out of the queue what has not started: here if no agent was offered it, else by the agent."""
        await self._cancel_unoffered(execution_ids, _cancelled(user))
        if self._has_kernel:
            await self._services.runtimes.command(
                self._notebook_id,
                lambda id_, kernel: link.Cancel(id=id_, kernel_id=kernel, execution_ids=execution_ids),
            )

    async def _cancel_unoffered(self, execution_ids: list[ExecutionId] | None, cause: Cause) -> None:
        now = self._services.clock.now()
        cancelled: list[ExecutionId] = []

        def reduce(state: RunState) -> Step | Rejected:
            # Decided in the turn itself: what an agent was offered meanwhile is not ours to cancel.
            cancelled[:] = [id_ for id_ in self._unoffered if execution_ids is None or id_ in execution_ids]
            return reducers.cancel(state, cancelled, now, cause)

        # What was asked before is queued by then, and on its way to the agent: the agent is told after that.
        await self._committer.answered()
        if self._unoffered:
            await self._alone(Change(reduce, None, lambda: self._unoffered.difference_update(cancelled)))

    async def interrupt(self, user: UserId) -> None:
        await self._cancel_unoffered(None, _cancelled(user))
        if self._has_kernel:
            await self._services.runtimes.command(
                self._notebook_id, lambda id_, kernel: link.Interrupt(id=id_, kernel_id=kernel)
            )

    async def restart(self, user: UserId) -> None:
        await self._cancel_unoffered(None, _cancelled(user))
        await self._services.runtimes.command(
            self._notebook_id, lambda id_, kernel: link.RestartKernel(id=id_, kernel_id=kernel)
        )

    async def connect(self, user: UserId | None) -> None:
        """Raises Conflict when the notebook may have no runtime."""
        await self._services.runtimes.ensure(self._notebook_id, self.spec_name, user)

    async def disconnect(self, user: UserId) -> None:
        await self.end(Cause("stopped", f"{user} disconnected the runtime.", {"by": user}), _cancelled(user))

    async def end(self, cause: Cause, waiting: Cause | None = None) -> None:
        """The runtime goes, and what waits for it. `waiting`: why that is cancelled, if that is another reason."""
        await self._cancel_unoffered(None, waiting or cause)
        await self._services.runtimes.end(self._notebook_id, cause)

    def left(self) -> None:
        """The runtime has ended, its kernels settled before: what waits now was queued since, and needs another one."""
        if any(execution.state == "queued" for execution in self._committer.position.state.executions.values()):
            self._aside(self.bring())

    def settled(self, waiting: Iterable[ExecutionId]) -> None:
        """These do not wait any more."""
        self._unoffered.difference_update(waiting)

    # --- speaking -------------------------------------------------------------------------------------------------

    async def answer(self, prompt_id: PromptId, value: str, user: UserId) -> None:
        """The agent takes the first answer; only then is it shown as answered, and by whom."""
        prompt = self._committer.position.state.prompts.get(prompt_id)
        if prompt is None or prompt.state != "open":
            raise Conflict("prompt-closed", "This question was answered or is gone.", "Nothing more is needed.")
        await self._services.runtimes.command(
            self._notebook_id,
            lambda id_, kernel: link.Answer(id=id_, kernel_id=kernel, prompt_id=prompt_id, value=value),
        )
        try:
            await self._committer.change(Change(lambda state: reducers.answer_prompt(state, prompt_id, user)))
        except Conflict:
            return  # the journal told of it first

    async def clear_outputs(self, cell_ids: list[CellId] | None) -> None:
        await self._committer.change(Change(lambda state: reducers.clear_outputs(state, cell_ids)))

    async def comm(self, comm: wire.Comm) -> None:
        """A widget of a page speaks: kept as its state, then told to the kernel."""
        await self._committer.change(
            Change(lambda state: reducers.page_comm(state, comm.id, comm.msg_type, comm.content, comm.buffers))
        )
        msg_id = page_request(comm.id, self._shown_by(comm.cell_id))
        await self._services.runtimes.command(
            self._notebook_id,
            lambda id_, kernel: link.CommSend(
                id=id_,
                kernel_id=kernel,
                msg_type=comm.msg_type,
                content=comm.content,
                buffers=comm.buffers,
                msg_id=msg_id,
            ),
        )

    def _shown_by(self, cell_id: CellId | None) -> ExecutionId | None:
        facts = None if cell_id is None else self._committer.position.state.cells.get(cell_id)
        return facts.shown[-1] if facts is not None and facts.shown else None


def _cancelled(user: UserId) -> Cause:
    return Cause("cancelled", f"Cancelled by {user} before it started.")


async def _refused(error: Refused) -> None:
    raise error
