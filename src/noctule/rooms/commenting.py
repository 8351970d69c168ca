"""What people say about the cells of a notebook: committed before it is acknowledged, in the revisions of the run state.

It may not know pages. Who may comment is decided at the door (accounts/capabilities.py), who may change what by the
reducers (runs/comments.py). That a command was done and its comment deleted since, only the rows know.
"""

from collections.abc import Awaitable, Callable, Iterable

from noctule.errors import Conflict
from noctule.notebook.crdt import NotebookDoc
from noctule.rooms.committer import Change, Committer
from noctule.runs import comments as reducers
from noctule.runs.reduce import Rejected, Step
from noctule.runs.state import RunState
from noctule.store import Tx
from noctule.store import comments as rows
from noctule_agent.wire import page as wire
from noctule_agent.wire.comments import CommentGone, CommentPut, CommentView, ThreadPut, ThreadView
from noctule_agent.wire.limits import QUOTE_CHARS
from noctule_agent.wire.ports import Clock
from noctule_agent.wire.state import Op
from noctule_agent.wire.values import CommentId, Millis, NotebookId, UserId

KNOWN = "comment-known"
Reduce = Callable[[RunState], Step | Rejected]

Command = wire.StartThread | wire.Reply | wire.EditComment | wire.DeleteComment | wire.ResolveThread


class Commenting:
    """See the module. `do` is called in the order in which a page asked: a cell that it made before is there."""

    def __init__(self, clock: Clock, notebook_id: NotebookId, document: NotebookDoc, committer: Committer) -> None:
        self._clock = clock
        self._notebook_id = notebook_id
        self._document = document
        self._committer = committer

    def do(self, frame: Command, user: UserId) -> Awaitable[None]:
        """Done when it is durable. Raises Conflict with what is in the way, Unavailable."""
        at = self._clock.now()
        match frame:
            case wire.StartThread():
                return self._start(frame, self._comment(frame, user, at))
            case wire.Reply():
                comment = self._comment(frame, user, at)
                return self._say(lambda state: reducers.reply(state, comment), comment.id)
            case wire.EditComment(comment_id=edited, version=version, text=text):
                return self._change(lambda state: reducers.edit(state, edited, user, version, text, at))
            case wire.DeleteComment(comment_id=deleted):
                return self._change(lambda state: reducers.delete(state, deleted, user))
            case wire.ResolveThread(thread_id=thread, turn=turn, resolved=resolved):
                return self._change(lambda state: reducers.resolve(state, thread, user, turn, at, resolved=resolved))

    def _start(self, frame: wire.StartThread, comment: CommentView) -> Awaitable[None]:
        source = self._document.source(frame.cell_id)
        quote = None if source is None else source.strip()[:QUOTE_CHARS]

        def reduce(state: RunState) -> Step | Rejected:
            if quote is None and frame.thread_id not in state.discussion.threads:
                return Rejected("comment-cell-gone", "This cell was deleted meanwhile.")
            return reducers.start(state, ThreadView(frame.thread_id, frame.cell_id, comment.at, quote or ""), comment)

        return self._say(reduce, comment.id)

    @staticmethod
    def _comment(frame: wire.StartThread | wire.Reply, user: UserId, at: Millis) -> CommentView:
        return CommentView(
            id=frame.comment_id,
            thread_id=frame.thread_id,
            by=user,
            at=at,
            text=frame.text,
            mentions=reducers.mentions(frame.text),
        )

    async def _say(self, reduce: Reduce, comment_id: CommentId) -> None:
        """A comment that is new, or was written before: then nothing more is done."""
        fresh = False

        def only_new(state: RunState) -> Step | Rejected:
            nonlocal fresh
            step = reduce(state)
            fresh = isinstance(step, Step) and bool(step.ops)
            return step

        def write(tx: Tx) -> None:
            if fresh and rows.known(tx, self._notebook_id, [comment_id]):
                raise Conflict(KNOWN, "This comment was written before.", "Nothing more is needed.")

        try:
            await self._committer.change(Change(only_new, write))
        except Conflict as error:
            if error.code != KNOWN:
                raise

    async def _change(self, reduce: Reduce) -> None:
        await self._committer.change(Change(reduce))


def hidden(ops: Iterable[Op]) -> list[Op]:
    """The operations as somebody sees them who may not comment."""
    return [op for op in ops if not isinstance(op, ThreadPut | CommentPut | CommentGone)]
