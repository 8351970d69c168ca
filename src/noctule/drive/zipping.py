"""Zip archives that are made while they are sent: of files and folders, or of more. Nothing of an archive is on the disk or whole in memory.

Only regular files and folders are in it. What could not be read, became shorter meanwhile, or is neither, is named at the end in
NOT-INCLUDED.txt. Names are made such that every system can unpack them, and none of them leads anywhere else.
"""

import os
import struct
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from io import FileIO

from noctule.errors import NoctuleError
from noctule_agent.wire.limits import DRIVE_DEPTH, MB, ZIP_UNREAD_LINES

from .places import Place, free_name, portable, shown
from .tree import Tree

MISSING = "NOT-INCLUDED.txt"
_READ_BYTES = MB
_PRESSED = frozenset(
    b"c cc cfg conf cpp css csv geojson h hpp htm html ini ipynb java js json jsonl jsx log md py r rs rst sh sql svg tex toml ts "
    b"tsv tsx txt xml yaml yml".split()
)
"""Texts by their endings: they are deflated, lightly. The rest is pressed already, or would take long."""
_LEVEL = 1
_FILE, _FOLDER = 0o100644 << 16, (0o040755 << 16) | 0x10
_EARLIEST, _LATEST = (1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)
_MOMENT = struct.Struct("<HHBl")
"""The extra field that tells the time of the last change to the second, in UTC: id, size, flags, moment."""
_NS = 1_000_000_000


def zipped(tree: Tree, places: Sequence[Place]) -> Iterator[bytes]:
    """Pieces of the archive of these. Raises, before the first piece, for a folder that cannot be read and for what is neither."""
    for place in places:
        looked = tree.look(place)
        if looked is None or looked.kind != "file":
            tree.names(place)
    return _zipped(tree, Archive(tree), places)


def _zipped(tree: Tree, archive: "Archive", places: Sequence[Place]) -> Iterator[bytes]:
    for place, name in zip(places, _names([place.name for place in places]), strict=True):
        # What could not be read is told by its place below the one folder, or below the folder that it was chosen in.
        label = _line(place.name) if len(places) > 1 else ""
        looked = tree.look(place)
        if looked is not None and looked.kind == "file":
            yield from archive.file(partial(tree.open, place), name, label)
        else:
            yield from archive.folder(place, f"{name}/" if place.parts else "", f"{label}/" if label else "")
    yield from archive.end()


class _Sink:
    """Takes what the archive writes until it is fetched. It cannot seek, so that the archive writes sizes after contents."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is behind it."""

    def close(self) -> None:
        """The same."""

    def fetch(self) -> bytes:
        data = b"".join(self._held)
        self._held.clear()
        return data


class Archive:
    """What is put in is fetched with the pieces that each call yields; `end` is the last one. Blocking."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._sink = _Sink()
        self._archive = zipfile.ZipFile(self._sink, "w", allowZip64=True)
        self._missing: list[str] = []
        self._uncounted = 0

    def folder(self, origin: Place, top: str, label: str = "") -> Iterator[bytes]:
        """A folder with all that is below it, as `top`; `label`: before the paths of what is not included."""
        todo = [(origin, top)]
        while todo:
            place, path = todo.pop()
            line = label + "/".join(map(_line, place.parts[len(origin.parts) :]))
            try:
                entries = self._tree.entries(place)
            except NoctuleError as error:
                self._miss(line, error.title)
                continue
            for entry, plain in zip(entries, _names([entry.name for entry in entries]), strict=True):
                below, name = place.below(entry.name), path + plain
                told = label + "/".join(map(_line, below.parts[len(origin.parts) :]))
                if entry.looked.kind == "file":
                    yield from self.file(partial(self._tree.open, below), name, told)
                elif entry.looked.kind == "other":
                    self._miss(told, "This is a link, a pipe or a device.")
                elif len(below.parts) > DRIVE_DEPTH:
                    self._miss(told, "It is nested too deep.")
                else:
                    todo.append((below, name + "/"))
            if path:
                looked = self._tree.look(place)
                self._archive.writestr(_folder(path, None if looked is None else looked.mtime_ns), b"")
                yield self._sink.fetch()

    def file(self, opening: Callable[[], FileIO], name: str, line: str) -> Iterator[bytes]:
        """A file as `name`; `line`: how it is called when it is not included."""
        try:
            file = opening()
        except NoctuleError as error:
            self._miss(line, error.title)
            return
        with file:
            found = os.fstat(file.fileno())
            info = _entry(name, found.st_mtime_ns)
            # It decides whether sizes take 64 bits; no more than that is read, should the file grow.
            info.file_size = found.st_size
            with self._archive.open(info, "w") as entry:
                left = found.st_size
                while left and (data := _read(file, min(left, _READ_BYTES))):
                    left -= len(data)
                    entry.write(data)
                    yield self._sink.fetch()
        if left:
            self._miss(line, "It became shorter, or could not be read to its end: the archive has its beginning.")
        yield self._sink.fetch()

    @contextmanager
    def written(self, name: str) -> Iterator[Callable[[bytes], bytes]]:
        """A file that is made meanwhile: takes what comes next in it, and gives what the archive has got further by that."""
        with self._archive.open(_entry(name, time.time_ns()), "w", force_zip64=True) as entry:

            def write(data: bytes) -> bytes:
                entry.write(data)
                return self._sink.fetch()

            yield write

    def free(self, name: str) -> str:
        """This name, or the first with a number that is not in the archive."""
        return free_name(name.encode(), lambda raw: raw.decode() in self._archive.NameToInfo).decode()

    def end(self) -> Iterator[bytes]:
        """What could not be included, and the list of what is."""
        if self._missing:
            more = [f"and {self._uncounted} more"] if self._uncounted else []
            lines = ["These could not be included:", "", *self._missing, *more, ""]
            self._archive.writestr(self.free(MISSING), "\n".join(lines))
        self._archive.close()
        yield self._sink.fetch()

    def _miss(self, line: str, why: str) -> None:
        if len(self._missing) >= ZIP_UNREAD_LINES:
            self._uncounted += 1
            return
        self._missing.append(f"{line}: {why}")


def _read(file: FileIO, size: int) -> bytes:
    """Empty: there is no more, or it cannot be read."""
    with suppress(OSError):
        return file.read(size) or b""
    return b""


def _line(name: bytes) -> str:
    """A name as it is, but for what would end a line or turn its direction."""
    return "".join(char if char.isprintable() else "_" for char in shown(name))


def _names(names: Sequence[bytes]) -> list[str]:
    """What each is called in the archive: as it is called here, where every system can keep that; no two alike."""
    plain = [portable(name) for name in names]
    whole = {text for name, text in zip(names, plain, strict=True) if text.encode() == name}
    kept: set[str] = set()
    for at, (name, text) in enumerate(zip(names, plain, strict=True)):
        if text.encode() != name or text in kept:
            plain[at] = free_name(text.encode(), lambda raw: raw.decode() in whole or raw.decode() in kept).decode()
        kept.add(plain[at])
    return plain


def _folder(path: str, mtime_ns: int | None) -> zipfile.ZipInfo:
    info = _info(path, mtime_ns or 0)
    info.external_attr = _FOLDER
    return info


def _entry(name: str, mtime_ns: int) -> zipfile.ZipInfo:
    info = _info(name, mtime_ns)
    info.external_attr = _FILE
    info.compress_type = zipfile.ZIP_DEFLATED if _is_text(name) else zipfile.ZIP_STORED
    info._compresslevel = _LEVEL  # type: ignore[attr-defined]
    return info


def _info(name: str, mtime_ns: int) -> zipfile.ZipInfo:
    seconds = mtime_ns // _NS
    try:
        moment = time.gmtime(seconds)[:6]
    except (OverflowError, OSError, ValueError):
        moment = _LATEST
    info = zipfile.ZipInfo(name, min(max(moment, _EARLIEST), _LATEST))
    if -(1 << 31) <= seconds < 1 << 31:
        info.extra = _MOMENT.pack(0x5455, 5, 1, seconds)
    return info


def _is_text(name: str) -> bool:
    return name.rpartition(".")[2].lower().encode(errors="replace") in _PRESSED
