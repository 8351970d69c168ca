"""Outputs that are too large for a frame: slices of a long text, the whole log, the bytes of a MIME value.

What a notebook contains is not trusted (invariant 9): every answer here is sandboxed by its own CSP and cannot be
sniffed into something else.
"""

import base64
import binascii
from collections.abc import AsyncIterator
from typing import Annotated, Final, TypeVar

import msgspec
from litestar import Controller, Response, get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream

from noctule.app import Core
from noctule.errors import NotFound
from noctule.http import ranges
from noctule.http.context import AppRequest, TheCore
from noctule.store import Tx, runs
from noctule.store.rows import LogLines, LogMatches, LogPlace, TextSlice
from noctule_agent.wire.limits import LOG_LINES, MB, SEARCH_QUERY_CHARS
from noctule_agent.wire.state import BlobRef, Inline, MimeValue
from noctule_agent.wire.values import NotebookId, OutputId

T = TypeVar("T")
SLICE_CHARS = 1 * MB
LARGEST_PLACE: Final = 2**62
"""No text is longer; a database takes no larger number."""
UNTRUSTED = {
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}
_IMAGES = ("png", "jpeg", "gif", "webp", "avif", "bmp", "svg+xml")
_SOUNDS = ("wav", "x-wav", "mpeg", "mp3", "ogg", "flac", "mp4", "webm", "aac")
RENDERED = frozenset(
    {
        *(f"image/{name}" for name in _IMAGES),
        *(f"audio/{name}" for name in _SOUNDS),
        *(f"video/{name}" for name in ("mp4", "webm", "ogg")),
    }
)
"""Types that may be shown under their own name (an SVG only as an image, by the CSP); the rest is plain bytes."""
VERSION_CHARS: Final = 16
LASTING: Final = "private, max-age=31536000, immutable"


class Outputs(Controller):
    path = "/api/v1/notebooks/{notebook_id:str}/outputs/{output_id:str}"
    tags = ("outputs",)

    @get("/text", summary="A slice of a stream's text, in code points")
    async def text(
        self,
        core: TheCore,
        notebook_id: FromPath[str],
        output_id: FromPath[str],
        offset: Annotated[int, QueryParameter(ge=0)] = 0,
        limit: Annotated[int, QueryParameter(ge=1, le=SLICE_CHARS)] = 65_536,
    ) -> TextSlice:
        return await self._slice(core, NotebookId(notebook_id), OutputId(output_id), offset, limit)

    @get("/lines", summary="Lines of a stream's text")
    async def lines(
        self,
        core: TheCore,
        notebook_id: FromPath[str],
        output_id: FromPath[str],
        first: Annotated[int, QueryParameter(ge=0, le=LARGEST_PLACE)] = 0,
        count: Annotated[int, QueryParameter(ge=0, le=LOG_LINES)] = LOG_LINES,
    ) -> LogLines:
        notebook, output = NotebookId(notebook_id), OutputId(output_id)
        return _there(await core.store.read(lambda tx: runs.lines(tx, notebook, output, first, count)))

    @get("/search", summary="Lines of a stream's text in which something is found")
    async def search(
        self,
        core: TheCore,
        notebook_id: FromPath[str],
        output_id: FromPath[str],
        wanted: Annotated[str, QueryParameter(name="query", min_length=1, max_length=SEARCH_QUERY_CHARS)],
        case: FromQuery[bool] = False,
        offset: Annotated[int, QueryParameter(ge=0, le=LARGEST_PLACE)] = 0,
        line: Annotated[int, QueryParameter(ge=0, le=LARGEST_PLACE)] = 0,
    ) -> LogMatches:
        """From a place on, as the `next` of the answer before says it."""
        notebook, output, place = NotebookId(notebook_id), OutputId(output_id), LogPlace(offset, line)
        return _there(await core.store.read(lambda tx: runs.search(tx, notebook, output, wanted, place, case=case)))

    @get("/log", summary="The whole text of a stream")
    async def log(self, core: TheCore, notebook_id: FromPath[str], output_id: FromPath[str]) -> Stream:
        notebook, output = NotebookId(notebook_id), OutputId(output_id)
        first = await self._slice(core, notebook, output, 0, SLICE_CHARS)

        async def parts() -> AsyncIterator[bytes]:
            part = first
            yield part.text.encode()
            while part.next is not None:
                part = await self._slice(core, notebook, output, part.next, SLICE_CHARS)
                yield part.text.encode()

        return Stream(parts(), media_type="text/plain; charset=utf-8", headers=UNTRUSTED)

    @get("/mime", summary="The bytes of one MIME value of a display, or a range of them")
    async def mime(
        self,
        core: TheCore,
        request: AppRequest,
        notebook_id: FromPath[str],
        output_id: FromPath[str],
        type_: Annotated[str, QueryParameter(name="type", max_length=200)],
        version: Annotated[str, QueryParameter(name="v", max_length=64)] = "",
    ) -> Response[bytes]:
        """With the start of its sha256 as `v` the answer may be kept for ever: another value has another address."""
        notebook, output = NotebookId(notebook_id), OutputId(output_id)
        value: MimeValue | None = await core.store.read(lambda tx: runs.mime(tx, notebook, output, type_))
        if value is None:
            raise _gone()
        found: MimeValue = value
        shown = type_ if type_ in RENDERED else "application/octet-stream"
        lasting = isinstance(value, BlobRef) and len(version) == VERSION_CHARS and value.sha256.startswith(version)
        headers = {
            **UNTRUSTED,
            "accept-ranges": "bytes",
            "cache-control": LASTING if lasting else "private, no-cache",
        }
        wanted = request.headers.get("range")
        return await core.store.read(lambda tx: _answer(tx, found, type_, shown, wanted, headers))

    async def _slice(
        self, core: Core, notebook_id: NotebookId, output_id: OutputId, offset: int, limit: int
    ) -> TextSlice:
        return _there(await core.store.read(lambda tx: runs.text(tx, notebook_id, output_id, offset, limit)))


def _there(found: T | None) -> T:
    if found is None:
        raise _gone()
    return found


def _gone() -> NotFound:
    return NotFound("output-not-found", "This output is gone.", "The cell was run again or cleared.")


def _answer(
    tx: Tx, value: MimeValue, mime_type: str, shown: str, wanted: str | None, headers: dict[str, str]
) -> Response[bytes]:
    """The value, or the part of it that is wanted: of a blob, no more than that is read."""
    whole = _bytes(value, mime_type) if isinstance(value, Inline) else b""
    size = value.size if isinstance(value, BlobRef) else len(whole)
    part = ranges.asked(wanted, size)
    start, stop = part or (0, size)
    if isinstance(value, BlobRef):
        with tx.blobs.open(value.sha256) as file:
            file.seek(start)
            data = file.read(stop - start)
    else:
        data = whole[start:stop]
    if part is None:
        return Response(content=data, media_type=shown, headers=headers)
    headers = {**headers, "content-range": f"bytes {start}-{stop - 1}/{size}"}
    return Response(content=data, status_code=206, media_type=shown, headers=headers)


def _bytes(value: Inline, mime_type: str) -> bytes:
    match value.value:
        case str() as text if not mime_type.startswith("text/") and mime_type != "image/svg+xml":
            try:
                return base64.b64decode(text, validate=False)
            except binascii.Error:
                return text.encode()
        case str() as text:
            return text.encode()
        case other:
            return msgspec.json.encode(other)
