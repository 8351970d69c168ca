"""What code was run, from the rows of executions: the latest first, each with the source that ran. Reads only."""

from typing import Final

from sqlalchemy import bindparam, func, select

from noctule_agent.wire.values import NotebookId

from . import tables as t
from .codec import to_execution
from .executions import VIEW_COLUMNS
from .rows import Executed, ExecutedPage
from .writer import Tx

RAN: Final = ("running", "ok", "error", "lost")
_OF_NOTEBOOK = (t.execution.c.notebook_id == bindparam("notebook"), t.execution.c.state.in_(RAN))

_LATEST = (
    select(t.execution.c.ord, func.length(t.execution.c.source))
    .where(*_OF_NOTEBOOK, t.execution.c.ord < bindparam("before"))
    .order_by(t.execution.c.ord.desc())
    .limit(bindparam("most"))
)
_BETWEEN = (
    select(*VIEW_COLUMNS, t.execution.c.source)
    .where(*_OF_NOTEBOOK, t.execution.c.ord >= bindparam("first"), t.execution.c.ord < bindparam("before"))
    .order_by(t.execution.c.ord.desc())
)
_END: Final = 2**62


def executed(tx: Tx, notebook_id: NotebookId, before: int | None, most: int, most_bytes: int) -> ExecutedPage:
    """Executions that ran, from before this place in the notebook's order: so many and so much source, at least one."""
    key: dict[str, str | int] = {"notebook": notebook_id, "before": _END if before is None else before}
    first: int | None = None
    size = count = 0
    # One more than is wanted: whether there is a page after this one.
    for ord_, length in tx.conn.execute(_LATEST, {**key, "most": most + 1}).all():
        size += length
        if first is not None and (count == most or size > most_bytes):
            return ExecutedPage(_read(tx, key, first), first)
        first, count = ord_, count + 1
    return ExecutedPage([] if first is None else _read(tx, key, first), None)


def _read(tx: Tx, key: dict[str, str | int], first: int) -> list[Executed]:
    rows = tx.conn.execute(_BETWEEN, {**key, "first": first}).mappings()
    return [Executed(to_execution(row), row["source"].decode()) for row in rows]
