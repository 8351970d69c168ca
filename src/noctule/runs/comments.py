"""(state, what somebody wants to say) -> Step | Rejected. Pure: ids, times and who asks are arguments.

    thread    open <-> resolved, and gone with its last comment
    comment   written -> edited* -> gone

What was done before is done: the same command twice changes nothing the second time. What others changed meanwhile is
refused: an edit names the version that its writer saw, a resolution the turn. (An id that is not here may have been and be
gone: only the rows know, store/comments.py.)
"""

import re
from typing import Final

import msgspec

from noctule.runs.state import Discussion, Rejected, RunState, Step
from noctule_agent.wire.comments import CommentGone, CommentOp, CommentPut, CommentView, ThreadPut, ThreadView
from noctule_agent.wire.limits import (
    COMMENT_CHARS,
    COMMENT_CHARS_PER_NOTEBOOK,
    COMMENTS_PER_NOTEBOOK,
    COMMENTS_PER_THREAD,
    MENTIONS_PER_COMMENT,
)
from noctule_agent.wire.values import CommentId, Millis, ThreadId, UserId

replace = msgspec.structs.replace

_MENTION: Final = re.compile(r"(?<![\w@/.-])@([^\W_][\w.-]{0,63})")
NOT_YOURS: Final = Rejected("comment-not-yours", "Only who wrote a comment may change it.")
GONE: Final = Rejected("comment-gone", "This comment was deleted meanwhile.")


def mentions(text: str) -> list[str]:
    """The names after an @ in a text, each once; not those of an address or a path."""
    found = (name.rstrip(".-") for name in _MENTION.findall(text))
    return list(dict.fromkeys(found))[:MENTIONS_PER_COMMENT]


def start(state: RunState, thread: ThreadView, comment: CommentView) -> Step | Rejected:
    """A new thread with its first comment."""
    if thread.id in state.discussion.threads:
        return _unchanged(state)
    return _full(state, comment) or _changed(state, ThreadPut(thread), CommentPut(comment))


def reply(state: RunState, comment: CommentView) -> Step | Rejected:
    discussion = state.discussion
    if comment.id in discussion.comments:
        return _unchanged(state)
    if comment.thread_id not in discussion.threads:
        return Rejected("thread-gone", "This thread was deleted meanwhile.")
    if sum(other.thread_id == comment.thread_id for other in discussion.comments.values()) >= COMMENTS_PER_THREAD:
        return Rejected("thread-full", f"A thread has {COMMENTS_PER_THREAD} comments at most. Begin another one.")
    return _full(state, comment) or _changed(state, CommentPut(comment))


def edit(state: RunState, comment_id: CommentId, by: UserId, version: int, text: str, at: Millis) -> Step | Rejected:
    """Replace the text of one's own comment, of which this version was seen."""
    comment = state.discussion.comments.get(comment_id)
    if comment is None:
        return GONE
    if comment.by != by:
        return NOT_YOURS
    if comment.text == text and comment.version in (version, version + 1):
        return _unchanged(state)
    if comment.version != version:
        return Rejected("comment-changed", "This comment was changed meanwhile. Look at it, and edit it again.")
    edited = replace(comment, text=text, mentions=mentions(text), version=version + 1, edited_at=at)
    return _full(state, edited) or _changed(state, CommentPut(edited))


def delete(state: RunState, comment_id: CommentId, by: UserId) -> Step | Rejected:
    """Take back one's own comment."""
    comment = state.discussion.comments.get(comment_id)
    if comment is None:
        return _unchanged(state)
    return _changed(state, CommentGone(comment.id, comment.thread_id)) if comment.by == by else NOT_YOURS


def resolve(
    state: RunState, thread_id: ThreadId, by: UserId, turn: int, at: Millis, *, resolved: bool
) -> Step | Rejected:
    """Resolve a thread or reopen it, of which this turn was seen."""
    thread = state.discussion.threads.get(thread_id)
    if thread is None:
        return Rejected("thread-gone", "This thread was deleted meanwhile.")
    if thread.resolved == resolved:
        return _unchanged(state)
    if thread.turn != turn:
        return Rejected("thread-changed", "Somebody resolved or reopened this thread meanwhile.")
    who, when = (by, at) if resolved else (UserId(""), None)
    return _changed(
        state, ThreadPut(replace(thread, turn=turn + 1, resolved=resolved, resolved_by=who, resolved_at=when))
    )


def applied(discussion: Discussion, op: CommentOp) -> Discussion:
    """The discussion after an operation."""
    threads, comments = dict(discussion.threads), dict(discussion.comments)
    match op:
        case ThreadPut(thread):
            threads[thread.id] = thread
        case CommentPut(comment):
            comments[comment.id] = comment
        case CommentGone(id_, thread_id):
            comments.pop(id_, None)
            if all(other.thread_id != thread_id for other in comments.values()):
                threads.pop(thread_id, None)
    return Discussion(threads, comments)


def _changed(state: RunState, *ops: CommentOp) -> Step:
    discussion = state.discussion
    for op in ops:
        discussion = applied(discussion, op)
    return Step(replace(state, discussion=discussion), list(ops))


def _unchanged(state: RunState) -> Step:
    return Step(state, [])


def _full(state: RunState, comment: CommentView) -> Rejected | None:
    """Which limit this comment would pass."""
    if not comment.text.strip():
        return Rejected("comment-empty", "A comment needs a word at least.")
    if len(comment.text) > COMMENT_CHARS:
        return Rejected("comment-too-long", f"A comment has {COMMENT_CHARS:,} characters at most.")
    others = [other for other in state.discussion.comments.values() if other.id != comment.id]
    chars = sum(len(other.text) for other in others) + len(comment.text)
    if len(others) >= COMMENTS_PER_NOTEBOOK or chars > COMMENT_CHARS_PER_NOTEBOOK:
        return Rejected("comments-full", "This notebook has no room for more comments. Delete what is done with.")
    return None
