"""What is in the kernel, looked at while it works: variables, tables of a million rows, what is nested, the code that ran."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.notebooks import ipynb
from tests.e2e.pages import RUN_MS, Book, Tab

SIZES = ((1440, 900), (390, 844))
TABLE = "import pandas as pd\ndf = pd.DataFrame({'n': range(1_000_000), 'word': ['even', 'odd'] * 500_000})\nnested = [1, {'key': [2, 3]}]"
SLEEP = "import time\ntime.sleep(120)"


def pane(page: Page, name: str) -> Locator:
    return page.get_by_role("complementary", name=name)


def grid(page: Page) -> Locator:
    return page.get_by_role("grid", name="Rows of the table")


def cell(page: Page, text: str) -> Locator:
    return grid(page).get_by_role("gridcell", name=text, exact=True)


async def open_pane(book: Book, name: str) -> Locator:
    """By the palette, which is there at every width."""
    await book.page.keyboard.press("Control+Shift+P")
    await book.page.get_by_role("searchbox", name="Search commands").fill(name)
    await book.page.get_by_role("menuitem", name=re.compile(name)).first.click()
    return pane(book.page, name)


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_variables_are_shown_while_a_cell_runs_and_follow_it(tab: Tab, width: int, height: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": height})
    loop = "import time\nfor step in range(1000):\n    time.sleep(0.2)"
    book = await tab.upload("live.ipynb", ipynb("greeting = 'hello'\nitems = [1, 2, 3]", loop))
    variables = await open_pane(book, "Variables")
    await expect(variables.get_by_text("No runtime")).to_be_visible()
    await book.run_all()
    await expect(variables.get_by_role("listitem").filter(has_text="greeting")).to_contain_text(
        "'hello'", timeout=RUN_MS
    )
    await expect(variables.get_by_role("listitem").filter(has_text="items")).to_contain_text("3 items")
    step = variables.get_by_role("listitem").filter(has_text="step")
    await expect(step).to_contain_text("int", timeout=RUN_MS)
    before = await step.inner_text()
    await expect(step).not_to_have_text(before, timeout=RUN_MS)
    await variables.get_by_label("Filter by name or type").fill("list")
    await expect(variables.get_by_role("listitem")).to_have_count(1)
    await book.press("Interrupt")


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_million_rows_are_scrolled_sorted_and_searched_while_a_cell_runs(
    tab: Tab, width: int, height: int
) -> None:
    await tab.page.set_viewport_size({"width": width, "height": height})
    book = await tab.upload("table.ipynb", ipynb(TABLE, SLEEP))
    variables = await open_pane(book, "Variables")
    await book.run_all()
    await variables.get_by_role("button", name="df").click(timeout=RUN_MS)
    page = book.page
    await expect(page.get_by_role("status").filter(has_text="1,000,000 rows × 2 columns")).to_be_visible()
    await expect(cell(page, "19")).to_be_attached()
    await grid(page).focus()
    await page.keyboard.press("Control+End")
    await expect(cell(page, "999999")).to_be_visible()
    await expect(grid(page).get_by_role("row")).not_to_have_count(1_000)
    await grid(page).get_by_role("button", name=re.compile(r"^n\b")).click()
    await grid(page).get_by_role("button", name=re.compile(r"^n\b")).click()
    await grid(page).focus()
    await page.keyboard.press("Control+Home")
    await expect(cell(page, "999999")).to_be_visible()
    await expect(grid(page).get_by_role("columnheader", name=re.compile("^n"))).to_have_attribute(
        "aria-sort", "descending"
    )
    await grid(page).get_by_role("button", name="Filter n").click()
    await page.get_by_label("Filter n").first.select_option("le")
    await page.get_by_label("Value", exact=True).fill("3")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status").filter(has_text="4 of 1,000,000 rows")).to_be_visible()
    await expect(cell(page, "3")).to_be_visible()
    await page.get_by_role("button", name="Take away the filter n is at most 3").click()
    await expect(page.get_by_role("status").filter(has_text="1,000,000 rows × 2 columns")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(grid(page)).to_have_count(0)
    await book.press("Interrupt")


async def test_what_is_nested_is_gone_into_and_a_value_that_is_gone_says_so(tab: Tab) -> None:
    book = await tab.upload("nested.ipynb", ipynb(TABLE, "del nested"))
    page = book.page
    variables = await open_pane(book, "Variables")
    await book.cell(0).run()
    await variables.get_by_role("button", name="nested").click(timeout=RUN_MS)
    await page.get_by_role("button", name="Look into it").click()
    await expect(cell(page, "key")).to_be_visible()
    await grid(page).focus()
    await page.keyboard.press("Enter")
    await expect(cell(page, "3")).to_be_visible()
    place = page.get_by_role("navigation", name="Where this is")
    await expect(place).to_have_text("nested[1]key")
    await place.get_by_role("button", name="nested").click()
    await expect(cell(page, "dict")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.get_by_role("dialog").wait_for(state="detached")
    await book.cell(1).run()
    await book.cell(1).ended_ok()
    await expect(variables.get_by_role("button", name="nested")).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_every_version_that_ran_is_listed_and_can_be_had_back(tab: Tab, width: int, height: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": height})
    book = await tab.upload("versions.ipynb", ipynb("print('first')", "1/0"))
    await book.cell(1).editor.click()
    executed = await open_pane(book, "Executed code")
    await expect(executed.get_by_text("Nothing has run in this notebook yet")).to_be_visible()
    await book.cell(0).run()
    await book.cell(0).ended_ok()
    await expect(executed.get_by_role("listitem")).to_have_count(1)
    await executed.get_by_role("button", name="Insert as a new cell").click()
    await expect(book.cells).to_have_count(3)
    await book.run_all()
    await book.cell(1).failed()
    # What did not run because of the error is no version that was run.
    await expect(executed.get_by_role("listitem")).to_have_count(3)
    await expect(executed.get_by_role("listitem").first).to_contain_text("Failed")
    await expect(executed.get_by_role("listitem").first).to_contain_text("1/0")
    await executed.get_by_label("Filter by code").fill("first")
    await expect(executed.get_by_role("listitem")).to_have_count(2)
