"""Follows a run to its end on the page socket, over cut connections."""

import asyncio
from collections.abc import Awaitable, Callable

from noctule.cli.progress import Display, Now
from noctule.client.connection import Waiting
from noctule.client.session import PageSession
from noctule.errors import Unavailable
from noctule.runs.info import RunInfo
from noctule_agent.wire.state import FINAL_STATES, ExecutionView, PromptView
from noctule_agent.wire.values import BatchId

LOOK_SECONDS = 5.0
"""How often the run itself is asked for while nothing is heard: the view need not hold what was cut off for long."""

Look = Callable[[BatchId], Awaitable[RunInfo]]
"""Asks the server for the run as it stands."""


async def follow(
    session: PageSession, look: Look, run: RunInfo, display: Display, asked: Callable[[PromptView], None]
) -> RunInfo:
    """Returns the run when it is final. `asked` is told each question of a cell once."""
    await session.ready()
    told: set[str] = set()
    while True:
        executions = session.executions(run.id)
        display.show(Now(run, executions, _first_line(session, executions), _trouble(session)))
        for prompt in session.view.prompts:
            if prompt.state == "open" and prompt.id not in told:
                told.add(prompt.id)
                asked(prompt)
        ended = len(executions) >= len(run.cells) and all(each.state in FINAL_STATES for each in executions)
        if (ended or not await _changed(session)) and (found := await _look(look, run.id)) and found.final:
            return found
        if ended:
            await _changed(session)


async def _changed(session: PageSession) -> bool:
    """Something new is shown; False when nothing was heard for a while."""
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            await session.changed()
    except TimeoutError:
        return False
    return True


async def _look(look: Look, run_id: BatchId) -> RunInfo | None:
    try:
        return await look(run_id)
    except Unavailable:
        return None


def _first_line(session: PageSession, executions: list[ExecutionView]) -> str:
    running = next((each for each in executions if each.state == "running"), None)
    cell = session.doc.cell(running.cell_id) if running is not None else None
    lines = [line for line in (cell.source if cell is not None else "").splitlines() if line.strip()]
    return lines[0].strip() if lines else ""


def _trouble(session: PageSession) -> str:
    if isinstance(session.connection, Waiting):
        return session.connection.cause.message
    if session.notice is not None:
        return session.notice.title
    runtime = session.view.runtime
    if runtime is not None and runtime.state != "connected" and runtime.cause is not None:
        return runtime.cause.message
    return ""
