"""Copies a file, or a folder with what is below it. It is made aside and placed by one rename: nobody sees half of it.

Holes stay holes, so that what is a terabyte by its size alone takes nothing. Only regular files and folders are copied; of the rest it
is told how many were left out. Blocking; raises OSError and NoctuleError, and then nothing of the copy is left.
"""

import ctypes
import errno
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress

import msgspec

from noctule_agent.files.beneath import NotRegular
from noctule_agent.files.folders import rename_new
from noctule_agent.files.names import Parts
from noctule_agent.wire.limits import DRIVE_DEPTH, MB

from .door import NEW, Door, open_regular, sync
from .erasing import remove
from .marks import Looked, look
from .places import Place
from .trouble import NOT_THERE, not_a_file, not_found, taken
from .walking import Entry, entries_of

_PIECE_BYTES = 8 * MB
"""Copied in one call, between two looks at whether to go on."""
_BY_HAND_BYTES = MB
_UNABLE = (errno.ENOSYS, errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM, errno.EBADF)
_LEFT_OUT = (*NOT_THERE, errno.EACCES, errno.EISDIR)
_libc = ctypes.CDLL(None, use_errno=True)


class Copied(msgspec.Struct):
    """`size`: bytes that were written. `left_out`: links, pipes and devices, and what was gone or could not be read."""

    files: int = 0
    folders: int = 0
    size: int = 0
    left_out: int = 0


def copy(door: Door, old: Place, new: Place, on_bytes: Callable[[int], None]) -> Copied:
    """`on_bytes` is called with the size of each piece that was written; what it raises ends the copy."""
    key = b"copy-" + secrets.token_hex(12).encode()
    with door.above(new) as folder, door.aside("staged") as staged:
        if look(folder, new.name) is not None:
            raise taken()
        copying = _Copying(door, on_bytes, DRIVE_DEPTH - max(len(old.parts), len(new.parts)))
        try:
            copying.make(old, staged, key)
            rename_new(staged, key, folder, new.name)
        except BaseException:
            with suppress(OSError):
                remove(staged, key)
            raise
        sync(folder)
        sync(staged)
    return copying.done


class _Copying:
    def __init__(self, door: Door, on_bytes: Callable[[int], None], depth: int) -> None:
        """`depth`: how many folders may be in one another below what is copied."""
        self._door = door
        self._on_bytes = on_bytes
        self._depth = depth
        self.done = Copied()

    def make(self, old: Place, staged: int, key: bytes) -> None:
        """The copy is aside under `key`, and on the disk."""
        with self._door.around(old) as (folder, name):
            found = look(folder, name)
            if found is None:
                raise not_found()
            if found.kind == "other":
                raise not_a_file()
            if found.kind == "file":
                self._file(folder, name, staged, key)
        if found.kind == "folder":
            os.mkdir(key, dir_fd=staged)
            self._below(old, key)
        _settle(staged, key, found)

    def _below(self, old: Place, key: bytes) -> None:
        todo: list[Parts] = [()]
        while todo:
            parts = todo.pop()
            place = Place(old.tree, old.parts + parts)
            try:
                with self._door.folder(place) as source, self._door.aside("staged", key, *parts) as target:
                    found = entries_of(source)
                    todo += [(*parts, entry.name) for entry in found if self._entry(source, target, entry, parts)]
            except OSError as error:
                if error.errno not in _LEFT_OUT:
                    raise
                self.done.left_out += 1
                continue
            self.done.folders += 1

    def _entry(self, source: int, target: int, entry: Entry, above: Parts) -> bool:
        """Copy it, if it is a file. True: it is a folder, which was made, and is to be filled."""
        if entry.looked.kind == "folder" and len(above) < self._depth:
            os.mkdir(entry.name, dir_fd=target)
            return True
        if entry.looked.kind != "file" or not self._readable(source, target, entry.name):
            self.done.left_out += 1
        return False

    def _readable(self, source: int, target: int, name: bytes) -> bool:
        try:
            self._file(source, name, target, name)
        except NotRegular:
            return False
        except OSError as error:
            if error.errno not in _LEFT_OUT:
                raise
            return False
        return True

    def _file(self, source: int, name: bytes, target: int, new: bytes) -> None:
        with open_regular(source, name) as opened:
            there = opened.fileno()
            status = os.fstat(there)
            here = os.open(new, NEW | os.O_EXCL, status.st_mode & 0o777, dir_fd=target)
            try:
                for start, end in _filled(there, status.st_size):
                    self._range(there, here, start, end)
                # The hole at its end; less, where it became shorter meanwhile.
                os.ftruncate(here, min(status.st_size, os.fstat(there).st_size))
            finally:
                os.close(here)
        self.done.files += 1

    def _range(self, there: int, here: int, at: int, end: int) -> None:
        while at < end:
            size = _piece(there, here, at, min(_PIECE_BYTES, end - at))
            if size == 0:
                # It ends here now.
                return
            at += size
            self.done.size += size
            self._on_bytes(size)


def _filled(file: int, size: int) -> Iterator[tuple[int, int]]:
    """Where there is anything but a hole."""
    at = 0
    while at < size:
        try:
            start = os.lseek(file, at, os.SEEK_DATA)
            end = min(os.lseek(file, start, os.SEEK_HOLE), size)
        except OSError as error:
            if error.errno == errno.ENXIO:
                return
            start, end = at, size
        if start >= end:
            return
        yield start, end
        at = end


def _piece(there: int, here: int, at: int, size: int) -> int:
    """In the kernel, which on some file systems copies nothing but shares it; else through here."""
    try:
        # Some kernels and file systems copy nothing and say so: whether it ends there is asked by reading.
        if copied := os.copy_file_range(there, here, size, at, at):
            return copied
    except OSError as error:
        if error.errno not in _UNABLE:
            raise
    data = memoryview(os.pread(there, min(size, _BY_HAND_BYTES), at))
    written = 0
    while written < len(data):
        written += os.pwrite(here, data[written:], at + written)
    return written


def _settle(staged: int, key: bytes, found: Looked) -> None:
    """One file is synced by itself. Of a folder thousands would be, one after the other: the whole file system is, once."""
    if found.kind == "file":
        opened = os.open(key, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=staged)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
    elif not hasattr(_libc, "syncfs"):
        os.sync()
    elif _libc.syncfs(staged) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
