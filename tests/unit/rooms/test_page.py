"""The page socket: what breaks the protocol closes that link and harms nothing else; what is acknowledged is there."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from noctule.accounts.capabilities import Capability
from noctule.notebook.crdt import NotebookDoc
from noctule.notebook.ops import DeleteCell, SetSource
from noctule.store import cellbin, documents, executions
from noctule_agent.wire import page as wire
from noctule_agent.wire.limits import PAGE_FRAME_BYTES, UPDATE_BYTES
from noctule_agent.wire.ports import ChannelClosed
from noctule_agent.wire.values import CellId, CommandId, Epoch, ExecutionId, NotebookId
from tests.support.notebooks import ipynb
from tests.support.rooms import USER, RawPage, RoomsWorld


@pytest.fixture
async def notebook(rooms_world: RoomsWorld) -> NotebookId:
    return (await rooms_world.library.create("n.ipynb", USER, ipynb("a = 1", "print(a)"))).id


@pytest.fixture
async def page(rooms_world: RoomsWorld, notebook: NotebookId) -> AsyncIterator[RawPage]:
    opened = rooms_world.dial(notebook)
    yield opened
    await opened.channel.close()


async def closed(page: RawPage) -> ChannelClosed:
    async with asyncio.timeout(5):
        while True:
            try:
                await page.channel.receive()
            except ChannelClosed as end:
                return end


def document(welcome: wire.Welcome) -> NotebookDoc:
    return NotebookDoc.load(welcome.update, [])


async def test_a_first_visit_gets_the_document_and_a_snapshot(page: RawPage) -> None:
    welcome = await page.open()
    assert welcome.fresh
    assert welcome.snapshot is not None
    assert [cell.source for cell in document(welcome).cells()] == ["a = 1", "print(a)"]


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00", b"not msgpack", b"\x81\xa1t\xa7unknown", b"\x93\x01\x02\x03", b"\x82\xa1t\xa7connect\xa2id\xa1\xff"],
)
async def test_bytes_that_are_no_frame_close_this_page_with_a_reason_and_no_other(
    rooms_world: RoomsWorld, notebook: NotebookId, page: RawPage, data: bytes
) -> None:
    await page.open()
    other = rooms_world.dial(notebook)
    await other.open()
    await page.channel.send(data)
    end = await closed(page)
    assert end.code == wire.CLOSE_PROTOCOL
    assert end.reason
    await other.send(wire.Connect(id="still-here"))
    assert (await other.next(wire.Done)).id == "still-here"


async def test_a_frame_before_the_opening_is_refused(page: RawPage) -> None:
    await page.send(wire.Connect(id="x"))
    assert (await closed(page)).code == wire.CLOSE_PROTOCOL


async def test_a_frame_that_is_too_large_is_refused_unread(page: RawPage) -> None:
    await page.open()
    await page.channel.send(bytes(PAGE_FRAME_BYTES + 1))
    assert (await closed(page)).code == 1009


async def test_another_major_version_is_told_to_reload(page: RawPage) -> None:
    await page.send(wire.Open(version=(wire.VERSION[0] + 1, 0)))
    assert (await page.next(wire.Refused)).problem.code == "protocol-version"


async def test_an_unknown_notebook_is_refused_for_good(rooms_world: RoomsWorld) -> None:
    page = rooms_world.dial(NotebookId("nothing"))
    await page.send(wire.Open(version=wire.VERSION))
    refused = await page.next(wire.Refused)
    assert refused.problem.code == "notebook-not-found"
    assert refused.again is None


async def test_a_hostile_update_changes_nothing(rooms_world: RoomsWorld, notebook: NotebookId, page: RawPage) -> None:
    await page.open()
    await page.send(wire.Update(n=1, update=bytes(UPDATE_BYTES + 1)))
    assert (await closed(page)).code == wire.CLOSE_PROTOCOL
    again = rooms_world.dial(notebook)
    assert [cell.source for cell in document(await again.open()).cells()] == ["a = 1", "print(a)"]


async def test_an_edit_is_acknowledged_when_it_is_durable_and_others_see_it(
    rooms_world: RoomsWorld, notebook: NotebookId, page: RawPage
) -> None:
    mine = document(await page.open())
    other = rooms_world.dial(notebook)
    await other.open()
    edit = mine.edit([SetSource(CellId("cell-0"), "a = 2")])
    await page.send(wire.Update(n=1, update=edit.update))
    assert (await page.next(wire.Saved)).n == 1
    stored = await rooms_world.store.read(lambda tx: documents.load(tx, notebook))
    assert stored is not None
    assert NotebookDoc.load(stored.snapshot, stored.updates).source(CellId("cell-0")) == "a = 2"
    assert (await other.next(wire.PeerUpdate)).update == edit.update


async def test_a_run_uses_the_edit_that_was_sent_before_it_and_not_the_one_after(
    rooms_world: RoomsWorld, notebook: NotebookId, page: RawPage
) -> None:
    rooms_world.runtimes.connected = True
    mine = document(await page.open())
    item = wire.RunItem(execution_id=ExecutionId("e1"), cell_id=CellId("cell-0"))
    before = mine.edit([SetSource(CellId("cell-0"), "before")]).update
    after = mine.edit([SetSource(CellId("cell-0"), "after")]).update
    await page.send(wire.Update(n=1, update=before))
    await page.send(wire.Run(id="r", batch_id="b", executions=[item]))
    await page.send(wire.Update(n=2, update=after))
    await page.next(wire.Done)
    assert await rooms_world.store.read(lambda tx: executions.source(tx, ExecutionId("e1"))) == "before"
    assert [one.source for one in rooms_world.runtimes.delivered] == ["before"]


async def test_the_same_run_twice_is_one(rooms_world: RoomsWorld, notebook: NotebookId, page: RawPage) -> None:
    rooms_world.runtimes.connected = True
    await page.open()
    item = wire.RunItem(execution_id=ExecutionId("e1"), cell_id=CellId("cell-0"))
    for id_ in ("first", "second"):
        await page.send(wire.Run(id=id_, batch_id="b", executions=[item]))
        assert (await page.next(wire.Done)).id == CommandId(id_)
    assert len(rooms_world.runtimes.delivered) == 1


async def test_without_a_runtime_a_run_waits_visibly_and_asks_for_one(rooms_world: RoomsWorld, page: RawPage) -> None:
    await page.open()
    item = wire.RunItem(execution_id=ExecutionId("e1"), cell_id=CellId("cell-0"))
    await page.send(wire.Run(id="r", batch_id="b", executions=[item]))
    ops = await page.next(wire.Ops)
    assert ops.ops[0].execution.state == "queued"  # type: ignore[union-attr]
    await page.next(wire.Done)
    assert rooms_world.runtimes.ensured == ["python3"]
    await page.send(wire.CancelRun(id="c"))
    await page.next(wire.Done)
    assert rooms_world.runtimes.commands == []


@pytest.mark.parametrize(("cell", "code"), [("nothing", "cell-not-found")])
async def test_a_run_of_what_cannot_run_says_why(page: RawPage, cell: str, code: str) -> None:
    await page.open()
    item = wire.RunItem(execution_id=ExecutionId("e1"), cell_id=CellId(cell))
    await page.send(wire.Run(id="r", batch_id="b", executions=[item]))
    assert (await page.next(wire.Failed)).problem.code == code


async def test_a_page_of_another_epoch_gets_a_fresh_document_and_nothing_is_merged(
    rooms_world: RoomsWorld, notebook: NotebookId, page: RawPage
) -> None:
    foreign = document(await page.open())
    foreign.edit([SetSource(CellId("cell-0"), "foreign")])
    back = rooms_world.dial(notebook)
    welcome = await back.open(epoch=Epoch("another"), state_vector=foreign.state_vector(), rev=0)
    assert welcome.fresh
    assert document(welcome).source(CellId("cell-0")) == "a = 1"


async def test_a_page_that_comes_back_gets_what_it_lacks(
    rooms_world: RoomsWorld, notebook: NotebookId, page: RawPage
) -> None:
    first = await page.open()
    mine = document(first)
    await page.channel.close()
    other = rooms_world.dial(notebook)
    theirs = document(await other.open())
    await other.send(wire.Update(n=1, update=theirs.edit([SetSource(CellId("cell-1"), "new")]).update))
    await other.next(wire.Saved)
    await other.send(wire.ClearOutputs(id="clear"))
    await other.next(wire.Done)
    back = rooms_world.dial(notebook)
    welcome = await back.open(epoch=first.epoch, state_vector=mine.state_vector(), rev=first.rev)
    assert not welcome.fresh
    mine.apply(welcome.update)
    assert mine.source(CellId("cell-1")) == "new"


async def test_a_deleted_cell_is_in_the_bin_and_leaves_it_when_it_comes_back(
    rooms_world: RoomsWorld, notebook: NotebookId, page: RawPage
) -> None:
    mine = document(await page.open())
    deleted = mine.edit([DeleteCell(CellId("cell-1"))])
    await page.send(wire.Update(n=1, update=deleted.update))
    await page.next(wire.Saved)
    [binned] = await rooms_world.store.read(lambda tx: cellbin.list_all(tx, notebook))
    assert binned.cell_id == "cell-1"
    assert json.loads(binned.cell)["source"] in ("print(a)", ["print(a)"])


async def test_a_viewer_sees_and_runs_nothing(rooms_world: RoomsWorld, notebook: NotebookId) -> None:
    viewer = rooms_world.dial(notebook, frozenset({Capability.VIEW}))
    mine = document(await viewer.open())
    item = wire.RunItem(execution_id=ExecutionId("e1"), cell_id=CellId("cell-0"))
    await viewer.send(wire.Run(id="r", batch_id="b", executions=[item]))
    assert (await viewer.next(wire.Failed)).problem.code == "capability-refused"
    await viewer.send(wire.Update(n=1, update=mine.edit([SetSource(CellId("cell-0"), "mine")]).update))
    assert (await closed(viewer)).code == wire.CLOSE_UNAUTHORIZED
    again = rooms_world.dial(notebook)
    assert document(await again.open()).source(CellId("cell-0")) == "a = 1"
    assert rooms_world.runtimes.ensured == []
