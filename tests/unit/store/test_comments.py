"""Comments as rows: what was written is there, in order; what was deleted leaves its id and nothing else."""

import pytest
from sqlalchemy import select

from noctule.store import Store, comments, items, runs
from noctule.store import tables as t
from noctule.store.failures import StaleRevision
from noctule_agent.wire.comments import CommentGone, CommentPut, CommentView, ThreadPut, ThreadView
from noctule_agent.wire.state import Op
from noctule_agent.wire.values import CellId, CommentId, ItemId, Millis, NotebookId, ThreadId, UserId

C1, C2 = CommentId("c1"), CommentId("c2")


def thread(name: str, at: int = 1) -> ThreadView:
    return ThreadView(ThreadId(name), CellId("a"), Millis(at), "x = '\x00'")


def comment(id_: CommentId, of: str, text: str) -> CommentView:
    return CommentView(id_, ThreadId(of), UserId("ann"), Millis(1), text, mentions=["bob"])


async def apply(store: Store, notebook: NotebookId, rev: int, *ops: Op) -> None:
    await store.write(lambda tx: runs.apply(tx, notebook, rev, list(ops)))


async def test_threads_and_comments_come_back_as_they_were_written(store: Store, notebook: NotebookId) -> None:
    late, early = thread("t1", at=9), thread("t2", at=2)
    said = [comment(C1, "t1", "NUL \x00 and 𝄞"), comment(C2, "t2", "two")]
    await apply(store, notebook, 0, ThreadPut(late), CommentPut(said[0]), ThreadPut(early), CommentPut(said[1]))
    assert await store.read(lambda tx: comments.load(tx, notebook)) == ([early, late], said)
    bare = await store.read(lambda tx: runs.bare(tx, notebook))
    assert (bare.threads, bare.comments) == ([early, late], said)


async def test_an_edit_and_a_resolution_replace_what_was_there(store: Store, notebook: NotebookId) -> None:
    await apply(store, notebook, 0, ThreadPut(thread("t1")), CommentPut(comment(C1, "t1", "one")))
    resolved = ThreadView(ThreadId("t1"), CellId("a"), Millis(1), "x = '\x00'", 1, True, UserId("bob"), Millis(7))
    edited = CommentView(C1, ThreadId("t1"), UserId("ann"), Millis(1), "two", 1, Millis(8), ["carl"])
    await apply(store, notebook, 1, ThreadPut(resolved), CommentPut(edited))
    assert await store.read(lambda tx: comments.load(tx, notebook)) == ([resolved], [edited])


async def test_of_a_deleted_comment_only_the_id_stays_and_of_its_thread_nothing_is_shown(
    store: Store, notebook: NotebookId
) -> None:
    await apply(store, notebook, 0, ThreadPut(thread("t1")), CommentPut(comment(C1, "t1", "secret")))
    await apply(store, notebook, 1, CommentGone(C1, ThreadId("t1")))
    assert await store.read(lambda tx: comments.load(tx, notebook)) == ([], [])
    assert await store.read(lambda tx: comments.known(tx, notebook, [C1]))
    assert not await store.read(lambda tx: comments.known(tx, notebook, [C2]))
    rows = await store.read(lambda tx: tx.conn.execute(select(t.comment.c.text, t.comment.c.mentions)).all())
    assert [tuple(row) for row in rows] == [(b"", b"[]")]


async def test_comments_are_fenced_by_the_revision_and_go_with_the_notebook(store: Store, notebook: NotebookId) -> None:
    await apply(store, notebook, 0, ThreadPut(thread("t1")), CommentPut(comment(C1, "t1", "one")))
    with pytest.raises(StaleRevision):
        await apply(store, notebook, 0, CommentGone(C1, ThreadId("t1")))
    await store.write(lambda tx: items.remove(tx, ItemId(notebook)))
    assert await store.read(lambda tx: tx.conn.execute(select(t.comment.c.id)).all()) == []


async def test_what_somebody_said_is_found_in_all_notebooks_in_pages(store: Store, notebook: NotebookId) -> None:
    said = [comment(C1, "t1", "NUL \x00"), comment(C2, "t1", "gone"), comment(CommentId("c3"), "t1", "three")]
    await apply(store, notebook, 0, ThreadPut(thread("t1")), *map(CommentPut, said))
    await apply(store, notebook, 1, CommentGone(C2, ThreadId("t1")))
    [first] = await store.read(lambda tx: comments.by_person(tx, UserId("ann"), 0, 1))
    assert (first.notebook_id, first.id, first.text) == (notebook, C1, "NUL \x00")
    rest = await store.read(lambda tx: comments.by_person(tx, UserId("ann"), first.key, 9))
    assert [each.text for each in rest] == ["three"]
    assert await store.read(lambda tx: comments.by_person(tx, UserId("bob"), 0, 9)) == []
