"""The simulation can fail: of the code with one promise broken on purpose, some seed below a small bound does."""

from collections.abc import Iterator

import pytest

from tests.sim.fleet import Fleet, Job
from tests.sim.mutations import MUTATIONS

SEEDS_AT_MOST = 40
AT_ONCE = 4


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    with Fleet() as fleet:
        yield fleet


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_it_notices_that(mutation: str, fleet: Fleet) -> None:
    profile = MUTATIONS[mutation].profile
    for first in range(1, SEEDS_AT_MOST, AT_ONCE):
        jobs = [Job(seed, mutation=mutation, profile=profile) for seed in range(first, first + AT_ONCE)]
        if any(told.report for told in fleet.play(jobs)):
            return
    pytest.fail(f"{SEEDS_AT_MOST} seeds passed although {mutation}")
