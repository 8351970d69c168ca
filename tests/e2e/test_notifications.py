"""The end of a long run: told by the browser when nobody looks, and by the tab's title and icon."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.notebooks import ipynb
from tests.e2e.pages import Book, Tab

FAKE = """
window.told = [];
window.allowed = 'default';
class Told {
  static get permission() { return window.allowed; }
  static async requestPermission() { window.asked = (window.asked ?? 0) + 1; return (window.allowed = window.answer); }
  constructor(title, options) { Object.assign(this, options, { title }); window.told.push(this); }
  close() { this.closed = true; }
}
window.Notification = Told;
Object.defineProperty(document, 'visibilityState', { get: () => window.hiddenNow ? 'hidden' : 'visible' });
window.hide = (hidden) => { window.hiddenNow = hidden; document.dispatchEvent(new Event('visibilitychange')); };
"""


async def turn_on(page: Page, answer: str) -> None:
    await page.evaluate("(answer) => { window.answer = answer }", answer)
    await page.keyboard.press("Control+,")
    dialog = page.get_by_role("dialog", name="Settings")
    await dialog.get_by_label("Tell me when a long run ends").click()
    await page.wait_for_function("() => window.asked === 1")


async def waiting_for(tab: Tab, go: Path, *rest: str) -> Book:
    await tab.page.add_init_script(FAKE)
    wait = f"import pathlib, time\nwhile not pathlib.Path({str(go)!r}).exists(): time.sleep(0.05)"
    return await tab.upload("long.ipynb", ipynb(wait, *rest))


@pytest.mark.parametrize("width", [1440, 390])
async def test_the_end_of_a_long_run_is_told_while_the_page_is_hidden(tab: Tab, tmp_path: Path, width: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": 900})
    go = tmp_path / "go"
    book = await waiting_for(tab, go, "1 / 0")
    page = book.page
    await turn_on(page, "granted")
    await page.get_by_role("dialog").get_by_label("Longer than, in seconds").fill("0")
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()
    await book.run_all()
    await book.cell(0).runs()
    await expect(page).to_have_title("Running: long.ipynb")
    await page.evaluate("() => hide(true)")
    go.touch()
    await page.wait_for_function("() => told.length === 1", timeout=45_000)
    told = await page.evaluate("() => ({ title: told[0].title, body: told[0].body })")
    assert told["title"] == "long.ipynb"
    assert told["body"].startswith("Cell 2 failed after")
    await expect(page).to_have_title("Failed: long.ipynb")
    icon = await page.locator("link[rel=icon]").get_attribute("href")
    assert icon is not None
    assert "B3261E" in icon
    assert "E59A1C" not in icon, "amber is for what runs alone"
    await page.evaluate("() => { hide(false); told[0].onclick() }")
    await expect(book.cell(1).place).to_be_focused()
    await expect(page).to_have_title("long.ipynb")
    assert await page.evaluate("() => told[0].closed")


async def test_nothing_is_told_of_a_short_run_or_of_one_that_is_looked_at(tab: Tab, tmp_path: Path) -> None:
    go = tmp_path / "go"
    book = await waiting_for(tab, go)
    page = book.page
    await turn_on(page, "granted")
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()
    await book.run_all()
    await book.cell(0).runs()
    await page.evaluate("() => hide(true)")
    go.touch()
    await expect(page).to_have_title("Finished: long.ipynb")
    assert await page.evaluate("() => told.length") == 0


async def test_a_refusal_is_explained_and_the_setting_stays_off(tab: Tab, tmp_path: Path) -> None:
    book = await waiting_for(tab, tmp_path / "go")
    await turn_on(book.page, "denied")
    dialog = book.page.get_by_role("dialog", name="Settings")
    await expect(dialog).to_contain_text("The browser does not allow notifications from this site")
    await expect(dialog.get_by_label("Tell me when a long run ends")).not_to_be_checked()
