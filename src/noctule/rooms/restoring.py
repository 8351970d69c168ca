"""A revision restored, whole or some cells of it, as ordinary edits of the living document. It never rebuilds one.

    1. what there is now is kept as a revision: the way back
    2. outputs that differ are shown as imported ones; a cell that runs or waits keeps its own, and so does one that has said
       something since 1: that is in no revision
    3. the keyed difference between what was kept and the revision is made as one edit of the document that was kept

Each step is durable before the next. What others write meanwhile meets that edit as edits of two pages meet: it stays. A
cell that is to go and into which somebody has written since stays as well. Done again after it broke in between, it does
what is missing.
"""

import asyncio
from collections.abc import Callable, Collection
from typing import Any

import msgspec

from noctule.errors import NotFound
from noctule.notebook import diff, ops, restore
from noctule.notebook.cells import CellView
from noctule.notebook.crdt import NotebookDoc
from noctule.notebook.nbformat_io import ParsedNotebook
from noctule.notebook.project import WIDGET_STATE
from noctule.rooms.keeping import Keeper, Made
from noctule.rooms.room import Room
from noctule.runs import reduce as reducers
from noctule.runs.reduce import Step
from noctule.runs.state import CellFacts, RunState
from noctule.store import Tx, revisions
from noctule.store.revisions import CellEntry, Content
from noctule.store.rows import RevisionRow
from noctule_agent.wire.limits import MB
from noctule_agent.wire.state import Op, Output, StreamOutput
from noctule_agent.wire.values import CellId, RevisionId, UserId

CELLS_AT_ONCE = 20
CHARS_AT_ONCE = 4 * MB
"""Outputs of so many cells, or with so much text, are read, and shown in one revision of the run state."""
WAITING = ("queued", "running")


class Wish(msgspec.Struct, frozen=True):
    """`cells` None: all, with the order and what belongs to the notebook as a whole. `outputs`: theirs as well."""

    revision_id: RevisionId
    cells: list[CellId] | None = None
    outputs: bool = True


class Restored(msgspec.Struct, frozen=True):
    """`kept`: what there was before. `busy`: cells that ran or waited meanwhile, whose outputs were left as they are."""

    kept: RevisionRow
    busy: list[CellId]


class _Then(msgspec.Struct, frozen=True):
    """What the revision said."""

    cells: list[CellView]
    entries: dict[CellId, CellEntry]
    nb: dict[str, Any]


class Restoring:
    """See the module. One for each wish."""

    def __init__(self, room: Room, keeper: Keeper, wish: Wish, user: UserId) -> None:
        self._room = room
        self._keeper = keeper
        self._wish = wish
        self._user = user
        self._store = room.services.store

    async def do(self) -> Restored:
        """Raises NotFound for a revision, or a cell of it, that is not there; Unavailable."""
        async with self._keeper.restoring(self._wish.revision_id):
            then = await self._read(self._then)
            before = self._room.state
            now = await self._keeper.keep("before-restore", self._user)
            wanted = self._wanted(then, now)
            busy = await self._show_outputs(then, now, wanted, before) if self._wish.outputs else []
            await self._edit(now, wanted)
            return Restored(now.row, busy)

    async def _edit(self, now: Made, wanted: ParsedNotebook) -> None:
        edits = diff.diff(now.cells, now.nb, wanted)
        left: list[ops.Op] | None = None
        update = b""
        # Aside, for a long notebook takes long; and anew when somebody has overtaken more of it meanwhile.
        while left != (still := self._left(edits, now)):
            left, update = still, await self._room.services.offload(_update_of, now.encoded, still)
        if update:
            await asyncio.shield(self._room.merge(update, self._user))

    def _left(self, edits: list[ops.Op], now: Made) -> list[ops.Op]:
        """Those that nobody has overtaken."""
        live = {cell.id: cell.source for cell in self._room.document.cells()}
        kept = {cell.id: cell.source for cell in now.cells}
        return [op for op in edits if not _overtaken(op, live, kept)]

    # --- what was -------------------------------------------------------------------------------------------------

    async def _read(self, work: Callable[[Content], Any]) -> Any:
        notebook_id, revision_id = self._room.notebook_id, self._wish.revision_id

        def read(tx: Tx) -> Any:
            return work(Content(tx, notebook_id, revisions.manifest(tx, notebook_id, revision_id)))

        return await self._store.read(read)

    def _then(self, content: Content) -> _Then:
        entries = {cell.id: cell for cell in content.manifest.cells}
        for cell_id in self._wish.cells or ():
            if cell_id not in entries:
                raise NotFound("cell-not-found", "There is no such cell in this revision.", str(cell_id))
        nb = content.nb()
        widgets = content.widgets() if self._wish.outputs else None
        if widgets:
            # As they came with a file: the kernel that they lived in may be gone.
            metadata = nb.get("metadata") or {}
            nb = {**nb, "metadata": {**metadata, "widgets": {WIDGET_STATE: widgets}}}
        return _Then(content.cells(), entries, nb)

    def _wanted(self, then: _Then, now: Made) -> ParsedNotebook:
        """What the document is to say, with its own ids for cells that are here under another id."""
        if self._wish.cells is None:
            return diff.adopt(now.cells, restore.whole(then.cells, then.nb))
        return restore.some(now.cells, now.nb, then.cells, self._wish.cells)

    # --- outputs --------------------------------------------------------------------------------------------------

    async def _show_outputs(self, then: _Then, now: Made, wanted: ParsedNotebook, before: RunState) -> list[CellId]:
        """Cells that were left alone. `before`: the run state when what there was had not been read yet."""
        chosen = self._restored(then, wanted)
        shown = await self._store.read(lambda tx: self._shown(tx, then, now, [here for here, _ in chosen]))
        differing = [(here, was) for here, was in chosen if shown.get(here) != (was.outputs, was.count)]
        busy: set[CellId] = set()
        while differing:
            count = await self._show(differing[:CELLS_AT_ONCE], before, busy)
            differing = differing[count:]
        return sorted(busy)

    async def _show(self, part: list[tuple[CellId, CellEntry]], before: RunState, busy: set[CellId]) -> int:
        """How many of these it were."""
        outputs: list[list[Output]] = await self._read(lambda content: self._again(content, part))
        cells = [(here, found, was.count) for (here, was), found in zip(part, outputs, strict=False)]
        await self._room.change(lambda state: _imported(state, cells, before, busy))
        return len(cells)

    def _again(self, content: Content, part: list[tuple[CellId, CellEntry]]) -> list[list[Output]]:
        """The outputs of the first of these, at least one."""
        found: list[list[Output]] = []
        chars = 0
        for _, was in part:
            found.append(content.again(was, self._room.services.ids))
            chars += sum(output.chars for output in found[-1] if isinstance(output, StreamOutput))
            if chars > CHARS_AT_ONCE:
                break
        return found

    def _restored(self, then: _Then, wanted: ParsedNotebook) -> list[tuple[CellId, CellEntry]]:
        """Code cells that are restored: their id here, and what they were."""
        if self._wish.cells is None:
            pairs = [(here.id, was.id) for here, was in zip(wanted.cells, then.cells, strict=True)]
        else:
            pairs = [(cell_id, cell_id) for cell_id in self._wish.cells]
        return [(here, then.entries[was]) for here, was in pairs if then.entries[was].type == "code"]

    def _shown(
        self, tx: Tx, then: _Then, now: Made, wanted: Collection[CellId]
    ) -> dict[CellId, tuple[Any, int | None]]:
        """What cells show now, also those that are deleted and still have their outputs."""
        here = {cell.id for cell in now.manifest.cells}
        gone = [cell for cell in then.cells if cell.id in wanted and cell.id not in here]
        known = revisions.known_parts(tx, self._room.notebook_id)
        binned = revisions.capture(tx, self._room.notebook_id, gone, {}, known, lambda _: ()).manifest
        return {cell.id: (cell.outputs, cell.count) for cell in (*now.manifest.cells, *binned.cells)}


def _update_of(encoded: bytes, edits: list[ops.Op]) -> bytes:
    return NotebookDoc.load(encoded, []).edit(edits).update


def _overtaken(op: ops.Op, live: dict[CellId, str], kept: dict[CellId, str]) -> bool:
    """A cell is not deleted into which somebody has written since, nor inserted where somebody brought it back."""
    match op:
        case ops.DeleteCell(cell_id):
            return live.get(cell_id, kept[cell_id]) != kept[cell_id]
        case ops.InsertCell(cell_id=cell_id):
            return cell_id in live
        case _:
            return False


def _imported(
    state: RunState, cells: list[tuple[CellId, list[Output], int | None]], before: RunState, busy: set[CellId]
) -> Step:
    """These cells show what the revision had, but for those that run or wait, or have said something since."""
    going = {view.cell_id for view in state.executions.values() if view.state in WAITING}
    made: list[Op] = []
    for cell_id, outputs, count in cells:
        if cell_id in going or not _silent(before, state, cell_id):
            busy.add(cell_id)
            continue
        step = reducers.show_imported(state, cell_id, outputs, count)
        state = step.state
        made.extend(step.ops)
    return Step(state, made)


def _silent(before: RunState, state: RunState, cell_id: CellId) -> bool:
    """The cell shows the same execution, of which nothing has come."""
    was, shown = (one.cells.get(cell_id, CellFacts()).shown[-1:] for one in (before, state))
    if was != shown:
        return False
    # Not whether they are equal: what was put in the place of as much else is something else.
    return all(before.outputs.get((cell_id, id_)) is state.outputs.get((cell_id, id_)) for id_ in shown)
