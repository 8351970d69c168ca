"""From a path to a file, never out of the root: symbolic links are followed only where they stay beneath it, or not at all.

`openat2` with RESOLVE_BENEATH does it in the kernel; where there is none (an old kernel, a sandbox) the path is walked part by
part, each opened without following, each link read and walked in its turn. What is found is held by an O_PATH descriptor, which
opens nothing: a pipe or a device is looked at, never touched.
"""

import ctypes
import errno
import os
import stat
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

from .names import Parts

LINKS = 40
"""Followed on one path, as in the kernel."""
_OPENAT2 = 437
PATH_MAX = 4096
"""The kernel takes no longer path at once, its closing zero included."""
_BENEATH = 0x02 | 0x08
"""RESOLVE_NO_MAGICLINKS, RESOLVE_BENEATH."""
_NO_LINKS = 0x04
"""RESOLVE_NO_SYMLINKS."""
_AGAIN = 16
_PLACE = os.O_PATH | os.O_CLOEXEC
_libc = ctypes.CDLL(None, use_errno=True)


class _How(ctypes.Structure):
    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


class NotRegular(OSError):
    """It is neither a file nor a folder, or not the one that was wanted."""


class Root:
    """Blocking: call it in a thread. Everything raises OSError."""

    def __init__(self, path: Path, *, in_kernel: bool | None = None, links: bool = True) -> None:
        """`in_kernel`: by openat2, or part by part; None: as this machine can.

        Without `links` none is followed, at no place of the path and wherever it leads: ELOOP. The path of the root itself is
        the caller's, and is opened as it is.
        """
        self._root = os.open(path, _PLACE | os.O_DIRECTORY)
        self._in_kernel = _can(self._root) if in_kernel is None else in_kernel
        self._resolve = _BENEATH if links else _BENEATH | _NO_LINKS
        self._links = LINKS if links else 0

    def close(self) -> None:
        if self._root >= 0:
            os.close(self._root)
            self._root = -1

    @contextmanager
    def at(self, parts: Parts) -> Iterator[int]:
        """An O_PATH descriptor of what is there; a link is followed, or refused."""
        path = b"/".join(parts) or b"."
        place = self._by_kernel(path) if self._in_kernel and len(path) < PATH_MAX else self._by_walking(parts)
        try:
            yield place
        finally:
            os.close(place)

    @contextmanager
    def folder(self, parts: Parts) -> Iterator[int]:
        """A descriptor to read the folder, and to work in it."""
        with self.at(parts) as place:
            opened = os.open(b".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=place)
        try:
            yield opened
        finally:
            os.close(opened)

    def file(self, parts: Parts) -> FileIO:
        """A regular file, to read. It closes itself."""
        with self.at(parts) as place:
            kind = os.fstat(place).st_mode
            if stat.S_ISDIR(kind):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            if not stat.S_ISREG(kind):
                raise NotRegular(errno.EINVAL, os.strerror(errno.EINVAL))
            return FileIO(os.open(f"/proc/self/fd/{place}", os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK))

    # --- two ways ---

    def _by_kernel(self, path: bytes) -> int:
        for _ in range(_AGAIN):
            try:
                return _openat2(self._root, path, self._resolve)
            except BlockingIOError:
                # Something on the path was moved at that moment, and the kernel could not be sure.
                continue
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    def _by_walking(self, parts: Parts) -> int:
        held = [os.dup(self._root)]
        try:
            todo = deque(parts)
            links = 0
            while todo:
                part = todo.popleft()
                if part == b"..":
                    _up(held)
                elif part not in (b"", b"."):
                    target = _down(held, part)
                    if target is not None:
                        links += 1
                        todo.extendleft(reversed(_followed(target, links <= self._links)))
            return held.pop()
        finally:
            for descriptor in held:
                os.close(descriptor)


def _up(held: list[int]) -> None:
    if len(held) == 1:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
    if not stat.S_ISDIR(os.fstat(held[-1]).st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    os.close(held.pop())


def _down(held: list[int], part: bytes) -> bytes | None:
    """Hold what is there; of a link, give what it says in place of that."""
    place = os.open(part, _PLACE | os.O_NOFOLLOW, dir_fd=held[-1])
    if not stat.S_ISLNK(os.fstat(place).st_mode):
        held.append(place)
        return None
    try:
        return os.readlink(b"", dir_fd=place)
    finally:
        os.close(place)


def _followed(target: bytes, may: bool) -> list[bytes]:
    """The parts to go on with, in place of a link to `target`."""
    if not may:
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    if target.startswith(b"/"):
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
    return target.split(b"/")


def _openat2(root: int, path: bytes, resolve: int = _BENEATH) -> int:
    how = _How(_PLACE, 0, resolve)
    opened: int = _libc.syscall(_OPENAT2, root, path, ctypes.byref(how), ctypes.sizeof(how))
    if opened < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return opened


def _can(root: int) -> bool:
    with suppress(OSError):
        os.close(_openat2(root, b"."))
        return True
    return False
