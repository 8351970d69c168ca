"""`python -m noctule.launchers.sandbox.builder`: builds one sandbox of a plan (standard input) and starts it. Says its pid.

    builder              the plan is built; the last line of standard output is `{"pid": …}`
    builder log IMAGE    the end of the agent's log on a disk that nothing uses, on standard output

All of it happens in a mount namespace of this process: when it is gone, what it mounted lives on only in the container's own namespace,
and ends with that. When it fails, standard error says why, the status is 1, and nothing is left but what the plan names.

    1  a tmpfs at WORK, which every user may pass; the plan's paths on the host may be closed to others
    2  the disk image mounted; layers mapped to the sandbox's ids, laid over one another, changes on the disk
    3  this process enters the cgroup
    4  `create`: the container is there, its first process waits; the network is joined and closed
    5  `start`
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import msgspec

from noctule_agent.wire.limits import MB

from . import disk, kernel, network
from .oci import Bind, Box, config
from .plan import AGENT_DIRECTORY, CONTENT, SOCKETS, Built, Layer, Plan
from .ranges import SIZE

WORK: Final = Path("/run/noctule/box")
"""Where everything is put together. The same for all: no two of them see each other's."""
LOG_BYTES: Final = 4096
_SECONDS: Final = 60


def main() -> None:
    try:
        if sys.argv[1:2] == ["log"]:
            _enter_own_namespace()
            told = disk.tail(Path(sys.argv[2]), WORK / "disk", LOG_BYTES)
        else:
            told = msgspec.json.encode(build(msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)))
    except subprocess.CalledProcessError as error:
        said = (error.stderr or b"").decode("utf-8", "replace").strip()
        sys.exit(f"{error.cmd[0]}: {said or f'status {error.returncode}'}")
    except (OSError, network.NoNetwork, subprocess.TimeoutExpired) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    sys.stdout.buffer.write(told)


def build(plan: Plan) -> Built:
    _enter_own_namespace()
    for hidden in plan.hidden:
        kernel.mount("none", hidden, "tmpfs")
    place = WORK / "disk"
    disk.mount(plan.disk, place, plan.base)
    _lay(plan, place)
    box = Box(
        name=plan.name,
        base=plan.base,
        command=plan.command,
        environment=plan.environment,
        groups=[disk.KEEPER],
        binds=_binds(plan, place),
        memory=plan.memory,
        files=plan.files,
    )
    (WORK / "config.json").write_bytes(msgspec.json.encode(config(box)))
    for group in plan.cgroups:
        Path(group).write_text(str(os.getpid()))
    return Built(_start(plan, place))


def _enter_own_namespace() -> None:
    kernel.unshare(kernel.NEW_MOUNTS)
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    WORK.mkdir(mode=0o711, parents=True, exist_ok=True)
    kernel.mount("noctule", str(WORK), "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, f"mode=711,size={4 * MB}")
    for directory in ("disk", "rootfs", "layer"):
        (WORK / directory).mkdir()


def _lay(plan: Plan, place: Path) -> None:
    """The root, and in it the others, shortest path first."""
    rootfs = WORK / "rootfs"
    _overlay(plan.root, place, str(rootfs), plan.base)
    for layer in sorted(plan.layers, key=lambda layer: len(layer.target)):
        target = rootfs / layer.target.lstrip("/")
        for above in reversed((target, *target.parents)):
            if rootfs in above.parents:
                disk.own(above, plan.base)
        _overlay(layer, place, str(target), plan.base)


def _overlay(layer: Layer, place: Path, target: str, base: int) -> None:
    below = []
    for number, source in enumerate((*layer.masks, layer.source)):
        lower = WORK / "layer" / str(number)
        lower.mkdir(exist_ok=True)
        flags = kernel.ATTR_RDONLY | kernel.ATTR_NODEV | kernel.ATTR_NOSUID
        _bind_mapped(source, lower, (layer.first, base, layer.count), flags)
        below.append(lower)
    upper, work = disk.above(place, layer.name, base)
    lowers = ":".join(map(str, below))
    kernel.mount("overlay", target, "overlay", kernel.MS_NODEV, f"lowerdir={lowers},upperdir={upper},workdir={work}")
    for lower in below:
        # The overlay holds clones of its own.
        kernel.umount(str(lower), kernel.MNT_DETACH)


def _bind_mapped(source: str | Path, target: Path, ids: tuple[int, int, int], flags: int) -> None:
    """`ids`: the first on the file system, the first outside of it, and how many."""
    namespace = kernel.user_namespace([ids])
    tree = kernel.clone_tree(str(source))
    try:
        kernel.set_attributes(tree, flags, namespace)
        kernel.attach(tree, str(target))
    finally:
        os.close(tree)
        os.close(namespace)


def _binds(plan: Plan, place: Path) -> list[Bind]:
    (place / disk.AGENT / "spec.json").unlink(missing_ok=True)
    spec = os.open(place / disk.AGENT / "spec.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(spec, "wb") as file:
        file.write(plan.spec)
    for name in (disk.AGENT, disk.CONTENT):
        (WORK / name).mkdir()
        _bind_mapped(place / name, WORK / name, (0, plan.base, SIZE), kernel.ATTR_NODEV | kernel.ATTR_NOSUID)
    made = {
        "resolv.conf": plan.resolv,
        "hosts": "127.0.0.1 localhost noctule\n::1 localhost\n",
        "hostname": "noctule\n",
    }
    for name, text in made.items():
        (WORK / name).write_text(text)
        (WORK / name).chmod(0o644)
    return [
        Bind(str(WORK / disk.CONTENT), CONTENT, writable=True),
        Bind(str(WORK / disk.AGENT), AGENT_DIRECTORY, writable=True),
        Bind(plan.socket, SOCKETS),
        *(Bind(place, inside) for inside, place in sorted(plan.counters.items())),
        *(Bind(str(WORK / name), f"/etc/{name}") for name in made),
    ]


def _start(plan: Plan, place: Path) -> int:
    pid_file = WORK / "pid"
    runtime = [plan.runtime, "--root", plan.state]
    if "crun" in Path(plan.runtime).name:
        runtime += ["--cgroup-manager", "disabled"]
    log = disk.open_log(place, WORK / disk.AGENT)
    try:
        subprocess.run(  # noqa: S603 - the plan is the launcher's
            [*runtime, "create", "--bundle", str(WORK), "--pid-file", str(pid_file), plan.name],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            timeout=_SECONDS,
        )
    except subprocess.CalledProcessError as error:
        size = os.fstat(log).st_size
        error.stderr = os.pread(log, 2000, max(0, size - 2000))
        raise
    finally:
        os.close(log)
    pid = int(pid_file.read_text())
    try:
        network.join(pid, plan.network, WORK)
        disk.run(*runtime, "start", plan.name)
    except BaseException:
        disk.run(*runtime, "delete", "--force", plan.name)
        raise
    return pid


if __name__ == "__main__":
    main()
