"""Notebooks that the browser tests upload, as the bytes of an .ipynb."""

import json
from pathlib import Path


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


def ticking_until(stop: Path) -> str:
    """A cell that prints `tick 0`, `tick 1`, ... 20 times a second until this file exists, then how many there were."""
    return f"""import pathlib, time
count = 0
while not pathlib.Path({str(stop)!r}).exists():
    print("tick", count, flush=True)
    count += 1
    time.sleep(0.05)
print("ticks:", count)"""


def all_ticks(printed: str) -> bool:
    """Whether this is all that `ticking_until` prints: every line once and in order."""
    count = printed.count("tick ")
    return printed == "".join(f"tick {number}\n" for number in range(count)) + f"ticks: {count}\n"


def shown(*bundles: dict[str, object]) -> dict[str, object]:
    """A code cell that came with these displays: no kernel is needed to see them."""
    outputs = [{"output_type": "display_data", "data": bundle, "metadata": {}} for bundle in bundles]
    return {**code("show()"), "outputs": outputs}
