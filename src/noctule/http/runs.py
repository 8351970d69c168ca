"""Runs as programs see them: one run is one batch."""

from typing import Any

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody

from noctule.app import Core
from noctule.errors import NotFound
from noctule.http.context import AppRequest, TheCore, user_of
from noctule.runs.info import RunInfo
from noctule_agent.wire.values import BatchId, CellId, NotebookId


class NewRun(msgspec.Struct):
    """`cell_ids` None: all code cells, from the top. `id` makes the request idempotent.

    `allow_stdin` False: a cell that asks for input fails at once, in place of waiting for an answer.
    """

    cell_ids: list[str] | None = None
    id: str | None = None
    params: dict[str, Any] = {}
    allow_stdin: bool = True


class RunList(msgspec.Struct):
    runs: list[RunInfo]


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
        return await self._one(core, batch_id)

    @get("/runs", summary="The latest runs")
    async def all(self, core: TheCore) -> RunList:
        return RunList(await core.runs.latest())

    @get("/runs/{run_id:str}", summary="One run, cell by cell")
    async def one(self, core: TheCore, run_id: FromPath[str]) -> RunInfo:
        return await self._one(core, BatchId(run_id))

    async def _one(self, core: Core, run_id: BatchId) -> RunInfo:
        found = await core.runs.get(run_id)
        if found is None:
            raise NotFound("run-not-found", "There is no such run.", "`noctule runs list` shows those that there are.")
        return found
