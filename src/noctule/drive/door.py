"""The one door to DATA/drive: from a place to a folder that is open. It may open and sync folders; it changes nothing in them.

No link is followed, at no place of a path; names are checked before the disk is asked. What is done, is done by others to a name in
a folder that this opened, so that nothing that is swapped meanwhile leads anywhere else. Blocking; raises OSError and NoctuleError.
"""

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Literal

from noctule.errors import Conflict, Invalid
from noctule_agent.files.beneath import NotRegular, Root
from noctule_agent.files.names import Parts
from noctule_agent.wire.limits import DRIVE_DEPTH

from .marks import look
from .places import NAME_BYTES, OURS, Place

Aside = Literal["uploads", "staged", "bin"]
ASIDE: tuple[Aside, ...] = ("uploads", "staged", "bin")
OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
NEW = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_KEY = re.compile(r"[A-Za-z0-9_-]{1,100}")
_UNSYNCED = (errno.EINVAL, errno.ENOTSUP)
"""Some file systems have nothing to sync of a folder."""


class Door:
    def __init__(self, path: Path, *, in_kernel: bool | None = None) -> None:
        """Makes what is missing of the layout (docs/drive.md). `in_kernel`: as in Root."""
        path.mkdir(parents=True, exist_ok=True)
        for folder in (path / OURS.decode(), *(path / OURS.decode() / name for name in ASIDE)):
            folder.mkdir(mode=0o700, exist_ok=True)
        self._root = Root(path, in_kernel=in_kernel, links=False)

    def close(self) -> None:
        self._root.close()

    @contextmanager
    def top(self) -> Iterator[int]:
        """The folder in which the trees are."""
        with self._root.folder(()) as opened:
            yield opened

    @contextmanager
    def folder(self, place: Place) -> Iterator[int]:
        with self._root.folder(path_of(place)) as opened:
            yield opened

    @contextmanager
    def above(self, place: Place) -> Iterator[int]:
        """The folder in which `place.name` is. A tree itself is refused: it is not moved, replaced or deleted."""
        path = path_of(place)
        if not place.parts:
            raise Conflict(
                "item-is-root", "This is somebody's whole Drive.", "It cannot be moved, replaced or deleted."
            )
        with self._root.folder(path[:-1]) as opened:
            yield opened

    @contextmanager
    def around(self, place: Place) -> Iterator[tuple[int, bytes]]:
        """The folder in which it is, and its name there; also of a tree. To look only."""
        path = path_of(place)
        with self._root.folder(path[:-1]) as opened:
            yield opened, path[-1]

    @contextmanager
    def aside(self, what: Aside, *below: bytes) -> Iterator[int]:
        """A folder of the server's own. The parts below are the caller's responsibility: keys, and what was listed there."""
        with self._root.folder((OURS, what.encode(), *below)) as opened:
            yield opened


def path_of(place: Place) -> Parts:
    """Its path in DATA/drive. Raises Invalid for what is no place in anybody's tree, or nested too deep."""
    if any(not _is_name(part) for part in place.parts):
        raise Invalid("name-invalid", "This is no name for a file or a folder.", "A part of the path is none.")
    if len(place.parts) > DRIVE_DEPTH:
        raise too_deep()
    return key_of(place.tree), *place.parts


def too_deep() -> Invalid:
    return Invalid(
        "item-too-deep", f"Folders of a Drive are nested {DRIVE_DEPTH} deep at most.", "Choose a place higher up."
    )


def key_of(id_: str) -> bytes:
    """An id as a name of a file. Raises Invalid."""
    if not _KEY.fullmatch(id_):
        raise Invalid("id-invalid", "This is no id.", "An id has letters, digits, - and _, and at most 100 of them.")
    return id_.encode()


def is_key(name: str) -> bool:
    return _KEY.fullmatch(name) is not None


def open_regular(folder: int, name: bytes) -> FileIO:
    """To read. What else is there is not even opened: that would wait at a pipe, and may do something to a device."""
    found = look(folder, name)
    if found is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    if found.kind != "file":
        raise NotRegular(errno.EINVAL, os.strerror(errno.EINVAL))
    opened = os.open(name, _READ, dir_fd=folder)
    # It may have been swapped since it was looked at.
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise NotRegular(errno.EINVAL, os.strerror(errno.EINVAL))
    return FileIO(opened)


def listed(folder: int) -> list[bytes]:
    """All names in an opened folder."""
    return [os.fsencode(name) for name in os.listdir(folder)]


def sync(folder: int) -> None:
    """The names of this folder are on the disk."""
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in _UNSYNCED:
            raise


def _is_name(part: bytes) -> bool:
    wrong = part in (b"", b".", b"..") or b"/" in part or b"\0" in part or part.startswith(OURS)
    return not wrong and len(part) <= NAME_BYTES
