"""A file is written aside, in the folder where it is to be, and placed as a whole by a rename. Blocking: called in a thread.

Nobody ever sees half of it, and what was there stays whole until the new one is. It is not forced to the disk (fsync): the
runtime's disk is gone with the runtime.
"""

import errno
import os
import stat
from contextlib import suppress
from io import FileIO

from noctule_agent.refusal import Refusal
from noctule_agent.wire.files import Entry
from noctule_agent.wire.values import Problem

from . import trouble
from .beneath import Root
from .folders import entry_of, rename_new, version_of
from .names import PART_PREFIX, Parts

ANY = "*"
"""Whatever is there is replaced."""
CHANGED = Problem(
    "file-changed",
    "The file has been changed by somebody else meanwhile.",
    "Look at what is there now; then replace it, or save under another name.",
    409,
)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_GO_ON = os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


def part_name(key: str) -> bytes:
    return PART_PREFIX + key.encode()


def begin(root: Root, parts: Parts, key: str, size: int, replace: str | None) -> FileIO:
    """A new, empty part for `parts`. Raises Refusal when it could not be placed as things are now, or not kept."""
    with root.folder(parts[:-1]) as folder:
        _check(folder, parts[-1], replace)
        disk = os.statvfs(folder)
        if size > disk.f_bavail * disk.f_frsize:
            raise Refusal(trouble.FULL)
        return FileIO(os.open(part_name(key), _NEW, 0o666, dir_fd=folder), "w")


def go_on(root: Root, parts: Parts, key: str) -> FileIO:
    """The part that was begun, at its end."""
    with root.folder(parts[:-1]) as folder:
        opened = FileIO(os.open(part_name(key), _GO_ON, dir_fd=folder), "w")
    if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
        raise Refusal(trouble.NO_FILE)
    opened.seek(0, os.SEEK_END)
    return opened


def size_of(root: Root, parts: Parts, key: str) -> int:
    with root.folder(parts[:-1]) as folder:
        return os.stat(part_name(key), dir_fd=folder, follow_symlinks=False).st_size


def drop(root: Root, parts: Parts, key: str) -> None:
    with suppress(OSError), root.folder(parts[:-1]) as folder:
        os.unlink(part_name(key), dir_fd=folder)


def place(root: Root, parts: Parts, key: str, replace: str | None) -> Entry:
    """The part is now the file. Raises Refusal when what is there is not to be replaced; the part stays."""
    part, name = part_name(key), parts[-1]
    with root.folder(parts[:-1]) as folder:
        there = _check(folder, name, replace)
        if there is None:
            rename_new(folder, part, folder, name)
        else:
            with suppress(OSError):
                os.chmod(part, stat.S_IMODE(there.st_mode), dir_fd=folder)
            os.rename(part, name, src_dir_fd=folder, dst_dir_fd=folder)
        return entry_of(parts, os.stat(name, dir_fd=folder, follow_symlinks=False), link=False)


def write_all(file: FileIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        written = file.write(view)
        if not written:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        view = view[written:]


def _check(folder: int, name: bytes, replace: str | None) -> os.stat_result | None:
    """What is at the place, if it may be replaced; None when there is nothing."""
    try:
        there = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        if replace in (None, ANY):
            return None
        raise Refusal(CHANGED) from None
    if replace is None:
        raise Refusal(trouble.EXISTS)
    if stat.S_ISDIR(there.st_mode):
        raise Refusal(trouble.IS_FOLDER)
    if replace != ANY and version_of(there) != replace:
        raise Refusal(CHANGED)
    return there
