"""What a person sees of a run that is followed: a bar on a terminal, one line per event elsewhere."""

import sys
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import msgspec

from noctule.cli.words import say
from noctule.runs.info import RunInfo
from noctule_agent.wire.state import FINAL_STATES, ExecutionView

if TYPE_CHECKING:
    from rich.progress import TaskID

LINE_CHARS: Final = 60


class Now(msgspec.Struct, frozen=True):
    """A run at this moment. `first_line` is that of the running cell; `trouble` why nothing goes on, if that is so."""

    run: RunInfo
    executions: list[ExecutionView]
    first_line: str
    trouble: str


class Display(AbstractContextManager["Display"]):
    """Where nobody looks on: says only why nothing goes on, once for each reason."""

    def __init__(self) -> None:
        self._said = ""

    def show(self, now: Now) -> None:
        if now.trouble != self._said:
            self._said = now.trouble
            if now.trouble:
                say(now.trouble)

    def pause(self) -> None:
        """The terminal is needed for something else."""

    def resume(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Bar(Display):
    """Cells done, the running cell's number and first line, and the time."""

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
        done = sum(each.state in FINAL_STATES for each in now.executions)
        numbers = {cell.id: number for number, cell in enumerate(now.run.cells, 1)}
        running = next((each for each in now.executions if each.state == "running"), None)
        what = f"cell {numbers.get(running.cell_id, '?')}: {now.first_line[:LINE_CHARS]}" if running is not None else ""
        self._progress.update(
            self._task,
            total=len(now.run.cells),
            completed=done,
            state="running" if running is not None else "waiting",
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
