"""An item goes to another owner: its file crosses from one tree to the other, and its rows follow. It may not know HTTP or roles.

    1  the wish is a row                        nothing has happened: a server that starts forgets it
    2  the file has its new place, one rename   a server that starts finds it there, and does the third step
    3  the rows follow, and the wish goes       it is done

Both trees are locked all the while, so that no look between sees a new file in the one and a missing one in the other.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

import structlog

from noctule.drive.index import Index
from noctule.drive.marks import Looked
from noctule.drive.places import Place, free_name
from noctule.drive.plan import note, place_of
from noctule.errors import Invalid, NoctuleError
from noctule.store import Tx, handovers, items
from noctule.store.rows import ItemRow, TransferRow
from noctule_agent.wire.values import ItemId, UserId

log = structlog.get_logger()

Follow = Callable[[Tx, ItemRow, UserId], None]
"""What else becomes of rows when an item (as it was before) has another owner."""


class Handing:
    """See the module."""

    def __init__(self, index: Index, follow: Follow) -> None:
        self._index = index
        self._store = index.store
        self._tree = index.tree
        self._offload = index.offload
        self._follow = follow

    async def over(self, item_id: ItemId, to: UserId) -> None:
        """It lies in the root of that person's tree then, under a free name. Raises NotFound, Invalid, what the disk refuses.

        It goes on when whoever asked for it is gone: it is not left half done.
        """
        await asyncio.shield(asyncio.ensure_future(self._over(item_id, to)))

    async def _over(self, item_id: ItemId, to: UserId) -> None:
        await self._index.open(to)
        while True:
            tree = (await self._index.get(item_id)).tree
            if tree == to:
                return None
            async with AsyncExitStack() as locks:
                # In one order, so that two who give each other something do not wait for one another.
                for each in sorted((tree, to)):
                    await locks.enter_async_context(self._index.lock(each))
                row = await self._index.get(item_id)
                if row.tree == tree:
                    return await self._cross(row, to)

    async def _cross(self, row: ItemRow, to: UserId) -> None:
        if row.parent is None:
            raise Invalid("item-fixed", "This cannot be given away.", "It is the root of a Drive, or lies in the bin.")
        old = await self._index.place(row.id)
        looked = await self._offload(self._tree.look, old)
        if looked is None and row.mtime_ns is not None:
            raise items.not_found(row.id)
        wish = TransferRow(row.id, to, await self._free(ItemId(to), row.name))
        await self._store.write(lambda tx: _begin(tx, row, looked, wish))
        if looked is not None:
            try:
                await self._offload(self._tree.move, old, Place(to, (wish.name,)))
            except NoctuleError:
                await self._store.write(lambda tx: handovers.drop(tx, row.id))
                raise
        try:
            await self._index.move(lambda tx: self._done(tx, wish))
        except NoctuleError:
            await self._back(wish, old)
            raise

    async def _back(self, wish: TransferRow, old: Place) -> None:
        """The rows did not follow: the file goes back, unless they did, or nobody can tell now. Then the next start does it."""
        try:
            if await self._store.read(lambda tx: handovers.get(tx, wish.item_id)) is not None:
                await self._offload(self._tree.move, Place(wish.to, (wish.name,)), old)
                await self._store.write(lambda tx: handovers.drop(tx, wish.item_id))
        except NoctuleError as error:
            log.warning("a change of owner is left half done until the next start", item=wish.item_id, error=str(error))

    async def _free(self, root: ItemId, wanted: bytes) -> bytes:
        there = await self._index.names(root)
        known = {child.name for child in await self._store.read(lambda tx: items.children(tx, root))}
        return free_name(wanted, lambda name: name in there | known)

    def _done(self, tx: Tx, wish: TransferRow) -> None:
        before = items.need(tx, wish.item_id)
        handovers.done(tx, wish)
        self._follow(tx, before, wish.to)

    async def finish(self) -> None:
        """What an earlier server left half done. At the start, before anybody looks at a tree."""
        for wish in await self._store.read(handovers.list_all):
            if await self._has_crossed(wish):
                await self._index.move(lambda tx, wish=wish: self._done(tx, wish))  # type: ignore[misc]
                log.info("a change of owner is done", item=wish.item_id, to=wish.to)
            else:
                await self._store.write(lambda tx, wish=wish: handovers.drop(tx, wish.item_id))  # type: ignore[misc]

    async def _has_crossed(self, wish: TransferRow) -> bool:
        row = await self._index.get(wish.item_id)
        old = await self._store.read(lambda tx: place_of(tx, wish.item_id))
        here = await self._offload(self._tree.look, Place(wish.to, (wish.name,)))
        there = None if old is None else await self._offload(self._tree.look, old)
        if here is None or row.mtime_ns is None:
            return False
        # Where a file system tells no birth, by what is left of it.
        return here.mark == row.mark if row.mark is not None else there is None


def _begin(tx: Tx, row: ItemRow, looked: Looked | None, wish: TransferRow) -> None:
    if looked is not None:
        # By its mark it is known again, wherever it is found.
        note(tx, row, looked)
    handovers.begin(tx, wish)
