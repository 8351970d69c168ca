"""`%pip` and `!pip` with ipykernel: what a cell installs is what it imports, from no network, and gone again afterwards."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.tests.runtime import Runtime

NAME = "noctule_pip_trial"


@pytest.fixture
def wheel(tmp_path: Path) -> Iterator[Path]:
    """The smallest there is; whatever becomes of the test, it does not stay in this environment."""
    info = f"{NAME}-1.0.dist-info"
    path = tmp_path / f"{NAME}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{NAME}.py", "answer = 42\n")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {NAME}\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    yield path
    subprocess.run([sys.executable, "-m", "pip", "uninstall", "-q", "-y", NAME], check=True, capture_output=True)


@pytest.mark.parametrize("pip", ["%pip", "!pip"])
async def test_what_a_cell_installs_it_imports(runtime: Runtime, wheel: Path, pip: str) -> None:
    assert shutil.which("pip", path=str(Path(sys.executable).parent)), "the environment was not set up: `make setup`"
    server = runtime.server
    install = f"{pip} install --disable-pip-version-check --no-index --find-links {wheel.parent} {NAME}"
    await server.run(install, f"import {NAME}; print({NAME}.answer)")
    await server.end_of("b1-1")
    assert server.text("b1-1") == "42\n", server.text("b1-0")


async def test_programs_that_a_cell_starts_are_of_its_own_environment(runtime: Runtime) -> None:
    server = runtime.server
    await server.run("!which python pip; echo $VIRTUAL_ENV")
    await server.end_of("b1-0")
    programs = Path(sys.executable).parent
    said = f"{programs / 'python'}\n{programs / 'pip'}\n{programs.parent}\n"
    assert server.text("b1-0").replace("\r", "") == said
