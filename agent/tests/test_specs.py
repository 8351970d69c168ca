"""Our search for kernelspecs finds what jupyter_client's own manager finds."""

import json
import os
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from noctule_agent.kernels import specs
from noctule_agent.kernels.base import KernelFailed


def spec_at(directory: Path, **fields: object) -> None:
    directory.mkdir(parents=True)
    (directory / "kernel.json").write_text(json.dumps({"argv": ["x", "{connection_file}"], **fields}))


def test_every_spec_of_jupyters_manager_is_found_in_the_same_place() -> None:
    for name, directory in KernelSpecManager().find_kernel_specs().items():
        assert Path(specs.find(name, os.environ).resource_dir) == Path(directory)


def test_the_search_path_is_jupyters_also_with_jupyter_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec_at(tmp_path / "first" / "kernels" / "mine", display_name="first", language="bash")
    spec_at(tmp_path / "second" / "kernels" / "mine", display_name="second", language="bash")
    monkeypatch.setenv("JUPYTER_PATH", f"{tmp_path / 'first'}{os.pathsep}{tmp_path / 'second'}")
    theirs = KernelSpecManager().get_kernel_spec("mine")
    ours = specs.find("mine", os.environ)
    assert ours.resource_dir == theirs.resource_dir
    assert ours.argv == theirs.argv
    assert ours.language == theirs.language


def test_a_kernel_of_another_provisioner_is_refused_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metadata = {"kernel_provisioner": {"provisioner_name": "far-away"}}
    spec_at(tmp_path / "kernels" / "far", display_name="far", language="python", metadata=metadata)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    with pytest.raises(KernelFailed, match="far-away"):
        specs.find("far", os.environ)


def python_at(prefix: Path, *, virtual: bool) -> list[str]:
    (prefix / "bin").mkdir(parents=True)
    if virtual:
        (prefix / "pyvenv.cfg").write_text("")
    return [str(prefix / "bin" / "python"), "-m", "ipykernel_launcher"]


def test_programs_of_the_kernels_environment_come_first_also_where_they_were_last(tmp_path: Path) -> None:
    argv = python_at(tmp_path / "own", virtual=True)
    own = str(tmp_path / "own" / "bin")
    spec = specs.KernelSpec(argv, "python")
    for path in ("/usr/bin:/bin", f"/usr/bin:{own}:/bin", f"{own}:/usr/bin:/bin"):
        env = specs.environment(spec, argv, {"PATH": path, "VIRTUAL_ENV": "/of/the/server"}, {})
        assert env["PATH"] == f"{own}:/usr/bin:/bin"
        assert env["VIRTUAL_ENV"] == str(tmp_path / "own")


def test_a_kernel_of_no_virtual_environment_is_not_told_of_the_servers(tmp_path: Path) -> None:
    argv = python_at(tmp_path / "plain", virtual=False)
    env = specs.environment(specs.KernelSpec(argv, "python"), argv, {"VIRTUAL_ENV": "/of/the/server"}, {})
    assert "VIRTUAL_ENV" not in env


def test_a_kernel_of_another_language_finds_its_programs_as_the_person_does() -> None:
    argv, environ = ["/usr/bin/R", "--slave"], {"PATH": "/home/me/bin:/usr/bin", "VIRTUAL_ENV": "/home/me/env"}
    env = specs.environment(specs.KernelSpec(argv, "R"), argv, environ, {})
    assert (env["PATH"], env["VIRTUAL_ENV"]) == (environ["PATH"], environ["VIRTUAL_ENV"])
