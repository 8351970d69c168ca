"""How runs stand that somebody did not see end, on both databases."""

import msgspec

from noctule.store import Store, Tx, executions, items, notebooks, outcomes, runs
from noctule.store.outcomes import Outcome
from noctule_agent.wire.state import ErrorOutput, ExecutionState, OutputPut
from noctule_agent.wire.values import Cause, CellId, ExecutionId, ItemId, Millis, NotebookId, OutputId
from tests.support.notebook_rows import OWNER, add_notebook
from tests.unit.store.builders import batch, execution, queued

LEFT, NOW = Millis(1000), Millis(9000)


def ran(tx: Tx, name: str, *ends: tuple[ExecutionState, int | None], cause: Cause | None = None) -> NotebookId:
    """A notebook whose last run had cells that ended so, then."""
    notebook = add_notebook(tx, name)
    cells = [queued(f"{name}-{at}", f"c{at}", batch=name) for at in range(len(ends))]
    row = msgspec.structs.replace(batch(name), notebook_id=notebook)
    executions.queue(tx, notebook, row, cells)
    for cell, (state, at) in zip(cells, ends, strict=True):
        view = execution(cell.view.id, cell.view.cell_id, state, batch=name)
        done = msgspec.structs.replace(view, finished_at=None if at is None else Millis(at), cause=cause)
        executions.put(tx, notebook, done)
    notebooks.touch(tx, notebook, Millis(max((at or 0 for _, at in ends), default=0)))
    return notebook


async def since(store: Store) -> dict[str, Outcome]:
    found = await store.read(lambda tx: outcomes.since(tx, OWNER, LEFT, NOW, 9))
    return {row.id: outcome for row, outcome in found}


async def test_runs_that_ended_since_and_those_that_go_on_are_told_with_how_they_stand(store: Store) -> None:
    def fill(tx: Tx) -> None:
        ran(tx, "done", ("ok", 1500), ("ok", 2000))
        ran(tx, "before", ("ok", 900))
        ran(tx, "going", ("ok", 500), ("running", None))
        ran(tx, "waiting", ("queued", None))
        ran(tx, "lost", ("lost", 3000), cause=Cause("runtime-lost", "It is gone."))
        failed = ran(tx, "failed", ("ok", 1500), ("error", 4000), ("aborted", 4000))
        error = ErrorOutput(OutputId("o"), "ValueError", "no", [])
        runs.apply(tx, failed, 0, [OutputPut(CellId("c1"), ExecutionId("failed-1"), error)])
        ran(tx, "binned", ("ok", 2000))
        items.change(tx, ItemId("binned"), binned_at=NOW)
        add_notebook(tx, "never")

    await store.write(fill)
    assert await since(store) == {
        "going": Outcome("running", None, None),
        "waiting": Outcome("queued", None, None),
        "failed": Outcome("error", Millis(4000), "ValueError"),
        "lost": Outcome("lost", Millis(3000), "runtime-lost"),
        "done": Outcome("ok", Millis(2000), None),
    }
    assert list(await since(store))[2:] == ["failed", "lost", "done"]


async def test_an_error_without_an_output_is_told_without_a_name(store: Store) -> None:
    await store.write(lambda tx: ran(tx, "bare", ("error", 2000)))
    assert await since(store) == {"bare": Outcome("error", Millis(2000), None)}
