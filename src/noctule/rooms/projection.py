"""The .ipynb in Drive, written from both truths: the document and the rows. Changes made outside are intake.py's.

    clean --touched--> pending --2 s of quiet, at most 10 s--> writing --> clean
                          ^-------------- failed (told to pages, tried again) --'

Before it writes it takes in what others wrote, and replaces no file but the one that it knows (placing.py).
"""

import asyncio
from typing import Any, TypeVar

import structlog

from noctule.drive.notebook_files import NotebookFiles
from noctule.errors import NoctuleError, problem
from noctule.notebook.cells import CellView
from noctule.rooms.bases import Bases
from noctule.rooms.intake import Intake
from noctule.rooms.keeping import Keeper
from noctule.rooms.placing import Placed, Placing, Render
from noctule.rooms.rendering import Rendered, Take, render, whole
from noctule.rooms.room import Room
from noctule.rooms.watch import Watch, Watched
from noctule.runs import reduce as reducers
from noctule.store import notebooks
from noctule.store.rows import NotebookRow
from noctule_agent.wire.limits import PROJECT_MAX_SECONDS, PROJECT_QUIET_SECONDS
from noctule_agent.wire.state import SavedPut, SavedView
from noctule_agent.wire.values import Cause

T = TypeVar("T")
log = structlog.get_logger()

RETRY_SECONDS = 5.0


class Projection:
    """Keeps one room's file true. `start()` once, `close()` writes what is pending."""

    def __init__(self, room: Room, files: NotebookFiles, bases: Bases, watch: Watch, keeper: Keeper) -> None:
        self._room = room
        self._store = room.services.store
        self._offload = room.services.offload
        self._clock = room.services.clock
        self._bases = bases
        self._keeper = keeper
        self._placing = Placing(files, bases, self._offload)
        self._placed: asyncio.Future[Placed | None] | None = None
        self._intake = Intake(room, files, bases, self._placing, keeper)
        self._woken = asyncio.Event()
        """Something was touched, or the file is not as it was."""
        self._watch = watch
        self._watched = Watched(room.notebook_id, known=lambda: self._intake.seen, differs=self._woken.set)
        self._touched_at = 0.0
        self._pending = False
        self._task: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        """Held by whoever reads or writes the file."""

    def start(self) -> None:
        self._room.touched = self.touch
        self._task = asyncio.create_task(self._run(), name=f"projection {self._room.notebook_id}")
        self._watch.add(self._watched)

    def touch(self) -> None:
        """Something was committed that the file does not show yet."""
        self._pending = True
        self._keeper.touched()
        self._touched_at = asyncio.get_running_loop().time()
        self._woken.set()

    @property
    def pending(self) -> bool:
        return self._pending

    async def close(self) -> None:
        """Stop, and write what is pending, once."""
        await self.stop()
        if self._pending:
            await self._try_write()

    async def stop(self) -> None:
        """Write no more. What is under way comes to its end."""
        self._watch.remove(self._watched)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._placed is not None:
            await asyncio.gather(self._placed, return_exceptions=True)
        self._room.touched = lambda: None

    # --- the loop -------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        await self._take_in_guarded()
        while True:
            await self._woken.wait()
            if not self._pending:
                self._woken.clear()
                await self._take_in_guarded()
                continue
            await self._settle()
            if await self._try_write():
                await self._keeper.automatic()
            else:
                await asyncio.sleep(RETRY_SECONDS)
                self._woken.set()

    async def _settle(self) -> None:
        """Wait for PROJECT_QUIET_SECONDS without a change, PROJECT_MAX_SECONDS at most. A change wakes nobody here."""
        loop = asyncio.get_running_loop()
        latest = loop.time() + PROJECT_MAX_SECONDS
        # Not until a condition, but until a moment that moves on.
        while (left := min(self._touched_at + PROJECT_QUIET_SECONDS, latest) - loop.time()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(left)
        self._woken.clear()

    async def _try_write(self) -> bool:
        try:
            await self.write()
        except Exception as error:
            # A defect is no reason to give up: it is told, and the next change may well be written.
            if not isinstance(error, NoctuleError):
                log.exception("the file cannot be written", notebook=self._room.notebook_id)
            why = problem(error)
            await self._show(SavedView(pending=True, cause=Cause(why.code, f"{why.title} {why.detail}")))
            return False
        return True

    async def _take_in_guarded(self) -> None:
        try:
            async with self._turn:
                there = await self._intake.look()
            if not there:
                self.touch()
        except NoctuleError as error:
            log.warning("a change made outside cannot be taken in", notebook=self._room.notebook_id, error=str(error))
        except Exception:
            log.exception("a change made outside cannot be taken in", notebook=self._room.notebook_id)

    async def _show(self, saved: SavedView) -> None:
        """Tell pages how far the file is."""
        try:
            await self._room.change(lambda state: reducers.show(state, SavedPut(saved)))
        except NoctuleError as error:
            log.warning("saved state not shown", notebook=self._room.notebook_id, error=str(error))

    # --- writing --------------------------------------------------------------------------------------------------

    async def write(self) -> None:
        """Write the file now, after taking in what others wrote. Raises StorageFull, StorageUnavailable."""
        async with self._turn:
            if (await self._intake.row()).binned:
                # Its file waits in the bin. Who restores it opens it anew, and finds that the file is behind.
                self._pending = False
                return
            await self._intake.look()
            self._pending = False
            try:
                while not await self._write():
                    await self._intake.look()
            except BaseException:
                self._pending = True
                self._woken.set()
                raise

    async def _write(self) -> bool:
        """False: others have written meanwhile."""
        room = self._room
        row = await self._intake.row()
        seq = room.seq
        cells, nb = room.document.cells(), room.document.nb()
        placed = await self._place(row, lambda take: self._render(cells, nb, take))
        if placed is None:
            return False
        rev, digest, size, mtime_ns = placed.rev, placed.digest, placed.found.size, placed.found.mtime_ns
        at = self._clock.now()
        await self._store.write(lambda tx: notebooks.set_projected(tx, row.id, rev, seq, digest, size, mtime_ns, at))
        await self._offload(self._bases.keep_only, row.id, digest)
        await self._show(SavedView(at=at))
        return True

    async def _place(self, row: NotebookRow, render: Render) -> Placed | None:
        """Done to its end, whoever is cancelled meanwhile: `close` waits for it."""
        self._intake.forget()
        self._placed = asyncio.ensure_future(self._placing.place(row, render))
        return await asyncio.shield(self._placed)

    async def _render(self, cells: list[CellView], nb: dict[str, Any], take: Take[T]) -> Rendered[T]:
        return await self._store.read(lambda tx: render(tx, self._room.notebook_id, cells, nb, take))

    async def rendered(self, take: Take[T]) -> Rendered[T]:
        """Give the .ipynb of this moment, whether the file is written or not, to `take`, in a thread."""
        return await self._render(self._room.document.cells(), self._room.document.nb(), take)

    async def bytes_now(self) -> bytes:
        """The same at once."""
        return (await self.rendered(whole)).taken
