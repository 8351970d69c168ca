"""Defects that the simulation found, each as the shortest story that showed it (scripts.py)."""

import pytest

from tests.sim.fleet import Fleet, Job
from tests.sim.scripts import SCRIPTS


@pytest.fixture(scope="module")
def reports() -> dict[str, str]:
    """All are played at once, over all cores."""
    with Fleet() as fleet:
        return {told.job.script: told.report for told in fleet.play([Job(1, script=name) for name in SCRIPTS])}


@pytest.mark.parametrize("name", SCRIPTS)
def test_named_seed(name: str, reports: dict[str, str]) -> None:
    assert not reports[name], reports[name]
