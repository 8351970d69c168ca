"""Defects that the simulation found, each as the shortest story that showed it (scripts.py), with its seed."""

import pytest

from tests.sim.fleet import Job, play
from tests.sim.scripts import SCRIPTS


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    """All are played at once, over all cores."""
    return {each.job.script: each.report for each in play([Job(1, script=name) for name in SCRIPTS])}


@pytest.mark.parametrize("name", SCRIPTS)
def test_named_seed(name: str, told: dict[str, str]) -> None:
    assert not told[name], told[name]
