"""Uploads: files that arrive in parts, over broken connections and restarts of the server. What arrived is on the disk.

An upload is known by its id, which the page makes; how far it is says the size of its part. One connection at a time brings
bytes: a newer one takes the place of an older, which may not have noticed yet that its page is gone.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from noctule_agent.pipes import Pipe
from noctule_agent.refusal import Refusal
from noctule_agent.wire.files import AppendUpload, Entry, OpenUpload, UploadId, UploadState
from noctule_agent.wire.limits import UPLOAD_IDLE_SECONDS, UPLOADS_PER_RUNTIME
from noctule_agent.wire.values import Problem

from . import placing
from .beneath import Root
from .folders import named
from .names import Parts

T = TypeVar("T")

NOT_THERE = Problem("upload-not-found", "This upload is not known here.", "It was given up. Begin it again.", 404)
TOO_MANY = Problem(
    "too-many-uploads", f"{UPLOADS_PER_RUNTIME} uploads are under way.", "Wait until some are done.", 409
)
ELSEWHERE = Problem("upload-offset", "The upload stands at another place.", "Ask where, and go on from there.", 409)
TOO_LONG = Problem("upload-too-long", "More came than was announced.", "The file changed while it was sent.", 409)


class Aside(Protocol):
    """Runs what blocks in a thread."""

    async def __call__(self, work: Callable[..., T], /, *args: Any) -> T: ...


class _Upload:
    def __init__(self, ask: OpenUpload, parts: Parts, now: float) -> None:
        self.ask = ask
        self.parts = parts
        self.done: Entry | None = None
        self.used = now
        self.lock = asyncio.Lock()
        self.bringer: asyncio.Task[Any] | None = None

    @property
    def id(self) -> UploadId:
        return self.ask.upload_id


class Uploads:
    def __init__(self, root: Root, aside: Aside) -> None:
        self._root = root
        self._aside = aside
        self._known: dict[UploadId, _Upload] = {}
        self._opening = asyncio.Lock()

    async def open(self, ask: OpenUpload) -> UploadState:
        async with self._opening:
            upload = self._known.get(ask.upload_id) or await self._begin(ask)
        return await self._state(upload)

    async def _begin(self, ask: OpenUpload) -> _Upload:
        await self._make_room()
        upload = _Upload(ask, named(ask.path), _now())
        file = await self._aside(placing.begin, self._root, upload.parts, upload.id, ask.size, ask.replace)
        file.close()
        self._known[upload.id] = upload
        if ask.size == 0:
            await self._finish(upload)
        return upload

    async def state(self, upload_id: UploadId) -> UploadState:
        return await self._state(self._get(upload_id))

    async def drop(self, upload_id: UploadId) -> None:
        upload = self._known.pop(upload_id, None)
        if upload is None:
            return
        if upload.bringer is not None:
            upload.bringer.cancel()
        if upload.done is None:
            async with upload.lock:
                await self._aside(placing.drop, self._root, upload.parts, upload.id)

    async def append(self, pipe: Pipe, what: AppendUpload) -> Entry | None:
        """Take what comes until the pipe's end; the entry when the file is whole and in its place."""
        upload = self._get(what.upload_id)
        if upload.bringer is not None:
            upload.bringer.cancel()
        async with upload.lock:
            upload.bringer = asyncio.current_task()
            try:
                await self._take(pipe, upload, what.offset)
            finally:
                upload.bringer = None
                upload.used = _now()
        return upload.done

    async def _take(self, pipe: Pipe, upload: _Upload, offset: int) -> None:
        if upload.done is not None:
            raise Refusal(ELSEWHERE)
        file = await self._aside(placing.go_on, self._root, upload.parts, upload.id)
        with file:
            at = file.tell()
            if at != offset:
                raise Refusal(ELSEWHERE)
            while at < upload.ask.size and (data := await pipe.receive()) is not None:
                at += len(data)
                if at > upload.ask.size:
                    raise Refusal(TOO_LONG)
                # Shielded: what is being written is written, also when this connection is given up for another.
                await asyncio.shield(asyncio.ensure_future(self._aside(placing.write_all, file, data)))
                pipe.taken(len(data))
        if at == upload.ask.size:
            # From here on nobody gives it up for a newer connection: that waits, and finds it done.
            upload.bringer = None
            await self._finish(upload)

    async def _finish(self, upload: _Upload) -> None:
        upload.done = await self._aside(placing.place, self._root, upload.parts, upload.id, upload.ask.replace)

    async def _state(self, upload: _Upload) -> UploadState:
        upload.used = _now()
        if upload.done is not None:
            return UploadState(upload.id, upload.ask.size, upload.ask.size, upload.done)
        try:
            offset = await self._aside(placing.size_of, self._root, upload.parts, upload.id)
        except FileNotFoundError:
            # Somebody has deleted it, with its folder perhaps.
            self._known.pop(upload.id, None)
            raise Refusal(NOT_THERE) from None
        return UploadState(upload.id, offset, upload.ask.size)

    def _get(self, upload_id: UploadId) -> _Upload:
        upload = self._known.get(upload_id)
        if upload is None:
            raise Refusal(NOT_THERE)
        return upload

    async def _make_room(self) -> None:
        """Forget what is done, and give up what nobody has touched for long, when there are too many."""
        for upload in [*self._known.values()]:
            if _now() - upload.used > UPLOAD_IDLE_SECONDS:
                await self.drop(upload.id)
        if len(self._known) >= UPLOADS_PER_RUNTIME:
            done = [upload.id for upload in self._known.values() if upload.done is not None]
            for upload_id in done[: max(1, len(done) // 2)]:
                del self._known[upload_id]
        if len(self._known) >= UPLOADS_PER_RUNTIME:
            raise Refusal(TOO_MANY)


def _now() -> float:
    return asyncio.get_running_loop().time()
