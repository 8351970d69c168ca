"""Drive in memory: the .ipynb files and the bases of their differences, with a disk that fills. They outlive the server."""

import hashlib
from collections.abc import Iterable
from itertools import count

import msgspec

from noctule.drive.marks import Looked
from noctule.drive.places import Place
from noctule.drive.walking import Entry
from noctule.errors import Conflict, NotFound
from noctule.rooms.bases import Base
from noctule.store.rows import Mark
from tests.sim.disk import Disk


class File(msgspec.Struct, frozen=True):
    data: bytes
    mtime_ns: int
    inode: int

    @property
    def mark_text(self) -> str:
        """As the rows have it."""
        return f"1:{self.inode}:{self.inode}"

    @property
    def looked(self) -> Looked:
        return Looked("file", len(self.data), self.mtime_ns, len(self.data), Mark(1, self.inode, self.inode))


class Files:
    """All files, of one folder: the root of one tree. A write replaces the whole, as the real ones do."""

    def __init__(self) -> None:
        self.folder: dict[str, File] = {}
        self.bin: dict[str, tuple[str, File]] = {}
        self.staged: dict[str, bytes] = {}
        self.bases: dict[tuple[str, str], bytes] = {}
        self.changed = 0
        """The folder's mtime."""
        self._count = count(1)

    def put(self, name: str, data: bytes) -> File:
        """A new file, which has this name now."""
        number = next(self._count)
        self.folder[name] = File(data, number, number)
        self.changed = number
        return self.folder[name]

    def write(self, name: str, data: bytes) -> None:
        """Into the file that has this name."""
        self.folder[name] = File(data, next(self._count), self.folder[name].inode)

    def take(self, name: str) -> File:
        self.changed = next(self._count)
        return self.folder.pop(name)

    def give(self, name: str, file: File) -> None:
        self.changed = next(self._count)
        self.folder[name] = file


class SimTree:
    """drive.tree.Tree, in memory."""

    def __init__(self, files: Files, disk: Disk) -> None:
        self._files = files
        self._disk = disk

    def make_tree(self, tree: str) -> None:
        """There is one."""

    def folder_mtime(self, place: Place) -> int | None:
        return None if place.parts else self._files.changed

    def entries(self, place: Place) -> list[Entry]:
        return [Entry(name.encode(), file.looked) for name, file in sorted(self._files.folder.items())]

    def names(self, place: Place) -> list[tuple[bytes, bool]]:
        return [(name.encode(), False) for name in sorted(self._files.folder)]

    def look(self, place: Place) -> Looked | None:
        found = self._files.folder.get(place.name.decode())
        return None if found is None else found.looked

    def read(self, place: Place, limit: int) -> bytes:
        name = place.name.decode()
        if name not in self._files.folder:
            raise NotFound("item-not-found", "There is no such file.", name)
        return self._files.folder[name].data

    def move(self, old: Place, new: Place) -> None:
        source, target = old.name.decode(), new.name.decode()
        if target in self._files.folder:
            raise Conflict("name-taken", "There is a file of this name already.", target)
        if source not in self._files.folder:
            raise NotFound("item-not-found", "There is no such file.", source)
        self._files.give(target, self._files.take(source))

    def binned(self) -> list[str]:
        return sorted(self._files.bin)

    def bin(self, place: Place, item: str) -> None:
        name = place.name.decode()
        if name not in self._files.folder:
            raise NotFound("item-not-found", "There is no such file.", name)
        if item in self._files.bin:
            raise Conflict("name-taken", "It lies in the bin already.", name)
        self._files.bin[item] = (name, self._files.take(name))

    def unbin(self, item: str, place: Place) -> None:
        name = place.name.decode()
        if name in self._files.folder:
            raise Conflict("name-taken", "There is a file of this name already.", name)
        _, file = self._files.bin.pop(item)
        self._files.give(name, file)

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

    def place(self, key: str, place: Place, over: Looked | None) -> Looked | None:
        """At once: of what others do at the very moment of a rename nobody knows."""
        found = self.look(place)
        if found is not None and not found.same_file(over):
            return None
        self._disk.check_file()
        return self._files.put(place.name.decode(), self._files.staged.pop(key)).looked


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
