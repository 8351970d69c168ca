"""Revisions of a notebook: what it was at one moment, in rows that share what they have in common.

manifest.py   the form in which one is kept       rows.py      the rows
capture.py    one of this moment                  content.py   what one says
"""

from .capture import Captured, Earlier, capture
from .content import Content, within
from .manifest import CellEntry, KeptOutput, Manifest, Part
from .rows import (
    PartsMissing,
    Place,
    add,
    add_parts,
    count_named,
    digest,
    get,
    known_parts,
    latest,
    list_page,
    manifest,
    remove,
    remove_before,
    rename,
)

__all__ = [
    "Captured",
    "CellEntry",
    "Content",
    "Earlier",
    "KeptOutput",
    "Manifest",
    "Part",
    "PartsMissing",
    "Place",
    "add",
    "add_parts",
    "capture",
    "count_named",
    "digest",
    "get",
    "known_parts",
    "latest",
    "list_page",
    "manifest",
    "remove",
    "remove_before",
    "rename",
    "within",
]
