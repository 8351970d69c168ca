"""Runs as programs see them: one run is one batch."""

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from noctule.app import Core
from noctule.errors import NotFound
from noctule.http.context import AppRequest, TheCore, principal_of, user_of
from noctule.http.notebooks import moment
from noctule.runs.info import RunInfo
from noctule.store.rows import Executed
from noctule_agent.wire.limits import HISTORY_EXECUTIONS
from noctule_agent.wire.state import ExecutionState
from noctule_agent.wire.values import BatchId, CellId, NotebookId

MAX_ORD: Final = 2**62


class NewRun(msgspec.Struct):
    """`cell_ids` None: all code cells, from the top. `id` makes the request idempotent.

    `allow_stdin` False: a cell that asks for input fails at once, in place of waiting for an answer.
    """

    cell_ids: list[str] | None = None
    id: str | None = None
    params: dict[str, Any] = {}
    allow_stdin: bool = True


class ExecutedInfo(msgspec.Struct):
    """One version of code that was run. `kernel_epoch` counts the starts of the notebook's kernels."""

    id: str
    cell_id: str
    source: str
    state: ExecutionState
    by: str
    queued: datetime
    started: datetime | None
    finished: datetime | None
    execution_count: int | None
    kernel_epoch: int | None


class ExecutedList(msgspec.Struct):
    """The latest first. `before` is what asks for the rest; null when there is none."""

    executions: list[ExecutedInfo]
    before: int | None


class RunList(msgspec.Struct):
    runs: list[RunInfo]


def executed_info(executed: Executed) -> ExecutedInfo:
    view = executed.view
    return ExecutedInfo(
        id=view.id,
        cell_id=view.cell_id,
        source=executed.source,
        state=view.state,
        by=view.by,
        queued=moment(view.queued_at),
        started=None if view.started_at is None else moment(view.started_at),
        finished=None if view.finished_at is None else moment(view.finished_at),
        execution_count=view.execution_count,
        kernel_epoch=view.epoch,
    )


class Runs(Controller):
    path = "/api/v1"
    tags = ("runs",)

    @post("/notebooks/{notebook_id:str}/runs", status_code=202, summary="Run cells; all code cells when none is named")
    async def start(
        self, core: TheCore, request: AppRequest, notebook_id: FromPath[str], data: JSONBody[NewRun]
    ) -> RunInfo:
        cells = None if data.cell_ids is None else [CellId(id_) for id_ in data.cell_ids]
        batch_id = await core.runs.start(
            NotebookId(notebook_id), cells, user_of(request), data.id, data.params, allow_stdin=data.allow_stdin
        )
        # The id was the client's to choose: it may be that of a run elsewhere, which is not this one's to be told.
        await core.accounts.roles.of_run(principal_of(request), batch_id)
        return await self._one(core, batch_id)

    @get("/notebooks/{notebook_id:str}/executions", summary="Every version of code that was run, the latest first")
    async def executed(
        self,
        core: TheCore,
        notebook_id: FromPath[str],
        before: Annotated[int | None, QueryParameter(ge=1, le=MAX_ORD)] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=HISTORY_EXECUTIONS)] = HISTORY_EXECUTIONS,
    ) -> ExecutedList:
        page = await core.runs.executed(NotebookId(notebook_id), before, limit)
        return ExecutedList([executed_info(each) for each in page.executions], page.before)

    @get("/runs", summary="The latest runs of one's own notebooks, and one's own runs in those of others")
    async def all(self, core: TheCore, request: AppRequest) -> RunList:
        roles = core.accounts.roles
        who = roles.listed(principal_of(request))
        return RunList(await (core.runs.latest() if who is None else core.runs.latest_of(who, roles.kept(who))))

    @get("/runs/{run_id:str}", summary="One run, cell by cell")
    async def one(self, core: TheCore, run_id: FromPath[str]) -> RunInfo:
        return await self._one(core, BatchId(run_id))

    async def _one(self, core: Core, run_id: BatchId) -> RunInfo:
        found = await core.runs.get(run_id)
        if found is None:
            raise NotFound("run-not-found", "There is no such run.", "`noctule runs list` shows those that there are.")
        return found
