"""A notebook run from the command line, imports and start included. Noctule stores after every cell; so does papermill."""

import asyncio
import json
import os
import sys
import time
from functools import partial
from pathlib import Path

from bench.harness import OURS, Bench, Measure, Ratio
from tests.support.notebooks import ipynb

FLOOR = "bare jupyter_client"
CELLS = 200


async def run(bench: Bench) -> None:
    goal = Ratio(1.3, FLOOR)
    many = bench.measure("headless", f"{CELLS} trivial cells", "s", goal)
    one = bench.measure("headless", "1 trivial cell", "s", Ratio(goal.most, FLOOR))
    rounds = 1 if bench.quick else 4
    for measure, count in ((many, CELLS), (one, 1)):
        parties = [partial(_run, bench, measure, party, count) for party in _commands(Path(), Path(), Path())]
        await bench.interleaved(rounds, *parties)
    per_cell = bench.measure("headless", "a trivial cell more", "ms", Ratio(1.6, FLOOR))
    for series in many.series:
        single = one.of(series.party)
        assert single is not None
        per_cell.add(series.party, (series.least - single.least) / (CELLS - 1) * 1000)


def _commands(source: Path, target: Path, data: Path) -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    return {
        FLOOR: [*python, "bench.peers.headless", "bare", str(source), str(target)],
        OURS: [*python, "noctule", "run", str(source), "-o", str(target), "--data", str(data)],
        "nbclient": [*python, "bench.peers.headless", "nbclient", str(source), str(target)],
        "papermill": [*python, "papermill", "--no-progress-bar", str(source), str(target)],
    }


async def _run(bench: Bench, measure: Measure, party: str, count: int) -> None:
    """One process from its start to its end; what it wrote must be right."""
    directory = bench.directory("headless")
    source, target = directory / "in.ipynb", directory / "out.ipynb"
    source.write_bytes(ipynb(*(f"x = {n}\nx" for n in range(count))))
    argv = _commands(source, target, directory / "data")[party]
    began = time.perf_counter()
    with (directory / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*argv, stdout=log, stderr=log, env=dict(os.environ))
        code = await process.wait()
    seconds = time.perf_counter() - began
    if code != 0:
        raise AssertionError(f"{party} failed:\n{(directory / 'log').read_text()}")
    cells = [cell for cell in json.loads(target.read_text())["cells"] if cell["cell_type"] == "code"]
    if [cell["outputs"][0]["data"]["text/plain"] for cell in cells] not in _expected(count):
        raise AssertionError(f"{party} wrote something else")
    measure.add(party, seconds)


def _expected(count: int) -> list[list[object]]:
    """nbformat allows a text or a list of lines."""
    return [[str(n) for n in range(count)], [[str(n)] for n in range(count)]]
