"""The .ipynb of one moment, made while it is taken: document and rows to pieces of bytes. It may not know files.

Nobody holds the whole: a cell is read when the one before it was taken, a long text while it is written (notebook/layout.py).
The rows are those of one transaction, so whoever takes the pieces does so within it, in a reader's thread.
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, Generic, TypeVar

import msgspec

from noctule.notebook import layout, project
from noctule.notebook.cells import CellView
from noctule.rooms.bases import Base, outputs_digest
from noctule.runs import export
from noctule.store import Tx, kernels, notebooks, runs
from noctule_agent.wire.values import CellId, NotebookId

T = TypeVar("T")
Take = Callable[[Iterator[bytes]], T]
"""Takes all pieces of a file, now, and says what became of them."""


class Rendered(msgspec.Struct, Generic[T], frozen=True):
    taken: T
    base: Base
    rev: int


def render(tx: Tx, notebook_id: NotebookId, cells: list[CellView], nb: dict[str, Any], take: Take[T]) -> Rendered[T]:
    """Give the file to `take`; what that says, the file's base, and the revision of the rows that it shows."""
    row = notebooks.get(tx, notebook_id)
    kernel = kernels.newest(tx, notebook_id)
    language_info = kernel.language_info if kernel is not None else None
    head = project.head(nb, runs.widget_state(tx, notebook_id), language_info)
    digests: dict[CellId, str] = {}
    taken = take(layout.pieces({**head, "cells": _filled(tx, notebook_id, cells, digests)}))
    # The metadata that kernels filled in are no change that somebody made outside.
    base = Base(cells=cells, nb={**nb, "metadata": head["metadata"]}, outputs=digests)
    return Rendered(taken, base, row.rev if row else 0)


def _filled(
    tx: Tx, notebook_id: NotebookId, cells: list[CellView], digests: dict[CellId, str]
) -> Iterator[dict[str, Any]]:
    shown = runs.full_outputs(tx, notebook_id, [cell.id for cell in cells if cell.type == "code"])
    for cell in cells:
        if cell.type != "code":
            yield project.cell_dict(cell)
            continue
        _, full = next(shown)
        outputs = export.to_nbformat(full.outputs)
        yield project.with_outputs(cell, outputs, full.execution_count)
        # Whoever asks for the next cell has written this one: its long texts are read.
        digests[cell.id] = outputs_digest(outputs)


def whole(pieces: Iterator[bytes]) -> bytes:
    """All of it, held once."""
    file = BytesIO()
    file.writelines(pieces)
    return file.getvalue()
