"""Folders and files of a Drive as WsgiDAV wants to see them. It runs in WsgiDAV's threads; what changes anything is asked of the
same services as the page asks, on the server's loop: ids stay, what is deleted is in the bin, live notebooks are closed.
"""

import mimetypes
import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from io import FileIO
from typing import Any

from wsgidav.dav_error import HTTP_BAD_REQUEST, HTTP_FORBIDDEN, HTTP_NOT_FOUND, DAVError
from wsgidav.dav_provider import DAVCollection, DAVNonCollection, DAVProvider

from noctule.app import Core
from noctule.drive.places import Place, bytes_of, checked, shown
from noctule.drive.transfers import version_of
from noctule.errors import Invalid, NotFound
from noctule.http.dav.calls import Calls, told
from noctule.store.items import Order
from noctule.store.rows import ItemRow
from noctule_agent.wire.limits import FOLDER_PAGE_ENTRIES, MB
from noctule_agent.wire.values import UserId

Environ = dict[str, Any]

USER = "noctule.user"
"""In the environ: whom the gate let in."""
ARRIVED = "noctule.arrived"
"""In the environ: says whether the whole body arrived."""
MADE = "noctule.made"
"""In the environ: there was nothing where a file or folder was put."""
ROOM_STEP = 64 * MB
"""Of a file that comes: after so many bytes more it is asked whether there is room for them."""
KEPT = {";": "\uf8f0", "?": "\uf8f1", "#": "\uf8f2"}
"""WsgiDAV reads a destination as an address after it decoded it, and would cut a name at these."""
_UNKEPT = str.maketrans({stand_in: char for char, stand_in in KEPT.items()})


class DriveProvider(DAVProvider):  # type: ignore[misc]
    """One for the server: whose Drive it is says the request."""

    def __init__(self, core: Core, calls: Calls) -> None:
        super().__init__()
        self.core = core
        self.ask = calls

    def get_resource_inst(self, path: str | None, environ: Environ) -> "Folder | File | None":
        if path is None:
            return None  # What is above the root.
        place = place_of(path, environ)
        row = self.find(place)
        if row is None:
            return None
        if row.kind == "notebook" and environ["REQUEST_METHOD"] in ("GET", "HEAD", "COPY"):
            # What is committed, and not what the last save had.
            self.ask(self.core.library.written(row.id))
            row = self.ask(self.core.drive.get(row.id))
        return self.shown_as(path, environ, row)

    def find(self, place: Place) -> ItemRow | None:
        """What is there; by another way to write its name too (a Mac takes letters and accents apart)."""
        row = self._at(place)
        if row is None and place.parts:
            composed = Place(place.tree, tuple(map(_composed, place.parts)))
            row = None if composed == place else self._at(composed)
        return None if row is None or row.kind == "other" else row

    def _at(self, place: Place) -> ItemRow | None:
        async def found() -> ItemRow | None:
            try:
                return await self.core.paths.at(place)
            except (NotFound, Invalid):
                return None

        return self.ask(found())

    def shown_as(self, path: str, environ: Environ, row: ItemRow) -> "Folder | File":
        return Folder(path, environ, self, row) if row.kind == "folder" else File(path, environ, self, row)

    def custom_request_handler(self, environ: Environ, start_response: Callable[..., Any], default_handler: Any) -> Any:
        """What was made at a free place is told as made."""

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            made = environ.get(MADE) and status.startswith("204")
            return start_response("201 Created" if made else status, headers, exc_info)

        return default_handler(environ, start)

    # --- changes, of both kinds of resources ---

    def remove(self, row: ItemRow, user: UserId) -> None:
        self.ask(self.core.library.bin(row.id, user))

    def move(self, row: ItemRow, path: str, environ: Environ) -> None:
        """WsgiDAV has asked whether something there may be replaced."""
        user, target = environ[USER], place_of(path, environ)
        there = self.find(target)
        if there is not None and there.id == row.id:
            raise DAVError(HTTP_FORBIDDEN, "It is there already.")

        environ[MADE] = there is None

        async def work() -> None:
            above = await self.core.paths.at(target.above)
            if there is not None:
                if "folder" not in (row.kind, there.kind) and not await self.core.library.holds(row.id):
                    await self.core.paths.move_over(row, there)
                    return
                await self.core.library.bin(there.id, user)
            await self.core.drive.move(row.id, above.id, name_of(target), as_is=True)

        self.ask(work())

    def copy(self, row: ItemRow, path: str, environ: Environ) -> None:
        user, target = environ[USER], place_of(path, environ)
        there = self.find(target)
        if there is not None and "folder" not in (row.kind, there.kind):
            with self.ask(self.core.drive.open(row.id)) as file:
                self.put(iter(lambda: file.read(MB), b""), target)
            return

        environ[MADE] = there is None

        async def work() -> None:
            above = await self.core.paths.at(target.above)
            name = name_of(target)
            await self.core.library.written(row.id)
            await self.core.transfers.room(user, await self.core.drive.size(row.id))
            if there is not None:
                await self.core.library.bin(there.id, user)
            await self.core.drive.copy(row.id, above.id, name, as_is=True)

        self.ask(work())

    def put(self, pieces: Iterable[bytes], place: Place) -> ItemRow:
        """A file is there as a whole, or nothing is."""
        with told():
            key = self.core.paths.stage(self._with_room(pieces, UserId(place.tree)))
        try:
            return self.ask(self.core.paths.put(key, place))
        finally:
            with told():
                self.core.paths.drop(key)

    def _with_room(self, pieces: Iterable[bytes], owner: UserId) -> Iterator[bytes]:
        """The same, asked for as they come: nobody has to say before how much there will be."""
        size = asked = 0
        for piece in pieces:
            size += len(piece)
            if size - asked >= ROOM_STEP:
                asked = size
                self.ask(self.core.transfers.room(owner, size))
            yield piece
        self.ask(self.core.transfers.room(owner, size))


class _Item:
    """What folders and files have in common."""

    path: str
    environ: Environ
    drive: DriveProvider
    row: ItemRow

    def get_display_name(self) -> str:
        return shown(self.row.name)

    def get_creation_date(self) -> None:
        return None

    def get_last_modified(self) -> float | None:
        return None if self.row.mtime_ns is None else max(self.row.mtime_ns / 1e9, 0.0)

    def support_etag(self) -> bool:
        return True

    def handle_delete(self) -> list[Any]:
        # WsgiDAV has asked for the locks of the folder above alone.
        self.drive.lock_manager.check_write_permission(
            url=self.get_ref_url(),  # type: ignore[attr-defined]
            depth="infinity",
            token_list=self.environ["wsgidav.ifLockTokenList"],
            principal=self.environ[USER],
        )
        self.drive.remove(self.row, self.environ[USER])
        self.remove_all_locks(recursive=True)  # type: ignore[attr-defined]
        return []

    def handle_move(self, dest_path: str) -> list[Any]:
        self.drive.move(self.row, dest_path.rstrip("/"), self.environ)
        self.remove_all_locks(recursive=True)  # type: ignore[attr-defined]
        return []

    def set_property_value(self, name: str, value: Any, *, dry_run: bool = False) -> None:
        del name, value, dry_run
        raise DAVError(HTTP_FORBIDDEN, "Properties are not kept.")


class Folder(_Item, DAVCollection):  # type: ignore[misc]
    def __init__(self, path: str, environ: Environ, drive: DriveProvider, row: ItemRow) -> None:
        super().__init__(path, environ)
        self.drive = drive
        self.row = row

    def get_etag(self) -> None:
        return None

    def support_etag(self) -> bool:
        return False

    def support_modified(self) -> bool:
        return True

    def get_member_names(self) -> list[str]:
        return [shown(row.name) for row in self._rows()]

    def get_member_list(self) -> "list[Folder | File]":
        below = self.path.rstrip("/")
        return [
            self.drive.shown_as(f"{below}/{shown(row.name)}" + ("/" if row.kind == "folder" else ""), self.environ, row)
            for row in self._rows()
        ]

    def _rows(self) -> list[ItemRow]:
        """Files and folders; what is neither is not shown."""

        async def found() -> list[ItemRow]:
            page = await self.drive.core.drive.children(self.row.id, Order(), None, FOLDER_PAGE_ENTRIES)
            rows = page.rows
            while page.after is not None:
                page = await self.drive.core.drive.children(self.row.id, Order(), page.after, FOLDER_PAGE_ENTRIES)
                rows += page.rows
            return rows

        return [row for row in self.drive.ask(found()) if row.kind != "other"]

    def create_empty_resource(self, name: str) -> "File":
        """To be written, or locked; nothing is on the disk before it is written."""
        path = f"{self.path.rstrip('/')}/{name}"
        place = place_of(path, self.environ)
        name_of(place)
        if self.environ["REQUEST_METHOD"] == "LOCK":
            row = self.drive.put((), Place(place.tree, (*place.parts[:-1], _kept(place))))
            return File(path, self.environ, self.drive, row)
        return File(path, self.environ, self.drive, None)

    def create_collection(self, name: str) -> None:
        place = place_of(f"{self.path.rstrip('/')}/{name}", self.environ)
        self.drive.ask(self.drive.core.drive.make_folder(self.row.id, name_of(place)))

    def handle_copy(self, dest_path: str, *, depth_infinity: bool) -> list[Any]:
        if depth_infinity:
            self.drive.copy(self.row, dest_path.rstrip("/"), self.environ)
            return []
        target = place_of(dest_path.rstrip("/"), self.environ)
        there = self.drive.find(target)
        if there is not None:
            self.drive.remove(there, self.environ[USER])
        above = self.drive.ask(self.drive.core.paths.at(target.above))
        self.drive.ask(self.drive.core.drive.make_folder(above.id, name_of(target)))
        return []


class File(_Item, DAVNonCollection):  # type: ignore[misc]
    """`row` None: it is new, and not written yet."""

    def __init__(self, path: str, environ: Environ, drive: DriveProvider, row: ItemRow | None) -> None:
        super().__init__(path, environ)
        self.drive = drive
        self._file: FileIO | None = None
        if row is not None:
            self.row = row
            if environ["REQUEST_METHOD"] == "GET":
                self._open()

    def _open(self) -> None:
        """Once: what is told of a file that is sent is told of the very bytes."""
        self._file = self.drive.ask(self.drive.core.drive.open(self.row.id))
        found = os.fstat(self._file.fileno())
        self._size, self._mtime = found.st_size, found.st_mtime_ns

    def get_content_length(self) -> int:
        return self.row.size if self._file is None else self._size

    def get_content_type(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def get_etag(self) -> str:
        return (
            version_of(self.row.size, self.row.mtime_ns) if self._file is None else version_of(self._size, self._mtime)
        )

    def support_ranges(self) -> bool:
        return True

    def get_content(self) -> FileIO:
        if self._file is None:
            self._open()
        assert self._file is not None
        return self._file

    def begin_write(self, *, content_type: str | None = None) -> "File":
        del content_type
        return self

    def writelines(self, pieces: Iterable[bytes]) -> None:
        """The whole body: it is on the disk, and in its place, or nothing is."""
        place = place_of(self.path, self.environ)
        announced = int(self.environ.get("CONTENT_LENGTH") or 0)
        self.drive.ask(self.drive.core.transfers.room(self.environ[USER], announced))
        there = self.drive.find(place)
        name = _kept(place) if there is None else there.name
        self.row = self.drive.put(self._whole(pieces), Place(place.tree, (*place.parts[:-1], name)))

    def _whole(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        yield from pieces
        if not self.environ[ARRIVED]():
            raise DAVError(HTTP_BAD_REQUEST, "The connection broke before all had arrived.")

    def close(self) -> None:
        """Of what was written: it is in its place already."""

    def end_write(self, *, with_errors: bool) -> None:
        del with_errors

    def handle_copy(self, dest_path: str, *, depth_infinity: bool) -> list[Any]:
        del depth_infinity
        self.drive.copy(self.row, dest_path, self.environ)
        return []


# --- paths and names ---


def place_of(path: str, environ: Environ) -> Place:
    """Where a path leads, in the tree of who asks."""
    parts = [part for part in path.translate(_UNKEPT).split("/") if part]
    if any(part in (".", "..") or "\0" in part for part in parts):
        raise DAVError(HTTP_NOT_FOUND)
    with told():
        return Place(environ[USER], tuple(map(bytes_of, parts)))


def name_of(place: Place) -> str:
    """The last name, for something new. Raises DAVError when it would not be kept as it was given."""
    return _kept(place).decode()


def _kept(place: Place) -> bytes:
    with told():
        if not place.parts:
            raise Invalid("name-invalid", "This is the whole Drive.", "It is there already.")
        name = checked(shown(place.name))
        if name != _composed(place.name):
            raise Invalid("name-invalid", "A name does not begin or end with spaces.", "Leave them out.")
        return name


def _composed(name: bytes) -> bytes:
    return unicodedata.normalize("NFC", name.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
