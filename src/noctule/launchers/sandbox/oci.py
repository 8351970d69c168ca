"""The `config.json` of a sandbox (OCI runtime spec 1.0): what it may see and do. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from noctule_agent.wire.limits import KB, MB

from .ranges import SIZE
from .seccomp import profile

CAPABILITIES: Final = tuple(
    f"CAP_{name}"
    for name in (
        *("CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP"),
        # ping has file capabilities and could not be run without it; AF_PACKET is closed by the filter of system calls.
        *("SETUID", "SYS_CHROOT", "NET_RAW"),
    )
)
MASKED: Final = tuple(
    [f"/proc/{name}" for name in ("acpi", "asound", "kcore", "keys", "key-users", "kallsyms", "latency_stats")]
    + [f"/proc/{name}" for name in ("timer_list", "timer_stats", "sched_debug", "scsi", "config.gz", "interrupts")]
    + ["/proc/kpagecount", "/proc/kpageflags", "/proc/pressure", "/proc/swaps", "/proc/vmallocinfo"]
    + ["/sys/firmware", "/sys/devices/virtual/powercap", "/sys/devices/virtual/dmi", "/sys/kernel/debug"]
    + ["/sys/kernel/security", "/sys/fs/bpf", "/sys/fs/pstore"]
)
READ_ONLY: Final = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")
DEVICES_BYTES: Final = MB
"""`/dev` holds names; what is written there as a file would count as nobody's disk."""
OOM_SCORE: Final = 500


class Bind(msgspec.Struct, frozen=True):
    """What of the builder's namespace is seen at `target`."""

    source: str
    target: str
    writable: bool = False


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """One sandbox. `base`: the id of the host that is root inside. `memory` in bytes. `files`: how many may be open."""

    name: str
    base: int
    command: Sequence[str]
    environment: Mapping[str, str]
    groups: Sequence[int]
    binds: Sequence[Bind]
    memory: int
    files: int


def config(box: Box) -> dict[str, Any]:
    ids = [{"containerID": 0, "hostID": box.base, "size": SIZE}]
    return {
        "ociVersion": "1.0.2",
        "hostname": "noctule",
        "root": {"path": "rootfs", "readonly": False},
        "process": {
            "terminal": False,
            "user": {"uid": 0, "gid": 0, "additionalGids": list(box.groups)},
            "args": list(box.command),
            "cwd": "/content",
            "env": [f"{name}={value}" for name, value in sorted(box.environment.items())],
            "noNewPrivileges": True,
            "capabilities": {kind: list(CAPABILITIES) for kind in ("bounding", "effective", "permitted")},
            "rlimits": [
                {"type": "RLIMIT_NOFILE", "soft": box.files, "hard": box.files},
                {"type": "RLIMIT_CORE", "soft": 0, "hard": 0},
            ],
            "oomScoreAdj": OOM_SCORE,
        },
        "mounts": [*_own(box.memory), *map(_bind, box.binds)],
        "linux": {
            "namespaces": [{"type": kind} for kind in ("pid", "ipc", "uts", "mount", "cgroup", "network", "user")],
            "uidMappings": ids,
            "gidMappings": ids,
            "maskedPaths": list(MASKED),
            "readonlyPaths": list(READ_ONLY),
            "rootfsPropagation": "private",
            "seccomp": profile(),
        },
    }


def _own(memory: int) -> list[dict[str, Any]]:
    safe = ["nosuid", "noexec", "nodev"]
    return [
        _mount("/proc", "proc", safe),
        _mount("/dev", "tmpfs", ["nosuid", "strictatime", "mode=755", f"size={DEVICES_BYTES // KB}k"]),
        _mount("/dev/pts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
        # What is in it counts as the sandbox's memory.
        _mount("/dev/shm", "tmpfs", ["nosuid", "nodev", "mode=1777", f"size={memory // 2}"]),  # noqa: S108
        _mount("/dev/mqueue", "mqueue", safe),
        _mount("/sys", "sysfs", [*safe, "ro"]),
        # Its own control groups are bound here; there is no other.
        _mount("/sys/fs/cgroup", "tmpfs", [*safe, "mode=755", "size=64k"]),
        _mount("/run", "tmpfs", ["nosuid", "nodev", "mode=755", f"size={64 * MB}"]),
    ]


def _mount(target: str, kind: str, options: list[str]) -> dict[str, Any]:
    return {"destination": target, "type": kind, "source": kind, "options": options}


def _bind(bind: Bind) -> dict[str, Any]:
    # crun forgets nosuid and nodev of a writable bind in a user namespace: what is bound has them itself.
    options = ["rbind", "nosuid", "nodev", "rw" if bind.writable else "ro"]
    return {"destination": bind.target, "type": "none", "source": bind.source, "options": options}
