"""Templates run to their end by a real kernel, in a runtime of their own, and say nothing on standard error."""

import asyncio
import importlib
import importlib.util
import json
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from noctule import templates
from tests.support.server import ServerProcess

SECONDS = 300
ACCURACY_FLOOR = 0.95
"""Chance is 0.33."""
HAS_TORCH = importlib.util.find_spec("torch") is not None

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Ran:
    """An executed template."""

    def __init__(self, nb: dict[str, Any]) -> None:
        self.outputs: dict[str, list[dict[str, Any]]] = {cell["id"]: cell.get("outputs", []) for cell in nb["cells"]}

    def text(self, stream: str) -> str:
        """All that was written to it, by whatever cell."""
        found = [one for outputs in self.outputs.values() for one in outputs if one.get("name") == stream]
        return "".join("".join(one["text"]) for one in found)

    def pictures(self) -> int:
        return sum("image/png" in one.get("data", {}) for outputs in self.outputs.values() for one in outputs)


class Runner:
    """Runs templates on one server; what was run in the same way before is not run again."""

    def __init__(self, server: ServerProcess, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._ran: dict[tuple[str, ...], Ran] = {}

    async def __call__(self, template_id: str, *params: str) -> Ran:
        key = (template_id, *params)
        if key not in self._ran:
            self._ran[key] = await self._run(*key)
        return self._ran[key]

    async def _run(self, template_id: str, *params: str) -> Ran:
        given, output = self._folder / f"{template_id}.ipynb", self._folder / f"{template_id}.{len(self._ran)}.ipynb"
        given.write_bytes(templates.read(template_id))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "noctule", "run", str(given), "-o", str(output), "--timeout", str(SECONDS)),
            *("--server", self._server.url, "--token", self._server.token),
            *(part for param in params for part in ("--param", param)),
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await process.communicate()
        assert process.returncode == 0, said.decode(errors="replace")
        return Ran(json.loads(output.read_bytes()))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ran(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Runner]:
    # Once on each machine matplotlib looks for fonts, and warns when that takes long.
    await asyncio.to_thread(importlib.import_module, "matplotlib.font_manager")
    folder = tmp_path_factory.mktemp("templates")
    server = ServerProcess(folder / "data")
    try:
        await server.start()
        yield Runner(server, folder)
    finally:
        await server.sweep()


@pytest.mark.parametrize("template_id", [template.id for template in templates.all()])
async def test_it_runs_to_the_end_and_says_nothing_on_standard_error(template_id: str, ran: Runner) -> None:
    found = await ran(template_id)
    assert found.text("stderr") == ""
    assert found.text("stdout") != ""
    assert found.pictures() >= 1


def accuracy(found: Ran) -> float:
    said = re.search(r"accuracy ([\d.]+) on 600 points", found.text("stdout"))
    assert said is not None
    return float(said[1])


async def test_numpy_trains_when_it_is_asked_for_and_goes_on_from_its_checkpoint(ran: Runner) -> None:
    found = await ran("train-a-model", "use=NumPy", "epochs=30")
    assert "Trains with NumPy, as you asked." in found.text("stdout")
    assert "spirals.npz holds 30 epochs" in found.text("stdout")
    assert "with NumpyModel" in found.text("stdout")
    assert accuracy(found) >= ACCURACY_FLOOR


@pytest.mark.skipif(HAS_TORCH, reason="PyTorch is installed here")
async def test_numpy_trains_where_there_is_no_pytorch_and_says_so(ran: Runner) -> None:
    found = await ran("train-a-model")
    assert accuracy(found) >= ACCURACY_FLOOR
    for each in (found, await ran("train-a-model", "use=PyTorch on the CPU", "epochs=10")):
        assert "Trains with NumPy, because PyTorch is not installed" in each.text("stdout")
        assert "with NumpyModel" in each.text("stdout")


@pytest.mark.skipif(not HAS_TORCH, reason="PyTorch is not installed in the kernel's environment")
async def test_pytorch_trains_where_it_is_and_says_on_what(ran: Runner) -> None:
    found = await ran("train-a-model")
    assert re.search("Trains with PyTorch on (a GPU: |the CPU, because it sees no CUDA GPU)", found.text("stdout"))
    assert "spirals.pt holds 40 epochs" in found.text("stdout")
    assert "with TorchModel" in found.text("stdout")
    assert accuracy(found) >= ACCURACY_FLOOR
