"""What a name in a folder is: its kind, its size, its birth mark. It may look, and does nothing else; it follows nothing.

`statx(2)` tells the time of birth, which `os.stat` does not. Where there is no statx (an old kernel, a sandbox that refuses it),
`os.stat` says the rest, and nothing is known by its birth.
"""

import ctypes
import errno
import os
import platform
import stat
import struct
import threading
from collections.abc import Callable
from functools import partial
from typing import Literal

import msgspec

from noctule.store.rows import Mark

Kind = Literal["folder", "file", "other"]

SPARSE_BYTES = 1024 * 1024
"""A file that takes less than its size on the disk, by more than this, is sparse: small ones may lie in their inodes."""

_NUMBERS = {"x86_64": 332, "aarch64": 291}
_FLAGS = 0x100 | 0x800
"""AT_SYMLINK_NOFOLLOW, AT_NO_AUTOMOUNT."""
_BORN = 0x800
_WANTED = 0x7FF | _BORN
"""STATX_BASIC_STATS, STATX_BTIME."""
_MISSING = (errno.ENOSYS, errno.EPERM, errno.EINVAL)
"""There is no statx, or somebody's filter does not know it."""
_NS = 1_000_000_000
_KINDS: dict[int, Kind] = {stat.S_IFREG >> 12: "file", stat.S_IFDIR >> 12: "folder"}
"""By the upper bits of a mode."""


class Looked(msgspec.Struct, frozen=True):
    """`size` is 0 of what is no file; `taken`: bytes on the disk."""

    kind: Kind
    size: int
    mtime_ns: int
    taken: int
    mark: Mark

    def same_file(self, other: "Looked | None") -> bool:
        """Enough to notice a change cheaply, as it was always done: the size and the moment of the last change."""
        return other is not None and (self.kind, self.size, self.mtime_ns) == (other.kind, other.size, other.mtime_ns)

    @property
    def weight(self) -> int:
        """Bytes that count: the size, and of a sparse file what it takes on the disk."""
        return self.size if self.size - self.taken <= SPARSE_BYTES else self.taken


# struct statx: mask, mode, inode, size, blocks, born (s, ns), modified (s, ns), device (major, minor).
_LAYOUT = struct.Struct("=I24xH2xQQQ24xqI20xqI12xII")
_STATX_BYTES = 256


class _Room(threading.local):
    """Where the kernel writes: one for each thread, for making one takes longer than the call."""

    def __init__(self) -> None:
        self.into = (ctypes.c_char * _STATX_BYTES)()
        self.pointer = ctypes.c_void_p(ctypes.addressof(self.into))


_Call = Callable[[int, bytes, int, int, ctypes.c_void_p], int]


def _found() -> _Call | None:
    """libc's statx, or the call itself, or neither. Their arguments are given no types: checking them takes a third of the time."""
    libc = ctypes.CDLL(None, use_errno=True)
    if hasattr(libc, "statx"):
        by_libc: _Call = libc.statx
        return by_libc
    number = _NUMBERS.get(platform.machine())
    return None if number is None else partial(libc.syscall, number)


_statx = _found()
_room = _Room()


def look(folder: int, name: bytes) -> Looked | None:
    """What is there under this name (without a zero byte) of an opened folder; None: nothing. Raises OSError."""
    if _statx is None:
        return _by_stat(folder, name)
    room = _room
    if _statx(folder, name, _FLAGS, _WANTED, room.pointer) == 0:
        return _read(room.into)
    number = ctypes.get_errno()
    if number == errno.ENOENT:
        return None
    if number in _MISSING:
        return _by_stat(folder, name)
    raise OSError(number, os.strerror(number))


def _read(into: "ctypes.Array[ctypes.c_char]") -> Looked:
    mask, mode, inode, size, blocks, born, born_ns, changed, changed_ns, major, minor = _LAYOUT.unpack_from(into)
    kind = _KINDS.get(mode >> 12, "other")
    mark = Mark(os.makedev(major, minor), inode, born * _NS + born_ns if mask & _BORN else None)
    return Looked(kind, size if kind == "file" else 0, changed * _NS + changed_ns, blocks * 512, mark)


def _by_stat(folder: int, name: bytes) -> Looked | None:
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    kind = _KINDS.get(found.st_mode >> 12, "other")
    size = found.st_size if kind == "file" else 0
    return Looked(kind, size, found.st_mtime_ns, found.st_blocks * 512, Mark(found.st_dev, found.st_ino, None))
