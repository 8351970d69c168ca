"""Executions are queued with their source, offered, accepted, and found again; batches list them."""

import pytest
from sqlalchemy.exc import IntegrityError

from noctule.store import Store, batches, executions, notebooks, runs
from noctule.store.rows import BatchRow, QueuedExecution
from noctule_agent.wire.link import QueuedItem
from noctule_agent.wire.state import ExecutionPut
from noctule_agent.wire.values import BatchId, CellId, ExecutionId, Millis, NotebookId
from tests.support.notebook_rows import OWNER
from tests.unit.store.builders import NB, batch, execution, queued

pytestmark = pytest.mark.usefixtures("notebook")


async def queue(store: Store, row: BatchRow, *items: QueuedExecution) -> None:
    await store.write(lambda tx: executions.queue(tx, NB, row, list(items)))


async def test_what_was_queued_is_offered_again_in_order_with_its_source(store: Store) -> None:
    source = "print('\x00𝄞')"
    await queue(store, batch("b1"), queued("z", source=source), queued("a", "c2", batch="b1"))
    risky = QueuedExecution(execution("m", "c3", batch="b2"), "1/0", raises_exception=True)
    await queue(store, batch("b2"), risky)
    waiting = await store.read(lambda tx: executions.unaccepted(tx, NB))
    assert waiting == [
        (
            BatchId("b1"),
            [
                QueuedItem(ExecutionId("z"), CellId("c1"), source),
                QueuedItem(ExecutionId("a"), CellId("c2"), ""),
            ],
        ),
        (BatchId("b2"), [QueuedItem(ExecutionId("m"), CellId("c3"), "1/0", True)]),
    ]
    assert risky.item == waiting[1][1][0]
    assert await store.read(lambda tx: executions.source(tx, ExecutionId("z"))) == source
    assert await store.read(lambda tx: executions.expected_to_fail(tx, BatchId("b2"))) == {"c3"}


async def test_what_an_agent_accepted_or_what_has_ended_is_not_offered_again(store: Store) -> None:
    names = ["x1", "x2", "x3"]
    await queue(store, batch(), *(queued(name) for name in names))
    await store.write(lambda tx: executions.accepted(tx, [ExecutionId("x1")]))
    await store.write(lambda tx: runs.apply(tx, NB, 0, [ExecutionPut(execution("x2", state="aborted"))]))
    waiting = await store.read(lambda tx: executions.unaccepted(tx, NB))
    assert [[item.execution_id for item in items] for _, items in waiting] == [["x3"]]


async def test_only_what_no_agent_was_told_is_unoffered(store: Store) -> None:
    await queue(store, batch(), queued("x1", offered=True), queued("x2"), queued("x3"), queued("x4"))
    await store.write(lambda tx: executions.offer(tx, [ExecutionId("x2")]))
    await store.write(lambda tx: executions.accepted(tx, [ExecutionId("x3")]))
    assert await store.read(lambda tx: executions.unoffered(tx, NB)) == ["x4"]


async def test_an_execution_id_exists_once_in_all_notebooks(store: Store) -> None:
    await queue(store, batch(), queued("x1"))
    ids = [ExecutionId(f"x{number}") for number in range(1_200)]
    assert await store.read(lambda tx: executions.known(tx, ids)) == {"x1"}
    with pytest.raises(IntegrityError):
        await queue(store, batch("b2"), queued("x1"))
    assert await store.read(lambda tx: batches.get(tx, BatchId("b2"))) is None


async def test_a_large_batch_is_queued_and_accepted(store: Store) -> None:
    names = [ExecutionId(f"x{number}") for number in range(1_500)]
    await queue(store, batch(), *(queued(name, f"c{number % 700}") for number, name in enumerate(names)))
    await store.write(lambda tx: executions.accepted(tx, names[:1_400]))
    [(_, items)] = await store.read(lambda tx: executions.unaccepted(tx, NB))
    assert [item.execution_id for item in items] == names[1_400:]
    listed = await store.read(lambda tx: executions.of_batch(tx, BatchId("b1")))
    assert [view.id for view in listed] == names
    latest = (await store.read(lambda tx: runs.snapshot(tx, NB, [], 0))).executions
    assert len(latest) == 1_500


async def test_notebooks_with_something_unfinished_are_marked(store: Store) -> None:
    await queue(store, batch(), queued("x1"))
    assert await store.read(executions.unfinished_notebooks) == [NB]
    assert [row.running for row in await store.read(lambda tx: notebooks.list_all(tx, OWNER))] == [True]
    await store.write(lambda tx: runs.apply(tx, NB, 0, [ExecutionPut(execution("x1", state="lost"))]))
    assert await store.read(executions.unfinished_notebooks) == []
    assert [row.running for row in await store.read(lambda tx: notebooks.list_all(tx, OWNER))] == [False]


async def test_batches_are_listed_the_newest_first(store: Store) -> None:
    rows = [
        BatchRow(BatchId(f"b{at}"), NotebookId(NB), "ada", "cli", Millis(at), {"lr": [0.1, None], "n": "\x00"})
        for at in range(5)
    ]
    for row in rows:
        await queue(store, row)
    assert await store.read(lambda tx: batches.list_all(tx, 2)) == [rows[4], rows[3]]
    assert await store.read(lambda tx: batches.get(tx, BatchId("b0"))) == rows[0]
    assert await store.read(lambda tx: batches.get(tx, BatchId("no"))) is None
