"""Takes the pictures of the README: docs/screenshots/{list,notebook}-{light,dark}.png.

    python scripts/screenshots.py            (make screenshots)

A server of its own on an empty directory, notebooks that are really run, and the system's Chromium.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, FilePayload, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "screenshots"
CHROMIUM = Path("/usr/bin/chromium")
RUN_MS = 90_000

INTRODUCTION = """# Evening flights of *Nyctalus noctula*

Noctules leave their roost at dusk. When do they fly, and how does the **temperature** move that moment?"""
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
WAITING = 'print("slope per degree", round(np.polyfit(nights["celsius"], nights["minutes"], 1)[0], 2))'

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
OTHERS = ("Roost counts 2025.ipynb", "Call spectrograms.ipynb", "Wing loading.ipynb", "Colony map.ipynb")


def upload(page: Page, url: str, name: str, content: bytes) -> None:
    page.goto(url)
    page.locator("input[type=file]").set_input_files(
        FilePayload(name=name, mimeType="application/json", buffer=content)
    )
    page.wait_for_url("**/notebooks/*")
    expect(cell(page, 1)).to_be_visible()


def cell(page: Page, number: int) -> Locator:
    return page.locator(f'section[aria-label$=" cell {number}"]')


def prepare(page: Page, url: str) -> str:
    """Uploads and runs everything; the address of the notebook that runs."""
    for name in OTHERS:
        upload(page, url, name, ipynb(code("x = 1")))
    upload(page, url, "Evening flights.ipynb", BOOK)
    page.get_by_role("button", name="Run all").click()
    expect(cell(page, 4).get_by_role("button", name="Interrupt this cell")).to_be_visible(timeout=RUN_MS)
    expect(cell(page, 4).locator(".output-text")).to_contain_text("bootstrap", timeout=RUN_MS)
    return page.url


def take(context: BrowserContext, url: str, book: str) -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    page = context.new_page()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.goto(url)
        expect(page.get_by_role("listitem").first).to_contain_text("Running")
        page.screenshot(path=TARGET / f"list-{scheme}.png")
        page.goto(book)
        expect(cell(page, 2).frame_locator("iframe").locator("table")).to_be_visible()
        expect(cell(page, 3).get_by_role("img")).to_be_visible()
        expect(cell(page, 4).locator(".cm-content")).to_be_visible()
        page.evaluate("document.fonts.ready")
        page.screenshot(path=TARGET / f"notebook-{scheme}.png")


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        command = [sys.executable, "-m", "noctule", "serve", "--no-browser", "--port", "0", "--data", directory]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert server.stdout is not None
        try:
            link = server.stdout.readline().strip()
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
                context = chromium.new_context(viewport={"width": 1440, "height": 1060})
                page = context.new_page()
                page.goto(link)
                url = link.split("?")[0]
                book = prepare(page, url)
                page.close()
                take(context, url, book)
                chromium.close()
        finally:
            subprocess.run([sys.executable, "-m", "noctule", "stop", "--runtimes", "--data", directory], check=True)
            server.wait(timeout=30)


if __name__ == "__main__":
    main()
