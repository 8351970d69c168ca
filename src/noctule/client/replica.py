"""What one page has of a notebook: the document and the run state, and how frames of the server change them.

No input or output, no time: `session.py` sends and receives. The counterpart of web/src/net.
"""

from collections.abc import Sequence

import msgspec

from noctule.errors import Conflict
from noctule.notebook.crdt import NotebookDoc
from noctule.notebook.ops import Op as DocumentOp
from noctule.runs.view import View
from noctule_agent.wire import page as wire
from noctule_agent.wire.state import CellOutputs, RunSnapshot
from noctule_agent.wire.values import Epoch


class OutOfStep(Exception):
    """Operations came that do not follow on what this page has: it must open anew, without a rev."""


class Edit(msgspec.Struct, frozen=True):
    """The `number`-th edit of this page, as a Yjs update."""

    number: int
    update: bytes


class Replica:
    """Edits are numbered from 1, over all connections; `saved` is the last one that is known to be durable."""

    def __init__(self) -> None:
        self.doc: NotebookDoc | None = None
        self.epoch: Epoch | None = None
        self.aside: list[NotebookDoc] = []
        """Documents of earlier epochs that had edits which the server never got. Never merged; kept to be looked at."""
        self.edits = 0
        self.saved = 0
        self._known = False
        self._rev = 0
        self._view = View(RunSnapshot(rev=0))
        self._snapshot: RunSnapshot | None = None
        self._sent: dict[int, int] = {}

    @property
    def view(self) -> RunSnapshot:
        """The run state; empty, of revision 0, before the first welcome."""
        if self._snapshot is None:
            self._snapshot = self._view.snapshot(self._rev)
        return self._snapshot

    def _see(self, snapshot: RunSnapshot) -> None:
        self._view = View(snapshot)
        self._rev = snapshot.rev
        self._snapshot = snapshot

    # --- a connection begins ---

    def opening(self, client_id: int) -> wire.Open:
        self._sent.clear()
        if self.doc is None:
            return wire.Open(version=wire.VERSION, client_id=client_id)
        return wire.Open(
            version=wire.VERSION,
            client_id=client_id,
            epoch=self.epoch,
            state_vector=self.doc.state_vector(),
            rev=self._rev if self._known else None,
        )

    def welcome(self, frame: wire.Welcome) -> wire.Update | None:
        """Take over what the server says, and give back what it lacks, if anything."""
        if frame.snapshot is not None:
            self._see(frame.snapshot)
            self._known = True
        elif not self._known:
            raise OutOfStep("the server sent no snapshot to a page that has nothing")
        if frame.fresh or self.doc is None:
            self._start_over(frame)
            return None
        self.doc.merge(frame.update)
        # Also what others wrote and this page heard, if the server died of it and its writer is gone.
        if self.saved == self.edits and not self.doc.exceeds(frame.state_vector, frame.update):
            return None
        return self.numbered(Edit(self.edits, self.doc.diff(frame.state_vector)))

    def _start_over(self, frame: wire.Welcome) -> None:
        if self.doc is not None and self.saved < self.edits:
            self.aside.append(self.doc)
        self.saved = self.edits
        self.doc = NotebookDoc.load(frame.update, [])
        self.epoch = frame.epoch

    # --- edits of this page ---

    def edit(self, ops: Sequence[DocumentOp]) -> Edit | None:
        """Apply them here; None when they changed nothing."""
        if self.doc is None:
            raise Conflict("not-ready", "The document is not here yet.")
        update = self.doc.edit(list(ops)).update
        if not update:
            return None
        self.edits += 1
        return Edit(self.edits, update)

    def numbered(self, edit: Edit) -> wire.Update:
        """It is the next update of this connection. When `n` is saved, it and every edit before it is."""
        n = len(self._sent) + 1
        self._sent[n] = edit.number
        return wire.Update(n=n, update=edit.update)

    # --- what the server says ---

    def receive(self, frame: wire.ToPage) -> None:
        """Apply a frame about the document or the run state; frames of other kinds change nothing here."""
        match frame:
            case wire.Ops():
                if frame.from_rev != self._rev:
                    self._known = False
                    raise OutOfStep(f"operations from rev {frame.from_rev} came to a page at rev {self._rev}")
                for op in frame.ops:
                    self._view.apply(op)
                self._rev = frame.rev
                self._snapshot = None
            case wire.Outputs():
                self._see(_filled(self.view, frame.cells))
            case wire.PeerUpdate():
                if self.doc is not None:
                    self.doc.merge(frame.update)
            case wire.Saved():
                self.saved = max(self.saved, self._sent.get(frame.n, 0))
            case _:
                pass


def _filled(view: RunSnapshot, cells: Sequence[CellOutputs]) -> RunSnapshot:
    """The view with these cells' outputs in place of its own."""
    given = {cell.cell_id: cell for cell in cells}
    kept = [given.pop(cell.cell_id, cell) for cell in view.cells]
    return msgspec.structs.replace(view, cells=[*kept, *given.values()])
