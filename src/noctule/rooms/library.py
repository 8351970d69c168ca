"""The notebooks of a folder: made, uploaded, listed, renamed, deleted. It may not know HTTP.

A notebook's document is created here and nowhere else, once (invariant 1).
"""

import orjson
import structlog

from noctule.drive.folder import Folder, checked_name
from noctule.errors import Conflict, NotFound, TooLarge
from noctule.notebook import nbformat_io
from noctule.notebook.crdt import NotebookDoc
from noctule.notebook.nbformat_io import ParsedNotebook
from noctule.notebook.percent import ipynb_of_script, is_script
from noctule.rooms.importing import notebook_ops
from noctule.rooms.rooms import Rooms
from noctule.rooms.services import Services
from noctule.store import Tx, documents, notebooks, runs, stars
from noctule.store.rows import NotebookRow
from noctule_agent.wire.limits import NOTEBOOK_FILE_BYTES
from noctule_agent.wire.values import Cause, Epoch, NotebookId, UserId

log = structlog.get_logger()

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


class Library:
    """See the module."""

    def __init__(self, services: Services, rooms: Rooms, folder: Folder) -> None:
        self._services = services
        self._rooms = rooms
        self._folder = folder

    async def all(self, owner: UserId | None = None) -> list[NotebookRow]:
        """Of this owner; of everybody, when None."""
        return await self._services.store.read(lambda tx: notebooks.list_all(tx, owner))

    async def get(self, notebook_id: NotebookId) -> NotebookRow:
        row = await self._services.store.read(lambda tx: notebooks.get(tx, notebook_id))
        if row is None:
            raise NotFound("notebook-not-found", "There is no such notebook.", "It may have been deleted.")
        return row

    async def create(self, name: str, owner: UserId, data: bytes | None = None) -> NotebookRow:
        """A new notebook from the bytes of an .ipynb, or of a .py (an empty one when None). A taken name gets a number.

        Raises Invalid or TooLarge with what is wrong with the file; then nothing was made.
        """
        if data is not None and len(data) > NOTEBOOK_FILE_BYTES:
            raise TooLarge("notebook-too-large", f"A notebook may have {NOTEBOOK_FILE_BYTES} bytes.")
        if is_script(name):
            name, data = f"{name.removesuffix('.py')}.ipynb", await self._services.offload(ipynb_of_script, data or b"")
        name = checked_name(name)
        parsed, snapshot = await self._services.offload(self._parse, _EMPTY if data is None else data)
        ids, now = self._services.ids, self._services.clock.now()
        notebook_id, epoch = NotebookId(ids.new()), Epoch(ids.new())
        ops = notebook_ops(parsed, ids)

        def write(tx: Tx) -> NotebookRow:
            row = NotebookRow(
                id=notebook_id, name=self._free_name(tx, name), created_at=now, updated_at=now, owner=owner
            )
            notebooks.create(tx, row)
            documents.create(tx, notebook_id, epoch, snapshot)
            if ops:
                runs.apply(tx, notebook_id, 0, ops)
            return row

        row = await self._services.store.write(write)
        projection = await self._rooms.projection(notebook_id)
        projection.touch()
        return row

    def _parse(self, data: bytes) -> tuple[ParsedNotebook, bytes]:
        parsed = nbformat_io.parse(data, self._services.ids.new)
        return parsed, NotebookDoc.create(parsed).encode()

    def _free_name(self, tx: Tx, name: str) -> str:
        """`name`, or `name (2)`, ... : the first that neither a notebook nor a file has."""
        stem, number, candidate = name.removesuffix(".ipynb"), 1, name
        while notebooks.by_name(tx, candidate) is not None or self._folder.stat(candidate) is not None:
            number += 1
            candidate = f"{stem} ({number}).ipynb"
        return candidate

    async def stars(self, user: UserId) -> frozenset[NotebookId]:
        """The notebooks that this person has starred."""
        return await self._services.store.read(lambda tx: stars.of_user(tx, user))

    async def star(self, notebook_id: NotebookId, user: UserId, *, starred: bool) -> NotebookRow:
        row = await self.get(notebook_id)
        await self._services.store.write(lambda tx: stars.put(tx, user, notebook_id, starred=starred))
        return row

    async def rename(self, notebook_id: NotebookId, name: str) -> NotebookRow:
        name = checked_name(name)
        row = await self.get(notebook_id)
        if name == row.name:
            return row
        now = self._services.clock.now()

        def write(tx: Tx) -> None:
            if notebooks.by_name(tx, name) is not None or self._folder.stat(name) is not None:
                raise Conflict("name-taken", f"There is already a file named {name}.", "Choose another name.")
            notebooks.rename(tx, notebook_id, name, now)

        projection = await self._rooms.projection(notebook_id)
        await projection.rename(lambda: self._services.store.write(write))
        return await self.get(notebook_id)

    async def remove(self, notebook_id: NotebookId, user: UserId) -> None:
        """Delete the notebook, its file, and end its runtime."""
        await self.get(notebook_id)
        await self._services.runtimes.end(notebook_id, Cause("notebook-deleted", f"{user} deleted the notebook."))
        await self._rooms.close_room(notebook_id)
        row = await self.get(notebook_id)
        await self._services.store.write(lambda tx: notebooks.remove(tx, notebook_id))
        await self._services.offload(self._folder.remove, row.name if row.file_name is None else row.file_name)
