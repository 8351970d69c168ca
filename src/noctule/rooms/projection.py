"""The .ipynb in Drive, written from both truths: the document and the rows. Changes made outside are intake.py's.

    clean --touched--> pending --2 s of quiet, at most 10 s--> writing --> clean
                          ^-------------- failed (told to pages, tried again) --'

Before it writes it takes in what others wrote, and replaces no file but the one that it knows (placing.py).
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from noctule.drive.folder import FileStat, Folder
from noctule.errors import NoctuleError, problem
from noctule.notebook import nbformat_io, project
from noctule.notebook.crdt import CellView
from noctule.rooms.bases import Base, Bases, outputs_digest
from noctule.rooms.intake import Intake
from noctule.rooms.placing import Placing, noted
from noctule.rooms.room import Room
from noctule.runs import export
from noctule.runs import reduce as reducers
from noctule.store import Tx, kernels, notebooks, runs
from noctule.store.rows import NotebookRow
from noctule_agent.wire.limits import PROJECT_MAX_SECONDS, PROJECT_QUIET_SECONDS
from noctule_agent.wire.state import SavedPut, SavedView
from noctule_agent.wire.values import Cause

log = structlog.get_logger()

RETRY_SECONDS = 5.0
WATCH_SECONDS = 2.0


class Projection:
    """Keeps one room's file true. `start()` once, `close()` writes what is pending."""

    def __init__(self, room: Room, folder: Folder, bases: Bases) -> None:
        self._room = room
        self._store = room.services.store
        self._offload = room.services.offload
        self._clock = room.services.clock
        self._folder = folder
        self._bases = bases
        self._placing = Placing(folder, bases, self._offload)
        self._placed: asyncio.Future[FileStat | None] | None = None
        self._intake = Intake(room, folder, bases, self._placing, self.bytes_now)
        self._touched = asyncio.Event()
        self._touched_at = 0.0
        self._pending = False
        self._task: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        """Held by whoever reads, writes or moves the file."""

    def start(self) -> None:
        self._room.touched = self.touch
        self._task = asyncio.create_task(self._run(), name=f"projection {self._room.notebook_id}")

    def touch(self) -> None:
        """Something was committed that the file does not show yet."""
        self._pending = True
        self._touched_at = asyncio.get_running_loop().time()
        self._touched.set()

    @property
    def pending(self) -> bool:
        return self._pending

    async def close(self) -> None:
        """Write what is pending, once, then stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._placed is not None:
            await asyncio.gather(self._placed, return_exceptions=True)
        self._room.touched = lambda: None
        if self._pending:
            await self._try_write()

    async def rename(self, name: str, commit: Callable[[], Awaitable[None]]) -> None:
        """Move the file when `commit` has renamed the row. In between nothing is written, to either name."""
        async with self._turn:
            old = (await self._intake.row()).name
            await commit()
            await self._offload(self._folder.rename, old, name)

    # --- the loop -------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        await self._take_in_guarded()
        while True:
            try:
                async with asyncio.timeout(WATCH_SECONDS):
                    await self._touched.wait()
            except TimeoutError:
                await self._take_in_guarded()
                continue
            await self._settle()
            if not await self._try_write():
                await asyncio.sleep(RETRY_SECONDS)
                self._touched.set()

    async def _settle(self) -> None:
        """Wait for PROJECT_QUIET_SECONDS without a change, PROJECT_MAX_SECONDS at most. A change wakes nobody here."""
        loop = asyncio.get_running_loop()
        latest = loop.time() + PROJECT_MAX_SECONDS
        # Not until a condition, but until a moment that moves on.
        while (left := min(self._touched_at + PROJECT_QUIET_SECONDS, latest) - loop.time()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(left)
        self._touched.clear()

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
                await self._intake.look()
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
            await self._intake.look()
            self._pending = False
            try:
                while not await self._write():
                    await self._intake.look()
            except BaseException:
                self._pending = True
                raise

    async def _write(self) -> bool:
        """False: others have written meanwhile."""
        room = self._room
        seq = room.seq
        cells, nb = room.document.cells(), room.document.nb()
        data, base, rev = await self._render(cells, nb)
        digest = await self._offload(sha256_of, data)
        row = await self._intake.row()
        at = self._clock.now()
        found = noted(row)
        if row.projected_sha256 != digest or await self._offload(self._folder.stat, row.name) != found:
            found = await self._place(row, data, digest, base)
        if found is None:
            return False
        size, mtime_ns = found.size, found.mtime_ns
        await self._store.write(lambda tx: notebooks.set_projected(tx, row.id, rev, seq, digest, size, mtime_ns, at))
        await self._offload(self._bases.keep_only, row.id, digest)
        await self._show(SavedView(at=at))
        return True

    async def _place(self, row: NotebookRow, data: bytes, digest: str, base: Base) -> FileStat | None:
        """Done to its end, whoever is cancelled meanwhile: `close` waits for it."""
        self._intake.forget()
        self._placed = asyncio.ensure_future(self._placing.place(row, data, digest, base))
        return await asyncio.shield(self._placed)

    async def _render(self, cells: list[CellView], nb: dict[str, Any]) -> tuple[bytes, Base, int]:
        """The whole file from the rows of one moment, made in a reader's thread."""
        return await self._store.read(lambda tx: render(tx, self._room.notebook_id, cells, nb))

    async def bytes_now(self) -> bytes:
        """The .ipynb of this moment, whether the file is written or not."""
        data, _, _ = await self._render(self._room.document.cells(), self._room.document.nb())
        return data


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def render(tx: Tx, notebook_id: Any, cells: list[CellView], nb: dict[str, Any]) -> tuple[bytes, Base, int]:
    """The .ipynb and its base, from one moment's rows."""
    full = runs.full_outputs_of(tx, notebook_id, [cell.id for cell in cells if cell.type == "code"])
    outputs = {cell_id: export.to_nbformat(shown.outputs) for cell_id, shown in full.items()}
    counts = {cell_id: shown.execution_count for cell_id, shown in full.items()}
    row = notebooks.get(tx, notebook_id)
    kernel = kernels.newest(tx, notebook_id)
    language_info = kernel.language_info if kernel is not None else None
    document = project.to_ipynb(nb, cells, outputs, counts, runs.widget_state(tx, notebook_id), language_info)
    digests = {cell_id: outputs_digest(found) for cell_id, found in outputs.items()}
    # The metadata that kernels filled in are no change that somebody made outside.
    base = Base(cells=cells, nb={**nb, "metadata": document["metadata"]}, outputs=digests)
    return nbformat_io.dump(document), base, row.rev if row else 0
