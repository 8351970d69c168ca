"""Runs notebooks with nbclient and with `noctule run`, and compares what came out, cell by cell.

    python scripts/compare_with_nbclient.py NOTEBOOK.ipynb DIRECTORY ... [--kernel NAME] [--allow-errors] [--keep DIR]

What counts as equal is in tests/support/comparison.py. A notebook that differs is run by nbclient once more: what differs
between two runs of nbclient is chance, and counted as such. Both run in an empty directory. The exit code is 1 when
something differs that is not chance.
"""

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.comparison import Comparison, Difference, compare
from tests.support.server import ServerProcess

SECONDS: Final = 300.0
EXIT_CODES: Final = {0: "ok", 1: "error", 3: "lost"}


class Options(msgspec.Struct, frozen=True):
    """`kernel`: used instead of the one that the notebook names. `allow_errors`: every cell may fail."""

    kernel: str | None = None
    allow_errors: bool = False
    keep: Path | None = None
    seconds: float = SECONDS
    jobs: int = 1


class Compared(msgspec.Struct, frozen=True):
    """`trouble`: why there is nothing to compare."""

    notebook: Path
    comparison: Comparison | None
    seconds: tuple[float, float] = (0.0, 0.0)
    trouble: str = ""

    @property
    def same(self) -> bool:
        return self.comparison is not None and not self.comparison.differences


# --- the two ways ---------------------------------------------------------------------------------------------------


class Reference(NotebookClient):
    """nbclient; it also knows which widgets were closed, whose state it would keep."""

    def handle_comm_msg(self, outs: list[Any], msg: dict[str, Any], cell_index: int) -> None:
        super().handle_comm_msg(outs, msg, cell_index)
        if msg["msg_type"] == "comm_close":
            self.widget_state.pop(msg["content"]["comm_id"], None)


async def with_nbclient(path: Path, seconds: float) -> tuple[dict[str, Any], str]:
    """The executed notebook, and how it ended: `ok`, `error` or `lost`."""
    nb = nbformat.read(path, as_version=4)
    state = "ok"
    with tempfile.TemporaryDirectory() as directory:
        client = Reference(nb, resources={"metadata": {"path": directory}})
        try:
            async with asyncio.timeout(seconds):
                await client.async_execute(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except CellExecutionError:
            state = "error"
        except DeadKernelError:
            state = "lost"
        client.set_widgets_metadata()
    return json.loads(nbformat.writes(nb)), state


async def with_noctule(path: Path, output: Path, server: ServerProcess, seconds: float) -> tuple[dict[str, Any], str]:
    """The same. Raises RuntimeError with what it said when there is none."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "noctule", "run", str(path), "-o", str(output), "--timeout", str(seconds)),
        *("--server", server.url, "--token", server.token),
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    state = EXIT_CODES.get(process.returncode or 0)
    if state is None:
        raise RuntimeError(
            f"noctule run ended with {process.returncode}: {said.decode(errors='replace')[-500:].strip()}"
        )
    return json.loads(await asyncio.to_thread(output.read_bytes)), state


# --- one notebook ---------------------------------------------------------------------------------------------------


async def compare_one(path: Path, server: ServerProcess, options: Options) -> Compared:
    """See the module."""
    with tempfile.TemporaryDirectory() as directory:
        place = options.keep or Path(directory)
        given = place / f"{path.stem}.ipynb"
        await asyncio.to_thread(prepare, path, given, options)
        try:
            started = time.perf_counter()
            reference, expected = await with_nbclient(given, options.seconds)
            between = time.perf_counter()
            found, state = await with_noctule(given, place / f"{path.stem}.noctule.ipynb", server, options.seconds)
            took = (between - started, time.perf_counter() - between)
            if options.keep is not None:
                (place / f"{path.stem}.nbclient.ipynb").write_text(json.dumps(reference, indent=1))
            comparison = compare(reference, None, found)
            if comparison.differences:
                again, _ = await with_nbclient(given, options.seconds)
                comparison = compare(reference, again, found)
        except Exception as error:
            # Whatever either of them cannot run is told, and the next one is tried.
            return Compared(path, None, trouble=f"{type(error).__name__}: {error}".splitlines()[0][:300])
    if state != expected:
        comparison.differences.append(Difference("the run", expected, state))
    return Compared(path, comparison, took)


def prepare(path: Path, given: Path, options: Options) -> None:
    """Copy the notebook with the options applied, in whatever version of nbformat it is."""
    nb = json.loads(path.read_bytes())
    if options.kernel is not None:
        nb["metadata"]["kernelspec"] = {"name": options.kernel, "display_name": options.kernel}
    if options.allow_errors:
        for cell in _cells(nb):
            tags = cell.setdefault("metadata", {}).setdefault("tags", [])
            tags.append("raises-exception")
    given.write_text(json.dumps(nb))


def _cells(nb: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for sheet in nb.get("worksheets", [nb]):
        yield from (cell for cell in sheet.get("cells", []) if cell.get("cell_type") == "code")


# --- all of them ----------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def own_server() -> AsyncIterator[ServerProcess]:
    """A server for these runs alone; swept at the end."""
    with tempfile.TemporaryDirectory() as directory:
        server = ServerProcess(Path(directory) / "data")
        try:
            await server.start()
            yield server
        finally:
            await server.sweep()


async def compare_all(paths: list[Path], options: Options) -> list[Compared]:
    turn = asyncio.Semaphore(options.jobs)
    async with own_server() as server:

        async def one(path: Path) -> Compared:
            async with turn:
                compared = await compare_one(path, server, options)
            print(line(compared), flush=True)
            return compared

        return list(await asyncio.gather(*map(one, paths)))


def line(one: Compared) -> str:
    name = f"{one.notebook.parent.name}/{one.notebook.name}"
    if one.comparison is None:
        return f"{name:60}     -  not run: {one.trouble}"
    chance = f", {one.comparison.by_chance} by chance" if one.comparison.by_chance else ""
    verdict = (
        f"equal{chance}"
        if one.same
        else f"{len(one.comparison.differences)} differ{chance}; first: {one.comparison.differences[0]}"
    )
    return f"{name:60} {one.comparison.cells:5}  {one.seconds[0]:5.1f} s {one.seconds[1]:5.1f} s  {verdict}"


def notebooks(paths: list[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a notebook, or a directory of notebooks")
    parser.add_argument("--kernel", help="run all with this kernelspec")
    parser.add_argument("--allow-errors", action="store_true", help="go on after a cell that fails")
    parser.add_argument("--keep", type=Path, help="keep what was run, and what came out, in this directory")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="the longest that one notebook may take")
    parser.add_argument("--jobs", type=int, default=1, help="how many notebooks at once")
    given = parser.parse_args()
    if given.keep is not None:
        given.keep.mkdir(parents=True, exist_ok=True)
    options = Options(given.kernel, given.allow_errors, given.keep, given.seconds, given.jobs)
    print(f"{'NOTEBOOK':60} CELLS  NBCLIENT NOCTULE  RESULT")
    done = asyncio.run(compare_all(notebooks(given.paths), options))
    ran = [one for one in done if one.comparison is not None]
    same = sum(one.same for one in ran)
    print(
        f"{same} of {len(ran)} equal, {sum(one.comparison.cells for one in ran if one.comparison)} code cells; {len(done) - len(ran)} not run"
    )
    return 0 if same == len(done) else 1


if __name__ == "__main__":
    sys.exit(main())
