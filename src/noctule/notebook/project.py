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
    """The whole file."""
    filled = [
        with_outputs(cell, outputs.get(cell.id, []), counts.get(cell.id)) if cell.type == "code" else cell_dict(cell)
        for cell in cells
    ]
    return {**head(nb, widget_state, language_info), "cells": filled}


def head(
    nb: Mapping[str, Any], widget_state: Mapping[str, Any] | None, language_info: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The file but for its cells. What kernels said of widgets and of their language replaces what the metadata hold of
    these; None or empty leaves it."""
    metadata = dict(nb.get("metadata") or {})
    if language_info:
        metadata["language_info"] = dict(language_info)
    if widget_state:
        found = metadata.get("widgets")
        others = found if isinstance(found, dict) else {}
        metadata["widgets"] = {**others, WIDGET_STATE: dict(widget_state)}
    return {**nb, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


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


def with_outputs(cell: CellView, outputs: list[dict[str, Any]], count: int | None) -> dict[str, Any]:
    """A code cell as nbformat writes it."""
    return {**cell_dict(cell), "outputs": outputs, "execution_count": count}


def cell_to_json(cell: CellView) -> bytes:
    """For the bin of deleted cells."""
    return canonical(cell_dict(cell))
