"""Content-addressed files: `root/ab/abcdef...` named by the sha256 of what they hold. Written once, never changed.

A file is complete from the moment it has its name: it is written under another name, synced, and renamed. Rows say
which blobs are needed (`sweep.referenced`); one that is not needed stays for BLOB_GRACE_DAYS.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from noctule.errors import NotFound
from noctule_agent.wire.values import Millis

BLOB_GRACE_DAYS: Final = 30
_DAY_MS: Final = 24 * 60 * 60 * 1000
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_TEMPORARY: Final = ".part"


class StoredBlob(msgspec.Struct, frozen=True):
    sha256: str
    size: int


class BlobStore:
    """Blobs under one directory. Safe for several threads."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, data: bytes) -> StoredBlob:
        """Keep the bytes; on the disk when it returns. Raises OSError when they cannot be written."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        try:
            # One that is there counts as new again: a sweep must not take it away under a transaction that needs it.
            os.utime(path)
        except FileNotFoundError:
            self._write(path, data)
        return StoredBlob(sha256, len(data))

    def path(self, sha256: str) -> Path:
        """Where the blob is. Raises NotFound."""
        path = self._path(sha256)
        if not path.is_file():
            raise _missing(sha256)
        return path

    def open(self, sha256: str) -> BinaryIO:
        """The blob, to be read and closed. Raises NotFound."""
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError:
            raise _missing(sha256) from None

    def read(self, sha256: str) -> bytes:
        with self.open(sha256) as file:
            return file.read()

    def chunks(self, sha256: str, size: int) -> Iterator[bytes]:
        """The same, `size` bytes at a time."""
        with self.open(sha256) as file:
            while chunk := file.read(size):
                yield chunk

    def size(self) -> int:
        """Bytes of all blobs. What goes meanwhile is passed over."""
        total = 0
        for path in self._files():
            with suppress(FileNotFoundError):
                total += path.stat().st_size
        return total

    def sweep(self, referenced: Collection[str], now: Millis) -> int:
        """Remove what has not been needed for BLOB_GRACE_DAYS; how many. An empty mark removes nothing.

        A blob's mtime is the last time that it was put, or that a sweep found it needed.
        """
        if not referenced:
            return 0
        removed = 0
        oldest = now - BLOB_GRACE_DAYS * _DAY_MS
        for path in self._files():
            # A temporary file has its own name any moment.
            with suppress(FileNotFoundError):
                if path.name in referenced:
                    os.utime(path, (now / 1000, now / 1000))
                elif path.stat().st_mtime_ns // 1_000_000 < oldest:
                    path.unlink()
                    removed += 1
        return removed

    def _files(self) -> Iterator[Path]:
        """Every blob, and every temporary file that a crash left."""
        for directory in sorted(self._root.glob("[0-9a-f][0-9a-f]")):
            yield from directory.iterdir()

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise _missing(sha256)
        return self._root / sha256[:2] / sha256

    def _write(self, path: Path, data: bytes) -> None:
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            _sync_directory(self._root)
        temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}{_TEMPORARY}")
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.rename(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_directory(path.parent)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _missing(sha256: str) -> NotFound:
    return NotFound("blob-not-found", "There is no such blob.", sha256[:64])
