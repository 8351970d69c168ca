"""What the .ipynb held when it was known last: the base of a difference. Small files beside the Drive; blocking.

    projected/<notebook>/<nth>-<sha256 of the file>.json     cells without outputs, digests of outputs

A base is written before the file, and the row that names its digest after it (placing.py). So there is at most one later
than the one that the row names, and of a file that we wrote: that file is the one that we wrote last. An earlier one may be
there as well, when a server died before it removed it; who edits and takes back writes the same file twice.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from noctule.notebook.cells import CellView
from noctule.notebook.nbformat_io import ParsedNotebook
from noctule.notebook.values import canonical
from noctule.runs import mime
from noctule.store.failures import storage_error, unavailable
from noctule.texts import Text, sha256_of
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
    """The same for outputs that mean the same: text as one string, as lines or as a `Text` that was read; metadata
    missing or empty."""
    return hashlib.sha256(canonical([_meaning(output) for output in outputs])).hexdigest()


def _meaning(output: dict[str, Any]) -> list[Any]:
    kind = output.get("output_type")
    if kind == "stream":
        return [kind, output.get("name"), _text(output.get("text", ""))]
    if kind == "error":
        return [kind, output.get("ename"), output.get("evalue"), output.get("traceback")]
    shown = output.get("data")
    data = {
        type_: value if mime.is_json(type_) else _text(value)
        for type_, value in (shown if isinstance(shown, dict) else {}).items()
    }
    return [kind, data, mime.mapping(output.get("metadata"))]


def _text(value: Any) -> str:
    """What stands for a text, which may be long."""
    return sha256_of(value if isinstance(value, Text) else mime.text_of(value))


class Bases:
    """See the module. `root` is the data directory's."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def load(self, notebook_id: NotebookId, digest: str) -> Base | None:
        """None when there is none, or it is damaged: then a difference is made against the document."""
        return next((_read(path) for _, of, path in reversed(self._all(notebook_id)) if of == digest), None)

    def last(self, notebook_id: NotebookId, noted: str | None) -> str | None:
        """The digest of the file that we wrote last: `noted`, which the row names, or that of a later one of ours."""
        for _, digest, path in reversed(self._all(notebook_id)):
            if digest == noted:
                break
            base = _read(path)
            if base is not None and base.ours:
                return digest
        return noted

    def save(self, notebook_id: NotebookId, digest: str, base: Base) -> None:
        """The latest. Raises StorageFull, StorageUnavailable."""
        there = self._all(notebook_id)
        nth = there[-1][0] + 1 if there else 1
        target = self._directory(notebook_id) / f"{nth}-{digest}.json"
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
        kept = next((path for _, of, path in reversed(self._all(notebook_id)) if of == digest), None)
        for path in self._directory(notebook_id).glob("*"):
            if path != kept:
                path.unlink(missing_ok=True)

    def remove(self, notebook_id: NotebookId) -> None:
        """The notebook is gone. Idempotent."""
        with suppress(FileNotFoundError):
            for path in self._directory(notebook_id).iterdir():
                path.unlink(missing_ok=True)
            self._directory(notebook_id).rmdir()

    def _all(self, notebook_id: NotebookId) -> list[tuple[int, str, Path]]:
        """(nth, digest, path), the latest at the end."""
        found = []
        for path in self._directory(notebook_id).glob("*.json"):
            nth, _, digest = path.stem.partition("-")
            if nth.isdecimal():
                found.append((int(nth), digest, path))
        return sorted(found)

    def _directory(self, notebook_id: NotebookId) -> Path:
        return self._root / "projected" / notebook_id


def _read(path: Path) -> Base | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Base)
    except (OSError, msgspec.MsgspecError):
        return None


@contextmanager
def _storing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise (storage_error(error) or unavailable(error)) from error
