"""Errors of the disk as problems to show: what happened, and what to do. Pure."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from noctule_agent.refusal import Refusal
from noctule_agent.wire.values import Problem

from .beneath import NotRegular

NOT_FOUND = Problem("file-not-found", "There is no such file or folder.", "It may have been moved or deleted.", 404)
EXISTS = Problem("file-exists", "There is already something of this name.", "Choose another name.", 409)
IS_FOLDER = Problem("file-is-folder", "This is a folder.", "Choose a file.", 409)
NOT_FOLDER = Problem("file-not-folder", "This is no folder.", "Choose a folder.", 409)
OUTSIDE = Problem(
    "path-leaves-runtime", "This leads out of the runtime's files.", "A link to there is not followed.", 409
)
NO_FILE = Problem(
    "file-not-regular", "This is a device, a socket or a pipe.", "It has no content that could be shown.", 409
)
FORBIDDEN = Problem("file-forbidden", "The runtime's user may not do this.", "The file's permissions forbid it.", 403)
FULL = Problem("runtime-disk-full", "The runtime's disk is full.", "Delete what is not needed and try again.", 507)
ROOT = Problem("path-is-root", "This is the runtime's own directory.", "It cannot be moved, replaced or deleted.", 409)
INTO_ITSELF = Problem("move-into-itself", "A folder cannot be moved into itself.", "Choose another place.", 409)
OTHER_DISK = Problem("move-other-disk", "The target is on another disk.", "Copy it with a cell or a terminal.", 409)
TOO_DEEP = Problem("folder-too-deep", "The folders are nested too deep.", "Delete it in a terminal: rm -r.", 409)

_KNOWN = {
    errno.ENOENT: NOT_FOUND,
    errno.ENOTDIR: NOT_FOLDER,
    errno.EISDIR: IS_FOLDER,
    errno.EEXIST: EXISTS,
    errno.ENOTEMPTY: EXISTS,
    errno.EXDEV: OUTSIDE,
    errno.ELOOP: OUTSIDE,
    errno.EACCES: FORBIDDEN,
    errno.EPERM: FORBIDDEN,
    errno.EROFS: FORBIDDEN,
    errno.EBUSY: FORBIDDEN,
    errno.ENXIO: NO_FILE,
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
}


def problem_of(error: OSError) -> Problem:
    if isinstance(error, NotRegular):
        return NO_FILE
    known = _KNOWN.get(error.errno or 0)
    return known or Problem("file-failed", "The runtime's disk refused this.", str(error.strerror or error), 409)


@contextmanager
def refusing() -> Iterator[None]:
    """What the disk refuses becomes a Refusal."""
    try:
        yield
    except OSError as error:
        raise Refusal(problem_of(error)) from error
