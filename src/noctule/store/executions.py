"""Executions: queued with the source that they run, accepted by an agent, read back in order.

Their later states are written by `runs.apply`; `put` here is how.
"""

from collections.abc import Collection
from itertools import groupby
from typing import Final, TypeVar

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy import update as sql_update

from noctule_agent.wire.link import QueuedItem
from noctule_agent.wire.state import ExecutionView
from noctule_agent.wire.values import BatchId, CellId, ExecutionId, NotebookId

from . import batches
from . import tables as t
from .codec import execution_columns, to_execution
from .rows import BatchRow, QueuedExecution
from .writer import Tx

T = TypeVar("T")

IDS_AT_ONCE: Final = 500
"""Ids in one IN list: databases bound the number of parameters."""

VIEW_COLUMNS = [t.execution.c[name] for name in ExecutionView.__struct_fields__]
_VIEWED = [name for name in ExecutionView.__struct_fields__ if name != "id"]

# Of one row, or of many one after the other: each is after all that the notebook has by then.
_INSERT = insert(t.execution).values(
    ord=select(func.coalesce(func.max(t.execution.c.ord), 0) + 1)
    .where(t.execution.c.notebook_id == bindparam("notebook"))
    .scalar_subquery()
)
_PUT = (
    sql_update(t.execution)
    .where(t.execution.c.id == bindparam("key"), t.execution.c.notebook_id == bindparam("notebook"))
    .values({name: bindparam(f"new_{name}") for name in _VIEWED})
)
_LATEST = (
    sql_update(t.cell)
    .where(t.cell.c.notebook_id == bindparam("notebook"), t.cell.c.cell_id == bindparam("this_cell"))
    .values(latest=bindparam("execution"))
)
_FIRST = insert(t.cell)
_CELLS = select(t.cell.c.cell_id).where(
    t.cell.c.notebook_id == bindparam("notebook"), t.cell.c.cell_id.in_(bindparam("cells", expanding=True))
)
_KNOWN = select(t.execution.c.id).where(t.execution.c.id.in_(bindparam("ids", expanding=True)))
_ACCEPT = (
    sql_update(t.execution)
    .where(t.execution.c.id.in_(bindparam("ids", expanding=True)))
    .values(accepted=True, offered=True)
)
_OFFER = sql_update(t.execution).where(t.execution.c.id.in_(bindparam("ids", expanding=True))).values(offered=True)
_UNOFFERED = (
    select(t.execution.c.id)
    .where(
        t.execution.c.notebook_id == bindparam("notebook"),
        t.execution.c.state == "queued",
        t.execution.c.offered.is_(False),
    )
    .order_by(t.execution.c.ord)
)
_UNFINISHED = (
    select(t.execution.c.notebook_id)
    .where(t.execution.c.state.in_(("queued", "running")))
    .distinct()
    .order_by(t.execution.c.notebook_id)
)
_MAY_FAIL = select(t.execution.c.cell_id).where(
    t.execution.c.batch_id == bindparam("batch"), t.execution.c.raises_exception.is_(True)
)
_UNACCEPTED = (
    select(
        t.execution.c.batch_id,
        t.execution.c.id,
        t.execution.c.cell_id,
        t.execution.c.source,
        t.execution.c.raises_exception,
        t.execution.c.allow_stdin,
    )
    .where(
        t.execution.c.notebook_id == bindparam("notebook"),
        t.execution.c.state == "queued",
        t.execution.c.accepted.is_(False),
    )
    .order_by(t.execution.c.ord)
)
_SOURCE = select(t.execution.c.source).where(t.execution.c.id == bindparam("key"))
_OF_BATCH = select(*VIEW_COLUMNS).where(t.execution.c.batch_id == bindparam("batch")).order_by(t.execution.c.ord)


def queue(tx: Tx, notebook_id: NotebookId, batch: BatchRow, items: list[QueuedExecution]) -> None:
    """Queue a batch after all that the notebook has. Ids that are `known` must be left out by the caller."""
    batches.create(tx, batch)
    if items:
        _insert(tx, notebook_id, items)


def put(tx: Tx, notebook_id: NotebookId, view: ExecutionView) -> None:
    """Insert or replace what is seen of an execution. One that was not queued has no source."""
    values = execution_columns(view)
    changed = {f"new_{name}": values[name] for name in _VIEWED}
    if tx.conn.execute(_PUT, {"key": view.id, "notebook": notebook_id, **changed}).rowcount == 0:
        _insert(tx, notebook_id, [QueuedExecution(view, "")])


def known(tx: Tx, ids: Collection[ExecutionId]) -> set[ExecutionId]:
    """Those of the ids that exist, in any notebook."""
    found: set[ExecutionId] = set()
    for part in parts(list(ids)):
        found.update(tx.conn.execute(_KNOWN, {"ids": part}).scalars())
    return found


def unaccepted(tx: Tx, notebook_id: NotebookId) -> list[tuple[BatchId, list[QueuedItem]]]:
    """What waits and no agent has accepted, batch by batch, in the order queued."""
    rows = tx.conn.execute(_UNACCEPTED, {"notebook": notebook_id})
    return [
        (batch_id, [_item(*row[1:]) for row in group])
        for batch_id, group in groupby(rows, key=lambda row: row.batch_id)
    ]


def _item(id_: ExecutionId, cell_id: CellId, source: bytes, raises_exception: bool, allow_stdin: bool) -> QueuedItem:
    return QueuedItem(id_, cell_id, source.decode(), raises_exception, allow_stdin)


def offer(tx: Tx, ids: Collection[ExecutionId]) -> None:
    """These are told to an agent now: from here on only an agent can take them out of the queue."""
    for part in parts(list(ids)):
        tx.conn.execute(_OFFER, {"ids": part})


def unoffered(tx: Tx, notebook_id: NotebookId) -> list[ExecutionId]:
    """What waits and was never told to an agent, in the order queued."""
    return list(tx.conn.execute(_UNOFFERED, {"notebook": notebook_id}).scalars())


def unfinished_notebooks(tx: Tx) -> list[NotebookId]:
    """The notebooks of which something waits or runs."""
    return list(tx.conn.execute(_UNFINISHED).scalars())


def accepted(tx: Tx, ids: Collection[ExecutionId]) -> None:
    """An agent has these in its journal: from here on it alone decides on them."""
    for part in parts(list(ids)):
        tx.conn.execute(_ACCEPT, {"ids": part})


def source(tx: Tx, execution_id: ExecutionId) -> str | None:
    """The source that ran or is going to run."""
    found: bytes | None = tx.conn.execute(_SOURCE, {"key": execution_id}).scalar_one_or_none()
    return None if found is None else found.decode()


def of_batch(tx: Tx, batch_id: BatchId) -> list[ExecutionView]:
    """In batch order."""
    return [to_execution(row) for row in tx.conn.execute(_OF_BATCH, {"batch": batch_id}).mappings()]


def expected_to_fail(tx: Tx, batch_id: BatchId) -> frozenset[CellId]:
    """The cells of a batch whose error does not abort it."""
    return frozenset(tx.conn.execute(_MAY_FAIL, {"batch": batch_id}).scalars())


def parts(items: list[T]) -> list[list[T]]:
    """The items in lists short enough for one IN."""
    return [items[start : start + IDS_AT_ONCE] for start in range(0, len(items), IDS_AT_ONCE)]


def _insert(tx: Tx, notebook_id: NotebookId, items: list[QueuedExecution]) -> None:
    tx.conn.execute(
        _INSERT,
        [
            {
                **execution_columns(item.view),
                "notebook_id": notebook_id,
                "notebook": notebook_id,
                "offered": item.offered,
                "accepted": False,
                "raises_exception": item.raises_exception,
                "allow_stdin": item.allow_stdin,
                "source": item.source.encode(),
            }
            for item in items
        ],
    )
    _set_latest(tx, notebook_id, {item.view.cell_id: item.view.id for item in items})


def _set_latest(tx: Tx, notebook_id: NotebookId, latest: dict[CellId, ExecutionId]) -> None:
    moved = [{"notebook": notebook_id, "this_cell": cell, "execution": latest[cell]} for cell in latest]
    if tx.conn.execute(_LATEST, moved).rowcount == len(moved):
        return
    there: set[CellId] = set()
    for part in parts(list(latest)):
        there.update(tx.conn.execute(_CELLS, {"notebook": notebook_id, "cells": part}).scalars())
    new = [
        {"notebook_id": notebook_id, "cell_id": cell, "shows": None, "latest": latest[cell], "history": b"[]"}
        for cell in latest
        if cell not in there
    ]
    tx.conn.execute(_FIRST, new)
