"""How runs of notebooks stand: those that go on, and those that ended since somebody was last here. Reads only."""

from typing import Final

import msgspec
from sqlalchemy import and_, bindparam, func, or_, select

from noctule.runs.info import RunState, run_state
from noctule_agent.wire.state import ErrorOutput, Output
from noctule_agent.wire.values import BatchId, ExecutionId, ItemId, Millis, UserId

from . import executions, items
from . import tables as t
from .rows import ItemRow
from .writer import Tx

_decode: Final = msgspec.json.Decoder(Output).decode
_E: Final = t.execution.c
_OPEN: Final = ("queued", "running")
_LATEST: Final = (
    # A run that ended has changed its notebook: of the others the executions are not even looked at.
    select(_E.notebook_id, func.max(func.coalesce(_E.finished_at, bindparam("now"))).label("at"))
    .join(t.item, t.item.c.id == _E.notebook_id)
    .join(t.notebook, t.notebook.c.id == _E.notebook_id)
    .where(
        t.item.c.tree == bindparam("owner"),
        items.HERE,
        or_(
            and_(t.notebook.c.updated_at >= bindparam("since"), _E.finished_at > bindparam("since")),
            _E.state.in_(_OPEN),
        ),
    )
    .group_by(_E.notebook_id)
    .order_by(func.max(func.coalesce(_E.finished_at, bindparam("now"))).desc(), _E.notebook_id)
    .limit(bindparam("most"))
)
_BATCH: Final = select(_E.batch_id).where(_E.notebook_id == bindparam("key")).order_by(_E.ord.desc()).limit(1)
_ERROR: Final = (
    select(t.output.c.body)
    .where(
        t.output.c.notebook_id == bindparam("key"),
        t.output.c.execution_id == bindparam("execution"),
        t.output.c.kind == "error",
    )
    .limit(1)
)


class Outcome(msgspec.Struct, frozen=True):
    """The latest run of a notebook. `at`: when it ended, None while it goes on. `error`: the name of what it raised, or the code
    of what went wrong."""

    state: RunState
    at: Millis | None
    error: str | None


def since(tx: Tx, owner: UserId, moment: Millis, now: Millis, most: int) -> list[tuple[ItemRow, Outcome]]:
    """Notebooks of a tree of which a run goes on, or ended after this moment; the latest first."""
    found = tx.conn.execute(_LATEST, {"owner": owner, "since": moment, "now": now, "most": most}).all()
    return [(items.need(tx, ItemId(row.notebook_id)), _outcome(tx, row.notebook_id)) for row in found]


def _outcome(tx: Tx, notebook_id: str) -> Outcome:
    batch = BatchId(tx.conn.execute(_BATCH, {"key": notebook_id}).scalar_one())
    cells = executions.of_batch(tx, batch)
    may_fail = executions.expected_to_fail(tx, batch)
    state = run_state((each.state, each.cell_id in may_fail) for each in cells)
    if state in _OPEN:
        return Outcome(state, None, None)
    ended = max((each.finished_at for each in cells if each.finished_at is not None), default=None)
    worst = next((each for each in cells if each.state == state), None)
    error = None
    if worst is not None and state == "error":
        error = _error(tx, notebook_id, worst.id)
    if error is None and worst is not None and worst.cause is not None:
        error = worst.cause.code
    return Outcome(state, ended, error)


def _error(tx: Tx, notebook_id: str, execution: ExecutionId) -> str | None:
    body = tx.conn.execute(_ERROR, {"key": notebook_id, "execution": execution}).scalar_one_or_none()
    output = None if body is None else _decode(body)
    return output.ename if isinstance(output, ErrorOutput) and output.ename else None
