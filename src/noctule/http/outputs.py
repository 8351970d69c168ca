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
from noctule.http.context import TheCore
from noctule.store import Tx, runs
from noctule.store.rows import LogLines, LogMatches, LogPlace, TextSlice
from noctule_agent.wire.limits import LOG_LINES, MB, SEARCH_QUERY_CHARS
from noctule_agent.wire.state import BlobRef, Inline
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
RENDERED = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/svg+xml"})
"""Types that may be shown under their own name (an SVG only as an image, by the CSP); the rest is plain bytes."""


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

    @get("/mime", summary="The bytes of one MIME value of a display")
    async def mime(
        self,
        core: TheCore,
        notebook_id: FromPath[str],
        output_id: FromPath[str],
        type_: Annotated[str, QueryParameter(name="type", max_length=200)],
    ) -> Response[bytes]:
        data = _there(await core.store.read(lambda tx: _bytes(tx, NotebookId(notebook_id), OutputId(output_id), type_)))
        shown = type_ if type_ in RENDERED else "application/octet-stream"
        return Response(content=data, media_type=shown, headers={**UNTRUSTED, "cache-control": "private, no-cache"})

    async def _slice(
        self, core: Core, notebook_id: NotebookId, output_id: OutputId, offset: int, limit: int
    ) -> TextSlice:
        return _there(await core.store.read(lambda tx: runs.text(tx, notebook_id, output_id, offset, limit)))


def _there(found: T | None) -> T:
    if found is None:
        raise NotFound("output-not-found", "This output is gone.", "The cell was run again or cleared.")
    return found


def _bytes(tx: Tx, notebook_id: NotebookId, output_id: OutputId, mime_type: str) -> bytes | None:
    value = runs.mime(tx, notebook_id, output_id, mime_type)
    match value:
        case None:
            return None
        case BlobRef():
            return tx.blobs.read(value.sha256)
        case Inline(value=str() as text) if not mime_type.startswith("text/") and mime_type != "image/svg+xml":
            try:
                return base64.b64decode(text, validate=False)
            except binascii.Error:
                return text.encode()
        case Inline(value=str() as text):
            return text.encode()
        case Inline(value=other):
            return msgspec.json.encode(other)
