"""The difference between the document and a file, as operations: keyed by cell id, moves as few as possible. Pure.

A tool that does not know cell ids (nbformat before 4.5) writes the same cells under other ids. So cells of the file whose id
nobody knows are first matched by content with cells that the file seems to lack (Myers), and `adopt` gives them their old
ids: outputs, cursors and the queue stay with the cell.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import msgspec

from noctule.notebook import ops
from noctule.notebook.cells import CellView
from noctule.notebook.fractional import NoRoom, spread
from noctule.notebook.mend import ParsedCell
from noctule.notebook.myers import common
from noctule.notebook.nbformat_io import ParsedNotebook
from noctule.notebook.values import same
from noctule_agent.wire.values import CellId


def diff(cells: Sequence[CellView], nb: dict[str, Any], parsed: ParsedNotebook) -> list[ops.Op]:
    """What makes the document with these cells (in order) and this `nb` say what the file says.

    Applied to that document it gives exactly `adopt(cells, parsed)`: ids, order, types, sources, metadata. Applied to one
    that went on meanwhile, it makes only these changes (`SetSource.base`).
    """
    wanted = adopt(cells, parsed)
    old = {cell.id: cell for cell in cells}
    new = {cell.id for cell in wanted.cells}
    found: list[ops.Op] = [ops.DeleteCell(cell.id) for cell in cells if cell.id not in new]
    positions = _positions(cells, [cell.id for cell in wanted.cells])
    for cell in wanted.cells:
        before = old.get(cell.id)
        if before is None:
            found.append(_insertion(cell, positions[cell.id]))
            continue
        if cell.id in positions:
            found.append(ops.MoveCell(cell.id, positions[cell.id]))
        found.extend(_cell_changes(before, cell))
    return [*found, *_notebook_changes(nb, wanted.nb)]


def adopt(cells: Sequence[CellView], parsed: ParsedNotebook) -> ParsedNotebook:
    """The file with the document's ids for cells that are there under another id. Doing it twice changes nothing."""
    known, given = {cell.id for cell in cells}, {cell.id for cell in parsed.cells}
    gone = [cell for cell in cells if cell.id not in given]
    strange = [cell for cell in parsed.cells if cell.id not in known]
    pairs = common([(cell.type, cell.source) for cell in gone], [(cell.type, cell.source) for cell in strange])
    ids = {strange[new].id: gone[old].id for old, new in pairs}
    if not ids:
        return parsed
    renamed = [msgspec.structs.replace(cell, id=ids.get(cell.id, cell.id)) for cell in parsed.cells]
    return msgspec.structs.replace(parsed, cells=renamed)


# --- content ----------------------------------------------------------------------------------------------------------


def _insertion(cell: ParsedCell, pos: str) -> ops.InsertCell:
    return ops.InsertCell(
        cell_id=cell.id,
        type=cell.type,
        pos=pos,
        source=cell.source,
        meta=cell.meta,
        attachments=cell.attachments,
        extra=cell.extra,
    )


def _cell_changes(old: CellView, new: ParsedCell) -> list[ops.Op]:
    found: list[ops.Op] = []
    if old.type != new.type:
        found.append(ops.SetType(new.id, new.type))
    if old.source != new.source:
        found.append(ops.SetSource(new.id, new.source, base=old.source))
    found.extend(ops.SetCellMeta(new.id, key, value) for key, value in _entry_changes(old.meta, new.meta))
    # A file has no place for attachments of a code cell (they come back when it is text again).
    if not same(old.attachments, new.attachments) and not (new.type == "code" and new.attachments is None):
        found.append(ops.SetAttachments(new.id, new.attachments))
    if not same(old.extra, new.extra):
        found.append(ops.SetCellExtra(new.id, new.extra))
    return found


def _notebook_changes(old: dict[str, Any], new: dict[str, Any]) -> list[ops.Op]:
    metadata = _entry_changes(old.get("metadata") or {}, new.get("metadata") or {})
    extra = _entry_changes(_without_metadata(old), _without_metadata(new))
    return [
        *(ops.SetNotebookMeta(key, value) for key, value in metadata),
        *(ops.SetNotebookExtra(key, value) for key, value in extra),
    ]


def _without_metadata(nb: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in nb.items() if key != "metadata"}


def _entry_changes(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, Any]]:
    gone = [(key, ops.UNSET) for key in old if key not in new]
    return gone + [(key, value) for key, value in new.items() if key not in old or not same(old[key], value)]


# --- order ------------------------------------------------------------------------------------------------------------


def _positions(cells: Sequence[CellView], wanted: Sequence[CellId]) -> dict[CellId, str]:
    """New positions for the cells that need one: those that are new, and the fewest whose move gives this order."""
    rank = {cell.id: number for number, cell in enumerate(cells)}
    pos = {cell.id: cell.pos for cell in cells}
    held = [cell_id for cell_id in wanted if cell_id in rank]
    staying = {held[index] for index in longest_rising([rank[cell_id] for cell_id in held])}
    found: dict[CellId, str] = {}
    moving: list[CellId] = []
    left: str | None = None
    for cell_id in wanted:
        if cell_id not in staying:
            moving.append(cell_id)
            continue
        if moving:
            try:
                found.update(zip(moving, spread(len(moving), left, pos[cell_id]), strict=True))
            except NoRoom:
                # Equal or foreign positions: the right neighbour moves as well.
                moving.append(cell_id)
                continue
            moving = []
        left = pos[cell_id]
    found.update(zip(moving, spread(len(moving), left, None), strict=True))
    return found


def longest_rising(numbers: Sequence[int]) -> list[int]:
    """Indices of a longest strictly rising subsequence."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for index, number in enumerate(numbers):
        place = bisect_left(tails, number)
        previous.append(ends[place - 1] if place else -1)
        tails[place : place + 1] = [number]
        ends[place : place + 1] = [index]
    found: list[int] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        found.append(index)
        index = previous[index]
    return found[::-1]
