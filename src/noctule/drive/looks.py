"""Looks at large folders, one at a time each: the first page of a list need not wait for the last row. It may not know rows or disk.

begun    the rows of the first names are there, and so is the number of all
ended    all rows are
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from noctule_agent.wire.values import ItemId

log = structlog.get_logger()

Told = Callable[[int], None]
"""Called when the first rows can be read, with the number of all."""


class _Look:
    def __init__(self) -> None:
        self.first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.all: int | None = None
        self.task: asyncio.Task[None] | None = None

    def told(self, all_: int) -> None:
        self.all = all_
        if not self.first.done():
            self.first.set_result(None)


class Looks:
    """`look` makes the rows of a folder; it may tell before its end."""

    def __init__(self, look: Callable[[ItemId, Told], Awaitable[None]]) -> None:
        self._look = look
        self._under_way: dict[ItemId, _Look] = {}

    async def begun(self, folder: ItemId) -> None:
        """The first page can be read. Raises what the look does until then."""
        look = self._under_way.get(folder)
        if look is None:
            look = self._under_way[folder] = _Look()
            look.task = asyncio.create_task(self._run(folder, look))
        await asyncio.shield(look.first)

    async def ended(self, folder: ItemId) -> None:
        """No look is under way. Never raises for how it ended."""
        look = self._under_way.get(folder)
        if look is not None and look.task is not None:
            await asyncio.wait({look.task})

    def all(self, folder: ItemId) -> int | None:
        """So many are in a folder whose rows are being written; None: no look is under way that knows."""
        look = self._under_way.get(folder)
        return None if look is None else look.all

    async def close(self) -> None:
        """Rows that are not written then are by the next look."""
        tasks = [look.task for look in self._under_way.values() if look.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, folder: ItemId, look: _Look) -> None:
        try:
            await self._look(folder, look.told)
        except Exception as error:
            if look.first.done():
                log.exception("a folder was not looked at to its end", folder=folder)
            else:
                look.first.set_exception(error)
        finally:
            del self._under_way[folder]
            if not look.first.done():
                look.first.set_result(None)
