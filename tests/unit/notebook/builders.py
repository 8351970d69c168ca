"""Three-line builders for the tests of this folder."""

import itertools
from collections.abc import Callable
from typing import Any

from noctule.notebook.crdt import NotebookDoc
from noctule.notebook.mend import ParsedCell
from noctule.notebook.nbformat_io import ParsedNotebook
from noctule_agent.wire.values import CellId


def numbered(prefix: str = "new") -> Callable[[], str]:
    count = itertools.count()
    return lambda: f"{prefix}{next(count)}"


def cell(cell_id: str, source: str = "", kind: Any = "code", **fields: Any) -> ParsedCell:
    return ParsedCell(id=CellId(cell_id), type=kind, source=source, **fields)


def notebook(*cells: ParsedCell, **metadata: Any) -> ParsedNotebook:
    return ParsedNotebook(nb={"metadata": metadata}, cells=list(cells))


def document(*cells: ParsedCell, **metadata: Any) -> NotebookDoc:
    return NotebookDoc.create(notebook(*cells, **metadata))


def copy(doc: NotebookDoc) -> NotebookDoc:
    """The same document on another machine."""
    return NotebookDoc.load(doc.encode(), [])
