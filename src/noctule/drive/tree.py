"""People's files in DATA/drive, as docs/drive.md lays them out. It knows places, files and folders; no items, no rows, no rooms.

Blocking: call it in a thread. What the disk refuses is raised as NoctuleError (trouble.py). No link is followed anywhere.
"""

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path

from noctule.errors import Invalid, TooLarge
from noctule_agent.files.folders import rename_new
from noctule_agent.files.names import Parts
from noctule_agent.wire.limits import DRIVE_DEPTH, MB

from . import bins, copying, walking
from .copying import Copied
from .door import NEW, Door, is_key, key_of, listed, open_regular, sync, too_deep
from .erasing import remove
from .marks import Looked, look
from .places import Place
from .placing import put
from .trouble import NOT_THERE, not_found, taken, telling, told
from .walking import Entry

__all__ = ["Copied", "Entry", "Tree"]


class Tree:
    """All trees, and what belongs to none of them: uploads, what is staged, the bin."""

    def __init__(self, root: Path, *, in_kernel: bool | None = None) -> None:
        """Makes what is missing of the layout, and sweeps nothing. `in_kernel`: as in Root."""
        with telling():
            self.door = Door(root, in_kernel=in_kernel)

    def close(self) -> None:
        self.door.close()

    # --- trees ---

    @telling()
    def make_tree(self, tree: str) -> None:
        """It is there; also when it was."""
        name = key_of(tree)
        with self.door.top() as top:
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=top)
            found = look(top, name)
            if found is None or found.kind != "folder":
                raise taken()
            sync(top)

    @telling()
    def trees(self) -> list[str]:
        with self.door.top() as top, os.scandir(top) as found:
            return sorted(item.name for item in found if is_key(item.name) and item.is_dir(follow_symlinks=False))

    @telling()
    def erase_tree(self, tree: str) -> None:
        """It is gone for good with all that is in it; what lies in the bin stays. Also when it was not there."""
        bins.erase_tree(self.door, tree)

    # --- look ---

    def look(self, place: Place) -> Looked | None:
        """None: nothing is there, or something on the way is a link or no folder."""
        try:
            with self.door.around(place) as (folder, name):
                return look(folder, name)
        except OSError as error:
            if error.errno in NOT_THERE:
                return None
            raise told(error) from error

    def folder_mtime(self, place: Place) -> int | None:
        """None: there is no folder."""
        found = self.look(place)
        return found.mtime_ns if found is not None and found.kind == "folder" else None

    @telling()
    def entries(self, place: Place) -> list[Entry]:
        """All but the server's own, in the order of the disk."""
        return walking.entries(self.door, place)

    @telling()
    def names(self, place: Place) -> list[tuple[bytes, bool]]:
        """(name, whether it is a folder) of the same, without a look at each."""
        return walking.names(self.door, place)

    def walk(self, place: Place) -> Iterator[tuple[Place, list[Entry]]]:
        """Each folder with its entries, a folder before those in it; what vanishes meanwhile is passed over."""
        with telling():
            yield from walking.walk(self.door, place)

    def measure(self, place: Place) -> int:
        """Bytes of the regular files that are there; a sparse one weighs what it takes. A hard link weighs as a file."""
        found = self.look(place)
        if found is None or found.kind != "folder":
            return 0 if found is None else found.weight
        return sum(
            entry.looked.weight for _, entries in self.walk(place) for entry in entries if entry.looked.kind == "file"
        )

    # --- read ---

    @telling()
    def open(self, place: Place) -> FileIO:
        """A regular file, to read; it closes itself."""
        with self.door.above(place) as folder:
            return open_regular(folder, place.name)

    @telling()
    def read(self, place: Place, limit: int) -> bytes:
        """All of it. Raises TooLarge beyond `limit`, also when the file grows while it is read."""
        pieces: list[bytes] = []
        left = limit + 1
        with self.open(place) as file:
            size = os.fstat(file.fileno()).st_size
            if size > limit:
                left = 0
            # At once, if it stays as it is: a large one is not joined, and so not held twice.
            while left > 0 and (piece := file.read(min(left, max(size + 1, MB)))):
                pieces.append(piece)
                left -= len(piece)
        if left <= 0:
            raise TooLarge("file-too-large", f"This file has more than {limit} bytes.", "It can be downloaded.")
        return b"".join(pieces)

    # --- change ---

    @telling()
    def make_folder(self, place: Place) -> Looked:
        """Over nothing."""
        with self.door.above(place) as folder:
            os.mkdir(place.name, dir_fd=folder)
            made = look(folder, place.name)
            sync(folder)
        if made is None:
            raise not_found()
        return made

    @telling()
    def move(self, old: Place, new: Place) -> None:
        """Over nothing; also to another tree."""
        if old != new and old.tree == new.tree and new.parts[: len(old.parts)] == old.parts:
            raise Invalid("into-itself", "A folder cannot be moved into itself.", "Choose another place.")
        with self.door.above(old) as there, self.door.above(new) as here:
            # What is moved down may be too deep then, where it would be neither listed nor counted.
            lower = len(new.parts) > len(old.parts)
            if lower and walking.is_nested(self.door, old, DRIVE_DEPTH - len(new.parts)):
                raise too_deep()
            rename_new(there, old.name, here, new.name)
            sync(here)
            sync(there)

    @telling()
    def move_over(self, old: Place, new: Place) -> Looked:
        """A regular file, over what is no folder and goes."""
        with self.door.above(old) as there, self.door.above(new) as here:
            moved, gone = look(there, old.name), look(here, new.name)
            if moved is None:
                raise not_found()
            if moved.kind != "file" or (gone is not None and gone.kind == "folder"):
                raise taken()
            os.rename(old.name, new.name, src_dir_fd=there, dst_dir_fd=here)
            sync(here)
            sync(there)
        return moved

    @telling()
    def copy(self, old: Place, new: Place, on_bytes: Callable[[int], None]) -> Copied:
        """A file or a folder, over nothing; placed as a whole. What `on_bytes` raises ends it, and nothing of it is left."""
        return copying.copy(self.door, old, new, on_bytes)

    # --- a file that is replaced as a whole: staged, settled, placed ---

    @telling()
    def stage(self, key: str, pieces: Iterable[bytes]) -> str:
        """Write, aside, what is to be placed; its sha256. One at a time for a key. Of what the pieces raise a part is left."""
        digest = hashlib.sha256()
        with self.door.aside("staged") as staged:
            opened = os.open(key_of(key), NEW | os.O_TRUNC, 0o666, dir_fd=staged)
            with os.fdopen(opened, "wb") as file:
                for piece in pieces:
                    digest.update(piece)
                    file.write(piece)
        return digest.hexdigest()

    @telling()
    def settle(self, key: str) -> None:
        """What was staged is on the disk."""
        with self.door.aside("staged") as staged:
            with open_regular(staged, key_of(key)) as file:
                os.fsync(file.fileno())
            sync(staged)

    @telling()
    def staged(self, key: str) -> bool:
        with self.door.aside("staged") as staged:
            return look(staged, key_of(key)) is not None

    @telling()
    def unstage(self, key: str) -> None:
        with self.door.aside("staged") as staged:
            remove(staged, key_of(key))

    @telling()
    def place(self, key: str, at: Place, over: Looked | None) -> Looked | None:
        """What was staged is now the file, and nothing is staged; when it returns, that is on the disk.

        None: there is another file than `over`, and it was left alone. A link, a pipe or a device is no file: it is replaced.
        """
        with self.door.above(at) as folder, self.door.aside("staged") as staged:
            there = look(folder, at.name)
            if there is not None and there.kind == "folder":
                raise taken()
            return put(
                staged, key_of(key), folder, at.name, there if there is not None and there.kind == "other" else over
            )

    @telling()
    def sweep_staged(self, keep: Collection[str]) -> None:
        """Delete what is staged under other keys. At the start only: copies under way are staged too."""
        kept = set(map(key_of, keep))
        with self.door.aside("staged") as staged:
            for name in listed(staged):
                if name not in kept:
                    remove(staged, name)

    # --- the bin ---

    @telling()
    def bin(self, place: Place, item: str) -> None:
        """It is no longer there, but in the bin under this id, with what is below it."""
        bins.throw(self.door, place, item)

    @telling()
    def unbin(self, item: str, place: Place) -> None:
        """Back, over nothing."""
        bins.take_back(self.door, item, place)

    @telling()
    def condemn(self, item: str) -> None:
        """What is in the bin under this id cannot be brought back any more, and is to be erased; also when nothing is."""
        bins.condemn(self.door, item)

    @telling()
    def erase(self, item: str) -> None:
        """What is in the bin under this id is gone for good; also when nothing is."""
        bins.erase(self.door, item)

    @telling()
    def open_binned(self, item: str, parts: Parts) -> FileIO:
        """A regular file of what is in the bin under this id, to read. `parts`: its path below that, as rows have it."""
        with self.door.aside("bin", key_of(item), *parts[:-1]) as folder:
            return open_regular(folder, parts[-1])

    @telling()
    def binned(self) -> list[str]:
        """The ids of all that is in the bin, also of what was half erased when the server ended."""
        return bins.items(self.door)

    @telling()
    def binned_name(self, item: str) -> bytes | None:
        """What it was called. None: it cannot be brought back."""
        return bins.name_of(self.door, item)
