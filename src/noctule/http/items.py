"""Drive: files and folders, as docs/drive.md has their requests. What a file contains is never a page of the app's origin.

Every item is asked for by its id; whether the asker may is decided here, at one place (`_mine`). Bytes go out sandboxed by their own
CSP, as an attachment unless a type that runs nothing was asked for inline.
"""

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Collection, Iterator
from datetime import datetime
from io import FileIO
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.exceptions import InternalServerException
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream

from noctule import templates
from noctule.app import Core
from noctule.drive.places import shown
from noctule.drive.transfers import Coming, version_of
from noctule.drive.uploading import Wanted
from noctule.errors import Invalid
from noctule.http.context import AppRequest, TheCore, user_of
from noctule.http.files import IMAGES
from noctule.http.notebooks import Address, deleted, moment
from noctule.http.outputs import UNTRUSTED
from noctule.http.ranges import asked
from noctule.notebook.percent import is_script
from noctule.store import items
from noctule.store.rows import ItemKind, ItemRow
from noctule_agent.files.folders import EARLIEST, LATEST
from noctule_agent.wire.limits import FOLDER_PAGE_ENTRIES, MB, UPLOAD_CHUNK_BYTES
from noctule_agent.wire.values import Id, ItemId, Millis, NotebookId, UserId

ROOT: Final = "root"
TIGHT: Final = 0.8
"""From this part of the quota on people are told."""
PIECE_BYTES: Final = MB
"""Read, or made, at once for who downloads."""
WRITE_BYTES: Final = 8 * MB
"""Of an upload, written and synced at once."""
INLINE: Final = {
    **dict.fromkeys(("txt", "md", "csv", "tsv", "json", "py", "log", "ipynb", "yaml", "yml", "toml"), "text/plain"),
    **IMAGES,
    "pdf": "application/pdf",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "mp4": "video/mp4",
    "webm": "video/webm",
}
"""Types that may be asked for inline, by the ending of the name. Of these only SVG and PDF can hold programs: the CSP of the
answer sandboxes the one, and the browser's own viewer the other."""
_PDF_CSP: Final = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"

CURSORS: Final[dict[str, tuple[type, ...]]] = {
    "name": (bytes,),
    "changed": (int, bytes),
    "size": (int, bytes),
    "recent": (int, str),
    "starred": (bytes, str),
    "shared": (),
    "bin": (int, str),
    "search": (bytes, str),
}
"""What a page of each list is ordered by (store/items.py)."""
LARGEST: Final = 2**53
"""Bytes of a file: what a page's own numbers can say."""

After = FromQuery[str | None]
Limit = Annotated[int, QueryParameter(ge=1, le=FOLDER_PAGE_ENTRIES)]


class Person(msgspec.Struct):
    id: str
    name: str


class Item(msgspec.Struct):
    """`name` as people see it. `running`: something of the notebook runs or waits; `live`: it has a runtime."""

    id: str
    kind: ItemKind
    name: str
    parent: str | None
    size: int
    changed_at: datetime
    version: str
    role: Literal["owner", "editor", "commenter", "viewer"]
    owner: Person
    starred: bool = False
    shared: bool = False
    running: bool = False
    live: bool = False
    opened_at: datetime | None = None
    binned_at: datetime | None = None


class ItemList(msgspec.Struct):
    """`after`: asks for the page that follows; None when there is none. `total`: so many are in the folder, told with the first."""

    items: list[Item]
    after: str | None
    total: int | None = None


class Above(msgspec.Struct):
    """A folder above an item."""

    id: str
    name: str


class ItemPage(msgspec.Struct):
    item: Item
    path: list[Above]


class DriveInfo(msgspec.Struct):
    """Bytes. `quota` None: there is none. `binned`: so much of `used` lies in the bin. `tight`: there is little room left."""

    root: str
    used: int
    quota: int | None
    binned: int
    tight: bool


class NewItem(msgspec.Struct):
    name: str


class NewNotebookHere(msgspec.Struct):
    """`template`: the id of what it begins with. Without a name it has the template's title."""

    name: str | None = None
    template: str | None = None


class Change(msgspec.Struct):
    """What is not said stays."""

    name: str | None = None
    parent: str | None = None


class Keep(msgspec.Struct):
    starred: bool


class UploadWish(msgspec.Struct):
    """`upload` is made by the client, and makes the request idempotent. `path`: folders below. `over`: the version to replace."""

    upload: Id
    name: str
    size: Annotated[int, msgspec.Meta(ge=0, le=LARGEST)]
    path: str = ""
    sha256: str | None = None
    over: str | None = None


class UploadProgress(msgspec.Struct):
    """`offset`: so much has arrived. `item`: it is whole, and in its place."""

    upload: str
    offset: int
    item: Item | None


class Drives(Controller):
    path = "/api/v1"
    tags = ("drive",)

    @get("/drive", summary="The asker's own Drive: its root, what it holds, what it may hold")
    async def drive(self, core: TheCore, request: AppRequest) -> DriveInfo:
        user = user_of(request)
        root = await core.drive.home(user)
        usage, quota = await core.drive.usage(user), await core.transfers.quota(user)
        return DriveInfo(root, usage.used, quota, usage.binned, quota is not None and usage.used >= TIGHT * quota)

    @get(
        "/items",
        summary="Items of all folders: those that were opened last, starred, or deleted; or found by their names",
    )
    async def listed(
        self,
        core: TheCore,
        request: AppRequest,
        view: FromQuery[Literal["recent", "starred", "shared", "bin"] | None] = None,
        search: FromQuery[str | None] = None,
        after: After = None,
        limit: Limit = 100,
    ) -> ItemList:
        user = user_of(request)
        order = "search" if search is not None else view
        if order is None:
            raise Invalid("view-missing", "The request does not say which items.", "Ask for a view, or search.")
        cursor = cursor_of(after, order)
        if search is not None:
            page = await core.drive.named(user, search, cursor, limit)
        elif view is None or view == "shared":
            page = items.Page([], None)
        else:
            page = await core.drive.view(view, user, cursor, limit)
        return await _list(core, user, page, order)

    @get("/items/{item_id:str}", summary="One item, and the folders above it")
    async def one(self, core: TheCore, request: AppRequest, item_id: FromPath[str]) -> ItemPage:
        user = user_of(request)
        row = await core.drive.get(await _mine(core, request, item_id))
        path = await core.drive.path(row.id)
        [item] = await _described(core, user, [row])
        return ItemPage(item, [Above(above.id, shown(above.name)) for above in path])

    @get("/items/{item_id:str}/children", summary="What is in a folder")
    async def children(
        self,
        core: TheCore,
        request: AppRequest,
        item_id: FromPath[str],
        sort: FromQuery[Literal["name", "changed", "size"]] = "name",
        descending: FromQuery[bool] = False,
        after: After = None,
        limit: Limit = 100,
    ) -> ItemList:
        folder = await _mine(core, request, item_id)
        columns: dict[str, Literal["mtime_ns", "size"] | None] = {"name": None, "changed": "mtime_ns", "size": "size"}
        order = f"{sort}-" if descending else sort
        page = await core.drive.children(folder, items.Order(columns[sort], descending), cursor_of(after, order), limit)
        found = await _list(core, user_of(request), page, order)
        if after is None:
            found.total = await core.drive.count(folder)
        return found

    # --- making and changing ---

    @post("/items/{item_id:str}/folders", summary="Make a folder")
    async def make_folder(
        self, core: TheCore, request: AppRequest, item_id: FromPath[str], data: JSONBody[NewItem]
    ) -> Item:
        return await _item(core, request, await core.drive.make_folder(await _mine(core, request, item_id), data.name))

    @post("/items/{item_id:str}/notebooks", summary="Make a notebook; a taken name gets a number")
    async def make_notebook(
        self, core: TheCore, request: AppRequest, item_id: FromPath[str], data: JSONBody[NewNotebookHere]
    ) -> Item:
        folder = await _mine(core, request, item_id)
        name, content = data.name, None
        if data.template is not None:
            content = await asyncio.to_thread(templates.read, data.template)
            name = templates.named(data.template).title if name is None else name
            name = f"{name}.ipynb" if is_script(name) else name
        made = await core.library.create(name or "Untitled.ipynb", user_of(request), content, folder)
        return await _item(core, request, await core.drive.get(ItemId(made.id)))

    @post("/items/{item_id:str}/import", summary="Copy a notebook from GitHub, a gist, or another allowed host")
    async def fetch(self, core: TheCore, request: AppRequest, item_id: FromPath[str], data: JSONBody[Address]) -> Item:
        folder = await _mine(core, request, item_id)
        name, found = await core.remote.fetch(data.address)
        made = await core.library.create(name, user_of(request), found, folder)
        return await _item(core, request, await core.drive.get(ItemId(made.id)))

    @patch("/items/{item_id:str}", summary="Rename, move, or both; nothing is replaced")
    async def change(self, core: TheCore, request: AppRequest, item_id: FromPath[str], data: JSONBody[Change]) -> Item:
        item = await _mine(core, request, item_id)
        parent = None if data.parent is None else await _mine(core, request, data.parent)
        return await _item(core, request, await core.drive.move(item, parent, data.name))

    @post("/items/{item_id:str}/copy", summary="Copy a file, or a folder with all in it, under a free name")
    async def copy(self, core: TheCore, request: AppRequest, item_id: FromPath[str], data: JSONBody[Change]) -> Item:
        item = await _mine(core, request, item_id)
        parent = None if data.parent is None else await _mine(core, request, data.parent)
        await core.library.written(item)
        await core.transfers.room(user_of(request), await core.drive.size(item))
        return await _item(core, request, await core.drive.copy(item, parent, data.name))

    @delete("/items/{item_id:str}", summary="To the bin; from there, for ever", status_code=200)
    async def remove(
        self, core: TheCore, request: AppRequest, item_id: FromPath[str], forever: FromQuery[bool] = False
    ) -> Item:
        item = await _mine(core, request, item_id)
        if forever:
            gone = await _item(core, request, await core.drive.get(item))
            await core.drive.erase(item)
            return gone
        if (await core.drive.row(item)).parent is not None:
            await core.library.close(item, deleted(user_of(request)))
        return await _item(core, request, await core.drive.bin(item))

    @post("/items/{item_id:str}/restore", summary="Out of the bin", status_code=200)
    async def restore(self, core: TheCore, request: AppRequest, item_id: FromPath[str]) -> Item:
        return await _item(core, request, await core.drive.restore(await _mine(core, request, item_id)))

    @delete("/items", summary="Empty the bin")
    async def empty(self, core: TheCore, request: AppRequest, view: FromQuery[Literal["bin"]]) -> None:
        del view
        await core.drive.empty_bin(user_of(request))

    @patch("/items/{item_id:str}/mine", summary="Star, or not")
    async def mine(self, core: TheCore, request: AppRequest, item_id: FromPath[str], data: JSONBody[Keep]) -> Item:
        item = await _mine(core, request, item_id)
        return await _item(core, request, await core.drive.star(item, user_of(request), starred=data.starred))

    # --- bytes ---

    @get("/items/{item_id:str}/content", summary="The bytes of a file, or a range of them; of a folder, a zip")
    async def content(
        self, core: TheCore, request: AppRequest, item_id: FromPath[str], inline: FromQuery[bool] = False
    ) -> Response[bytes] | Stream:
        item = await _mine(core, request, item_id)
        await core.library.written(item)
        row = await core.drive.get(item)
        if row.kind == "folder":
            name = shown(row.name) or "My Drive"
            headers = {**UNTRUSTED, "content-disposition": _disposition("attachment", f"{name}.zip")}
            return Stream(_pieces(await core.drive.zipped(item)), media_type="application/zip", headers=headers)
        if inline:
            await core.drive.opened(item, user_of(request))
        file = await core.drive.open(item)
        return await _file(request, file, shown(row.name), inline=inline)

    # --- uploads ---

    @post("/items/{item_id:str}/uploads", summary="Begin an upload into a folder")
    async def begin(
        self, core: TheCore, request: AppRequest, item_id: FromPath[str], data: JSONBody[UploadWish]
    ) -> UploadProgress:
        folder = await _mine(core, request, item_id)
        user = user_of(request)
        wanted = Wanted(
            size=data.size,
            name=data.name,
            who=user,
            item=folder,
            made_at=core.clock.now(),
            path=data.path,
            sha256=data.sha256,
            over=data.over,
        )
        return await _progress(core, request, await core.transfers.begin(data.upload, folder, wanted))

    @get("/uploads/{upload:str}", summary="How far an upload is")
    async def upload(self, core: TheCore, request: AppRequest, upload: FromPath[str]) -> UploadProgress:
        await _mine(core, request, await core.transfers.folder(upload))
        return await _progress(core, request, await core.transfers.state(upload))

    @patch("/uploads/{upload:str}", summary="Bytes of an upload", request_max_body_size=UPLOAD_CHUNK_BYTES)
    async def append(
        self,
        core: TheCore,
        request: AppRequest,
        upload: FromPath[str],
        offset: Annotated[int, QueryParameter(ge=0)],
    ) -> UploadProgress:
        """`offset`: where the upload stands. What arrives before a break is kept."""
        await _mine(core, request, await core.transfers.folder(upload))
        # First nothing, at the offset: who is wrong about it is told before the bytes come.
        coming = await core.transfers.append(upload, offset, b"")
        async for piece in _until_broken(request):
            coming = await core.transfers.append(upload, coming.offset, piece)
        return await _progress(core, request, coming)

    @delete("/uploads/{upload:str}", summary="Give an upload up")
    async def drop(self, core: TheCore, request: AppRequest, upload: FromPath[str]) -> None:
        await _mine(core, request, await core.transfers.folder(upload))
        await core.transfers.drop(upload)


# --- who may ---


async def _mine(core: Core, request: AppRequest, item_id: str) -> ItemId:
    """The item, if it is of the asker's own tree. Raises NotFound, also for what is another's: nobody learns that it is there."""
    user = user_of(request)
    if item_id == ROOT:
        return await core.drive.home(user)
    if "\0" in item_id:
        raise items.not_found(ItemId(""))
    row = await core.drive.row(ItemId(item_id))
    if row.tree != user:
        raise items.not_found(ItemId(item_id))
    return row.id


# --- answers ---


def cursor_of(text: str | None, order: str) -> items.Cursor | None:
    """A place in a list of this order. Raises Invalid for what is none of ours, or of another list."""
    if text is None:
        return None
    try:
        of, *values = msgspec.msgpack.decode(base64.urlsafe_b64decode(text.encode()), type=list[Any])
    except (ValueError, msgspec.MsgspecError) as error:
        raise _no_cursor() from error
    if of != order or tuple(map(type, values)) != CURSORS[order.rstrip("-")]:
        raise _no_cursor()
    # What a database takes: a number of 64 bits, a text without a zero.
    if any(
        (isinstance(value, int) and abs(value) >= 2**63) or (isinstance(value, str) and "\0" in value)
        for value in values
    ):
        raise _no_cursor()
    return tuple(values)


def _no_cursor() -> Invalid:
    return Invalid("cursor-invalid", "This is no place in this list.", "Ask for its first page.")


def text_of(cursor: items.Cursor | None, order: str) -> str | None:
    if cursor is None:
        return None
    return base64.urlsafe_b64encode(msgspec.msgpack.encode([order, *cursor])).decode()


async def _list(core: Core, user: UserId, page: items.Page, order: str) -> ItemList:
    return ItemList(await _described(core, user, page.rows), text_of(page.after, order))


async def _item(core: Core, request: AppRequest, row: ItemRow) -> Item:
    return (await _described(core, user_of(request), [row]))[0]


async def _described(core: Core, user: UserId, rows: Collection[ItemRow]) -> list[Item]:
    known = await core.drive.known(user, [row.id for row in rows])
    shown_as = {each.id: each.shown for each in await core.accounts.people.some(sorted({row.tree for row in rows}))}
    return [
        Item(
            id=row.id,
            kind=row.kind,
            name=shown(row.name),
            parent=row.parent,
            size=row.size,
            changed_at=moment(core.clock.now()) if row.mtime_ns is None else _changed(row.mtime_ns),
            version=version_of(row.size, row.mtime_ns),
            role="owner",
            owner=Person(row.tree, shown_as.get(row.tree, row.tree)),
            starred=row.id in known.starred,
            running=row.id in known.running,
            live=core.runtimes.view(NotebookId(row.id)) is not None if row.kind == "notebook" else False,
            opened_at=None if row.id not in known.opened else moment(known.opened[row.id]),
            binned_at=None if row.binned_at is None else moment(row.binned_at),
        )
        for row in rows
    ]


def _changed(mtime_ns: int) -> datetime:
    """Disks keep moments that no calendar has."""
    return moment(Millis(min(max(mtime_ns // 1_000_000, EARLIEST), LATEST)))


async def _progress(core: Core, request: AppRequest, coming: Coming) -> UploadProgress:
    item = None if coming.item is None else await _item(core, request, coming.item)
    return UploadProgress(coming.upload, coming.offset, item)


async def _file(request: AppRequest, file: FileIO, name: str, *, inline: bool) -> Response[bytes] | Stream:
    found = await asyncio.to_thread(_looks, file)
    size, etag = found[0], f'"{version_of(*found)}"'
    ending = name.rpartition(".")[2].lower()
    media_type = INLINE.get(ending) if inline else None
    headers = {
        **UNTRUSTED,
        "content-disposition": _disposition("inline" if media_type else "attachment", name),
        "accept-ranges": "bytes",
        "etag": etag,
        "cache-control": "private, no-cache",
    }
    if media_type == "application/pdf":
        headers["content-security-policy"] = _PDF_CSP
    if etag in map(_strong, request.headers.get("if-none-match", "").split(",")):
        file.close()
        return Response(b"", status_code=304, headers={"etag": etag, "cache-control": headers["cache-control"]})
    # A part counts only for the version that was begun with: a download never goes on in another file.
    same = request.headers.get("if-range", etag) == etag
    part = asked(request.headers.get("range"), size) if same else None
    start, stop = part or (0, size)
    headers["content-length"] = str(stop - start)
    if part is not None:
        headers["content-range"] = f"bytes {start}-{stop - 1}/{size}"
    return Stream(
        _part(file, start, stop),
        status_code=200 if part is None else 206,
        media_type=media_type or "application/octet-stream",
        headers=headers,
    )


def _strong(etag: str) -> str:
    """As a cache asks whether it still has it: `W/"x"` asks for `"x"`."""
    return etag.strip().removeprefix("W/")


def _looks(file: FileIO) -> tuple[int, int]:
    found = os.fstat(file.fileno())
    return found.st_size, found.st_mtime_ns


async def _part(file: FileIO, start: int, stop: int) -> AsyncIterator[bytes]:
    """The bytes of a file, read aside; it is closed whoever stops reading."""
    try:
        await asyncio.to_thread(file.seek, start)
        while start < stop:
            piece = await asyncio.to_thread(file.read, min(PIECE_BYTES, stop - start))
            if not piece:
                return  # It became shorter: the sender breaks off, for it announced more.
            start += len(piece)
            yield piece
    finally:
        file.close()


async def _pieces(made: Iterator[bytes]) -> AsyncIterator[bytes]:
    """What is made while it is sent, some at a time, aside."""
    while piece := await asyncio.to_thread(_some, made):
        yield piece


def _some(made: Iterator[bytes]) -> bytes:
    taken, size = [], 0
    for piece in made:
        taken.append(piece)
        size += len(piece)
        if size >= PIECE_BYTES:
            break
    return b"".join(taken)


def _disposition(kind: str, name: str) -> str:
    return f"{kind}; filename*=UTF-8''{quote(name.encode('utf-8', 'replace'), safe='')}"


async def _until_broken(request: AppRequest) -> AsyncIterator[bytes]:
    """The body in pieces worth a write to the disk, or what came of it: an upload goes on later."""
    held: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            held.append(part)
            size += len(part)
            if size >= WRITE_BYTES:
                yield b"".join(held)
                held, size = [], 0
    except InternalServerException:
        pass
    if held:
        yield b"".join(held)
