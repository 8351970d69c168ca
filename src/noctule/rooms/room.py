"""One live notebook: what pages, agents and programs may ask of it. It may not know sockets or HTTP.

    who writes what                      through
      people: sources, order, metadata   update() - a Yjs update, applied at once, relayed, then committed
      server: executions, outputs        running.py - reduced and committed by the committer, then announced
      agent:  what the kernel did        following.py - records of the journal, with the cursor in the same transaction

States: live -> draining -> gone. Loading and failing are the registry's (rooms.py).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Protocol

import msgspec
import structlog

from noctule.notebook.crdt import NotebookDoc
from noctule.notebook.ops import Op as DocumentOp
from noctule.rooms.asking import Asking
from noctule.rooms.commenting import Commenting, hidden
from noctule.rooms.committer import Change, Committer, PendingUpdate, Position
from noctule.rooms.following import Following
from noctule.rooms.loading import Loaded
from noctule.rooms.outbox import Outbox, size_of
from noctule.rooms.peers import Peers
from noctule.rooms.running import Running
from noctule.rooms.services import Services
from noctule.runs import export
from noctule.runs.conflate import fit_all
from noctule.runs.reduce import Rejected, Step
from noctule.runs.state import RunState
from noctule.store import Tx, documents, runs
from noctule_agent.wire import page as wire
from noctule_agent.wire.limits import (
    COMPACT_BYTES,
    COMPACT_UPDATES,
    OPS_RING,
    OPS_RING_BYTES,
    SNAPSHOT_INLINE_BYTES,
)
from noctule_agent.wire.state import Op, RunSnapshot
from noctule_agent.wire.values import (
    CellId,
    NotebookId,
    Problem,
    UserId,
)

log = structlog.get_logger()


class Member(Protocol):
    """A page, as far as a room knows it."""

    user: UserId
    client_id: int
    outbox: Outbox
    owner: str
    """Whose notebook it was when the page came."""

    @property
    def capabilities(self) -> list[str]: ...

    @property
    def comments(self) -> bool:
        """It may see what people say about cells."""
        ...


class Announced(msgspec.Struct, frozen=True):
    """Operations of one revision, kept for pages that come back."""

    from_rev: int
    rev: int
    ops: list[Op]
    size: int


class Room:
    """See the module. `touched` is called when something was committed that the .ipynb should show."""

    def __init__(self, services: Services, notebook_id: NotebookId, loaded: Loaded) -> None:
        self.notebook_id = notebook_id
        self.document = NotebookDoc.load(loaded.snapshot, loaded.updates)
        self._ended = False
        self.failure: BaseException | None = None
        self.touched: Callable[[], None] = lambda: None
        self.services = services
        # In the order in which they came.
        self._members: dict[Member, None] = {}
        self.authors: set[str] = set()
        """Who wrote since the last revision, as far as this room knows."""
        self.peers = Peers()
        self._ring: deque[Announced] = deque()
        self._ring_bytes = 0
        self._since_compaction = len(loaded.updates)
        self._bytes_since_compaction = sum(map(len, loaded.updates))
        self._trouble: Problem | None = None
        self._work: set[asyncio.Future[Any]] = set()
        self._committer = Committer(
            services.store,
            services.clock,
            notebook_id,
            Position(
                epoch=loaded.epoch, seq=loaded.seq, rev=loaded.bare.rev, state=RunState.from_snapshot(loaded.bare)
            ),
            self._announce,
            self._in_trouble,
            self._broken,
        )
        self.running = Running(services, notebook_id, self.document, self._committer, loaded.unoffered, self.aside)
        self.asking = Asking(services, notebook_id, self._committer)
        self.commenting = Commenting(services.clock, notebook_id, self.document, self._committer)
        self.following = Following(services, self._committer, self.running, loaded.cursors)

    # --- facts ----------------------------------------------------------------------------------------------------

    @property
    def state(self) -> RunState:
        """The committed run state."""
        return self._committer.position.state

    @property
    def rev(self) -> int:
        return self._committer.position.rev

    @property
    def seq(self) -> int:
        """The last committed record of the document's log."""
        return self._committer.position.seq

    @property
    def page_count(self) -> int:
        return len(self._members)

    @property
    def active(self) -> bool:
        """Something of this notebook runs or waits."""
        return any(one.state in ("queued", "running") for one in self.state.executions.values())

    @property
    def idle(self) -> bool:
        """Nobody looks, nothing waits: the room may be evicted."""
        return not self._members and self._committer.quiet and not self._work

    # --- pages ----------------------------------------------------------------------------------------------------

    async def join(self, member: Member, opening: wire.Open) -> None:
        """Send the Welcome and from then on everything that happens after it, in order."""
        resumed = self._since(opening.rev)
        if resumed is not None:
            self._welcome(member, opening, None)
            for announced in resumed:
                _tell(member, announced)
            return
        order = self.document.order()

        def read(tx: Tx) -> RunSnapshot:
            return runs.snapshot(tx, self.notebook_id, order, SNAPSHOT_INLINE_BYTES)

        await self._committer.reading(read, lambda snapshot: self._welcome(member, opening, snapshot))

    def _welcome(self, member: Member, opening: wire.Open, snapshot: RunSnapshot | None) -> None:
        position = self._committer.position
        if snapshot is not None and not member.comments:
            snapshot = msgspec.structs.replace(snapshot, threads=[], comments=[])
        fresh = opening.epoch != position.epoch or opening.state_vector is None
        member.outbox.put(
            wire.Welcome(
                version=wire.VERSION,
                server=self.services.server,
                epoch=position.epoch,
                fresh=fresh,
                update=self._lacking(opening, fresh),
                state_vector=self.document.state_vector(),
                rev=position.rev,
                snapshot=snapshot,
                user=member.user,
                capabilities=member.capabilities,
                owner=member.owner,
            )
        )
        if self._trouble is not None:
            member.outbox.put(wire.Notice(problem=self._trouble))
        self._members[member] = None
        self.peers.joined(member)
        if self._ended:
            member.outbox.end()

    def _lacking(self, opening: wire.Open, fresh: bool) -> bytes:
        if fresh or opening.state_vector is None:
            return self.document.encode()
        return self.document.diff(opening.state_vector)

    def _since(self, rev: int | None) -> list[Announced] | None:
        """What was announced after `rev`, if the ring reaches back to it and the outputs are still the same room's."""
        if rev is None or rev > self.rev:
            return None
        if rev == self.rev:
            return []
        later = [announced for announced in self._ring if announced.rev > rev]
        return later if later and later[0].from_rev <= rev else None

    def has(self, member: Member) -> bool:
        """Whether it was welcomed, and is told what happens."""
        return member in self._members

    def leave(self, member: Member) -> None:
        self._members.pop(member, None)
        self.peers.left(member)

    async def need(self, member: Member, cell_ids: list[CellId]) -> None:
        """Send outputs that the snapshot left out, after the operations before them."""
        wanted = cell_ids[:1000]

        def send(cells: list[Any]) -> None:
            member.outbox.put_after_ops(wire.Outputs(rev=self.rev, cells=cells))

        await self._committer.reading(lambda tx: runs.outputs(tx, self.notebook_id, wanted), send)

    # --- the document ---------------------------------------------------------------------------------------------

    def update(self, member: Member, frame: wire.Update) -> None:
        """Apply a page's edit, relay it, make it durable; then tell the page. Raises Refused: nothing was applied."""
        self._apply_update(frame.update, member.user, member, lambda: member.outbox.put(wire.Saved(n=frame.n)))

    def merge(self, update: bytes, author: str) -> asyncio.Future[None]:
        """An edit that the server made to an earlier state of the document: applied and relayed at once, as a page's is.

        The future is done when it is durable, or this room is gone (Unavailable).
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        changes = self.document.merge(update)
        self._relay(update, None)
        self._log_update(
            PendingUpdate(
                update=update,
                author=author,
                removed=changes.removed,
                added=list(changes.added),
                durable=partial(_settle, done),
                dropped=partial(_settle, done),
            )
        )
        return done

    def edit(self, ops: list[DocumentOp], author: str, write: Callable[[Tx], None]) -> asyncio.Future[None]:
        """Edit the document for the server (an import, a restore), and write rows in the transaction that makes it durable.

        The future is done when that is committed, which is tried until it is, or this room is gone (Unavailable). Nobody
        sees the edit before: a page would bring it back to a server that died of its commit, and that server makes the edit
        once more.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        edit = NotebookDoc.load(self.document.encode(), []).edit(ops)

        def durable() -> None:
            if edit.update:
                self.document.merge(edit.update)
                self._relay(edit.update, None)
            _settle(done)

        self._log_update(
            PendingUpdate(
                update=edit.update,
                author=author,
                removed=edit.changes.removed,
                added=list(edit.changes.added),
                durable=durable,
                dropped=partial(_settle, done),
                write=write,
            )
        )
        return done

    def _apply_update(self, update: bytes, author: str, source: Member | None, durable: Callable[[], None]) -> None:
        changes = self.document.apply(update)
        self._relay(update, source)
        self._log_update(
            PendingUpdate(
                update=update,
                author=author,
                removed=changes.removed,
                added=list(changes.added),
                durable=durable,
            )
        )

    def _relay(self, update: bytes, source: Member | None) -> None:
        frame = wire.PeerUpdate(update=update)
        for member in self._members:
            if member is not source:
                member.outbox.put(frame)

    def _log_update(self, pending: PendingUpdate) -> None:
        self._committer.append(pending)
        if pending.update:
            self.authors.add(pending.author)
        self.touched()
        self._since_compaction += 1
        self._bytes_since_compaction += len(pending.update)
        if self._since_compaction >= COMPACT_UPDATES or self._bytes_since_compaction >= COMPACT_BYTES:
            self._since_compaction = self._bytes_since_compaction = 0
            self.aside(self._compact())

    async def _compact(self) -> None:
        """Replace the log by one snapshot of the same lineage. Merging logs is slow; encoding a loaded document is not."""
        # What is committed now is in the document. What will have been when this is written need not be in the snapshot.
        snapshot, upto = self.document.encode(), self._committer.position

        def write(tx: Tx) -> None:
            documents.compact(tx, self.notebook_id, upto.epoch, snapshot, upto.seq)

        await self._committer.change(Change(lambda state: Step(state=state, ops=[]), write))

    async def change(self, reduce: Callable[[RunState], Step | Rejected]) -> None:
        """Reduce the run state, commit, announce. Raises Conflict when the reduction rejects it, Unavailable."""
        await self._committer.change(Change(reduce))

    # --- announcing -----------------------------------------------------------------------------------------------

    def _announce(self, rev: int, ops: list[Op]) -> None:
        from_rev = self._ring[-1].rev if self._ring else rev - 1
        shown = fit_all(ops)
        announced = Announced(from_rev=from_rev, rev=rev, ops=shown, size=size_of(shown))
        self._ring.append(announced)
        self._ring_bytes += announced.size
        while len(self._ring) > OPS_RING or self._ring_bytes > OPS_RING_BYTES:
            self._ring_bytes -= self._ring.popleft().size
        for member in self._members:
            _tell(member, announced)
        if export.change_the_file(ops):
            self.touched()

    def _in_trouble(self, trouble: Problem | None) -> None:
        if trouble == self._trouble:
            return
        self._trouble = trouble
        for member in self._members:
            member.outbox.put(wire.Notice(problem=trouble))

    # --- life -----------------------------------------------------------------------------------------------------

    def aside(self, work: Awaitable[Any]) -> None:
        """Start work of this room that nobody waits for; it ends with the room."""
        task = asyncio.ensure_future(work)
        self._work.add(task)
        task.add_done_callback(self._worked)

    def _worked(self, task: "asyncio.Future[Any]") -> None:
        self._work.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("room work failed", notebook=self.notebook_id, error=str(error))

    def _broken(self, error: BaseException) -> None:
        self.failure = error
        self._end()

    def _end(self) -> None:
        """Members leave on their own."""
        self._ended = True
        self.peers.close()
        for member in self._members:
            member.outbox.end()

    async def close(self) -> None:
        """Pages are told to open anew. What was not committed was not acknowledged; who waits for it is told."""
        self._end()
        for task in list(self._work):
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)
        await self._committer.close()


def _settle(done: "asyncio.Future[None]", error: BaseException | None = None) -> None:
    """Answer who waits, if anybody still does."""
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
        done.exception()


def _tell(member: Member, announced: Announced) -> None:
    ops = announced.ops if member.comments else hidden(announced.ops)
    member.outbox.put_ops(announced.from_rev, announced.rev, ops, announced.size)
