"""Uploads into a folder, in chunks: begun, asked for, filled and given up by the id that the client made."""

from collections.abc import AsyncIterator
from typing import Annotated, Final

from litestar import Controller, delete, get, patch, post
from litestar.exceptions import InternalServerException
from litestar.params import FromPath, JSONBody, QueryParameter

from noctule.app import Core
from noctule.drive.uploading import Wanted, no_upload
from noctule.http.context import AppRequest, TheCore, user_of
from noctule.http.items.access import named, other
from noctule.http.items.answers import progress
from noctule.http.items.shapes import UploadProgress, UploadWish
from noctule_agent.wire.limits import MB, UPLOAD_CHUNK_BYTES

WRITE_BYTES: Final = 4 * MB
"""Of an upload, written at once while the next come."""


class UploadsController(Controller):
    path = "/api/v1"
    tags = ("drive",)

    @post("/items/{item_id:str}/uploads", summary="Begin an upload into a folder")
    async def begin(
        self, core: TheCore, request: AppRequest, item_id: FromPath[str], data: JSONBody[UploadWish]
    ) -> UploadProgress:
        folder = await named(core, request, item_id)
        user = user_of(request)
        wanted = Wanted(
            size=data.size,
            name=data.name,
            who=user,
            tree=(await core.drive.row(folder)).tree,
            item=folder,
            made_at=core.clock.now(),
            path=data.path,
            sha256=data.sha256,
            over=data.over,
        )
        return await progress(core, request, await core.transfers.begin(data.upload, folder, wanted))

    @get("/uploads/{upload:str}", summary="How far an upload is")
    async def upload(self, core: TheCore, request: AppRequest, upload: FromPath[str]) -> UploadProgress:
        await _check(core, request, upload)
        return await progress(core, request, await core.transfers.state(upload))

    @patch("/uploads/{upload:str}", summary="Bytes of an upload", request_max_body_size=UPLOAD_CHUNK_BYTES)
    async def append(
        self,
        core: TheCore,
        request: AppRequest,
        upload: FromPath[str],
        offset: Annotated[int, QueryParameter(ge=0)],
    ) -> UploadProgress:
        """`offset`: where the upload stands. What arrives before a break is kept."""
        folder = await _check(core, request, upload)
        return await progress(core, request, await core.transfers.fill(upload, offset, _coming(core, request, folder)))

    @delete("/uploads/{upload:str}", summary="Give an upload up")
    async def drop(self, core: TheCore, request: AppRequest, upload: FromPath[str]) -> None:
        await _check(core, request, upload)
        await core.transfers.drop(upload)


async def _check(core: Core, request: AppRequest, upload: str) -> str:
    """Into which folder it goes. An upload is its maker's alone, while they may edit the folder. Raises NotFound, Forbidden."""
    wanted = await core.transfers.wanted(upload)
    if wanted.who != user_of(request):
        raise no_upload()
    await other(core, request, wanted.item)
    return wanted.item


async def _coming(core: Core, request: AppRequest, folder: str) -> AsyncIterator[list[bytes]]:
    """The body. It may take hours: the right is asked for as long as it comes. The upload itself is not asked for: that would wait
    for the piece which is being written."""
    async for piece in _until_broken(request):
        await other(core, request, folder)
        yield piece


async def _until_broken(request: AppRequest) -> AsyncIterator[list[bytes]]:
    """The body in pieces worth a write to the disk, or what came of it: an upload goes on later."""
    held: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            held.append(part)
            size += len(part)
            if size >= WRITE_BYTES:
                yield held
                held, size = [], 0
    except InternalServerException:
        pass
    if held:
        yield held
