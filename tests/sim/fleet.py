"""Many plays over all cores, in processes of their own: a seed is the same everywhere only with PYTHONHASHSEED=0."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from typing import Self

import msgspec

CHUNK = 20


class Job(msgspec.Struct, frozen=True):
    """One play: of a seed, or of a script (scripts.py) with its dice; with the code broken on purpose (mutations.py); with the
    faults of one profile (scenario.py)."""

    seed: int
    script: str = ""
    mutation: str = ""
    profile: str = ""
    keep_log: bool = False


class Told(msgspec.Struct):
    """What a play came to. `report` is empty when every promise was kept."""

    job: Job
    report: str
    stats: dict[str, int]
    log: list[str] = []


class Fleet:
    """Worker processes, to be used and then closed."""

    def __init__(self) -> None:
        self._workers = os.cpu_count() or 1
        before = os.environ.get("PYTHONHASHSEED")
        os.environ["PYTHONHASHSEED"] = "0"
        try:
            self._pool = ProcessPoolExecutor(self._workers, mp_context=multiprocessing.get_context("spawn"))
            # They start, with this environment, at the first work.
            list(self._pool.map(_nothing, range(self._workers)))
        finally:
            if before is None:
                del os.environ["PYTHONHASHSEED"]
            else:
                os.environ["PYTHONHASHSEED"] = before

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def play(self, jobs: Sequence[Job]) -> Iterator[Told]:
        """In the order of the jobs, chunk by chunk as they are done."""
        chunk = max(1, min(CHUNK, len(jobs) // (4 * self._workers)))
        return self._pool.map(_one, jobs, chunksize=chunk)


def _nothing(_: int) -> None:
    """Imports what a worker needs."""
    from tests.sim import world

    assert world.run_seed


def _one(job: Job) -> Told:
    from tests.sim.mutations import MUTATIONS
    from tests.sim.scripts import SCRIPTS
    from tests.sim.world import run_seed

    script = SCRIPTS[job.script] if job.script else None
    with MUTATIONS[job.mutation].broken() if job.mutation else nullcontext():
        outcome = run_seed(job.seed, script, job.profile)
    report = "" if outcome.failure is None else outcome.report()
    return Told(job, report, outcome.stats, outcome.lines if job.keep_log else [])
