"""From a path to the item that is there now, and files put at a path, for who knows no ids (WebDAV). The disk decides; rows follow it.

It may not know HTTP, rooms or roles.
"""

from collections.abc import Iterable

from noctule.drive.index import Index
from noctule.drive.places import Place
from noctule.drive.plan import as_noted, kind_of, note
from noctule.errors import Conflict, Invalid, NotFound
from noctule.store import Tx, items
from noctule.store.rows import ItemRow
from noctule_agent.wire.values import ItemId, UserId


async def at(index: Index, place: Place) -> ItemRow:
    """Raises NotFound. The tree's lock is not held."""
    looked = await index.offload(index.tree.look, place)
    rows = await _known(index, place)
    if looked is None:
        row = rows[-1]
        # A new notebook has its place before its file is written.
        if len(rows) > len(place.parts) and row.mtime_ns is None and row.parent is not None:
            return row
        raise not_here(place)
    if not place.parts:
        return rows[-1]
    while len(rows) <= len(place.parts) or rows[-1].kind != kind_of(place.name, looked):
        before = len(rows)
        await index.look(rows[min(before, len(place.parts)) - 1].id)
        rows = await _known(index, place)
        if len(rows) <= min(before, len(place.parts)):
            raise not_here(place)
        if before > len(place.parts):
            break
    row = rows[-1]
    if row.kind == "folder" or as_noted(row, looked):
        return row

    def write(tx: Tx) -> ItemRow:
        note(tx, row, looked)
        return items.need(tx, row.id)

    return await index.store.write(write)


class Paths:
    """Files by their paths. What is put somewhere is staged aside first, and placed as a whole by one rename."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def at(self, place: Place) -> ItemRow:
        """Raises NotFound."""
        return await at(self._index, place)

    def stage(self, pieces: Iterable[bytes]) -> str:
        """Write a file aside; the key by which it is placed or dropped. Blocking. Of what the pieces raise nothing is left."""
        key = f"put-{self._index.ids.new()}"
        try:
            self._index.tree.stage(key, pieces)
            self._index.tree.settle(key)
        except BaseException:
            self.drop(key)
            raise
        return key

    def drop(self, key: str) -> None:
        """What was staged, and will not be placed. Blocking."""
        self._index.tree.unstage(key)

    async def put(self, key: str, place: Place) -> ItemRow:
        """What was staged is the file there now; over a file it is the same item. Raises Conflict, NotFound."""
        folder = await at(self._index, place.above)
        if folder.kind != "folder":
            raise not_here(place)
        async with self._index.holding(folder.id) as folder:
            here = (await self._index.place(folder.id)).below(place.name)
            there = await self._index.offload(self._index.tree.look, here)
            looked = await self._index.offload(self._index.tree.place, key, here, there)
            if looked is None:
                raise Conflict("file-changed", "Somebody else writes this file.", "Look at it, and write it again.")
            return await self._index.arrived(folder, place.name, looked)

    async def move_over(self, source: ItemRow, there: ItemRow) -> ItemRow:
        """A file takes the place of another one, and becomes that item: so programs save that write a new file first."""
        if source.tree != there.tree or "folder" in (source.kind, there.kind):
            raise Invalid("not-a-file", "Only a file takes the place of a file.", "Delete what is there first.")
        async with self._index.holding(there.id):
            old, new = await self._index.place(source.id), await self._index.place(there.id)
            looked = await self._index.offload(self._index.tree.move_over, old, new)

            def write(tx: Tx) -> ItemRow:
                items.remove(tx, source.id)
                note(tx, there, looked)
                return items.need(tx, there.id)

            return await self._index.move(write)


async def _known(index: Index, place: Place) -> list[ItemRow]:
    """Rows of the folders on the way and of itself, as far as there are any."""

    def read(tx: Tx) -> list[ItemRow]:
        rows = [items.need(tx, ItemId(UserId(place.tree)))]
        for part in place.parts:
            row = items.child(tx, rows[-1].id, part)
            if row is None or row.missing_at is not None:
                break
            rows.append(row)
        return rows

    return await index.store.read(read)


def not_here(place: Place) -> NotFound:
    return NotFound("item-not-found", "There is no such file or folder.", f"({place.name.decode('utf-8', 'replace')})")
