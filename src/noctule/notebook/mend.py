"""Cells of a file in the one form that Noctule knows, mended where nbformat and Jupyter would mend them. Pure.

Multi-line strings are joined as nbformat joins them, transient fields are dropped as nbformat drops them, whatever is
missing gets its default, and what nbformat does not know is kept in `extra`.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from noctule.errors import Invalid, TooLarge
from noctule.notebook.cells import CELL_ID, CELL_TYPES
from noctule.notebook.ops import CellType
from noctule.notebook.values import normal
from noctule_agent.wire.limits import SOURCE_BYTES_PER_CELL
from noctule_agent.wire.values import CellId

_KNOWN: Final = frozenset({"id", "cell_type", "source", "metadata", "attachments", "outputs", "execution_count"})


class ParsedCell(msgspec.Struct, frozen=True):
    """A cell of a file. `meta` is its metadata; `extra` holds the fields that nbformat does not know."""

    id: CellId
    type: CellType
    source: str
    meta: dict[str, Any] = {}
    attachments: dict[str, Any] | None = None
    extra: dict[str, Any] = {}
    outputs: list[dict[str, Any]] = []
    execution_count: int | None = None


class IdGiver:
    """Gives every cell an id of its own: the file's where it is valid and new, else Colab's (it keeps one in the
    metadata), else a made one."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._given: set[str] = set()

    def give(self, cell: dict[str, Any], meta: dict[str, Any]) -> CellId:
        for found in (cell.get("id"), meta.get("id")):
            if isinstance(found, str) and CELL_ID.fullmatch(found) and found not in self._given:
                break
        else:
            found = self._new_id()
            while found in self._given:
                found = self._new_id()
        self._given.add(found)
        return CellId(found)


def mend_cell(cell: Any, number: int, ids: IdGiver) -> ParsedCell:
    """Raises Invalid("notebook-invalid") when it is no cell, TooLarge when its source is too large."""
    if not isinstance(cell, dict):
        raise Invalid("notebook-invalid", "This is not a notebook.", f"Cell {number} is not an object.")
    found = cell.get("metadata")
    meta: dict[str, Any] = normal(found) if isinstance(found, dict) else {}
    meta.pop("trusted", None)
    kind = _type(cell)
    attachments = cell.get("attachments")
    return ParsedCell(
        id=ids.give(cell, meta),
        type=kind,
        source=_source(cell, number),
        meta=meta,
        attachments=_attachments(attachments) if isinstance(attachments, dict) else None,
        extra={key: normal(value) for key, value in cell.items() if key not in _KNOWN},
        outputs=mend_outputs(cell.get("outputs")) if kind == "code" else [],
        execution_count=_count(cell.get("execution_count")) if kind == "code" else None,
    )


def _type(cell: dict[str, Any]) -> CellType:
    """As JupyterLab: a type that it does not know is shown as raw."""
    kind = cell.get("cell_type")
    if isinstance(kind, str) and kind in CELL_TYPES:
        return kind  # type: ignore[return-value]
    return "code" if kind is None and "outputs" in cell else "raw"


def _source(cell: dict[str, Any], number: int) -> str:
    source = _joined(cell.get("source", ""))
    size = len(source) if source.isascii() else len(source.encode())
    if size > SOURCE_BYTES_PER_CELL:
        raise TooLarge(
            "notebook-too-large",
            f"Cell {number} is too large.",
            f"Its source has {size} bytes; {SOURCE_BYTES_PER_CELL} are allowed. Move data into a file of its own.",
        )
    return source


def _joined(value: Any) -> str:
    """A multi-line string: a string, or a list of lines."""
    if isinstance(value, str):
        return value
    return "".join(line for line in value if isinstance(line, str)) if isinstance(value, list) else ""


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _attachments(attachments: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, bundle in attachments.items():
        found[name] = normal(join_bundle(bundle)) if isinstance(bundle, dict) else {}
    return found


def join_bundle(bundle: dict[str, Any]) -> dict[str, Any]:
    """A MIME bundle with its lists of lines joined; JSON types are left alone."""
    return {key: _join_value(key, value) for key, value in bundle.items()}


def _join_value(mime: str, value: Any) -> Any:
    if isinstance(value, list) and not is_json_mime(mime) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return value


def is_json_mime(mime: str) -> bool:
    return mime == "application/json" or (mime.startswith("application/") and mime.endswith("+json"))


def mend_outputs(outputs: Any) -> list[dict[str, Any]]:
    if not isinstance(outputs, list):
        return []
    return [_mend_output(output) for output in outputs if isinstance(output, dict)]


def _mend_output(output: dict[str, Any]) -> dict[str, Any]:
    """An output of a type that nobody knows is left as it is."""
    mended: dict[str, Any]
    match output.get("output_type"):
        case "stream":
            name = output.get("name")
            mended = {"name": name if isinstance(name, str) else "stdout", "text": _joined(output.get("text"))}
        case "display_data" | "execute_result" as kind:
            data, metadata = output.get("data"), output.get("metadata")
            mended = {
                "data": join_bundle(data) if isinstance(data, dict) else {},
                "metadata": metadata if isinstance(metadata, dict) else {},
            }
            if kind == "execute_result":
                mended["execution_count"] = _count(output.get("execution_count"))
        case "error":
            traceback = output.get("traceback")
            lines = traceback if isinstance(traceback, list) else [traceback] if isinstance(traceback, str) else []
            mended = {
                "ename": _joined(output.get("ename")),
                "evalue": _joined(output.get("evalue")),
                "traceback": [line for line in lines if isinstance(line, str)],
            }
        case _:
            return output
    return {**output, **mended}
