"""Every seed keeps every promise: NOCTULE_SIM_SEEDS of them (2,000 when it is not set), from NOCTULE_SIM_FIRST on.

A seed that fails prints its log and how to play it again: `.venv/bin/python -m tests.sim.replay SEED`.
"""

import os
from collections import Counter

from tests.sim.fleet import Job, play

SEEDS = int(os.environ.get("NOCTULE_SIM_SEEDS", "2000"))
FIRST = int(os.environ.get("NOCTULE_SIM_FIRST", "1"))
REPORTS_SHOWN = 3


def test_every_seed_keeps_every_promise() -> None:
    failed: list[str] = []
    stats: Counter[str] = Counter()
    for told in play([Job(seed) for seed in range(FIRST, FIRST + SEEDS)]):
        stats.update(told.stats)
        if told.report:
            failed.append(told.report)
    print(dict(sorted(stats.items())))
    assert not failed, f"{len(failed)} of {SEEDS} seeds failed\n\n" + "\n\n".join(failed[:REPORTS_SHOWN])
    # A simulation in which nothing happens proves nothing.
    if SEEDS >= 50:
        for what in ("commits", "saved", "runs", "ok", "error", "aborted", "lost", "views", "epochs", "files taken in"):
            assert stats[what] > SEEDS / 100, f"{what}: {stats[what]} in {SEEDS} seeds"


def test_a_seed_is_the_same_in_every_process() -> None:
    seeds = range(FIRST, FIRST + 6)
    first = [told.log for told in play([Job(seed, keep_log=True) for seed in seeds])]
    second = [told.log for told in play([Job(seed, keep_log=True) for seed in seeds])]
    assert all(first)
    assert first == second
