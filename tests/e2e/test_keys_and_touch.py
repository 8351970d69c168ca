"""The page by keyboard and by touch: Tab, headings, the menus, where one is after each, and what a screen reader is told."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.notebooks import code, ipynb, text
from tests.e2e.pages import RUN_MS, Book, Tab, sign_in
from tests.support.server import ServerProcess

PHONE = {"width": 390, "height": 844}


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser, shared_server: ServerProcess) -> AsyncIterator[Tab]:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    yield await sign_in(context, shared_server)
    await context.close()


def options(page: Page) -> Locator:
    return page.get_by_role("listbox").get_by_role("option")


def focused(page: Page) -> Locator:
    return page.locator(":focus")


async def select(book: Book, index: int) -> None:
    await book.cell(index).place.click(position={"x": 5, "y": 5})


# --- completion ---------------------------------------------------------------------------------------------------


async def test_tab_completes_behind_a_name_takes_what_is_offered_and_else_indents(tab: Tab) -> None:
    book = await tab.upload("tab.ipynb", ipynb("feathers = 2\n"))
    page, editor = book.page, book.cell(0).editor
    await editor.click()
    await page.keyboard.press("Control+End")
    await page.keyboard.press("Tab")
    await page.keyboard.insert_text("feat")
    await expect(options(page)).to_have_count(0)
    await page.keyboard.press("Tab")
    await expect(options(page).filter(has_text="feathers")).to_have_attribute("aria-selected", "true")
    # CodeMirror takes no key as meant for a list that has only just come up.
    await page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true), 150))")
    await page.keyboard.press("Tab")
    await expect(options(page)).to_have_count(0)
    await expect(editor.locator(".cm-line").last).to_have_text("    feathers")
    await expect(editor).to_be_focused()


async def test_a_list_that_is_shown_or_on_its_way_does_not_stay_over_the_output(tab: Tab) -> None:
    book = await tab.upload("stays.ipynb", ipynb("owls = 3\n"))
    page, editor = book.page, book.cell(0).editor
    await book.cell(0).run()
    await book.cell(0).ended_ok()
    await editor.click()
    await page.keyboard.press("Control+End")
    await editor.press_sequentially("ow")
    await expect(options(page).first).to_be_visible(timeout=RUN_MS)
    await page.keyboard.press("Control+Enter")
    await expect(options(page)).to_have_count(0)
    await book.cell(0).failed()
    await editor.click()
    await page.keyboard.press("Control+End")
    await page.keyboard.press("Control+Space")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("section.cell:focus")).to_be_visible()
    await page.keyboard.press("b")
    await expect(book.cells).to_have_count(2)
    await expect(options(page)).to_have_count(0)


# --- command mode -------------------------------------------------------------------------------------------------


async def test_the_first_cell_is_selected_when_a_notebook_opens_and_nothing_moves(tab: Tab) -> None:
    book = await tab.upload("opens.ipynb", ipynb(text("# Owls"), code("1"), code("2")))
    page = book.page
    await expect(book.cell(0).place).to_be_focused()
    assert await page.evaluate("scrollY") == 0
    await page.keyboard.press("j")
    await expect(book.cell(1).place).to_be_focused()
    await page.keyboard.press("d")
    await page.keyboard.press("d")
    await expect(book.cells).to_have_count(2)


async def test_opening_leaves_the_focus_where_a_person_has_put_it(tab: Tab) -> None:
    book = await tab.upload("title.ipynb", ipynb(*(code(f"{n}") for n in range(3))))
    page = book.page
    await page.evaluate("sessionStorage.clear(); localStorage.clear()")
    await page.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
             const look = () => {
               const title = document.querySelector("input.title");
               if (title === null) requestAnimationFrame(look); else title.focus();
             };
             look();
           })"""
    )
    await page.reload()
    await expect(book.cell(0).place).to_be_visible()
    await expect(page.get_by_role("textbox", name="Notebook name")).to_be_focused()


async def test_in_a_new_notebook_one_writes_at_once(tab: Tab) -> None:
    await tab.home()
    await tab.page.get_by_role("button", name="New notebook").first.click()
    book = await tab.opened()
    await expect(book.cell(0).editor).to_be_focused()


async def test_a_view_that_comes_back_selects_a_cell_in_sight_and_does_not_move(tab: Tab) -> None:
    book = await tab.upload("far.ipynb", ipynb(*(code("\n".join(f"{n}" for _ in range(30))) for n in range(12))))
    page = book.page
    await page.mouse.move(600, 400)
    await page.mouse.wheel(0, 3_000)
    await page.wait_for_function("() => sessionStorage.length > 0 && scrollY > 2000")
    await expect(book.cell(0).place).not_to_be_in_viewport()
    kept = "Object.entries(sessionStorage).some(([key, text]) => key.includes('place') && !text.includes('cell-0\",'))"
    await page.wait_for_function(f"() => {kept}")
    before = await page.evaluate("scrollY")
    await tab.page.reload()
    await expect(page.locator("section.cell:focus")).to_be_in_viewport()
    assert abs(await page.evaluate("scrollY") - before) < 40


async def test_an_address_with_a_cell_selects_that_cell(tab: Tab) -> None:
    book = await tab.upload("address.ipynb", ipynb(*(code(f"{n}") for n in range(4))))
    await book.page.goto(f"{book.page.url}#scrollTo=cell-2")
    await book.page.reload()
    await expect(book.cell(2).place).to_be_focused()


async def test_a_digit_makes_headings_of_all_selected_cells_in_one_step(tab: Tab) -> None:
    book = await tab.upload("headings.ipynb", ipynb(code("Owls"), text("### Of the night"), code("1")))
    page = book.page
    await select(book, 0)
    await page.keyboard.press("Shift+ArrowDown")
    await page.keyboard.press("2")
    await expect(book.cell(0).place.get_by_role("heading", name="Owls", level=2)).to_be_visible()
    await expect(book.cell(1).place.get_by_role("heading", name="Of the night", level=2)).to_be_visible()
    await page.keyboard.press("z")
    await expect(page.get_by_role("region", name="Code cell 1")).to_be_visible()
    await expect(book.cell(1).place.get_by_role("heading", name="Of the night", level=3)).to_be_visible()


async def test_hide_code_has_keys_that_work(tab: Tab) -> None:
    book = await tab.upload("hide-keys.ipynb", ipynb("secret = 1", "2"))
    await select(book, 0)
    await book.page.keyboard.press("Shift+H")
    await expect(book.cell(0).editor).to_have_count(0)
    await expect(book.page.get_by_role("dialog")).to_have_count(0)


async def test_the_offer_to_undo_a_deletion_goes_when_it_was_undone_by_keyboard(tab: Tab) -> None:
    book = await tab.upload("offer.ipynb", ipynb("0", "1", "2"))
    page = book.page
    await select(book, 1)
    await page.keyboard.press("d")
    await page.keyboard.press("d")
    await expect(page.get_by_text("1 cell deleted")).to_be_visible()
    await page.keyboard.press("z")
    await expect(book.cells).to_have_count(3)
    await expect(page.get_by_text("1 cell deleted")).to_have_count(0)


async def test_a_running_cell_names_the_keys_that_interrupt_it(tab: Tab) -> None:
    book = await tab.upload("tooltip.ipynb", ipynb("import time\ntime.sleep(60)"))
    await expect(book.cell(0).place.locator(".run")).to_have_attribute("title", re.compile(r"\(Ctrl\+Enter\)"))
    await book.cell(0).run()
    await book.cell(0).runs()
    await expect(book.cell(0).place.locator(".run")).to_have_attribute("title", re.compile(r"\(Ctrl\+M I\)"))
    await book.press("Interrupt")


async def test_how_a_run_ended_is_told_once_to_a_screen_reader(tab: Tab) -> None:
    book = await tab.upload("told.ipynb", ipynb("1", "2", "owl"))
    page = book.page
    await select(book, 0)
    await page.keyboard.press("Control+Enter")
    told = page.get_by_role("status")
    await expect(told.filter(has_text=re.compile(r"^Cell 1 done, [\d.]+ s$"))).to_have_count(1, timeout=RUN_MS)
    await book.run_all()
    failed = "Cell 3 failed: NameError: name 'owl' is not defined"
    await expect(told.filter(has_text=failed)).to_have_count(1, timeout=RUN_MS)


# --- find ---------------------------------------------------------------------------------------------------------


async def test_find_begins_at_the_caret_or_the_selected_cell(tab: Tab) -> None:
    book = await tab.upload("begin.ipynb", ipynb("owl = 1\nowl", "owl", "owl"))
    page = book.page
    await select(book, 1)
    await page.keyboard.press("f")
    await expect(page.get_by_role("textbox", name="Find")).to_be_focused()
    await page.keyboard.insert_text("owl")
    await expect(page.get_by_text("4 in 3 cells")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("3 of 4")).to_be_visible()
    await book.cell(0).editor.click()
    await page.keyboard.press("Control+Home")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Control+h")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("2 of 4")).to_be_visible()


# --- the page around the cells ------------------------------------------------------------------------------------


async def test_f10_goes_to_the_menus_and_escape_comes_back(tab: Tab) -> None:
    book = await tab.upload("f10.ipynb", ipynb("one", "two"))
    page = book.page
    await book.cell(1).editor.click()
    await page.keyboard.press("F10")
    await expect(page.get_by_role("button", name="File", exact=True)).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("button", name="Edit", exact=True)).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("menu", name="Edit")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("menu")).to_have_count(0)
    await expect(page.get_by_role("button", name="Edit", exact=True)).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(book.cell(1).editor).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("F10")
    await page.keyboard.press("Escape")
    await expect(book.cell(1).place).to_be_focused()


async def test_escape_closes_the_palette_also_with_words_in_it(tab: Tab) -> None:
    book = await tab.upload("palette-escape.ipynb", ipynb("1"))
    page = book.page
    await page.keyboard.press("Control+Shift+P")
    await page.get_by_role("searchbox", name="Search commands").fill("run")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.keyboard.press("Control+,")
    await expect(page.get_by_role("dialog", name="Settings")).to_be_visible()


async def test_shortcuts_open_in_their_search_and_a_change_comes_back_to_its_button(tab: Tab) -> None:
    book = await tab.upload("pencil.ipynb", ipynb("1", "2"))
    page = book.page
    await select(book, 0)
    await page.keyboard.press("h")
    await expect(page.get_by_role("searchbox", name="Search commands or keys")).to_be_focused()
    await page.keyboard.insert_text("code cell below")
    pencil = page.get_by_role("button", name="Change the shortcut of Code cell below", exact=True)
    await pencil.press("Enter")
    await expect(page.get_by_role("textbox", name="Press the keys")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(pencil).to_be_focused()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await pencil.press("Enter")
    await page.keyboard.press("Alt+g")
    await page.keyboard.press("Enter")
    await expect(pencil).to_be_focused()
    await expect(page.get_by_role("dialog")).to_contain_text("Alt+G")


async def test_a_phone_has_the_menus_and_the_palette_in_one_menu_that_fits(phone: Tab) -> None:
    book = await phone.upload("menus-phone.ipynb", ipynb("1"))
    page = book.page
    button = page.get_by_role("button", name="Menu", exact=True)
    await button.tap()
    menu = page.get_by_role("menu")
    await expect(menu.get_by_role("menuitem")).to_contain_text(
        ["Command palette", "File", "Edit", "View", "Insert", "Runtime", "Tools", "Help"]
    )
    await expect(focused(page).locator("xpath=self::input")).to_have_count(0)
    await menu.get_by_role("menuitem", name="Edit").tap()
    await expect(menu.get_by_role("menuitem", name=re.compile("^Cut cells"))).to_be_visible()
    await expect(page.locator(".menu:focus-within")).to_have_count(1)
    await expect(menu.locator("kbd:visible")).to_have_count(0)
    await menu.get_by_role("menuitem", name="Heading").tap()
    await page.get_by_role("menuitem", name="Back from Heading").tap()
    await page.get_by_role("menuitem", name="Back from Edit").tap()
    box = await page.locator(".menu").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert box["y"] + box["height"] <= PHONE["height"]
    await menu.get_by_role("menuitem", name="Insert").tap()
    await page.get_by_role("menuitem", name="Text cell below").tap()
    await expect(book.cells).to_have_count(2)
    await expect(page.get_by_role("menu")).to_have_count(0)


async def test_a_page_at_twice_its_size_has_the_same_menu_by_keyboard(tab: Tab) -> None:
    book = await tab.upload("zoomed.ipynb", ipynb("1"))
    page = book.page
    await page.set_viewport_size({"width": 640, "height": 400})
    await book.cell(0).editor.click()
    await page.keyboard.press("F10")
    await expect(page.get_by_role("button", name="Menu", exact=True)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Command palette")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Back from File")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Menu", exact=True)).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(book.cell(0).editor).to_be_focused()


async def test_the_menu_of_a_phone_closes_by_escape_and_by_a_tap_beside_it(phone: Tab) -> None:
    book = await phone.upload("menus-close.ipynb", ipynb("1"))
    page = book.page
    button = page.get_by_role("button", name="Menu", exact=True)
    await button.tap()
    await page.get_by_role("menuitem", name="View").tap()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("menu")).to_have_count(0)
    await button.tap()
    await expect(page.get_by_role("menu")).to_be_visible()
    await page.touchscreen.tap(20, 780)
    await expect(page.get_by_role("menu")).to_have_count(0)


async def test_the_palette_of_a_phone_has_a_button_that_closes_it(phone: Tab) -> None:
    book = await phone.upload("palette-phone.ipynb", ipynb("1"))
    page = book.page
    await page.get_by_role("button", name="Menu", exact=True).tap()
    await page.get_by_role("menuitem", name="Command palette").tap()
    dialog = page.get_by_role("dialog", name="Command palette")
    await expect(dialog.get_by_role("menuitem").first).to_be_visible()
    await expect(dialog.locator("kbd:visible")).to_have_count(0)
    await dialog.get_by_role("button", name="Close").tap()
    await expect(dialog).to_have_count(0)
