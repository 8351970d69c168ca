"""Files of a notebook's runtime: list, download, upload, rename, delete. What they contain is never shown in the app's origin.

Every answer with a file's bytes is an attachment, of a type that no browser runs, sandboxed by its own CSP (invariant 9);
only images go under their own type, so that the page may show them as images.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from types import NoneType
from typing import Annotated
from urllib.parse import quote

import msgspec
from litestar import Controller, Response, delete, get, patch, post, put
from litestar.exceptions import InternalServerException
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody, QueryParameter
from litestar.response import Stream

from noctule.app import Core
from noctule.errors import Invalid
from noctule.http.context import AppRequest, TheCore
from noctule.http.notebooks import moment
from noctule.http.outputs import UNTRUSTED
from noctule.http.ranges import asked
from noctule.runtimes.files import Reading, bring
from noctule_agent.wire import files as wire
from noctule_agent.wire.limits import FOLDER_PAGE_ENTRIES, UPLOAD_CHUNK_BYTES
from noctule_agent.wire.values import Id, NotebookId

IMAGES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "svg": "image/svg+xml",
}

Path = FromQuery[str]


class FileInfo(msgspec.Struct):
    """`kind` other: nothing to open (a device, a link that leads nowhere or out). `version` changes when the file does."""

    path: str
    name: str
    kind: wire.EntryKind
    size: int
    modified_at: datetime
    version: str
    link: bool


class FileList(msgspec.Struct):
    """`next` asks for the page that follows, "" when there is none. `cut`: there is more than is ever listed."""

    files: list[FileInfo]
    next: str
    cut: bool
    disk_total_bytes: int | None
    disk_free_bytes: int | None


class NewFolder(msgspec.Struct):
    """`parents`: make those too, and do not mind if it is there."""

    path: str
    parents: bool = False


class Move(msgspec.Struct):
    source: str
    target: str


class FileCount(msgspec.Struct):
    """`more`: it is more than that."""

    files: int
    folders: int
    size: int
    more: bool


class NewUpload(msgspec.Struct):
    """`id` is made by the client, and makes the request idempotent. `replace`: what is there, whatever it is."""

    id: Id
    path: str
    size: Annotated[int, msgspec.Meta(ge=0)]
    replace: bool = False


class UploadInfo(msgspec.Struct):
    """`offset`: so much has arrived; go on from there. `file`: it is whole and in its place."""

    id: str
    offset: int
    size: int
    file: FileInfo | None


class Files(Controller):
    path = "/api/v1/notebooks/{notebook_id:str}/files"
    tags = ("files",)

    @get(summary="A folder of the notebook's runtime")
    async def all(
        self,
        core: TheCore,
        notebook_id: FromPath[str],
        path: Path = "",
        after: FromQuery[str] = "",
        limit: Annotated[int, QueryParameter(ge=1, le=FOLDER_PAGE_ENTRIES)] = 500,
        hidden: FromQuery[bool] = False,
    ) -> FileList:
        ask = wire.ListFolder(path, after, limit, hidden)
        told = await core.runtimes.query(NotebookId(notebook_id), ask, wire.Listing)
        disk = told.disk
        total, free = (None, None) if disk is None else (disk.total_bytes, disk.free_bytes)
        return FileList([info(entry) for entry in told.entries], told.next, told.cut, total, free)

    @get("/entry", summary="One file or folder")
    async def one(self, core: TheCore, notebook_id: FromPath[str], path: Path) -> FileInfo:
        return info(await _stat(core, notebook_id, path))

    @get("/count", summary="How much lies at and below a path")
    async def count(self, core: TheCore, notebook_id: FromPath[str], path: Path) -> FileCount:
        return _count(await core.runtimes.query(NotebookId(notebook_id), wire.CountFiles(path), wire.Counted))

    @get("/content", summary="The bytes of a file, or a range of them")
    async def content(
        self,
        core: TheCore,
        request: AppRequest,
        notebook_id: FromPath[str],
        path: Path,
    ) -> Response[bytes] | Stream:
        entry = await _stat(core, notebook_id, path)
        etag = f'"{entry.version}"'
        if request.headers.get("if-none-match") == etag:
            return Response(b"", status_code=304, headers={"etag": etag})
        # A part counts only for the version that was begun with: a download never goes on in another file.
        same = request.headers.get("if-range", etag) == etag
        part = asked(request.headers.get("range"), entry.size) if same else None
        start, stop = part or (0, entry.size)
        what = wire.ReadFile(path, start, stop - start)
        return _download(await Reading.open(core.runtimes, NotebookId(notebook_id), what), part)

    @put("/content", summary="Write a file as a whole", status_code=200, request_max_body_size=UPLOAD_CHUNK_BYTES)
    async def write(
        self,
        core: TheCore,
        request: AppRequest,
        notebook_id: FromPath[str],
        path: Path,
    ) -> FileInfo:
        """`If-None-Match: *`: only a new one. `If-Match: "version"`: only in place of this version."""
        what = wire.WriteFile(path, _length(request), _replace(request))
        entry = await bring(core.runtimes, NotebookId(notebook_id), what, request.stream())
        assert entry is not None
        return info(entry)

    @post("/folders", summary="Make a folder")
    async def make_folder(self, core: TheCore, notebook_id: FromPath[str], data: JSONBody[NewFolder]) -> FileInfo:
        ask = wire.MakeFolder(data.path, data.parents)
        return info(await core.runtimes.query(NotebookId(notebook_id), ask, wire.Entry))

    @post("/move", summary="Rename or move; nothing is replaced", status_code=200)
    async def move(self, core: TheCore, notebook_id: FromPath[str], data: JSONBody[Move]) -> FileInfo:
        ask = wire.MoveFile(data.source, data.target)
        return info(await core.runtimes.query(NotebookId(notebook_id), ask, wire.Entry))

    @delete(summary="Delete a file, or a folder with all that is in it", status_code=200)
    async def remove(self, core: TheCore, notebook_id: FromPath[str], path: Path) -> FileCount:
        return _count(await core.runtimes.query(NotebookId(notebook_id), wire.DeleteFile(path), wire.Counted))

    # --- uploads that survive a broken connection ---

    @post("/uploads", summary="Begin an upload")
    async def begin(self, core: TheCore, notebook_id: FromPath[str], data: JSONBody[NewUpload]) -> UploadInfo:
        replace = "*" if data.replace else None
        ask = wire.OpenUpload(wire.UploadId(data.id), data.path, data.size, replace)
        return _upload(await core.runtimes.query(NotebookId(notebook_id), ask, wire.UploadState))

    @get("/uploads/{upload_id:str}", summary="How far an upload is")
    async def upload(self, core: TheCore, notebook_id: FromPath[str], upload_id: FromPath[str]) -> UploadInfo:
        return await _state(core, notebook_id, upload_id)

    @patch("/uploads/{upload_id:str}", summary="Bytes of an upload", request_max_body_size=UPLOAD_CHUNK_BYTES)
    async def append(
        self,
        core: TheCore,
        request: AppRequest,
        notebook_id: FromPath[str],
        upload_id: FromPath[str],
        upload_offset: Annotated[int, HeaderParameter(name="Upload-Offset", ge=0)],
    ) -> UploadInfo:
        """`Upload-Offset`: where the upload stands. What arrives before a break is kept."""
        what = wire.AppendUpload(wire.UploadId(upload_id), upload_offset)
        await bring(core.runtimes, NotebookId(notebook_id), what, _until_broken(request))
        return await _state(core, notebook_id, upload_id)

    @delete("/uploads/{upload_id:str}", summary="Give an upload up")
    async def drop(self, core: TheCore, notebook_id: FromPath[str], upload_id: FromPath[str]) -> None:
        drop = wire.DropUpload(wire.UploadId(upload_id))
        await core.runtimes.query(NotebookId(notebook_id), drop, NoneType)


def info(entry: wire.Entry) -> FileInfo:
    return FileInfo(
        path=entry.path,
        name=entry.name,
        kind=entry.kind,
        size=entry.size,
        modified_at=moment(entry.modified),
        version=entry.version,
        link=entry.link,
    )


async def _stat(core: Core, notebook_id: str, path: str) -> wire.Entry:
    return await core.runtimes.query(NotebookId(notebook_id), wire.StatFile(path), wire.Entry)


async def _state(core: Core, notebook_id: str, upload_id: str) -> UploadInfo:
    ask = wire.StatUpload(wire.UploadId(upload_id))
    return _upload(await core.runtimes.query(NotebookId(notebook_id), ask, wire.UploadState))


def _count(told: wire.Counted) -> FileCount:
    return FileCount(told.files, told.folders, told.size, told.more)


def _upload(told: wire.UploadState) -> UploadInfo:
    return UploadInfo(told.upload_id, told.offset, told.size, None if told.done is None else info(told.done))


def _download(reading: Reading, part: tuple[int, int] | None) -> Stream:
    entry = reading.head.entry
    headers = {
        **UNTRUSTED,
        "content-disposition": f"attachment; filename*=UTF-8''{quote(entry.name, safe='')}",
        "content-length": str(reading.head.length),
        "accept-ranges": "bytes",
        "etag": f'"{entry.version}"',
        "cache-control": "private, no-cache",
    }
    if part is not None:
        headers["content-range"] = f"bytes {part[0]}-{part[0] + reading.head.length - 1}/{entry.size}"
    media_type = IMAGES.get(entry.name.rpartition(".")[2].lower(), "application/octet-stream")
    status = 200 if part is None else 206
    return Stream(reading.parts(), status_code=status, media_type=media_type, headers=headers)


def _length(request: AppRequest) -> int:
    length = request.headers.get("content-length", "")
    if not length.isdigit():
        raise Invalid("length-required", "The request does not say how many bytes come.", "Send `Content-Length`.")
    return int(length)


def _replace(request: AppRequest) -> str | None:
    if request.headers.get("if-none-match") == "*":
        return None
    return request.headers.get("if-match", "*").strip('"')


async def _until_broken(request: AppRequest) -> AsyncIterator[bytes]:
    """The body, or what came of it: an upload goes on later."""
    try:
        async for part in request.stream():
            yield part
    except InternalServerException:
        return
