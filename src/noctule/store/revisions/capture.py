"""A revision of this moment, read in one transaction: the document as it is given, and what its cells show as the rows say.

Of what earlier revisions have kept nothing is kept again: known parts are named by their digest, and of a long text that
has only grown the pieces of before are not even read. Blobs are written here, by the thread that reads; rows are not.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any

import msgspec

from noctule.notebook.cells import CellView
from noctule.store import kernels, runs
from noctule.store.runs import StoredText
from noctule.store.writer import Tx
from noctule_agent.wire.state import CutOutput, DisplayOutput, ErrorOutput, Output, StreamOutput
from noctule_agent.wire.values import CellId, NotebookId, OutputId

from .manifest import (
    PART_BYTES,
    PIECE_CHARS,
    ROW_BYTES,
    CellContent,
    CellEntry,
    Kept,
    KeptOutput,
    KeptText,
    Machine,
    Manifest,
    Part,
    blobs_of,
    digest_of,
    encode,
    packed,
)

NO_ID = OutputId("")
Earlier = Callable[[CellId], Iterable[KeptOutput]]
"""What the revision before kept of a cell's outputs."""


class Captured(msgspec.Struct, frozen=True):
    """`parts` are those that were not known. `size`: the bytes of all JSON that it stands for."""

    manifest: Manifest
    parts: list[Part]
    size: int


def capture(
    tx: Tx,
    notebook_id: NotebookId,
    cells: list[CellView],
    nb: dict[str, Any],
    known: Collection[str],
    earlier: Earlier,
) -> Captured:
    """`known`: digests of the parts that are kept already."""
    return _Capture(tx, notebook_id, known, earlier).all(cells, nb)


class _Capture:
    def __init__(self, tx: Tx, notebook_id: NotebookId, known: Collection[str], earlier: Earlier) -> None:
        self._tx = tx
        self._notebook_id = notebook_id
        self._known = known
        self._earlier = earlier
        self._parts: dict[str, Part] = {}
        self._size = 0

    def all(self, cells: list[CellView], nb: dict[str, Any]) -> Captured:
        kernel = kernels.newest(self._tx, self._notebook_id)
        language = kernel.language_info if kernel is not None else None
        machine = Machine(runs.widget_state(self._tx, self._notebook_id), language or None)
        code = [cell.id for cell in cells if cell.type == "code"]
        shown = runs.stored_outputs(self._tx, self._notebook_id, code)
        manifest = Manifest(self._keep(nb), self._keep(machine), [self._cell(cell, shown) for cell in cells])
        return Captured(manifest, list(self._parts.values()), self._size + len(encode(manifest)))

    def _cell(self, cell: CellView, shown: runs.StoredOutputs) -> CellEntry:
        content = self._keep(CellContent(cell.source, cell.meta, cell.attachments, cell.extra))
        if cell.type != "code":
            return CellEntry(cell.id, cell.type, content)
        _, found, count = next(shown)
        outputs = [self._output(cell.id, output) for output in found]
        kept = self._keep(outputs, blobs_of(outputs)) if outputs else None
        return CellEntry(cell.id, cell.type, content, kept, count)

    def _output(self, cell_id: CellId, output: Output | StoredText) -> KeptOutput:
        match output:
            case StoredText():
                return self._long(cell_id, output)
            case StreamOutput():
                return StreamOutput(NO_ID, output.name, output.text + output.tail)
            case CutOutput():
                return StreamOutput(NO_ID, "stderr", f"[Noctule: {output.cause.message}]\n")
            case DisplayOutput():
                return msgspec.structs.replace(output, id=NO_ID, display_id=None)
            case ErrorOutput():
                return msgspec.structs.replace(output, id=NO_ID)

    def _long(self, cell_id: CellId, text: StoredText) -> KeptText:
        before = next(
            (one for one in self._earlier(cell_id) if isinstance(one, KeptText) and one.output == text.id), None
        )
        # Finished text only grows: the pieces of before are those of now.
        pieces = list(before.pieces) if before is not None and before.chars <= text.chars else []
        at = len(pieces) * PIECE_CHARS
        while at + PIECE_CHARS <= text.chars:
            data = packed(text.cut(at, at + PIECE_CHARS).encode())
            pieces.append(self._tx.blobs.put(data).sha256)
            at += PIECE_CHARS
        return KeptText(text.name, text.id, text.chars, pieces, text.cut(at, text.chars) + text.tail)

    def _keep(self, value: Any, blobs: frozenset[str] = frozenset()) -> Kept:
        data = encode(value)
        if len(data) <= PART_BYTES and not blobs:
            # As it will be read: Structs as objects.
            return Kept(value=msgspec.json.decode(data))
        digest = digest_of(data)
        self._size += len(data)
        if digest not in self._known and digest not in self._parts:
            self._parts[digest] = self._part(digest, data, blobs)
        return Kept(part=digest)

    def _part(self, digest: str, data: bytes, blobs: frozenset[str]) -> Part:
        small = packed(data)
        if len(small) <= ROW_BYTES:
            return Part(digest, len(data), small, blobs=blobs)
        stored = self._tx.blobs.put(small).sha256
        return Part(digest, len(data), b"", stored, blobs | {stored})
