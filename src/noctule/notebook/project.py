"""From both truths to the dict of an .ipynb (nbformat 4.5): the document's cells and the outputs of the run state. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from noctule.notebook.cells import CellView
from noctule.notebook.values import canonical
from noctule_agent.wire.values import CellId

WIDGET_STATE: Final = "application/vnd.jupyter.widget-state+json"


def to_ipynb(
    nb: Mapping[str, Any],
    cells: Sequence[CellView],
    outputs: Mapping[CellId, list[dict[str, Any]]],
    counts: Mapping[CellId, int | None],
    widget_state: Mapping[str, Any] | None = None,
    language_info: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The whole file. What kernels said of widgets and of their language replaces what the metadata hold of these; None
    or empty leaves it."""
    metadata = dict(nb.get("metadata") or {})
    if language_info:
        metadata["language_info"] = dict(language_info)
    if widget_state:
        found = metadata.get("widgets")
        others = found if isinstance(found, dict) else {}
        metadata["widgets"] = {**others, WIDGET_STATE: dict(widget_state)}
    return {
        **nb,
        "metadata": metadata,
        "nbformat": 4,
        "nbformat_minor": 5,
        "cells": [_with_outputs(cell, outputs, counts) for cell in cells],
    }


def cell_dict(cell: CellView) -> dict[str, Any]:
    """A cell as nbformat writes it, a code cell without outputs. Attachments of a code cell have no place in a file."""
    found: dict[str, Any] = {
        **cell.extra,
        "id": cell.id,
        "cell_type": cell.type,
        "metadata": cell.meta,
        "source": cell.source,
    }
    if cell.type == "code":
        found["outputs"] = []
        found["execution_count"] = None
    elif cell.attachments is not None:
        found["attachments"] = cell.attachments
    return found


def cell_to_json(cell: CellView) -> bytes:
    """For the bin of deleted cells."""
    return canonical(cell_dict(cell))


def _with_outputs(
    cell: CellView, outputs: Mapping[CellId, list[dict[str, Any]]], counts: Mapping[CellId, int | None]
) -> dict[str, Any]:
    found = cell_dict(cell)
    if cell.type == "code":
        found["outputs"] = outputs.get(cell.id, [])
        found["execution_count"] = counts.get(cell.id)
    return found
