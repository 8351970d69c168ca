"""Files that come in parts and go as streams: uploads into folders, and their place in the rows. It may not know HTTP or roles."""

from collections.abc import Awaitable, Callable

import msgspec

from noctule.drive.index import Index
from noctule.drive.marks import Looked
from noctule.drive.paths import at
from noctule.drive.places import Place, bytes_of, checked, free_name, portable
from noctule.drive.uploading import Placed, Uploads, Wanted
from noctule.errors import Conflict, Invalid, NotFound, StorageFull
from noctule.store import items
from noctule.store.rows import ItemRow
from noctule_agent.wire.limits import FOLDER_DEPTH
from noctule_agent.wire.values import ItemId, UserId

Quota = Callable[[UserId], Awaitable[int | None]]
"""Bytes that somebody's tree may hold; None: no limit."""


class Coming(msgspec.Struct, frozen=True):
    """How far an upload is; its item when it is in its place."""

    upload: str
    offset: int
    item: ItemRow | None


class Transfers:
    """See the module."""

    def __init__(self, index: Index, uploads: Uploads, quota: Quota) -> None:
        self._index = index
        self._uploads = uploads
        self.quota = quota
        self._store = index.store
        self._tree = index.tree
        self._offload = index.offload

    async def room(self, owner: UserId, wanted: int) -> None:
        """Raises StorageFull (quota-reached) when so many bytes more are too many; what is promised to uploads counts."""
        quota = await self.quota(owner)
        if quota is None:
            return
        used = await self._store.read(lambda tx: items.used(tx, owner))
        used += await self._offload(self._uploads.promised, owner)
        if used + wanted > quota:
            raise StorageFull(
                "quota-reached",
                "There is no room left in this Drive.",
                f"It holds {used} of {quota} bytes, and this takes {wanted}. Delete files, and empty the bin.",
            )

    async def begin(self, upload: str, folder: ItemId, wanted: Wanted) -> Coming:
        """Idempotent. Raises Conflict, Invalid, StorageFull, NotFound."""
        above = await self._index.get(folder)
        if above.kind != "folder":
            raise Invalid("not-a-folder", "This is not a folder.", "Choose a folder.")
        await self._index.place(folder)
        if len(_parts(wanted.path)) > FOLDER_DEPTH:
            raise Invalid("path-too-deep", "There are too many folders in one another.", "Upload a folder within.")
        for name in (*_parts(wanted.path), wanted.name):
            # Said now, and not when all has arrived.
            _name(name)
        if not await self._known(upload):
            await self.room(above.tree, wanted.size)
        offset = await self._offload(self._uploads.begin, upload, wanted)
        return await self._so_far(upload, offset)

    async def _known(self, upload: str) -> bool:
        try:
            await self._offload(self._uploads.state, upload)
        except NotFound:
            return False
        return True

    async def append(self, upload: str, offset: int, chunk: bytes) -> Coming:
        """What came is on the disk; when it is all, the file is in its place."""
        now = await self._offload(self._uploads.append, upload, offset, chunk)
        return await self._so_far(upload, now)

    async def state(self, upload: str) -> Coming:
        found = await self._offload(self._uploads.state, upload)
        return await self._so_far(upload, found.offset)

    async def wanted(self, upload: str) -> Wanted:
        """What it will be, for who asks whether somebody may. Raises NotFound."""
        return (await self._offload(self._uploads.state, upload)).wanted

    async def drop(self, upload: str) -> None:
        await self._offload(self._uploads.forget, upload)

    async def _so_far(self, upload: str, offset: int) -> Coming:
        wanted = (await self._offload(self._uploads.state, upload)).wanted
        if offset < wanted.size:
            return Coming(upload, offset, None)
        await self._offload(self._uploads.whole, upload)
        return Coming(upload, offset, await self._placed(upload, wanted))

    async def _placed(self, upload: str, wanted: Wanted) -> ItemRow:
        async with self._index.holding(ItemId(wanted.item)) as above:
            placed = (await self._offload(self._uploads.state, upload)).placed
            if placed is None:
                return await self._place(upload, wanted, above)
        return await self._where(above.tree, placed)

    async def _where(self, tree: UserId, placed: Placed) -> ItemRow:
        """The item of what was placed before: wherever it is now, or, when its file was replaced since, by its place."""
        row = await self._store.read(lambda tx: items.marked(tx, tree, placed.mark))
        return row if row is not None and row.missing_at is None else await at(self._index, placed.place)

    async def _place(self, upload: str, wanted: Wanted, above: ItemRow) -> ItemRow:
        folder = await self._folders(above, _parts(wanted.path))
        place = await self._index.place(folder.id)
        # What is replaced may have a name that nobody could give today.
        name = _name(wanted.name) if wanted.over is None else bytes_of(wanted.name)
        over = await self._over(place.below(name), wanted.over)
        if over is None:
            there = await self._index.names(folder.id)
            known = {row.name for row in await self._store.read(lambda tx: items.children(tx, folder.id))}
            name = free_name(name, lambda name: name in there | known)
        looked = await self._offload(self._uploads.place, upload, place.below(name), over)
        if looked is None:
            raise _changed()
        return await self._index.arrived(folder, name, looked)

    async def _over(self, place: Place, version: str | None) -> Looked | None:
        """The file that is replaced. Raises Conflict when it is not the version that was seen."""
        if version is None:
            return None
        looked = await self._offload(self._tree.look, place)
        if looked is None or version_of(looked.size, looked.mtime_ns) != version:
            raise _changed()
        return looked

    async def _folders(self, above: ItemRow, parts: list[str]) -> ItemRow:
        """The folder below, made with all on the way."""
        for part in parts:
            name = _name(part)
            place = (await self._index.place(above.id)).below(name)
            looked = await self._offload(self._tree.look, place)
            if looked is None:
                looked = await self._offload(self._tree.make_folder, place)
            elif looked.kind != "folder":
                raise Conflict("name-taken", "There is a file where a folder is needed.", f"Rename {part!r}.")
            above = await self._index.arrived(above, name, looked)
        return above


def version_of(size: int, mtime_ns: int | None) -> str:
    """Changes with the content of a file."""
    return f"{mtime_ns or 0:x}-{size:x}"


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]


def _name(text: str) -> bytes:
    """As it is kept here. Raises Invalid for what cannot be made a name."""
    return checked(portable(text.encode("utf-8", "replace")))


def _changed() -> Conflict:
    return Conflict(
        "file-changed", "There is another file now than the one to replace.", "Look at it, and choose again."
    )
