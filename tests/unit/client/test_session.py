"""A page in Python against a scripted server: what it sends first, what it sends again, and what it never does twice."""

import asyncio
from itertools import pairwise
from typing import Any, TypeVar

import msgspec
import pytest

from noctule.client.connection import Ended, Live, Waiting
from noctule.client.session import PageSession
from noctule.errors import Conflict, NotFound, Refused, Unavailable
from noctule.notebook.crdt import NotebookDoc
from noctule.notebook.nbformat_io import parse
from noctule.notebook.ops import SetSource
from noctule_agent.wire import page as wire
from noctule_agent.wire.ports import Channel, ChannelClosed
from noctule_agent.wire.state import (
    CellOutputs,
    CellShows,
    ErrorOutput,
    ExecutionPut,
    ExecutionState,
    ExecutionView,
    OutputPut,
    RunSnapshot,
)
from noctule_agent.wire.values import BatchId, CellId, CommandId, Epoch, ExecutionId, Millis, OutputId, Problem
from tests.support.channels import MemoryChannel, memory_channel_pair
from tests.support.virtual_time import CountingIds, virtual_time

T = TypeVar("T")
CELL = CellId("c1")
FILE = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {},
    "cells": [{"cell_type": "code", "id": "c1", "metadata": {}, "source": "1", "outputs": [], "execution_count": None}],
}


class Server:
    """The other end: the test reads frames from it and writes them. `doc` is the document it has."""

    def __init__(self) -> None:
        self.doc = NotebookDoc.create(parse(msgspec.json.encode(FILE), CountingIds().new))
        self.epoch = Epoch("e1")
        self.failures: list[Exception] = []
        self.dials = 0
        self._waiting: asyncio.Queue[MemoryChannel] = asyncio.Queue()
        self.channel: MemoryChannel

    async def dial(self) -> Channel:
        self.dials += 1
        if self.failures:
            raise self.failures.pop(0)
        ours, theirs = memory_channel_pair()
        self._waiting.put_nowait(theirs)
        return ours

    async def take(self, kind: type[T]) -> T:
        frame = msgspec.msgpack.decode(await self.channel.receive(), type=wire.FromPage)
        assert isinstance(frame, kind), frame
        return frame

    async def say(self, *frames: wire.ToPage) -> None:
        for frame in frames:
            await self.channel.send(msgspec.msgpack.encode(frame))

    async def opened(self) -> wire.Open:
        """The first frame of the next connection."""
        self.channel = await self._waiting.get()
        return await self.take(wire.Open)

    def welcome(self, opening: wire.Open, snapshot: RunSnapshot | None = None, rev: int = 0) -> wire.Welcome:
        fresh = opening.epoch != self.epoch or opening.state_vector is None
        update = self.doc.encode() if fresh else self.doc.diff(opening.state_vector or b"")
        shown = snapshot if opening.rev is not None else snapshot or RunSnapshot(rev=rev)
        return wire.Welcome(
            version=wire.VERSION,
            server="test",
            epoch=self.epoch,
            fresh=fresh,
            update=update,
            state_vector=self.doc.state_vector(),
            rev=rev,
            snapshot=shown,
        )

    async def accept(self, snapshot: RunSnapshot | None = None, rev: int = 0) -> wire.Open:
        opening = await self.opened()
        await self.say(self.welcome(opening, snapshot, rev))
        return opening


def page(server: Server) -> PageSession:
    return PageSession(server.dial, CountingIds(), chance=lambda: 0.5)


def execution(state: ExecutionState, id_: str = "x1", batch: str = "b1") -> ExecutionView:
    return ExecutionView(id=ExecutionId(id_), cell_id=CELL, batch_id=BatchId(batch), state=state, queued_at=Millis(1))


def soon(work: Any) -> "asyncio.Task[Any]":
    return asyncio.ensure_future(work)


async def settled() -> None:
    """Everything that could happen without time passing has happened."""
    for _ in range(20):
        await asyncio.sleep(0)


@virtual_time
async def test_a_first_visit_asks_for_everything_and_shows_it() -> None:
    server = Server()
    async with page(server) as session:
        opening = await server.accept(RunSnapshot(rev=7))
        await session.ready()
        assert (opening.epoch, opening.state_vector, opening.rev) == (None, None, None)
        assert session.view.rev == 7
        assert session.doc.source(CELL) == "1"


@virtual_time
async def test_operations_change_the_view_and_a_return_asks_from_there() -> None:
    server = Server()
    async with page(server) as session:
        await server.accept()
        await server.say(wire.Ops(from_rev=0, rev=3, ops=[ExecutionPut(execution("running"))]))
        await session.until(lambda: session.executions(BatchId("b1")) or None)
        server.channel.cut()
        opening = await server.accept(rev=3)
        await session.ready()
        assert (opening.epoch, opening.rev) == ("e1", 3)
        assert opening.state_vector is not None
        assert session.executions(BatchId("b1"))[0].state == "running"


@virtual_time
async def test_operations_that_do_not_follow_are_not_applied_and_the_page_starts_over() -> None:
    server = Server()
    async with page(server) as session:
        await server.accept()
        await session.ready()
        await server.say(wire.Ops(from_rev=1, rev=2, ops=[ExecutionPut(execution("running"))]))
        opening = await server.accept(RunSnapshot(rev=2, executions=[execution("ok")]))
        await session.until(lambda: session.view.rev == 2 or None)
        assert opening.rev is None
        assert [each.state for each in session.executions(BatchId("b1"))] == ["ok"]


@virtual_time
async def test_a_run_is_done_when_the_server_says_so_and_finished_when_its_cells_are() -> None:
    server = Server()
    async with page(server) as session:
        await server.accept()
        running = soon(session.run([CELL], BatchId("b1")))
        frame = await server.take(wire.Run)
        await settled()
        assert not running.done()
        await server.say(wire.Done(id=CommandId(frame.id)))
        assert await running == "b1"
        finished = soon(session.finished(BatchId("b1")))
        id_ = frame.executions[0].execution_id
        await server.say(wire.Ops(from_rev=0, rev=1, ops=[ExecutionPut(execution("running", id_))]))
        await settled()
        assert not finished.done()
        await server.say(wire.Ops(from_rev=1, rev=2, ops=[ExecutionPut(execution("error", id_))]))
        assert [each.state for each in await finished] == ["error"]


@virtual_time
async def test_a_refused_command_raises_what_the_server_said() -> None:
    server = Server()
    async with page(server) as session:
        await server.accept()
        running = soon(session.run([CELL]))
        frame = await server.take(wire.Run)
        problem = Problem("cell-not-found", "There is no such cell.", "It was deleted.", 404)
        await server.say(wire.Failed(id=CommandId(frame.id), problem=problem))
        with pytest.raises(NotFound, match="cell-not-found"):
            await running


@virtual_time
async def test_a_run_without_an_answer_is_sent_again_under_the_same_ids() -> None:
    server = Server()
    async with page(server) as session:
        await server.accept()
        running = soon(session.run([CELL]))
        first = await server.take(wire.Run)
        server.channel.cut()
        await server.accept()
        again = await server.take(wire.Run)
        assert again == first
        await server.say(wire.Done(id=CommandId(first.id)))
        await running


@virtual_time
async def test_a_command_that_may_not_be_done_twice_fails_when_its_answer_is_lost() -> None:
    server = Server()
    async with page(server) as session:
        await server.accept()
        commands = (
            session.interrupt,
            session.restart,
            session.disconnect_runtime,
            session.cancel,
            session.clear_outputs,
        )
        for command in commands:
            work = soon(command())
            await server.channel.receive()
            server.channel.cut()
            with pytest.raises(Unavailable, match="answer-lost"):
                await work
            await server.accept()
            await session.ready()
        running = soon(session.run([CELL]))
        await server.take(wire.Run)  # nothing of the others came first
        running.cancel()


@virtual_time
async def test_a_command_given_while_away_is_sent_on_return_once() -> None:
    server = Server()
    async with page(server) as session:
        await server.accept()
        await session.ready()
        server.channel.cut()
        await session.until(lambda: isinstance(session.connection, Waiting) or None)
        interrupting = soon(session.interrupt())
        await server.accept()
        frame = await server.take(wire.Interrupt)
        await server.say(wire.Done(id=CommandId(frame.id)))
        await interrupting
        await session.edit(SetSource(CELL, "2"))
        await server.take(wire.Update)


@virtual_time
async def test_an_edit_is_saved_only_when_the_server_says_it_is_durable() -> None:
    server = Server()
    async with page(server) as session:
        await server.accept()
        await session.ready()
        await session.edit(SetSource(CELL, "1 + 1"))
        saving = soon(session.saved())
        frame = await server.take(wire.Update)
        server.doc.apply(frame.update)
        await settled()
        assert not saving.done()
        await server.say(wire.Saved(n=frame.n))
        await saving
        assert server.doc.source(CELL) == "1 + 1"


@virtual_time
async def test_edits_that_the_server_lost_or_never_got_come_again_before_the_commands_after_them() -> None:
    server = Server()
    async with page(server) as session:
        await server.accept()
        await session.ready()
        await session.edit(SetSource(CELL, "lost"))
        await server.take(wire.Update)  # and then the server is killed before it is durable
        server.channel.cut()
        await session.until(lambda: isinstance(session.connection, Waiting) or None)
        await session.edit(SetSource(CELL, "lost, and more"))
        running = soon(session.run([CELL]))
        saving = soon(session.saved())
        await server.accept()
        update = await server.take(wire.Update)
        server.doc.apply(update.update)
        assert server.doc.source(CELL) == "lost, and more"
        await server.take(wire.Run)
        assert not saving.done()
        await server.say(wire.Saved(n=update.n))
        await saving
        running.cancel()


@virtual_time
async def test_what_another_page_wrote_and_the_server_lost_is_given_back() -> None:
    server = Server()
    async with page(server) as session:
        await server.accept()
        await session.ready()
        other = NotebookDoc.load(server.doc.encode(), [])
        edit = other.edit([SetSource(CELL, "of somebody else")])
        await server.say(wire.PeerUpdate(update=edit.update))
        await session.until(lambda: session.doc.source(CELL) == "of somebody else" or None)
        server.channel.cut()
        await server.accept()
        server.doc.apply((await server.take(wire.Update)).update)
        assert server.doc.source(CELL) == "of somebody else"


@virtual_time
async def test_nothing_is_sent_to_a_server_that_has_everything() -> None:
    server = Server()
    async with page(server) as session:
        await server.accept()
        await session.ready()
        server.channel.cut()
        await server.accept()
        await session.ready()
        running = soon(session.run([CELL]))
        await server.take(wire.Run)
        running.cancel()


@virtual_time
async def test_an_edit_is_sent_before_the_run_that_follows_it() -> None:
    server = Server()
    async with page(server) as session:
        await server.accept()
        await session.ready()
        editing, running = soon(session.edit(SetSource(CELL, "2"))), soon(session.run([CELL]))
        await server.take(wire.Update)
        await server.take(wire.Run)
        await editing
        running.cancel()


@virtual_time
async def test_another_epoch_is_never_merged_and_unsaved_edits_are_put_aside() -> None:
    server = Server()
    async with page(server) as session:
        await server.accept()
        await session.ready()
        await session.edit(SetSource(CELL, "mine"))
        await server.take(wire.Update)
        saving = soon(session.saved())
        replaced = Server()
        server.doc, server.epoch = replaced.doc, Epoch("e2")
        await server.say(wire.NewEpoch(epoch=server.epoch))
        await server.accept()
        with pytest.raises(Conflict, match="epoch-changed"):
            await saving
        assert session.doc.source(CELL) == "1"
        assert [doc.source(CELL) for doc in session.aside] == ["mine"]
        running = soon(session.run([CELL]))
        await server.take(wire.Run)  # and not an update with what was put aside
        running.cancel()


@virtual_time
async def test_outputs_that_were_left_out_are_asked_for_until_they_are_here() -> None:
    server = Server()
    left_out = CellOutputs(cell_id=CELL, execution_id=ExecutionId("x1"), complete=False, count=1, bytes=9)
    async with page(server) as session:
        await server.accept(RunSnapshot(rev=1, cells=[left_out]))
        await session.ready()
        needing = soon(session.need(CELL))
        await server.take(wire.Need)
        server.channel.cut()
        await server.accept(RunSnapshot(rev=1, cells=[left_out]), rev=1)
        assert (await server.take(wire.Need)).cell_ids == [CELL]
        whole = CellOutputs(
            cell_id=CELL, execution_id=ExecutionId("x1"), outputs=[ErrorOutput(OutputId("o1"), "E", "v")]
        )
        await server.say(wire.Outputs(rev=1, cells=[whole]))
        await needing
        assert session.view.cells == [whole]


@virtual_time
async def test_outputs_arrive_in_the_view_with_their_cell() -> None:
    server = Server()
    error = ErrorOutput(OutputId("o1"), "ValueError", "no")
    ops = [
        ExecutionPut(execution("running")),
        CellShows(CELL, ExecutionId("x1")),
        OutputPut(CELL, ExecutionId("x1"), error),
    ]
    async with page(server) as session:
        await server.accept()
        await server.say(wire.Ops(from_rev=0, rev=1, ops=ops))
        await session.until(lambda: session.view.cells or None)
        assert session.view.cells[0].outputs == [error]


@virtual_time
async def test_a_page_that_is_refused_for_good_ends_with_the_reason_and_so_does_what_waits() -> None:
    server = Server()
    async with page(server) as session:
        running = soon(session.run([CELL]))
        await server.opened()
        await server.say(wire.Refused(problem=Problem("too-many-pages", "Too many.", "Close one.", 409)))
        with pytest.raises(Conflict, match="too-many-pages"):
            await running
        with pytest.raises(Conflict, match="too-many-pages"):
            await session.ready()
        with pytest.raises(Conflict, match="too-many-pages"):
            await session.interrupt()
        assert isinstance(session.connection, Ended)
        assert server.dials == 1


@virtual_time
async def test_a_page_that_may_come_again_waits_as_long_as_it_was_told() -> None:
    server = Server()
    async with page(server) as session:
        await server.opened()
        started = asyncio.get_running_loop().time()
        problem = Problem("storage-unavailable", "The database is away.", "", 503)
        await server.say(wire.Refused(problem=problem, again=3.0))
        await server.accept()
        await session.ready()
        assert asyncio.get_running_loop().time() - started == 3.0


@virtual_time
async def test_a_server_that_is_away_is_tried_at_growing_distances_with_the_cause_shown() -> None:
    server = Server()
    server.failures = [Unavailable("server-unreachable", "Away.") for _ in range(12)]
    async with page(server) as session:
        waits: list[float] = []
        while server.failures or not isinstance(session.connection, Live):
            if isinstance(session.connection, Waiting) and server.dials > len(waits):
                waits.append(session.connection.seconds)
                assert session.connection.cause.code == "server-unreachable"
            if not server.failures and isinstance(session.connection, Waiting) and server.dials == 12:
                soon(server.accept())
            await session.changed()
        assert waits[0] < 0.5
        assert all(one <= other for one, other in pairwise(waits))
        assert waits[-1] <= 10.0


@virtual_time
async def test_a_server_that_says_nothing_is_given_up_and_tried_again() -> None:
    server = Server()
    async with page(server) as session:
        await server.opened()
        await server.accept()
        await session.ready()
        assert server.dials == 2


@virtual_time
async def test_a_notebook_that_is_not_there_is_not_asked_for_again() -> None:
    for failure in (NotFound("notebook-not-found", "None."), ChannelClosed(wire.CLOSE_NOT_FOUND, "none")):
        server = Server()
        server.failures = [failure]
        async with page(server) as session:
            with pytest.raises(Refused):
                await session.ready()
        assert server.dials == 1


@virtual_time
async def test_a_page_that_breaks_the_protocol_again_and_again_gives_up() -> None:
    server = Server()
    async with page(server) as session:
        for _ in range(3):
            await server.accept()
            await session.ready()
            await server.channel.close(wire.CLOSE_PROTOCOL, "no")
            await session.changed()
        with pytest.raises(Refused, match="closed-4400"):
            await session.until(lambda: None)


@virtual_time
async def test_what_is_no_frame_ends_the_connection_and_not_the_page() -> None:
    server = Server()
    async with page(server) as session:
        await server.accept()
        await server.channel.send(b"\xc1")
        await server.accept()
        await session.ready()


@virtual_time
async def test_the_trouble_of_the_server_is_shown_until_it_is_over() -> None:
    server = Server()
    full = Problem("storage-full", "The disk is full.", "", 507)
    async with page(server) as session:
        await server.accept()
        await server.say(wire.Notice(problem=full))
        await session.until(lambda: session.notice)
        assert session.notice == full
        await server.say(wire.Notice(problem=None))
        await session.until(lambda: session.notice is None or None)


@virtual_time
async def test_a_session_that_is_closed_leaves_nobody_waiting() -> None:
    server = Server()
    async with page(server) as session:
        await server.accept()
        await session.ready()
        running = soon(session.run([CELL]))
        await server.take(wire.Run)
    with pytest.raises(Unavailable, match="session-closed"):
        await running
    with pytest.raises(ChannelClosed):
        await server.channel.receive()
