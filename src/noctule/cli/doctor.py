"""`noctule doctor`: what this machine must offer, checked one by one, each with what to do about it. Changes nothing."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from noctule import instance
from noctule.cli.words import put
from noctule.config import SOCKET_PATH_BYTES, Config
from noctule.isolation import climb, launchers_of

LOW_DISK_BYTES: Final = 1024**3
SPECS_SECONDS: Final = 30
LIST_KERNELS: Final = """
import os
from noctule_agent.kernels.specs import search_path
found = {file.parent.name for root in search_path(os.environ) for file in root.glob("kernels/*/kernel.json")}
print(*sorted(found))
"""


class Finding(msgspec.Struct, frozen=True):
    """`well` None: worth knowing, and no fault."""

    what: str
    well: bool | None
    words: str


def doctor(config: Config) -> int:
    """1 when something keeps Noctule from working."""
    findings = [check(config) for check in CHECKS]
    for each in findings:
        mark = {True: "ok", False: "!!", None: "--"}[each.well]
        put(f"{mark}  {each.what:<15} {each.words}")
    return 1 if any(each.well is False for each in findings) else 0


def _python(_: Config) -> Finding:
    return Finding("Python", True, f"{sys.version.split()[0]} at {sys.executable}")


def _data(config: Config) -> Finding:
    """The first directory that exists on the way says whether it could be made."""
    place = next(path for path in (config.data, *config.data.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        return Finding(
            "Data directory", False, f"{config.data} is not writable ({error.strerror}). Choose one with --data."
        )
    return Finding("Data directory", True, str(config.data))


def _disk(config: Config) -> Finding:
    place = next(path for path in (config.data, *config.data.parents) if path.exists())
    free = shutil.disk_usage(place).free
    words = f"{free / 1024**3:.1f} GiB free"
    if free < LOW_DISK_BYTES:
        return Finding("Disk", False, f"{words}: outputs may not fit. Make room, or move the data with --data.")
    return Finding("Disk", True, words)


def _server(config: Config) -> Finding:
    holder = instance.holder(config.data)
    if holder is None:
        return Finding("Server", None, "none runs on this data directory")
    reached = instance.reach(config.data)
    where = f" at {reached.url}" if reached is not None else ""
    return Finding("Server", True, f"process {holder.pid}{where}")


def _port(config: Config) -> Finding:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((config.host, config.port))
        except OSError as error:
            free = "the next free one is taken" if config.source("port").kind == "default" else "choose another"
            return Finding("Port", None, f"{config.host}:{config.port}: {error.strerror}; {free}")
    return Finding("Port", True, f"{config.host}:{config.port} is free")


def _socket(config: Config) -> Finding:
    length = len(os.fsencode(config.socket))
    if length > SOCKET_PATH_BYTES:
        return Finding("Agent socket", False, f"{config.socket} has {length} bytes; {SOCKET_PATH_BYTES} is the most.")
    return Finding("Agent socket", True, str(config.socket))


def _isolation(config: Config) -> Finding:
    """By running something at each level. What a better one wants is told."""
    standing = climb(config, launchers_of(config)).standing
    wanted = "; ".join(f"{each.level}: {each.why} {each.advice}" for each in standing.rejected)
    if standing.level is None:
        return Finding("Isolation", False, f"no level that is allowed works, so no code is run. {wanted}")
    lacks = "; ".join(f"without {each.what}: {each.why} {each.advice}" for each in standing.lacks)
    words = ". ".join(filter(None, (f"`{standing.level}`", lacks, wanted)))
    return Finding("Isolation", True if standing.isolated and not standing.lacks else None, words)


def _kernels(config: Config) -> Finding:
    """As the agent will see them: asked of the Python that starts it."""
    python = config.kernel_python or Path(sys.executable)
    try:
        found = subprocess.run(  # noqa: S603 - the Python of the settings, and our own code
            [str(python), "-P", "-c", LIST_KERNELS], capture_output=True, text=True, timeout=SPECS_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("Kernels", False, f"{python} cannot be started: {error}")
    if found.returncode != 0:
        last = (found.stderr.strip().splitlines() or ["it failed"])[-1]
        return Finding("Kernels", False, f"{python}: {last}. Install noctule-agent there, or set kernel_python.")
    names = found.stdout.split()
    if not names:
        return Finding("Kernels", False, f"{python} finds none. Install ipykernel there, or set kernel_python.")
    return Finding("Kernels", True, ", ".join(names))


CHECKS: Final[tuple[Callable[[Config], Finding], ...]] = (
    _python,
    _data,
    _disk,
    _kernels,
    _isolation,
    _socket,
    _port,
    _server,
)
