"""Whose the keys are: what is typed goes where a person means it, as fast as they type, and is never taken for commands."""

import asyncio
import json
import re

import pytest
from playwright.async_api import Route, expect

from tests.e2e.notebooks import code, ipynb
from tests.e2e.pages import RUN_MS, Book, Tab, same_in_another_tab

LETTERS = "mydata = dd; xray = jk; zoo = 0"
"""In command mode many of these would do something."""


async def sources_of(book: Book) -> list[str]:
    """As the server has them."""
    await book.all_saved()
    answer = await book.page.request.get(f"{book.tab.server.url}/api/v1{book.path}/file")
    return ["".join(cell["source"]) for cell in json.loads(await answer.text())["cells"]]


async def opened(tab: Tab, *cells: dict[str, object]) -> Book:
    book = await tab.upload("keys.ipynb", ipynb(*cells))
    await expect(book.cells).to_have_count(len(cells))
    return book


@pytest.mark.parametrize(("count", "at"), [(3, 0), (150, 60)])
@pytest.mark.parametrize("chord", ["Alt+Enter", "Control+m b"])
async def test_what_is_typed_right_after_a_new_cell_is_in_it(tab: Tab, count: int, at: int, chord: str) -> None:
    book = await opened(tab, *(code(f"v{number} = {number}") for number in range(count)))
    await book.cell(at).place.scroll_into_view_if_needed()
    await book.cell(at).editor.click()
    await book.page.keyboard.press("End")
    for stroke in chord.split():
        await book.page.keyboard.press(stroke)
    await book.page.keyboard.type(LETTERS)
    await expect(book.cells).to_have_count(count + 1)
    await expect(book.cell(at + 1).editor).to_have_text(LETTERS)
    sources = await sources_of(book)
    assert sources[at : at + 3] == [f"v{at} = {at}", LETTERS, f"v{at + 1} = {at + 1}"]
    assert len(sources) == count + 1


async def test_six_cells_are_written_in_one_go(tab: Tab) -> None:
    book = await opened(tab, code("print('first')"))
    await book.cell(0).editor.click()
    for number in range(6):
        await book.page.keyboard.press("Shift+Enter")
        await book.page.keyboard.type(f"add{number} = '{LETTERS}")
    sources = await sources_of(book)
    assert sources == ["print('first')", *(f"add{number} = '{LETTERS}'" for number in range(6))]
    await expect(book.cell(0).text).to_have_text("first", timeout=RUN_MS)


async def test_what_is_typed_before_there_is_an_editor_is_in_the_cell(tab: Tab) -> None:
    book = await opened(tab, code(""))
    let = asyncio.Event()

    async def late(route: Route) -> None:
        await let.wait()
        await route.continue_()

    await book.page.route(re.compile(r"/assets/(codemirror|editor)-.*\.js"), late)
    await book.page.reload()
    await expect(book.cell(0).place).to_have_class(re.compile(r"\bedit\b"))
    await book.page.keyboard.type("for x in y:")
    await book.page.keyboard.press("Enter")
    await book.page.keyboard.type("    dd")
    await book.page.keyboard.press("Enter")
    await book.page.keyboard.type("xx")
    await book.page.keyboard.press("Backspace")
    let.set()
    await expect(book.cell(0).editor).to_be_focused()
    await book.page.keyboard.type("z")
    assert await sources_of(book) == ["for x in y:\n    dd\n    xz"]


async def test_commands_of_jupyter_leave_the_keys_where_they_are(tab: Tab) -> None:
    book = await opened(tab, code("one"), code("two"))
    await book.cell(0).editor.click()
    await book.page.keyboard.press("Escape")
    await book.page.keyboard.press("b")
    await book.page.keyboard.press("a")
    await book.page.keyboard.press("m")
    await expect(book.cells).to_have_count(4)
    assert await sources_of(book) == ["one", "", "", "two"]
    await expect(book.page.get_by_role("region", name="Text cell 2")).to_be_focused()


async def test_undoing_leaves_the_selection_where_one_works(tab: Tab) -> None:
    book = await opened(tab, *(code(f"v{number}") for number in range(30)))
    await book.cell(12).place.scroll_into_view_if_needed()
    await book.cell(12).editor.click()
    for key in ("Escape", "b", "z"):
        await book.page.keyboard.press(key)
    await expect(book.cells).to_have_count(30)
    await expect(book.cell(12).place).to_be_focused()
    for key in ("c", "v", "z"):
        await book.page.keyboard.press(key)
    await expect(book.cell(12).place).to_be_focused()
    await book.page.keyboard.press("j")
    await expect(book.cell(13).place).to_be_focused()


SLOW_CLIPBOARD = """
const read = navigator.clipboard.readText.bind(navigator.clipboard);
const answer = new Promise((done) => addEventListener("keyup", ({ key }) => key === "m" && done(), true));
navigator.clipboard.readText = () => answer.then(read);
"""


async def test_keys_after_a_paste_are_for_what_was_pasted(tab: Tab) -> None:
    await tab.page.add_init_script(SLOW_CLIPBOARD)
    book = await opened(tab, code("one"), code("two"))
    await book.cell(0).editor.click()
    for key in ("Escape", "c", "v", "Enter", "#", "Escape", "m"):
        await book.page.keyboard.press(key)
    await expect(book.cells).to_have_count(3)
    await expect(book.page.get_by_role("region", name="Text cell 2")).to_be_focused()
    assert await sources_of(book) == ["one", "#one", "two"]


async def test_a_paste_that_the_browser_asks_about_holds_no_key_for_long(tab: Tab) -> None:
    await tab.page.add_init_script(SLOW_CLIPBOARD)
    book = await opened(tab, code("one"), code("two"))
    await book.cell(0).editor.click()
    for key in ("Escape", "c", "v", "j"):
        await book.page.keyboard.press(key)
    await expect(book.cell(1).place).to_be_focused()
    await expect(book.cells).to_have_count(2)


@pytest.mark.parametrize(("part", "keys"), [("palette", "Control+Shift+P"), ("find-pane", "Control+h")])
async def test_what_is_typed_for_a_dialog_or_the_search_before_it_is_there_stands_in_it(
    part: str, keys: str, tab: Tab
) -> None:
    book = await opened(tab, code("one"), code("two"))
    page = book.page
    held: list[Route] = []
    await page.route(f"**/{part}-*.js", lambda route: held.append(route))
    await book.cell(1).editor.click()
    async with page.expect_request(f"**/{part}-*.js"):
        await page.keyboard.press(keys)
    await page.keyboard.type("dda bx")
    for key in ("Backspace", "Enter"):
        await page.keyboard.press(key)
    await expect(page.get_by_text("Loading", exact=True)).to_be_visible()
    await held.pop().continue_()
    await expect(page.locator("input:focus")).to_have_value("dda b")
    await page.keyboard.type("c")
    await expect(page.locator("input:focus")).to_have_value("dda bc")
    assert await sources_of(book) == ["one", "two"]


async def test_what_was_typed_for_the_palette_before_it_was_there_runs_by_enter(tab: Tab) -> None:
    book = await opened(tab, code("one"))
    held: list[Route] = []
    await book.page.route("**/palette-*.js", lambda route: held.append(route))
    await book.cell(0).editor.click()
    async with book.page.expect_request("**/palette-*.js"):
        await book.page.keyboard.press("Control+Shift+P")
    await book.page.keyboard.type("add a comment")
    await held.pop().continue_()
    await expect(book.page.locator("input:focus")).to_have_value("add a comment")
    await book.page.keyboard.press("Enter")
    await expect(book.page.get_by_role("complementary", name="Comments")).to_be_visible()


async def test_a_dialog_that_does_not_come_is_given_up_by_escape(tab: Tab) -> None:
    book = await opened(tab, code("one"), code("two"))
    await book.page.route("**/palette-*.js", lambda route: route.abort())
    await book.cell(0).editor.click()
    await book.page.keyboard.press("Control+Shift+P")
    await book.page.keyboard.type("dd")
    await expect(book.page.get_by_role("status").filter(has_text="Loading")).to_be_visible()
    await book.page.keyboard.press("Escape")
    await expect(book.page.get_by_role("status").filter(has_text="Loading")).to_have_count(0)
    await book.page.keyboard.press("End")
    await book.page.keyboard.type("!")
    assert await sources_of(book) == ["one!", "two"]


async def test_who_loses_the_cell_under_their_fingers_loses_nothing_else(tab: Tab) -> None:
    book = await opened(tab, code("one"), code("two"), code("three"))
    other = await same_in_another_tab(book)
    await book.cell(1).editor.click()
    await book.page.keyboard.press("End")
    await book.page.keyboard.type(" and what I add")
    await expect(other.cell(1).editor).to_have_text("two and what I add")
    await other.cell(1).editor.click()
    for key in ("Escape", "d", "d"):
        await other.page.keyboard.press(key)
    await expect(book.cells).to_have_count(2)
    await book.page.keyboard.type("abcxdd")
    await book.page.keyboard.press("Enter")
    await book.page.keyboard.type("dd")
    await book.page.keyboard.press("Shift+Enter")
    await expect(book.page.get_by_text("Somebody deleted the cell")).to_be_visible()
    assert await sources_of(book) == ["one", "three"]
    await expect(book.connection).to_contain_text("Nothing runs")
    await expect(book.page.locator(".output-text, .error-name")).to_have_count(0)
    await book.page.get_by_role("button", name="Put it back").click()
    await book.page.keyboard.press("End")
    await book.page.keyboard.type("!")
    assert await sources_of(book) == ["one", "two and what I add!", "three"]
    await expect(other.cell(1).editor).to_have_text("two and what I add!")


async def test_questions_of_a_cell_take_the_keys_one_after_the_other(tab: Tab) -> None:
    source = "import getpass\nname = input('Name? ')\nword = getpass.getpass('Word? ')\nprint(name, len(word))"
    book = await opened(tab, code(source), code("keep"), code("these"))
    await book.cell(0).editor.click()
    await book.page.keyboard.press("Shift+Enter")
    field = book.cell(0).prompt.get_by_role("textbox")
    await expect(field).to_be_focused(timeout=RUN_MS)
    await book.page.keyboard.type("Teddy xdd")
    await book.page.keyboard.press("Enter")
    await book.page.keyboard.type("s3cret")
    await expect(book.cell(0).prompt).to_contain_text("Word?")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("s3cret")
    await book.page.keyboard.press("Enter")
    await expect(book.cell(0).text).to_contain_text("Teddy xdd 6", timeout=RUN_MS)
    await expect(book.cell(0).prompt).to_have_count(0)
    await expect(book.cell(0).place).to_be_focused()
    assert await sources_of(book) == [source, "keep", "these"]


async def test_a_question_waits_while_one_writes_elsewhere(tab: Tab) -> None:
    book = await opened(tab, code("input('First? ')\nprint(input('Second? '))"), code(""))
    other = await same_in_another_tab(book)
    await book.cell(0).run()
    await expect(book.cell(0).prompt).to_contain_text("First?", timeout=RUN_MS)
    await book.cell(1).editor.click()
    await book.page.keyboard.type("written ")
    await other.cell(0).prompt.get_by_role("textbox").fill("1")
    await other.cell(0).prompt.get_by_role("button", name="Send").click()
    await expect(book.cell(0).prompt).to_contain_text("Second?")
    await book.page.keyboard.type("elsewhere")
    await expect(book.cell(1).editor).to_have_text("written elsewhere")
    await other.cell(0).prompt.get_by_role("textbox").fill("2")
    await other.cell(0).prompt.get_by_role("button", name="Send").click()
    await book.cell(0).ended_ok()
