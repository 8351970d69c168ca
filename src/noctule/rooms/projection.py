"""The .ipynb in Drive, written from both truths, and changes made to it outside taken in. It never rebuilds a document.

    clean --touched--> pending --2 s of quiet, at most 10 s--> writing --> clean
                          ^-------------- failed (told to pages, tried again) --'

Before it writes, it looks whether the file is still the one that it wrote. If not, somebody else did: the bytes that are
there are kept as a revision, and their difference to what was written last becomes ordinary edits.
"""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import msgspec
import structlog

from noctule.drive.folder import Folder
from noctule.errors import NoctuleError, problem
from noctule.notebook import diff, nbformat_io, project
from noctule.notebook.crdt import CellView
from noctule.notebook.nbformat_io import ParsedCell, ParsedNotebook
from noctule.notebook.values import canonical
from noctule.rooms.importing import outputs_of
from noctule.rooms.room import Room
from noctule.runs import export
from noctule.runs import reduce as reducers
from noctule.store import Tx, notebooks, runs
from noctule.store.rows import NotebookRow
from noctule_agent.wire.limits import PROJECT_MAX_SECONDS, PROJECT_QUIET_SECONDS
from noctule_agent.wire.state import SavedPut, SavedView
from noctule_agent.wire.values import Cause, CellId

log = structlog.get_logger()

RETRY_SECONDS = 5.0
WATCH_SECONDS = 2.0


class Written(msgspec.Struct, frozen=True):
    """What the file held when we wrote it, without outputs: the base of a difference."""

    cells: list[CellView]
    nb: dict[str, Any]
    outputs: dict[CellId, str]


class Bases:
    """The bases of all notebooks, one small file each. Losing one costs precision of an import, never data."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)

    def load(self, notebook_id: str) -> Written | None:
        try:
            return msgspec.json.decode((self._root / f"{notebook_id}.json").read_bytes(), type=Written)
        except (OSError, msgspec.MsgspecError):
            return None

    def save(self, notebook_id: str, written: Written) -> None:
        target = self._root / f"{notebook_id}.json"
        temporary = target.with_suffix(".tmp")
        temporary.write_bytes(msgspec.json.encode(written))
        temporary.replace(target)

    def keep_revision(self, notebook_id: str, at: int, data: bytes) -> Path:
        """Keep bytes that somebody else wrote, before they are taken in."""
        kept = self._root.parent / "revisions" / notebook_id / f"{at}.ipynb"
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(data)
        return kept


class Projection:
    """Keeps one room's file true. `start()` once, `close()` writes what is pending."""

    def __init__(self, room: Room, folder: Folder, bases: Bases) -> None:
        self._room = room
        self._store = room.services.store
        self._offload = room.services.offload
        self._clock = room.services.clock
        self._ids = room.services.ids
        self._folder = folder
        self._bases = bases
        self._touched = asyncio.Event()
        self._pending = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._room.touched = self.touch
        self._task = asyncio.create_task(self._run(), name=f"projection {self._room.notebook_id}")

    def touch(self) -> None:
        """Something was committed that the file does not show yet."""
        self._pending = True
        self._touched.set()

    @property
    def pending(self) -> bool:
        return self._pending

    async def close(self) -> None:
        """Write what is pending, once, then stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._room.touched = lambda: None
        if self._pending:
            await self._try_write()

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
        """Wait for PROJECT_QUIET_SECONDS without a change, PROJECT_MAX_SECONDS at most."""
        loop = asyncio.get_running_loop()
        latest = loop.time() + PROJECT_MAX_SECONDS
        while True:
            self._touched.clear()
            quiet_at = min(loop.time() + PROJECT_QUIET_SECONDS, latest)
            try:
                async with asyncio.timeout_at(quiet_at):
                    await self._touched.wait()
            except TimeoutError:
                return

    async def _try_write(self) -> bool:
        try:
            await self.write()
        except NoctuleError as error:
            why = problem(error)
            await self._show(SavedView(pending=True, cause=Cause(why.code, f"{why.title} {why.detail}")))
            return False
        return True

    async def _take_in_guarded(self) -> None:
        try:
            await self.take_in()
        except NoctuleError as error:
            log.warning("a change made outside cannot be taken in", notebook=self._room.notebook_id, error=str(error))

    async def _show(self, saved: SavedView) -> None:
        """Tell pages how far the file is."""
        try:
            await self._room.change(lambda state: reducers.show(state, SavedPut(saved)))
        except NoctuleError as error:
            log.warning("saved state not shown", notebook=self._room.notebook_id, error=str(error))

    # --- writing --------------------------------------------------------------------------------------------------

    async def write(self) -> None:
        """Write the file now, after taking in what others wrote. Raises StorageFull, StorageUnavailable."""
        await self.take_in()
        self._pending = False
        try:
            await self._write()
        except BaseException:
            self._pending = True
            raise

    async def _write(self) -> None:
        room = self._room
        seq = room.seq
        cells, nb = room.document.cells(), room.document.nb()
        data, written, rev = await self._render(cells, nb)
        digest = hashlib.sha256(data).hexdigest()
        row = await self._row()
        found = await self._offload(self._folder.stat, row.name)
        at = self._clock.now()
        if row.projected_sha256 != digest or found is None:
            found = await self._offload(self._folder.write, row.name, data)
            await self._offload(self._bases.save, room.notebook_id, written)
        kept = found

        def note(tx: Tx) -> None:
            notebooks.set_projected(tx, room.notebook_id, rev, seq, digest, kept.size, kept.mtime_ns, at)

        await self._store.write(note)
        await self._show(SavedView(at=at))

    async def _render(self, cells: list[CellView], nb: dict[str, Any]) -> tuple[bytes, Written, int]:
        """The whole file from the rows of one moment, made in a reader's thread."""
        return await self._store.read(lambda tx: render(tx, self._room.notebook_id, cells, nb))

    async def bytes_now(self) -> bytes:
        """The .ipynb of this moment, whether the file is written or not."""
        data, _, _ = await self._render(self._room.document.cells(), self._room.document.nb())
        return data

    async def _row(self) -> NotebookRow:
        row = await self._store.read(lambda tx: notebooks.get(tx, self._room.notebook_id))
        assert row is not None  # the registry closes the room before the notebook is removed
        return row

    # --- taking in ------------------------------------------------------------------------------------------------

    async def take_in(self) -> None:
        """If somebody else wrote the file, make its difference to what we wrote last ordinary edits."""
        row = await self._row()
        found = await self._offload(self._folder.stat, row.name)
        if found is None or row.projected_sha256 is None or (found.size, found.mtime_ns) == _noted(row):
            return
        data = await self._offload(self._folder.read, row.name)
        digest = hashlib.sha256(data).hexdigest()
        if digest != row.projected_sha256:
            await self._import(data)
        kept = found

        def note(tx: Tx) -> None:
            notebooks.set_projected(
                tx,
                row.id,
                row.projected_rev or 0,
                row.projected_seq or 0,
                digest,
                kept.size,
                kept.mtime_ns,
                self._clock.now(),
            )

        await self._store.write(note)

    async def _import(self, data: bytes) -> None:
        room = self._room
        parsed = await self._offload(nbformat_io.parse, data, self._ids.new)
        mine = await self.bytes_now()
        kept = await self._offload(self._bases.keep_revision, room.notebook_id, self._clock.now(), mine)
        log.info("file changed outside", notebook=room.notebook_id, name=room.name, revision=str(kept))
        base = await self._offload(self._bases.load, room.notebook_id)
        await room.edit(difference(parsed, base, room), "import")
        before = base.outputs if base is not None else {}
        for cell in parsed.cells:
            if cell.type == "code" and before.get(cell.id) != outputs_digest(cell.outputs):
                await self._import_outputs(cell)

    async def _import_outputs(self, cell: ParsedCell) -> None:
        """The cell shows the outputs of the file from now on."""
        outputs = outputs_of(cell, self._ids)
        await self._room.change(lambda state: reducers.show_imported(state, cell.id, outputs))


def difference(parsed: ParsedNotebook, base: Written | None, room: Room) -> list[Any]:
    """What was changed outside: against what we wrote last if that is known, else against the document."""
    if base is None:
        return diff.diff(room.document.cells(), room.document.nb(), parsed)
    return diff.diff(base.cells, base.nb, parsed)


def _noted(row: NotebookRow) -> tuple[int | None, int | None]:
    """Size and time of the file as it was seen last."""
    return row.file_size, row.file_mtime_ns


def outputs_digest(outputs: list[dict[str, Any]]) -> str:
    return hashlib.sha256(canonical(outputs)).hexdigest()


def render(tx: Tx, notebook_id: Any, cells: list[CellView], nb: dict[str, Any]) -> tuple[bytes, Written, int]:
    """The .ipynb and its base, from one moment's rows."""
    outputs: dict[CellId, list[dict[str, Any]]] = {}
    counts: dict[CellId, int | None] = {}
    for cell in cells:
        if cell.type == "code":
            full = runs.full_outputs(tx, notebook_id, cell.id)
            outputs[cell.id] = export.to_nbformat(full.outputs)
            counts[cell.id] = full.execution_count
    row = notebooks.get(tx, notebook_id)
    document = project.to_ipynb(nb, cells, outputs, counts, runs.widget_state(tx, notebook_id))
    digests = {cell_id: outputs_digest(found) for cell_id, found in outputs.items()}
    return nbformat_io.dump(document), Written(cells=cells, nb=nb, outputs=digests), row.rev if row else 0
