"""Looks at the files of all open notebooks, in one go every WATCH_SECONDS. It reads none, and knows no rows and no rooms.

One timer and one hop to a thread for all, however many are open; none while none is open.
"""

import asyncio
from collections.abc import Callable

import msgspec
import structlog

from noctule.drive.notebook_files import FileStat, NotebookFiles
from noctule_agent.wire.values import NotebookId

log = structlog.get_logger()

WATCH_SECONDS = 2.0


class Watched(msgspec.Struct, frozen=True, eq=False):
    """One notebook's file. `known`: how it was last found to be in order, None when that is to be found out."""

    notebook_id: NotebookId
    known: Callable[[], FileStat | None]
    differs: Callable[[], None]


class Watch:
    """See the module. `differs` is called again and again until the file is in order."""

    def __init__(self, files: NotebookFiles) -> None:
        self._files = files
        self._watched: dict[Watched, None] = {}
        self._task: asyncio.Task[None] | None = None

    def add(self, watched: Watched) -> None:
        self._watched[watched] = None
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="watch files")

    def remove(self, watched: Watched) -> None:
        self._watched.pop(watched, None)
        if not self._watched and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                await self._look()
            except Exception:
                # A defect is no reason to be blind from now on.
                log.exception("files cannot be looked at")

    async def _look(self) -> None:
        asked = [(watched, watched.known()) for watched in self._watched]
        found = await self._files.stats([watched.notebook_id for watched, known in asked if known is not None])
        for watched, known in asked:
            if known is None or found[watched.notebook_id] != known:
                watched.differs()
