"""A run's measures as a table for people and a JSON file for programs."""

import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from bench.harness import OURS, Measure, Most, Ratio, Series

RESULTS = Path(__file__).parent / "results"


class Machine(msgspec.Struct):
    """Where and when; `load` is that of the last minute, at the start and at the end."""

    at: str
    python: str
    system: str
    cores: int
    load: tuple[float, float]
    quick: bool


def machine(load_before: float, *, quick: bool) -> Machine:
    return Machine(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        python=sys.version.split()[0],
        system=platform.platform(),
        cores=os.cpu_count() or 0,
        load=(round(load_before, 2), round(os.getloadavg()[0], 2)),
        quick=quick,
    )


def show(measures: list[Measure], where: Machine, console: Console) -> None:
    table = Table(title=f"{where.at}  {where.cores} cores, load {where.load[0]} - {where.load[1]}")
    for head in ("measure", "party"):
        table.add_column(head, overflow="fold")
    for head in ("n", "min", "p50", "max", "to floor", "goal", ""):
        table.add_column(head, justify="right", no_wrap=True)
    for measure in measures:
        for index, series in enumerate(measure.series):
            name = f"{measure.name} [{measure.unit}]" if index == 0 else ""
            table.add_row(name, *_cells(measure, series), end_section=series is measure.series[-1])
    console.print(table)


def _cells(measure: Measure, series: Series) -> list[str]:
    ratio = measure.ratio(series)
    figures = [_short(value) for value in (series.least, series.p50, series.largest)]
    ours = series.party == OURS
    return [
        series.party,
        str(len(series.values)),
        *figures,
        f"{ratio:.2f}x" if ratio is not None else "",
        _goal(measure) if ours else "",
        {True: "met", False: "MISSED", None: ""}[measure.met] if ours else "",
    ]


def _goal(measure: Measure) -> str:
    match measure.goal:
        case Ratio(most=most):
            return f"<= {most:g}x"
        case Most(most=most, of=of):
            return f"{of} <= {most:g}"
        case None:
            return ""


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def store(measures: list[Measure], where: Machine) -> Path:
    """One file a run, and `latest.json`."""
    RESULTS.mkdir(exist_ok=True)
    data = msgspec.json.format(msgspec.json.encode({"machine": where, "measures": measures}), indent=1)
    path = RESULTS / f"{where.at.replace(':', '-')}.json"
    path.write_bytes(data)
    (RESULTS / "latest.json").write_bytes(data)
    return path
