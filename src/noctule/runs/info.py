"""A run as people and programs see it: the state of the whole, and of each of its cells. Pure.

A run is a batch: what one press of Run, one `noctule run` or one request asked for. The JSON of the command line and of
HTTP is the encoding of a RunInfo.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

from noctule_agent.wire.state import FINAL_STATES, ExecutionState, ExecutionView
from noctule_agent.wire.values import BatchId, Cause, CellId, Millis, NotebookId

RunState = Literal["queued", "running", "ok", "error", "aborted", "lost"]

WORST_FIRST: Final[tuple[RunState, ...]] = ("lost", "error", "aborted")


class CellRun(msgspec.Struct, frozen=True):
    """One cell of a run. `id` is the cell's."""

    id: CellId
    state: ExecutionState
    started: datetime | None = None
    finished: datetime | None = None
    execution_count: int | None = None
    cause: Cause | None = None


class RunInfo(msgspec.Struct, frozen=True):
    """`notebook` is an id, `name` the notebook's name. Times are RFC 3339 in JSON."""

    id: BatchId
    notebook: NotebookId
    name: str
    state: RunState
    cause: Cause | None
    created: datetime
    cells: list[CellRun] = []

    @property
    def final(self) -> bool:
        return self.state in FINAL_STATES


def describe(
    run_id: BatchId,
    notebook: tuple[NotebookId, str],
    created: Millis,
    executions: Sequence[ExecutionView],
    expected_to_fail: frozenset[CellId] = frozenset(),
) -> RunInfo:
    """A run from its executions in their order. `notebook` is (id, name).

    `expected_to_fail`: cells tagged `raises-exception`, whose error is not the run's.
    """
    state = run_state((each.state, each.cell_id in expected_to_fail) for each in executions)
    return RunInfo(
        id=run_id,
        notebook=notebook[0],
        name=notebook[1],
        state=state,
        cause=next((each.cause for each in executions if each.state == state and each.cause is not None), None),
        created=moment(created),
        cells=[_cell(each) for each in executions],
    )


def run_state(cells: Iterable[tuple[ExecutionState, bool]]) -> RunState:
    """The state of the whole, from (state, may fail) of each cell: what goes on first, then the worst end."""
    states: set[RunState] = {"ok" if state == "error" and may_fail else state for state, may_fail in cells}
    if not states <= FINAL_STATES:
        return "queued" if states == {"queued"} else "running"
    return next((state for state in WORST_FIRST if state in states), "ok")


def moment(at: Millis) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def _cell(execution: ExecutionView) -> CellRun:
    return CellRun(
        id=execution.cell_id,
        state=execution.state,
        started=None if execution.started_at is None else moment(execution.started_at),
        finished=None if execution.finished_at is None else moment(execution.finished_at),
        execution_count=execution.execution_count,
        cause=execution.cause,
    )
