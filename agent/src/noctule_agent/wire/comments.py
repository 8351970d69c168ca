"""What people say about cells: threads of comments, and the operations that change them. A part of the run state.

Written by the server alone, when somebody who may comment asks; shown to nobody else. A thread is there as long as a
comment of it is. Texts are plain: nothing in them is markup.
"""

import msgspec

from .values import CellId, CommentId, Millis, ThreadId, UserId


class ThreadView(msgspec.Struct, frozen=True, omit_defaults=True):
    """Comments on one cell, which may be gone. `quote`: the beginning of its source when the thread began.

    `turn` counts how often it was resolved and reopened.
    """

    id: ThreadId
    cell_id: CellId
    at: Millis
    quote: str = ""
    turn: int = 0
    resolved: bool = False
    resolved_by: UserId = UserId("")
    resolved_at: Millis | None = None


class CommentView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One comment. `version` counts its edits. `mentions`: the names after an @ in its text."""

    id: CommentId
    thread_id: ThreadId
    by: UserId
    at: Millis
    text: str
    version: int = 0
    edited_at: Millis | None = None
    mentions: list[str] = []


class _Tagged(msgspec.Struct, frozen=True, tag_field="t", omit_defaults=True):
    """Base of every operation."""


class ThreadPut(_Tagged, frozen=True, tag="thread"):
    """Insert or replace a thread. Its comments are put after it."""

    thread: ThreadView


class CommentPut(_Tagged, frozen=True, tag="comment"):
    """Insert a comment at the end of its thread, or replace it in its place."""

    comment: CommentView


class CommentGone(_Tagged, frozen=True, tag="comment-gone"):
    """Remove a comment, and its thread with the last one."""

    id: CommentId
    thread_id: ThreadId


CommentOp = ThreadPut | CommentPut | CommentGone
