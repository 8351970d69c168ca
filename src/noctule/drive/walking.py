"""Lists folders, one or all below. It reads names and looks; it changes nothing. Blocking; raises OSError and NoctuleError."""

import errno
import os
from collections.abc import Iterator

import msgspec

from noctule_agent.wire.limits import DRIVE_DEPTH

from .door import Door, listed
from .marks import Looked, look
from .places import OURS, Place
from .trouble import NOT_THERE

_PASSED_OVER = (*NOT_THERE, errno.EACCES)


class Entry(msgspec.Struct, frozen=True):
    """`looked.kind` is "other" of links, pipes, devices and sockets."""

    name: bytes
    looked: Looked


def entries(door: Door, place: Place) -> list[Entry]:
    """Everything in a folder but what is the server's own, in the order of the disk."""
    with door.folder(place) as folder:
        return entries_of(folder)


def entries_of(folder: int) -> list[Entry]:
    found = ((name, look(folder, name)) for name in listed(folder) if not name.startswith(OURS))
    return [Entry(name, looked) for name, looked in found if looked is not None]


def names(door: Door, place: Place) -> list[tuple[bytes, bool]]:
    """(name, whether it is a folder) of the same; most file systems tell this without a look at each."""
    with door.folder(place) as folder, os.scandir(folder) as found:
        pairs = [(os.fsencode(item.name), item.is_dir(follow_symlinks=False)) for item in found]
    return [pair for pair in pairs if not pair[0].startswith(OURS)]


def is_nested(door: Door, place: Place, depth: int) -> bool:
    """Whether more than so many folders are in one another below this one. `place` and these are within DRIVE_DEPTH."""
    todo = [place]
    while todo:
        at = todo.pop()
        try:
            below = [at.below(name) for name, is_folder in names(door, at) if is_folder]
        except OSError as error:
            if error.errno not in _PASSED_OVER:
                raise
            continue
        if below and len(at.parts) - len(place.parts) >= depth:
            return True
        todo += below
    return False


def walk(door: Door, place: Place) -> Iterator[tuple[Place, list[Entry]]]:
    """Each folder with its entries, a folder before those in it. One that is gone when its turn comes, or closed to us, is passed over."""
    todo = [place]
    while todo:
        at = todo.pop()
        try:
            found = entries(door, at)
        except OSError as error:
            if error.errno not in _PASSED_OVER:
                raise
            continue
        if len(at.parts) < DRIVE_DEPTH:
            todo.extend(at.below(entry.name) for entry in reversed(found) if entry.looked.kind == "folder")
        yield at, found
