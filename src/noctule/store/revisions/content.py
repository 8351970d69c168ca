"""What a revision says, read back: as cells, as the outputs of one cell, as an .ipynb. In the transaction of the caller."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from noctule.errors import NotFound
from noctule.notebook import layout, project
from noctule.notebook.cells import CellView
from noctule.runs import export
from noctule.runs.export import LongStream
from noctule.store.mime import internalize
from noctule.store.writer import Tx
from noctule.texts import Text
from noctule_agent.wire.limits import REVISION_OUTPUT_BYTES, TEXT_HEAD_CHARS, TEXT_TAIL_CHARS
from noctule_agent.wire.ports import Ids
from noctule_agent.wire.state import BlobRef, DisplayOutput, Inline, MimeBundle, Output, StreamOutput
from noctule_agent.wire.values import CellId, NotebookId, OutputId

from . import rows
from .manifest import (
    PIECE_CHARS,
    CellContent,
    CellEntry,
    Kept,
    KeptOutput,
    KeptText,
    Machine,
    Manifest,
    contents,
    machines,
    objects,
    outputs,
    unpacked,
)

CELLS_AT_ONCE: Final = 50


class Content:
    """A manifest, and the parts of its notebook."""

    def __init__(self, tx: Tx, notebook_id: NotebookId, manifest: Manifest) -> None:
        self._tx = tx
        self._notebook_id = notebook_id
        self.manifest = manifest

    # --- what people wrote ----------------------------------------------------------------------------------------

    def cells(self) -> list[CellView]:
        """In order, without positions."""
        found = self._parts(cell.content for cell in self.manifest.cells)
        return [_view(cell, _content(cell.content, found)) for cell in self.manifest.cells]

    def nb(self) -> dict[str, Any]:
        return objects.decode(self._json(self.manifest.nb))

    def widgets(self) -> dict[str, Any] | None:
        return self._machine().widgets

    def _machine(self) -> Machine:
        return machines.decode(self._json(self.manifest.machine))

    # --- outputs --------------------------------------------------------------------------------------------------

    def entry(self, cell_id: CellId) -> CellEntry:
        """Raises NotFound."""
        for cell in self.manifest.cells:
            if cell.id == cell_id:
                return cell
        raise NotFound("cell-not-found", "There is no such cell in this revision.", str(cell_id))

    def kept(self, cell: CellEntry) -> list[KeptOutput]:
        return [] if cell.outputs is None else outputs.decode(self._json(cell.outputs))

    def shown(self, cell: CellEntry) -> list[Output]:
        """As a page shows them: long texts without their middle, large values as blobs. Ids are of this answer alone."""
        return [self._shown(OutputId(str(number)), output) for number, output in enumerate(self.kept(cell))]

    def again(self, cell: CellEntry, ids: Ids) -> list[Output]:
        """As outputs of a cell, whole."""
        return [self._again(OutputId(ids.new()), output) for output in self.kept(cell)]

    def _shown(self, id_: OutputId, output: KeptOutput) -> Output:
        if not isinstance(output, KeptText):
            return msgspec.structs.replace(output, id=id_)
        text = output.rest
        if output.pieces:
            last = text if len(text) >= TEXT_TAIL_CHARS else self._piece(output.pieces[-1]) + text
            head, end = self._piece(output.pieces[0])[:TEXT_HEAD_CHARS], last[-TEXT_TAIL_CHARS:]
        elif len(text) > TEXT_HEAD_CHARS + TEXT_TAIL_CHARS:
            head, end = text[:TEXT_HEAD_CHARS], text[-TEXT_TAIL_CHARS:]
        else:
            return StreamOutput(id_, output.name, text, chars=len(text))
        chars = len(output.pieces) * PIECE_CHARS + len(text)
        return StreamOutput(id_, output.name, head, "", chars, chars - len(head) - len(end), end)

    def _again(self, id_: OutputId, output: KeptOutput) -> Output:
        if isinstance(output, KeptText):
            text = "".join([*map(self._piece, output.pieces), output.rest])
            return StreamOutput(id_, output.name, text, chars=len(text))
        if isinstance(output, StreamOutput):
            return msgspec.structs.replace(output, id=id_, chars=len(output.text))
        return msgspec.structs.replace(output, id=id_)

    def _piece(self, sha256: str) -> str:
        return unpacked(self._tx.blobs.read(sha256)).decode()

    # --- the file -------------------------------------------------------------------------------------------------

    def pieces(self) -> Iterator[bytes]:
        """The .ipynb. Take them in this transaction."""
        machine = self._machine()
        head = project.head(self.nb(), machine.widgets, machine.language)
        return layout.pieces({**head, "cells": self._file_cells()})

    def _file_cells(self) -> Iterator[dict[str, Any]]:
        cells = self.manifest.cells
        for start in range(0, len(cells), CELLS_AT_ONCE):
            part = cells[start : start + CELLS_AT_ONCE]
            found = self._parts(cell.content for cell in part)
            for cell in part:
                view = _view(cell, _content(cell.content, found))
                if cell.type == "code":
                    full = [self._whole(output) for output in self.kept(cell)]
                    yield project.with_outputs(view, export.to_nbformat(full), cell.count)
                else:
                    yield project.cell_dict(view)

    def _whole(self, output: KeptOutput) -> Output | LongStream:
        match output:
            case KeptText():
                return LongStream(output.name, Text(self._chunks(output)))
            case DisplayOutput():
                return msgspec.structs.replace(output, data=internalize(output.data, self._tx.blobs))
            case _:
                return output

    def _chunks(self, text: KeptText) -> Iterator[bytes]:
        for sha256 in text.pieces:
            yield unpacked(self._tx.blobs.read(sha256))
        yield text.rest.encode()

    # --- parts ----------------------------------------------------------------------------------------------------

    def _parts(self, kept: Iterable[Kept]) -> dict[str, bytes]:
        return rows.parts(self._tx, self._notebook_id, (one.part for one in kept if one.part))

    def _json(self, kept: Kept) -> bytes:
        return _json(kept, self._parts([kept]))


def within(tx: Tx, shown: Iterable[Output]) -> list[Output]:
    """Outputs with all their values in them, as far as REVISION_OUTPUT_BYTES go; a line says what is left out."""
    left = REVISION_OUTPUT_BYTES
    found: list[Output] = []
    for output in shown:
        if isinstance(output, DisplayOutput):
            size = sum(value.size for value in output.data.values() if isinstance(value, BlobRef))
            left -= size
            output = msgspec.structs.replace(output, data=_values(output.data, tx) if left >= 0 else _left_out(size))
        found.append(output)
    return found


def _values(data: MimeBundle, tx: Tx) -> MimeBundle:
    whole = internalize(data, tx.blobs)
    return {
        mime: Inline("".join(value.value)) if isinstance(value, Inline) and isinstance(value.value, Text) else value
        for mime, value in whole.items()
    }


def _left_out(size: int) -> MimeBundle:
    return {"text/plain": Inline(f"[{size:,} bytes: download the revision to see this output]")}


def _json(kept: Kept, found: dict[str, bytes]) -> bytes:
    if not kept.part:
        return msgspec.json.encode(kept.value)
    if kept.part not in found:
        raise NotFound("revision-damaged", "A part of this revision is missing.", kept.part)
    return found[kept.part]


def _content(kept: Kept, found: dict[str, bytes]) -> CellContent:
    return contents.decode(_json(kept, found))


def _view(cell: CellEntry, content: CellContent) -> CellView:
    return CellView(cell.id, cell.type, content.source, content.meta, content.attachments, extra=content.extra)
