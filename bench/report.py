"""A run's measures as a table for people (the terminal, README.md) and a JSON file for programs."""

import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bench.harness import OURS, Measure, Most, Ratio, Series

RESULTS = Path(__file__).parent / "results"
README = Path(__file__).parent / "README.md"
PAGE = "page: "
"""How the topics begin that are measured in a browser: README.md has a table for these, and one for the others."""


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
    table.add_column("measure", overflow="fold")
    for head in ("n", "noctule min / p50 / max", "floor min / p50", "ratio", "goal", ""):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("peers, p50", overflow="fold")
    for before, measure in zip([None, *measures], measures, strict=False):
        if before is not None and before.topic != measure.topic:
            table.add_section()
        table.add_row(*map(escape, _cells(measure)))
    console.print(table)


def _cells(measure: Measure) -> list[str]:
    ours, floor = measure.of(OURS), _floor(measure)
    unit = f" ({measure.unit})" if measure.unit else ""
    ratio = measure.ratio(ours) if ours is not None else None
    peers = [series for series in measure.series if series.party != OURS and series is not floor]
    return [
        f"{measure.name}{unit}",
        str(len(ours.values)) if ours is not None else "",
        " / ".join(map(_short, (ours.least, ours.p50, ours.largest))) if ours is not None else "",
        f"{floor.party}: {_short(floor.least)} / {_short(floor.p50)}" if floor is not None else "",
        f"{ratio:.2f}x" if ratio is not None else "",
        _goal(measure),
        {True: "met", False: "MISSED", None: ""}[measure.met],
        ", ".join(f"{series.party} {_short(series.p50)}" for series in peers),
    ]


def _floor(measure: Measure) -> Series | None:
    return measure.of(measure.goal.floor) if isinstance(measure.goal, Ratio) else None


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


def write_readme(measures: list[Measure], where: Machine) -> None:
    """Put this run's tables between the marks of README.md. One of which nothing was measured stays."""
    for name, chosen in (
        ("server", [measure for measure in measures if not measure.topic.startswith(PAGE)]),
        ("page", [measure for measure in measures if measure.topic.startswith(PAGE)]),
    ):
        if chosen:
            begin, end = f"<!-- results: {name} -->", f"<!-- end of results: {name} -->"
            before, rest = README.read_text().split(begin)
            _, after = rest.split(end)
            README.write_text(f"{before}{begin}\n{_markdown(chosen, where)}\n{end}{after}")


def _markdown(measures: list[Measure], where: Machine) -> str:
    lines = [
        f"Run of {where.at[:10]}, {where.cores} cores, load {where.load[0]} before and {where.load[1]} after, "
        f"Python {where.python}.",
        "",
        "| measure | n | noctule min / p50 / max | floor min / p50 | ratio | goal | | peers, p50 |",
        "|---|--:|--:|--:|--:|--:|---|---|",
    ]
    for measure in measures:
        name, *cells = (cell.replace("|", "\\|") for cell in _cells(measure))
        if measure.topic.startswith(PAGE):
            name = f"{measure.topic.removeprefix(PAGE)}: {name}"
        lines.append(f"| {name.strip().replace('of it:', '… of it:')} | {' | '.join(cells)} |")
    return "\n".join(lines)


def store(measures: list[Measure], where: Machine) -> Path:
    """One file a run, and `latest.json`."""
    RESULTS.mkdir(exist_ok=True)
    data = msgspec.json.format(msgspec.json.encode({"machine": where, "measures": measures}), indent=1)
    path = RESULTS / f"{where.at.replace(':', '-')}.json"
    path.write_bytes(data)
    (RESULTS / "latest.json").write_bytes(data)
    return path
