"""From a path to the item that is there now. The disk decides; rows follow it. It changes nothing on the disk."""

from noctule.drive.index import Index
from noctule.drive.places import Place
from noctule.drive.plan import as_noted, kind_of, note
from noctule.errors import NotFound
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
