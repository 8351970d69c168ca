"""Short builders of wire values for the tests of the store."""

from noctule.store.rows import BatchRow, KernelRow, QueuedExecution, RuntimeRow
from noctule_agent.wire.state import (
    CellShows,
    DisplayOutput,
    ExecutionState,
    ExecutionView,
    Inline,
    OutputPut,
    StreamOutput,
    TextAppend,
)
from noctule_agent.wire.values import BatchId, CellId, ExecutionId, KernelId, Millis, NotebookId, OutputId, RuntimeId

NB = NotebookId("nb")


def execution(
    name: str, cell: str = "c1", state: ExecutionState = "queued", batch: str = "b1", count: int | None = None
) -> ExecutionView:
    return ExecutionView(
        id=ExecutionId(name),
        cell_id=CellId(cell),
        batch_id=BatchId(batch),
        state=state,
        queued_at=Millis(10),
        execution_count=count,
    )


def queued(name: str, cell: str = "c1", source: str = "", batch: str = "b1", offered: bool = False) -> QueuedExecution:
    return QueuedExecution(execution(name, cell, batch=batch), source, offered=offered)


def batch(name: str = "b1", at: int = 10) -> BatchRow:
    return BatchRow(id=BatchId(name), notebook_id=NB, by="ada", origin="page", created_at=Millis(at))


def shows(name: str | None, cell: str = "c1") -> CellShows:
    return CellShows(CellId(cell), None if name is None else ExecutionId(name))


def stream(output: str, text: str = "", tail: str = "", *, of: str | None = "x1", cell: str = "c1") -> OutputPut:
    value = StreamOutput(id=OutputId(output), name="stdout", text=text, tail=tail)
    return OutputPut(CellId(cell), None if of is None else ExecutionId(of), value)


def more(output: str, text: str, tail: str = "", *, of: str = "x1", cell: str = "c1") -> TextAppend:
    return TextAppend(CellId(cell), ExecutionId(of), OutputId(output), text, tail)


def display(output: str, /, *, of: str | None = "x1", cell: str = "c1", **values: object) -> OutputPut:
    data = {name.replace("__", "+").replace("_", "/", 1): Inline(value) for name, value in values.items()}
    value = DisplayOutput(id=OutputId(output), data=dict(data))
    return OutputPut(CellId(cell), None if of is None else ExecutionId(of), value)


def runtime(name: str = "r1", at: int = 1) -> RuntimeRow:
    return RuntimeRow(
        id=RuntimeId(name), type="cpu", launcher="process", spec_name="python3", state="queued", created_at=Millis(at)
    )


def kernel(name: str = "k1", of: str = "r1", notebook: NotebookId | None = NB, at: int = 1) -> KernelRow:
    return KernelRow(
        id=KernelId(name), runtime_id=RuntimeId(of), spec_name="python3", created_at=Millis(at), notebook_id=notebook
    )
