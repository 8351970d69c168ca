"""What pages said about cells and were told is done, held against the rows: nothing lost, doubled, or taken back.

written     an acknowledged comment has a row, once, whatever became of it later
edited      versions only grow, the text of a version never changes, there are no more versions than edits that were sent
deleted     for good, and without its text
resolved    turns only grow, one for each command that was sent at most
"""

from collections.abc import Callable

from noctule_agent.wire import page as wire
from tests.sim.rows import CommentRow, Rows

Said = wire.StartThread | wire.Reply | wire.EditComment | wire.DeleteComment | wire.ResolveThread


class Talk:
    def __init__(self, rows: Rows, fail: Callable[[str], None], count: Callable[[str], None]) -> None:
        self._rows = rows
        self._fail = fail
        self._count = count
        self._sent: dict[str, Said] = {}
        self._comments: dict[str, CommentRow] = {}
        self._texts: dict[tuple[str, int], str] = {}
        self._turns: dict[str, int] = {}

    # --- what pages tell ---------------------------------------------------------------------------------------------

    def sent(self, frame: Said) -> None:
        self._sent[frame.id] = frame

    def done(self, page: str, frame: Said) -> None:
        self._count("said")
        match frame:
            case wire.StartThread() | wire.Reply():
                row = self._comments.get(frame.comment_id)
                if row is None:
                    self._fail(f"{page} was told Done for comment {frame.comment_id}, which has no row")
                elif row.version == 0 and not row.deleted and row.text != frame.text:
                    self._fail(f"{page} wrote {frame.text!r} as {frame.comment_id}, the rows have {row}")
            case wire.EditComment():
                row = self._comments.get(frame.comment_id)
                if row is None or (row.version <= frame.version and not row.deleted):
                    self._fail(f"{page} was told Done for an edit of {frame.comment_id}, the rows have {row}")
            case wire.DeleteComment():
                row = self._comments.get(frame.comment_id)
                if row is not None and not row.deleted:
                    self._fail(f"{page} was told Done for the deletion of {frame.comment_id}, the rows have {row}")
            case wire.ResolveThread():
                if self._turns.get(frame.thread_id, 0) <= frame.turn:
                    self._fail(f"{page} was told Done for {frame}, the rows have {self._turns}")

    # --- after each commit -------------------------------------------------------------------------------------------

    def committed(self) -> None:
        found = {row.id: row for row in self._rows.comments()}
        for gone in self._comments.keys() - found.keys():
            self._fail(f"the row of comment {gone} is gone")
        for id_, row in found.items():
            before = self._comments.get(id_)
            if before == row:
                continue
            if before is not None and (row.version < before.version or before.deleted):
                self._fail(f"comment {id_} went back: {before} -> {row}")
            if row.deleted and row.text:
                self._fail(f"comment {id_} is deleted and still says {row.text!r}")
            if not row.deleted and self._texts.setdefault((id_, row.version), row.text) != row.text:
                self._fail(f"version {row.version} of comment {id_} changed: {row}")
        self._comments = found
        for id_, turn in self._rows.turns().items():
            if turn < self._turns.get(id_, 0):
                self._fail(f"thread {id_} went back from turn {self._turns[id_]} to {turn}")
            self._turns[id_] = turn

    # --- at the end --------------------------------------------------------------------------------------------------

    def ended(self) -> None:
        said = list(self._sent.values())
        for row in self._comments.values():
            edits = sum(isinstance(each, wire.EditComment) and each.comment_id == row.id for each in said)
            if row.version > edits:
                self._fail(f"comment {row.id} has {row.version} versions of {edits} edits")
        for thread_id, turn in self._turns.items():
            turns = sum(isinstance(each, wire.ResolveThread) and each.thread_id == thread_id for each in said)
            if turn > turns:
                self._fail(f"thread {thread_id} has {turn} turns of {turns} commands")
        written = {each.comment_id for each in said if isinstance(each, wire.StartThread | wire.Reply)}
        for nobody in self._comments.keys() - written:
            self._fail(f"nobody wrote comment {nobody}")
