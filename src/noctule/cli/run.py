"""`noctule run`: runs a notebook from the top, follows it, and writes the executed file. `--detach` only starts it.

exit code  0 ok   1 a cell failed   2 used wrongly, or refused   3 lost, aborted, or out of time   130 left by Ctrl-C
"""

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

from noctule.cli import parameters
from noctule.cli.answers import ask, can_answer
from noctule.cli.connect import Connected, Here, Place, Taken, background_server, connected, remote
from noctule.cli.follow import follow
from noctule.cli.outfile import OutFile, check_writable
from noctule.cli.progress import Display, display
from noctule.cli.report import failures, run_line
from noctule.cli.words import duration, put, say
from noctule.client.session import PageSession
from noctule.errors import Invalid, NoctuleError, TooLarge
from noctule.ids import RandomIds
from noctule.notebook import nbformat_io
from noctule.notebook.cells import CellView
from noctule.notebook.project import to_ipynb
from noctule.runs.info import RunInfo, run_state
from noctule_agent.wire.state import PromptView
from noctule_agent.wire.values import CellId, NotebookId

ENDING_SECONDS: Final = 10.0
"""For the runtime of a finished run to end."""
TWICE_SECONDS: Final = 0.5
"""Programs that wrap others pass one Ctrl-C on twice."""
NOTHING_TO_RUN: Final = "nothing-to-run"
"""A notebook without code is no failure: a directory of notebooks may have some."""
EXIT_CODES: Final = {"ok": 0, "error": 1, "aborted": 3, "lost": 3}
OUT_OF_TIME: Final = 3
LEFT: Final = 130


class Job(msgspec.Struct, frozen=True):
    """What was asked for. `keep`: the runtime stays when the run has ended."""

    notebook: Path
    output: Path
    params: dict[str, Any]
    timeout: float | None
    keep: bool


async def run(place: Place | Taken, job: Job) -> int:
    data = prepared(job)
    check_writable(job.output)
    async with connected(place) as there:
        if there.others:
            say(_others(there.others))
        with _named(job.notebook):
            notebook_id = await there.api.create_from_file(job.notebook.name, data)
        out = OutFile(there.api, notebook_id, job.output)
        async with PageSession(partial(there.api.dial, notebook_id), RandomIds()) as session:
            runtime = OwnRuntime(there, session, notebook_id)
            try:
                return await _run(there, session, runtime, out, job)
            except asyncio.CancelledError:
                # Ctrl-C before there was anything to interrupt. A server elsewhere sees to its own.
                if there.alone:
                    runtime.end()
                raise
            finally:
                await runtime.settled()


async def _run(there: Connected, session: PageSession, runtime: "OwnRuntime", out: OutFile, job: Job) -> int:
    try:
        run_id = await there.api.run(out.notebook_id, job.params, allow_stdin=can_answer())
    except Invalid as error:
        if error.code != NOTHING_TO_RUN:
            raise
        await out.write()
        say(f"{error.title} -> {out.path}")
        return EXIT_CODES["ok"]
    started = await there.api.run_info(run_id)
    with display() as shown:
        attended = Attended(there, session, shown, job.timeout)
        async with out.kept(session, run_id):
            ended = await attended.follow(started)
    if ended is None:
        kept = f" What it said so far is in {out.path}." if await out.try_write() else ""
        say(f"The run goes on.{kept} `noctule runs show {run_id} --follow` comes back to it.")
        return LEFT
    try:
        executed = await out.fetch()
    finally:
        if not job.keep:
            runtime.end()  # while the file is written
    await out.put(executed)
    code = await _report(session, ended, out.path)
    return attended.code if attended.code is not None else code


async def detach(place: Place, job: Job, options: list[str]) -> int:
    """Start it on a server, in the background if need be, and print the run's id alone."""
    data = prepared(job)
    if isinstance(place, Here):
        reached = await background_server(place.config, options)
        url, token = reached.url, reached.token()
    else:
        url, token = place.url, place.token
    async with remote(url, token) as api:
        with _named(job.notebook):
            notebook_id = await api.create_from_file(job.notebook.name, data)
        put(await api.run(notebook_id, job.params, allow_stdin=True))
    return 0


def prepared(job: Job) -> bytes:
    """The notebook as it is to be run."""
    try:
        data = job.notebook.read_bytes()
    except OSError as error:
        raise Invalid("file-unreadable", f"{job.notebook} cannot be read.", str(error.strerror)) from error
    if not job.params:
        return data
    ids = RandomIds()
    with _named(job.notebook):
        found = nbformat_io.parse(data, ids.new)
        nb = parameters.inject(found, job.params, CellId(ids.new()))
    if not parameters.has_place(found):
        say(f"{job.notebook} has no cell tagged `parameters`: the values were inserted as its first cell.")
    cells = [
        CellView(
            id=cell.id,
            type=cell.type,
            source=cell.source,
            meta=cell.meta,
            attachments=cell.attachments,
            extra=cell.extra,
        )
        for cell in nb.cells
    ]
    outputs = {cell.id: cell.outputs for cell in nb.cells}
    counts = {cell.id: cell.execution_count for cell in nb.cells}
    return nbformat_io.dump(to_ipynb(nb.nb, cells, outputs, counts))


@contextmanager
def _named(notebook: Path) -> Iterator[None]:
    """What is wrong with a notebook is said of its file."""
    try:
        yield
    except (Invalid, TooLarge) as error:
        raise type(error)(error.code, f"{notebook}: {error.title}", error.detail) from error


class Attended:
    """A run with a person at the terminal. `code` is the exit code when that person, or time, ended it."""

    def __init__(self, there: Connected, session: PageSession, shown: Display, timeout: float | None) -> None:
        self.code: int | None = None
        self._there = there
        self._session = session
        self._shown = shown
        self._timeout = timeout
        self._interrupted_at: float | None = None
        self._aside: set[asyncio.Task[None]] = set()
        self._asking = asyncio.Lock()

    async def follow(self, run: RunInfo) -> RunInfo | None:
        """The run when it is final; None when it was left to go on."""
        loop = asyncio.get_running_loop()
        left = asyncio.Event()
        loop.add_signal_handler(signal.SIGINT, self._pressed, left)
        loop.add_signal_handler(signal.SIGTERM, left.set)
        following = asyncio.create_task(follow(self._session, self._there.api.run_info, run, self._shown, self._asked))
        leaving = asyncio.create_task(left.wait())
        clock = loop.call_later(self._timeout, self._out_of_time) if self._timeout is not None else None
        try:
            await asyncio.wait({following, leaving}, return_when=asyncio.FIRST_COMPLETED)
            return following.result() if following.done() else None
        finally:
            if clock is not None:
                clock.cancel()
            tasks = {following, leaving, *self._aside}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            loop.remove_signal_handler(signal.SIGINT)
            loop.remove_signal_handler(signal.SIGTERM)

    def _pressed(self, left: asyncio.Event) -> None:
        now = asyncio.get_running_loop().time()
        if self._interrupted_at is None:
            self._interrupted_at = now
            self.code = LEFT
            self._interrupt("Interrupting; Ctrl-C once more leaves it running.")
        elif now - self._interrupted_at > TWICE_SECONDS:
            left.set()

    def _out_of_time(self) -> None:
        self.code = OUT_OF_TIME
        self._interrupt(f"It did not end in {duration(self._timeout or 0)}; interrupting.")

    def _interrupt(self, why: str) -> None:
        say(why)
        self._do(self._session.interrupt())

    def _asked(self, prompt: PromptView) -> None:
        self._do(self._answer(prompt))

    async def _answer(self, prompt: PromptView) -> None:
        async with self._asking:
            self._shown.pause()
            answer = await ask(prompt.text, password=prompt.kind == "password")
            self._shown.resume()
        if answer is not None:
            await self._session.answer(prompt.id, answer)
        elif self._there.alone:
            await self._session.interrupt()
            say("A cell asked for input and there is none: it was interrupted.")
        else:
            say("A cell asks for input and there is none here: answer it in the page.")

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        async def guarded() -> None:
            try:
                await work
            except NoctuleError as error:
                say(f"{error.title} {error.detail}")

        task = asyncio.ensure_future(guarded())
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)


async def _report(session: PageSession, ended: RunInfo, output: Path) -> int:
    """Say how it ended, failed cells with their tracebacks; the exit code for it."""
    state = run_state((cell.state, _may_fail(session, cell.id)) for cell in ended.cells)
    if state != "ok":
        for text in await failures(session, ended):
            say(text)
    say(f"{run_line(msgspec.structs.replace(ended, state=state))} -> {output}")
    return EXIT_CODES[state]


def _may_fail(session: PageSession, cell_id: CellId) -> bool:
    cell = session.doc.cell(cell_id)
    tags = cell.meta.get("tags") if cell is not None else None
    return isinstance(tags, list) and "raises-exception" in tags


class OwnRuntime:
    """The runtime of a notebook that was made for this run alone: nobody needs its variables afterwards."""

    def __init__(self, there: Connected, session: PageSession, notebook_id: NotebookId) -> None:
        self._there = there
        self._session = session
        self._notebook_id = notebook_id
        self._ending: asyncio.Task[None] | None = None

    def end(self) -> None:
        if self._ending is None:
            self._ending = asyncio.create_task(self._end(), name="end the runtime")

    async def settled(self) -> None:
        """If it is to end: it has, as far as this process has to see to it."""
        if self._ending is not None:
            await self._ending

    async def _end(self) -> None:
        try:
            async with asyncio.timeout(ENDING_SECONDS):
                await self._session.disconnect_runtime()
                if self._there.runtime_gone is not None:
                    await self._there.runtime_gone(self._notebook_id)
        except (NoctuleError, TimeoutError) as error:
            say(f"The runtime did not end: {error}. `noctule stop --runtimes` ends it.")


def _others(count: int) -> str:
    some = "1 runtime of an earlier command is" if count == 1 else f"{count} runtimes of earlier commands are"
    return (
        f"{some} still here: `noctule runs list` has the runs, `noctule runs show ID --follow -o OUT` fetches what came out, "
        "`noctule stop --runtimes` ends what is left."
    )
