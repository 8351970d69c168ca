"""Takes pictures of every main state of the page: docs/screenshots/<state>[-390]-{light,dark}.png.

    python scripts/screenshots.py            (make screenshots)

A server of its own on an empty directory, notebooks that are really run, and the system's Chromium.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "screenshots"
CHROMIUM = Path("/usr/bin/chromium")
RUN_MS = 90_000

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


class Camera:
    """Pictures of one page, light and dark."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.suffix = ""

    def resize(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})
        self.suffix = "" if width > 720 else f"-{width}"

    def take(self, state: str) -> None:
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            self.page.evaluate("document.fonts.ready")
            self.page.screenshot(path=TARGET / f"{state}{self.suffix}-{scheme}.png")


def take_running(camera: Camera, url: str, book: str) -> None:
    """The list and a notebook in which something runs."""
    page = camera.page
    page.goto(url)
    expect(page.get_by_role("listitem").first).to_contain_text("Running")
    camera.take("list")
    page.goto(book)
    expect(cell(page, 2).locator(".outputs table").or_(cell(page, 2).locator("iframe"))).to_be_visible()
    expect(cell(page, 3).get_by_role("img")).to_be_visible()
    expect(cell(page, 4).locator(".cm-content")).to_be_visible()
    camera.take("notebook")


def take_results(camera: Camera) -> None:
    """Forms, tables and an error."""
    page = camera.page
    page.get_by_role("button", name="Run all").click()
    error = cell(page, 6).locator(".output-error")
    expect(error).to_be_visible(timeout=RUN_MS)
    error.scroll_into_view_if_needed()
    camera.take("results")


def take_menus(camera: Camera) -> None:
    page = camera.page
    page.get_by_role("button", name="Runtime", exact=True).first.click()
    expect(page.get_by_role("menu", name="Runtime")).to_be_visible()
    camera.take("menu")
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    page.keyboard.press("Control+Shift+P")
    page.get_by_role("searchbox", name="Search commands").fill("cell")
    camera.take("palette")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+,")
    camera.take("settings")
    page.get_by_role("tab", name="Shortcuts").click()
    camera.take("shortcuts")
    page.get_by_role("button", name="Close", exact=True).click()


def take_panes(camera: Camera) -> None:
    """Every pane of the rail, by its name."""
    page = camera.page
    rail = page.get_by_role("navigation", name="Panes").get_by_role("button")
    for number in range(rail.count()):
        button = rail.nth(number)
        name = button.get_attribute("aria-label") or str(number)
        button.click()
        expect(page.get_by_role("complementary", name=name).locator(".pane-body")).not_to_have_text("Loading")
        camera.take(f"pane-{name.lower().replace(' ', '-')}")
    page.get_by_role("button", name="Close pane").click()


def take_phone(camera: Camera, url: str, book: str) -> None:
    page = camera.page
    camera.resize(390, 844)
    page.goto(url)
    camera.take("list")
    page.goto(book)
    expect(cell(page, 1)).to_be_visible()
    camera.take("notebook")
    page.get_by_role("button", name="Menu", exact=True).click()
    expect(page.get_by_role("searchbox", name="Search commands")).to_be_visible()
    camera.take("menu")
    page.keyboard.press("Escape")
    page.get_by_role("toolbar", name="Notebook tools").get_by_role("button", name="Panes").click()
    page.get_by_role("menuitem", name="Runtime").click()
    expect(page.get_by_role("complementary", name="Runtime").locator(".pane-body")).not_to_have_text("Loading")
    camera.take("pane")


def take(page: Page, url: str, book: str) -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    camera = Camera(page)
    camera.resize(1440, 1060)
    take_running(camera, url, book)
    upload(page, url, "Results.ipynb", RESULTS)
    take_results(camera)
    take_menus(camera)
    take_panes(camera)
    take_phone(camera, url, book)


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
                take(page, url, book)
                chromium.close()
        finally:
            subprocess.run([sys.executable, "-m", "noctule", "stop", "--runtimes", "--data", directory], check=True)
            server.wait(timeout=30)


if __name__ == "__main__":
    main()
