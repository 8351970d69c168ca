"""All that a person has, as one archive that is made while it is sent. It may not know HTTP.

drive/          all files as they are, open notebooks written first
notebooks/      those that lie in the bin
account.json    what the server knows of the account (accounts/exporting.py)
"""

from collections.abc import AsyncIterator
from functools import partial

from noctule.drive.index import Index
from noctule.drive.pieces import aside
from noctule.drive.places import Place, portable
from noctule.drive.zipping import Archive
from noctule.errors import NoctuleError
from noctule.rooms.library import Library
from noctule.rooms.rendering import whole
from noctule.rooms.rooms import Rooms
from noctule.store import Store, binned, notebooks
from noctule.store.binned import Binned
from noctule_agent.wire.values import UserId


class Exporting:
    """See the module."""

    def __init__(self, store: Store, index: Index, library: Library, rooms: Rooms) -> None:
        self._store = store
        self._index = index
        self._library = library
        self._rooms = rooms

    async def archive(self, person: UserId, about: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Its pieces. `about`: what becomes account.json."""
        root = await self._index.open(person)
        await self._library.written(root)
        archive = Archive(self._index.tree)
        async for piece in aside(archive.folder(Place(person), "drive/", "drive/")):
            yield piece
        for lost in await self._store.read(lambda tx: binned.notebooks(tx, person)):
            async for piece in self._notebook(archive, lost):
                yield piece
        with archive.written("account.json") as write:
            async for part in about:
                yield write(part)
        async for piece in aside(archive.end()):
            yield piece

    async def _notebook(self, archive: Archive, lost: Binned) -> AsyncIterator[bytes]:
        name = archive.free(f"notebooks/{portable(lost.path[-1])}")
        opening = partial(self._index.tree.open_binned, lost.top, lost.path)
        kept = await self._store.read(lambda tx: notebooks.get(tx, lost.id))
        try:
            file = await self._index.offload(opening)
        except NoctuleError:
            # Its file was deleted outside; its document was kept.
            data = b"" if kept is None else (await (await self._rooms.projection(lost.id)).rendered(whole)).taken
            if data:
                with archive.written(name) as write:
                    yield write(data)
            return
        async for piece in aside(archive.file(lambda: file, name, name)):
            yield piece
