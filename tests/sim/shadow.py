"""The documents as the database's log says, followed update by update with pycrdt alone."""

import msgspec
from pycrdt import Doc, Map, Text

from tests.sim.rows import DocRow, Rows


class Moment(msgspec.Struct, frozen=True):
    """The document after one record of the log."""

    seq: int
    clocks: dict[int, int]
    sources: dict[str, str]


class Shadow:
    """One notebook's document in one epoch."""

    def __init__(self, rows: Rows, notebook_id: str) -> None:
        self._rows = rows
        self.notebook_id = notebook_id
        self.epoch = ""
        self.seq = -1
        self.moments: list[Moment] = []
        self._earlier: list[Moment] = []
        """Those of earlier epochs."""
        self.removed: set[str] = set()
        """Cells that were deleted at some time, in this epoch."""
        self.doc: Doc[None] = Doc()
        self._left: dict[str, Doc[None]] = {}
        """The documents of earlier epochs, as they ended."""

    def follow(self, row: DocRow) -> None:
        """Take what was committed since the last time."""
        if row.epoch != self.epoch:
            self._begin(row)
        # A compaction forgets what was followed before and no more. Its snapshot is not read here: it may hold what the
        # log has after it, and then hides the moments between.
        for seq, update in self._rows.updates(self.notebook_id, self.seq):
            self.doc.apply_update(update)
            self._note(seq)

    def _begin(self, row: DocRow) -> None:
        """From the snapshot: what a restarted server has."""
        self._earlier += self.moments
        self._left[self.epoch] = self.doc
        self.epoch, self.moments = row.epoch, []
        self.doc = Doc()
        self.doc.apply_update(self._rows.snapshot(self.notebook_id))
        self._note(row.snapshot_seq)

    def _note(self, seq: int) -> None:
        self.seq = seq
        found = sources(self.doc)
        if self.moments:
            self.removed |= self.moments[-1].sources.keys() - found.keys()
        self.moments.append(Moment(seq, clocks(self.doc.get_state()), found))

    def has(self, epoch: str, updates: list[bytes]) -> bool:
        """Whether all that these updates say is in the document of this epoch, or was when it ended.

        If not, it is then: the seed has failed anyway.
        """
        doc = self.doc if epoch == self.epoch else self._left.get(epoch)
        if doc is None:
            return False
        before = doc.get_update()
        for update in updates:
            doc.apply_update(update)
        return doc.get_update() == before

    def ever_had(self, cell_id: str, text: str) -> bool:
        """Whether this was in the cell's source at some time, in any epoch."""
        return any(text in moment.sources.get(cell_id, "") for moment in [*self._earlier, *self.moments])

    def sources_since(self, needed: dict[int, int], cell_id: str) -> list[str]:
        """Every source that the cell had since the document held at least these clocks; the latest last."""
        found: list[str] = []
        for moment in reversed(self.moments):
            if any(moment.clocks.get(client, 0) < clock for client, clock in needed.items()):
                break
            if cell_id in moment.sources:
                found.append(moment.sources[cell_id])
        return found[::-1]


def sources(doc: "Doc[None]") -> dict[str, str]:
    cells = doc.get("cells", type=Map)
    found = {}
    for cell_id, cell in cells.items():
        text = cell.get("source") if isinstance(cell, Map) else None
        found[cell_id] = str(text) if isinstance(text, Text) else ""
    return found


def clocks(state_vector: bytes) -> dict[int, int]:
    """A Yjs state vector, decoded."""
    numbers: list[int] = []
    value = shift = 0
    for byte in state_vector:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(value)
            value = shift = 0
    return dict(zip(numbers[1::2], numbers[2::2], strict=True))
