"""The files of notebooks, by the notebook: what rooms read and write. Where a file lies the index knows.

A file is replaced as a whole: staged aside, settled (fsync), then placed (rename) in its folder, wherever that is by then.
"""

from collections.abc import Collection, Iterable, Sequence

import msgspec

from noctule.drive.index import Index
from noctule.drive.marks import Looked
from noctule.drive.places import Place
from noctule.drive.plan import note
from noctule.store import items
from noctule.store.rows import Mark
from noctule_agent.wire.limits import NOTEBOOK_FILE_BYTES
from noctule_agent.wire.values import ItemId, NotebookId

_NO_MARK = Mark(0, 0, None)


class FileStat(msgspec.Struct, frozen=True):
    """Enough to notice a change cheaply."""

    size: int
    mtime_ns: int


class NotebookFiles:
    """See the module."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._tree = index.tree
        self._offload = index.offload

    async def stats(self, notebooks: Sequence[NotebookId]) -> dict[NotebookId, FileStat | None]:
        """None: there is no regular file where the notebook's is."""
        places = await self._index.places([ItemId(notebook_id) for notebook_id in notebooks])

        def look() -> dict[NotebookId, FileStat | None]:
            return {notebook_id: self._stat(places[ItemId(notebook_id)]) for notebook_id in notebooks}

        return await self._offload(look)

    async def stat(self, notebook_id: NotebookId) -> FileStat | None:
        return (await self.stats([notebook_id]))[notebook_id]

    def _stat(self, place: Place | None) -> FileStat | None:
        looked = None if place is None else self._tree.look(place)
        return FileStat(looked.size, looked.mtime_ns) if looked is not None and looked.kind == "file" else None

    async def find(self, notebook_id: NotebookId) -> bool:
        """Its file is not where it was. True: it is somewhere else. False: it is nowhere, and will be written anew."""
        item_id = ItemId(notebook_id)
        if await self._index.find(item_id) is not None:
            return True
        await self._index.given_up(item_id)
        return False

    async def read(self, notebook_id: NotebookId) -> bytes:
        """Raises NotFound, TooLarge, StorageUnavailable."""
        return await self._offload(self._tree.read, await self._index.place(ItemId(notebook_id)), NOTEBOOK_FILE_BYTES)

    def stage(self, notebook_id: NotebookId, pieces: Iterable[bytes]) -> str:
        """Write, aside, what is to be placed; its sha256. Blocking; one at a time for a notebook."""
        return self._tree.stage(notebook_id, pieces)

    async def settle(self, notebook_id: NotebookId) -> None:
        """What was staged is on the disk."""
        await self._offload(self._tree.settle, notebook_id)

    async def staged(self, notebook_id: NotebookId) -> bool:
        return await self._offload(self._tree.staged, notebook_id)

    async def unstage(self, notebook_id: NotebookId) -> None:
        await self._offload(self._tree.unstage, notebook_id)

    async def place(self, notebook_id: NotebookId, over: FileStat | None) -> FileStat | None:
        """What was staged is now the file, and nothing is staged; when it returns, that is on the disk, and noted.

        None: there is another file than `over`, and it was left alone. Raises NotFound when its folder is not there.
        """
        async with self._index.holding(ItemId(notebook_id)) as row:
            place = await self._index.place(row.id)
            known = None if over is None else Looked("file", over.size, over.mtime_ns, over.size, _NO_MARK)
            looked = await self._offload(self._tree.place, notebook_id, place, known)
            if looked is None:
                return None
            await self._index.store.write(lambda tx: note(tx, items.need(tx, row.id), looked))
        return FileStat(looked.size, looked.mtime_ns)

    async def sweep(self, open_: Collection[NotebookId]) -> None:
        """Remove what was staged for notebooks that are not open."""
        await self._offload(self._tree.sweep_staged, open_)
