"""Drive in memory: the .ipynb files and the bases of their differences, with a disk that fills. They outlive the server."""

from collections.abc import Callable

import msgspec

from noctule.drive.folder import FileStat, checked_name
from noctule.errors import StorageUnavailable
from noctule.rooms.bases import Base
from tests.sim.disk import Disk

RACE_SECONDS = 0.2


class File(msgspec.Struct, frozen=True):
    data: bytes
    mtime_ns: int


class Files:
    """All files. A write replaces the whole, as the real ones do."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.folder: dict[str, File] = {}
        self._now = now
        self._written: list[tuple[str, float]] = []
        self.bases: dict[tuple[str, str], bytes] = {}
        self.revisions: list[bytes] = []
        self._clock = 0

    def write(self, name: str, data: bytes) -> File:
        """By the server."""
        self._written.append((name, self._now()))
        return self.put(name, data)

    def raced(self, name: str, at: float) -> bool:
        """The server replaced the file right after this moment: it may have looked at it just before. Nobody can help that."""
        return any(name == written and at <= when < at + RACE_SECONDS for written, when in self._written)

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

    def write(self, name: str, data: bytes) -> FileStat:
        self._disk.check_file()
        found = self._files.write(checked_name(name), data)
        return FileStat(len(data), found.mtime_ns)

    def rename(self, old: str, new: str) -> None:
        if old in self._files.folder:
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

    def save(self, notebook_id: str, digest: str, base: Base) -> None:
        self._disk.check_file()
        self._files.bases[notebook_id, digest] = msgspec.json.encode(base)

    def keep_only(self, notebook_id: str, digest: str) -> None:
        for key in [key for key in self._files.bases if key[0] == notebook_id and key[1] != digest]:
            del self._files.bases[key]

    def keep_revision(self, notebook_id: str, at: int, data: bytes) -> str:
        self._disk.check_file()
        self._files.revisions.append(data)
        return f"{notebook_id}/{at}"
