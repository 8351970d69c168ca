"""What programs and pages ask of a notebook's past: its revisions, what they say, a way back, and how two differ.

It may not know HTTP. Whatever is asked of a revision is asked within its notebook: those of others are not there.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from noctule.errors import Invalid
from noctule.notebook.cells import CellView
from noctule.notebook.compare import Pair, Side, compare
from noctule.notebook.values import same
from noctule.rooms.restoring import Restored, Restoring, Wish
from noctule.rooms.rooms import Rooms
from noctule.rooms.services import Services
from noctule.store import Tx, revisions, runs
from noctule.store.revisions import Content, Place
from noctule.store.rows import RevisionRow
from noctule_agent.wire.limits import REVISION_NAME_CHARS
from noctule_agent.wire.state import CellOutputs
from noctule_agent.wire.values import CellId, Millis, NotebookId, RevisionId, UserId

T = TypeVar("T")

DAY_MS = 24 * 3600 * 1000
NOW = RevisionId("now")
"""In place of a revision: what the notebook says at this moment."""


class Moment(msgspec.Struct, frozen=True):
    """A notebook at a moment: a revision of it, or NOW."""

    notebook_id: NotebookId
    revision_id: RevisionId = NOW


class Said(msgspec.Struct, frozen=True):
    """What a notebook said then. `row` is None for now."""

    row: RevisionRow | None
    sides: list[Side]
    nb: dict[str, Any]


class Comparison(msgspec.Struct, frozen=True):
    old: Said
    new: Said
    pairs: list[Pair]
    metadata: list[str]
    """Keys of the notebook's own metadata that differ."""


class Versions:
    """See the module."""

    def __init__(self, services: Services, rooms: Rooms) -> None:
        self._store = services.store
        self._offload = services.offload
        self._clock = services.clock
        self._rooms = rooms

    async def page(
        self, notebook_id: NotebookId, *, before: Place | None, limit: int, named: bool
    ) -> tuple[list[RevisionRow], Place | None]:
        """The last one first, `limit` of those before this place; and where the rest begins. Raises NotFound."""
        await self._rooms.open(notebook_id)
        return await self._store.read(
            lambda tx: revisions.list_page(tx, notebook_id, before=before, limit=limit, named=named)
        )

    async def pin(self, notebook_id: NotebookId, name: str, user: UserId) -> RevisionRow:
        """Keep what there is now, under a name. Raises Invalid, Conflict (revisions-full)."""
        live = await self._rooms.live(notebook_id)
        return (await live.keeper.keep("named", user, checked_name(name))).row

    async def rename(self, notebook_id: NotebookId, revision_id: RevisionId, name: str | None) -> RevisionRow:
        """Name one, so that it stays; None: unpin it."""
        live = await self._rooms.live(notebook_id)
        return await live.keeper.rename(revision_id, None if name is None else checked_name(name))

    async def remove(self, notebook_id: NotebookId, revision_id: RevisionId) -> None:
        await (await self._rooms.live(notebook_id)).keeper.remove(revision_id)

    async def remove_older(self, notebook_id: NotebookId, days: int) -> int:
        """Those that nobody named and that are older than so many days; how many. Raises NotFound."""
        live = await self._rooms.live(notebook_id)
        return await live.keeper.remove_before(Millis(self._clock.now() - days * DAY_MS))

    async def restore(self, notebook_id: NotebookId, wish: Wish, user: UserId) -> Restored:
        live = await self._rooms.live(notebook_id)
        return await Restoring(live.room, live.keeper, wish, user).do()

    # --- what one says --------------------------------------------------------------------------------------------

    async def said(self, moment: Moment) -> Said:
        """Raises NotFound."""
        if moment.revision_id == NOW:
            return await self._said_now(moment.notebook_id)

        def read(tx: Tx) -> Said:
            row = revisions.get(tx, moment.notebook_id, moment.revision_id)
            content = _content(tx, moment)
            return Said(row, _sides(content.cells(), content.manifest), content.nb())

        return await self._store.read(read)

    async def _said_now(self, notebook_id: NotebookId) -> Said:
        room = await self._rooms.open(notebook_id)
        cells, nb = room.document.cells(), room.document.nb()

        def read(tx: Tx) -> Said:
            known = revisions.known_parts(tx, notebook_id)
            captured = revisions.capture(tx, notebook_id, cells, nb, known, lambda _: ())
            return Said(None, _sides(cells, captured.manifest), nb)

        return await self._store.read(read)

    async def outputs(self, moment: Moment, cell_id: CellId) -> CellOutputs:
        """Those of one cell, as a page shows them, with all their values (`revisions.within`). Raises NotFound."""
        if moment.revision_id == NOW:
            await self._rooms.open(moment.notebook_id)

        def read(tx: Tx) -> CellOutputs:
            if moment.revision_id == NOW:
                [now] = runs.outputs(tx, moment.notebook_id, [cell_id])
                return msgspec.structs.replace(now, outputs=revisions.within(tx, now.outputs))
            content = _content(tx, moment)
            entry = content.entry(cell_id)
            return CellOutputs(cell_id, None, revisions.within(tx, content.shown(entry)), execution_count=entry.count)

        return await self._store.read(read)

    async def file(self, moment: Moment, take: Callable[[Any], T]) -> T:
        """Give the pieces of the .ipynb to `take`, in a thread."""
        return await self._store.read(lambda tx: take(_content(tx, moment).pieces()))

    async def row(self, moment: Moment) -> RevisionRow:
        return await self._store.read(lambda tx: revisions.get(tx, moment.notebook_id, moment.revision_id))

    # --- two ------------------------------------------------------------------------------------------------------

    async def compare(self, old: Moment, new: Moment) -> Comparison:
        one, two = await self.said(old), await self.said(new)
        here, there = (side.nb.get("metadata") or {} for side in (one, two))
        keys = sorted(key for key in here.keys() | there.keys() if not same(here.get(key), there.get(key)))
        return Comparison(one, two, await self._offload(compare, one.sides, two.sides), keys)


def _content(tx: Tx, moment: Moment) -> Content:
    manifest = revisions.manifest(tx, moment.notebook_id, moment.revision_id)
    return Content(tx, moment.notebook_id, manifest)


def _sides(cells: list[CellView], manifest: revisions.Manifest) -> list[Side]:
    return [Side(cell, (entry.outputs, entry.count)) for cell, entry in zip(cells, manifest.cells, strict=True)]


def checked_name(name: str) -> str:
    """Raises Invalid."""
    name = name.strip()
    if not name or len(name) > REVISION_NAME_CHARS or not name.isprintable():
        raise Invalid(
            "revision-name-invalid",
            "A revision cannot have this name.",
            f"A name has one line of 1 to {REVISION_NAME_CHARS} characters.",
        )
    return name
