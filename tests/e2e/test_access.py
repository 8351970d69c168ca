"""Everybody can use it: axe-core finds nothing serious on any page, in any pane and in any dialog, light and dark, wide and narrow."""

import re

import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.e2e.axe import NARROW, WIDE, assert_accessible, needs_axe
from tests.e2e.conftest import MakeContext
from tests.e2e.notebooks import code, ipynb, shown, text
from tests.e2e.pages import RUN_MS, Book, Tab, sign_in
from tests.e2e.test_comments import pane, press, renamed, say
from tests.e2e.test_files import opened
from tests.e2e.test_forms import SOURCE as FORM
from tests.e2e.test_frames import PLOTLY, VEGA_LITE
from tests.e2e.test_rich_outputs import pdf, picture, sound
from tests.e2e.test_terminal import Terminal

pytestmark = needs_axe

PROSE = """# Title

Some `code`, a [link](https://example.org), **bold**, $x^2$ and a note[^1].

| a | b |
|---|---|
| 1 | 2 |

- [ ] to do
- [x] done

> A quotation

```python
def f(): return "s"  # why
```

```mermaid
flowchart LR
  A --> B
```

<details><summary>More</summary>inside</details>

[^1]: Below."""
COLOURS = "\n".join(
    [f"\x1b[{sgr}mcolour {sgr}\x1b[0m" for sgr in (*range(30, 38), *range(90, 98), 1, 2, 3, 4, 7, 9)]
    + [f"\x1b[4{ground};3{at}m{at} on {ground}\x1b[0m" for ground in range(8) for at in range(8)]
    + [f"\x1b[2;3{at}mdim {at}\x1b[0m \x1b[7;3{at}minverse {at}\x1b[0m" for at in range(8)]
    + [f"\x1b[38;5;{at}mcolour {at}\x1b[0m \x1b[48;5;{at}mon {at}\x1b[0m" for at in range(16, 256, 9)]
)


def stream(name: str, said: str) -> dict[str, object]:
    return {**code("say()"), "outputs": [{"output_type": "stream", "name": name, "text": said}]}


ERROR = {
    "output_type": "error",
    "ename": "ZeroDivisionError",
    "evalue": "division by zero",
    "traceback": [
        "\x1b[31m---------------------------------------------------------------------------\x1b[39m",
        "\x1b[31mZeroDivisionError\x1b[39m                         Traceback (most recent call last)",
        "\x1b[36mCell\x1b[39m\x1b[36m \x1b[39m\x1b[32mIn[1]\x1b[39m\x1b[32m, line 1\x1b[39m\n\x1b[32m----> \x1b[39m\x1b[32m1\x1b[39m \x1b[32;43m1\x1b[39;49m / 0",
        "\x1b[31mZeroDivisionError\x1b[39m: division by zero",
    ],
}
TABLE = "<table border='1' class='dataframe'><thead><tr><th></th><th>a</th></tr></thead><tbody><tr><th>0</th><td>1</td></tr></tbody></table>"
OUTPUTS: tuple[dict[str, object], ...] = (
    stream("stdout", "plain, https://example.org\n" + COLOURS),
    stream("stderr", "careful"),
    {**code("1 / 0"), "outputs": [ERROR]},
    shown({"text/html": TABLE, "text/plain": "  a"}),
    shown({"text/html": "<h4>In a frame</h4>"}),
    shown({"application/json": {"name": "run", "losses": [0.5, 0.25], "deep": {"none": None, "on": True}}}),
    shown({"text/latex": "$e^{i\\pi} + 1 = 0$"}),
    shown({"text/markdown": "## Said\n\n*in Markdown*"}),
    shown(picture(120, 60, "navy")),
    shown(sound()),
    shown(pdf("Hello")),
    shown({"application/vnd.vegalite.v5+json": VEGA_LITE}),
    shown({"application/vnd.plotly.v1+json": PLOTLY}),
    shown({"application/javascript": "element.append('from a script')"}),
)
RAW = {"cell_type": "raw", "source": "as it is", "metadata": {}}
"""Cells of every kind, among them one with a form."""
KINDS = (text(PROSE), RAW, code(FORM), code("never_run = True"))
WORK = "import pandas as pd\ndf = pd.DataFrame({'n': range(50), 'word': ['even', 'odd'] * 25})\nnumber, words = 3, ['a', 'b']\nprint(number)"


@pytest_asyncio.fixture(loop_scope="session")
async def worked(tab: Tab) -> Book:
    """A notebook that has run, failed, and runs no more."""
    book = await tab.upload("worked.ipynb", ipynb(text("# Title\n\n## Part"), WORK, "1 / 0", "df"))
    await book.cell(1).run()
    await book.cell(1).ended_ok()
    await book.cell(2).run()
    await book.cell(2).failed()
    await book.cell(3).run()
    await book.cell(3).ended_ok()
    return book


async def palette(book: Book, command: str) -> None:
    await book.page.keyboard.press("Control+Shift+P")
    await book.page.get_by_role("searchbox", name="Search commands", exact=True).fill(command)
    await book.page.get_by_role("menuitem", name=re.compile(f"^{re.escape(command)}")).first.click()


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


async def test_the_list_empty_and_full_and_what_opens_over_it(tab: Tab) -> None:
    page = tab.page
    await tab.list()
    await expect(page.get_by_text("This folder is empty")).to_be_visible()
    await assert_accessible(page)
    book = await tab.upload("running.ipynb", ipynb("input('Your name? ')"))
    await book.cell(0).run()
    await expect(book.cell(0).prompt).to_be_visible(timeout=RUN_MS)
    await tab.upload("quiet.ipynb", ipynb("x = 1"))
    await tab.list()
    await expect(page.locator(".item-row[data-item]")).to_have_count(2)
    await expect(page.locator(".mark-running")).to_be_visible()
    await assert_accessible(page)
    for item in ("Move to…", "Move to bin"):
        await page.get_by_role("button", name="More for running.ipynb").click()
        await assert_accessible(page, WIDE)
        await page.get_by_role("menuitem", name=item).click()
        await expect(page.get_by_role("dialog").or_(page.get_by_role("alertdialog"))).to_be_visible()
        await assert_accessible(page)
        await page.keyboard.press("Escape")


async def test_a_new_notebook(tab: Tab) -> None:
    await tab.home()
    await tab.page.get_by_role("button", name="New notebook").click()
    book = await tab.opened()
    await expect(book.cell(0).editor).to_be_visible()
    await assert_accessible(tab.page)


async def test_cells_of_every_kind_also_while_they_are_edited(tab: Tab) -> None:
    book = await tab.upload("kinds.ipynb", ipynb(*KINDS))
    await expect(book.cell(0).place.get_by_role("heading", name="Title")).to_be_visible()
    await expect(book.cell(0).place.get_by_role("img", name="Diagram (flowchart)")).to_be_visible()
    await expect(book.cell(2).editor).to_be_visible()
    await assert_accessible(book.page)
    for index in range(len(KINDS)):
        await book.cell(index).place.click(position={"x": 4, "y": 4})
        await book.page.keyboard.press("Enter")
        await expect(book.cell(index).editor).to_be_focused()
        await assert_accessible(book.page)
        await book.page.keyboard.press("Escape")


async def test_a_big_notebook_with_outputs_of_every_kind(tab: Tab) -> None:
    many = [code(f"value_{number} = {number}") for number in range(300)]
    book = await tab.upload("big.ipynb", ipynb(*OUTPUTS, *many))
    for index in range(len(OUTPUTS)):
        await book.cell(index).place.scroll_into_view_if_needed()
        await expect(book.cell(index).outputs).to_be_visible()
    await expect(book.cell(5).place.get_by_role("tree", name="JSON")).to_be_visible()
    await expect(book.cell(10).outputs.get_by_role("img", name="Page 1")).to_be_visible()
    await expect(book.cell(11).frame.locator("canvas, svg.marks")).to_be_visible()
    await assert_accessible(book.page)


async def test_what_ran_and_each_pane_beside_it(worked: Book) -> None:
    page = worked.page
    await assert_accessible(page)
    buttons = page.get_by_role("navigation", name="Panes").get_by_role("button")
    names = [await button.get_attribute("aria-label") for button in await buttons.all()]
    assert len(names) >= 6
    for name in names:
        await buttons.and_(page.get_by_label(name or "", exact=True)).click()
        pane = page.locator("aside.pane")
        await expect(pane.get_by_role("heading", level=2)).to_be_visible()
        await expect(pane.get_by_text("Loading", exact=True)).to_have_count(0)
        await assert_accessible(page)


async def test_panes_with_something_in_them(worked: Book) -> None:
    page = worked.page
    await palette(worked, "Variables")
    await expect(page.get_by_role("complementary", name="Variables").get_by_text("number")).to_be_visible(
        timeout=RUN_MS
    )
    await assert_accessible(page)
    await palette(worked, "Find and replace")
    find = page.get_by_role("complementary", name="Find and replace")
    await find.get_by_role("textbox").or_(find.get_by_role("searchbox")).first.fill("df")
    await expect(page.locator(".find-mark, mark").first).to_be_visible()
    await assert_accessible(page)


async def test_comments_and_who_may_be_mentioned(own_tab: Tab) -> None:
    book = await own_tab.upload("talk.ipynb", ipynb("x = 1", "y = 2"))
    page = book.page
    await say(book, 0, "Is this so? https://example.org")
    await say(book, 1, "This is done")
    await press(page, "Code cell 2", "Resolve this thread")
    await expect(pane(page).get_by_role("button", name="Resolved (1)")).to_be_visible()
    await renamed(book, ["ada", "bob"])
    await book.cell(0).place.focus()
    await page.keyboard.press("Control+Alt+m")
    field = pane(page).get_by_role("textbox")
    await expect(field).to_be_focused()
    await page.keyboard.type("Ask @")
    await expect(page.get_by_role("option")).to_have_count(2)
    await assert_accessible(page)
    await pane(page).get_by_role("button", name="Resolved (1)").click()
    await expect(pane(page).get_by_text("This is done")).to_be_visible()
    await assert_accessible(page)


DIALOGS = ("Settings", "Keyboard shortcuts", "Share", "About Noctule", "Rename", "Delete notebook",
    "Open notebook from GitHub or a gist", "Edit tags and metadata", "Edit notebook metadata", "Restart kernel",
    "Disconnect and end runtime")  # fmt: skip


async def test_a_terminal_and_a_file_beside_the_cells(tab: Tab) -> None:
    pane, _ = await opened(tab)
    page = tab.page
    await pane.get_by_role("row", name="data").dblclick()
    await assert_accessible(page)
    await pane.get_by_role("row", name="train.py").dblclick()
    await expect(page.get_by_role("textbox", name="Text of train.py")).to_be_visible()
    await assert_accessible(page)
    await page.get_by_role("button", name="Close pane").click()
    terminal = Terminal(page)
    await terminal.open()
    await terminal.run("ls --color=always")
    await terminal.sees("train.py")
    await assert_accessible(page)


async def test_each_dialog(worked: Book) -> None:
    page = worked.page
    await worked.cell(1).place.focus()
    for command in DIALOGS:
        await palette(worked, command)
        await expect(dialog(page).get_by_role("searchbox", name="Search commands", exact=True)).to_have_count(0)
        await expect(page.get_by_role("dialog").or_(page.get_by_role("alertdialog"))).to_be_visible()
        await assert_accessible(page)
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog").or_(page.get_by_role("alertdialog"))).to_have_count(0)


async def test_settings_part_by_part_and_a_shortcut_that_is_changed(worked: Book) -> None:
    page = worked.page
    await palette(worked, "Settings")
    for name in ("Page", "Editor", "Shortcuts"):
        await dialog(page).get_by_role("tab", name=name).click()
        await assert_accessible(page)
    await dialog(page).get_by_role("button", name="Change the shortcut of Run all").click()
    await page.keyboard.press("Control+Enter")
    await assert_accessible(page)


async def test_the_palette_and_each_menu(worked: Book) -> None:
    page = worked.page
    await page.keyboard.press("Control+Shift+P")
    await expect(dialog(page).get_by_role("menuitem").first).to_be_visible()
    await assert_accessible(page)
    await page.get_by_role("searchbox", name="Search commands", exact=True).fill("nothing has these words")
    await assert_accessible(page)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await expect(dialog(page)).to_have_count(0)
    menus = page.get_by_role("group", name="Menus").get_by_role("button")
    for button in await menus.all():
        await button.click()
        await expect(page.get_by_role("menu")).to_be_visible()
        await assert_accessible(page, WIDE)
        await page.keyboard.press("Escape")
    await worked.cell(1).place.hover()
    await worked.cell(1).place.get_by_role("toolbar", name="Cell tools").get_by_role("button").last.click()
    await assert_accessible(page, WIDE)


async def test_the_table_of_a_value_and_an_output_over_the_page(worked: Book) -> None:
    page = worked.page
    await palette(worked, "Variables")
    variables = page.get_by_role("complementary", name="Variables")
    await variables.get_by_role("button", name="df").click(timeout=RUN_MS)
    await expect(page.get_by_role("grid", name="Rows of the table")).to_be_visible()
    await expect(page.get_by_role("gridcell", name="even", exact=True).first).to_be_visible()
    await assert_accessible(page)
    await page.keyboard.press("Escape")
    await worked.cell(3).place.focus()
    await palette(worked, "Full screen")
    await expect(dialog(page)).to_be_visible()
    await assert_accessible(page)


async def test_the_full_log(tab: Tab) -> None:
    book = await tab.upload("log.ipynb", ipynb("for i in range(50_000):\n    print('line', i, '\\x1b[31mred\\x1b[0m')"))
    await book.cell(0).run()
    await book.cell(0).ended_ok()
    await book.cell(0).outputs.get_by_role("button", name="Open full log").click()
    log = book.page.get_by_role("dialog", name="Full log")
    await expect(log.get_by_text("line 0 ")).to_be_visible()
    await log.get_by_role("searchbox", name="Find in log").fill("line 7")
    await expect(log.locator("mark").first).to_be_visible()
    await assert_accessible(book.page)


async def test_a_cell_that_runs_waits_and_asks(tab: Tab) -> None:
    book = await tab.upload("asking.ipynb", ipynb("input('Your name? ')", "print('later')"))
    await book.run_all()
    await expect(book.cell(0).prompt).to_be_visible(timeout=RUN_MS)
    await assert_accessible(book.page)
    await book.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    await book.press("Restart")
    await expect(dialog(book.page)).to_be_visible()
    await assert_accessible(book.page)


async def test_who_else_is_here_and_followed(tab: Tab, make_context: MakeContext) -> None:
    book = await tab.upload("here.ipynb", ipynb("first = 1", "second = 2"))
    other = await (await sign_in(await make_context(), tab.server)).open(book.path)
    await other.cell(1).editor.click()
    await expect(book.cell(1).place.get_by_role("img", name="Here: You, another window")).to_be_visible()
    await assert_accessible(book.page)
    await book.page.get_by_role("button", name="Follow your other window").click()
    await expect(book.page.get_by_text("Following your other window")).to_be_visible()
    await assert_accessible(book.page)


async def test_a_page_without_a_connection(own_tab: Tab) -> None:
    book = await own_tab.upload("away.ipynb", ipynb("x = 1"))
    await own_tab.server.kill()
    await expect(book.connection).not_to_contain_text("Connected")
    await assert_accessible(book.page)
