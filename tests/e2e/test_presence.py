"""Who else is here: in the bar, at cells, in editors; following somebody; and that it takes nothing away from the page."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.conftest import MakeContext
from tests.e2e.notebooks import ipynb, text
from tests.e2e.pages import Book, Tab, sign_in

LONG = [f"value_{number} = {number}" for number in range(60)]


async def other_window(book: Book, make_context: MakeContext) -> Book:
    return await (await sign_in(await make_context(), book.tab.server)).open(book.path)


def people(page: Page) -> Locator:
    return page.get_by_role("group", name="People here")


def follow(page: Page) -> Locator:
    return people(page).get_by_role("button", name="Follow your other window")


async def test_another_window_is_shown_as_long_as_it_is_open(tab: Tab, make_context: MakeContext) -> None:
    book = await tab.upload("here.ipynb", ipynb("x = 1"))
    await expect(people(book.page)).to_have_count(0)
    other = await other_window(book, make_context)
    await expect(follow(book.page)).to_be_visible()
    await expect(follow(other.page)).to_be_visible()
    await other.page.close()
    await expect(people(book.page)).to_have_count(0)


async def test_a_window_that_loses_its_connection_is_taken_away_and_comes_back(
    tab: Tab, make_context: MakeContext
) -> None:
    book = await tab.upload("gone.ipynb", ipynb("x = 1"))
    other = await other_window(book, make_context)
    await expect(follow(book.page)).to_be_visible()
    await other.page.context.set_offline(True)
    await other.page.goto("about:blank")
    await expect(people(book.page)).to_have_count(0)
    await other.page.context.set_offline(False)
    await other.tab.open(book.path)
    await expect(follow(book.page)).to_be_visible()


async def test_cursor_and_selection_of_another_window_are_where_they_are_while_one_types(
    tab: Tab, make_context: MakeContext
) -> None:
    book = await tab.upload("carets.ipynb", ipynb("first = 1\nsecond = 2", "third = 3"))
    other = await other_window(book, make_context)
    await other.cell(0).editor.click()
    await other.page.keyboard.press("Control+End")
    caret = book.cell(0).place.locator(".peer-caret")
    await expect(caret.locator(".peer-name")).to_have_attribute("data-name", "You")
    await expect(book.cell(0).place.get_by_role("img", name="Here: You, another window")).to_be_visible()
    await other.page.keyboard.press("Shift+Home")
    await expect(book.cell(0).place.locator(".peer-selection")).to_have_text("second = 2")
    await book.cell(0).editor.click()
    await book.page.keyboard.press("Control+Home")
    await book.page.keyboard.type("zero = 0\n")
    await expect(book.cell(0).place.locator(".peer-selection")).to_have_text("second = 2")
    # It is no text of the cell.
    await expect(book.cell(0).editor).to_have_text("zero = 0first = 1second = 2")
    await other.cell(1).editor.click()
    await expect(caret).to_have_count(0)
    await expect(book.cell(1).place.locator(".peer-caret")).to_have_count(1)


async def test_one_follows_another_window_until_one_looks_elsewhere(tab: Tab, make_context: MakeContext) -> None:
    book = await tab.upload("follow.ipynb", ipynb(*LONG, text("The end")))
    other = await other_window(book, make_context)
    await follow(book.page).click()
    bar = book.page.get_by_text("Following your other window")
    await expect(bar).to_be_visible()
    await other.cell(50).place.scroll_into_view_if_needed()
    await other.cell(50).editor.click()
    await expect(book.cell(50).place).to_be_in_viewport()
    await other.cell(3).place.scroll_into_view_if_needed()
    await other.cell(3).editor.click()
    await expect(book.cell(3).place).to_be_in_viewport()
    await book.page.keyboard.press("Escape")
    await expect(bar).to_have_count(0)
    await other.cell(55).place.scroll_into_view_if_needed()
    await other.cell(55).editor.click()
    await expect(book.cell(55).place.locator(".cell-people")).to_have_count(1)
    await expect(book.cell(3).place).to_be_in_viewport()
    await follow(book.page).click()
    await expect(book.cell(55).place).to_be_in_viewport()
    await book.page.mouse.wheel(0, -400)
    await expect(bar).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
async def test_who_is_here_fits_and_moves_nothing(tab: Tab, make_context: MakeContext, width: int, height: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": height})
    book = await tab.upload("fits.ipynb", ipynb("x = 1", "y = 2"))
    before = await book.cell(1).place.bounding_box()
    others = [await other_window(book, make_context) for _ in range(2)]
    for other in others:
        await other.cell(0).editor.click()
    await expect(book.cell(0).place.locator(".cell-person")).to_have_text("2")
    assert await book.cell(1).place.bounding_box() == before
    assert await book.page.evaluate("() => document.documentElement.scrollWidth") == width
    if width < 720:
        await people(book.page).get_by_role("button", name="People here: 2").click()
        await book.page.get_by_role("menuitem", name="You, another window").first.click()
    else:
        await follow(book.page).first.click()
    await expect(book.page.get_by_text("Following your other window")).to_be_visible()
    await book.page.get_by_role("button", name="Stop", exact=True).click()
    await expect(book.page.get_by_text("Following your other window")).to_have_count(0)
