"""Real files in a directory, so that `rsync` backs them up. It may not know notebooks or rooms.

A file is replaced as a whole: staged (a hidden file beside it), settled (fsync), then placed (rename). Nothing follows a symlink out: a
link at a file's place is replaced, not written through, and is not read.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path

import msgspec

from noctule.errors import Invalid, StorageFull, StorageUnavailable, TooLarge
from noctule_agent.wire.limits import NOTEBOOK_FILE_BYTES

NAME_BYTES = 200
FORBIDDEN = frozenset("/\\\0")


class FileStat(msgspec.Struct, frozen=True):
    """Enough to notice a change cheaply."""

    size: int
    mtime_ns: int


def checked_name(name: str) -> str:
    """A name that is one file of the folder. Raises Invalid with what is wrong with it."""
    name = name.strip()
    if not name.endswith(".ipynb"):
        name += ".ipynb"
    bad = name.startswith(".") or any(char in FORBIDDEN or ord(char) < 32 for char in name)
    try:
        too_long = len(name.encode()) > NAME_BYTES
    except UnicodeEncodeError:
        bad = too_long = True
    if bad or too_long or name == ".ipynb":
        raise Invalid(
            "name-invalid",
            "This is no name for a notebook.",
            f"A name has no slash or control character, does not start with a dot, and has at most {NAME_BYTES} bytes.",
        )
    return name


class Folder:
    """Files of one directory, which is made when it is missing. Blocking: call it in a thread."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def stat(self, name: str) -> FileStat | None:
        """None when there is no regular file of this name."""
        try:
            found = (self.root / checked_name(name)).lstat()
        except OSError:
            return None
        return FileStat(found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None

    def read(self, name: str) -> bytes:
        try:
            handle = os.open(self.root / checked_name(name), os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(handle, "rb") as file:
                data = file.read(NOTEBOOK_FILE_BYTES + 1)
        except OSError as error:
            raise StorageUnavailable("file-unreadable", "The file cannot be read.", str(error.strerror)) from error
        if len(data) > NOTEBOOK_FILE_BYTES:
            raise TooLarge("notebook-too-large", f"A notebook may have {NOTEBOOK_FILE_BYTES} bytes.")
        return data

    def stage(self, key: str, pieces: Iterable[bytes]) -> str:
        """Write, aside, what is to be placed; its sha256. One at a time for a key. Of what the pieces raise a part is left."""
        digest = hashlib.sha256()
        try:
            with self._staged(key).open("wb") as file:
                for piece in pieces:
                    digest.update(piece)
                    file.write(piece)
        except OSError as error:
            raise _unwritable(error) from error
        return digest.hexdigest()

    def settle(self, key: str) -> None:
        """What was staged is on the disk."""
        try:
            with self._staged(key).open("rb") as file:
                os.fsync(file.fileno())
            _sync_directory(self.root)
        except OSError as error:
            raise _unwritable(error) from error

    def staged(self, key: str) -> bool:
        return self._staged(key).exists()

    def unstage(self, key: str) -> None:
        self._staged(key).unlink(missing_ok=True)

    def place(self, key: str, name: str, over: FileStat | None) -> FileStat | None:
        """What was staged is now the file, and nothing is staged; when it returns, that is on the disk.

        None: there is another file than `over`, and it was left alone.
        """
        staged, target = self._staged(key), self.root / checked_name(name)
        found = self.stat(name)
        if found is not None and found != over:
            return None
        try:
            # Looked at before it can be anybody's.
            new = staged.lstat()
            staged.replace(target)
            _sync_directory(self.root)
        except OSError as error:
            raise _unwritable(error) from error
        return FileStat(new.st_size, new.st_mtime_ns)

    def _staged(self, key: str) -> Path:
        return self.root / f".{key}.tmp"

    def rename(self, old: str, new: str) -> None:
        """Move a file, if it is there, over nothing."""
        if self.stat(old) is None or self.stat(new) is not None:
            return
        try:
            (self.root / checked_name(old)).rename(self.root / checked_name(new))
            _sync_directory(self.root)
        except OSError as error:
            raise _unwritable(error) from error

    def remove(self, name: str) -> None:
        (self.root / checked_name(name)).unlink(missing_ok=True)


def _unwritable(error: OSError) -> StorageFull | StorageUnavailable:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull("storage-full", "The disk of the server is full.", "Free some space; then it is written.")
    return StorageUnavailable("file-unwritable", "The file cannot be written.", str(error.strerror))


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
