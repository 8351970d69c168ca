"""What the pictures of screenshots.py show: notebooks about the flights of a bat, as nbformat."""

import json
from typing import Any

INTRODUCTION = """# Evening flights of *Nyctalus noctula*

Noctules leave their roost at dusk. When do they fly, and how does the **temperature** move that moment?
We fit $m = a - b\\,(t - 14)$, minutes after sunset against degrees.

- [x] loggers read out
- [ ] July is still missing"""
DATA = """import numpy as np
import pandas as pd

rng = np.random.default_rng(7)
celsius = (14 + 6 * np.sin(np.arange(60) / 9) + rng.normal(0, 1.2, 60)).round(1)
minutes = (22 - 0.9 * (celsius - 14) + rng.normal(0, 1.6, 60)).round(1)
nights = pd.DataFrame({"night": pd.date_range("2026-06-01", periods=60), "celsius": celsius, "minutes": minutes})
nights.head(3)"""
PLOT = """nights.plot.scatter("celsius", "minutes", figsize=(7.2, 2), color="#3B3A8C");"""
FIT = """import time
from tqdm import tqdm

for epoch in tqdm(range(900), desc="bootstrap"):
    sample = nights.sample(60, replace=True)
    np.polyfit(sample["celsius"], sample["minutes"], 1)
    time.sleep(0.1)"""
FORM = """#@title How many nights? {run: "auto"}
nights_shown = 12 #@param {type:"slider", min:3, max:60, step:1}
order = "celsius" #@param ["celsius", "minutes", "night"]
nights.sort_values(order).head(nights_shown).describe()"""
MISTAKE = """def mean_of(column):
    if column not in nights:
        raise KeyError(f"no column {column}: there are {', '.join(nights)}")
    return nights[column].mean()

mean_of("kelvin")"""
WAITING = 'print("slope per degree", round(np.polyfit(nights["celsius"], nights["minutes"], 1)[0], 2))'

SLIDER = """import ipywidgets as w

@w.interact(degrees=w.FloatSlider(value=14, min=6, max=22, description="degrees"))
def leaves(degrees):
    print(f"minutes after sunset: {22 - 0.9 * (degrees - 14):.1f}")"""
SHAPES = """from IPython.display import display

points = {"x": nights["celsius"].tolist(), "y": nights["minutes"].tolist(), "mode": "markers", "type": "scatter"}
layout = {"height": 260, "margin": {"t": 8, "r": 8, "b": 40, "l": 48}, "xaxis": {"title": {"text": "celsius"}}}
display({"application/vnd.plotly.v1+json": {"data": [points], "layout": layout}}, raw=True)"""
CALLS = """for call in range(20_000):
    print(f"call {call:05d}  {20 + call % 7} kHz  night {call % 60}")"""

Cell = dict[str, Any]


def markdown(source: str) -> Cell:
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def code(source: str) -> Cell:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}


def ipynb(*cells: Cell) -> bytes:
    numbered = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells)]
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernelspec}, "cells": numbered}
    ).encode()


BOOK = ipynb(markdown(INTRODUCTION), code(DATA), code(PLOT), code(FIT), code(WAITING))
RESULTS = ipynb(
    markdown("# Results"),
    code(DATA),
    markdown("## By temperature"),
    code(FORM),
    markdown("## A mistake"),
    code(MISTAKE),
)
LONG = ipynb(markdown("# Calls"), code(DATA), code(SLIDER), code(SHAPES), code(CALLS))
