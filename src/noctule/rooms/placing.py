"""One notebook's file put in the place of the one before it. It knows at any time, after any crash, which of the two lies there.

    staged   the new file, aside, and then on the disk; the same as the one there is not placed
    base     what it holds (bases.py)
    placed   in one step, if the file there is still the one that was accounted for
    noted    by the caller, in the row

What is staged was not placed: its base is of no file. A base later than the row's with nothing staged is that of the file
that lies there, or that others have changed since.
"""

from collections.abc import Awaitable, Callable

import msgspec

from noctule.drive.notebook_files import FileStat, NotebookFiles
from noctule.errors import NoctuleError
from noctule.rooms.bases import Bases
from noctule.rooms.rendering import Rendered, Take
from noctule.rooms.services import Offload
from noctule.store.rows import NotebookRow

Render = Callable[[Take[str]], Awaitable[Rendered[str]]]


class Placed(msgspec.Struct, frozen=True):
    """What lies there now: the revision of the rows that it shows, its sha256, its looks."""

    rev: int
    digest: str
    found: FileStat


class Placing:
    """See the module. Takes the row as it is; one call at a time for a notebook."""

    def __init__(self, files: NotebookFiles, bases: Bases, offload: Offload) -> None:
        self._files = files
        self._bases = bases
        self._offload = offload

    async def place(self, row: NotebookRow, render: Render) -> Placed | None:
        """Put there what `render` makes. None: others have written since the row was.

        Raises StorageFull, StorageUnavailable, and NotFound when its folder is gone; then the old file is there, if any.
        """
        await self.recover(row)
        try:
            rendered = await render(lambda pieces: self._files.stage(row.id, pieces))
            found = await self._put(row, rendered)
        except NoctuleError:
            await self.recover(row)
            raise
        if found is None:
            await self.recover(row)
            return None
        return Placed(rendered.rev, rendered.taken, found)

    async def _put(self, row: NotebookRow, rendered: Rendered[str]) -> FileStat | None:
        """What was staged in its place, unless it is there already."""
        digest, there = rendered.taken, noted(row)
        if digest == row.projected_sha256 and await self._files.stat(row.id) == there:
            await self._files.unstage(row.id)
            return there
        await self._files.settle(row.id)
        await self._offload(self._bases.save, row.id, digest, rendered.base)
        return await self._files.place(row.id, there)

    async def recover(self, row: NotebookRow) -> None:
        """Forget what was staged and never placed, its base first."""
        if await self._files.staged(row.id):
            await self._offload(self._bases.keep_only, row.id, row.projected_sha256 or "")
            await self._files.unstage(row.id)


def noted(row: NotebookRow) -> FileStat | None:
    """The file that the row accounts for. None: it was never written."""
    if row.file_size is None or row.file_mtime_ns is None:
        return None
    return FileStat(row.file_size, row.file_mtime_ns)
