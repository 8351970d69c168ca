"""Rows to what is shown: the run state as a page gets it (within a budget), and as a reducer needs it."""

from collections.abc import Collection, Iterable
from itertools import groupby
from typing import Final

import msgspec
from sqlalchemy import and_, bindparam, case, func, select

from noctule.store import comments, kernels
from noctule.store import tables as t
from noctule.store.codec import History, to_execution, to_history, to_json, to_runtime_view, to_saved_view
from noctule.store.executions import VIEW_COLUMNS, parts
from noctule.store.notebooks import not_found
from noctule.store.rows import TextSlice
from noctule.store.writer import Tx
from noctule_agent.wire.limits import OUTPUT_LINES, TEXT_HEAD_CHARS, TEXT_TAIL_CHARS
from noctule_agent.wire.state import (
    CellOutputs,
    DisplayOutput,
    ExecutionView,
    MimeValue,
    Output,
    PromptView,
    RunSnapshot,
)
from noctule_agent.wire.values import CellId, ExecutionId, NotebookId, OutputId

from . import outputs as output_rows
from . import text as text_rows
from . import widgets
from .outputs import AnyRow

_SHOWN_BYTES: Final = TEXT_HEAD_CHARS + TEXT_TAIL_CHARS

_HEAD = select(t.notebook.c.rev, t.notebook.c.runtime_view, t.notebook.c.saved_view).where(
    t.notebook.c.id == bindparam("notebook")
)
_OPEN = select(*VIEW_COLUMNS, t.execution.c.ord).where(
    t.execution.c.notebook_id == bindparam("notebook"), t.execution.c.state.in_(("queued", "running"))
)
_LATEST, _SHOWN = (
    select(*VIEW_COLUMNS, t.execution.c.ord)
    .join(t.cell, column == t.execution.c.id)
    .where(t.cell.c.notebook_id == bindparam("notebook"))
    for column in (t.cell.c.latest, t.cell.c.shows)
)
_BY_ID = select(*VIEW_COLUMNS, t.execution.c.ord).where(t.execution.c.id.in_(bindparam("ids", expanding=True)))
_PROMPTS = (
    select(*(t.prompt.c[name] for name in PromptView.__struct_fields__))
    .where(t.prompt.c.notebook_id == bindparam("notebook"), t.prompt.c.state == "open")
    .order_by(t.prompt.c.opened_at, t.prompt.c.id)
)
_NOTHING: Final = to_json([])
_SHOWS = select(t.cell.c.cell_id, t.cell.c.shows).where(
    t.cell.c.notebook_id == bindparam("notebook"), t.cell.c.history != _NOTHING
)

_IS_SHOWN = t.output.outerjoin(
    t.cell, and_(t.cell.c.notebook_id == t.output.c.notebook_id, t.cell.c.cell_id == t.output.c.cell_id)
)
_VISIBLE = (
    t.output.c.notebook_id == bindparam("notebook"),
    t.output.c.execution_id.is_not_distinct_from(t.cell.c.shows),
)
_STORED = t.output.c.bytes + func.length(t.output.c.tail)
# The last line of a stream is in its tail until it has ended.
_LINES = case((t.output.c.lines > OUTPUT_LINES, OUTPUT_LINES), else_=t.output.c.lines) + case(
    (func.length(t.output.c.tail) > 0, 1), else_=0
)
_SIZES = (
    select(
        t.output.c.cell_id,
        func.count().label("outputs"),
        func.sum(_STORED).label("bytes"),
        func.sum(
            case((t.output.c.chars > _SHOWN_BYTES, _SHOWN_BYTES + func.length(t.output.c.tail)), else_=_STORED)
        ).label("shown_bytes"),
        func.sum(_LINES).label("lines"),
        func.max(t.output.c.width).label("width"),
        func.sum(t.output.c.height).label("height"),
        func.sum(case((t.output.c.rows > 0, 1), else_=0)).label("tables"),
        func.sum(t.output.c.rows).label("rows"),
    )
    .select_from(_IS_SHOWN)
    .where(*_VISIBLE)
    .group_by(t.output.c.cell_id)
)
_SMALL = (
    t.output.c.key,
    t.output.c.id,
    t.output.c.cell_id,
    t.output.c.execution_id,
    t.output.c.kind,
    t.output.c.name,
    t.output.c.display_id,
    t.output.c.chars,
    t.output.c.bytes,
    t.output.c.cursor_row,
    t.output.c.cursor_column,
    t.output.c.terminal,
    t.output.c.tail,
)
OUTPUTS = (
    select(*_SMALL, t.output.c.body)
    .select_from(_IS_SHOWN)
    .where(*_VISIBLE, t.output.c.cell_id.in_(bindparam("cells", expanding=True)))
    .order_by(t.output.c.cell_id, t.output.c.key)
)
_SKELETONS = (
    select(*_SMALL, case((t.output.c.kind == "cut", t.output.c.body)).label("cut_body"))
    .where(t.output.c.notebook_id == bindparam("notebook"))
    .order_by(t.output.c.key)
)
_HISTORIES = select(t.cell.c.cell_id, t.cell.c.history).where(t.cell.c.notebook_id == bindparam("notebook"))
_IMPORTED_COUNTS = select(t.cell.c.cell_id, t.cell.c.imported_count).where(
    t.cell.c.notebook_id == bindparam("notebook"), t.cell.c.imported_count.is_not(None)
)
_STREAM = select(t.output.c.key, t.output.c.chars, t.output.c.tail).where(
    t.output.c.notebook_id == bindparam("notebook"), t.output.c.id == bindparam("output"), t.output.c.kind == "stream"
)


def snapshot(tx: Tx, notebook_id: NotebookId, order: list[CellId], inline_bytes: int) -> RunSnapshot:
    """The run state for a page. Cells of `order` come with their outputs while the budget lasts, the others with sizes.

    A cell that is too large for what is left is passed over; smaller ones after it may still come. Raises NotFound.
    """
    state = _state(tx, notebook_id)
    shows = _shows(tx, notebook_id)
    counts = _imported_counts(tx, notebook_id)
    sizes = {row.cell_id: row for row in tx.conn.execute(_SIZES, {"notebook": notebook_id})}
    left = inline_bytes
    chosen: list[CellId] = []
    for cell_id in order:
        size = sizes.get(cell_id)
        if size is not None and size.shown_bytes <= left:
            left -= int(size.shown_bytes)
            chosen.append(cell_id)
    loaded = {cell.cell_id: cell for cell in _load(tx, notebook_id, chosen, shows)}
    cells = [
        loaded.get(cell_id) or _unloaded(cell_id, shows.get(cell_id), sizes.get(cell_id))
        for cell_id in order
        if cell_id in sizes or cell_id in shows or cell_id in counts
    ]
    return msgspec.structs.replace(state, cells=_counted(cells, counts))


def bare(tx: Tx, notebook_id: NotebookId) -> RunSnapshot:
    """What a reducer needs to go on: all that cells show, and what they showed last, as skeletons without texts and
    values (see runs.state). Raises NotFound."""
    key = {"notebook": notebook_id}
    slots: dict[tuple[CellId, ExecutionId | None], list[tuple[AnyRow, Output]]] = {}
    for row in tx.conn.execute(_SKELETONS, key):
        slots.setdefault((row.cell_id, row.execution_id), []).append((row, output_rows.skeleton(row)))
    stored = {row.cell_id: to_history(row.history) for row in tx.conn.execute(_HISTORIES, key)}
    imported = [cell_id for cell_id, execution_id in slots if execution_id is None and not stored.get(cell_id)]
    histories: dict[CellId, History] = {**stored, **{cell_id: [None] for cell_id in imported}}
    cells = [
        _cell(cell_id, execution_id, slots.get((cell_id, execution_id), []), superseded=index < len(history) - 1)
        for cell_id, history in histories.items()
        for index, execution_id in enumerate(history)
    ]
    needed = [execution_id for history in histories.values() for execution_id in history[:-1] if execution_id]
    return msgspec.structs.replace(_state(tx, notebook_id, needed), cells=cells)


def outputs(tx: Tx, notebook_id: NotebookId, cell_ids: Collection[CellId]) -> list[CellOutputs]:
    """What these cells show, complete but for the middle of long texts; one for each cell, empty or not."""
    shows = _shows(tx, notebook_id)
    ordered = list(dict.fromkeys(cell_ids))
    loaded = {cell.cell_id: cell for cell in _load(tx, notebook_id, ordered, shows)}
    cells = [loaded.get(cell_id) or _unloaded(cell_id, shows.get(cell_id), None) for cell_id in ordered]
    return _counted(cells, _imported_counts(tx, notebook_id))


def text(tx: Tx, notebook_id: NotebookId, output_id: OutputId, offset: int, limit: int) -> TextSlice | None:
    """A part of a stream's text with its tail, in code points; None when there is no such stream."""
    row = tx.conn.execute(_STREAM, {"notebook": notebook_id, "output": output_id}).one_or_none()
    if row is None:
        return None
    tail = row.tail.decode()
    total = row.chars + len(tail)
    start = min(max(offset, 0), total)
    stop = min(start + max(limit, 0), total)
    part = text_rows.cut(tx, row.key, start, min(stop, row.chars))
    part += tail[max(start - row.chars, 0) : max(stop - row.chars, 0)]
    return TextSlice(part, total, stop if stop < total else None)


def mime(tx: Tx, notebook_id: NotebookId, output_id: OutputId, mime_type: str) -> MimeValue | None:
    """One value of a display, None when there is none."""
    output = output_rows.body_of(tx, notebook_id, output_id)
    return output.data.get(mime_type) if isinstance(output, DisplayOutput) else None


def _state(tx: Tx, notebook_id: NotebookId, superseded: Collection[ExecutionId] = ()) -> RunSnapshot:
    """The run state without outputs; with these executions besides those that are shown."""
    key = {"notebook": notebook_id}
    head = tx.conn.execute(_HEAD, key).one_or_none()
    if head is None:
        raise not_found(notebook_id)
    kernel = kernels.newest(tx, notebook_id)
    threads, said = comments.load(tx, notebook_id)
    return RunSnapshot(
        rev=head.rev,
        kernel=None if kernel is None else kernels.view(kernel),
        runtime=to_runtime_view(head.runtime_view),
        saved=to_saved_view(head.saved_view),
        executions=_executions(tx, notebook_id, superseded),
        prompts=[
            PromptView(**{**row, "text": row["text"].decode()}) for row in tx.conn.execute(_PROMPTS, key).mappings()
        ],
        widgets=widgets.load(tx, notebook_id),
        threads=threads,
        comments=said,
    )


def _executions(tx: Tx, notebook_id: NotebookId, superseded: Collection[ExecutionId]) -> list[ExecutionView]:
    """The shown and the latest one of each cell, all that wait or run, and `superseded`, in the order queued."""
    found = {
        row["ord"]: row
        for statement in (_OPEN, _LATEST, _SHOWN)
        for row in tx.conn.execute(statement, {"notebook": notebook_id}).mappings()
    }
    for part in parts(list(superseded)):
        found.update((row["ord"], row) for row in tx.conn.execute(_BY_ID, {"ids": part}).mappings())
    return [to_execution(found[ord_]) for ord_ in sorted(found)]


def _shows(tx: Tx, notebook_id: NotebookId) -> dict[CellId, ExecutionId | None]:
    """What each cell shows that ever showed anything. None: what came with a file, be it nothing; a page must know that, for
    what an execution before it says late is not shown."""
    rows = tx.conn.execute(_SHOWS, {"notebook": notebook_id})
    return {CellId(row.cell_id): None if row.shows is None else ExecutionId(row.shows) for row in rows}


def _imported_counts(tx: Tx, notebook_id: NotebookId) -> dict[CellId, int]:
    rows = tx.conn.execute(_IMPORTED_COUNTS, {"notebook": notebook_id})
    return {CellId(row.cell_id): row.imported_count for row in rows}


def _counted(cells: list[CellOutputs], counts: dict[CellId, int]) -> list[CellOutputs]:
    """With the execution counts that came with a file."""
    return [
        msgspec.structs.replace(cell, execution_count=counts[cell.cell_id]) if cell.cell_id in counts else cell
        for cell in cells
    ]


def _load(
    tx: Tx, notebook_id: NotebookId, cell_ids: list[CellId], shows: dict[CellId, ExecutionId | None]
) -> Iterable[CellOutputs]:
    for part in parts(cell_ids):
        rows = tx.conn.execute(OUTPUTS, {"notebook": notebook_id, "cells": part}).all()
        excerpts = text_rows.excerpts(tx, [(row.key, row.chars) for row in rows])
        for cell_id, group in groupby(rows, key=lambda row: CellId(row.cell_id)):
            loaded = [(row, output_rows.load(row, excerpts.get(row.key, text_rows.Excerpt()))) for row in group]
            yield _cell(cell_id, shows.get(cell_id), loaded)


def _cell(
    cell_id: CellId,
    execution_id: ExecutionId | None,
    loaded: list[tuple[AnyRow, Output]],
    *,
    superseded: bool = False,
) -> CellOutputs:
    return CellOutputs(
        cell_id=cell_id,
        execution_id=execution_id,
        outputs=[output for _, output in loaded],
        count=len(loaded),
        bytes=sum(row.bytes + len(row.tail) for row, _ in loaded),
        superseded=superseded,
    )


def _unloaded(cell_id: CellId, execution_id: ExecutionId | None, size: AnyRow | None) -> CellOutputs:
    if size is None:
        return CellOutputs(cell_id, execution_id)
    return CellOutputs(
        cell_id,
        execution_id,
        complete=False,
        count=size.outputs,
        bytes=int(size.bytes),
        lines=int(size.lines),
        width=size.width,
        height=int(size.height),
        tables=int(size.tables),
        rows=int(size.rows),
    )
