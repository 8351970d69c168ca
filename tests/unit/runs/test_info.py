"""A run as a whole, from the executions of its cells."""

from datetime import UTC, datetime

import msgspec
import pytest

from noctule.runs.info import RunInfo, describe, run_state
from noctule_agent.wire.state import ExecutionState, ExecutionView
from noctule_agent.wire.values import BatchId, Cause, CellId, ExecutionId, Millis, NotebookId


@pytest.mark.parametrize(
    ("states", "whole"),
    [
        ([], "ok"),
        (["queued", "queued"], "queued"),
        (["ok", "queued"], "running"),
        (["running", "queued"], "running"),
        (["ok", "ok"], "ok"),
        (["ok", "error", "aborted"], "error"),
        (["ok", "lost", "aborted"], "lost"),
        (["ok", "aborted"], "aborted"),
        (["error", "running"], "running"),
    ],
)
def test_the_state_of_a_run_is_what_goes_on_or_the_worst_end(states: list[ExecutionState], whole: str) -> None:
    assert run_state((state, False) for state in states) == whole


def test_an_error_that_was_expected_is_not_the_runs() -> None:
    assert run_state([("ok", False), ("error", True), ("ok", False)]) == "ok"
    assert run_state([("error", True), ("error", False)]) == "error"


def execution(cell: str, state: ExecutionState, cause: Cause | None = None) -> ExecutionView:
    return ExecutionView(
        id=ExecutionId(f"e-{cell}"),
        cell_id=CellId(cell),
        batch_id=BatchId("b"),
        state=state,
        queued_at=Millis(1),
        started_at=Millis(1_500),
        finished_at=Millis(2_000),
        cause=cause,
    )


def test_a_run_tells_its_cells_in_order_and_the_cause_of_its_end() -> None:
    cause = Cause("kernel-died", "The kernel was killed.")
    run = describe(
        BatchId("b"),
        (NotebookId("n"), "a.ipynb"),
        Millis(1_000),
        [execution("c1", "ok"), execution("c2", "lost", cause), execution("c3", "aborted", Cause("x", "y"))],
    )
    assert (run.state, run.cause, run.name, run.final) == ("lost", cause, "a.ipynb", True)
    assert [(cell.id, cell.state) for cell in run.cells] == [("c1", "ok"), ("c2", "lost"), ("c3", "aborted")]
    assert run.created == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)


def test_times_are_rfc_3339_in_json_and_come_back() -> None:
    run = describe(BatchId("b"), (NotebookId("n"), "a"), Millis(1_000), [execution("c1", "ok")])
    text = msgspec.json.encode(run)
    assert b'"started":"1970-01-01T00:00:01.500000Z"' in text
    assert msgspec.json.decode(text, type=RunInfo) == run
