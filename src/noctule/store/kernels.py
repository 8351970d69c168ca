"""Kernels, each with the cursor of its stream of records. The cursor moves in the transaction that applies the records."""

import msgspec
from sqlalchemy import RowMapping, bindparam, func, insert, select
from sqlalchemy import update as sql_update

from noctule.errors import NotFound
from noctule_agent.wire.state import KernelView
from noctule_agent.wire.values import KernelId, NotebookId, RuntimeId

from . import tables as t
from .codec import optional_json, to_cause, to_object
from .failures import CursorMoved
from .rows import KernelRow
from .writer import Tx

_COLUMNS = [t.kernel.c[name] for name in KernelRow.__struct_fields__]
_THIS = t.kernel.c.id == bindparam("key")

_INSERT = insert(t.kernel)
_GET = select(*_COLUMNS).where(_THIS)
_OF_NOTEBOOK = (
    select(*_COLUMNS).where(t.kernel.c.notebook_id == bindparam("notebook")).order_by(t.kernel.c.bound.desc())
)
_NEWEST = _OF_NOTEBOOK.limit(1)
_OF_RUNTIME = (
    select(*_COLUMNS)
    .where(t.kernel.c.runtime_id == bindparam("runtime"))
    .order_by(t.kernel.c.created_at, t.kernel.c.id)
)
_LAST_BOUND = select(func.coalesce(func.max(t.kernel.c.bound), 0)).where(
    t.kernel.c.notebook_id == bindparam("notebook")
)
_BIND = (
    sql_update(t.kernel)
    .where(_THIS)
    .values(
        notebook_id=bindparam("notebook"),
        bound=bindparam("nth"),
        epoch=t.kernel.c.epoch + bindparam("base"),
        epoch_base=bindparam("base"),
    )
)
_ADVANCE = (
    sql_update(t.kernel).where(_THIS, t.kernel.c.cursor == bindparam("expected")).values(cursor=bindparam("upto"))
)
_UPDATE = (
    sql_update(t.kernel)
    .where(_THIS)
    .values(
        epoch=bindparam("new_epoch"),
        epoch_base=bindparam("new_epoch_base"),
        state=bindparam("new_state"),
        spec_name=bindparam("new_spec_name"),
        language=bindparam("new_language"),
        language_info=bindparam("new_language_info"),
        cause=bindparam("new_cause"),
    )
)
_RETIRE = sql_update(t.kernel).where(_THIS).values(retired=True)


def create(tx: Tx, row: KernelRow) -> None:
    """A new kernel, bound at once when the row names a notebook (see `bind`)."""
    values = msgspec.structs.asdict(row)
    tx.conn.execute(_INSERT, {**values, "notebook_id": None, "bound": None, **_encoded(row)})
    if row.notebook_id is not None:
        bind(tx, row.id, row.notebook_id)


def get(tx: Tx, kernel_id: KernelId) -> KernelRow | None:
    row = tx.conn.execute(_GET, {"key": kernel_id}).mappings().one_or_none()
    return None if row is None else _kernel(row)


def of_notebook(tx: Tx, notebook_id: NotebookId) -> list[KernelRow]:
    """All kernels that the notebook had, the newest first; retired ones may still have records to come."""
    return [_kernel(row) for row in tx.conn.execute(_OF_NOTEBOOK, {"notebook": notebook_id}).mappings()]


def newest(tx: Tx, notebook_id: NotebookId) -> KernelRow | None:
    """The kernel that the notebook had last, retired or not: what a page shows."""
    row = tx.conn.execute(_NEWEST, {"notebook": notebook_id}).mappings().one_or_none()
    return None if row is None else _kernel(row)


def of_runtime(tx: Tx, runtime_id: RuntimeId) -> list[KernelRow]:
    """All kernels of the runtime, the oldest first, retired ones too."""
    rows = tx.conn.execute(_OF_RUNTIME, {"runtime": runtime_id}).mappings()
    return [_kernel(row) for row in rows]


def bind(tx: Tx, kernel_id: KernelId, notebook_id: NotebookId) -> None:
    """From now on the kernel is this notebook's, with epochs above those of its earlier kernels. Raises NotFound."""
    before = newest(tx, notebook_id)
    if before is not None and before.id == kernel_id:
        return
    values = {
        "key": kernel_id,
        "notebook": notebook_id,
        "nth": tx.conn.execute(_LAST_BOUND, {"notebook": notebook_id}).scalar_one() + 1,
        "base": 0 if before is None else before.epoch + 1,
    }
    _found(tx.conn.execute(_BIND, values).rowcount, kernel_id)


def advance(tx: Tx, kernel_id: KernelId, expected: int, cursor: int) -> None:
    """Move the cursor from `expected` to `cursor`. Raises CursorMoved when it is elsewhere: nothing may be applied."""
    values = {"key": kernel_id, "expected": expected, "upto": cursor}
    if tx.conn.execute(_ADVANCE, values).rowcount == 0:
        raise CursorMoved(kernel_id, expected)


def update(tx: Tx, view: KernelView) -> None:
    """What a page sees of the kernel. Raises NotFound."""
    values = {
        "key": view.id,
        "new_epoch": view.epoch,
        "new_epoch_base": view.epoch_base,
        "new_state": view.state,
        "new_spec_name": view.spec_name,
        "new_language": view.language,
        **{f"new_{name}": value for name, value in _encoded(view).items()},
    }
    _found(tx.conn.execute(_UPDATE, values).rowcount, view.id)


def retire(tx: Tx, kernel_id: KernelId) -> None:
    """It is gone for good; the row stays for its cursor and its cause. Raises NotFound."""
    _found(tx.conn.execute(_RETIRE, {"key": kernel_id}).rowcount, kernel_id)


def view(row: KernelRow) -> KernelView:
    return KernelView(
        id=row.id,
        epoch=row.epoch,
        state=row.state,
        spec_name=row.spec_name,
        language=row.language,
        cause=row.cause,
        epoch_base=row.epoch_base,
        language_info=row.language_info,
    )


def _kernel(row: RowMapping) -> KernelRow:
    info = row["language_info"]
    return KernelRow(
        **{**row, "cause": to_cause(row["cause"]), "language_info": {} if info is None else to_object(info)}
    )


def _encoded(kernel: KernelRow | KernelView) -> dict[str, bytes | None]:
    return {"cause": optional_json(kernel.cause), "language_info": optional_json(kernel.language_info or None)}


def _found(rowcount: int, kernel_id: KernelId) -> None:
    if rowcount == 0:
        raise NotFound("kernel-not-found", "There is no such kernel.", kernel_id)
