"""Rows of threads and comments. A deleted comment keeps its row, without its text: its id is never taken again."""

from collections.abc import Collection
from typing import Final

import msgspec
from sqlalchemy import bindparam, insert, select, update

from noctule_agent.wire.comments import CommentGone, CommentOp, CommentPut, CommentView, ThreadPut, ThreadView
from noctule_agent.wire.values import CommentId, Millis, NotebookId, UserId

from . import tables as t
from .codec import to_json
from .writer import Tx

_mentions: Final = msgspec.json.Decoder(list[str])

_THREAD = (t.thread.c.notebook_id == bindparam("notebook"), t.thread.c.id == bindparam("this"))
_COMMENT = (t.comment.c.notebook_id == bindparam("notebook"), t.comment.c.id == bindparam("this"))
_SET_THREAD = (
    update(t.thread)
    .where(*_THREAD)
    .values(
        turn=bindparam("new_turn"),
        resolved=bindparam("new_resolved"),
        resolved_by=bindparam("new_by"),
        resolved_at=bindparam("new_at"),
    )
)
_NEW_THREAD = insert(t.thread)
_SET_COMMENT = (
    update(t.comment)
    .where(*_COMMENT, t.comment.c.deleted.is_(False))
    .values(
        version=bindparam("new_version"),
        edited_at=bindparam("new_edited_at"),
        mentions=bindparam("new_mentions"),
        text=bindparam("new_text"),
    )
)
_NEW_COMMENT = insert(t.comment)
_DELETE = update(t.comment).where(*_COMMENT).values(deleted=True, text=b"", mentions=b"[]")
_KNOWN = (
    select(t.comment.c.id)
    .where(t.comment.c.notebook_id == bindparam("notebook"), t.comment.c.id.in_(bindparam("ids", expanding=True)))
    .limit(1)
)
_BY_PERSON = (
    select(*(t.comment.c[name] for name in ("key", "notebook_id", "thread_id", "id", "at", "edited_at", "text")))
    .where(t.comment.c.by == bindparam("author"), t.comment.c.key > bindparam("after"), t.comment.c.deleted.is_(False))
    .order_by(t.comment.c.key)
    .limit(bindparam("most"))
)
_LIVE = (t.comment.c.notebook_id == bindparam("notebook"), t.comment.c.deleted.is_(False))
_COMMENTS = (
    select(*(t.comment.c[name] for name in CommentView.__struct_fields__)).where(*_LIVE).order_by(t.comment.c.key)
)
_THREADS = (
    select(*(t.thread.c[name] for name in ThreadView.__struct_fields__))
    .where(
        t.thread.c.notebook_id == bindparam("notebook"),
        t.thread.c.id.in_(select(t.comment.c.thread_id).where(*_LIVE)),
    )
    .order_by(t.thread.c.at, t.thread.c.id)
)


class Said(msgspec.Struct, frozen=True):
    """A comment as its author has it, wherever it stands."""

    key: int
    notebook_id: NotebookId
    thread_id: str
    id: CommentId
    at: Millis
    edited_at: Millis | None
    text: str


def by_person(tx: Tx, user: UserId, after: int, limit: int) -> list[Said]:
    """Somebody's own that were not deleted, of all notebooks, in the order in which they came."""
    rows = tx.conn.execute(_BY_PERSON, {"author": user, "after": after, "most": limit})
    return [Said(**{**row._mapping, "text": row.text.decode()}) for row in rows]


def apply(tx: Tx, notebook_id: NotebookId, op: CommentOp) -> None:
    match op:
        case ThreadPut(thread):
            _put_thread(tx, notebook_id, thread)
        case CommentPut(comment):
            _put_comment(tx, notebook_id, comment)
        case CommentGone(comment_id):
            tx.conn.execute(_DELETE, {"notebook": notebook_id, "this": comment_id})


def known(tx: Tx, notebook_id: NotebookId, ids: Collection[CommentId]) -> bool:
    """Whether one of these was ever written here, deleted or not."""
    return tx.conn.execute(_KNOWN, {"notebook": notebook_id, "ids": list(ids)}).first() is not None


def load(tx: Tx, notebook_id: NotebookId) -> tuple[list[ThreadView], list[CommentView]]:
    """Threads by their beginning, comments in the order in which they were written."""
    key = {"notebook": notebook_id}
    comments = [
        CommentView(**{**row, "text": row["text"].decode(), "mentions": _mentions.decode(row["mentions"])})
        for row in tx.conn.execute(_COMMENTS, key).mappings()
    ]
    if not comments:
        return [], []
    threads = [
        ThreadView(**{**row, "quote": row["quote"].decode(), "resolved": bool(row["resolved"])})
        for row in tx.conn.execute(_THREADS, key).mappings()
    ]
    return threads, comments


def _put_thread(tx: Tx, notebook_id: NotebookId, thread: ThreadView) -> None:
    state = {
        "new_turn": thread.turn,
        "new_resolved": thread.resolved,
        "new_by": thread.resolved_by,
        "new_at": thread.resolved_at,
    }
    if tx.conn.execute(_SET_THREAD, {"notebook": notebook_id, "this": thread.id, **state}).rowcount == 0:
        row = {**msgspec.structs.asdict(thread), "notebook_id": notebook_id, "quote": thread.quote.encode()}
        tx.conn.execute(_NEW_THREAD, row)


def _put_comment(tx: Tx, notebook_id: NotebookId, comment: CommentView) -> None:
    text, mentions = comment.text.encode(), to_json(comment.mentions)
    content = {
        "new_version": comment.version,
        "new_edited_at": comment.edited_at,
        "new_mentions": mentions,
        "new_text": text,
    }
    if tx.conn.execute(_SET_COMMENT, {"notebook": notebook_id, "this": comment.id, **content}).rowcount == 0:
        row = {**msgspec.structs.asdict(comment), "notebook_id": notebook_id, "text": text, "mentions": mentions}
        tx.conn.execute(_NEW_COMMENT, {**row, "deleted": False})
