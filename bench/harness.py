"""What every benchmark needs: measures with their goals, interleaved rounds, figures of processes. Measures nothing itself.

Values of one measure come from one run and are compared only with each other: the speed of a shared machine varies by
2x within an hour, a ratio inside a run does not.
"""

import asyncio
import contextlib
import os
import random
import resource
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec
import psutil

MB: Final = 1024 * 1024
MEMORY_LIMIT: Final = 6 * 1024 * MB
"""Address space of each process of a benchmark: a defect must fail, and not take the machine down."""

OURS: Final = "noctule"
ROOT: Final = Path(__file__).parents[1]


class Ratio(msgspec.Struct, frozen=True, tag="ratio"):
    """At most `most` times the floor, p50 to p50."""

    most: float
    floor: str


class Most(msgspec.Struct, frozen=True, tag="most"):
    """At most this much: the p50 or, where every one counts, the largest value."""

    most: float
    of: str = "p50"


Goal = Ratio | Most


class Series(msgspec.Struct):
    """What one party did, in the order measured."""

    party: str
    values: list[float]

    @property
    def least(self) -> float:
        return min(self.values)

    @property
    def p50(self) -> float:
        return statistics.median(self.values)

    @property
    def largest(self) -> float:
        return max(self.values)


class Measure(msgspec.Struct):
    """One thing that is measured of one or more parties. Less is better."""

    topic: str
    name: str
    unit: str
    goal: Goal | None = None
    series: list[Series] = []

    def add(self, party: str, value: float) -> None:
        found = self.of(party)
        if found is None:
            self.series.append(Series(party, [value]))
        else:
            found.values.append(value)

    def of(self, party: str) -> Series | None:
        return next((one for one in self.series if one.party == party), None)

    def ratio(self, series: Series) -> float | None:
        """To the floor; None when there is none, or it is nothing."""
        floor = self.of(self.goal.floor) if isinstance(self.goal, Ratio) else None
        return series.p50 / floor.p50 if floor is not None and floor.p50 else None

    @property
    def met(self) -> bool | None:
        """None: there is no goal, or nothing was measured."""
        ours = self.of(OURS)
        if ours is None or self.goal is None:
            return None
        if isinstance(self.goal, Ratio):
            ratio = self.ratio(ours)
            return None if ratio is None else ratio <= self.goal.most
        return (ours.p50 if self.goal.of == "p50" else ours.largest) <= self.goal.most


class Bench:
    """One run. `scratch` is a directory for this run; `quick` asks for fewer and smaller rounds."""

    def __init__(self, scratch: Path, *, quick: bool, say: Callable[[str], None]) -> None:
        self.scratch = scratch
        self.quick = quick
        self.say = say
        self.measures: list[Measure] = []
        self._directories = 0

    def measure(self, topic: str, name: str, unit: str, goal: Goal | None = None) -> Measure:
        made = Measure(topic, name, unit, goal, [])
        self.measures.append(made)
        return made

    def directory(self, name: str) -> Path:
        """A new empty directory."""
        self._directories += 1
        made = self.scratch / f"{self._directories}-{name}"
        made.mkdir()
        return made

    async def interleaved(self, rounds: int, *parties: Callable[[], Awaitable[None]]) -> None:
        """Each party once a round, in an order that changes from round to round, the same in every run."""
        order = list(parties)
        chance = random.Random(0)
        for _ in range(rounds):
            for party in order:
                await party()
            chance.shuffle(order)


def limit_memory() -> None:
    """Of this process and of all that it starts."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, hard))


# --- figures of a process ------------------------------------------------------------------------------------------


def uss(pid: int) -> float:
    """Memory that would be free if the process ended, in MB."""
    return float(psutil.Process(pid).memory_full_info().uss) / MB


def cpu_seconds(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


class Footprint:
    """What a process takes from now on: CPU seconds, and its peak memory over what it had."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._cpu = cpu_seconds(pid)
        # Makes the kernel forget the peak so far.
        Path(f"/proc/{pid}/clear_refs").write_text("5")
        self._rss = self._status("VmRSS")

    def cpu(self) -> float:
        return cpu_seconds(self._pid) - self._cpu

    def growth(self) -> float:
        """MB of peak resident memory above the start."""
        return max(0.0, self._status("VmHWM") - self._rss)

    def _status(self, field: str) -> float:
        lines = Path(f"/proc/{self._pid}/status").read_text().splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"{field}:")) / 1024


@contextlib.contextmanager
def timed(measure: Measure, party: str, scale: float = 1.0) -> Iterator[None]:
    """Add the seconds that the body takes, times `scale`."""
    began = time.perf_counter()
    yield
    measure.add(party, (time.perf_counter() - began) * scale)


@contextlib.asynccontextmanager
async def child(argv: Sequence[str], *, log: Path, env: dict[str, str], cwd: Path) -> AsyncIterator[int]:
    """A process of its own session with its output in `log`; killed, with its group, at the end. Gives its pid."""
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=env,
            cwd=cwd,
            start_new_session=True,
        )
    try:
        yield process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        await process.wait()
