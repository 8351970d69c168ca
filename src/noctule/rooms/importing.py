"""Notebooks from outside: bytes of an .ipynb become a document, created once, and what its cells showed. Pure.

Outputs of a file belong to no execution (`execution_id` None). Their streams are folded like those of a kernel.
"""

from typing import Any

from noctule.notebook.nbformat_io import ParsedCell, ParsedNotebook
from noctule.runs import mime
from noctule.runs.fold import Screen, fold
from noctule_agent.wire.ports import Ids
from noctule_agent.wire.state import (
    CellShows,
    DisplayOutput,
    ErrorOutput,
    Op,
    Output,
    OutputPut,
    StreamOutput,
)
from noctule_agent.wire.values import OutputId


def notebook_ops(parsed: ParsedNotebook, ids: Ids) -> list[Op]:
    """Operations that put what all cells of the file show."""
    ops: list[Op] = []
    for cell in parsed.cells:
        found = outputs_of(cell, ids)
        if found or cell.execution_count is not None:
            ops.append(CellShows(cell_id=cell.id, execution_id=None, execution_count=cell.execution_count))
            ops.extend(OutputPut(cell.id, None, output) for output in found)
    return ops


def outputs_of(cell: ParsedCell, ids: Ids) -> list[Output]:
    """The outputs of a code cell of the file; what is no output of nbformat is left out."""
    if cell.type != "code":
        return []
    found = (_output(output, OutputId(ids.new())) for output in cell.outputs)
    return [output for output in found if output is not None]


def _output(output: dict[str, Any], output_id: OutputId) -> Output | None:
    match output.get("output_type"):
        case "stream":
            text, screen = fold(Screen(), mime.text_of(output.get("text", "")))
            return StreamOutput(
                id=output_id,
                name="stderr" if output.get("name") == "stderr" else "stdout",
                text=text,
                tail=screen.tail,
                chars=len(text),
                cursor=screen.cursor,
                terminal=screen.terminal,
            )
        case "display_data" | "execute_result" as kind:
            count = output.get("execution_count")
            return DisplayOutput(
                id=output_id,
                data=mime.bundle(output.get("data")),
                metadata=mime.mapping(output.get("metadata")),
                result=kind == "execute_result",
                execution_count=count if isinstance(count, int) else None,
            )
        case "error":
            return ErrorOutput(
                id=output_id,
                ename=str(output.get("ename", "")),
                evalue=str(output.get("evalue", "")),
                traceback=[str(line) for line in output.get("traceback") or []],
            )
        case _:
            return None
