"""Every seed keeps every promise: NOCTULE_SIM_SEEDS of them (2,000 when it is not set), from NOCTULE_SIM_FIRST on.

A seed that fails prints its log and how to play it again: `.venv/bin/python -m tests.sim.replay SEED`.
"""

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.sim.fleet import Fleet, Job
from tests.sim.scenario import NAMED_ONLY

SEEDS = int(os.environ.get("NOCTULE_SIM_SEEDS", "2000"))
FIRST = int(os.environ.get("NOCTULE_SIM_FIRST", "1"))
REPORTS_SHOWN = 3
HAPPENINGS = (
    "commits",
    "saved",
    "runs",
    "ok",
    "error",
    "aborted",
    "lost",
    "views",
    "said",
    "restores",
    "epochs",
    "files taken in",
)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    with Fleet() as fleet:
        yield fleet


def test_every_seed_keeps_every_promise(fleet: Fleet) -> None:
    failed: list[str] = []
    stats: Counter[str] = Counter()
    for told in fleet.play([Job(seed) for seed in range(FIRST, FIRST + SEEDS)]):
        stats.update(told.stats)
        if told.report:
            failed.append(told.report)
    print(dict(sorted(stats.items())))
    assert not failed, f"{len(failed)} of {SEEDS} seeds failed\n\n" + "\n\n".join(failed[:REPORTS_SHOWN])
    if SEEDS >= 100:
        # A simulation in which nothing happens proves nothing.
        assert min(stats[what] for what in HAPPENINGS) > SEEDS / 100, stats


@pytest.mark.parametrize("profile", [profile.name for profile in NAMED_ONLY])
def test_every_seed_keeps_every_promise_also_with(fleet: Fleet, profile: str) -> None:
    """Fewer of these: no seed draws them."""
    played = max(SEEDS // 10, 1)
    told = list(fleet.play([Job(seed, profile=profile) for seed in range(FIRST, FIRST + played)]))
    failed = [each.report for each in told if each.report]
    assert not failed, f"{len(failed)} of {played} seeds failed\n\n" + "\n\n".join(failed[:REPORTS_SHOWN])
    assert played < 10 or sum(each.stats.get("thrown away", 0) for each in told) > 0


def test_a_seed_is_the_same_in_every_process(fleet: Fleet) -> None:
    jobs = [Job(seed, keep_log=True) for seed in range(FIRST, FIRST + 6)]
    first = [told.log for told in fleet.play(jobs)]
    with Fleet() as other:
        second = [told.log for told in other.play(jobs[::-1])][::-1]
    assert all(first)
    assert first == second
