"""The code broken on purpose, one promise at a time: what the simulation must notice. Each is a context manager."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import msgspec

from noctule.errors import Unavailable
from noctule.rooms.committer import Committer
from noctule.rooms.library import Library
from noctule.rooms.restoring import Restoring
from noctule.rooms.room import Room
from noctule.runs import comments
from noctule.runs.conflate import _Conflation
from noctule.runtimes.streams import Stream, _decode
from noctule.store import documents, kernels
from noctule.store.writer import Committer as GroupCommitter
from noctule.store.writer import Done
from noctule_agent.journal import Journal
from noctule_agent.link import Link
from noctule_agent.recorder import Recorder
from noctule_agent.wire import link
from noctule_agent.wire.comments import CommentPut
from noctule_agent.wire.values import Cause


@contextmanager
def _patched(owner: Any, name: str, value: Any) -> Iterator[None]:
    real = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, real)


@contextmanager
def cursor_is_not_moved() -> Iterator[None]:
    """Records are applied, but not in the transaction that says so."""
    with _patched(kernels, "advance", lambda *_: None):
        yield


@contextmanager
def saved_before_commit() -> Iterator[None]:
    """A page is told that its edit is durable when it has only arrived."""
    real = Committer.append

    def append(self: Committer, update: Any) -> None:
        update.durable()
        real(self, update)

    with _patched(Committer, "append", append):
        yield


@contextmanager
def done_before_commit() -> Iterator[None]:
    """A page is told that its run is queued when it has only arrived."""

    async def change(self: Committer, change: Any) -> None:
        self._changes.append(change)
        self._wake.set()

    with _patched(Committer, "change", change):
        yield


@contextmanager
def commit_fails_silently() -> Iterator[None]:
    """A transaction that the full disk refused counts as done."""
    real = GroupCommitter.commit

    def commit(self: GroupCommitter, works: Any) -> Any:
        outcomes = real(self, works)
        return [
            Done((0, 0, [])) if isinstance(getattr(each, "error", None), Unavailable) else each for each in outcomes
        ]

    with _patched(GroupCommitter, "commit", commit):
        yield


@contextmanager
def enqueue_is_not_deduplicated() -> Iterator[None]:
    """An agent that is told of an execution twice runs it twice."""
    real = Journal._queue

    def queue(self: Journal, kernel_id: Any, execution: Any) -> None:
        if not self._db.execute("SELECT 1 FROM execution WHERE execution_id = ?", (execution.execution_id,)).fetchone():
            real(self, kernel_id, execution)

    with _patched(Journal, "known", lambda *_: set()), _patched(Journal, "_queue", queue):
        yield


@contextmanager
def duplicate_records_are_applied() -> Iterator[None]:
    """What comes twice over the link is taken for new."""

    def offer(self: Stream, frame: Any) -> int:
        size = 0
        for data in frame.records:
            self._waiting.append((_decode(data, self._next), len(data)))
            self._next += 1
            size += len(data)
        self._arrived.set()
        return size

    with _patched(Stream, "offer", offer):
        yield


@contextmanager
def journal_is_trimmed_when_committed() -> Iterator[None]:
    """The agent forgets what the server's disk does not have yet."""
    real = Link._acknowledged

    def acknowledged(self: Link, ack: Any) -> None:
        real(self, msgspec.structs.replace(ack, synced=ack.committed))

    with _patched(Link, "_acknowledged", acknowledged):
        yield


@contextmanager
def pages_resume_from_anywhere() -> Iterator[None]:
    """A page that comes back gets no snapshot, whatever it missed."""

    def since(self: Room, rev: int | None) -> Any:
        return None if rev is None else [each for each in self._ring if each.rev > rev]

    with _patched(Room, "_since", since), _patched(Room, "rev", property(lambda self: self._committer.position.rev)):
        yield


@contextmanager
def epochs_are_merged() -> Iterator[None]:
    """A page with the document of another epoch goes on with it."""
    real = Room._welcome

    def welcome(self: Room, member: Any, opening: Any, snapshot: Any) -> None:
        if opening.epoch is not None:
            opening = msgspec.structs.replace(opening, epoch=self._committer.position.epoch)
        real(self, member, opening, snapshot)

    with _patched(Room, "_welcome", welcome):
        yield


@contextmanager
def a_clear_takes_away_what_the_cell_shows() -> Iterator[None]:
    """A defect that the simulation found: the word that a cell shows an execution vanished with its outputs."""

    def clear(self: _Conflation, op: Any) -> None:
        places = self._slot((op.cell_id, op.execution_id))
        self._vanish(places)
        places[:] = [self._append(op)]

    with _patched(_Conflation, "_clear", clear):
        yield


@contextmanager
def last_words_are_dropped() -> Iterator[None]:
    """What a kernel said right before its death is not journaled."""
    real = Recorder.record

    def record(self: Recorder, records: Any, *args: Any, **options: Any) -> None:
        if any(isinstance(each, link.KernelDied) for each in records):
            self._said.clear()
        real(self, records, *args, **options)

    with _patched(Recorder, "record", record):
        yield


@contextmanager
def a_compaction_keeps_the_old_snapshot() -> Iterator[None]:
    """The log is forgotten, and nothing holds what it said."""
    real = documents.compact

    def compact(tx: Any, notebook_id: Any, epoch: Any, snapshot: bytes, upto: int) -> None:
        stored = documents.load(tx, notebook_id)
        real(tx, notebook_id, epoch, snapshot if stored is None else stored.snapshot, upto)

    with _patched(documents, "compact", compact):
        yield


@contextmanager
def an_edit_of_a_comment_is_made_as_often_as_it_is_said() -> Iterator[None]:
    """Nobody looks at the version that its writer saw: said again after a reconnect, it takes back what came after it."""

    def edit(state: Any, comment_id: Any, _by: Any, _version: int, text: str, _at: Any) -> Any:
        known = state.discussion.comments.get(comment_id)
        if known is None:
            return comments.GONE
        edited = msgspec.structs.replace(known, text=text, version=known.version + 1)
        return comments._changed(state, CommentPut(edited))

    with _patched(comments, "edit", edit):
        yield


@contextmanager
def a_restore_takes_away_what_was_typed_meanwhile() -> Iterator[None]:
    """The edit is made to the document of its moment, and not to the one that was kept before."""
    real = Restoring._show_outputs

    async def show_outputs(self: Restoring, then: Any, now: Any, wanted: Any) -> Any:
        busy = await real(self, then, now, wanted)
        now.cells[:] = self._room.document.cells()
        msgspec.structs.force_setattr(now, "encoded", self._room.document.encode())
        return busy

    with _patched(Restoring, "_show_outputs", show_outputs):
        yield


@contextmanager
def a_notebook_that_goes_to_the_bin_is_closed_only_before() -> Iterator[None]:
    """Who comes back meanwhile stays, and its file is never written."""

    async def bin_(self: Library, item_id: Any, by: Any) -> Any:
        await self._close(item_id, Cause("notebook-deleted", f"{by} deleted the notebook."))
        return await self._drive.bin(item_id)

    async def restore(self: Library, item_id: Any) -> Any:
        return await self._drive.restore(item_id)

    with _patched(Library, "bin", bin_), _patched(Library, "restore", restore):
        yield


class Mutation(msgspec.Struct, frozen=True):
    """`profile`: the faults (scenario.py) under which it shows soonest."""

    broken: Callable[[], AbstractContextManager[None]]
    profile: str


MUTATIONS = {
    broken.__name__: Mutation(broken, profile)
    for broken, profile in (
        (cursor_is_not_moved, "network"),
        (saved_before_commit, "calm"),
        (done_before_commit, "calm"),
        (commit_fails_silently, "disk"),
        (enqueue_is_not_deduplicated, "server"),
        (duplicate_records_are_applied, "network"),
        (journal_is_trimmed_when_committed, "calm"),
        (pages_resume_from_anywhere, "network"),
        (epochs_are_merged, "files"),
        (a_clear_takes_away_what_the_cell_shows, "calm"),
        (an_edit_of_a_comment_is_made_as_often_as_it_is_said, "network"),
        (a_restore_takes_away_what_was_typed_meanwhile, "disk"),
        (a_compaction_keeps_the_old_snapshot, "crashes"),
        (last_words_are_dropped, "kernels"),
        (a_notebook_that_goes_to_the_bin_is_closed_only_before, "bin"),
    )
}
