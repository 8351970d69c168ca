"""Rows follow the disk: where items are, and what became of them when somebody changed a folder without us (docs/drive.md).

    look     one folder beside its rows
    find     one item that is not where it was
    walk     every folder of a tree that has changed; what nobody found by then is gone

Whoever changes a place, on the disk or in the rows, holds the tree's lock. The index itself never changes the disk.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar

import structlog

from noctule.drive.marks import Looked
from noctule.drive.places import Place
from noctule.drive.plan import apply, item_of, new_rows, note, place_of, plan, settled, to_bin, unplaced
from noctule.drive.tree import Tree
from noctule.drive.walking import Entry
from noctule.errors import NotFound
from noctule.store import Store, Tx, items
from noctule.store.rows import ItemRow
from noctule_agent.wire.ports import Clock, Ids
from noctule_agent.wire.values import ItemId, UserId

T = TypeVar("T")
log = structlog.get_logger()

FRESH_NS = 2_000_000_000
"""A folder that was changed so recently may change again without another mtime, on a disk with coarse clocks."""
ROWS_AT_ONCE = 2_000
"""New rows in one transaction: a folder of 50,000 files must not hold up the outputs of running cells."""


class Offload(Protocol):
    """Runs blocking work aside: asyncio.to_thread, or at once in a simulation."""

    async def __call__(self, work: Callable[..., T], /, *args: Any) -> T: ...


class Index:
    """See the module."""

    def __init__(self, store: Store, tree: Tree, offload: Offload, clock: Clock, ids: Ids) -> None:
        self.store = store
        self.tree = tree
        self.offload = offload
        self.clock = clock
        self.ids = ids
        self._locks: defaultdict[UserId, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._places: dict[ItemId, Place | None] = {}
        self._opened: set[UserId] = set()
        """Whose trees are there, as far as this server has made sure."""

    def lock(self, tree: UserId) -> asyncio.Lock:
        """Of the places of a tree."""
        return self._locks[tree]

    @asynccontextmanager
    async def holding(self, item_id: ItemId) -> AsyncIterator[ItemRow]:
        """The row of an item while the lock of its tree is held: it may have had another owner before. Raises NotFound."""
        while True:
            tree = (await self.get(item_id)).tree
            async with self.lock(tree):
                row = await self.get(item_id)
                if row.tree == tree:
                    yield row
                    return

    async def open(self, owner: UserId) -> ItemId:
        """The root of somebody's tree, made when it is not there."""
        root = ItemId(owner)
        if owner in self._opened:
            return root

        def write(tx: Tx) -> None:
            if items.get(tx, root) is None:
                items.create(tx, ItemRow(root, owner, None, b"", "folder"))

        # The row first: a folder of which nobody knows would be taken for somebody's file (flat.py).
        await self.move(write)
        await self.offload(self.tree.make_tree, owner)
        self._opened.add(owner)
        return root

    # --- places ---

    async def get(self, item_id: ItemId) -> ItemRow:
        """Raises NotFound."""
        return await self.store.read(lambda tx: items.need(tx, item_id))

    async def place(self, item_id: ItemId) -> Place:
        """Where it is, as far as is known. Raises NotFound, also when it lies in the bin."""
        place = (await self.places([item_id]))[item_id]
        if place is None:
            raise items.not_found(item_id)
        return place

    async def places(self, wanted: Sequence[ItemId]) -> dict[ItemId, Place | None]:
        unknown = [item_id for item_id in wanted if item_id not in self._places]
        known = self._places
        if unknown:
            known |= await self.store.read(lambda tx: {item_id: place_of(tx, item_id) for item_id in unknown})
        return {item_id: known[item_id] for item_id in wanted}

    async def move(self, work: Callable[[Tx], T]) -> T:
        """Change rows so that something has another place. No place is known any more, also when nobody knows whether that
        was committed."""
        try:
            return await self.store.write(work)
        finally:
            self._places = {}

    async def names(self, folder: ItemId) -> set[bytes]:
        """What has a name there on the disk, whatever the rows know."""
        place = await self.place(folder)
        return {name for name, _ in await self.offload(self.tree.names, place)}

    async def arrived(self, folder: ItemRow, name: bytes, looked: Looked | None) -> ItemRow:
        """The row of what was just put into a folder. The tree's lock is held."""
        if looked is None:
            raise items.not_found(folder.id)
        new_id = ItemId(self.ids.new())

        def write(tx: Tx) -> ItemRow:
            there = items.child(tx, folder.id, name)
            if there is not None:
                note(tx, there, looked)
                return items.need(tx, there.id)
            row = item_of(new_id, folder, name, looked)
            items.create(tx, row)
            return row

        return await self.move(write)

    # --- looking ---

    async def look(self, folder_id: ItemId) -> None:
        """Rows of a folder become what is in it. Raises NotFound when it is not where it was."""
        async with self.holding(folder_id) as folder:
            await self._look(folder)

    async def _look(self, folder: ItemRow) -> None:
        place = await self.place(folder.id)
        mtime, entries = await self.offload(self._see, place)
        found = await self.store.read(lambda tx: plan(tx, folder, entries))
        found = settled(found, await self._still_there([row for _, row in found.came if row is not None]))
        rows = new_rows(found, folder, self.ids.new)
        for start in range(0, len(rows), ROWS_AT_ONCE):
            part = rows[start : start + ROWS_AT_ONCE]
            await self.store.write(lambda tx, part=part: items.create(tx, *part))  # type: ignore[misc]
        binned = set(await self.offload(self.tree.binned)) if found.gone else set()
        now = self.clock.now()
        looked = None if now * 1_000_000 - mtime < FRESH_NS else mtime
        if found.stay or found.moved or found.gone or looked != folder.looked_ns:
            await self.move(lambda tx: apply(tx, found, folder.id, binned, now, looked))

    def _see(self, place: Place) -> tuple[int, list[Entry]]:
        """The mtime first: what changes while the entries are read is seen the next time."""
        mtime = self.tree.folder_mtime(place)
        if mtime is None:
            raise NotFound("item-not-found", "This folder is not there any more.", "It was moved or deleted outside.")
        return mtime, self.tree.entries(place)

    async def _still_there(self, rows: list[ItemRow]) -> set[ItemId]:
        """Those that stand where their rows say, as the files that their rows say."""
        asked = [row for row in rows if row.missing_at is None and row.binned_at is None]
        places = await self.places([row.id for row in asked])

        def stand(row: ItemRow) -> bool:
            place = places[row.id]
            looked = None if place is None else self.tree.look(place)
            return looked is not None and looked.mark == row.mark

        return await self.offload(lambda: {row.id for row in asked if stand(row)})

    # --- what is not where it was ---

    async def find(self, item_id: ItemId) -> Place | None:
        """Where an item is now that is not where it was. None: nowhere in its tree."""
        row = await self.get(item_id)
        await self._look_upwards(row)
        if (await self.places([item_id]))[item_id] is None and row.binned_at is None:
            await self.walk(row.tree)
        return (await self.places([item_id]))[item_id]

    async def _look_upwards(self, row: ItemRow) -> None:
        """At its folder; or, when that is not there either, at the one above it."""
        while row.parent is not None:
            row = await self.get(row.parent)
            try:
                await self.look(row.id)
            except NotFound:
                continue
            return

    async def walk(self, tree: UserId) -> None:
        """Look at all folders that have changed since they were looked at, and at those that come to light."""
        seen: set[ItemId] = set()
        while True:
            folders = [row for row in await self.store.read(lambda tx: items.folders(tx, tree)) if row.id not in seen]
            if not folders:
                return
            seen.update(row.id for row in folders)
            places = await self.places([row.id for row in folders])
            mtimes = await self.offload(self._mtimes, places)
            for row in folders:
                if mtimes[row.id] is None or mtimes[row.id] != row.looked_ns:
                    try:
                        await self.look(row.id)
                    except NotFound:
                        # Its own folder's look says what became of it.
                        continue

    def _mtimes(self, places: dict[ItemId, Place | None]) -> dict[ItemId, int | None]:
        return {item_id: None if place is None else self.tree.folder_mtime(place) for item_id, place in places.items()}

    async def settle(self, tree: UserId, open_: Collection[ItemId] = ()) -> list[ItemId]:
        """Walk, and give up what was missing before and was not found: rows go; of a notebook the document is kept, in the bin.

        Of those in `open_` the file is written anew. Returns the notebooks that went to the bin.
        """
        began = self.clock.now()
        await self.walk(tree)

        def write(tx: Tx) -> list[ItemId]:
            lost: list[ItemId] = []
            for row in items.missing(tx, tree, began):
                kept = [items.need(tx, ItemId(notebook_id)) for notebook_id in items.notebooks_below(tx, row.id)]
                for notebook in kept:
                    if notebook.id in open_:
                        unplaced(tx, notebook)
                    else:
                        to_bin(tx, notebook, began)
                        lost.append(notebook.id)
                if row.id not in {notebook.id for notebook in kept}:
                    items.remove(tx, row.id)
            return lost

        async with self.lock(tree):
            lost = await self.move(write)
        if lost:
            log.info("notebooks were deleted outside: their documents are in the bin", notebooks=lost)
        return lost

    async def given_up(self, item_id: ItemId) -> None:
        """The file of an open notebook is nowhere: it is as one that was never written."""
        async with self.holding(item_id):
            await self.move(lambda tx: unplaced(tx, items.need(tx, item_id)))
