"""System calls of Linux that Python has no word for: namespaces, and mounts by descriptor (open_tree, mount_setattr, move_mount; Linux 5.12).

Paths are resolved once, to a descriptor, and everything else is done to that. Knows nothing of runtimes. Raises OSError.
"""

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_libc = ctypes.CDLL(None, use_errno=True)

# One table for all architectures since Linux 5.1.
_OPEN_TREE: Final = 428
_MOVE_MOUNT: Final = 429
_MOUNT_SETATTR: Final = 442

_OPEN_TREE_CLONE: Final = 1
_OPEN_TREE_CLOEXEC: Final = os.O_CLOEXEC
_AT_FDCWD: Final = -100
_AT_EMPTY_PATH: Final = 0x1000
_MOVE_MOUNT_F_EMPTY_PATH: Final = 4
_ATTR_IDMAP: Final = 0x100000

ATTR_RDONLY: Final = 1
ATTR_NOSUID: Final = 2
ATTR_NODEV: Final = 4

MS_RDONLY: Final = 1
MS_NOSUID: Final = 2
MS_NODEV: Final = 4
MS_NOEXEC: Final = 8
MS_NOATIME: Final = 1024
MS_REMOUNT: Final = 32
MS_BIND: Final = 4096
MS_REC: Final = 16384
MS_PRIVATE: Final = 1 << 18
MNT_DETACH: Final = 2

NEW_MOUNTS: Final = 0x00020000
NEW_USER: Final = 0x10000000
NEW_NET: Final = 0x40000000

IdMap = Sequence[tuple[int, int, int]]
"""(first id inside, first id outside, how many), as in /proc/PID/uid_map."""


class _MountAttr(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("attr_set", "attr_clr", "propagation", "userns_fd")]


def mount(source: str, target: str, kind: str | None, flags: int = 0, data: str = "") -> None:
    """mount(2). `kind` None: the kind of file system does not matter (a bind, a change of flags)."""
    kind_bytes = None if kind is None else kind.encode()
    _check(
        _libc.mount(os.fsencode(source), os.fsencode(target), kind_bytes, ctypes.c_ulong(flags), data.encode()), target
    )


def umount(target: str, flags: int = 0) -> None:
    _check(_libc.umount2(os.fsencode(target), flags), target)


def unshare(flags: int) -> None:
    _check(_libc.unshare(flags), "unshare")


def enter(namespace: int, kind: int) -> None:
    """setns(2): the calling thread is in this namespace then."""
    _check(_libc.setns(namespace, kind), "setns")


def clone_tree(path: str) -> int:
    """A descriptor of a mount like the one at this path, attached nowhere. It is gone when the descriptor is closed."""
    return _call(
        _OPEN_TREE, _AT_FDCWD, os.fsencode(path), ctypes.c_uint(_OPEN_TREE_CLONE | _OPEN_TREE_CLOEXEC), name=path
    )


def set_attributes(tree: int, attributes: int, id_map: int | None = None) -> None:
    """Of a clone that is attached nowhere. `id_map`: a user namespace whose map the files' ids go through."""
    attr = _MountAttr(
        attr_set=attributes | (0 if id_map is None else _ATTR_IDMAP), userns_fd=0 if id_map is None else id_map
    )
    _call(
        _MOUNT_SETATTR,
        tree,
        b"",
        ctypes.c_uint(_AT_EMPTY_PATH),
        ctypes.byref(attr),
        ctypes.c_size_t(ctypes.sizeof(attr)),
        name="mount_setattr",
    )


def attach(tree: int, target: str) -> None:
    """The clone is mounted there."""
    _call(_MOVE_MOUNT, tree, b"", _AT_FDCWD, os.fsencode(target), ctypes.c_uint(_MOVE_MOUNT_F_EMPTY_PATH), name=target)


def user_namespace(ids: IdMap) -> int:
    """A descriptor of a new user namespace with this map, of users and groups alike. For `set_attributes`."""
    ready, tell_ready = os.pipe()
    go, tell_go = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            unshare(NEW_USER)
            os.write(tell_ready, b".")
            os.close(tell_go)
            os.read(go, 1)
        finally:
            os._exit(0)
    try:
        os.close(tell_ready)
        os.close(go)
        if not os.read(ready, 1):
            raise OSError("no user namespace could be made")
        for file in ("uid_map", "gid_map"):
            text = "".join(f"{inside} {outside} {count}\n" for inside, outside, count in ids)
            Path(f"/proc/{child}/{file}").write_text(text)
        return os.open(f"/proc/{child}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(ready)
        os.close(tell_go)
        os.waitpid(child, 0)


def _call(number: int, *arguments: object, name: str) -> int:
    result: int = _libc.syscall(ctypes.c_long(number), *arguments)
    _check(result, name)
    return result


def _check(result: int, name: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)
