"""The page around the cells: menus, palette, shortcuts, settings, languages; by pointer, by keyboard, and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.notebooks import code, ipynb, text
from tests.e2e.pages import Book, Tab

NARROW = {"width": 390, "height": 844}


@pytest.fixture
def three_cells() -> bytes:
    return ipynb(text("# Title"), code("print('one')"), code("print('two')"))


def menu(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name="Menus").get_by_role("button", name=name, exact=True)


async def choose(page: Page, name: str, item: str) -> None:
    await menu(page, name).click()
    await page.get_by_role("menuitem", name=re.compile(f"^{re.escape(item)}")).click()


async def palette(page: Page, words: str) -> None:
    await page.keyboard.press("Control+Shift+P")
    await page.get_by_role("searchbox", name="Search commands").fill(words)
    await page.keyboard.press("Enter")


async def test_a_menu_shows_what_can_be_done_now_with_its_keys_and_does_it(tab: Tab, three_cells: bytes) -> None:
    book = await tab.upload("menus.ipynb", three_cells)
    await menu(book.page, "Edit").click()
    undo = book.page.get_by_role("menuitem", name=re.compile("^Undo cell operation"))
    await expect(undo).to_have_attribute("aria-disabled", "true")
    await book.page.keyboard.press("ArrowRight")
    await expect(book.page.get_by_role("menu", name="View")).to_be_visible()
    await expect(book.page.get_by_role("menu", name="Edit")).to_have_count(0)
    await menu(book.page, "Insert").hover()
    item = book.page.get_by_role("menuitem", name=re.compile("^Text cell below"))
    await expect(item).to_contain_text("Ctrl+M T")
    await item.click()
    await expect(book.cells).to_have_count(4)


async def test_the_palette_finds_commands_by_their_words_and_runs_them(tab: Tab, three_cells: bytes) -> None:
    book = await tab.upload("palette.ipynb", three_cells)
    await book.cell(1).place.click(position={"x": 5, "y": 5})
    await palette(book.page, "code below")
    await expect(book.cells).to_have_count(4)
    await expect(book.cell(2).editor).to_be_focused()
    await palette(book.page, "no such thing")
    await expect(book.page.get_by_text("No command has these words")).to_be_visible()


async def test_the_chords_of_colab_and_the_keys_of_jupyter_do_the_same(tab: Tab, three_cells: bytes) -> None:
    book = await tab.upload("chords.ipynb", three_cells)
    await book.cell(1).editor.click()
    await book.page.keyboard.press("Control+M")
    await expect(book.connection).to_contain_text("Ctrl+M was pressed")
    await book.page.keyboard.press("b")
    await expect(book.cells).to_have_count(4)
    await book.page.keyboard.press("Escape")
    await book.page.keyboard.press("d")
    await book.page.keyboard.press("d")
    await expect(book.cells).to_have_count(3)
    await book.page.keyboard.press("z")
    await expect(book.cells).to_have_count(4)
    await book.page.keyboard.press("m")
    await expect(book.page.get_by_role("region", name="Text cell 3")).to_be_visible()


async def test_a_shortcut_is_changed_collisions_are_told_and_the_old_keys_are_free(
    tab: Tab, three_cells: bytes
) -> None:
    book = await tab.upload("shortcuts.ipynb", three_cells)
    page = book.page
    await book.cell(1).place.click(position={"x": 5, "y": 5})
    await page.keyboard.press("h")
    await page.get_by_role("searchbox", name="Search commands or keys").fill("code cell below")
    await page.get_by_role("button", name="Change the shortcut of Code cell below, without editing it").click()
    record = page.get_by_role("textbox", name="Press the keys")
    await record.press("x")
    await expect(page.get_by_text("These keys belong to: Cut cells")).to_be_visible()
    await record.press("g")
    await page.get_by_role("button", name="Use these keys").click()
    await page.get_by_role("button", name="Reset all").focus()
    await page.get_by_role("button", name="Close").click()
    await book.cell(1).place.click(position={"x": 5, "y": 5})
    await page.keyboard.press("b")
    await expect(book.cells).to_have_count(3)
    await page.keyboard.press("x")
    await page.keyboard.press("g")
    await expect(book.cells).to_have_count(4)


async def test_the_theme_is_a_choice_that_stays(tab: Tab, three_cells: bytes) -> None:
    book = await tab.upload("theme.ipynb", three_cells)
    await menu(book.page, "View").click()
    await book.page.get_by_role("menuitem", name="Theme").click()
    await book.page.get_by_role("menuitem", name="Dark").click()
    ground = "getComputedStyle(document.body).backgroundColor"
    assert await book.page.evaluate(ground) == "rgb(19, 19, 24)"
    await tab.reload()
    assert await book.page.evaluate(ground) == "rgb(19, 19, 24)"


async def test_the_page_speaks_chinese_when_asked(tab: Tab, three_cells: bytes) -> None:
    book = await tab.upload("chinese.ipynb", three_cells)
    await book.page.keyboard.press("Control+,")
    await book.page.get_by_label("Language").select_option("zh")
    await expect(book.page.locator("html")).to_have_attribute("lang", "zh-CN")
    await expect(book.page.get_by_role("group", name="菜单").get_by_role("button", name="文件")).to_be_visible()
    await expect(book.page.get_by_role("region", name="代码单元格 2")).to_be_visible()


async def test_the_title_is_edited_in_place(tab: Tab, three_cells: bytes) -> None:
    book = await tab.upload("before.ipynb", three_cells)
    title = book.page.get_by_role("textbox", name="Notebook name")
    await title.fill("after.ipynb")
    await title.press("Enter")
    await tab.reload()
    await expect(title).to_have_value("after.ipynb")


async def test_a_narrow_page_has_every_command_in_the_palette_and_nothing_scrolls_sideways(
    tab: Tab, three_cells: bytes
) -> None:
    book = await tab.upload("phone.ipynb", three_cells)
    await book.page.set_viewport_size(NARROW)
    await expect(book.page.get_by_role("group", name="Menus")).to_be_hidden()
    await book.page.get_by_role("button", name="Menu", exact=True).click()
    await book.page.get_by_role("menuitem", name="Command palette").click()
    await book.page.get_by_role("searchbox", name="Search commands").fill("text cell below")
    await book.page.get_by_role("menuitem", name=re.compile("^Text cell below")).click()
    await expect(book.cells).to_have_count(4)
    assert await book.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def select(book: Book, index: int, *, held: str | None = None) -> None:
    modifiers = [] if held is None else [held]
    await book.cell(index).place.click(position={"x": 5, "y": 5}, modifiers=modifiers)  # type: ignore[arg-type]


async def test_many_cells_are_selected_moved_and_deleted_at_once(tab: Tab) -> None:
    book = await tab.upload("many.ipynb", ipynb(*(code(f"{number}") for number in range(5))))
    await select(book, 0)
    await select(book, 1, held="Shift")
    await book.page.keyboard.press("Alt+ArrowDown")
    assert list(await book.sources()) == ["2", "0", "1", "3", "4"]
    await select(book, 3, held="Control")
    await book.page.keyboard.press("d")
    await book.page.keyboard.press("d")
    await expect(book.cells).to_have_count(2)
    await book.page.get_by_role("button", name="Undo").click()
    await expect(book.cells).to_have_count(5)
    assert list(await book.sources()) == ["2", "0", "1", "3", "4"]


async def test_a_cell_is_dragged_by_its_handle(tab: Tab) -> None:
    book = await tab.upload("drag.ipynb", ipynb(*(code(f"{number}") for number in range(3))))
    await select(book, 0)
    handle = book.cell(0).place.locator(".drag-handle")
    last = book.cell(2).place
    box = await last.bounding_box()
    assert box is not None
    await handle.drag_to(last, target_position={"x": 60, "y": box["height"] - 4})
    assert list(await book.sources()) == ["1", "2", "0"]


async def test_cells_are_copied_between_notebooks_as_nbformat(tab: Tab) -> None:
    await tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    book = await tab.upload("from.ipynb", ipynb(code("print('kept')"), text("*text*")))
    await select(book, 0)
    await select(book, 1, held="Shift")
    await book.page.keyboard.press("c")
    await expect(book.page.get_by_text("2 cells copied")).to_be_visible()
    copied = await book.page.evaluate("navigator.clipboard.readText()")
    assert '"nbformat": 4' in copied
    other = await tab.upload("to.ipynb", ipynb(code("first")))
    await select(other, 0)
    await other.page.keyboard.press("v")
    await expect(other.cells).to_have_count(3)
    await expect(other.cell(1).place).to_contain_text("print('kept')")
    await expect(other.cell(2).place.locator("em")).to_have_text("text")


async def test_a_cell_is_split_at_the_caret_and_merged_again(tab: Tab) -> None:
    book = await tab.upload("split.ipynb", ipynb(code("first = 1\nsecond = 2")))
    await book.cell(0).editor.click()
    await book.page.keyboard.press("Control+Home")
    await book.page.keyboard.press("ArrowDown")
    await book.page.keyboard.press("Control+M")
    await book.page.keyboard.press("-")
    await expect(book.cells).to_have_count(2)
    assert list(await book.sources()) == ["first = 1", "second = 2"]
    await select(book, 0)
    await book.page.keyboard.press("Shift+M")
    await expect(book.cells).to_have_count(1)
    assert list(await book.sources()) == ["first = 1\nsecond = 2"]


async def test_a_cell_that_is_cut_and_pasted_has_its_outputs_again(tab: Tab) -> None:
    await tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    book = await tab.upload("cut.ipynb", ipynb(code("print('said')"), code("2")))
    await book.cell(0).run()
    await expect(book.cell(0).text).to_have_text("said\n", timeout=45_000)
    await select(book, 0)
    await book.page.keyboard.press("x")
    await expect(book.cells).to_have_count(1)
    await book.all_saved()
    await book.page.keyboard.press("v")
    await expect(book.cell(1).text).to_have_text("said\n")


async def test_code_is_hidden_and_shown_and_the_file_knows(tab: Tab) -> None:
    book = await tab.upload("hide.ipynb", ipynb(code("secret = 1")))
    await select(book, 0)
    await choose(book.page, "View", "Hide code")
    await expect(book.cell(0).editor).to_have_count(0)
    await tab.reload()
    await book.page.get_by_role("button", name="Code hidden. Show it").click()
    await expect(book.cell(0).editor).to_contain_text("secret")


async def test_tags_and_metadata_are_edited_and_what_is_no_json_is_refused(tab: Tab) -> None:
    book = await tab.upload("tags.ipynb", ipynb(code("1/0"), code("print('after')")))
    await select(book, 0)
    await choose(book.page, "Edit", "Edit tags and metadata")
    dialog = book.page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Add a tag").fill("raises-exception")
    await dialog.get_by_role("textbox", name="Add a tag").press("Enter")
    field = dialog.get_by_role("textbox", name="Metadata, as JSON")
    await expect(field).to_have_value(re.compile("raises-exception"))
    await field.fill("[1]")
    await expect(dialog.get_by_role("button", name="Save")).to_be_disabled()
    await field.press("Escape")
    await book.run_all()
    await expect(book.cell(1).text).to_have_text("after\n", timeout=45_000)


async def test_selected_text_runs_as_a_cell_of_its_own(tab: Tab) -> None:
    book = await tab.upload("selection.ipynb", ipynb(code("1/0\nprint('only this')")))
    await book.cell(0).editor.click()
    await book.page.keyboard.press("Control+End")
    await book.page.keyboard.press("Shift+Home")
    await book.page.keyboard.press("Control+Shift+Enter")
    await expect(book.cells).to_have_count(2)
    await expect(book.cell(1).text).to_have_text("only this\n", timeout=45_000)


async def test_compact_density_brings_things_closer_together(tab: Tab, three_cells: bytes) -> None:
    book = await tab.upload("density.ipynb", three_cells)
    before = await book.cells.nth(2).bounding_box()
    await book.page.keyboard.press("Control+,")
    await book.page.get_by_label("Density").select_option("compact")
    await book.page.keyboard.press("Escape")
    after = await book.cells.nth(2).bounding_box()
    assert before is not None
    assert after is not None
    assert after["y"] < before["y"]
