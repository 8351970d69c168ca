"""Runs notebooks with nbclient and with `noctule run`, and compares what came out, cell by cell.

    python scripts/compare_with_nbclient.py NOTEBOOK.ipynb DIRECTORY ... [--kernel NAME] [--allow-errors] [--keep DIR]

How is said in tests/support/reference.py. The exit code is 1 when something differs that is not chance.
"""

import argparse
import asyncio
import contextlib
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.reference import SECONDS, Compared, Options, compare_one
from tests.support.server import ServerProcess


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


async def compare_all(paths: list[Path], options: Options, jobs: int) -> list[Compared]:
    turn = asyncio.Semaphore(jobs)
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
    options = Options(given.kernel, given.allow_errors, given.keep, given.seconds)
    print(f"{'NOTEBOOK':60} CELLS  NBCLIENT NOCTULE  RESULT")
    done = asyncio.run(compare_all(notebooks(given.paths), options, given.jobs))
    ran = [one for one in done if one.comparison is not None]
    same = sum(one.same for one in ran)
    print(
        f"{same} of {len(ran)} equal, {sum(one.comparison.cells for one in ran if one.comparison)} code cells; {len(done) - len(ran)} not run"
    )
    return 0 if same == len(done) else 1


if __name__ == "__main__":
    sys.exit(main())
