"""`noctule runs list` and `noctule runs show`: what ran, as the server or the database of the data directory knows it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from noctule import instance
from noctule.cli.connect import Elsewhere, Here, Place, connected, remote
from noctule.cli.follow import follow
from noctule.cli.offline import Offline
from noctule.cli.outfile import replace_file
from noctule.cli.progress import display
from noctule.cli.report import as_json, cells_table, run_line, runs_table
from noctule.cli.run import EXIT_CODES
from noctule.cli.words import put, say
from noctule.client.session import PageSession
from noctule.ids import RandomIds
from noctule.runs.info import RunInfo
from noctule_agent.wire.state import PromptView
from noctule_agent.wire.values import BatchId

NOTHING: Final = "Nothing ran yet. `noctule run NOTEBOOK.ipynb` runs a notebook."


class Reader(Protocol):
    """The part of `Api` that only reads rows."""

    async def run_info(self, run_id: BatchId) -> RunInfo: ...

    async def list_runs(self) -> list[RunInfo]: ...


@asynccontextmanager
async def reader(place: Place) -> AsyncIterator[Reader]:
    """A server, if one can be reached; else the database itself, so that a look starts nothing and waits for nobody."""
    if isinstance(place, Elsewhere):
        async with remote(place.url, place.token) as client:
            yield client
    elif (reached := instance.reach(place.config.data)) is not None:
        async with remote(reached.url, reached.token()) as client:
            yield client
    else:
        async with Offline.open(place.config) as rows:
            yield rows


async def list_runs(place: Place, *, json: bool) -> int:
    async with reader(place) as there:
        runs = await there.list_runs()
    if json:
        put(as_json(runs))
    elif runs:
        put(runs_table(runs))
    else:
        say(NOTHING)
    return 0


async def show(place: Place, run_id: str, *, json: bool, output: Path | None) -> int:
    """The run as it stands. The exit code is 0 whatever its state: it was shown."""
    async with reader(place) as there:
        run = await there.run_info(BatchId(run_id))
    if output is not None:
        async with connected(place) as whole:
            await asyncio.to_thread(replace_file, output, await whole.api.ipynb(run.notebook))
    _put(run, json=json)
    if isinstance(place, Here) and not run.final and instance.holder(place.config.data) is None:
        say("No server runs, so this is what the last one knew. `noctule runs show ID --follow` brings it up to date.")
    return 0


async def follow_run(place: Place, run_id: str, *, json: bool, output: Path | None) -> int:
    """Waits for its end. The exit code is that of the run."""
    async with connected(place) as there:
        run = await there.api.run_info(BatchId(run_id))
        if not run.final:
            async with PageSession(partial(there.api.dial, run.notebook), RandomIds()) as session:
                with display() as shown:
                    run = await follow(session, there.api.run_info, run, shown, _asked)
        if output is not None:
            await asyncio.to_thread(replace_file, output, await there.api.ipynb(run.notebook))
    _put(run, json=json)
    return EXIT_CODES[run.state]


def _put(run: RunInfo, *, json: bool) -> None:
    if json:
        put(as_json(run))
        return
    put(f"{run.name}  {run_line(run)}")
    put(cells_table(run))


def _asked(prompt: PromptView) -> None:
    say(f"A cell waits for an answer: {prompt.text}")
