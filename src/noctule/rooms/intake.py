"""Changes made outside, taken in as ordinary edits, exactly once. It never rebuilds a document.

there is none where it was                                             -> find it; if it is nowhere, it is written anew
the file is not the one that was noted
  it is the one that we wrote last: we did not come to note it, or it was only touched    -> note it
  else somebody else changed that one                                -> keep what we have as a revision,
       outputs that differ are shown as imported ones (doing it twice is doing it once),
       then the edits and the note in one transaction: a crash before it leaves all as it was, one after it nothing to do
"""

import hashlib
from collections.abc import Callable

import structlog

from noctule.drive.notebook_files import FileStat, NotebookFiles
from noctule.notebook import diff, nbformat_io
from noctule.notebook.mend import ParsedCell
from noctule.notebook.nbformat_io import ParsedNotebook
from noctule.rooms.bases import Base, Bases, base_of, outputs_digest
from noctule.rooms.importing import outputs_of
from noctule.rooms.keeping import Keeper
from noctule.rooms.placing import Placing, noted
from noctule.rooms.room import Room
from noctule.runs import reduce as reducers
from noctule.store import Tx, notebooks
from noctule.store.rows import NotebookRow

log = structlog.get_logger()


class Intake:
    """See the module."""

    def __init__(self, room: Room, files: NotebookFiles, bases: Bases, placing: Placing, keeper: Keeper) -> None:
        self._room = room
        self._services = room.services
        self._files = files
        self._bases = bases
        self._placing = placing
        self._keeper = keeper
        self.seen: FileStat | None = None
        """The file's looks when it was last found to be the one that was noted."""

    async def row(self) -> NotebookRow:
        row = await self._services.store.read(lambda tx: notebooks.get(tx, self._room.notebook_id))
        assert row is not None  # the registry closes the room before the notebook is removed
        return row

    def forget(self) -> None:
        """The file is about to be another one: the next look asks the row."""
        self.seen = None

    async def look(self) -> bool:
        """Take in what others wrote, if they did. False: the file is nowhere.

        Raises NoctuleError when it cannot be read or understood.
        """
        if self.seen is not None:
            # The usual case, asked of every open notebook all the time: no row has to be read for it.
            if await self._files.stat(self._room.notebook_id) == self.seen:
                return True
            self.seen = None
        row = await self.row()
        if row.binned:
            # Its file waits in the bin.
            return True
        found = await self._found(row)
        if found is None:
            return False
        if found == noted(row):
            self.seen = found
            return True
        await self._placing.recover(row)
        data = await self._files.read(row.id)
        digest = hashlib.sha256(data).hexdigest()
        last = await self._services.offload(self._bases.last, row.id, row.projected_sha256)
        if digest == last:
            await self._services.store.write(self._note(row, digest, found))
        else:
            await self._take_in(row, last, data, digest, found)
        await self._services.offload(self._bases.keep_only, row.id, digest)
        return True

    async def _found(self, row: NotebookRow) -> FileStat | None:
        """The file, wherever it is now. None: nowhere, or it was never written."""
        found = await self._files.stat(row.id)
        if found is None and noted(row) is not None and await self._files.find(row.id):
            found = await self._files.stat(row.id)
        return found

    async def _take_in(self, row: NotebookRow, last: str | None, data: bytes, digest: str, found: FileStat) -> None:
        """`last`: the digest of the file that they changed."""
        room = self._room
        parsed = await self._services.offload(nbformat_io.parse, data, self._services.ids.new)
        base = await self._services.offload(self._bases.load, row.id, last or "")
        cells, nb = room.document.cells(), room.document.nb()
        if base is None:
            base = Base(cells=cells, nb=nb, outputs={})
        parsed = diff.adopt(base.cells, parsed)
        kept = await self._keeper.keep("before-import")
        await self._show_outputs(parsed, base)
        await self._services.offload(
            self._bases.save, row.id, digest, base_of(parsed, {cell.id: cell.pos for cell in base.cells})
        )
        log.info("a change made outside was taken in", notebook=row.id, name=row.name, revision=kept.row.id)
        await room.edit(diff.diff(base.cells, base.nb, parsed), "import", self._note(row, digest, found))

    async def _show_outputs(self, parsed: ParsedNotebook, base: Base) -> None:
        for cell in parsed.cells:
            if cell.type == "code" and base.outputs.get(cell.id) != outputs_digest(cell.outputs):
                await self._show(cell)

    async def _show(self, cell: ParsedCell) -> None:
        outputs = outputs_of(cell, self._services.ids)
        count = cell.execution_count
        await self._room.change(lambda state: reducers.show_imported(state, cell.id, outputs, count))

    def _note(self, row: NotebookRow, digest: str, found: FileStat) -> Callable[[Tx], None]:
        at = self._services.clock.now()

        def note(tx: Tx) -> None:
            rev, seq = row.projected_rev or 0, row.projected_seq or 0
            notebooks.set_projected(tx, row.id, rev, seq, digest, found.size, found.mtime_ns, at)

        return note
