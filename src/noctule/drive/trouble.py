"""What an error of the disk means to people: one table. Pure.

full, over the quota of the system     StorageFull           storage-full
not there, or no folder on the way     NotFound              item-not-found
something is there already             Conflict              name-taken
a folder, a pipe, a device             Conflict              item-not-a-file
a link on the way                      Forbidden             link-refused      nobody has to follow it, and nothing will
another file system (a mount)          Conflict              other-disk        nothing here ends with one rename there
a name, or a path, that is too long    Invalid               name-invalid
larger than the disk can keep          TooLarge              file-too-large
permissions, read-only                 StorageUnavailable    disk-refused
else (EIO, too many open files, ...)   StorageUnavailable    disk-failed
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from noctule.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NoctuleError,
    NotFound,
    StorageFull,
    StorageUnavailable,
    TooLarge,
)
from noctule_agent.files.beneath import NotRegular

NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
"""By its place it cannot be reached: it is gone, or something on the way is a file or a link."""


def told(error: OSError) -> NoctuleError:
    if isinstance(error, NotRegular):
        return not_a_file()
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return StorageFull(
                "storage-full", "The disk of the server is full.", "Free some space; then it is written."
            )
        case errno.ENOENT | errno.ENOTDIR:
            return not_found()
        case errno.EEXIST:
            return taken()
        case errno.EISDIR | errno.ENXIO:
            return not_a_file()
        case errno.ELOOP:
            return Forbidden("link-refused", "This leads over a link.", "Links are listed in the Drive, not followed.")
        case errno.EXDEV:
            return Conflict("other-disk", "This lies on another disk of the server.", "Copy it, then delete it there.")
        case errno.ENAMETOOLONG:
            return Invalid("name-invalid", "This name is too long for the server's disk.", "Choose a shorter one.")
        case errno.EFBIG:
            return TooLarge("file-too-large", "The server's disk cannot keep a file of this size.")
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return StorageUnavailable(
                "disk-refused",
                "The server may not do this on its disk.",
                f"Who runs it can look at the permissions there. ({error.strerror})",
            )
        case _:
            return StorageUnavailable(
                "disk-failed", "The server's disk does not do this now.", str(error.strerror or error)
            )


def not_found() -> NotFound:
    return NotFound("item-not-found", "There is no such file or folder.", "It may have been moved or deleted.")


def taken() -> Conflict:
    return Conflict("name-taken", "There is already something of this name.", "Choose another name.")


def not_a_file() -> Conflict:
    return Conflict(
        "item-not-a-file", "This is no file.", "A folder, a pipe or a device has no content that could be read."
    )


@contextmanager
def telling() -> Iterator[None]:
    """What the disk refuses is raised as what it means."""
    try:
        yield
    except OSError as error:
        raise told(error) from error
