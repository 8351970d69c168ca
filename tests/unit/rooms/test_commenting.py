"""Comments through a room: durable before they are acknowledged, shown to who may comment, written once."""

import pytest

from noctule.accounts.capabilities import ALL, Capability
from noctule.notebook.crdt import NotebookDoc
from noctule.notebook.ops import DeleteCell
from noctule.store import comments
from noctule_agent.wire import page as wire
from noctule_agent.wire.comments import CommentPut, ThreadPut
from noctule_agent.wire.limits import QUOTE_CHARS
from noctule_agent.wire.state import Op
from noctule_agent.wire.values import CellId, CommentId, NotebookId, ThreadId, UserId
from tests.support.notebooks import ipynb
from tests.support.rooms import USER, RawPage, RoomsWorld

ANN, BOB = UserId("ann"), UserId("bob")
A = CellId("cell-0")


def start(name: str = "1", text: str = "Why?", cell: CellId = A) -> wire.StartThread:
    return wire.StartThread(
        id=f"s{name}", thread_id=ThreadId(f"t{name}"), comment_id=CommentId(f"c{name}"), cell_id=cell, text=text
    )


@pytest.fixture
async def notebook(rooms_world: RoomsWorld) -> NotebookId:
    made = await rooms_world.library.create("n.ipynb", USER, ipynb("a = 1" + " " * 500 + "#", "b"))
    return made.id


@pytest.fixture
async def ann(rooms_world: RoomsWorld, notebook: NotebookId) -> RawPage:
    page = rooms_world.dial(notebook, ALL, ANN)
    await page.open()
    return page


async def done(page: RawPage, frame: wire.FromPage) -> None:
    await page.send(frame)
    reply = await page.next(wire.Done | wire.Failed)  # type: ignore[arg-type]
    assert isinstance(reply, wire.Done), reply


async def refused(page: RawPage, frame: wire.FromPage) -> str:
    await page.send(frame)
    return (await page.next(wire.Failed)).problem.code


async def said_to(page: RawPage) -> list[Op]:
    """What a page was told of comments until now."""
    await page.send(wire.Need(cell_ids=[A]))
    ops: list[Op] = []
    while isinstance(frame := await page.next(wire.Ops | wire.Outputs), wire.Ops):  # type: ignore[arg-type]
        ops.extend(frame.ops)
    return [op for op in ops if isinstance(op, ThreadPut | CommentPut)]


async def test_a_comment_is_durable_before_it_is_acknowledged_and_is_shown_to_the_others(
    rooms_world: RoomsWorld, notebook: NotebookId, ann: RawPage
) -> None:
    bob = rooms_world.dial(notebook, ALL, BOB)
    await bob.open()
    await done(ann, start(text="Look, @bob"))
    [thread], [comment] = await rooms_world.store.read(lambda tx: comments.load(tx, notebook))
    assert (comment.by, comment.text, comment.mentions) == (ANN, "Look, @bob", ["bob"])
    assert thread.quote == ("a = 1" + " " * 500)[:QUOTE_CHARS]
    assert (await bob.next(wire.Ops)).ops == [ThreadPut(thread), CommentPut(comment)]


async def test_who_comes_later_finds_it_in_the_snapshot_and_who_was_away_in_the_operations(
    rooms_world: RoomsWorld, notebook: NotebookId, ann: RawPage
) -> None:
    away = rooms_world.dial(notebook, ALL, BOB)
    rev = (await away.open()).rev
    await away.channel.close()
    await done(ann, start())
    late = (await rooms_world.dial(notebook, ALL, BOB).open()).snapshot
    assert late is not None
    assert [one.id for one in late.threads] == ["t1"]
    back = rooms_world.dial(notebook, ALL, BOB)
    assert (await back.open(rev=rev)).snapshot is None
    assert [type(op) for op in (await back.next(wire.Ops)).ops] == [ThreadPut, CommentPut]


async def test_a_viewer_is_shown_no_comment_and_writes_none(
    rooms_world: RoomsWorld, notebook: NotebookId, ann: RawPage
) -> None:
    viewer = rooms_world.dial(notebook, frozenset({Capability.VIEW}), BOB)
    rev = (await viewer.open()).rev
    await done(ann, start())
    assert await said_to(viewer) == []
    late = rooms_world.dial(notebook, frozenset({Capability.VIEW}), BOB)
    snapshot = (await late.open()).snapshot
    assert snapshot is not None
    assert (snapshot.threads, snapshot.comments) == ([], [])
    back = rooms_world.dial(notebook, frozenset({Capability.VIEW}), BOB)
    await back.open(rev=rev)
    assert await said_to(back) == []
    assert await refused(viewer, start("2")) == "capability-refused"


async def test_a_commenter_comments_and_changes_nothing_else(rooms_world: RoomsWorld, notebook: NotebookId) -> None:
    held = frozenset({Capability.VIEW, Capability.COMMENT})
    commenter = rooms_world.dial(notebook, held, BOB)
    await commenter.open()
    await done(commenter, start())
    assert await refused(commenter, wire.ClearOutputs(id="x")) == "capability-refused"


async def test_a_command_that_comes_twice_is_one_also_when_its_comment_was_deleted_meanwhile(
    rooms_world: RoomsWorld, notebook: NotebookId, ann: RawPage
) -> None:
    await done(ann, start())
    await done(ann, start())
    await done(ann, wire.DeleteComment(id="d", comment_id=CommentId("c1")))
    await done(ann, wire.DeleteComment(id="d", comment_id=CommentId("c1")))
    await done(ann, start())
    assert await rooms_world.store.read(lambda tx: comments.load(tx, notebook)) == ([], [])


async def test_a_thread_stays_when_its_cell_is_deleted_and_none_begins_at_one_that_is_gone(
    rooms_world: RoomsWorld, notebook: NotebookId, ann: RawPage
) -> None:
    page = rooms_world.dial(notebook, ALL, ANN)
    mine = NotebookDoc.load((await page.open()).update, [])
    await done(page, start())
    await page.send(wire.Update(n=1, update=mine.edit([DeleteCell(A)]).update))
    assert await refused(page, start("2")) == "comment-cell-gone"
    await done(page, start())  # said again after a reconnect
    [thread], _ = await rooms_world.store.read(lambda tx: comments.load(tx, notebook))
    assert thread.cell_id == A


async def test_nobody_changes_the_words_of_somebody_else(
    rooms_world: RoomsWorld, notebook: NotebookId, ann: RawPage
) -> None:
    await done(ann, start())
    bob = rooms_world.dial(notebook, ALL, BOB)
    await bob.open()
    edit = wire.EditComment(id="e", comment_id=CommentId("c1"), version=0, text="mine")
    assert await refused(bob, edit) == "comment-not-yours"
    await done(bob, wire.ResolveThread(id="r", thread_id=ThreadId("t1"), turn=0, resolved=True))
    [thread], [comment] = await rooms_world.store.read(lambda tx: comments.load(tx, notebook))
    assert (thread.resolved_by, comment.text) == (BOB, "Why?")


async def test_a_comment_does_not_touch_the_file(rooms_world: RoomsWorld, notebook: NotebookId, ann: RawPage) -> None:
    projection = await rooms_world.rooms.projection(notebook)
    await projection.write()
    await done(ann, start())
    assert not projection.pending
