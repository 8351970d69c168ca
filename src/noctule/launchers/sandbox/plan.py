"""What a builder is told: one sandbox, with every path of the host in it. Written by the launcher, read by the builder. Only types."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

AGENT_DIRECTORY: Final = "/var/lib/noctule"
CONTENT: Final = "/content"
SOCKETS: Final = "/run/noctule"
"""Where a sandbox has the directory of its agent, its files, and the server's socket."""


class Layer(msgspec.Struct, frozen=True):
    """A directory of the host that is seen at `target`, and may be changed there: what is changed lies on the sandbox's disk.

    `masks` lie over it, the first one topmost. `first`, `count`: which ids of its files are those from 0 on inside; others are
    nobody's. `name` tells its changes on the disk from those of other layers.
    """

    name: str
    source: str
    target: str
    first: int = 0
    count: int = 1000
    masks: Sequence[str] = ()


class Disk(msgspec.Struct, frozen=True):
    """`image` None: no loop devices here, it is memory. `size` in bytes; `reserved` of them only for the agent."""

    image: str | None
    size: int
    inodes: int
    reserved: int


class Network(msgspec.Struct, frozen=True):
    """`pasta` None: there is no way out. `closed`: ranges that are refused; `open`: addresses in these that are not."""

    pasta: str | None
    closed: Sequence[str] = ()
    open: Sequence[str] = ()


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`runtime` is the program (crun, runc), `state` where it keeps what it knows of its containers.

    `counters`: directories of its control groups, by the path at which they are read inside.

    `root` is the layer of `/`, `layers` lie above it. `spec` is written into the agent's directory, `socket` is the directory with
    the server's socket for agents. `cgroups` are the files that a process writes its pid to.
    """

    name: str
    base: int
    runtime: str
    state: str
    root: Layer
    layers: Sequence[Layer]
    disk: Disk
    network: Network
    cgroups: Sequence[str]
    counters: Mapping[str, str]
    socket: str
    spec: bytes
    command: Sequence[str]
    environment: Mapping[str, str]
    resolv: str
    memory: int
    files: int
    hidden: Sequence[str] = ()
    """Directories of the host that the program must not see (a v2 hierarchy beside v1)."""


class Built(msgspec.Struct, frozen=True):
    """What a builder says. `pid`: of the first process, on the host."""

    pid: int
