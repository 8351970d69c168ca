"""Operations to rows: one fenced revision at a time, in the transaction of the caller."""

from typing import assert_never

from sqlalchemy import bindparam, delete, insert, select, update

from noctule.runs import export
from noctule.store import comments, executions, kernels
from noctule.store import tables as t
from noctule.store.codec import History, to_history, to_json
from noctule.store.failures import StaleRevision
from noctule.store.rows import Applied
from noctule.store.writer import Tx
from noctule_agent.wire.comments import CommentGone, CommentOp, CommentPut, ThreadPut
from noctule_agent.wire.limits import SUPERSEDED_PER_CELL
from noctule_agent.wire.state import (
    BundleReplace,
    CellShows,
    ClearNext,
    CommTaken,
    ExecutionPut,
    KernelPut,
    Op,
    OutputPut,
    OutputsClear,
    PromptPut,
    PromptView,
    RuntimePut,
    SavedPut,
    TextAppend,
    WidgetGone,
    WidgetPatch,
    WidgetPut,
    WidgetSaid,
)
from noctule_agent.wire.values import CellId, ExecutionId, NotebookId

from . import outputs, widgets

_NOTEBOOK = t.notebook.c.id == bindparam("key")
_ADVANCE = update(t.notebook).where(_NOTEBOOK, t.notebook.c.rev == bindparam("at_rev")).values(rev=bindparam("to_rev"))
_STILL_IN_FILE = (
    update(t.notebook)
    .where(_NOTEBOOK, t.notebook.c.projected_rev == bindparam("at_rev"))
    .values(projected_rev=bindparam("to_rev"))
)
_SET_RUNTIME = update(t.notebook).where(_NOTEBOOK).values(runtime_view=bindparam("view"))
_SET_SAVED = update(t.notebook).where(_NOTEBOOK).values(saved_view=bindparam("view"))

_CELL = (t.cell.c.notebook_id == bindparam("notebook"), t.cell.c.cell_id == bindparam("this_cell"))
_SET_SHOWN = (
    update(t.cell)
    .where(*_CELL)
    .values(
        shows=bindparam("execution"), history=bindparam("new_history"), imported_count=bindparam("new_imported_count")
    )
)
_SET_HISTORY = update(t.cell).where(*_CELL).values(history=bindparam("new_history"))
_FIRST_SHOWN = insert(t.cell)
_HISTORY = select(t.cell.c.history).where(*_CELL)
_SET_CLEAR_NEXT = (
    update(t.execution)
    .where(t.execution.c.notebook_id == bindparam("notebook"), t.execution.c.id == bindparam("execution"))
    .values(clear_next=bindparam("pending"))
)

_PROMPT_INSERT = insert(t.prompt)
_PROMPT_DELETE = delete(t.prompt).where(
    t.prompt.c.id == bindparam("key"), t.prompt.c.notebook_id == bindparam("notebook")
)


def apply(tx: Tx, notebook_id: NotebookId, from_rev: int, ops: list[Op]) -> Applied:
    """Write the operations as revision `from_rev + 1`. Raises StaleRevision when the notebook is at another.

    LookupError: an operation names an output that is not there. Reducers make no such operation.
    """
    step = {"key": notebook_id, "at_rev": from_rev, "to_rev": from_rev + 1}
    if tx.conn.execute(_ADVANCE, step).rowcount == 0:
        raise StaleRevision(notebook_id, from_rev)
    if not export.change_the_file(ops):
        # A file that showed the revision before shows this one.
        tx.conn.execute(_STILL_IN_FILE, step)
    passing = _passing(ops)
    return Applied(from_rev + 1, [op if at in passing else _apply(tx, notebook_id, op) for at, op in enumerate(ops)])


def _passing(ops: list[Op]) -> set[int]:
    """Where a whole value is put that a later put in this revision replaces: no row has to know of it.

    A run of cells is mostly these: busy and idle, queued, running and ended, within one transaction.
    """
    passing: set[int] = set()
    latest: dict[str, int] = {}
    for at, op in enumerate(ops):
        match op:
            case ExecutionPut():
                key = f"execution {op.execution.id}"
            case KernelPut():
                key = f"kernel {op.kernel.id}"
            case _:
                continue
        if key in latest:
            passing.add(latest[key])
        latest[key] = at
    return passing


def forget_superseded(tx: Tx, notebook_id: NotebookId, cell_id: CellId, keep: int = SUPERSEDED_PER_CELL) -> None:
    """Remove the outputs of the executions that the cell showed earlier, but for the last `keep` of them."""
    history = _history(tx, notebook_id, cell_id)
    if history:
        after = _remembered(history, keep)
        _forget(tx, notebook_id, cell_id, history, after)
        tx.conn.execute(_SET_HISTORY, {"notebook": notebook_id, "this_cell": cell_id, "new_history": to_json(after)})


def _apply(tx: Tx, notebook_id: NotebookId, op: Op) -> Op:
    """One operation; what pages may see of it: large values are blobs."""
    match op:
        case TextAppend():
            return outputs.append(tx, notebook_id, op)
        case OutputPut():
            return outputs.put(tx, notebook_id, op)
        case BundleReplace():
            return outputs.replace(tx, notebook_id, op)
        case WidgetPut():
            return widgets.put(tx, notebook_id, op)
        case WidgetPatch():
            return widgets.patch(tx, notebook_id, op)
        case WidgetSaid() | CommTaken():
            return op  # for pages that are connected; nothing keeps it
        case _:
            _change(tx, notebook_id, op)
            return op


def _change(
    tx: Tx,
    notebook_id: NotebookId,
    op: ExecutionPut
    | CellShows
    | OutputsClear
    | ClearNext
    | PromptPut
    | KernelPut
    | RuntimePut
    | SavedPut
    | WidgetGone
    | CommentOp,
) -> None:
    match op:
        case ExecutionPut():
            executions.put(tx, notebook_id, op.execution)
        case CellShows():
            _show(tx, notebook_id, op)
        case OutputsClear():
            outputs.clear(tx, notebook_id, op.cell_id, op.execution_id)
            _set_clear_next(tx, notebook_id, op.execution_id, pending=False)
        case ClearNext():
            _set_clear_next(tx, notebook_id, op.execution_id, pending=op.pending)
        case PromptPut():
            _put_prompt(tx, notebook_id, op.prompt)
        case KernelPut():
            kernels.update(tx, op.kernel)
        case RuntimePut():
            tx.conn.execute(_SET_RUNTIME, {"key": notebook_id, "view": to_json(op.runtime)})
        case SavedPut():
            tx.conn.execute(_SET_SAVED, {"key": notebook_id, "view": to_json(op.saved)})
        case WidgetGone():
            widgets.remove(tx, notebook_id, op.id, op.epoch)
        case ThreadPut() | CommentPut() | CommentGone():
            comments.apply(tx, notebook_id, op)
        case _:
            assert_never(op)


def _show(tx: Tx, notebook_id: NotebookId, op: CellShows) -> None:
    """The cell shows nothing of this execution yet; outputs that came with a file are gone."""
    for execution_id in {None, op.execution_id}:
        outputs.clear(tx, notebook_id, op.cell_id, execution_id)
    history = [*_history(tx, notebook_id, op.cell_id), op.execution_id]
    after = _remembered(history, SUPERSEDED_PER_CELL)
    _forget(tx, notebook_id, op.cell_id, history, after)
    this = {"notebook": notebook_id, "this_cell": op.cell_id}
    values = {"execution": after[-1], "new_history": to_json(after), "new_imported_count": op.execution_count}
    if tx.conn.execute(_SET_SHOWN, this | values).rowcount == 0:
        new = {"notebook_id": notebook_id, "cell_id": op.cell_id, "shows": after[-1], "latest": None}
        tx.conn.execute(_FIRST_SHOWN, {**new, "history": to_json(after), "imported_count": op.execution_count})


def _remembered(history: History, superseded: int) -> History:
    """As `runs.state.remembered`: what is shown, and the executions before it whose late messages are still applied."""
    earlier = [execution_id for execution_id in history[:-1] if execution_id not in (None, history[-1])]
    return [*earlier[max(0, len(earlier) - superseded) :], history[-1]]


def _history(tx: Tx, notebook_id: NotebookId, cell_id: CellId) -> History:
    stored = tx.conn.execute(_HISTORY, {"notebook": notebook_id, "this_cell": cell_id}).scalar_one_or_none()
    return [] if stored is None else to_history(stored)


def _forget(tx: Tx, notebook_id: NotebookId, cell_id: CellId, before: History, after: History) -> None:
    """The outputs of executions that are no longer remembered."""
    for execution_id in set(before) - set(after):
        outputs.clear(tx, notebook_id, cell_id, execution_id)


def _set_clear_next(tx: Tx, notebook_id: NotebookId, execution_id: ExecutionId | None, *, pending: bool) -> None:
    if execution_id is not None:
        tx.conn.execute(_SET_CLEAR_NEXT, {"notebook": notebook_id, "execution": execution_id, "pending": pending})


def _put_prompt(tx: Tx, notebook_id: NotebookId, prompt: PromptView) -> None:
    tx.conn.execute(_PROMPT_DELETE, {"key": prompt.id, "notebook": notebook_id})
    tx.conn.execute(
        _PROMPT_INSERT,
        {
            "id": prompt.id,
            "notebook_id": notebook_id,
            "execution_id": prompt.execution_id,
            "cell_id": prompt.cell_id,
            "kind": prompt.kind,
            "state": prompt.state,
            "opened_at": prompt.opened_at,
            "answered_by": prompt.answered_by,
            "text": prompt.text.encode(),
        },
    )
