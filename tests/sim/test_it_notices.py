"""The simulation can fail: of the code with one promise broken on purpose, some seed below a small bound does."""

import pytest

from tests.sim.fleet import Job, play
from tests.sim.mutations import MUTATIONS

SEEDS_AT_MOST = 120
AT_ONCE = 12


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_it_notices_that(mutation: str) -> None:
    for first in range(1, SEEDS_AT_MOST, AT_ONCE):
        told = list(play([Job(seed, mutation=mutation) for seed in range(first, first + AT_ONCE)]))
        if any(each.report for each in told):
            return
    pytest.fail(f"{SEEDS_AT_MOST} seeds passed although {mutation}")
