"""Which Noctule answers, and what is started before it can: a run's own runtime, while its directory is nobody else's."""

import json
import os
from pathlib import Path

import psutil
import pytest

from noctule import instance
from noctule.cli.connect import Elsewhere, Here, Taken, hurried
from noctule.config import Config, load
from noctule.launchers import procfs
from noctule.launchers.process import RUNTIME_VARIABLE


def here(home: Path) -> Here:
    return Here(load({"data": str(home / "data")}, {}))


def notebook(home: Path, metadata: object) -> Path:
    path = home / "nb.ipynb"
    path.write_text(json.dumps({"metadata": metadata, "nbformat": 4, "nbformat_minor": 5, "cells": []}))
    return path


def names(directory: Path) -> list[str]:
    return sorted(entry.name for entry in directory.iterdir())


def started(config: Config) -> list[psutil.Process]:
    """The processes of the one runtime that is there, which must be alive."""
    (runtime_id,) = names(config.runtimes)
    found = [psutil.Process(pid) for pid in procfs.marked(RUNTIME_VARIABLE, runtime_id)]
    assert found != []
    return found


@pytest.mark.parametrize(
    ("metadata", "name"),
    [({}, "python3"), ({"kernelspec": {"name": ""}}, "python3"), ({"kernelspec": {"name": "ir", "x": 1}}, "ir")],
)
def test_the_runtime_of_a_notebook_starts_at_once_and_goes_when_it_is_not_wanted(
    tmp_path: Path, metadata: object, name: str
) -> None:
    place = here(tmp_path)
    with hurried(place, notebook(tmp_path, metadata)) as taken:
        assert isinstance(taken, Taken)
        assert taken.head.ahead.spec_name == name
        processes = started(place.config)
        holder = instance.holder(place.config.data)
        assert holder == instance.Holder(os.getpid(), "run")
    assert not any(process.is_running() for process in processes)
    assert names(place.config.runtimes) == []
    assert instance.holder(place.config.data) is None


def test_a_failure_before_the_run_leaves_nothing(tmp_path: Path) -> None:
    place = here(tmp_path)
    processes = []

    def fail() -> None:
        with hurried(place, notebook(tmp_path, {})):
            processes.extend(started(place.config))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert not any(process.is_running() for process in processes)
    assert instance.holder(place.config.data) is None


def test_nothing_is_started_for_what_is_no_notebook_or_elsewhere(tmp_path: Path) -> None:
    place = here(tmp_path)
    broken = tmp_path / "broken.ipynb"
    broken.write_text("{")
    for path in (broken, tmp_path / "missing.ipynb", notebook(tmp_path, [])):
        with hurried(place, path) as same:
            assert same is place
    elsewhere = Elsewhere("http://127.0.0.1:1", "t")
    with hurried(elsewhere, notebook(tmp_path, {})) as same_place:
        assert same_place is elsewhere
    assert not place.config.data.exists()


def test_nothing_is_started_where_another_process_has_the_directory(tmp_path: Path) -> None:
    place = here(tmp_path)
    claim = instance.claim(place.config, "serve")
    try:
        with hurried(place, notebook(tmp_path, {})) as same:
            assert same is place
    finally:
        claim.release()
