"""Deleted cells, so that undo brings them back with their outputs. Their run rows stay until the bin is swept."""

from sqlalchemy import Table, bindparam, delete, insert, select

from noctule_agent.wire.values import CellId, Millis, NotebookId

from . import tables as t
from .rows import BinnedCell
from .writer import Tx

_COLUMNS = [t.cell_bin.c[name] for name in BinnedCell.__struct_fields__]
_THIS = (t.cell_bin.c.notebook_id == bindparam("notebook"), t.cell_bin.c.cell_id == bindparam("cell"))

_INSERT = insert(t.cell_bin)
_GET = select(*_COLUMNS).where(*_THIS)
_DELETE = delete(t.cell_bin).where(*_THIS)
_LIST = (
    select(*_COLUMNS)
    .where(t.cell_bin.c.notebook_id == bindparam("notebook"))
    .order_by(t.cell_bin.c.at, t.cell_bin.c.cell_id)
)
_OLD = select(t.cell_bin.c.notebook_id, t.cell_bin.c.cell_id).where(t.cell_bin.c.at < bindparam("before"))
_RUN_TABLES: tuple[Table, ...] = (t.output, t.execution, t.prompt, t.cell, t.cell_bin)
_FORGET = [
    delete(table).where(table.c.notebook_id == bindparam("notebook"), table.c.cell_id == bindparam("cell"))
    for table in _RUN_TABLES
]


def put(tx: Tx, notebook_id: NotebookId, cell_id: CellId, cell: bytes, pos: str, at: Millis) -> None:
    """Bin a cell: nbformat JSON without outputs. A cell that was binned before is replaced."""
    tx.conn.execute(_DELETE, {"notebook": notebook_id, "cell": cell_id})
    tx.conn.execute(_INSERT, {"notebook_id": notebook_id, "cell_id": cell_id, "cell": cell, "pos": pos, "at": at})


def take(tx: Tx, notebook_id: NotebookId, cell_id: CellId) -> BinnedCell | None:
    """Take a cell out of the bin."""
    key = {"notebook": notebook_id, "cell": cell_id}
    row = tx.conn.execute(_GET, key).one_or_none()
    if row is None:
        return None
    tx.conn.execute(_DELETE, key)
    return BinnedCell(**row._mapping)


def list_all(tx: Tx, notebook_id: NotebookId) -> list[BinnedCell]:
    return [BinnedCell(**row._mapping) for row in tx.conn.execute(_LIST, {"notebook": notebook_id})]


def sweep(tx: Tx, before: Millis) -> int:
    """Forget the cells that were binned before, with everything that their runs said; how many."""
    old = tx.conn.execute(_OLD, {"before": before}).all()
    for notebook_id, cell_id in old:
        for statement in _FORGET:
            tx.conn.execute(statement, {"notebook": notebook_id, "cell": cell_id})
    return len(old)
