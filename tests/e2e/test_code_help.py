"""Completion, signatures and inspection from the kernel, while a cell runs: by keyboard alone, and never in the way."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.notebooks import ipynb
from tests.e2e.pages import RUN_MS, Book, Tab

SIZES = ((1440, 900), (390, 844))
CODE = '''class Owl:
    """A bird of the night."""
    def hoot(self, times: int = 2, *, loud=False):
        """Say hoo.

        More of it."""
        return "hoo" * times
owl = Owl()'''
SLEEP = "import time\ntime.sleep(120)"


def options(page: Page) -> Locator:
    return page.get_by_role("listbox").get_by_role("option")


def tip(page: Page) -> Locator:
    return page.get_by_role("tooltip")


async def busy(tab: Tab, *cells: str) -> Book:
    """A notebook whose second cell runs; the caret is in the third."""
    book = await tab.upload("help.ipynb", ipynb(CODE, SLEEP, *cells, ""))
    await book.cell(0).run()
    await book.cell(0).ended_ok()
    await book.cell(1).run()
    await book.cell(1).runs()
    await book.cell(2).editor.click()
    return book


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_names_complete_with_their_kinds_while_a_cell_runs(tab: Tab, width: int, height: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": height})
    book = await busy(tab)
    page, editor = book.page, book.cell(2).editor
    await editor.press_sequentially("# owl.\nowl.")
    await expect(options(page).first).to_contain_text("hoot", timeout=RUN_MS)
    await expect(options(page).first.locator(".completion-kind")).to_have_text("ƒ")
    await expect(options(page).first).to_be_in_viewport(ratio=1)
    await editor.press_sequentially("ho")
    await expect(options(page)).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(options(page)).to_have_count(0)
    await expect(editor).to_contain_text("owl.hoot")
    await editor.press_sequentially("\nOw")
    await expect(options(page).filter(has_text="Owl")).to_contain_text("class")
    await page.keyboard.press("Escape")
    await expect(options(page)).to_have_count(0)
    await expect(editor).to_be_focused()
    await book.press("Interrupt")


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_call_shows_its_signature_and_where_one_is_in_it(tab: Tab, width: int, height: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": height})
    book = await busy(tab)
    page, editor = book.page, book.cell(2).editor
    await editor.press_sequentially("owl.hoot(")
    await expect(tip(page)).to_contain_text("hoot(times: int = 2, *, loud=False)", timeout=RUN_MS)
    await expect(tip(page)).to_contain_text("Say hoo.")
    await expect(tip(page)).to_be_in_viewport(ratio=1)
    current = tip(page).locator(".tip-parameter")
    await expect(current).to_have_text("times: int = 2")
    await editor.press_sequentially("3, loud=")
    await expect(current).to_have_text("loud=False")
    await page.keyboard.press("Escape")
    await expect(tip(page)).to_have_count(0)
    await expect(editor).to_be_focused()
    await editor.press_sequentially("True, ")
    await expect(tip(page)).to_be_visible()
    await page.keyboard.press("End")
    await expect(tip(page)).to_have_count(0)
    await book.press("Interrupt")


async def test_a_name_is_explained_and_then_shown_with_its_source(tab: Tab) -> None:
    book = await busy(tab)
    page, editor = book.page, book.cell(2).editor
    await editor.press_sequentially("owl.hoot ")
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Shift+Tab")
    await expect(tip(page)).to_contain_text("Docstring:", timeout=RUN_MS)
    assert "\x1b" not in await tip(page).inner_text()
    await expect(tip(page).locator("[style*=color]").first).to_be_visible()
    await page.keyboard.press("Shift+Tab")
    await expect(tip(page)).to_contain_text('return "hoo" * times')
    await editor.press_sequentially("x")
    await expect(tip(page)).to_have_count(0)
    await page.keyboard.press("Control+Shift+Space")
    await expect(tip(page)).to_contain_text("The kernel knows nothing of this name")
    await page.keyboard.press("Escape")
    await expect(tip(page)).to_have_count(0)
    await page.keyboard.press("Home")
    await editor.press_sequentially("    ")
    await page.keyboard.press("Shift+Tab")
    await expect(editor).to_have_text("owl.hootx ")
    await expect(tip(page)).to_have_count(0)
    await book.press("Interrupt")


async def test_what_a_docstring_says_is_text(tab: Tab) -> None:
    """A hostile notebook: its documentation is neither markup nor a script."""
    hostile = "def trap(a='<img src=x onerror=alert(1)>'):\n    '''<script>window.hurt = 1</script> <b>bold</b>'''"
    book = await tab.upload("hostile.ipynb", ipynb(hostile, ""))
    page = book.page
    await book.cell(0).run()
    await book.cell(0).ended_ok()
    await book.cell(1).editor.click()
    await book.cell(1).editor.press_sequentially("trap(")
    await expect(tip(page)).to_contain_text("<script>window.hurt = 1</script> <b>bold</b>", timeout=RUN_MS)
    await expect(tip(page)).to_contain_text("<img src=x onerror=alert(1)>")
    await expect(tip(page).locator("img, script, b")).to_have_count(0)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+Shift+Space")
    await expect(tip(page)).to_contain_text("Type:")
    await expect(tip(page).locator("img, script, b")).to_have_count(0)
    assert await page.evaluate("() => window.hurt") is None


async def test_without_a_kernel_the_names_of_the_cell_complete_and_nothing_is_started(tab: Tab) -> None:
    book = await tab.upload("alone.ipynb", ipynb("feathers = 2\n"))
    page, editor = book.page, book.cell(0).editor
    await editor.click()
    await page.keyboard.press("Control+End")
    await editor.press_sequentially("feat")
    await expect(options(page).filter(has_text="feathers")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+Shift+Space")
    await expect(tip(page)).to_contain_text("No runtime")
    await expect(page.get_by_role("button", name="Connect", exact=False).first).to_be_visible()
