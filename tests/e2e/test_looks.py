"""What stands where: nothing that a person points at is cut off, or covers what is to be read."""

import re

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.conftest import MakeContext
from tests.e2e.notebooks import code, ipynb
from tests.e2e.pages import RUN_MS, Book, Tab, sign_in
from tests.e2e.test_revisions import Past

SIZES = [(1440, 900), (900, 900), (390, 844)]
LONG_LINE = "values = [" + ", ".join(str(number) for number in range(100)) + "]"


def printed(source: str, said: str) -> dict[str, object]:
    return {**code(source), "outputs": [{"output_type": "stream", "name": "stdout", "text": said}]}


async def box(place: Locator) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    found = await place.bounding_box()
    assert found is not None
    return found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"]


async def overlap(one: Locator, other: Locator) -> bool:
    left, top, right, bottom = await box(one)
    left2, top2, right2, bottom2 = await box(other)
    return left < right2 and left2 < right and top < bottom2 and top2 < bottom


async def margin(book: Book, index: int) -> None:
    """Presses Shift and the margin of a cell: below its run button."""
    place = book.cell(index).place
    _, top, _, bottom = await box(place)
    await place.click(position={"x": 20, "y": bottom - top - 6}, modifiers=["Shift"])


async def test_cells_that_are_selected_by_shift_click_are_copied_and_dragged_as_cells(tab: Tab) -> None:
    await tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    book = await tab.upload("from.ipynb", ipynb(printed("a = 1", "one"), printed("b = 2", "two"), "c = 3", "d = 4"))
    await book.cell(0).editor.click()
    await book.page.keyboard.press("Control+a")
    await book.page.keyboard.press("Escape")
    await margin(book, 2)
    await expect(book.page.locator("section.cell:is(.also, .command)")).to_have_count(3)
    assert await book.page.evaluate("() => document.getSelection().isCollapsed")
    await book.page.keyboard.press("Control+c")
    other = await tab.upload("to.ipynb", ipynb("z = 0"))
    await other.cell(0).editor.click()
    await other.page.keyboard.press("Escape")
    await other.page.keyboard.press("Control+v")
    await expect(other.cells).to_have_count(4)
    assert await other.sources() == ["z = 0", "a = 1", "b = 2", "c = 3"]

    await other.cell(0).editor.click()
    await other.page.keyboard.press("Escape")
    await margin(other, 1)
    await other.cell(1).place.locator(".drag-handle").drag_to(other.cell(3).place, target_position={"x": 20, "y": 44})
    await expect(other.cell(3).editor).to_have_text("a = 1")
    assert await other.sources() == ["b = 2", "c = 3", "z = 0", "a = 1"]


async def test_shift_makes_the_selected_text_of_an_output_longer_where_it_begins_there(tab: Tab) -> None:
    book = await tab.upload("text.ipynb", ipynb(printed("a = 1", "one two three\n"), printed("b = 2", "four\n")))
    output = book.cell(0).text
    await output.dblclick(position={"x": 8, "y": 10})
    await output.click(position={"x": 80, "y": 10}, modifiers=["Shift"])
    selected: str = await book.page.evaluate("() => document.getSelection().toString()")
    assert selected.startswith("one t")
    await expect(book.page.locator("section.cell.also")).to_have_count(0)
    await book.cell(1).text.click(modifiers=["Shift"])
    await expect(book.page.locator("section.cell:is(.also, .command)")).to_have_count(2)
    assert await book.page.evaluate("() => document.getSelection().isCollapsed")


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_tools_and_menus_cover_nothing_that_is_to_be_read(tab: Tab, width: int, height: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": height})
    book = await tab.upload("cover.ipynb", ipynb(printed(LONG_LINE, "one\n"), printed(LONG_LINE, "x" * 400 + "\n")))
    cell = book.cell(1)
    await cell.text.click()
    tools = cell.place.get_by_role("toolbar", name="Cell tools")
    await expect(tools).to_have_css("opacity", "1")
    assert not await overlap(tools, cell.place.locator(".cm-line").first)
    assert not await overlap(tools, book.cell(0).text)
    menu = cell.outputs.get_by_role("button", name="Output actions")
    await cell.text.hover()
    await expect(cell.outputs.locator(".output-menu")).to_have_css("opacity", "1")
    assert not await overlap(menu, cell.text)
    assert not await overlap(menu, cell.place.locator(".run"))
    await menu.click()
    await expect(book.page.get_by_role("menu", name="Output actions")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_what_adds_a_cell_below_is_whole(tab: Tab, width: int, height: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": height})
    book = await tab.upload("add.ipynb", ipynb("a = 1", "b = 2"))
    for index in (0, 1):
        place = book.cell(index).place
        _, _, _, lowest = await box(place)
        for name in ("Add code cell", "Add text cell"):
            _, _, _, bottom = await box(place.get_by_role("button", name=name))
            assert bottom <= lowest


async def test_whether_all_is_saved_is_never_cut_off(tab: Tab) -> None:
    book = await tab.upload("a notebook with a rather long name, as many have.ipynb", ipynb("a = 1"))
    saved = book.page.locator(".saved:visible")

    async def fits() -> None:
        for width, height in ((1440, 900), (1201, 900), (1200, 900), (900, 900), (730, 900), (390, 844)):
            await book.page.set_viewport_size({"width": width, "height": height})
            measure = (
                "(saved) => saved.scrollWidth <= saved.clientWidth && saved.getBoundingClientRect().right <= innerWidth"
            )
            assert await saved.evaluate(measure), f"at {width} px: {await saved.text_content()}"

    await book.all_saved()
    await fits()
    await book.page.context.set_offline(True)
    await book.cell(0).editor.click()
    await book.page.keyboard.type("b = 2\n" * 30)
    await expect(saved).to_have_attribute("title", re.compile("not saved yet"))
    await fits()
    await book.page.context.set_offline(False)
    await book.all_saved()


async def test_folded_lines_of_a_difference_have_an_icon_of_ours(tab: Tab) -> None:
    lines = "\n".join(f"line_{number} = {number}" for number in range(30))
    book = await tab.upload("diff.ipynb", ipynb(lines))
    await book.all_saved()
    past = Past(book)
    await past.pin("before")
    await book.cell(0).editor.click()
    await book.page.keyboard.press("Control+End")
    await book.page.keyboard.type("\nmore = 1")
    await book.all_saved()
    await past.open()
    await past.version("before").click()
    folded = book.page.locator(".cm-collapsedLines").first
    await expect(folded).to_be_visible()
    look = "(line, side) => { const s = getComputedStyle(line, side); return [s.content, s.maskImage.slice(0, 4)]; }"
    assert await folded.evaluate(look, "::before") == ['""', "url("]
    assert (await folded.evaluate(look, "::after"))[0] == "none"


async def test_the_caret_of_ones_own_other_window_says_nothing_unless_it_is_pointed_at(
    tab: Tab, make_context: MakeContext
) -> None:
    book = await tab.upload("own.ipynb", ipynb("first = 1\nsecond = 2"))
    other = await (await sign_in(await make_context(), book.tab.server)).open(book.path)
    await other.cell(0).editor.click()
    await other.page.keyboard.press("Control+Home")
    caret = book.cell(0).place.locator(".peer-caret")
    await expect(caret).to_have_count(1)
    await expect(caret.locator(".peer-name")).to_have_css("opacity", "0")
    left, top, right, bottom = await box(caret)
    await book.page.mouse.move((left + right) / 2, (top + bottom) / 2)
    await expect(caret.locator(".peer-name")).to_have_css("opacity", "1")


async def test_a_question_does_not_stand_above_the_place_of_what_was_printed_before(tab: Tab) -> None:
    source = "name = input('Your name? ')\nprint('Hello,', name)\nfor n in range(30): print(n)"
    book = await tab.upload("asks.ipynb", ipynb(source))
    cell = book.cell(0)
    await cell.run()
    for answer in ("Ada", "Bea"):
        await expect(cell.prompt).to_be_visible(timeout=RUN_MS)
        _, top, _, bottom = await box(cell.outputs)
        assert bottom - top < 100
        await cell.prompt.get_by_role("textbox").fill(answer)
        await cell.prompt.get_by_role("textbox").press("Enter")
        await expect(cell.text).to_contain_text(f"Hello, {answer}")
        await cell.ended_ok()
        if answer == "Ada":
            await cell.run()


async def test_a_part_that_was_first_wanted_without_a_connection_has_its_styles_when_it_comes(tab: Tab) -> None:
    book = await tab.upload("offline.ipynb", ipynb("a = 1"))
    await book.all_saved()
    await book.page.context.set_offline(True)
    async with book.page.expect_event("requestfailed", lambda request: request.url.endswith(".css")):
        await book.page.get_by_role("button", name="Files", exact=True).click()
    await book.page.context.set_offline(False)
    pane = book.page.get_by_role("complementary", name="Files")
    await expect(pane.locator(".files")).to_have_css("display", "flex")


async def test_the_focus_of_the_file_tree_is_drawn_whole_after_a_rename(tab: Tab) -> None:
    book = await tab.upload("tree.ipynb", ipynb("open('a.txt', 'w').write('1')\nprint('made')"))
    await book.cell(0).run()
    await expect(book.cell(0).text).to_contain_text("made", timeout=RUN_MS)
    await book.page.get_by_role("button", name="Files", exact=True).click()
    pane = book.page.get_by_role("complementary", name="Files")
    await pane.get_by_role("row", name="a.txt").focus()
    await book.page.keyboard.press("F2")
    field = book.page.get_by_role("dialog", name="Rename a.txt").get_by_role("textbox")
    await field.fill("b.txt")
    await field.press("Enter")
    await expect(pane.get_by_role("row", name="b.txt")).to_be_visible()
    await expect(pane.get_by_role("row", name="a.txt")).to_have_count(0)
    focused = pane.locator(":focus-visible")
    await expect(focused).to_have_count(1)
    clipped = """(focused) => {
      const pane = focused.closest('.files-tree').getBoundingClientRect();
      const { outlineOffset, outlineWidth } = getComputedStyle(focused);
      const beyond = parseFloat(outlineOffset) + parseFloat(outlineWidth);
      return focused.getBoundingClientRect().top - beyond < pane.top;
    }"""
    assert not await focused.evaluate(clipped)
