"""What people do with files and folders: list, make, move, copy, bin, restore. It may not know HTTP, rooms or roles.

The disk is changed first, in one step, and then the rows (docs/drive.md). Every change holds the tree's lock for that.
"""

from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from io import FileIO
from typing import Literal, Protocol

import msgspec

from noctule.drive.index import Index
from noctule.drive.looks import Looks
from noctule.drive.places import Place, bytes_of, checked, free_name
from noctule.drive.plan import as_noted, note, place_of, to_bin
from noctule.drive.zipping import zipped
from noctule.errors import Conflict, Invalid, NotFound
from noctule.notebook.excerpts import Excerpt, excerpts
from noctule.store import Tx, item_space, items, notebooks, outcomes, search, stars
from noctule.store.item_space import Space
from noctule.store.outcomes import Outcome
from noctule.store.rows import ItemRow
from noctule_agent.wire.limits import SEARCH_ITEMS, SEARCH_QUERY_CHARS, SEARCH_WORDS
from noctule_agent.wire.values import ItemId, Millis, NotebookId, UserId


class Usage(msgspec.Struct, frozen=True):
    """Bytes of a tree; `binned`: of these, what lies in the bin."""

    used: int
    binned: int


class Known(msgspec.Struct, frozen=True):
    """What else is known of items, for one person: which are starred, which run, and when they were opened."""

    starred: frozenset[ItemId]
    running: frozenset[ItemId]
    opened: dict[ItemId, Millis]


class Witness(Protocol):
    """Who notes what is gone for ever. A work of the transaction in which it goes."""

    def erased(self, tx: Tx, item: ItemRow, *, aged: bool) -> None:
        """By its owner, who alone can, or, `aged`, for it lay in the bin for long."""


class NoWitness:
    """A Witness that notes nothing."""

    def erased(self, tx: Tx, item: ItemRow, *, aged: bool) -> None:
        """Nobody asks."""


class Found(msgspec.Struct, frozen=True):
    """`lines`: of each item what was found inside of it."""

    page: items.Page
    lines: dict[ItemId, list[Excerpt]]


class Drive:
    """See the module."""

    def __init__(self, index: Index, witness: Witness | None = None) -> None:
        self.replaced: Callable[[UserId], Awaitable[None]] = _nobody
        """Called with a tree in which something lies elsewhere than before: who may what may have changed."""
        self._index = index
        self._witness = witness or NoWitness()
        self._looks = Looks(index.look)
        self._store = index.store
        self._tree = index.tree
        self._offload = index.offload

    async def close(self) -> None:
        await self._looks.close()

    async def home(self, owner: UserId) -> ItemId:
        """The root of somebody's own tree."""
        return await self._index.open(owner)

    # --- seeing ---

    async def get(self, item_id: ItemId) -> ItemRow:
        """As it is on the disk now. Raises NotFound."""
        row = await self._index.get(item_id)
        if row.binned_at is not None or row.mtime_ns is None:
            return row
        place = await self._index.place(item_id)
        looked = await self._offload(self._tree.look, place)
        if looked is None:
            if await self._index.find(item_id) is None:
                raise items.not_found(item_id)
        elif row.kind != "folder" and not as_noted(row, looked):
            await self._store.write(lambda tx: note(tx, row, looked))
        return await self._index.get(item_id)

    async def row(self, item_id: ItemId) -> ItemRow:
        """As it was last seen. Raises NotFound."""
        return await self._index.get(item_id)

    async def path(self, item_id: ItemId) -> list[ItemRow]:
        """The folders above it, the root first."""
        return (await self._store.read(lambda tx: items.lineage(tx, item_id)))[:-1]

    async def children(self, folder: ItemId, order: items.Order, after: items.Cursor | None, limit: int) -> items.Page:
        """What is in a folder. Raises NotFound, Invalid."""
        # A look that is under way may have seen what was before.
        await self._looks.ended(folder)
        row = await self._folder(folder)
        if after is None and await self._changed(row):
            await self._looks.begun(folder)
            if order != items.Order():
                await self._looks.ended(folder)
        page = await self._store.read(lambda tx: items.page(tx, folder, order, after, limit))
        return items.Page(await self._refreshed(folder, page.rows), page.after)

    async def _changed(self, row: ItemRow) -> bool:
        mtime = await self._offload(self._tree.folder_mtime, await self._index.place(row.id))
        if mtime is None and await self._index.find(row.id) is None:
            raise items.not_found(row.id)
        return mtime is None or mtime != row.looked_ns

    async def _refreshed(self, folder: ItemId, rows: list[ItemRow]) -> list[ItemRow]:
        """With the sizes and times of now: writing to a file does not change its folder."""
        place = await self._index.place(folder)
        looked = await self._offload(lambda: [self._tree.look(place.below(row.name)) for row in rows])
        stale = [
            (row, found)
            for row, found in zip(rows, looked, strict=True)
            if found is not None and row.kind != "folder" and not as_noted(row, found)
        ]
        if not stale:
            return rows

        def write(tx: Tx) -> dict[ItemId, ItemRow]:
            for row, found in stale:
                note(tx, row, found)
            return {row.id: items.need(tx, row.id) for row, _ in stale}

        now = await self._store.write(write)
        return [now.get(row.id, row) for row in rows]

    async def view(
        self,
        view: Literal["recent", "starred", "shared"],
        user: UserId,
        after: items.Cursor | None,
        limit: int,
        keep: items.Keep,
    ) -> items.Page:
        """What a person has opened, starred, or has of others. `keep`: which of it they may know of."""
        query = {"recent": items.recent, "starred": items.starred, "shared": items.shared}[view]
        return await self._store.read(lambda tx: query(tx, user, after, limit, keep))

    async def binned(self, owner: UserId, after: items.Cursor | None, limit: int) -> items.Page:
        """What lies in somebody's bin."""
        return await self._store.read(lambda tx: items.binned(tx, owner, after, limit))

    async def search(
        self,
        user: UserId,
        text: str,
        after: items.Cursor | None,
        limit: int,
        keep: items.Keep,
        *,
        inside: bool = False,
    ) -> Found:
        """Items whose names hold all these words; `inside`: their names and their cells together. `keep`: which of it this
        person may know of. Raises Invalid."""
        words = _words(text)

        def read(tx: Tx) -> Found:
            most = min(limit, SEARCH_ITEMS) if inside else limit
            page = search.found(tx, user, words, after, most, keep, inside=inside)
            lines = {row.id: excerpts(search.cells(tx, row.id), words) for row in page.rows if inside}
            return Found(page, lines)

        return await self._store.read(read)

    async def known(self, user: UserId, wanted: Collection[ItemId]) -> Known:
        def read(tx: Tx) -> Known:
            return Known(
                starred=stars.among(tx, user, wanted),
                running=frozenset(map(ItemId, notebooks.running(tx, [NotebookId(item_id) for item_id in wanted]))),
                opened=stars.moments(tx, user, wanted),
            )

        return await self._store.read(read)

    async def size(self, item_id: ItemId) -> int:
        """Bytes of it and all below it."""
        return await self._store.read(lambda tx: items.size_below(tx, item_id))

    async def open(self, item_id: ItemId) -> FileIO:
        """To read. Raises NotFound, and Conflict for what is no file."""
        return await self._offload(self._tree.open, await self._index.place(item_id))

    async def zipped(self, wanted: Sequence[ItemId]) -> Iterator[bytes]:
        """Pieces of an archive of these, one or several; making them blocks. Raises NotFound."""
        places = await self._index.places(wanted)
        for item_id, place in places.items():
            if place is None:
                raise items.not_found(item_id)
        return await self._offload(zipped, self._tree, [place for place in places.values() if place is not None])

    async def count(self, folder: ItemId) -> int:
        """So many are in a folder."""
        known = self._looks.all(folder)
        return await self._store.read(lambda tx: items.count(tx, folder)) if known is None else known

    async def largest(self, owner: UserId, most: int) -> list[ItemRow]:
        """What takes most of a tree, the bin's too."""
        return await self._store.read(lambda tx: item_space.largest(tx, owner, most))

    async def space(self, item_id: ItemId) -> Space:
        """What it takes besides its file."""
        return await self._store.read(lambda tx: item_space.of_item(tx, item_id))

    async def away(self, user: UserId, since: Millis, most: int) -> list[tuple[ItemRow, Outcome]]:
        """Notebooks of which a run goes on, or ended after this moment."""
        now = self._index.clock.now()

        def read(tx: Tx) -> list[tuple[ItemRow, Outcome]]:
            found = outcomes.since(tx, user, since, now, most)
            return [(row, outcome) for row, outcome in found if place_of(tx, row.id) is not None]

        return await self._store.read(read)

    async def usage(self, owner: UserId) -> Usage:
        return await self._store.read(lambda tx: Usage(items.used(tx, owner), items.used_by_bin(tx, owner)))

    # --- changing ---

    async def make_folder(self, parent: ItemId, name: str) -> ItemRow:
        """Raises Conflict (name-taken), Invalid, NotFound."""
        await self._folder(parent)
        wanted = checked(name)
        async with self._index.holding(parent) as above:
            place = (await self._index.place(parent)).below(wanted)
            return await self._index.arrived(above, wanted, await self._offload(self._tree.make_folder, place))

    async def move(
        self, item_id: ItemId, parent: ItemId | None = None, name: str | None = None, *, as_is: bool = False
    ) -> ItemRow:
        """Rename, move, or both, over nothing. `as_is`: a notebook may lose its ending. Raises Conflict (name-taken),
        Invalid (into-itself), NotFound."""
        await self.get(item_id)
        async with self._index.holding(item_id) as row:
            if row.parent is None:
                raise Invalid("item-fixed", "This cannot be moved.", "It is the root of a Drive, or lies in the bin.")
            above = await self._folder(parent or row.parent)
            if above.tree != row.tree:
                raise Invalid("other-tree", "This folder is another person's.", "Copy the file there instead.")
            await self._move(row, above, name, as_is=as_is)
        if above.id != row.parent:
            await self.replaced(row.tree)
        return await self._index.get(item_id)

    async def _move(self, row: ItemRow, above: ItemRow, name: str | None, *, as_is: bool) -> None:
        """The tree's lock is held."""
        # An old name that would be refused today may stay when the item only moves.
        wanted = (
            row.name if name is None or bytes_of(name) == row.name else checked(name if as_is else _suffixed(name, row))
        )
        if (above.id, wanted) == (row.parent, row.name):
            return
        old = await self._index.place(row.id)
        new = (await self._index.place(above.id)).below(wanted)
        if row.mtime_ns is not None:
            await self._offload(self._tree.move, old, new)
        elif await self._taken(above.id, new):
            raise Conflict("name-taken", "There is a file of this name already.", "Choose another name.")
        await self._index.move(lambda tx: items.rename(tx, row, above.id, wanted))

    async def _taken(self, folder: ItemId, place: Place) -> bool:
        known = await self._store.read(lambda tx: items.child(tx, folder, place.name))
        return known is not None or await self._offload(self._tree.look, place) is not None

    async def copy(
        self, item_id: ItemId, parent: ItemId | None = None, name: str | None = None, *, as_is: bool = False
    ) -> ItemRow:
        """A file, or a folder with all in it, under a free name. Raises Invalid, NotFound, StorageFull."""
        row = await self.get(item_id)
        above = await self._folder(parent or row.parent or item_id)
        wanted = row.name if name is None else checked(name if as_is else _suffixed(name, row))
        source = await self._index.place(item_id)
        for last in (False, False, True):
            name_free = await self._free(above, wanted)
            place = (await self._index.place(above.id)).below(name_free)
            try:
                # Without the tree's lock: it may take minutes, and is placed by one rename, over nothing.
                await self._offload(self._tree.copy, source, place, lambda _: None)
                break
            except Conflict as error:
                if last or error.code != "name-taken":
                    raise
        async with self._index.holding(above.id) as above:
            return await self._index.arrived(above, place.name, await self._offload(self._tree.look, place))

    async def _free(self, above: ItemRow, wanted: bytes) -> bytes:
        """This name, or the first with a number that neither the disk nor a row has there."""
        there = await self._index.names(above.id)
        known = {child.name for child in await self._store.read(lambda tx: items.children(tx, above.id))}
        return free_name(wanted, lambda name: name in there | known)

    async def bin(self, item_id: ItemId) -> ItemRow:
        """Away, but to be had back. Idempotent. Notebooks in it are closed. Raises NotFound, Invalid for a root."""
        row = await self.get(item_id)
        if row.binned_at is not None:
            return row
        if row.parent is None:
            raise Invalid("item-fixed", "This cannot be deleted.", "It is the root of a Drive.")
        async with self._index.holding(item_id) as row:
            if row.binned_at is not None:
                # By somebody else, meanwhile.
                return row
            place = await self._index.place(item_id)
            if row.mtime_ns is not None:
                await self._offload(self._tree.bin, place, item_id)
            now = self._index.clock.now()
            await self._index.move(lambda tx: to_bin(tx, row, now))
        await self.replaced(row.tree)
        return await self._index.get(item_id)

    async def restore(self, item_id: ItemId) -> ItemRow:
        """Back to where it was, or to the root when that is gone, under a free name. Idempotent. Raises NotFound."""
        row = await self._index.get(item_id)
        if row.binned_at is not None and item_id not in await self._offload(self._tree.binned):
            # Somebody may have died after it was taken back, and before its row said so: then it is there, and is not to be had twice.
            await self._index.look((await self._home(row)).id)
        async with self._index.holding(item_id) as row:
            if row.binned_at is None:
                return row
            above = await self._home(row)
            name = await self._free(above, row.name)
            place = (await self._index.place(above.id)).below(name)
            on_disk = await self._offload(self._tree.binned)
            if item_id in on_disk:
                await self._offload(self._tree.unbin, item_id, place)

            def write(tx: Tx) -> None:
                items.rename(tx, row, above.id, name)
                items.change(tx, row.id, binned_at=None, binned_from=None)
                if item_id not in on_disk:
                    # It was deleted outside, and its document was kept: the file is written anew.
                    items.change(tx, row.id, mtime_ns=None, mark=None)

            await self._index.move(write)
        await self.replaced(row.tree)
        return await self._index.get(item_id)

    async def _home(self, row: ItemRow) -> ItemRow:
        if row.binned_from is not None:
            try:
                await self._index.place(row.binned_from)
                above = await self._folder(row.binned_from)
            except NotFound:
                pass
            else:
                if above.tree == row.tree:
                    return above
        return await self._index.get(await self._index.open(row.tree))

    async def erase(self, item_id: ItemId, *, aged: bool = False) -> None:
        """What lies in the bin, for ever. `aged`: nobody asked, it lay there for long. Idempotent."""
        async with self._index.holding(item_id) as row:
            if row.binned_at is None:
                raise Invalid(
                    "not-in-bin", "Only what lies in the bin can be deleted for ever.", "Move it to the bin first."
                )
            # Whoever restores it at this moment has it, or is told that it is gone.
            await self._offload(self._tree.condemn, item_id)
        # Without the tree's lock: it may hold much.
        await self._offload(self._tree.erase, item_id)

        def write(tx: Tx) -> None:
            there = items.get(tx, item_id)
            # A notebook whose file was deleted outside has nothing on the disk that could be held.
            if there is not None and there.binned_at is not None:
                self._witness.erased(tx, there, aged=aged)
                items.remove(tx, item_id)

        await self._store.write(write)

    # --- what a person keeps ---

    async def stars(self, user: UserId) -> frozenset[ItemId]:
        """What this person has starred."""
        return await self._store.read(lambda tx: stars.of_user(tx, user))

    async def star(self, item_id: ItemId, user: UserId, *, starred: bool) -> ItemRow:
        def write(tx: Tx) -> ItemRow:
            row = items.need(tx, item_id)
            stars.put(tx, user, item_id, starred=starred)
            return row

        return await self._store.write(write)

    async def opened(self, item_id: ItemId, user: UserId) -> None:
        now = self._index.clock.now()
        await self._store.write(lambda tx: stars.opened(tx, user, item_id, now))

    # --- parts of these ---

    async def _folder(self, item_id: ItemId) -> ItemRow:
        row = await self._index.get(item_id)
        if row.kind != "folder":
            raise Invalid("not-a-folder", "This is not a folder.", "Choose a folder.")
        return row


async def _nobody(tree: UserId) -> None:
    """Nobody wants to know."""
    del tree


def _words(text: str) -> list[str]:
    words = text.split()
    if len(text) > SEARCH_QUERY_CHARS or len(words) > SEARCH_WORDS:
        raise Invalid(
            "search-too-long",
            "This is too much to search for.",
            f"A search has at most {SEARCH_WORDS} words and {SEARCH_QUERY_CHARS} characters. Use fewer.",
        )
    return words


def _suffixed(name: str, row: ItemRow) -> str:
    """A notebook stays one when it is given a name without its ending."""
    return f"{name.strip()}.ipynb" if row.kind == "notebook" and not name.strip().lower().endswith(".ipynb") else name
