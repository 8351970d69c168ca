"""Drive in memory: the .ipynb files and the bases of their differences, with a disk that fills. They outlive the server."""

import hashlib
from collections.abc import Iterable

import msgspec

from noctule.drive.folder import FileStat, checked_name
from noctule.errors import StorageUnavailable
from noctule.rooms.bases import Base
from tests.sim.disk import Disk


class File(msgspec.Struct, frozen=True):
    data: bytes
    mtime_ns: int


class Files:
    """All files. A write replaces the whole, as the real ones do."""

    def __init__(self) -> None:
        self.folder: dict[str, File] = {}
        self.staged: dict[str, bytes] = {}
        self.bases: dict[tuple[str, str], bytes] = {}
        self._clock = 0

    def put(self, name: str, data: bytes) -> File:
        self._clock += 1
        self.folder[name] = File(data, self._clock)
        return self.folder[name]


class SimFolder:
    """drive.Folder, in memory."""

    def __init__(self, files: Files, disk: Disk) -> None:
        self._files = files
        self._disk = disk

    def stat(self, name: str) -> FileStat | None:
        found = self._files.folder.get(checked_name(name))
        return None if found is None else FileStat(len(found.data), found.mtime_ns)

    def read(self, name: str) -> bytes:
        if name not in self._files.folder:
            raise StorageUnavailable("file-unreadable", "The file cannot be read.", "No such file")
        return self._files.folder[name].data

    def stage(self, key: str, pieces: Iterable[bytes]) -> str:
        self._files.staged[key] = b""
        for piece in pieces:
            self._disk.check_file()
            self._files.staged[key] += piece
        return hashlib.sha256(self._files.staged[key]).hexdigest()

    def settle(self, key: str) -> None:
        """A disk may turn out to be full only now."""
        self._disk.check_file()

    def staged(self, key: str) -> bool:
        return key in self._files.staged

    def unstage(self, key: str) -> None:
        self._files.staged.pop(key, None)

    def place(self, key: str, name: str, over: FileStat | None) -> FileStat | None:
        """At once: of what others do at the very moment of a rename nobody knows."""
        if self.stat(name) not in (None, over):
            return None
        self._disk.check_file()
        self._files.put(checked_name(name), self._files.staged.pop(key))
        return self.stat(name)

    def rename(self, old: str, new: str) -> None:
        if old in self._files.folder and new not in self._files.folder:
            self._files.folder[new] = self._files.folder.pop(old)

    def remove(self, name: str) -> None:
        self._files.folder.pop(name, None)


class SimBases:
    """rooms.bases.Bases, in memory."""

    def __init__(self, files: Files, disk: Disk) -> None:
        self._files = files
        self._disk = disk

    def load(self, notebook_id: str, digest: str) -> Base | None:
        found = self._files.bases.get((notebook_id, digest))
        return None if found is None else msgspec.json.decode(found, type=Base)

    def last(self, notebook_id: str, noted: str | None) -> str | None:
        for key, digest in reversed(self._files.bases):
            if key != notebook_id:
                continue
            if digest == noted:
                break
            base = self.load(notebook_id, digest)
            if base is not None and base.ours:
                return digest
        return noted

    def save(self, notebook_id: str, digest: str, base: Base) -> None:
        self._disk.check_file()
        # The latest, also when there was one of this digest before.
        self._files.bases.pop((notebook_id, digest), None)
        self._files.bases[notebook_id, digest] = msgspec.json.encode(base)

    def keep_only(self, notebook_id: str, digest: str) -> None:
        for key in [key for key in self._files.bases if key[0] == notebook_id and key[1] != digest]:
            del self._files.bases[key]
