"""One notebook's file put in the place of the one before it. It knows at any time, after any crash, which of the two lies there.

    staged   the new file, aside, on the disk
    base     what it holds (bases.py)
    placed   in one step, if the file there is still the one that was accounted for
    noted    by the caller, in the row

What is staged was not placed: its base is of no file. A base newer than the row's with nothing staged is that of the file
that lies there, or that others have changed since.
"""

from noctule.drive.folder import FileStat, Folder
from noctule.errors import NoctuleError
from noctule.rooms.bases import Base, Bases
from noctule.rooms.services import Offload
from noctule.store.rows import NotebookRow


class Placing:
    """See the module. Takes the row as it is; one call at a time for a notebook."""

    def __init__(self, folder: Folder, bases: Bases, offload: Offload) -> None:
        self._folder = folder
        self._bases = bases
        self._offload = offload

    async def place(self, row: NotebookRow, data: bytes, digest: str, base: Base) -> FileStat | None:
        """None: others have written since the row was. Raises StorageFull, StorageUnavailable; then the old file is there."""
        await self.recover(row)
        try:
            await self._offload(self._folder.stage, row.id, data)
            await self._offload(self._bases.save, row.id, digest, base)
            placed = await self._offload(self._folder.place, row.id, row.name, noted(row))
        except NoctuleError:
            await self.recover(row)
            raise
        if placed is None:
            await self.recover(row)
        return placed

    async def recover(self, row: NotebookRow) -> None:
        """Forget what was staged and never placed, its base first."""
        if await self._offload(self._folder.staged, row.id):
            await self._offload(self._bases.keep_only, row.id, row.projected_sha256 or "")
            await self._offload(self._folder.unstage, row.id)


def noted(row: NotebookRow) -> FileStat | None:
    """The file that the row accounts for. None: it was never written."""
    if row.file_size is None or row.file_mtime_ns is None:
        return None
    return FileStat(row.file_size, row.file_mtime_ns)
