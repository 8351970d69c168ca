"""Tells the rooms what changed, in order for each notebook, from tasks of its own. Commit first, announce after.

A room may await `ensure` and `end` from anywhere, so nothing here is awaited by them. A view that was not shown yet gives
way to the next one of the same runtime; a kernel that was bound is always told, and before its first batch (`flushed`).
"""

import asyncio
from collections import deque

import structlog

from noctule.errors import NotFound, Unavailable
from noctule_agent.wire.state import KernelView, RuntimeView
from noctule_agent.wire.values import NotebookId

from .ports import Rooms

log = structlog.get_logger()

RETRY_SECONDS = 1.0


class Announcer:
    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._lines: dict[NotebookId, deque[KernelView | RuntimeView]] = {}
        self._tasks: dict[NotebookId, asyncio.Task[None]] = {}

    def kernel_bound(self, notebook_id: NotebookId, kernel: KernelView) -> None:
        self._add(notebook_id, kernel)

    def runtime_changed(self, notebook_id: NotebookId, view: RuntimeView) -> None:
        line = self._lines.get(notebook_id)
        # The first of a line is being told at this moment.
        if line is not None and len(line) > 1 and isinstance(last := line[-1], RuntimeView) and last.id == view.id:
            line.pop()
        self._add(notebook_id, view)

    async def flushed(self, notebook_id: NotebookId) -> None:
        """Return when all that was to be told about this notebook by now has been told."""
        task = self._tasks.get(notebook_id)
        if task is not None:
            await asyncio.wait([task])

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _add(self, notebook_id: NotebookId, news: KernelView | RuntimeView) -> None:
        line = self._lines.setdefault(notebook_id, deque())
        line.append(news)
        if notebook_id not in self._tasks:
            self._tasks[notebook_id] = asyncio.create_task(
                self._tell_all(notebook_id, line), name=f"tell {notebook_id}"
            )

    async def _tell_all(self, notebook_id: NotebookId, line: deque[KernelView | RuntimeView]) -> None:
        try:
            while line:
                await self._tell(notebook_id, line[0])
                line.popleft()
        finally:
            del self._lines[notebook_id], self._tasks[notebook_id]

    async def _tell(self, notebook_id: NotebookId, news: KernelView | RuntimeView) -> None:
        while True:
            try:
                if isinstance(news, KernelView):
                    await self._rooms.kernel_bound(notebook_id, news)
                else:
                    await self._rooms.runtime_changed(notebook_id, news)
            except Unavailable as error:
                log.warning("not announced yet", notebook=notebook_id, error=str(error))
                await asyncio.sleep(RETRY_SECONDS)
            except NotFound:
                log.info("not announced: the notebook is gone", notebook=notebook_id)
                return
            except Exception:
                log.exception("not announced", notebook=notebook_id)
                return
            else:
                return
