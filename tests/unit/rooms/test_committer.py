"""The one writer: commit first, announce after; a failed transaction changes nothing and refuses nobody for good."""

import asyncio
import errno
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from noctule.errors import Conflict, StorageFull, StorageUnavailable, Unavailable
from noctule.notebook.crdt import NotebookDoc
from noctule.notebook.nbformat_io import parse
from noctule.notebook.ops import SetSource
from noctule.rooms.committer import Change, Committer, PendingUpdate, Position
from noctule.runs import reduce as reducers
from noctule.runs.state import RunState, Step
from noctule.store import StaleRevision, Store, Tx, documents, notebooks
from noctule.store.engine import writer_engine
from noctule_agent.wire.state import Op, OutputPut, SavedPut, SavedView, StreamOutput, TextAppend
from noctule_agent.wire.values import CellId, Epoch, Millis, NotebookId, OutputId, Problem
from tests.support.notebook_rows import add_notebook
from tests.support.notebooks import ipynb
from tests.support.virtual_time import virtual_time

T = TypeVar("T")

NOTEBOOK, EPOCH = NotebookId("n"), Epoch("e")


class Clock:
    def now(self) -> Millis:
        return Millis(1)


class Disk:
    """A disk that is full while it is told to be, and a database whose answer to the next COMMIT gets lost."""

    def __init__(self) -> None:
        self.full = False
        self.loses_an_answer = False

    def __call__(self, step: str) -> None:
        if self.full and step == "work":
            raise OSError(errno.ENOSPC, "No space left on device")
        if self.loses_an_answer and step == "committed":
            self.loses_an_answer = False
            raise StorageUnavailable("storage-unavailable", "The connection broke.")


class World:
    """A committer over a real store, and what it said."""

    def __init__(self, store: Store, disk: Disk, document: NotebookDoc) -> None:
        self.store = store
        self.disk = disk
        self.document = document
        self.announced: list[tuple[int, list[Op]]] = []
        self.troubles: list[Problem | None] = []
        self.broken: list[BaseException] = []
        self.ended = asyncio.Event()
        self.committer = Committer(
            store,
            Clock(),
            NOTEBOOK,
            Position(epoch=EPOCH, seq=0, rev=0, state=RunState()),
            lambda rev, ops: self.announced.append((rev, ops)),
            self.troubles.append,
            self._end,
        )

    def _end(self, error: BaseException) -> None:
        self.broken.append(error)
        self.ended.set()

    async def stored_source(self) -> str | None:
        stored = await self.store.read(lambda tx: documents.load(tx, NOTEBOOK))
        assert stored is not None
        return NotebookDoc.load(stored.snapshot, stored.updates).source(CellId("cell-0"))

    def update(self, source: str) -> asyncio.Future[None]:
        """Edit the live document and hand the update over; done when it is durable."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        edit = self.document.edit([SetSource(CellId("cell-0"), source)])
        self.committer.append(PendingUpdate(edit.update, "you", {}, [], lambda: done.set_result(None)))
        return done


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    engine, disk = writer_engine("sqlite://"), Disk()
    store = await Store.open("sqlite://", tmp_path, inline=True, engine=engine, fault=disk)
    document = NotebookDoc.create(parse(ipynb("x"), lambda: "id"))

    def create(tx: Tx) -> None:
        add_notebook(tx, NOTEBOOK, at=0)
        documents.create(tx, NOTEBOOK, EPOCH, document.encode())

    await store.write(create)
    world = World(store, disk, document)
    yield world
    await world.committer.close()
    await store.close()


def shown(at: int) -> Change:
    return Change(lambda state: reducers.show(state, SavedPut(SavedView(at=Millis(at)))))


async def test_what_is_asked_together_is_one_revision(world: World) -> None:
    await asyncio.gather(*(world.committer.change(shown(number)) for number in range(5)))
    assert [rev for rev, _ in world.announced] == [1]
    assert len(world.announced[0][1]) == 5


async def test_what_a_turn_says_of_one_output_is_written_once(world: World) -> None:
    cell, said = CellId("cell-0"), [*"abc"]
    put = OutputPut(cell, None, StreamOutput(OutputId("o"), "stdout", "", chars=0))
    ops = [put, *(TextAppend(cell, None, OutputId("o"), letter, "") for letter in said)]
    await asyncio.gather(*(world.committer.change(Change(lambda state, op=op: Step(state, [op]))) for op in ops))
    [(_, shown_)] = world.announced
    assert shown_ == [OutputPut(cell, None, StreamOutput(OutputId("o"), "stdout", "abc", chars=3))]


async def test_an_edit_is_durable_before_it_is_told(world: World) -> None:
    await world.update("y = 1")
    assert await world.stored_source() == "y = 1"


async def test_a_full_disk_refuses_changes_keeps_edits_and_says_so(world: World) -> None:
    world.disk.full = True
    edit = world.update("kept")
    with pytest.raises(StorageFull):
        await world.committer.change(shown(1))
    assert world.announced == []
    assert world.troubles[-1] is not None
    assert world.troubles[-1].code == "storage-full"
    assert not edit.done()
    assert await world.stored_source() == "x"

    world.disk.full = False
    async with asyncio.timeout(5):
        await edit
    assert await world.stored_source() == "kept"
    assert world.troubles[-1] is None
    await world.committer.change(shown(2))
    assert [rev for rev, _ in world.announced] == [1]


async def test_a_commit_whose_answer_was_lost_ends_this_one_by_itself(world: World) -> None:
    """Nobody can know what was written, so nobody goes on from what was believed before: the notebook is opened anew."""
    world.disk.loses_an_answer = True
    with pytest.raises(StorageUnavailable):
        await world.committer.change(shown(1))
    async with asyncio.timeout(5):
        await world.ended.wait()
    assert isinstance(world.broken[0], StaleRevision)
    assert world.announced == []


async def test_a_commit_that_failed_and_was_not_written_ends_nothing(world: World) -> None:
    world.disk.full = True
    with pytest.raises(StorageFull):
        await world.committer.change(shown(1))
    world.disk.full = False
    await world.committer.change(shown(2))
    assert [rev for rev, _ in world.announced] == [1]
    assert world.broken == []


async def test_a_change_whose_rows_are_refused_is_taken_out_and_the_others_are_committed(world: World) -> None:
    def refuse(tx: Tx) -> None:
        raise Conflict("taken", "It is taken.")

    good = world.committer.change(shown(1))
    bad = world.committer.change(Change(lambda state: Step(state=state, ops=[]), refuse))
    results = await asyncio.gather(good, bad, return_exceptions=True)
    assert results[0] is None
    assert isinstance(results[1], Conflict)
    assert [rev for rev, _ in world.announced] == [1]
    assert world.broken == []


async def test_a_failed_reduction_hurts_only_who_asked(world: World) -> None:
    def defect(state: RunState) -> Step:
        raise ZeroDivisionError

    results = await asyncio.gather(
        world.committer.change(Change(defect)), world.committer.change(shown(1)), return_exceptions=True
    )
    assert isinstance(results[0], ZeroDivisionError)
    assert results[1] is None


async def test_a_second_owner_of_the_rows_is_noticed_and_ends_this_one(world: World) -> None:
    """The revision is fenced: who is not the owner any more cannot write, and nothing of it is announced."""
    from noctule.store import runs

    await world.store.write(lambda tx: runs.apply(tx, NOTEBOOK, 0, [SavedPut(SavedView(at=Millis(9)))]))
    with pytest.raises(Exception, match=r".*"):
        await world.committer.change(shown(1))
    assert len(world.broken) == 1
    assert world.announced == []


async def test_a_reading_sees_exactly_what_was_announced(world: World) -> None:
    seen: list[int] = []

    def revision(tx: Tx) -> int:
        row = notebooks.get(tx, NOTEBOOK)
        assert row is not None
        return row.rev

    waiting = [world.committer.change(shown(1))]
    reading = world.committer.reading(revision, lambda rev: seen.append(rev) or world.announced[-1][0])
    *_, announced = await asyncio.gather(*waiting, reading)
    assert seen == [announced] == [1]


async def test_a_reading_under_way_at_the_end_is_answered_and_nothing_is_quiet_before(world: World) -> None:
    began, never = asyncio.Event(), asyncio.Event()
    read = world.store.read

    async def slow(work: Callable[[Tx], T]) -> T:
        began.set()
        await never.wait()
        return await read(work)

    world.store.read = slow  # type: ignore[method-assign]
    reading = asyncio.ensure_future(world.committer.reading(lambda tx: 1, lambda found: found))
    await began.wait()
    assert not world.committer.quiet
    await world.committer.close()
    with pytest.raises(Unavailable, match="room-closed"):
        await reading


@virtual_time
async def test_while_the_storage_is_away_everybody_is_told_and_it_is_asked_for_now_and_then(tmp_path: Path) -> None:
    class Away:
        looks = 0

        async def write(self, work: object) -> None:
            raise StorageUnavailable("storage-unavailable", "Away.")

        async def read(self, work: object) -> None:
            self.looks += 1
            raise StorageUnavailable("storage-unavailable", "Away.")

    away = Away()
    position = Position(epoch=EPOCH, seq=0, rev=0, state=RunState())
    committer = Committer(away, Clock(), NOTEBOOK, position, print, print, print)  # type: ignore[arg-type]
    for number in range(60):
        with pytest.raises(StorageUnavailable):
            await committer.change(shown(number))
        with pytest.raises(StorageUnavailable):
            await committer.reading(lambda tx: 1, lambda found: found)
    await asyncio.sleep(30)
    away.looks = 0
    await asyncio.sleep(50)
    assert 5 <= away.looks <= 11
    await committer.close()
    looks = away.looks
    await asyncio.sleep(50)
    assert away.looks == looks


async def test_it_is_closed_when_the_transaction_under_way_has_ended(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who opens the notebook next would else begin with what was before it."""
    write, asked, going_on = world.store.write, asyncio.Event(), asyncio.Event()

    async def slow(work: Callable[[Tx], T]) -> T:
        asked.set()
        await going_on.wait()
        return await write(work)

    monkeypatch.setattr(world.store, "write", slow)
    changing = asyncio.create_task(world.committer.change(shown(1)))
    await asked.wait()
    closing = asyncio.create_task(world.committer.close())
    done, _ = await asyncio.wait([closing], timeout=0.1)
    assert not done
    going_on.set()
    await closing
    rev = await world.store.read(lambda tx: notebooks.get(tx, NOTEBOOK))
    assert rev is not None
    assert rev.rev == 1
    with pytest.raises(Unavailable):
        await changing
