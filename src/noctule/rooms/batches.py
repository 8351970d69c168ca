"""Runs as programs and the command line see them: a batch and its executions, from the rows. It may not know HTTP."""

from typing import Any

from noctule.errors import Invalid, NotFound
from noctule.notebook.cells import CellView
from noctule.rooms.rooms import Rooms
from noctule.rooms.services import Services
from noctule.runs.info import RunInfo, describe
from noctule.store import Tx, batches, executions, history, notebooks
from noctule.store.items import Keep
from noctule.store.rows import BatchRow, ExecutedPage
from noctule_agent.wire.limits import HISTORY_BYTES
from noctule_agent.wire.page import RunItem
from noctule_agent.wire.values import BatchId, CellId, ExecutionId, ItemId, NotebookId, UserId

LATEST = 100
SKIP_TAG = "skip-execution"
"""A cell with this tag is left out of a run of the whole notebook, as nbclient leaves it out."""


class Batches:
    """Starts runs for programs, and tells how they stand."""

    def __init__(self, services: Services, rooms: Rooms) -> None:
        self._services = services
        self._rooms = rooms

    async def start(
        self,
        notebook_id: NotebookId,
        cell_ids: list[CellId] | None,
        user: UserId,
        batch_id: str | None,
        params: dict[str, Any],
        *,
        allow_stdin: bool = True,
    ) -> BatchId:
        """Queue these cells; when None, all code cells in order but for empty and skipped ones, which stay as they are.

        Returns when that is durable.
        """
        room = await self._rooms.open(notebook_id)
        if cell_ids is None:
            cell_ids = [cell.id for cell in room.document.cells() if _runs(cell)]
        if not cell_ids:
            raise Invalid("nothing-to-run", "The notebook has no code to run.", "Write some and run again.")
        ids = self._services.ids
        started = BatchId(batch_id or ids.new())
        items = [RunItem(execution_id=ExecutionId(ids.new()), cell_id=cell_id) for cell_id in cell_ids]
        await room.running.run(started, items, user, "program", params, allow_stdin=allow_stdin)
        return started

    async def latest(self) -> list[RunInfo]:
        """Of all notebooks."""
        return await self._services.store.read(
            lambda tx: [self._run(tx, batch) for batch in batches.list_all(tx, LATEST)]
        )

    async def latest_of(self, who: UserId, keep: Keep) -> list[RunInfo]:
        """Of somebody's own notebooks, whoever ran them; and what they ran themselves in those of others that `keep` keeps."""

        def read(tx: Tx) -> list[RunInfo]:
            elsewhere = keep(tx, [ItemId(each) for each in batches.elsewhere(tx, who)])
            found = batches.list_of(tx, LATEST, who, [NotebookId(each) for each in elsewhere])
            return [self._run(tx, batch) for batch in found]

        return await self._services.store.read(read)

    async def executed(self, notebook_id: NotebookId, before: int | None, most: int) -> ExecutedPage:
        """What code of a notebook was run, the latest first. Raises NotFound."""

        def read(tx: Tx) -> ExecutedPage:
            if notebooks.get(tx, notebook_id) is None:
                raise NotFound("notebook-not-found", "There is no such notebook.", "It may have been deleted.")
            return history.executed(tx, notebook_id, before, most, HISTORY_BYTES)

        return await self._services.store.read(read)

    async def get(self, batch_id: BatchId) -> RunInfo | None:
        def read(tx: Tx) -> RunInfo | None:
            batch = batches.get(tx, batch_id)
            return None if batch is None else self._run(tx, batch)

        return await self._services.store.read(read)

    @staticmethod
    def _run(tx: Tx, batch: BatchRow) -> RunInfo:
        notebook = notebooks.get(tx, batch.notebook_id)
        name = notebook.name if notebook is not None else ""
        return describe(
            batch.id,
            (batch.notebook_id, name),
            batch.created_at,
            executions.of_batch(tx, batch.id),
            executions.expected_to_fail(tx, batch.id),
        )


def _runs(cell: CellView) -> bool:
    tags = cell.meta.get("tags")
    return cell.type == "code" and bool(cell.source.strip()) and not (isinstance(tags, list) and SKIP_TAG in tags)
