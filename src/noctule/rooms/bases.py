"""What the .ipynb held when it was known last: the base of a difference. Small files beside the Drive; blocking.

    projected/<notebook>/<sha256 of the file>.json     cells without outputs, digests of outputs
    revisions/<notebook>/<moment>.ipynb                what we had when a change made outside was taken in

A base is written before the file, and the row that names its digest after it (placing.py). So there is at most one of a file
that we wrote and that the row does not name yet: it is the one that we wrote last.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from noctule.notebook.cells import CellView
from noctule.notebook.nbformat_io import ParsedNotebook
from noctule.notebook.values import canonical
from noctule.runs import mime
from noctule.store.failures import storage_error, unavailable
from noctule_agent.wire.values import CellId, NotebookId


class Base(msgspec.Struct, frozen=True):
    """A file's content without outputs; of these, a digest per code cell."""

    cells: list[CellView]
    nb: dict[str, Any]
    outputs: dict[CellId, str]
    ours: bool = True
    """We wrote the file. False: others did, and what they changed is taken in when the row names it."""


def base_of(parsed: ParsedNotebook, positions: dict[CellId, str]) -> Base:
    """The base that a file of somebody else is from now on."""
    cells = [
        CellView(
            id=cell.id,
            type=cell.type,
            source=cell.source,
            meta=cell.meta,
            attachments=cell.attachments,
            pos=positions.get(cell.id, ""),
            extra=cell.extra,
        )
        for cell in parsed.cells
    ]
    outputs = {cell.id: outputs_digest(cell.outputs) for cell in parsed.cells if cell.type == "code"}
    return Base(cells=cells, nb=parsed.nb, outputs=outputs, ours=False)


def outputs_digest(outputs: list[dict[str, Any]]) -> str:
    """The same for outputs that mean the same: text as one string or as lines, metadata missing or empty."""
    return hashlib.sha256(canonical([_meaning(output) for output in outputs])).hexdigest()


def _meaning(output: dict[str, Any]) -> list[Any]:
    kind = output.get("output_type")
    if kind == "stream":
        return [kind, output.get("name"), mime.text_of(output.get("text", ""))]
    if kind == "error":
        return [kind, output.get("ename"), output.get("evalue"), output.get("traceback")]
    data = {
        type_: value if mime.is_json(type_) else mime.text_of(value)
        for type_, value in mime.mapping(output.get("data")).items()
    }
    return [kind, data, mime.mapping(output.get("metadata"))]


class Bases:
    """See the module. `root` is the data directory's."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def load(self, notebook_id: NotebookId, digest: str) -> Base | None:
        """None when there is none, or it is damaged: then a difference is made against the document."""
        try:
            return msgspec.json.decode(self._path(notebook_id, digest).read_bytes(), type=Base)
        except (OSError, msgspec.MsgspecError):
            return None

    def last(self, notebook_id: NotebookId, noted: str | None) -> str | None:
        """The digest of the file that we wrote last: `noted`, which the row names, or that of a newer one of ours."""
        for path in self._path(notebook_id, "").parent.glob("*.json"):
            base = self.load(notebook_id, path.stem)
            if path.stem != noted and base is not None and base.ours:
                return path.stem
        return noted

    def save(self, notebook_id: NotebookId, digest: str, base: Base) -> None:
        """Raises StorageFull, StorageUnavailable."""
        target = self._path(notebook_id, digest)
        temporary = target.with_suffix(".tmp")
        with _storing():
            target.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                file.write(msgspec.json.encode(base))
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)

    def keep_only(self, notebook_id: NotebookId, digest: str) -> None:
        """The row names this one: the others are of no use any more."""
        kept = self._path(notebook_id, digest)
        for path in kept.parent.glob("*"):
            if path != kept:
                path.unlink(missing_ok=True)

    def keep_revision(self, notebook_id: NotebookId, at: int, data: bytes) -> Path:
        """Keep what we had, before a change made outside is taken in. Raises StorageFull, StorageUnavailable."""
        kept = self._root / "revisions" / notebook_id / f"{at}.ipynb"
        with _storing():
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(data)
        return kept

    def _path(self, notebook_id: NotebookId, digest: str) -> Path:
        return self._root / "projected" / notebook_id / f"{digest}.json"


@contextmanager
def _storing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise (storage_error(error) or unavailable(error)) from error
