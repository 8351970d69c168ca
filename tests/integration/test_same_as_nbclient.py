"""What `noctule run` writes is what nbclient writes, for notebooks with every kind of output (tests/fixtures/notebooks).

Public notebooks are compared by scripts/compare_with_nbclient.py: they need the network and packages of their own.
"""

import copy
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.support.comparison import compare
from tests.support.reference import Options, compare_one
from tests.support.server import ServerProcess

NOTEBOOKS = sorted((Path(__file__).parents[1] / "fixtures" / "notebooks").glob("*.ipynb"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    server = ServerProcess(tmp_path_factory.mktemp("server") / "data")
    try:
        await server.start()
        yield server
    finally:
        await server.sweep()


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.asyncio(loop_scope="module")
async def test_the_outputs_are_those_of_nbclient(notebook: Path, server: ServerProcess) -> None:
    compared = await compare_one(notebook, server, Options(seconds=60))
    assert not compared.trouble
    assert compared.comparison is not None
    assert not compared.comparison.differences, "\n".join(map(str, compared.comparison.differences))


def executed(**changed: Any) -> dict[str, Any]:
    output = {"output_type": "stream", "name": "stdout", "text": ["1\n", "2\n"]}
    cell = {
        "cell_type": "code",
        "id": "c",
        "source": ["print(1)"],
        "metadata": {},
        "execution_count": 1,
        "outputs": [output],
    }
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{**cell, **changed}]}


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"outputs": []}, "cell 1, output 1"),
        ({"outputs": [{"output_type": "stream", "name": "stdout", "text": "1\n"}]}, "cell 1, output 1, stdout"),
        ({"outputs": [{"output_type": "stream", "name": "stdout", "text": "2\n1\n"}]}, "cell 1, output 1, stdout"),
        ({"outputs": [{"output_type": "stream", "name": "stderr", "text": "1\n2\n"}]}, "cell 1, output 1, streams"),
        ({"execution_count": 2}, "cell 1, execution_count"),
        ({"metadata": {"tags": ["x"]}}, "cell 1, metadata"),
        ({"source": "print(2)"}, "cell 1, source"),
    ],
)
def test_the_comparison_notices(changed: dict[str, Any], where: str) -> None:
    found = compare(executed(), None, executed(**changed)).differences
    assert [one.where for one in found] == [where]


def test_the_comparison_takes_a_second_run_as_chance_only_where_that_differs_too() -> None:
    other = executed(outputs=[{"output_type": "stream", "name": "stdout", "text": "0.123\n"}])
    again = copy.deepcopy(other)
    assert compare(executed(), again, json.loads(json.dumps(other))).by_chance == 1
    assert compare(executed(), executed(), other).differences
