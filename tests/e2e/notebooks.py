"""Notebooks that the browser tests upload, as the bytes of an .ipynb."""

import json


def code(source: str) -> dict[str, object]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}


def text(source: str) -> dict[str, object]:
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def ipynb(*cells: str | dict[str, object]) -> bytes:
    """Code cells from plain strings. The ids are cell-0, cell-1, ..."""
    made = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    numbered = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(made)]
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernelspec}, "cells": numbered}
    ).encode()


def ticking(ticks: int, per_second: int) -> str:
    """A cell that prints `tick 0`, `tick 1`, ... at a steady pace."""
    return f"""import time
for i in range({ticks}):
    print("tick", i, flush=True)
    time.sleep({1 / per_second})"""


def ticks(count: int) -> str:
    """What `ticking` prints."""
    return "".join(f"tick {i}\n" for i in range(count))
