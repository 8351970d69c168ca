"""Cells as people handle them: by keys alone, moved, deleted and brought back with their outputs."""

import pytest
from playwright.async_api import expect

from tests.e2e.notebooks import ipynb, text
from tests.e2e.pages import Tab


@pytest.mark.parametrize("width", [1440, 390])
async def test_a_deleted_cell_comes_back_with_its_outputs_by_undo(tab: Tab, width: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": 900})
    book = await tab.upload("undo.ipynb", ipynb("print('first')", "print('second')"))
    await book.run_all()
    await book.cell(1).ended_ok()
    await book.cell(0).tool("Delete cell")
    await expect(book.cells).to_have_count(1)
    await expect(book.cell(0).text).to_have_text("second")
    await book.page.get_by_role("button", name="Undo").click()
    await expect(book.cells).to_have_count(2)
    await expect(book.cell(0).text).to_have_text("first")
    await book.all_saved()
    book = await tab.reload()
    await expect(book.cell(0).text).to_have_text("first")
    assert await book.sources() == ["print('first')", "print('second')"]


async def test_a_cell_that_was_deleted_and_restored_by_keys_has_its_outputs(tab: Tab) -> None:
    book = await tab.upload("keys.ipynb", ipynb("print('first')", "print('second')"))
    await book.run_all()
    await book.cell(1).ended_ok()
    await book.cell(0).editor.click()
    for key in ("Escape", "d", "d"):
        await book.page.keyboard.press(key)
    await expect(book.cells).to_have_count(1)
    await book.page.keyboard.press("z")
    await expect(book.cell(0).text).to_have_text("first")


@pytest.mark.parametrize("width", [1440, 390])
async def test_a_moved_cell_keeps_its_outputs_and_its_rich_frame(tab: Tab, width: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": 900})
    source = (
        "from IPython.display import HTML\nHTML('<b id=mark>moved</b><script>document.title = Math.random()</script>')"
    )
    book = await tab.upload("move.ipynb", ipynb(source, "print('other')"))
    await book.run_all()
    await book.cell(1).ended_ok()
    await expect(book.cell(0).frame.locator("#mark")).to_have_text("moved")
    born = await book.cell(0).frame.locator("html").evaluate("() => document.title")
    await book.cell(0).tool("Move down")
    await expect(book.cell(0).text).to_have_text("other")
    await expect(book.cell(1).frame.locator("#mark")).to_have_text("moved")
    assert await book.cell(1).frame.locator("html").evaluate("() => document.title") == born, (
        "the frame was loaded anew"
    )
    await book.all_saved()
    book = await tab.reload()
    await expect(book.cell(0).text).to_have_text("other")


async def test_everything_works_by_keys_alone(tab: Tab) -> None:
    await tab.home()
    keys = tab.page.keyboard
    await tab.page.get_by_role("button", name="New notebook").focus()
    await keys.press("Enter")
    await tab.page.wait_for_url("**/notebooks/*")
    book = await tab.opened()
    await expect(book.cell(0).editor).to_be_focused()
    await keys.type("print('one')")
    await keys.press("Shift+Enter")
    await expect(book.cell(1).editor).to_be_focused()
    await keys.type("print('two')")
    await keys.press("Control+Enter")
    await book.cell(1).ended_ok()
    await expect(book.cell(0).text).to_have_text("one")
    await expect(book.cell(1).text).to_have_text("two")

    await expect(book.cell(1).place).to_be_focused()
    await keys.press("a")
    await expect(book.cells).to_have_count(3)
    await expect(book.cell(1).place).to_be_focused()
    await keys.press("Enter")
    await expect(book.cell(1).editor).to_be_focused()
    await keys.type("# Between")
    await keys.press("Escape")
    await keys.press("m")
    await keys.press("Shift+Enter")
    await expect(book.cell(1).place.get_by_role("heading", name="Between")).to_be_visible()
    await expect(book.cell(2).place).to_be_focused()
    await keys.press("ArrowUp")
    await keys.press("Enter")
    await expect(book.cell(1).editor).to_be_focused()
    await book.all_saved()


async def test_a_text_cell_is_written_after_a_double_click_and_shown_after_running_it(tab: Tab) -> None:
    book = await tab.upload("text.ipynb", ipynb(text("# Old title")))
    await book.cell(0).place.get_by_role("heading", name="Old title").dblclick()
    await book.cell(0).write("# New title")
    await book.cell(0).editor.press("Control+Enter")
    await expect(book.cell(0).place.get_by_role("heading", name="New title")).to_be_visible()


async def test_a_notebook_is_renamed_and_deleted_from_the_list(tab: Tab) -> None:
    await tab.upload("draft.ipynb", ipynb("x = 1"))
    await tab.list()
    await tab.row("draft").get_by_role("button", name="More for draft").click()
    await tab.page.get_by_role("menuitem", name="Rename").click()
    await tab.page.get_by_role("textbox", name="New name for draft.ipynb").fill("final.ipynb")
    await tab.page.keyboard.press("Enter")
    row = tab.row("final")
    await expect(row).to_be_visible()
    await row.get_by_role("button", name="More for final").click()
    await tab.page.get_by_role("menuitem", name="Move to bin").click()
    await expect(row).to_have_count(0)
