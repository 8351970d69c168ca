"""What this machine gives to sandboxes: programs, control groups, the Python of notebooks, the skeleton; and a plan made of it.

    look_around   finds all of it, or says what is missing; runs nothing as a sandbox (probe.py does)
    Host.plan     the plan of one sandbox

Blocking. Raises Missing, OSError.
"""

import os
import resource
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

from noctule_agent.wire.limits import MB

from . import cgroups, network, ranges, skeleton
from .cgroups import Cgroups, Limits
from .disk import KEEPER
from .plan import AGENT_DIRECTORY, CONTENT, SOCKETS, Disk, Layer, Plan

Build = Callable[[Path], None]
Egress = Literal["policy", "none", "open"]
STATE: Final = Path("/run/noctule/oci")
IMAGE: Final = "disk.img"
SOCKET: Final = "agents.sock"
RESERVED_BYTES: Final = 32 * MB
BYTES_PER_INODE: Final = 8192
PROCESSES: Final = 2048
FILES: Final = 65_536
_PROGRAMS: Final = ("crun", "runc")
_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_UNIFIED_BESIDE_LEGACY: Final = Path("/sys/fs/cgroup/unified")
_ASK_PYTHON: Final = (
    "import json, sys, pathlib, noctule_agent as a;"
    "print(json.dumps({'executable': sys.executable, 'prefix': sys.prefix, 'base_prefix': sys.base_prefix,"
    " 'source': str(pathlib.Path(a.__file__).resolve().parent.parent)}))"
)


class Missing(Exception):
    """Something that a sandbox needs is not here. `advice`: how it comes here."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice


class Lack(msgspec.Struct, frozen=True):
    """What sandboxes of this machine go without. `advice`: how they get it."""

    what: str
    why: str
    advice: str


class SandboxSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`data`: where skeletons are kept. `sockets`: the directory of the server's socket for agents in sandboxes.

    `python`: that of notebooks. `program`: crun, runc or runsc by path; without it the first that is here. Sizes in bytes.
    """

    data: Path
    sockets: Path
    python: str = sys.executable
    program: str | None = None
    egress: Egress = "policy"
    cpus: float = 2.0
    memory: int = 8192 * MB
    disk: int = 51_200 * MB


class Python(msgspec.Struct, frozen=True):
    """An interpreter with the agent in it. `source`: the directory that the package `noctule_agent` is in."""

    executable: str
    prefix: str
    base_prefix: str
    source: str


class Bounds(msgspec.Struct, frozen=True):
    """Which parts of a sandbox are had here: a disk of its own (else memory), a way out (else none)."""

    disk: bool = True
    network: bool = True


class Host:
    """Made by `look_around`."""

    def __init__(
        self, settings: SandboxSettings, program: str, groups: Cgroups, python: Python, pasta: str | None
    ) -> None:
        self.settings = settings
        self.program = program
        self.cgroups = groups
        self.bounds = Bounds()
        self.pasta = pasta
        self._python = python
        self._building = threading.Lock()

    def python(self, *arguments: str) -> list[str]:
        """A command inside, of the Python of notebooks."""
        # -P: a file in the working directory must not take the place of a module.
        return [self._python.executable, "-P", *arguments]

    def plan(
        self,
        *,
        name: str,
        number: int,
        directory: Path,
        spec: bytes,
        command: Sequence[str],
        environment: Mapping[str, str],
        sockets: Path | None = None,
    ) -> Plan:
        """A sandbox with the ids of range `number`, its image in `directory`. `sockets`: in place of the server's."""
        settings, bounds = self.settings, self.bounds
        base = ranges.base_of(number)
        self.cgroups.make(name, Limits(settings.memory, settings.cpus, PROCESSES))
        below, mask = self._skeleton()
        pasta = self.pasta if bounds.network and settings.egress != "none" else None
        return Plan(
            name=name,
            base=base,
            runtime=self.program,
            state=str(STATE),
            root=Layer("root", str(below), "/"),
            layers=[Layer("usr", "/usr", "/usr", masks=[str(mask)]), *self._python_layers()],
            disk=self._disk(directory / IMAGE if bounds.disk else None),
            network=network.policy(pasta, closed=settings.egress == "policy"),
            cgroups=[str(place) for place in self.cgroups.places(name)],
            counters={inside: str(place) for inside, place in self.cgroups.seen(name).items()},
            socket=str(sockets or settings.sockets),
            spec=spec,
            command=command,
            environment={**self._environment(), **environment},
            resolv=network.resolv_conf(network.resolvers()),
            memory=settings.memory,
            # More than the server may open itself nobody may be given.
            files=min(FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),
            hidden=[str(_UNIFIED_BESIDE_LEGACY)] if _UNIFIED_BESIDE_LEGACY.is_dir() else [],
        )

    def _disk(self, image: Path | None) -> Disk:
        size = self.settings.disk
        return Disk(str(image) if image else None, size, size // BYTES_PER_INODE, RESERVED_BYTES)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self._python.prefix}/bin:{_PATH}",
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "SHELL": "/bin/bash",
            "DEBIAN_FRONTEND": "noninteractive",
        }

    def _python_layers(self) -> list[Layer]:
        """Those directories that /usr does not bring, none twice."""
        python = self._python
        wanted = {"env": python.prefix, "python": python.base_prefix, "agent": python.source}
        layers: list[Layer] = []
        for name, path in wanted.items():
            place = Path(path).resolve()
            if not any(place.is_relative_to(known) for known in ("/usr", *(layer.source for layer in layers))):
                layers.append(_layer(name, place))
        return layers

    def _skeleton(self) -> tuple[Path, Path]:
        """Of the host as it is now; built when the host has changed."""
        with self._building:
            key = skeleton.key()
            below, mask = (self.settings.data / f"{kind}-{key}" for kind in ("skeleton", "mask"))
            _build_once(below, skeleton.build)
            _build_once(mask, skeleton.build_mask)
            return below, mask


def look_around(settings: SandboxSettings) -> Host:
    """Raises Missing."""
    if os.geteuid() != 0:
        raise Missing("The server does not run as root.", "Start it as root, as a service of the system does.")
    program = settings.program or next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None or shutil.which(program) is None:
        raise Missing("There is no OCI runtime.", "Install one: apt-get install crun")
    for wanted, package in (("mkfs.ext4", "e2fsprogs"), ("ip", "iproute2")):
        if shutil.which(wanted, path=_PATH) is None:
            raise Missing(f"There is no {wanted}.", f"Install it: apt-get install {package}")
    try:
        groups = cgroups.find()
    except cgroups.NoCgroups as error:
        raise Missing(
            f"There are {error}.", "Mount a cgroup hierarchy, or give the container of the server one."
        ) from error
    python = _ask(settings.python)
    for path in (python.prefix, python.base_prefix, python.source):
        if settings.data.resolve().is_relative_to(Path(path).resolve()) and not path.startswith("/usr"):
            advice = "Keep the data somewhere else: --data DIR"
            raise Missing(f"The data directory lies in the Python environment {path}, which sandboxes see.", advice)
    return Host(settings, program, groups, python, shutil.which("pasta"))


def agent_spec(spec: bytes) -> bytes:
    """What the agent reads, of a launch: with the places that are inside."""
    told = {**msgspec.json.decode(spec), "server": f"unix://{SOCKETS}/{SOCKET}", "content": CONTENT}
    return msgspec.json.encode({**told, "reserve_group": KEEPER, "env": {}})


def agent_command(host: Host) -> list[str]:
    return host.python("-m", "noctule_agent", "--directory", AGENT_DIRECTORY)


def _layer(name: str, place: Path) -> Layer:
    """Whose the directory is, is root inside; of others' files there what everybody may read is seen."""
    owner = place.stat().st_uid
    return Layer(name, str(place), str(place), first=owner, count=1000 if owner == 0 else 1)


def _ask(python: str) -> Python:
    try:
        told = subprocess.run([python, "-P", "-c", _ASK_PYTHON], check=True, capture_output=True, timeout=60)  # noqa: S603 - of the settings
        return msgspec.json.decode(told.stdout, type=Python)
    except subprocess.CalledProcessError as error:
        last = error.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise Missing(f"{python} does not run the agent: {last}", f"{python} -m pip install noctule-agent") from error
    except (OSError, subprocess.TimeoutExpired, msgspec.DecodeError) as error:
        raise Missing(
            f"{python} cannot be run: {error}", "Set kernel_python to a Python with noctule-agent."
        ) from error


def _build_once(target: Path, build: Build) -> None:
    if target.exists():
        return
    draft = target.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    build(draft)
    draft.rename(target)
