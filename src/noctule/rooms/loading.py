"""What a room starts from, as its rows say. Reads only."""

import msgspec

from noctule.errors import NotFound
from noctule.store import Tx, documents, executions, kernels, notebooks, runs
from noctule_agent.wire.state import RunSnapshot
from noctule_agent.wire.values import Epoch, ExecutionId, KernelId, NotebookId


class Loaded(msgspec.Struct, frozen=True):
    """A notebook as its rows say, read in one transaction."""

    epoch: Epoch
    snapshot: bytes
    updates: list[bytes]
    seq: int
    bare: RunSnapshot
    cursors: dict[KernelId, int]
    unoffered: set[ExecutionId]


def load(tx: Tx, notebook_id: NotebookId) -> Loaded:
    """Everything a room starts from, in one transaction. Raises NotFound."""
    row = notebooks.get(tx, notebook_id)
    stored = documents.load(tx, notebook_id) if row is not None else None
    if row is None or stored is None:
        raise NotFound("notebook-not-found", "There is no such notebook.", "It may have been deleted; see the list.")
    return Loaded(
        epoch=stored.epoch,
        snapshot=stored.snapshot,
        updates=stored.updates,
        seq=stored.seq,
        bare=runs.bare(tx, notebook_id),
        cursors={kernel.id: kernel.cursor for kernel in kernels.of_notebook(tx, notebook_id)},
        unoffered=set(executions.unoffered(tx, notebook_id)),
    )
