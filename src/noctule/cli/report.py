"""A run in words: one line, a table of its cells, and what failed, with tracebacks."""

import sys
from typing import Final

import msgspec

from noctule.cli.words import counted, duration, local, plain, table
from noctule.client.session import PageSession
from noctule.errors import NoctuleError
from noctule.runs.info import CellRun, RunInfo
from noctule_agent.wire.state import ErrorOutput

NO_INPUT: Final = (
    "The cell asked for input, and this command has no standard input to answer it from. Run it in a terminal, pipe the "
    "answers in (`noctule run NOTEBOOK.ipynb < answers.txt`), or give the notebook a parameter (`--param`) in its place."
)


def as_json(value: RunInfo | list[RunInfo]) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def run_line(run: RunInfo) -> str:
    """`ok: 12 cells in 3.2 s`, with the cause of another end."""
    ran = [cell for cell in run.cells if cell.started is not None]
    starts = [cell.started for cell in ran if cell.started is not None]
    ends = [cell.finished for cell in ran if cell.finished is not None]
    took = f" in {duration((max(ends) - min(starts)).total_seconds())}" if starts and ends else ""
    count = counted(len(run.cells), "cell")
    some = f"{len(ran)} of {count}" if len(ran) < len(run.cells) else count
    why = f" ({run.cause.message})" if run.cause is not None and run.state in ("aborted", "lost") else ""
    return f"{run.state}: {some}{took}{why}"


def _done(run: RunInfo) -> int:
    """Cells that came to an end of their own: one that never ran did not, and of a lost one nobody knows."""
    return sum(cell.state in ("ok", "error") for cell in run.cells)


def runs_table(runs: list[RunInfo]) -> str:
    rows = [
        [
            run.id,
            run.state,
            local(run.created),
            f"{_done(run)}/{len(run.cells)}",
            run.name,
        ]
        for run in runs
    ]
    return table(["RUN", "STATE", "CREATED", "CELLS", "NOTEBOOK"], rows)


def cells_table(run: RunInfo) -> str:
    rows = [
        [str(number), cell.state, local(cell.started), _took(cell), cell.cause.message if cell.cause else ""]
        for number, cell in enumerate(run.cells, 1)
    ]
    return table(["CELL", "STATE", "STARTED", "TOOK", "CAUSE"], rows)


async def failures(session: PageSession, run: RunInfo) -> list[str]:
    """What happened in each cell that failed or was lost: the traceback, with its colours where they can be seen."""
    found = []
    for number, cell in enumerate(run.cells, 1):
        if cell.state == "error":
            found.append(f"Cell {number} failed:\n{await _traceback(session, cell)}")
        elif cell.state == "lost":
            found.append(f"Cell {number} was lost: {cell.cause.message if cell.cause else 'nobody knows its end.'}")
    return found


async def _traceback(session: PageSession, cell: CellRun) -> str:
    try:
        await session.need(cell.id)
    except NoctuleError as error:
        return f"(its outputs could not be fetched: {error.title})"
    shown = next((each for each in session.view.cells if each.cell_id == cell.id), None)
    errors = [output for output in (shown.outputs if shown else []) if isinstance(output, ErrorOutput)]
    if not errors:
        return cell.cause.message if cell.cause else ""
    text = "\n".join(errors[-1].traceback) or f"{errors[-1].ename}: {errors[-1].evalue}"
    asked = f"\n{NO_INPUT}" if errors[-1].ename == "StdinNotImplementedError" else ""
    return (text if sys.stderr.isatty() else plain(text)) + asked


def _took(cell: CellRun) -> str:
    return duration((cell.finished - cell.started).total_seconds()) if cell.started and cell.finished else ""
