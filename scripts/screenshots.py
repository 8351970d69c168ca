"""Takes pictures of every main state of the page: docs/screenshots/<state>[-390]-{light,dark}.png.

    python scripts/screenshots.py            (make screenshots)

A server of its own on an empty directory, notebooks that are really run, and the system's Chromium.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from screenshot_notebooks import BOOK, LONG, RESULTS, code, ipynb

from tests.support.chromium import ARGUMENTS, CHROMIUM

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "screenshots"
RUN_MS = 90_000
SETTLE_MS = 500

OTHERS = ("Roost counts 2025.ipynb", "Call spectrograms.ipynb", "Wing loading.ipynb", "Colony map.ipynb")


def upload(page: Page, url: str, name: str, content: bytes) -> None:
    mark = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "noctule_csrf")
    address = f"{url}/api/v1/notebooks/upload"
    made = page.request.post(
        address, params={"name": name}, data=content, headers={"x-noctule-csrf": mark, "origin": url}
    )
    page.goto(f"{url}/notebooks/{made.json()['id']}")
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
            # Output frames are told of the other theme by messages.
            self.page.wait_for_timeout(SETTLE_MS)
            self.page.screenshot(path=TARGET / f"{state}{self.suffix}-{scheme}.png")


def take_running(camera: Camera, url: str, book: str) -> None:
    """Drive, and a notebook in which something runs."""
    page = camera.page
    page.goto(f"{url}/drive")
    expect(page.locator(".mark-running").first).to_be_visible()
    camera.take("drive")
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


def take_comment(camera: Camera) -> None:
    """A comment on the mistake, for the picture of its pane."""
    page = camera.page
    cell(page, 6).click(position={"x": 5, "y": 5})
    page.keyboard.press("Control+Alt+m")
    expect(page.get_by_role("complementary", name="Comments").get_by_role("textbox")).to_be_focused()
    page.keyboard.insert_text("There is no kelvin here. @local, did you mean celsius?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".comment-text")).to_be_visible()
    page.get_by_role("button", name="Close pane").click()


def take_help(camera: Camera) -> None:
    """What the kernel says of the code that one writes."""
    page = camera.page
    page.get_by_role("toolbar", name="Notebook tools").get_by_role("button", name="Add code cell").click()
    page.keyboard.type("nights.me")
    expect(page.locator(".cm-tooltip-autocomplete")).to_be_visible(timeout=RUN_MS)
    camera.take("completion")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    page.keyboard.press("d")
    toast = page.locator(".toast").filter(has_text="1 cell deleted")
    toast.get_by_role("button").last.click()
    expect(toast).to_have_count(0)


def take_outputs(camera: Camera) -> None:
    """Widgets, a chart, and a text of many lines in full."""
    page = camera.page
    page.get_by_role("button", name="Run all").click()
    expect(cell(page, 5).get_by_role("button", name="Run this cell again")).to_be_visible(timeout=RUN_MS)
    cell(page, 3).scroll_into_view_if_needed()
    expect(cell(page, 3).frame_locator("iframe").get_by_role("slider")).to_be_visible(timeout=RUN_MS)
    expect(cell(page, 4).frame_locator("iframe").locator(".main-svg").first).to_be_visible(timeout=RUN_MS)
    camera.take("widgets")
    cell(page, 5).get_by_role("button", name="Open full log").click()
    log = page.get_by_role("dialog", name="Full log")
    log.get_by_role("searchbox", name="Find in log").fill("24 kHz")
    expect(log.locator("mark").first).to_be_visible()
    camera.take("log")
    log.get_by_role("button", name="Close", exact=True).click()


def take_terminal(camera: Camera) -> None:
    page = camera.page
    page.keyboard.press("Control+`")
    dock = page.get_by_role("complementary", name="Terminals and files")
    expect(dock.locator(".xterm-rows")).to_contain_text(re.compile("[$#]"), timeout=RUN_MS)
    # Without the name and the folder of this machine.
    page.keyboard.type("PS1='$ '; cd /; clear; python3 -c 'import this' | sed -n 1,9p")
    page.keyboard.press("Enter")
    expect(dock.locator(".xterm-rows")).to_contain_text("Readability counts", timeout=RUN_MS)
    camera.take("terminal")
    page.keyboard.press("Control+`")


def take_revisions(camera: Camera) -> None:
    """What changed since a version, beside its name in the timeline."""
    page = camera.page
    command(page, "Save and pin revision")
    page.get_by_role("textbox", name="Name of the revision").fill("First results")
    page.keyboard.press("Enter")
    expect(page.get_by_text('Revision "First results" is saved and stays')).to_be_visible()
    source = cell(page, 6).locator(".cm-content")
    source.click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("# Kelvin, for the comparison with the loggers.")
    page.keyboard.press("Enter")
    command(page, "Revision history")
    view = page.get_by_role("dialog", name="Revision history")
    view.get_by_role("option", name="First results").click()
    expect(view.locator(".cm-changedLine").first).to_be_visible()
    camera.take("revisions")
    view.get_by_role("button", name="Close", exact=True).click()


def command(page: Page, name: str) -> None:
    """By the palette."""
    page.keyboard.press("Control+Shift+P")
    page.get_by_role("searchbox", name="Search commands").fill(name)
    page.keyboard.press("Enter")


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
    page.get_by_role("dialog", name="Settings").get_by_role("button", name="Close", exact=True).click()


def take_panes(camera: Camera) -> None:
    """Every pane of the rail, by its name."""
    page = camera.page
    rail = page.locator(".rail-item").get_by_role("button")
    for button in rail.all():
        button.click()
        pane = page.locator("aside.pane")
        expect(pane.locator(".pane-body")).not_to_have_text("Loading")
        name = pane.get_attribute("aria-label") or ""
        camera.take(f"pane-{name.lower().replace(' ', '-')}")
    page.get_by_role("button", name="Close pane").click()


def take_phone(camera: Camera, url: str, book: str) -> None:
    page = camera.page
    camera.resize(390, 844)
    page.goto(f"{url}/drive")
    camera.take("drive")
    page.goto(book)
    expect(cell(page, 1).get_by_role("heading")).to_be_visible()
    expect(cell(page, 2).locator(".outputs table")).to_be_visible()
    camera.take("notebook")
    page.get_by_role("button", name="Menu", exact=True).click()
    expect(page.get_by_role("menuitem", name="File")).to_be_visible()
    camera.take("menu")
    page.keyboard.press("Escape")
    page.get_by_role("toolbar", name="Notebook tools").get_by_role("button", name="Panes").click()
    page.get_by_role("menuitem", name="Runtime").click()
    expect(page.get_by_role("complementary", name="Runtime").locator(".pane-body")).not_to_have_text("Loading")
    camera.take("pane")
    camera.resize(1440, 1060)


def take(page: Page, url: str, book: str) -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    camera = Camera(page)
    camera.resize(1440, 1060)
    take_running(camera, url, book)
    take_phone(camera, url, book)
    upload(page, url, "Results.ipynb", RESULTS)
    take_results(camera)
    take_help(camera)
    take_menus(camera)
    take_comment(camera)
    take_panes(camera)
    take_revisions(camera)
    upload(page, url, "Calls.ipynb", LONG)
    take_outputs(camera)
    take_terminal(camera)


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        command = [sys.executable, "-m", "noctule", "serve", "--no-browser", "--port", "0", "--data", directory]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert server.stdout is not None
        try:
            link = server.stdout.readline().strip()
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
                context = chromium.new_context(viewport={"width": 1440, "height": 1060})
                page = context.new_page()
                page.goto(link)
                url = link.split("/?")[0]
                book = prepare(page, url)
                take(page, url, book)
                chromium.close()
        finally:
            subprocess.run([sys.executable, "-m", "noctule", "stop", "--runtimes", "--data", directory], check=True)
            server.wait(timeout=30)


if __name__ == "__main__":
    main()
