"""Reads what is in notebooks, to be searched: from the files on the disk, also of those that nobody ever opened.

A round reads a few files whose version is not the one that was read, and looks at a few whether anybody wrote to them, for writing
to a file does not change its folder. Both go around all trees, from where the last round ended. What cannot be read now is tried
again the next time around; what is no notebook has been read, and says nothing, until it changes.
"""

from collections.abc import Awaitable, Callable

from noctule.drive.index import Index
from noctule.drive.marks import Looked
from noctule.drive.places import Place
from noctule.drive.plan import as_noted, note
from noctule.errors import NoctuleError
from noctule.notebook.sources import CellText, cells_of
from noctule.store import Tx, items, search
from noctule.store.rows import ItemRow
from noctule_agent.wire.limits import (
    SEARCHED_FILE_BYTES,
    TEXT_PATIENCE_SECONDS,
    TEXT_QUIET_SECONDS,
    TEXTS_LOOKED,
    TEXTS_READ,
)
from noctule_agent.wire.values import ItemId, Millis

_START = ItemId("")
_NS = 1_000_000


class Texts:
    """See the module."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._looked_to = self._read_to = _START
        self._restless: dict[ItemId, Millis] = {}
        """Notebooks whose files were changing when their turn came, and since when."""

    async def round(self) -> None:
        """Raises StorageUnavailable, StorageFull."""
        self._looked_to = await self._around(search.notebooks, self._looked_to, TEXTS_LOOKED, self._look)
        self._read_to = await self._around(search.behind, self._read_to, TEXTS_READ, self._read)

    async def _around(
        self,
        query: Callable[[Tx, ItemId, int], list[ItemRow]],
        start: ItemId,
        most: int,
        work: Callable[[list[ItemRow]], Awaitable[ItemId]],
    ) -> ItemId:
        """Work on the next ones; where the round after this one goes on."""
        rows = await self._index.store.read(lambda tx: query(tx, start, most))
        if not rows:
            return _START
        last = await work(rows)
        return _START if len(rows) < most and last == rows[-1].id else last

    # --- has anybody written to it? ---

    async def _look(self, rows: list[ItemRow]) -> ItemId:
        places = await self._index.places([row.id for row in rows])

        def look() -> list[tuple[ItemRow, Looked]]:
            pairs = [(row, place) for row in rows if (place := places[row.id]) is not None]
            seen = [(row, self._index.tree.look(place)) for row, place in pairs]
            return [(row, looked) for row, looked in seen if looked is not None and not as_noted(row, looked)]

        changed = await self._index.offload(look)

        def write(tx: Tx) -> None:
            for row, looked in changed:
                _note(tx, row, looked)

        if changed:
            await self._index.store.write(write)
        return rows[-1].id

    # --- what does it say? ---

    async def _read(self, rows: list[ItemRow]) -> ItemId:
        places = await self._index.places([row.id for row in rows])
        left = SEARCHED_FILE_BYTES
        for row in rows:
            place = places[row.id]
            if place is None or not self._quiet(row):
                continue
            if row.size <= SEARCHED_FILE_BYTES:
                left -= row.size
            try:
                found = await self._index.offload(self._cells, place)
            except NoctuleError:
                # Not there, closed to us, or no file any more: the next look at its folder tells.
                continue
            if found is not None:
                looked, cells = found
                await self._index.store.write(_putting(row, looked, cells))
                self._restless.pop(row.id, None)
            if left <= 0:
                return row.id
        return rows[-1].id

    def _quiet(self, row: ItemRow) -> bool:
        """Whether nobody has changed it for a while, or it is never quiet."""
        now = self._index.clock.now()
        if len(self._restless) > TEXTS_LOOKED:
            self._restless.clear()
        age = now - (row.mtime_ns or 0) // _NS
        if not 0 <= age < TEXT_QUIET_SECONDS * 1000:
            return True
        return now - self._restless.setdefault(row.id, now) >= TEXT_PATIENCE_SECONDS * 1000

    def _cells(self, place: Place) -> tuple[Looked, list[CellText]] | None:
        """None: it changed while it was read. Blocking."""
        tree = self._index.tree
        looked = tree.look(place)
        if looked is None or looked.kind != "file":
            return None
        if looked.size > SEARCHED_FILE_BYTES:
            return looked, []
        data = tree.read(place, SEARCHED_FILE_BYTES)
        return (looked, cells_of(data)) if looked.same_file(tree.look(place)) else None


def _putting(row: ItemRow, looked: Looked, cells: list[CellText]) -> Callable[[Tx], None]:
    def write(tx: Tx) -> None:
        search.put(tx, row.id, looked.size, looked.mtime_ns, cells)
        _note(tx, row, looked)

    return write


def _note(tx: Tx, row: ItemRow, looked: Looked) -> None:
    """Its version is this one; unless it was moved, or deleted, since it was looked at."""
    if not as_noted(row, looked) and items.get(tx, row.id) == row:
        note(tx, row, looked)
