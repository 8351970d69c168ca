"""Many plays over all cores, in processes of their own: a seed is the same everywhere only with PYTHONHASHSEED=0."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

import msgspec

CHUNK = 20


class Job(msgspec.Struct, frozen=True):
    """One play: of a seed, or of a script (scripts.py) with this seed; with the code broken on purpose (mutations.py)."""

    seed: int
    script: str = ""
    mutation: str = ""
    keep_log: bool = False


class Told(msgspec.Struct):
    """What a play came to. `report` is empty when every promise was kept."""

    job: Job
    report: str
    stats: dict[str, int]
    log: list[str] = []


def play(jobs: Sequence[Job]) -> Iterator[Told]:
    """In the order of the jobs, chunk by chunk as they are done."""
    os.environ["PYTHONHASHSEED"] = "0"
    workers = min(os.cpu_count() or 1, len(jobs))
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(_one, jobs, chunksize=max(1, min(CHUNK, len(jobs) // (4 * workers))))


def _one(job: Job) -> Told:
    from tests.sim.mutations import MUTATIONS
    from tests.sim.scripts import SCRIPTS
    from tests.sim.world import run_seed

    script = SCRIPTS[job.script] if job.script else None
    if job.mutation:
        with MUTATIONS[job.mutation]():
            outcome = run_seed(job.seed, script)
    else:
        outcome = run_seed(job.seed, script)
    report = "" if outcome.failure is None else outcome.report()
    return Told(job, report, outcome.stats, outcome.lines if job.keep_log else [])
