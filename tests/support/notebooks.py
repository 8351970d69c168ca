"""Small notebooks for tests, and what they said as plain text."""

import json
from typing import Any

from noctule_agent.wire.state import RunSnapshot, StreamOutput
from noctule_agent.wire.values import CellId


def ipynb(*sources: str, tags: dict[int, list[str]] | None = None) -> bytes:
    """An .ipynb of code cells with the ids cell-0, cell-1, ..."""
    cells = [
        {
            "id": f"cell-{number}",
            "cell_type": "code",
            "source": source,
            "metadata": {"tags": (tags or {}).get(number, [])} if tags and number in tags else {},
            "outputs": [],
            "execution_count": None,
        }
        for number, source in enumerate(sources)
    ]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}).encode()


def text_in_view(view: RunSnapshot, cell_id: str) -> str:
    """What a page shows of the streams of a cell."""
    cell = next((cell for cell in view.cells if cell.cell_id == CellId(cell_id)), None)
    outputs = cell.outputs if cell is not None else []
    return "".join(o.text + o.text_end + o.tail for o in outputs if isinstance(o, StreamOutput))


def text_in_file(data: bytes, cell_id: str) -> str:
    """What the .ipynb holds of the streams of a cell."""
    cell: dict[str, Any] = next(cell for cell in json.loads(data)["cells"] if cell["id"] == cell_id)
    texts = [output["text"] for output in cell["outputs"] if output["output_type"] == "stream"]
    return "".join("".join(text) if isinstance(text, list) else text for text in texts)
