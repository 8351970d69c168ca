"""Changes of the document as values: what the server (an import, a restore, a program) wants done. Data only.

They are applied by `crdt.NotebookDoc.edit`. An operation on a cell that is gone does nothing: somebody deleted it first.
Positions come from `fractional`; `UNSET` as a value removes the key.
"""

from typing import Any, Literal

import msgspec
from msgspec import UNSET as UNSET
from msgspec import UnsetType

from noctule_agent.wire.values import CellId

CellType = Literal["code", "markdown", "raw"]


class _Tagged(msgspec.Struct, frozen=True, tag_field="t", omit_defaults=True):
    """Base of every operation."""


class InsertCell(_Tagged, frozen=True, tag="insert"):
    """A new cell at `pos`. Does nothing when there is a cell with this id."""

    cell_id: CellId
    type: CellType
    pos: str
    source: str = ""
    meta: dict[str, Any] = {}
    attachments: dict[str, Any] | None = None
    extra: dict[str, Any] = {}


class DeleteCell(_Tagged, frozen=True, tag="delete"):
    cell_id: CellId


class MoveCell(_Tagged, frozen=True, tag="move"):
    """One write: text, cursors, undo and outputs stay with the cell."""

    cell_id: CellId
    pos: str


class SetSource(_Tagged, frozen=True, tag="source"):
    """Make the source `source` by the smallest splice.

    `base` is what the author of this change saw. Where the cell says something else by now, only the difference from
    `base` to `source` is made, and what others wrote meanwhile stays. None: the author saw what is there.
    """

    cell_id: CellId
    source: str
    base: str | None = None


class SetType(_Tagged, frozen=True, tag="type"):
    cell_id: CellId
    type: CellType


class SetCellMeta(_Tagged, frozen=True, tag="cell-meta"):
    """One top-level key of the cell's metadata."""

    cell_id: CellId
    key: str
    value: Any | UnsetType = UNSET


class SetAttachments(_Tagged, frozen=True, tag="attachments"):
    """All attachments of a cell, or none."""

    cell_id: CellId
    attachments: dict[str, Any] | None = None


class SetCellExtra(_Tagged, frozen=True, tag="cell-extra"):
    """All fields of a cell that nbformat does not know."""

    cell_id: CellId
    extra: dict[str, Any] = {}


class SetNotebookMeta(_Tagged, frozen=True, tag="notebook-meta"):
    """One top-level key of the notebook's metadata."""

    key: str
    value: Any | UnsetType = UNSET


class SetNotebookExtra(_Tagged, frozen=True, tag="notebook-extra"):
    """One top-level field of the file that nbformat does not know."""

    key: str
    value: Any | UnsetType = UNSET


CellOp = InsertCell | DeleteCell | MoveCell | SetSource | SetType | SetCellMeta | SetAttachments | SetCellExtra
Op = CellOp | SetNotebookMeta | SetNotebookExtra
