"""The bytes of files, and folders as zips. They go out sandboxed by their own CSP, as an attachment unless a type that
runs nothing was asked for inline: what a file contains is never a page of the app's origin."""

import asyncio
import os
from collections.abc import AsyncIterator
from io import FileIO
from typing import Annotated, Final
from urllib.parse import quote

from litestar import Controller, Response, get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream

from noctule.accounts.capabilities import Capability
from noctule.drive.pieces import PIECE_BYTES, aside
from noctule.drive.places import shown
from noctule.drive.transfers import version_of
from noctule.errors import Invalid
from noctule.http.context import AppRequest, TheCore, user_of
from noctule.http.files import IMAGES
from noctule.http.items.access import named, other
from noctule.http.outputs import UNTRUSTED
from noctule.http.ranges import asked
from noctule_agent.wire.limits import ZIP_ITEMS

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
Chosen = Annotated[str, QueryParameter(max_length=ZIP_ITEMS * 100)]
"""Ids with commas: a download begins with an address, or it would be held in memory before it is saved."""
_PDF_CSP: Final = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


class Contents(Controller):
    path = "/api/v1"
    tags = ("drive",)

    @get("/items/{item_id:str}/content", summary="The bytes of a file, or a range of them; of a folder, a zip")
    async def content(
        self, core: TheCore, request: AppRequest, item_id: FromPath[str], inline: FromQuery[bool] = False
    ) -> Response[bytes] | Stream:
        item = await named(core, request, item_id)
        await core.library.written(item)
        row = await core.drive.get(item)
        if row.kind == "folder":
            name = shown(row.name) or "My Drive"
            headers = {**UNTRUSTED, "content-disposition": _disposition("attachment", f"{name}.zip")}
            return Stream(aside(await core.drive.zipped([item])), media_type="application/zip", headers=headers)
        if inline:
            await core.drive.opened(item, user_of(request))
        file = await core.drive.open(item)
        return await _file(request, file, shown(row.name), inline=inline)

    @get("/items/zip", summary="Several files and folders as one zip, under names of their own")
    async def several(self, core: TheCore, request: AppRequest, items: Chosen) -> Stream:
        wanted = list(dict.fromkeys(items.split(",")))
        if len(wanted) > ZIP_ITEMS:
            raise Invalid(
                "too-many-items",
                f"At most {ZIP_ITEMS} items come in one archive.",
                "Choose the folder that they are in.",
            )
        found = [await other(core, request, item_id, Capability.VIEW) for item_id in wanted]
        for item in found:
            await core.library.written(item)
        headers = {**UNTRUSTED, "content-disposition": _disposition("attachment", "Noctule.zip")}
        return Stream(aside(await core.drive.zipped(found)), media_type="application/zip", headers=headers)


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


def _disposition(kind: str, name: str) -> str:
    return f"{kind}; filename*=UTF-8''{quote(name.encode('utf-8', 'replace'), safe='')}"
