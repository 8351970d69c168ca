"""What a person sees of a run that is followed: a bar on a terminal, one line per event elsewhere."""

import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import msgspec

from noctule.cli.words import counted, say
from noctule.runs.info import RunInfo
from noctule_agent.wire.state import FINAL_STATES, ExecutionView

if TYPE_CHECKING:
    from rich.progress import TaskID

LINE_CHARS: Final = 60
LINE_SECONDS: Final = 1.0


class Now(msgspec.Struct, frozen=True):
    """A run at this moment. `first_line` is that of the running cell; `trouble` why nothing goes on, if that is so."""

    run: RunInfo
    executions: list[ExecutionView]
    first_line: str
    trouble: str


class Display(AbstractContextManager["Display"]):
    """For a log: a line when what is done or runs has changed, at most one in LINE_SECONDS, and why nothing goes on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._trouble = ""
        self._line = ""
        self._said_at = -LINE_SECONDS

    def show(self, now: Now) -> None:
        if now.trouble != self._trouble:
            self._trouble = now.trouble
            if now.trouble:
                say(now.trouble)
        line, at = _line(now), self._clock()
        if line not in ("", self._line) and at - self._said_at >= LINE_SECONDS:
            self._line, self._said_at = line, at
            say(line)

    def pause(self) -> None:
        """The terminal is needed for something else."""

    def resume(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Bar(Display):
    """The same as a bar, with the time."""

    def __init__(self) -> None:
        super().__init__()
        from rich.console import Console  # rich takes its time: only for a terminal
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._progress: Progress = Progress(
            TextColumn("{task.fields[state]}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
            console=Console(stderr=True),
            transient=True,
        )
        self._task: TaskID = self._progress.add_task("", total=None, state="queued")

    def show(self, now: Now) -> None:
        what = _running(now)
        self._progress.update(
            self._task,
            total=len(now.run.cells),
            completed=_done(now),
            state="running" if what else "waiting",
            description=now.trouble or what,
        )

    def pause(self) -> None:
        self._progress.stop()

    def resume(self) -> None:
        self._progress.start()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


def display() -> Display:
    return Bar() if sys.stderr.isatty() else Display()


def _line(now: Now) -> str:
    """`2 of 3 cells done; cell 3: train(epochs)`; "" while none runs."""
    running = _running(now)
    return f"{_done(now)} of {counted(len(now.run.cells), 'cell')} done; {running}" if running else ""


def _done(now: Now) -> int:
    return sum(each.state in FINAL_STATES for each in now.executions)


def _running(now: Now) -> str:
    """The number of the cell that runs, and its first line."""
    running = next((each for each in now.executions if each.state == "running"), None)
    if running is None:
        return ""
    numbers = {cell.id: number for number, cell in enumerate(now.run.cells, 1)}
    return f"cell {numbers.get(running.cell_id, '?')}: {now.first_line[:LINE_CHARS]}"
