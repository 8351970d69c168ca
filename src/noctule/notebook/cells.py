"""A cell of the document as a value, read whole or not at all. Data only."""

import re
from typing import Any, Final

import msgspec

from noctule.notebook.ops import CellType
from noctule_agent.wire.values import CellId

CELL_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
CELL_TYPES: Final[frozenset[str]] = frozenset({"code", "markdown", "raw"})
POSITION: Final = re.compile(r"[0-9A-Za-z]+")


class CellView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A cell as it is at one moment. `extra` holds the fields that nbformat does not know."""

    id: CellId
    type: CellType
    source: str
    meta: dict[str, Any] = {}
    attachments: dict[str, Any] | None = None
    pos: str = ""
    extra: dict[str, Any] = {}


class Changes(msgspec.Struct, frozen=True):
    """What an update did. Of removed cells it keeps the last content, for the bin."""

    added: list[CellId] = []
    removed: dict[CellId, CellView] = {}
    changed: list[CellId] = []
    nb: bool = False


class Edit(msgspec.Struct, frozen=True):
    """What an edit of the server did. `update` is empty when nothing changed."""

    update: bytes
    changes: Changes
