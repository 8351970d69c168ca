"""Who may cancel what: a cell runs, or it was cancelled; never both, whatever is asked at the same moment."""

import asyncio

import pytest

from noctule.errors import Conflict
from noctule.notebook.ops import SetSource
from noctule.rooms.room import Room
from noctule.store import Tx, executions
from noctule_agent.wire import link
from noctule_agent.wire import page as wire
from noctule_agent.wire.link import QueuedItem
from noctule_agent.wire.state import RuntimeView
from noctule_agent.wire.values import BatchId, Cause, CellId, CommandId, ExecutionId, Millis, NotebookId, RuntimeId
from tests.support.notebooks import ipynb
from tests.support.rooms import USER, RawPage, RoomsWorld

RUN = wire.Run(
    id=CommandId("run"),
    batch_id=BatchId("batch"),
    executions=[wire.RunItem(execution_id=ExecutionId("one"), cell_id=CellId("cell-0"))],
)
CANCEL = wire.CancelRun(id=CommandId("cancel"))


@pytest.fixture
async def notebook(rooms_world: RoomsWorld) -> NotebookId:
    return (await rooms_world.library.create("n.ipynb", USER, ipynb("a = 1"))).id


async def done(page: RawPage, command_id: str) -> None:
    while (await page.next(wire.Done)).id != command_id:
        pass


async def waiting(world: RoomsWorld, notebook: NotebookId) -> Room:
    """The room, with a run that no agent was offered."""
    page = world.dial(notebook)
    await page.open()
    await page.send(RUN)
    await done(page, "run")
    return await world.rooms.open(notebook)


async def state(world: RoomsWorld) -> str:
    def read(tx: Tx) -> str:
        [view] = executions.of_batch(tx, RUN.batch_id)
        return view.state

    return await world.store.read(read)


async def test_a_cancel_right_after_a_run_reaches_the_agent_after_it(
    rooms_world: RoomsWorld, notebook: NotebookId
) -> None:
    rooms_world.runtimes.connected = True
    page = rooms_world.dial(notebook)
    await page.open()
    await page.send(RUN)
    await page.send(CANCEL)
    await done(page, "cancel")
    run, cancel = rooms_world.runtimes.told
    assert isinstance(run, QueuedItem)
    assert isinstance(cancel, link.Cancel)


@pytest.mark.parametrize("steps", range(-3, 4))
async def test_what_is_offered_in_the_moment_of_a_cancel_is_either_offered_or_cancelled(
    rooms_world: RoomsWorld, notebook: NotebookId, steps: int
) -> None:
    """`steps` of the event loop are between the two, so that for some they fall into one turn of the committer."""
    room = await waiting(rooms_world, notebook)
    offered: list[object] = []

    async def cancel() -> None:
        for _ in range(-steps):
            await asyncio.sleep(0)
        await room.running.cancel(None, USER)

    async def offer() -> None:
        for _ in range(steps):
            await asyncio.sleep(0)
        offered.extend(await room.running.outstanding())

    await asyncio.gather(cancel(), offer())
    assert await state(rooms_world) == ("queued" if offered else "aborted")


async def test_cancelled_here_is_never_offered(rooms_world: RoomsWorld, notebook: NotebookId) -> None:
    page = rooms_world.dial(notebook)
    await page.open()
    await page.send(RUN)
    await page.send(CANCEL)
    await done(page, "cancel")
    assert await state(rooms_world) == "aborted"
    assert await rooms_world.rooms.outstanding(notebook) == []


@pytest.mark.parametrize("steps", range(12))
async def test_who_stops_a_run_and_leaves_at_once_has_not_both_stopped_and_offered_it(
    rooms_world: RoomsWorld, notebook: NotebookId, steps: int
) -> None:
    room = await waiting(rooms_world, notebook)
    # An edit is being committed, so that what is asked now waits for the next turn.
    edited = room.edit([SetSource(CellId("cell-0"), "a = 2")], "you", lambda tx: None)
    await asyncio.sleep(0)
    cancelling = asyncio.create_task(room.running.cancel(None, USER))
    await asyncio.sleep(0)
    offering = asyncio.create_task(room.running.outstanding())
    for _ in range(steps):
        await asyncio.sleep(0)
    cancelling.cancel()
    offered = await offering
    await asyncio.gather(edited, cancelling, return_exceptions=True)
    assert await state(rooms_world) == ("queued" if offered else "aborted")


async def test_what_was_queued_while_its_runtime_ended_gets_another_one(
    rooms_world: RoomsWorld, notebook: NotebookId
) -> None:
    """The kernel is settled, the row is not yet written: the runtime counts as there, and takes nothing any more."""
    room = await waiting(rooms_world, notebook)
    runtimes = rooms_world.runtimes
    while not runtimes.ensured:
        await asyncio.sleep(0)
    assert await state(rooms_world) == "queued"
    asked = len(runtimes.ensured)
    runtimes.connected = True
    cause = Cause("launcher-failed", "It could not be drained.")
    await room.following.runtime_changed(
        RuntimeView(id=RuntimeId("old"), state="ended", launcher="fake", since=Millis(0), cause=cause)
    )
    while len(runtimes.ensured) == asked or not runtimes.delivered:
        await asyncio.sleep(0)
    assert [item.execution_id for item in runtimes.delivered] == ["one"]


async def test_the_end_of_a_runtime_that_nothing_waits_for_brings_no_other(
    rooms_world: RoomsWorld, notebook: NotebookId
) -> None:
    room = await rooms_world.rooms.open(notebook)
    await room.following.runtime_changed(
        RuntimeView(id=RuntimeId("old"), state="ended", launcher="fake", since=Millis(0))
    )
    assert rooms_world.runtimes.ensured == []


@pytest.mark.parametrize("steps", range(15))
async def test_a_room_that_is_asked_for_while_it_closes_is_opened_anew(
    rooms_world: RoomsWorld, notebook: NotebookId, steps: int
) -> None:
    room = await rooms_world.rooms.open(notebook)
    closing = asyncio.create_task(rooms_world.rooms.close_room(notebook))
    for _ in range(steps):
        await asyncio.sleep(0)
    again = await rooms_world.rooms.open(notebook)
    await closing
    if again is not room:
        assert await again.running.outstanding() == []


async def test_what_gets_no_runtime_is_cancelled_with_the_reason_and_no_more(
    rooms_world: RoomsWorld, notebook: NotebookId
) -> None:
    rooms_world.runtimes.refusal = Conflict("runtimes-reached", "No more.", "Those of secret.ipynb are alive.")
    room = await waiting(rooms_world, notebook)
    while room.active:
        await asyncio.sleep(0)

    def read(tx: Tx) -> Cause | None:
        [view] = executions.of_batch(tx, RUN.batch_id)
        return view.cause

    assert await rooms_world.store.read(read) == Cause("runtimes-reached", "No more.")


async def test_who_connects_is_told_why_there_is_no_runtime(rooms_world: RoomsWorld, notebook: NotebookId) -> None:
    rooms_world.runtimes.refusal = Conflict("runtimes-reached", "No more.", "Those of mine.ipynb are alive.")
    page = rooms_world.dial(notebook)
    await page.open()
    await page.send(wire.Connect(id=CommandId("connect")))
    assert (await page.next(wire.Failed)).problem.detail == "Those of mine.ipynb are alive."
