"""The contract: what records give, and what a page shows then. The page's tests read the same files."""

from pathlib import Path

import pytest

from noctule.runs.view import applied
from tests.unit.runs.fixtures import FIXTURES, dump, load
from tests.unit.runs.model import run

FILES = sorted(FIXTURES.glob("*.json"))


def test_there_are_fixtures() -> None:
    assert len(FILES) >= 20


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_records_give_the_operations(path: Path) -> None:
    fixture = load(path)
    if fixture.records is not None:
        assert [step.ops for step in run(fixture.start, fixture.records, limits=fixture.limits)] == fixture.ops


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_operations_give_the_view(path: Path) -> None:
    fixture = load(path)
    ops = [op for step in fixture.ops for op in step]
    assert applied(fixture.start, fixture.start.rev + len(fixture.ops), ops) == fixture.view


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_restart_before_any_record_changes_nothing(path: Path) -> None:
    fixture = load(path)
    for cut in range(len(fixture.records or ())):
        assert fixture.records is not None
        steps = run(fixture.start, fixture.records, limits=fixture.limits, cuts=frozenset({cut}))
        assert [step.ops for step in steps] == fixture.ops


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_named_as_it_says_and_loses_nothing_when_it_is_written(path: Path) -> None:
    fixture = load(path)
    assert fixture.name == path.stem
    assert dump(fixture) == path.read_bytes()
