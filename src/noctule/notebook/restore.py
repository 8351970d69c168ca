"""What a document is to say when a revision, or some cells of it, are restored. Pure; diff.py makes the edits."""

from collections.abc import Collection, Sequence
from typing import Any

from noctule.notebook.cells import CellView
from noctule.notebook.mend import ParsedCell
from noctule.notebook.nbformat_io import ParsedNotebook
from noctule_agent.wire.values import CellId


def whole(then: Sequence[CellView], nb: dict[str, Any]) -> ParsedNotebook:
    """As it was."""
    return ParsedNotebook(nb=nb, cells=[_parsed(cell) for cell in then])


def some(
    now: Sequence[CellView], nb: dict[str, Any], then: Sequence[CellView], chosen: Collection[CellId]
) -> ParsedNotebook:
    """As it is now, but for these cells. One that is gone comes back behind the nearest cell before it that is here."""
    cells = [_parsed(cell) for cell in now]
    place = {cell.id: index for index, cell in enumerate(cells)}
    before: CellId | None = None
    for cell in then:
        if cell.id in chosen:
            if cell.id in place:
                cells[place[cell.id]] = _parsed(cell)
            else:
                cells.insert(0 if before is None else place[before] + 1, _parsed(cell))
                place = {each.id: index for index, each in enumerate(cells)}
        if cell.id in place:
            before = cell.id
    return ParsedNotebook(nb=nb, cells=cells)


def _parsed(cell: CellView) -> ParsedCell:
    return ParsedCell(
        id=cell.id,
        type=cell.type,
        source=cell.source,
        meta=cell.meta,
        attachments=cell.attachments,
        extra=cell.extra,
    )
