"""Folders: list, look, count, make, move, delete. Blocking: called in a thread. Raises Refusal, and OSError of the disk.

A listing reads names of at most FOLDER_ENTRIES and looks at those of one page only. Nothing that is walked is followed: a link
below a folder is a link, and is counted and deleted as one.
"""

import ctypes
import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from noctule_agent.disk import room
from noctule_agent.refusal import Refusal
from noctule_agent.wire.files import Counted, Disk, Entry, EntryKind, ListFolder, Listing
from noctule_agent.wire.limits import FILES_COUNTED, FOLDER_DEPTH, FOLDER_ENTRIES
from noctule_agent.wire.values import Millis

from . import trouble
from .beneath import Root
from .names import PART_PREFIX, Parts, parts_of, path_of, shown

_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
EARLIEST, LATEST = -62_135_596_800_000, 253_402_300_799_999
"""The years 1 to 9999."""
_DELETED_AT_ONCE = 10_000
_NOREPLACE = 1
_DIGITS = re.compile(r"([0-9]+)")
_libc = ctypes.CDLL(None, use_errno=True)

Key = tuple[int, list[str | int], str]


def list_folder(root: Root, ask: ListFolder) -> Listing:
    parts = parts_of(ask.path)
    with root.folder(parts) as folder, os.scandir(folder) as found:
        looked = list(islice(found, FOLDER_ENTRIES + 1))
        names = [os.fsencode(item.name) for item in looked[:FOLDER_ENTRIES] if _wanted(item, hidden=ask.hidden)]
        links = {os.fsencode(item.name) for item in looked if item.is_symlink()}
        folders = {os.fsencode(item.name) for item in looked if item.is_dir(follow_symlinks=False)}
        folders |= {name for name in links if _kind(_followed(root, (*parts, name))) == "folder"}
        disk = _disk(folder)
    keys = sorted((_key(name, folder=name in folders), name) for name in names)
    after = _cursor_key(ask.after)
    page = [name for key, name in keys if after is None or key > after]
    entries = [entry for name in page[: ask.limit] if (entry := _look(root, (*parts, name))) is not None]
    more = len(page) > ask.limit
    last = page[ask.limit - 1] if more else b""
    following = ("d" if last in folders else "f") + shown(last) if more else ""
    return Listing(entries, following, len(looked) > FOLDER_ENTRIES, disk)


def look(root: Root, path: str) -> Entry:
    parts = parts_of(path)
    if not parts:
        with root.at(()) as place:
            found = os.fstat(place)
        return Entry("", "", "folder", 0, _millis(found), version_of(found))
    entry = _look(root, parts)
    if entry is None:
        raise Refusal(trouble.NOT_FOUND)
    return entry


def make_folder(root: Root, path: str, *, parents: bool) -> Entry:
    parts = named(path)
    for depth in range(1 if parents else len(parts), len(parts) + 1):
        with root.folder(parts[: depth - 1]) as above:
            try:
                os.mkdir(parts[depth - 1], dir_fd=above)
            except FileExistsError:
                if not parents:
                    raise
    if parents:
        with root.folder(parts):
            pass
    return look(root, path)


def move(root: Root, source: str, target: str) -> Entry:
    old, new = named(source), named(target)
    with root.folder(old[:-1]) as there, root.folder(new[:-1]) as here:
        try:
            rename_new(there, old[-1], here, new[-1])
        except OSError as error:
            if error.errno == errno.EINVAL:
                raise Refusal(trouble.INTO_ITSELF) from error
            if error.errno == errno.EXDEV:
                raise Refusal(trouble.OTHER_DISK) from error
            raise
    return look(root, target)


def count(root: Root, path: str) -> Counted:
    """Up to FILES_COUNTED entries; then it says that there is more."""
    parts = parts_of(path)
    files = folders = size = 0
    if not parts:
        with root.folder(()) as folder:
            seen = list(islice(_below(folder, 0), FILES_COUNTED + 1))
    else:
        with root.folder(parts[:-1]) as above:
            found = os.stat(parts[-1], dir_fd=above, follow_symlinks=False)
            seen = [found]
            if stat.S_ISDIR(found.st_mode):
                below = _open_below(above, parts[-1])
                try:
                    seen += islice(_below(below, 0), FILES_COUNTED + 1)
                finally:
                    os.close(below)
    for found in seen[:FILES_COUNTED]:
        if stat.S_ISDIR(found.st_mode):
            folders += 1
        else:
            files += 1
            size += found.st_size
    return Counted(files, folders, size, len(seen) > FILES_COUNTED)


def delete(root: Root, path: str) -> Counted:
    parts = named(path)
    with root.folder(parts[:-1]) as above:
        files, folders, size = _delete(above, parts[-1], 0)
    return Counted(files, folders, size)


# --- parts of these ---


def named(path: str) -> Parts:
    """The parts of a path that is not the root. Raises Refusal."""
    parts = parts_of(path)
    if not parts:
        raise Refusal(trouble.ROOT)
    return parts


def rename_new(there: int, old: bytes, here: int, new: bytes) -> None:
    """Rename; FileExistsError when something has the new name."""
    if hasattr(_libc, "renameat2"):
        if _libc.renameat2(there, old, here, new, _NOREPLACE) == 0:
            return
        number = ctypes.get_errno()
        if number not in (errno.ENOSYS, errno.EINVAL):
            raise OSError(number, os.strerror(number))
    with suppress(FileNotFoundError):
        os.stat(new, dir_fd=here, follow_symlinks=False)
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    os.rename(old, new, src_dir_fd=there, dst_dir_fd=here)


def version_of(found: os.stat_result) -> str:
    return f"{found.st_mtime_ns:x}-{found.st_size:x}-{found.st_ino:x}"


def entry_of(parts: Parts, found: os.stat_result, *, link: bool) -> Entry:
    size = found.st_size if stat.S_ISREG(found.st_mode) else 0
    kind = _kind(found)
    return Entry(path_of(parts), shown(parts[-1]), kind, size, _millis(found), version_of(found), link)


def _wanted(item: "os.DirEntry[str]", *, hidden: bool) -> bool:
    if os.fsencode(item.name).startswith(PART_PREFIX):
        return False
    return hidden or not item.name.startswith(".")


def _look(root: Root, parts: Parts) -> Entry | None:
    """None: it is gone. What a link leads to, where that is here; else the link itself, as something to leave alone."""
    try:
        with root.folder(parts[:-1]) as above:
            found = os.stat(parts[-1], dir_fd=above, follow_symlinks=False)
    except FileNotFoundError:
        return None
    if not stat.S_ISLNK(found.st_mode):
        return entry_of(parts, found, link=False)
    return entry_of(parts, _followed(root, parts) or found, link=True)


def _followed(root: Root, parts: Parts) -> os.stat_result | None:
    with suppress(OSError), root.at(parts) as place:
        return os.fstat(place)
    return None


def _kind(found: os.stat_result | None) -> EntryKind:
    if found is None:
        return "other"
    if stat.S_ISDIR(found.st_mode):
        return "folder"
    return "file" if stat.S_ISREG(found.st_mode) else "other"


def _key(name: bytes, *, folder: bool) -> Key:
    """Folders first; numbers in names by their value."""
    text = shown(name)
    pieces: list[str | int] = [
        int(piece) if place % 2 else piece.casefold() for place, piece in enumerate(_DIGITS.split(text))
    ]
    return (0 if folder else 1, pieces, text)


def _cursor_key(cursor: str) -> Key | None:
    """`d` or `f`, and the name of the last one seen."""
    if not cursor:
        return None
    parts = parts_of(cursor[1:])
    return _key(b"/".join(parts), folder=cursor[0] == "d")


def _disk(folder: int) -> Disk | None:
    with suppress(OSError):
        free, whole = room(folder)
        return Disk(whole, free)
    return None


def _millis(found: os.stat_result) -> Millis:
    """Disks keep moments that no calendar has, and that no frame could hold."""
    return Millis(min(max(found.st_mtime_ns // 1_000_000, EARLIEST), LATEST))


def _open_below(folder: int, name: bytes) -> int:
    return os.open(name, _OPEN_FOLDER, dir_fd=folder)


def _below(folder: int, depth: int) -> Iterator[os.stat_result]:
    """Everything below a folder, one after the other. What cannot be read is passed over."""
    with os.scandir(folder) as found:
        for item in found:
            with suppress(OSError):
                status = item.stat(follow_symlinks=False)
                yield status
                if stat.S_ISDIR(status.st_mode) and depth < FOLDER_DEPTH:
                    below = _open_below(folder, os.fsencode(item.name))
                    try:
                        yield from _below(below, depth + 1)
                    finally:
                        os.close(below)


def _delete(above: int, name: bytes, depth: int) -> tuple[int, int, int]:
    """(files, folders, bytes) deleted."""
    found = os.stat(name, dir_fd=above, follow_symlinks=False)
    if not stat.S_ISDIR(found.st_mode):
        os.unlink(name, dir_fd=above)
        return 1, 0, found.st_size
    if depth > FOLDER_DEPTH:
        raise Refusal(trouble.TOO_DEEP)
    files, folders, size = 0, 1, 0
    folder = _open_below(above, name)
    try:
        while names := _some(folder):
            for below in names:
                more = _delete(folder, below, depth + 1)
                files, folders, size = files + more[0], folders + more[1], size + more[2]
    finally:
        os.close(folder)
    os.rmdir(name, dir_fd=above)
    return files, folders, size


def _some(folder: int) -> list[bytes]:
    """Names to delete next: few enough to hold."""
    with os.scandir(folder) as found:
        return [os.fsencode(item.name) for item in islice(found, _DELETED_AT_ONCE)]
