"""Noctule inside one process, for `noctule run`: the same rooms, runtimes and rows, without HTTP.

It answers to client/api.py, as a server does. Its pages speak through a pair of queues in memory.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from noctule.accounts.capabilities import ALL
from noctule.accounts.common import USER
from noctule.accounts.live import Held
from noctule.app import Core
from noctule.errors import NotFound
from noctule.runs.info import RunInfo
from noctule_agent.wire.ports import Channel, ChannelClosed
from noctule_agent.wire.values import BatchId, NotebookId

FRAMES_IN_FLIGHT = 256


class MemoryChannel:
    """One end of a connection inside this process. Closing either end closes both, after what was sent."""

    def __init__(self) -> None:
        self._incoming: asyncio.Queue[bytes | ChannelClosed] = asyncio.Queue(FRAMES_IN_FLIGHT)
        self._closed: ChannelClosed | None = None
        self._peer: MemoryChannel = self

    @classmethod
    def pair(cls) -> "tuple[MemoryChannel, MemoryChannel]":
        here, there = cls(), cls()
        here._peer, there._peer = there, here
        return here, there

    async def send(self, frame: bytes) -> None:
        if self._closed is not None:
            raise self._closed
        await self._peer._incoming.put(frame)

    async def receive(self) -> bytes:
        if self._closed is not None and self._incoming.empty():
            raise self._closed
        frame = await self._incoming.get()
        if isinstance(frame, ChannelClosed):
            self._closed = frame
            raise frame
        return frame

    async def close(self, code: int = 1000, reason: str = "") -> None:
        if self._closed is None:
            self._closed = ChannelClosed(code, reason)
            await self._peer._incoming.put(ChannelClosed(code, reason))


class EmbeddedApi:
    """client/api.py over a Core."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._pages: set[asyncio.Task[None]] = set()

    async def create_from_file(self, name: str, data: bytes) -> NotebookId:
        return (await self._core.library.create(name, USER, data)).id

    async def run(self, notebook_id: NotebookId, params: Mapping[str, Any], *, allow_stdin: bool = True) -> BatchId:
        return await self._core.runs.start(notebook_id, None, USER, None, dict(params), allow_stdin=allow_stdin)

    async def run_info(self, run_id: BatchId) -> RunInfo:
        found = await self._core.runs.get(run_id)
        if found is None:
            raise NotFound("run-not-found", "There is no such run.", "`noctule runs list` shows those that there are.")
        return found

    async def list_runs(self) -> list[RunInfo]:
        return await self._core.runs.latest()

    async def ipynb(self, notebook_id: NotebookId) -> bytes:
        return await (await self._core.rooms.projection(notebook_id)).bytes_now()

    async def dial(self, notebook_id: NotebookId) -> Channel:
        here, there = MemoryChannel.pair()
        task = asyncio.create_task(self._core.rooms.serve_page(there, notebook_id, USER, Held(ALL)))
        self._pages.add(task)
        task.add_done_callback(self._pages.discard)
        return here
