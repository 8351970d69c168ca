"""Kernelspecs: finds `kernel.json` where Jupyter keeps it, and makes the command and environment of a kernel from it.

The search path is that of jupyter_core, whose import would cost an idle agent more time and memory than all the rest.
"""

import os
import re
import site
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Any, Literal

import msgspec

from noctule_agent.wire.values import Cause

from .base import KernelFailed

_NAME = re.compile(r"[a-z0-9._\-]+", re.IGNORECASE)


class KernelSpec(msgspec.Struct, frozen=True):
    argv: list[str]
    language: str = ""
    interrupt_mode: Literal["signal", "message"] = "signal"
    env: dict[str, str] = {}
    metadata: dict[str, Any] = {}
    resource_dir: str = ""


_DEFAULTS = {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}
"""ipykernel's debugger otherwise prints a warning about itself into the first outputs."""

_IPYKERNEL = "ipykernel_launcher"
_HISTORY_IN_MEMORY = "--HistoryManager.hist_file=:memory:"
"""As nbclient does: kernels of several notebooks would wait for each other's locks on one file, and read it."""

NATIVE = KernelSpec([sys.executable, "-m", _IPYKERNEL, "-f", "{connection_file}"], "python")


def find(name: str, environ: Mapping[str, str]) -> KernelSpec:
    """Raises KernelFailed when there is none, or it cannot be used."""
    if not _NAME.fullmatch(name):
        raise KernelFailed(Cause("kernelspec-invalid", f"{name!r} cannot be the name of a kernel."))
    for root in search_path(environ):
        for directory in (root / "kernels" / name, root / "kernels" / name.lower()):
            if (directory / "kernel.json").is_file():
                return _read(name, directory)
    if name.lower() == "python3":
        return NATIVE
    there = ", ".join(sorted(names(environ)))
    raise KernelFailed(
        Cause(
            "kernelspec-missing",
            f"There is no kernel named {name!r} in this runtime. There is: {there}. Install its kernelspec, or choose "
            "another kernel.",
        )
    )


def names(environ: Mapping[str, str]) -> set[str]:
    """Of all kernels that `find` finds."""
    found = (spec.parent.name for root in search_path(environ) for spec in root.glob("kernels/*/kernel.json"))
    return {"python3", *(name for name in found if _NAME.fullmatch(name))}


def search_path(environ: Mapping[str, str]) -> Iterator[Path]:
    """JUPYTER_PATH, then the environment's and the user's (in a virtual environment in this order), then the system's."""
    yield from (Path(part) for part in environ.get("JUPYTER_PATH", "").split(os.pathsep) if part)
    home = Path(environ.get("HOME") or Path.home())
    share = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    user = [Path(environ.get("JUPYTER_DATA_DIR") or share / "jupyter")]
    if site.ENABLE_USER_SITE and site.USER_BASE:
        user.append(Path(site.USER_BASE, "share", "jupyter"))
    env = [Path(sys.prefix, "share", "jupyter")]
    yield from (env + user if _prefers_environment(environ) else user + env)
    yield from (Path("/usr/local/share/jupyter"), Path("/usr/share/jupyter"))


def command(spec: KernelSpec, connection_file: Path) -> list[str]:
    values = {"connection_file": str(connection_file), "prefix": sys.prefix, "resource_dir": spec.resource_dir}
    argv = list(spec.argv)
    major, minor = sys.version_info[:2]
    if argv[0] in ("python", f"python{major}", f"python{major}.{minor}"):
        argv[0] = sys.executable
    if _IPYKERNEL in argv:
        argv.append(_HISTORY_IN_MEMORY)
    return [re.sub(r"\{([A-Za-z0-9_]+)\}", lambda m: values.get(m[1], m[0]), part) for part in argv]


def environment(
    spec: KernelSpec, argv: list[str], environ: Mapping[str, str], extra: Mapping[str, str]
) -> dict[str, str]:
    """The agent's own, the kernelspec's, then `extra`; so that what cells start is of the kernel's own environment."""
    env = _DEFAULTS | {key: value for key, value in environ.items() if key != "PYTHONEXECUTABLE"}
    env |= {key: Template(value).safe_substitute(env) for key, value in spec.env.items()}
    program = Path(argv[0])
    if program.is_absolute() and program.name.startswith("python"):
        _activate(env, program.parent)
    elif program.is_absolute() and str(program.parent) not in env.get("PATH", os.defpath).split(os.pathsep):
        env["PATH"] = os.pathsep.join([str(program.parent), env.get("PATH", os.defpath)])
    return env | dict(extra)


def _activate(env: dict[str, str], programs: Path) -> None:
    """As the environment's own `activate`: its programs come first, so that `!pip` and `!uv pip` install where `import`
    looks, whatever environment the agent was started from."""
    path = env.get("PATH", os.defpath).split(os.pathsep)
    env["PATH"] = os.pathsep.join([str(programs), *(part for part in path if part != str(programs))])
    env.pop("VIRTUAL_ENV", None)
    if (programs.parent / "pyvenv.cfg").is_file():
        env["VIRTUAL_ENV"] = str(programs.parent)


def _read(name: str, directory: Path) -> KernelSpec:
    try:
        spec = msgspec.json.decode((directory / "kernel.json").read_bytes(), type=KernelSpec)
    except (msgspec.MsgspecError, OSError) as error:
        raise KernelFailed(
            Cause("kernelspec-invalid", f"The kernelspec of {name!r} cannot be read: {error}", {"path": str(directory)})
        ) from error
    provisioner = spec.metadata.get("kernel_provisioner", {}).get("provisioner_name", "local-provisioner")
    if provisioner != "local-provisioner" or not spec.argv:
        raise KernelFailed(
            Cause("kernelspec-unsupported", f"The kernel {name!r} is not a process of this machine ({provisioner}).")
        )
    return msgspec.structs.replace(spec, resource_dir=str(directory))


def _prefers_environment(environ: Mapping[str, str]) -> bool:
    wish = environ.get("JUPYTER_PREFER_ENV_PATH")
    if wish is not None:
        return wish.lower() not in ("no", "n", "false", "off", "0", "0.0")
    return sys.prefix != sys.base_prefix
