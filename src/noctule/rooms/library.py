"""Notebooks: made, listed, closed when they go. It may not know HTTP.

A notebook's document is created here and nowhere else, once (invariant 1).
"""

from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress

import orjson

from noctule.drive.drive import Drive
from noctule.drive.index import Index
from noctule.drive.places import checked, free_name, portable
from noctule.errors import NotFound, TooLarge
from noctule.notebook import nbformat_io
from noctule.notebook.crdt import NotebookDoc
from noctule.notebook.nbformat_io import ParsedNotebook
from noctule.notebook.percent import ipynb_of_script, is_script
from noctule.rooms.importing import notebook_ops
from noctule.rooms.rooms import Rooms
from noctule.rooms.services import Services
from noctule.store import Tx, documents, items, notebooks, runs
from noctule.store.items import Keep
from noctule.store.rows import ItemRow, NotebookRow
from noctule_agent.wire.limits import FOLDER_PAGE_ENTRIES, NOTEBOOK_FILE_BYTES
from noctule_agent.wire.values import Cause, Epoch, ItemId, NotebookId, UserId

_EMPTY = orjson.dumps(
    {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        },
        "cells": [{"cell_type": "code", "source": "", "metadata": {}, "outputs": [], "execution_count": None}],
    }
)


HasRoom = Callable[[UserId, int], Awaitable[None]]
"""Raises StorageFull when so many bytes more are too many for somebody's tree."""


class Library:
    """See the module."""

    def __init__(self, services: Services, rooms: Rooms, index: Index, drive: Drive, has_room: HasRoom) -> None:
        self._services = services
        self._rooms = rooms
        self._index = index
        self._drive = drive
        self._has_room = has_room

    async def all(self, who: UserId, keep: Keep) -> list[NotebookRow]:
        """Somebody's own that were opened once, and those of others that they have opened; of both, what `keep` keeps."""

        def read(tx: Tx) -> list[NotebookRow]:
            rows = notebooks.list_all(tx, who)
            kept = set(keep(tx, [ItemId(row.id) for row in rows]))
            return [row for row in rows if ItemId(row.id) in kept]

        return await self._services.store.read(read)

    async def get(self, notebook_id: NotebookId) -> NotebookRow:
        """Raises NotFound; and of a file that was never opened what is wrong with it."""
        row = await self._services.store.read(lambda tx: notebooks.get(tx, notebook_id))
        if row is None:
            await self._rooms.open(notebook_id)
            row = await self._services.store.read(lambda tx: notebooks.get(tx, notebook_id))
        if row is None or row.binned:
            raise NotFound("notebook-not-found", "There is no such notebook.", "It may have been deleted: see the bin.")
        return row

    async def create(
        self, name: str, owner: UserId, data: bytes | None = None, folder: ItemId | None = None
    ) -> NotebookRow:
        """A new notebook from the bytes of an .ipynb, or of a .py (an empty one when None), in this folder or in the root.

        A taken name gets a number. Raises Invalid or TooLarge with what is wrong with the file, and StorageFull when whose folder it is
        has no room; then nothing was made.
        """
        if data is not None and len(data) > NOTEBOOK_FILE_BYTES:
            raise TooLarge("notebook-too-large", f"A notebook may have {NOTEBOOK_FILE_BYTES} bytes.")
        if is_script(name):
            name, data = f"{name.removesuffix('.py')}.ipynb", await self._services.offload(ipynb_of_script, data or b"")
        name = name if name.endswith(".ipynb") else f"{name}.ipynb"
        wanted = checked(name if data is None else _from_elsewhere(name))
        data = _EMPTY if data is None else data
        parsed, snapshot = await self._services.offload(self._parse, data)
        above = await self._index.open(owner) if folder is None else folder
        await self._has_room((await self._index.get(above)).tree, len(data))
        ids, now = self._services.ids, self._services.clock.now()
        notebook_id, epoch = NotebookId(ids.new()), Epoch(ids.new())
        ops = notebook_ops(parsed, ids)

        def write(tx: Tx, there: Collection[bytes]) -> None:
            parent = items.need(tx, above)
            free = free_name(wanted, lambda name: name in there or items.child(tx, above, name) is not None)
            # Not on the disk yet: the first writing of the file puts it there.
            items.create(tx, ItemRow(ItemId(notebook_id), parent.tree, above, free, "notebook"))
            notebooks.create(tx, notebook_id, now)
            documents.create(tx, notebook_id, epoch, snapshot)
            if ops:
                runs.apply(tx, notebook_id, 0, ops)

        async with self._index.holding(above):
            there = await self._index.names(above)
            await self._services.store.write(lambda tx: write(tx, there))
        projection = await self._rooms.projection(notebook_id)
        projection.touch()
        return await self.get(notebook_id)

    def _parse(self, data: bytes) -> tuple[ParsedNotebook, bytes]:
        parsed = nbformat_io.parse(data, self._services.ids.new)
        return parsed, NotebookDoc.create(parsed).encode()

    async def holds(self, item_id: ItemId) -> bool:
        """Whether this is, or has below it, a notebook that was opened once: it has a history of its own."""
        return bool(await self._services.store.read(lambda tx: items.notebooks_below(tx, item_id)))

    async def written(self, item_id: ItemId) -> None:
        """The files of open notebooks, of this item and all below, hold all that is committed. Raises StorageFull, ..."""
        for notebook_id in await self._services.store.read(lambda tx: items.notebooks_below(tx, item_id)):
            if notebook_id in self._rooms.opened:
                projection = await self._rooms.projection(notebook_id)
                if projection.pending:
                    await projection.write()

    async def bin(self, item_id: ItemId, by: UserId) -> ItemRow:
        """To the bin, with all below: the runtimes of its notebooks end, and they are closed. Idempotent. Raises NotFound, Invalid."""
        cause = Cause("notebook-deleted", f"{by} deleted the notebook.", {"by": by})
        if (await self._drive.row(item_id)).parent is not None:
            # Before, so that the files in the bin are whole, and whoever dies in between leaves no runtime behind.
            await self._close(item_id, cause)
        row = await self._drive.bin(item_id)
        # And after: a page may have come back before it was there, and what it did is ended as well.
        await self._close(item_id, cause)
        return row

    async def restore(self, item_id: ItemId) -> ItemRow:
        """Out of the bin; files of notebooks that are behind are written. Idempotent. Raises NotFound."""
        row = await self._drive.restore(item_id)

        def behind(tx: Tx) -> list[NotebookId]:
            return [each for each in items.notebooks_below(tx, item_id) if notebooks.is_behind(tx, each)]

        for notebook_id in await self._services.store.read(behind):
            (await self._rooms.projection(notebook_id)).touch()
        return row

    async def erase(self, item_id: ItemId) -> None:
        """What lies in the bin, for ever. Idempotent. Raises NotFound, Invalid (not-in-bin)."""
        if (await self._drive.row(item_id)).binned_at is not None:
            # One may be open for the last words of its runtime.
            for notebook_id in await self._services.store.read(lambda tx: items.notebooks_below(tx, item_id)):
                await self._rooms.close_room(notebook_id)
        await self._drive.erase(item_id)

    async def empty_bin(self, owner: UserId) -> None:
        """All that lies in somebody's bin is gone."""
        while page := (await self._drive.binned(owner, None, FOLDER_PAGE_ENTRIES)).rows:
            for row in page:
                # Somebody else may empty it, too.
                with suppress(NotFound):
                    await self.erase(row.id)

    async def _close(self, item_id: ItemId, cause: Cause) -> None:
        for notebook_id in await self._services.store.read(lambda tx: items.notebooks_below(tx, item_id)):
            if notebook_id in self._rooms.opened:
                # With what waits for a runtime, which would else get another one.
                await self._rooms.end_runtime(notebook_id, cause)
            else:
                await self._services.runtimes.end(notebook_id, cause)
            await self._rooms.close_room(notebook_id)


def _from_elsewhere(name: str) -> str:
    """What some system cannot keep in a name becomes `_`; a name that is a path, or holds what no name does, is refused later."""
    if any(char == "/" or ord(char) < 32 for char in name):
        return name
    return portable(name.encode("utf-8", "replace"))
