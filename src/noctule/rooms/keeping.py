"""Revisions of one live notebook, made one at a time. Restoring is restoring.py's, reading http's.

    automatic        after the file was written, REVISION_SECONDS after the last one; before an idle room closes
    before-import    before a change made outside is taken in
    before-restore   before a revision is restored
    named            when a person asks

An automatic one that says what the last one says is not made. The others always are: who asks for one relies on it, and an
automatic one may be thinned out in the next minute.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import msgspec
import structlog

from noctule.errors import Conflict, NoctuleError, NotFound
from noctule.notebook.cells import CellView
from noctule.notebook.thinning import Kind
from noctule.rooms.room import Room
from noctule.store import Tx, documents, notebooks, revisions
from noctule.store.revisions import Captured, Content, KeptOutput, Manifest, Part
from noctule.store.rows import RevisionRow
from noctule_agent.wire.limits import MB, REVISION_SECONDS, REVISIONS_NAMED
from noctule_agent.wire.values import CellId, Millis, NotebookId, RevisionId, UserId

log = structlog.get_logger()

PARTS_BYTES = 2 * MB
"""So much is written in one transaction, for all other notebooks wait meanwhile."""
NOBODY = UserId("")


class Made(msgspec.Struct, frozen=True):
    """A revision, and the document that it was made of; `encoded` only before a restore, which edits that."""

    row: RevisionRow
    manifest: Manifest
    cells: list[CellView]
    nb: dict[str, Any]
    encoded: bytes = b""


class Keeper:
    """See the module. `touched` is called when something was committed that a revision would show."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._store = room.services.store
        self._alone = asyncio.Lock()
        self._restoring = asyncio.Lock()
        self._spared: RevisionId | None = None
        self._changed = False
        self._last_at: int | None = None

    def touched(self) -> None:
        self._changed = True

    @asynccontextmanager
    async def restoring(self, revision_id: RevisionId) -> AsyncIterator[None]:
        """One at a time: two at once would both bring back what is gone. Meanwhile this revision is not thinned out, by that
        which is kept before the restore least of all."""
        async with self._restoring:
            self._spared = revision_id
            try:
                yield
            finally:
                self._spared = None

    async def automatic(self, *, due_only: bool = True) -> None:
        """Keep one if anything changed; `due_only`: and if the last is old enough. What goes wrong is only told: who writes
        the file, or closes idle rooms, goes on."""
        if not self._changed:
            return
        try:
            if not due_only or await self._due():
                await self.keep("automatic")
        except NoctuleError as error:
            log.warning("no revision was kept", notebook=self._room.notebook_id, error=str(error))
        except Exception:
            log.exception("no revision was kept", notebook=self._room.notebook_id)

    async def _due(self) -> bool:
        if self._last_at is None:
            self._last_at = await self._store.read(self._read_last_at)
        return self._room.services.clock.now() - self._last_at >= REVISION_SECONDS * 1000

    def _read_last_at(self, tx: Tx) -> int:
        """When the last one was made, or else the notebook."""
        last, row = revisions.latest(tx, self._room.notebook_id), notebooks.get(tx, self._room.notebook_id)
        return last.at if last is not None else row.created_at if row is not None else 0

    async def keep(self, kind: Kind, by: UserId = NOBODY, name: str | None = None) -> Made:
        """The revision that says what the notebook says now; durable. Raises Conflict (revisions-full), Unavailable."""
        async with self._alone:
            room, changed, self._changed = self._room, self._changed, False
            authors, room.authors = room.authors, set()
            cells, nb, seq = room.document.cells(), room.document.nb(), room.seq
            encoded = room.document.encode() if kind == "before-restore" else b""

            def read(tx: Tx) -> tuple[RevisionRow | None, Captured, list[str]]:
                last = revisions.latest(tx, room.notebook_id)
                since = documents.authors(tx, room.notebook_id, 0 if last is None else last.seq)
                known = revisions.known_parts(tx, room.notebook_id)
                earlier = _Earlier(tx, room.notebook_id, last)
                return last, revisions.capture(tx, room.notebook_id, cells, nb, known, earlier), since

            try:
                last, captured, since = await self._store.read(read)
                manifest = captured.manifest
                digest = revisions.digest(manifest)
                if last is not None and last.digest == digest and kind == "automatic":
                    return Made(last, manifest, cells, nb)
                row = RevisionRow(
                    id=RevisionId(room.services.ids.new()),
                    notebook_id=room.notebook_id,
                    at=room.services.clock.now(),
                    kind=kind,
                    by=by,
                    cells=len(cells),
                    size=captured.size,
                    digest=digest,
                    seq=seq,
                    name=name,
                    authors=sorted({*authors, *since}),
                )
                await self._write(row, captured)
            except BaseException:
                self._changed = changed or self._changed
                room.authors |= authors
                raise
            self._last_at = row.at
            return Made(row, manifest, cells, nb, encoded)

    async def _write(self, row: RevisionRow, captured: Captured) -> None:
        for parts in _batches(captured.parts):
            await self._store.write(partial(revisions.add_parts, notebook_id=row.notebook_id, new=parts))

        def add(tx: Tx) -> None:
            if row.kind == "named" and revisions.count_named(tx, row.notebook_id) >= REVISIONS_NAMED:
                raise full()
            revisions.add(tx, row, captured.manifest, spare=self._spared)

        await self._store.write(add)

    async def rename(self, revision_id: RevisionId, name: str | None) -> RevisionRow:
        """Name one, or unpin it. Raises NotFound, Conflict (revisions-full)."""
        notebook_id = self._room.notebook_id

        def write(tx: Tx) -> RevisionRow:
            before = revisions.get(tx, notebook_id, revision_id)
            if name is not None and before.name is None and revisions.count_named(tx, notebook_id) >= REVISIONS_NAMED:
                raise full()
            return revisions.rename(tx, notebook_id, revision_id, name)

        async with self._alone:
            return await self._store.write(write)

    async def remove(self, revision_id: RevisionId) -> None:
        """Raises NotFound."""
        async with self._alone:
            await self._store.write(lambda tx: revisions.remove(tx, self._room.notebook_id, revision_id))

    async def remove_before(self, at: Millis) -> int:
        """Those that nobody named and that were made before then; how many."""
        async with self._alone:
            return await self._store.write(
                lambda tx: revisions.remove_before(tx, self._room.notebook_id, at, self._spared)
            )


class _Earlier:
    """What the revision before kept of a cell's outputs; read when a long text asks for it. Nothing, when it is damaged: it
    only spares work."""

    def __init__(self, tx: Tx, notebook_id: NotebookId, last: RevisionRow | None) -> None:
        self._tx = tx
        self._notebook_id = notebook_id
        self._last = last
        self._content: Content | None = None
        self._of: tuple[CellId, list[KeptOutput]] | None = None
        """Those of the cell that was asked for last: it may have many long texts, one after the other."""

    def __call__(self, cell_id: CellId) -> Iterable[KeptOutput]:
        if self._of is None or self._of[0] != cell_id:
            self._of = cell_id, self._read(cell_id)
        return self._of[1]

    def _read(self, cell_id: CellId) -> list[KeptOutput]:
        if self._last is None:
            return []
        if self._content is None:
            manifest = revisions.manifest(self._tx, self._notebook_id, self._last.id)
            self._content = Content(self._tx, self._notebook_id, manifest)
        entry = next((cell for cell in self._content.manifest.cells if cell.id == cell_id), None)
        try:
            return [] if entry is None else self._content.kept(entry)
        except NotFound:
            return []


def _batches(parts: list[Part]) -> Iterator[list[Part]]:
    batch: list[Part] = []
    size = 0
    for part in parts:
        batch.append(part)
        size += len(part.data)
        if size >= PARTS_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def full() -> Conflict:
    return Conflict(
        "revisions-full", f"{REVISIONS_NAMED} revisions are named already.", "Unpin one that is not needed any more."
    )
