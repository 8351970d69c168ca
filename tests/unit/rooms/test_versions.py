"""Revisions of a live notebook: when they are made, what a restore changes, and that nothing typed meanwhile is lost."""

import asyncio
import json
from typing import Any
from unittest.mock import AsyncMock, Mock

import msgspec
import pytest
from sqlalchemy import delete

from noctule.errors import Conflict, Invalid, NotFound
from noctule.notebook.crdt import NotebookDoc
from noctule.notebook.ops import DeleteCell, InsertCell, Op, SetCellMeta, SetSource
from noctule.rooms.restoring import Wish
from noctule.rooms.versions import NOW, Moment
from noctule.runs import reduce as reducers
from noctule.store import documents, revisions, tables
from noctule.store.revisions import Content
from noctule.store.rows import RevisionRow
from noctule_agent.wire import page as wire
from noctule_agent.wire.limits import REVISION_SECONDS
from noctule_agent.wire.state import CellOutputs, DisplayOutput, Inline, StreamOutput
from noctule_agent.wire.values import CellId, ExecutionId, Millis, NotebookId, OutputId, RevisionId, UserId
from tests.support.notebooks import ipynb
from tests.support.rooms import USER, RoomsWorld

ANN = UserId("ann")
A, B = CellId("cell-0"), CellId("cell-1")


class Past:
    """A notebook of two cells, and what one asks of its past."""

    def __init__(self, world: RoomsWorld, notebook: NotebookId) -> None:
        self.world = world
        self.notebook = notebook
        self.versions = world.versions

    async def edit(self, *ops: Op) -> None:
        room = await self.world.rooms.open(self.notebook)
        await room.edit(list(ops), "ann", lambda _: None)

    async def sources(self) -> dict[str, str]:
        room = await self.world.rooms.open(self.notebook)
        return {cell.id: cell.source for cell in room.document.cells()}

    async def show(self, cell: CellId, text: str, count: int = 1) -> None:
        room = await self.world.rooms.open(self.notebook)
        output = StreamOutput(OutputId(f"{cell}-{text}"), "stdout", text, chars=len(text))
        await room.change(lambda state: reducers.show_imported(state, cell, [output], count))

    async def shown(self, cell: CellId, revision: str = NOW) -> tuple[str, int | None]:
        found: CellOutputs = await self.versions.outputs(Moment(self.notebook, RevisionId(revision)), cell)
        return "".join(one.text for one in found.outputs if isinstance(one, StreamOutput)), found.execution_count

    async def pin(self, name: str) -> RevisionId:
        return (await self.versions.pin(self.notebook, name, ANN)).id

    async def restore(self, revision: RevisionId, **wish: Any) -> Any:
        return await self.versions.restore(self.notebook, Wish(revision, **wish), ANN)

    async def kinds(self) -> list[str]:
        return [row.kind for row in await self.all()]

    async def all(self) -> list[RevisionRow]:
        return (await self.versions.page(self.notebook, before=None, limit=100, named=False))[0]


@pytest.fixture
async def past(rooms_world: RoomsWorld) -> Past:
    row = await rooms_world.library.create("n.ipynb", USER, ipynb("one", "two"))
    return Past(rooms_world, row.id)


async def test_a_named_revision_says_who_when_and_what(past: Past) -> None:
    await past.edit(SetSource(A, "uno"))
    row = await past.versions.pin(past.notebook, " First  ", ANN)
    assert (row.name, row.by, row.kind, row.cells, row.authors) == ("First", ANN, "named", 2, ["ann"])
    said = await past.versions.said(Moment(past.notebook, row.id))
    assert [side.cell.source for side in said.sides] == ["uno", "two"]
    # The same once more, under another name; nobody has written since.
    again = await past.versions.pin(past.notebook, "Second", ANN)
    assert (again.digest, again.authors) == (row.digest, [])


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "x" * 201])
async def test_a_name_that_is_none_is_refused(past: Past, name: str) -> None:
    with pytest.raises(Invalid):
        await past.pin(name)


async def test_an_automatic_one_is_made_when_the_last_is_old_and_something_changed(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = await past.world.rooms.live(past.notebook)
    await past.edit(SetSource(A, "uno"))
    await live.keeper.automatic()
    assert await past.kinds() == []
    clock = MovedClock(live.room.services.clock.now())
    monkeypatch.setattr(live.room, "services", msgspec.structs.replace(live.room.services, clock=clock))
    clock.pass_(REVISION_SECONDS)
    await live.keeper.automatic()
    assert await past.kinds() == ["automatic"]
    clock.pass_(REVISION_SECONDS)
    await live.keeper.automatic()
    assert await past.kinds() == ["automatic"], "nothing changed since"
    await past.edit(SetSource(A, "due"))
    await live.keeper.automatic()
    assert await past.kinds() == ["automatic"] * 2
    clock.pass_(REVISION_SECONDS / 2)
    await past.edit(SetSource(A, "tre"))
    await live.keeper.automatic()
    assert await past.kinds() == ["automatic"] * 2, "the last one is new"
    await live.keeper.automatic(due_only=False)
    said = await past.versions.said(Moment(past.notebook, (await past.all())[0].id))
    assert said.sides[0].cell.source == "tre"


async def test_who_keeps_one_in_passing_goes_on_whatever_goes_wrong(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer of the file and the closer of idle rooms are loops: a defect here must not end them."""
    live = await past.world.rooms.live(past.notebook)
    await past.edit(SetSource(A, "uno"))
    monkeypatch.setattr(revisions, "capture", Mock(side_effect=RuntimeError("a defect")))
    await live.keeper.automatic(due_only=False)
    assert await past.kinds() == []
    monkeypatch.undo()
    await live.keeper.automatic(due_only=False)
    assert await past.kinds() == ["automatic"]


async def test_a_damaged_revision_does_not_hinder_the_next_one(past: Past) -> None:
    """Without one nothing is taken in that others wrote, and the file is written no more."""
    room = await past.world.rooms.open(past.notebook)
    long = StreamOutput(OutputId("long"), "stdout", "line\n" * 100_000, chars=500_000)
    await room.change(lambda state: reducers.show_imported(state, A, [long], 1))
    await past.pin("first")
    await past.world.store.write(lambda tx: tx.conn.execute(delete(tables.revision_part)))
    again = await past.pin("again")
    said = await past.versions.outputs(Moment(past.notebook, again), A)
    assert [one.chars for one in said.outputs if isinstance(one, StreamOutput)] == [500_000]


async def test_what_the_last_revision_kept_of_a_cell_is_read_once_however_many_long_texts_it_has(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await past.world.rooms.open(past.notebook)
    texts = [StreamOutput(OutputId(f"long {n}"), "stdout", "line\n" * 20_000, chars=100_000) for n in range(5)]
    await room.change(lambda state: reducers.show_imported(state, A, list(texts), 1))
    await past.pin("first")
    real = Content.kept
    monkeypatch.setattr(Content, "kept", kept := Mock(side_effect=lambda entry: []))
    await past.pin("again")
    assert kept.call_count == 1
    monkeypatch.setattr(Content, "kept", real)
    assert (await past.shown(A, (await past.all())[0].id))[1] == 1


class MovedClock:
    def __init__(self, now: int) -> None:
        self._now = now

    def now(self) -> Millis:
        return Millis(self._now)

    def pass_(self, seconds: float) -> None:
        self._now += int(seconds * 1000)


async def test_the_whole_comes_back_with_its_outputs_and_what_there_was_is_kept(past: Past) -> None:
    await past.show(A, "first", 1)
    before = await past.pin("before")
    await past.edit(SetSource(A, "changed"), DeleteCell(B), InsertCell(CellId("new"), "code", "zz", "more"))
    await past.show(A, "second", 2)
    done = await past.restore(before)
    assert await past.sources() == {A: "one", B: "two"}
    assert await past.shown(A) == ("first", 1)
    assert (done.kept.kind, done.kept.by, done.busy) == ("before-restore", ANN, [])
    await past.restore(done.kept.id)
    assert await past.sources() == {A: "changed", "new": "more"}
    assert await past.shown(A) == ("second", 2)


async def test_what_is_kept_before_a_restore_does_not_thin_out_what_is_restored(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list shows those that grew too old since the last one was made: one of them may be chosen."""
    live = await past.world.rooms.live(past.notebook)
    clock = MovedClock(1_000 * 3_600_000)
    monkeypatch.setattr(live.room, "services", msgspec.structs.replace(live.room.services, clock=clock))
    for number in range(5):
        await past.edit(SetSource(A, f"version {number}"))
        await past.show(A, f"output {number}", number)
        await live.keeper.automatic(due_only=False)
        clock.pass_(REVISION_SECONDS)
    clock.pass_(2 * 24 * 3600)
    chosen = (await past.all())[-1].id
    await past.restore(chosen)
    assert (await past.sources())[A] == "version 0"
    assert await past.shown(A) == ("output 0", 0)


async def test_long_outputs_come_back_a_few_at_a_time(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of a notebook's logs at once may be more than the memory of the server."""
    monkeypatch.setattr("noctule.rooms.restoring.CHARS_AT_ONCE", 1_000)
    for cell in (A, B):
        await past.show(cell, cell * 1_000)
    before = await past.pin("before")
    for cell in (A, B):
        await past.show(cell, "other")
    room = await past.world.rooms.open(past.notebook)
    real, rev = room.change, room.rev
    monkeypatch.setattr(room, "change", changed := AsyncMock(side_effect=real))
    assert (await past.restore(before)).busy == []
    assert (changed.call_count, room.rev - rev) == (2, 2)
    assert [await past.shown(cell) for cell in (A, B)] == [(cell * 1_000, 1) for cell in (A, B)]


async def test_outputs_are_left_when_they_are_not_asked_for(past: Past) -> None:
    await past.show(A, "first")
    before = await past.pin("before")
    await past.show(A, "second", 2)
    await past.edit(SetSource(A, "changed"))
    await past.restore(before, outputs=False)
    assert await past.sources() == {A: "one", B: "two"}
    assert await past.shown(A) == ("second", 2)


async def test_one_cell_comes_back_and_nothing_else_changes(past: Past) -> None:
    before = await past.pin("before")
    await past.edit(SetSource(A, "A now"), SetSource(B, "B now"), SetCellMeta(B, "tags", ["t"]))
    await past.restore(before, cells=[B])
    assert await past.sources() == {A: "A now", B: "two"}
    with pytest.raises(NotFound):
        await past.restore(before, cells=[CellId("nothing")])


async def test_a_deleted_cell_comes_back_with_the_outputs_that_its_run_left(past: Past) -> None:
    await past.show(B, "shown")
    before = await past.pin("before")
    await past.edit(DeleteCell(B))
    revs = (await past.world.rooms.open(past.notebook)).rev
    await past.restore(before, cells=[B])
    assert await past.sources() == {A: "one", B: "two"}
    assert await past.shown(B) == ("shown", 1)
    assert (await past.world.rooms.open(past.notebook)).rev == revs, "they were there all the time"


async def test_a_cell_that_waits_or_runs_keeps_its_outputs(past: Past) -> None:
    await past.show(A, "first")
    before = await past.pin("before")
    await past.show(A, "second", 2)
    room = await past.world.rooms.open(past.notebook)
    await room.running.run("b", [wire.RunItem(ExecutionId("e"), A)], ANN, "page")
    await past.edit(SetSource(A, "changed"))
    done = await past.restore(before)
    assert done.busy == [A]
    assert await past.shown(A) == ("second", 2)
    assert (await past.sources())[A] == "one"


async def test_a_cell_that_shows_something_new_since_what_there_was_is_kept_keeps_it(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in no revision, so it must not be taken away."""
    await past.show(A, "first")
    await past.show(B, "other")
    before = await past.pin("before")
    await past.show(A, "second", 2)
    await past.show(B, "another", 2)
    room = await past.world.rooms.open(past.notebook)
    real = room.change

    async def change(reduce: Any) -> None:
        monkeypatch.undo()
        await past.show(A, "third", 3)
        await real(reduce)

    monkeypatch.setattr(room, "change", change)
    done = await past.restore(before)
    assert done.busy == [A]
    assert await past.shown(A) == ("third", 3)
    assert await past.shown(B) == ("other", 1)


async def test_what_somebody_types_while_a_revision_is_restored_stays(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After what there was is kept, and before the edit: it is in no revision, so it must not be taken away."""
    await past.show(A, "first")
    before = await past.pin("before")
    await past.edit(SetSource(A, "one, changed"))
    await past.show(A, "second", 2)
    page = past.world.dial(past.notebook)
    mine = NotebookDoc.load((await page.open(client_id=1)).update, [])
    room = await past.world.rooms.open(past.notebook)
    real = room.change

    async def change(reduce: Any) -> None:
        typed = mine.edit([SetSource(A, "typed: one, changed"), SetSource(B, "two, typed")]).update
        await page.send(wire.Update(n=1, update=typed))
        await page.next(wire.Saved)
        monkeypatch.undo()
        await real(reduce)

    monkeypatch.setattr(room, "change", change)
    await past.restore(before)
    assert await past.sources() == {A: "typed: one", B: "two, typed"}


async def test_a_cell_that_is_to_go_stays_when_somebody_writes_into_it_meanwhile(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await past.pin("before")
    await past.show(A, "other")
    await past.edit(InsertCell(CellId("new"), "code", "zz", "new"), InsertCell(CellId("gone"), "code", "zzz", "gone"))
    page = past.world.dial(past.notebook)
    mine = NotebookDoc.load((await page.open(client_id=1)).update, [])
    room = await past.world.rooms.open(past.notebook)
    real = room.change

    async def change(reduce: Any) -> None:
        await page.send(wire.Update(n=1, update=mine.edit([SetSource(CellId("new"), "new, typed")]).update))
        await page.next(wire.Saved)
        monkeypatch.undo()
        await real(reduce)

    monkeypatch.setattr(room, "change", change)
    await past.restore(before)
    assert await past.sources() == {A: "one", B: "two", "new": "new, typed"}


async def test_a_cell_that_is_to_go_stays_when_somebody_writes_into_it_at_the_last_moment(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the edit is made aside, which takes long for a long notebook."""
    before = await past.pin("before")
    await past.edit(InsertCell(CellId("new"), "code", "zz", "new"), InsertCell(CellId("gone"), "code", "zzz", "gone"))
    page = past.world.dial(past.notebook)
    mine = NotebookDoc.load((await page.open(client_id=1)).update, [])
    room = await past.world.rooms.open(past.notebook)
    real = room.services

    async def offload(work: Any, *args: Any) -> Any:
        made = await real.offload(work, *args)
        monkeypatch.undo()
        await page.send(wire.Update(n=1, update=mine.edit([SetSource(CellId("new"), "new, typed")]).update))
        await page.next(wire.Saved)
        return made

    monkeypatch.setattr(room, "services", msgspec.structs.replace(real, offload=offload))
    await past.restore(before)
    assert await past.sources() == {A: "one", B: "two", "new": "new, typed"}


async def test_two_restores_at_once_are_done_one_after_the_other(past: Past) -> None:
    before = await past.pin("before")
    await past.edit(DeleteCell(A), DeleteCell(B))
    await asyncio.gather(*(past.restore(before) for _ in range(4)))
    assert await past.sources() == {A: "one", B: "two"}


async def test_a_restore_is_an_edit_of_the_same_document(past: Past) -> None:
    before = await past.pin("before")
    epochs = [(await past.world.store.read(lambda tx: documents.head(tx, past.notebook)))]
    await past.edit(SetSource(A, "changed"))
    page = past.world.dial(past.notebook)
    mine = NotebookDoc.load((await page.open()).update, [])
    await past.restore(before)
    mine.merge((await page.next(wire.PeerUpdate)).update)
    assert mine.source(A) == "one"
    epochs.append(await past.world.store.read(lambda tx: documents.head(tx, past.notebook)))
    assert epochs[0] is not None
    assert epochs[1] is not None
    assert epochs[0][0] == epochs[1][0]


async def test_two_moments_are_compared_and_two_notebooks(past: Past) -> None:
    await past.show(A, "first")
    before = await past.pin("before")
    await past.edit(SetSource(B, "two!"), InsertCell(CellId("new"), "markdown", "zz", "more"))
    await past.show(A, "second", 1)
    found = await past.versions.compare(Moment(past.notebook, before), Moment(past.notebook))
    assert [(pair.old, pair.new, pair.changed) for pair in found.pairs] == [
        (0, 0, ["outputs"]),
        (1, 1, ["source"]),
        (None, 2, []),
    ]
    other = await past.world.library.create("m.ipynb", USER, ipynb("one", "three"))
    two = await past.versions.compare(Moment(past.notebook), Moment(other.id))
    assert [pair.changed for pair in two.pairs][:1] == [["outputs"]]


async def test_the_file_of_a_revision_is_what_it_was(past: Past) -> None:
    await past.show(A, "first", 3)
    before = await past.pin("before")
    await past.edit(SetSource(A, "changed"))
    nb = json.loads(await past.versions.file(Moment(past.notebook, before), b"".join))
    assert ["".join(cell["source"]) for cell in nb["cells"]] == ["one", "two"]
    assert nb["cells"][0]["outputs"] == [{"output_type": "stream", "name": "stdout", "text": ["first"]}]
    assert nb["cells"][0]["execution_count"] == 3


async def test_outputs_of_a_revision_come_with_their_values_as_far_as_the_limit_goes(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await past.world.rooms.open(past.notebook)
    html, image = "<b>" + "x" * 20_000, "iVBORw0KGgo" + "A" * 40_001
    shown = DisplayOutput(OutputId("o1"), {"text/html": Inline(html), "image/png": Inline(image)})
    await room.change(lambda state: reducers.show_imported(state, A, [shown], None))
    pinned = await past.pin("p")
    for revision in (pinned, NOW):
        [output] = (await past.versions.outputs(Moment(past.notebook, revision), A)).outputs
        assert isinstance(output, DisplayOutput)
        assert output.data == {"text/html": Inline(html), "image/png": Inline(image)}
    monkeypatch.setattr("noctule.store.revisions.content.REVISION_OUTPUT_BYTES", 1_000)
    [output] = (await past.versions.outputs(Moment(past.notebook, pinned), A)).outputs
    assert isinstance(output, DisplayOutput)
    assert list(output.data) == ["text/plain"]


async def test_a_name_is_changed_taken_away_and_limited(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await past.pin("first")
    monkeypatch.setattr("noctule.rooms.keeping.REVISIONS_NAMED", 1)
    with pytest.raises(Conflict, match="named"):
        await past.pin("second")
    assert (await past.versions.rename(past.notebook, first, "renamed")).name == "renamed"
    await past.versions.rename(past.notebook, first, None)
    second = await past.pin("second")
    with pytest.raises(Conflict):
        await past.versions.rename(past.notebook, first, "first")
    await past.versions.remove(past.notebook, second)
    assert [row.id for row in await past.all()] == [first]
