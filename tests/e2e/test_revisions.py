"""The past of a notebook: the timeline, what is different, and the way back; two notebooks side by side; by keyboard too."""

from typing import Any, Literal

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import MakeContext
from tests.e2e.notebooks import code, ipynb, shown, text
from tests.e2e.pages import Book, Tab, sign_in
from tests.e2e.test_isolation import ATTACK, Canary

SIZES = [(1440, 900), (390, 844)]
LONG = "\n".join(f"line_{number} = {number}" for number in range(30))


def printed(source: str, said: str) -> dict[str, Any]:
    return {**code(source), "outputs": [{"output_type": "stream", "name": "stdout", "text": said}]}


class Past:
    """The revision history in one tab, and the server behind it for what a test needs ready."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.page = book.page
        self.view = book.page.get_by_role("dialog", name="Revision history")

    async def pin(self, name: str) -> None:
        headers = {"authorization": f"Bearer {self.book.tab.server.token}"}
        async with httpx.AsyncClient(base_url=f"{self.book.tab.server.url}/api/v1", headers=headers) as http:
            (await http.post(f"{self.book.path}/revisions", json={"name": name})).raise_for_status()

    async def open(self) -> None:
        await self.book.all_saved()
        await run_command(self.page, "Revision history")
        await expect(self.version("Now")).to_have_attribute("aria-selected", "true")

    def version(self, name: str) -> Locator:
        return self.view.get_by_role("option", name=name)

    def cell(self, name: str) -> Locator:
        return self.view.get_by_role("region", name=name, exact=True)

    async def button(self, name: str) -> None:
        await self.view.get_by_role("button", name=name, exact=True).click()


async def run_command(page: Page, name: str) -> None:
    await page.keyboard.press("Control+Shift+P")
    search = page.get_by_role("dialog").get_by_role("combobox").or_(page.get_by_role("dialog").get_by_role("searchbox"))
    await search.first.fill(name)
    await page.keyboard.press("Enter")


async def two_versions(tab: Tab) -> Past:
    """`first` and the notebook of now differ in every way in which cells can."""
    cells = [text("# Title"), *[f"same_{number} = 1" for number in range(4)], "old = 1", "gone = 1"]
    book = await tab.upload("past.ipynb", ipynb(*cells))
    past = Past(book)
    await past.pin("first")
    await book.cell(5).write("new = 1")
    await book.cell(6).place.locator(".run").hover()
    await book.cell(6).tool("Delete cell")
    await expect(book.cells).to_have_count(6)
    await book.all_saved()
    return past


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_what_changed_since_a_version_is_shown_and_the_whole_of_it_restored_and_undone(
    tab: Tab, width: int, height: int
) -> None:
    await tab.page.set_viewport_size({"width": 1280, "height": 800})
    past = await two_versions(tab)
    await tab.page.set_viewport_size({"width": width, "height": height})
    await past.open()
    await past.version("first").click()
    if width < 720:
        # The list covers what is different: the focus goes along, and back.
        await expect(past.view.get_by_role("button", name="All revisions")).to_be_focused()
        await past.page.keyboard.press("Enter")
        await expect(past.version("first")).to_be_focused()
        await past.page.keyboard.press("Enter")
    await expect(past.cell("Code cell: Changed").locator(".cm-changedText, .cm-deletedText")).not_to_have_count(0)
    await expect(past.cell("Code cell: Changed")).to_contain_text("old = 1")
    await expect(past.cell("Code cell: Changed")).to_contain_text("new = 1")
    await expect(past.cell("Code cell: Removed")).to_contain_text("gone = 1")
    split = past.view.locator(".cm-mergeView")
    await expect(split).to_have_count(1 if width > 900 else 0)
    fold = past.view.get_by_role("button", name="5 unchanged cells")
    await fold.click()
    await expect(past.cell("Code cell: Unchanged")).to_have_count(4)
    assert await past.page.evaluate("() => document.documentElement.scrollWidth") == width
    await past.button("Restore")
    question = past.page.get_by_role("dialog", name='Restore "first"?')
    await expect(question).to_contain_text("kept as a revision first")
    await question.get_by_role("button", name="Restore", exact=True).click()
    await expect(past.view.get_by_text("What there was is kept as a revision.")).to_be_visible()
    await expect(past.view.get_by_text("Nothing is different")).to_be_visible()
    await past.button("Undo")
    await expect(past.view.get_by_text("Back to what there was.")).to_be_visible()
    await expect(past.cell("Code cell: Removed")).to_be_visible()
    await past.button("Close")
    await expect(past.book.cells).to_have_count(6)
    await expect(past.book.cell(5).place).to_contain_text("new = 1")


async def test_one_cell_comes_back_and_the_rest_stays(tab: Tab, make_context: MakeContext) -> None:
    past = await two_versions(tab)
    other = await (await sign_in(await make_context(), tab.server)).open(past.book.path)
    await expect(other.cells).to_have_count(6)
    await past.open()
    await past.version("first").click()
    await past.cell("Code cell: Removed").get_by_role("button", name="Restore this cell").click()
    await expect(past.view.get_by_text("The cell is as it was.")).to_be_visible()
    await expect(past.cell("Code cell: Removed")).to_have_count(0)
    await expect(past.cell("Code cell: Changed")).to_have_count(1)
    await expect(other.cells).to_have_count(7)
    await expect(other.cell(6).place).to_contain_text("gone = 1")
    await expect(other.cell(5).place).to_contain_text("new = 1")
    # The other window goes on writing: the view says that it is not of now any more, and compares again when asked.
    await other.cell(0).place.get_by_text("Title").dblclick()
    await other.page.keyboard.type("x")
    await expect(past.view.get_by_text("The notebook has changed since.")).to_be_visible()
    await past.button("Compare again")
    await expect(past.cell("Text cell: Changed")).to_be_visible()
    await expect(past.view.get_by_text("The notebook has changed since.")).to_have_count(0)


async def test_versions_are_named_filtered_unpinned_deleted_and_compared_with_the_one_before(tab: Tab) -> None:
    book = await tab.upload("named.ipynb", ipynb("x = 1"))
    past = Past(book)
    await past.open()
    await expect(past.view.get_by_text("There is nothing to compare with yet")).to_be_visible()
    await past.button("Save and pin revision")
    await past.page.get_by_role("textbox", name="Name of the revision").fill("one")
    await past.page.keyboard.press("Enter")
    await expect(past.version("one")).to_have_attribute("aria-selected", "true")
    await expect(past.view.get_by_text("Nothing is different")).to_be_visible()
    await past.button("The one before")
    await expect(past.view.get_by_text("This is the first revision")).to_be_visible()
    await past.button("Close")
    await book.cell(0).write("x = 2")
    await book.all_saved()
    await run_command(past.page, "Save and pin revision")
    await past.page.get_by_role("textbox", name="Name of the revision").fill("two")
    await past.page.keyboard.press("Enter")
    await past.page.get_by_role("button", name="Show", exact=True).click()
    await expect(past.version("two")).to_have_attribute("aria-selected", "true")
    await past.button("The one before")
    await expect(past.cell("Code cell: Changed")).to_contain_text("x = 2")
    await past.button("Rename")
    await past.page.get_by_role("textbox", name="Name of the revision").fill("second")
    await past.page.keyboard.press("Enter")
    await expect(past.version("second")).to_be_visible()
    await past.button("More for this revision")
    await past.page.get_by_role("menuitem", name="Take the name away").click()
    await expect(past.version("Saved automatically")).to_be_visible()
    await past.view.get_by_role("checkbox", name="Named only").check()
    await expect(past.view.get_by_role("option")).to_have_count(2)
    await past.version("one").click()
    await past.button("More for this revision")
    await past.page.get_by_role("menuitem", name="Delete revision").click()
    await (
        past.page.get_by_role("dialog", name='Delete the revision "one"?').get_by_role("button", name="Delete").click()
    )
    await expect(past.view.get_by_text("No revision has a name yet.")).to_be_visible()


async def test_it_is_gone_through_by_keyboard_alone(tab: Tab) -> None:
    past = await two_versions(tab)
    await past.pin("second")
    await past.open()
    await expect(past.version("second")).to_be_visible()
    await past.version("Now").focus()
    await past.page.keyboard.press("ArrowDown")
    await expect(past.version("second")).to_be_focused()
    await expect(past.view.get_by_text("Nothing is different")).to_be_visible()
    await past.page.keyboard.press("End")
    await expect(past.version("first")).to_be_focused()
    await expect(past.cell("Code cell: Changed")).to_be_visible()
    await past.page.keyboard.press("Alt+ArrowDown")
    await expect(past.cell("Code cell: Changed")).to_be_focused()
    await expect(past.view.get_by_text("1 of 2")).to_be_visible()
    await past.page.keyboard.press("F7")
    await expect(past.cell("Code cell: Removed")).to_be_focused()
    await past.page.keyboard.press("Shift+F7")
    await expect(past.cell("Code cell: Changed")).to_be_focused()
    await past.page.keyboard.press("Tab")
    await past.page.keyboard.press("Enter")
    await expect(past.view.get_by_text("The cell is as it was.")).to_be_visible()
    await past.page.keyboard.press("Escape")
    await expect(past.view).to_have_count(0)
    await expect(past.book.cell(5).place).to_contain_text("old = 1")


async def test_metadata_and_outputs_are_said_and_a_long_source_is_folded(tab: Tab) -> None:
    first = {**printed(LONG, "of then\n"), "metadata": {"tags": ["a"]}}
    book = await tab.upload("more.ipynb", ipynb(first))
    past = Past(book)
    await past.pin("first")
    await book.cell(0).editor.click()
    await book.page.keyboard.press("Control+End")
    await book.page.keyboard.type("\nlast = 1")
    await book.all_saved()
    await run_command(book.page, "Clear all outputs")
    await expect(book.cell(0).outputs).to_have_count(0)
    await past.open()
    await past.version("first").click()
    changed = past.cell("Code cell: Changed")
    await expect(changed.locator(".cm-collapsedLines").first).to_contain_text("unchanged lines")
    await changed.get_by_role("button", name="Show whole source").click()
    await expect(changed.locator(".cm-collapsedLines")).to_have_count(0)
    await expect(changed.locator(".compared-what")).to_have_text(["Source", "Outputs"])
    await changed.get_by_role("button", name="Show outputs").click()
    await expect(changed.get_by_role("group", name="Outputs: first")).to_contain_text("of then")
    await expect(changed.get_by_role("group", name="Outputs: Now")).to_contain_text("No outputs.")


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_two_notebooks_are_chosen_by_name_and_compared(tab: Tab, width: int, height: int) -> None:
    await tab.upload("alpha.ipynb", ipynb("shared = 1", "left = 1"))
    await tab.upload("beta.ipynb", ipynb("shared = 1", "right = 1"))
    await tab.upload("gamma.ipynb", ipynb("nothing"))
    page = tab.page
    await page.set_viewport_size({"width": width, "height": height})
    await run_command(page, "Compare notebooks")
    view = page.get_by_role("dialog", name="Compare notebooks")
    await expect(view.get_by_text("Choose two notebooks")).to_be_visible()
    await view.get_by_role("button", name="gamma.ipynb. Choose another").click()
    sides = view.locator(".picker")
    await sides.nth(0).get_by_role("searchbox").fill("ALPH")
    await expect(sides.nth(0).get_by_role("listitem")).to_have_count(1)
    await page.keyboard.press("Enter")
    await sides.nth(1).get_by_role("searchbox").fill("zeta")
    await expect(sides.nth(1).get_by_text("No notebook has these letters")).to_be_visible()
    await sides.nth(1).get_by_role("searchbox").fill("bet")
    await sides.nth(1).get_by_role("button", name="beta.ipynb").click()
    changed = view.get_by_role("region", name="Code cell: Changed")
    await expect(changed).to_contain_text("left = 1")
    await expect(changed).to_contain_text("right = 1")
    await expect(view.get_by_role("button", name="1 unchanged cell")).to_be_visible()
    await expect(view.get_by_role("button", name="Restore this cell")).to_have_count(0)
    await expect(view.locator(".side")).to_have_text(["alpha.ipynb", "beta.ipynb"])
    await view.get_by_role("button", name="Swap").click()
    await expect(view.locator(".side")).to_have_text(["beta.ipynb", "alpha.ipynb"])
    assert await page.evaluate("() => document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_serious_is_found_in_the_view(tab: Tab, scheme: Literal["light", "dark"]) -> None:
    await tab.page.emulate_media(color_scheme=scheme)
    cells = [
        "import os\n# a comment\ndef f(x: int) -> str:\n    return f'{x}' + str(None)",
        printed("y = 2", "y"),
        "z = 3",
    ]
    book = await tab.upload("access.ipynb", ipynb(text("# A *title*"), *cells))
    past = Past(book)
    await past.pin("first")
    await book.cell(1).write("import sys\n# another comment\nclass F:\n    x = 'a' + str(12)")
    await book.cell(3).tool("Delete cell")
    for width, height in SIZES:
        await tab.page.set_viewport_size({"width": width, "height": height})
        await past.open()
        assert await violations(past.page) == []
        await past.version("first").click()
        await expect(past.cell("Code cell: Removed").locator(".tok-number")).to_have_count(1)
        await expect(past.cell("Code cell: Changed").locator(".tok-comment")).not_to_have_count(0)
        await past.view.get_by_role("button", name="1 unchanged cell").last.click()
        await past.cell("Code cell: Unchanged").get_by_role("button", name="Show outputs").click()
        await expect(past.cell("Code cell: Unchanged").get_by_role("group", name="Outputs: Now")).to_contain_text("y")
        assert await violations(past.page) == []
        if width > 900:
            await past.button("Unified")
            await expect(past.view.locator(".cm-deletedChunk")).not_to_have_count(0)
            assert await violations(past.page) == []
        await past.button("Close")
        await run_command(past.page, "Compare notebooks")
        await expect(past.page.get_by_role("dialog", name="Compare notebooks")).to_be_visible()
        assert await violations(past.page) == []
        await past.page.keyboard.press("Escape")


async def test_hostile_revisions_do_nothing(tab: Tab) -> None:
    canary = Canary(tab.page)
    await canary.watch()
    attempt = "try{parent.__pwned='framed'}catch{}"
    html = {"text/html": f'<img src=x onerror="{attempt}"><script>{attempt}</script>', "text/plain": "html"}
    script = {"application/javascript": attempt}
    svg = {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' onload='window.__pwned=1'></svg>"}
    markdown = {"text/markdown": "[x](javascript:window.__pwned=1) " + ATTACK.format("markdown")}
    trace = {
        **code("1 / 0"),
        "outputs": [
            {
                "output_type": "error",
                "ename": "NameError",
                "evalue": "name 'x' is not defined",
                "traceback": ["Cell In[1], line 1", "\x1b]8;;javascript:window.__pwned=1\x07press\x1b]8;;\x07"],
            }
        ],
    }
    evil = {**code(ATTACK.format("source")), "metadata": {ATTACK.format("key"): ATTACK.format("value")}}
    words = text("[x](javascript:window.__pwned=1) " + ATTACK.format("text"))
    book = await tab.upload("hostile.ipynb", ipynb(words, evil, shown(html, script, svg, markdown), trace))
    past = Past(book)
    await past.pin("first <img src=x onerror=window.__pwned=1>")
    await run_command(tab.page, "Clear all outputs")
    await expect(book.cell(3).outputs).to_have_count(0)
    await past.open()
    await past.version("first").click()
    await past.view.get_by_role("button", name="2 unchanged cells").click()
    shows = past.view.get_by_role("button", name="Show outputs")
    await expect(shows).to_have_count(2)
    await shows.first.click()
    await shows.first.click()
    then = past.view.get_by_role("group", name="Outputs: first")
    await expect(then.nth(1)).to_contain_text("NameError")
    await expect(then.frame_locator("iframe").locator("img").first).to_be_attached()
    await expect(past.view.locator("iframe")).to_have_attribute("sandbox", "allow-scripts")
    # A traceback of then leads nowhere now, and offers nothing.
    await expect(past.view.locator(".output-error").get_by_role("button")).to_have_count(0)
    await expect(past.view.locator("a[href^='javascript'], [onerror], [onload], script")).to_have_count(0)
    await canary.silent()
