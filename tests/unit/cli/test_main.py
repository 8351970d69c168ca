"""The commands as a person types them: options, words, exit codes. What commands do is tested with what they are made of."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from noctule.cli.main import _options
from noctule.config import SETTINGS, load

NOCTULE = [sys.executable, "-m", "noctule"]


def noctule(*arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """The command, with a wide terminal and only these variables of ours."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NOCTULE_")}
    return subprocess.run(
        [*NOCTULE, *arguments],
        env=clean | {"COLUMNS": "400"} | environ,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['noctule', '--help']\nfrom noctule.cli.main import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'rich', 'httpx', 'litestar', 'sqlalchemy', 'uvicorn', 'pycrdt', 'asyncio'} & sys.modules.keys()))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert found.stdout.splitlines()[-1] == "[]"


def test_serve_has_a_flag_for_every_setting() -> None:
    text = noctule("serve", "--help").stdout
    for setting in SETTINGS:
        assert setting.flag in text, setting.name
    assert "--no-browser" in text


def test_a_setting_that_will_not_do_is_named_with_its_source_and_exits_2(tmp_path: Path) -> None:
    found = noctule("serve", "--data", str(tmp_path), NOCTULE_PORT="x")
    assert found.returncode == 2
    assert found.stdout == ""
    assert "`port` from the environment variable NOCTULE_PORT" in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "none.ipynb"],
        ["run", "a.ipynb", "--param", "1x=2"],
        ["run", "a.ipynb", "-o", "b.ipynb", "--inplace"],
        ["run", "a.ipynb", "--detach", "-o", "b.ipynb"],
        ["run", "a.ipynb", "--server", "nowhere"],
        ["runs", "show", "x", "--server", "http://127.0.0.1:1"],
        ["runs", "list"],
        ["runs", "show"],
        ["no-such-command"],
    ],
)
def test_what_cannot_be_done_as_it_was_asked_exits_2_and_says_why(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}')
    paths = [str(tmp_path / each) if each.endswith(".ipynb") else each for each in arguments]
    found = noctule(*paths, NOCTULE_DATA=str(tmp_path / "data"))
    assert found.returncode == 2
    assert found.stdout == ""
    assert found.stderr.strip()
    assert "Traceback" not in found.stderr


def test_stop_without_a_server_says_so_and_is_content(tmp_path: Path) -> None:
    found = noctule("stop", "--data", str(tmp_path))
    assert found.returncode == 0
    assert "No server runs" in found.stderr
    found = noctule("stop", "--runtimes", "--data", str(tmp_path))
    assert found.returncode == 0
    assert "No runtime was left" in found.stderr


def test_doctor_tells_what_is_well_and_what_is_not(tmp_path: Path) -> None:
    found = noctule("doctor", "--data", str(tmp_path))
    assert found.returncode == 0, found.stdout
    assert "python3" in found.stdout
    found = noctule("doctor", "--data", str(tmp_path), "--kernel-python", "/none/python")
    assert found.returncode == 1
    assert "!!  Kernels" in found.stdout
    assert "/none/python" in found.stdout


def test_a_server_started_for_a_run_gets_the_same_directory_and_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("pool_size = 2\n")
    config = load({"data": str(tmp_path)}, {}, file)
    assert _options(config) == ["--data", str(tmp_path), "--config", str(file)]
    assert _options(load({"data": str(tmp_path)}, {})) == ["--data", str(tmp_path)]
