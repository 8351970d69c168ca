"""The full log: every line that was printed can be seen, found and gone to, while the page stays a page."""

import re

from playwright.async_api import Locator, expect

from tests.e2e.notebooks import ipynb
from tests.e2e.pages import RUN_MS, Book, Tab

LINES = 120_000
PRINTING = f"for i in range({LINES}):\n    print('line', i, '\\x1b[31mred\\x1b[0m' if i % 1000 == 7 else 'plain')"


async def log_of(book: Book, index: int = 0) -> Locator:
    await book.cell(index).outputs.get_by_role("button", name="Open full log").click()
    log = book.page.get_by_role("dialog", name="Full log")
    await expect(log).to_be_visible()
    return log


def line(log: Locator, number: int) -> Locator:
    return log.locator(".log-text").filter(has_text=re.compile(rf"^line {number} "))


async def go_to(log: Locator, number: int) -> None:
    field = log.get_by_label("Go to line")
    await field.fill(str(number))
    await field.press("Enter")


async def test_any_line_is_seen_gone_to_and_found(tab: Tab) -> None:
    book = await tab.upload("log.ipynb", ipynb(PRINTING))
    await book.cell(0).run()
    await book.cell(0).ended_ok()
    log = await log_of(book)
    await expect(log.get_by_text(f"{LINES:,} lines", exact=True)).to_be_visible()
    await expect(line(log, 0)).to_be_in_viewport()

    for number in (LINES, LINES // 2, 1):
        await go_to(log, number)
        await expect(line(log, number - 1)).to_be_in_viewport()

    scroller = log.get_by_role("group", name=f"Log, {LINES:,} lines")
    await scroller.evaluate("(scroller) => { scroller.scrollTop = scroller.scrollHeight; }")
    await expect(line(log, LINES - 1)).to_be_in_viewport()
    await scroller.evaluate("(scroller) => { scroller.scrollTop = scroller.scrollHeight / 2; }")
    await expect(line(log, LINES // 2)).to_be_in_viewport()

    field = log.get_by_role("searchbox", name="Find in log")
    await field.fill("RED")
    await expect(log.get_by_text(f"Matching lines: {LINES // 1000}", exact=True)).to_be_visible(timeout=RUN_MS)
    await go_to(log, 1)
    await field.press("Enter")
    await expect(log.locator(".log-row.chosen mark")).to_have_text("red")
    await expect(log.locator(".log-row.chosen")).to_contain_text("line 7 ")
    await field.press("Shift+Enter")
    await expect(log.locator(".log-row.chosen")).to_contain_text(f"line {LINES - 1000 + 7} ")
    await log.get_by_role("button", name="Match case").click()
    await expect(log.get_by_text("Matching lines: 0", exact=True)).to_be_visible(timeout=RUN_MS)


async def test_lines_wrap_and_the_end_is_still_the_end(tab: Tab) -> None:
    await tab.page.set_viewport_size({"width": 390, "height": 844})
    book = await tab.upload("wrap.ipynb", ipynb("for i in range(9000):\n    print('line', i, 'word ' * (i % 60))"))
    await book.cell(0).run()
    await book.cell(0).ended_ok()
    log = await log_of(book)
    await expect(line(log, 0)).to_be_in_viewport()
    await log.get_by_role("button", name="Wrap lines").click()
    scroller = log.locator(".log-scroller")
    await scroller.evaluate("(scroller) => { scroller.scrollTop = scroller.scrollHeight; }")
    await expect(line(log, 8999)).to_be_in_viewport(ratio=0.5)
    assert await book.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


async def test_the_end_is_followed_while_the_cell_prints(tab: Tab) -> None:
    source = (
        "import time\nfor i in range(4000):\n    print('line', i, 'x' * 60)\n"
        "input('go on?')\nfor i in range(4000, 4200):\n    print('line', i, 'later'); time.sleep(0.005)"
    )
    book = await tab.upload("follow.ipynb", ipynb(source))
    await book.cell(0).run()
    await expect(book.cell(0).prompt).to_be_visible(timeout=RUN_MS)
    log = await log_of(book)
    await expect(line(log, 3999)).to_be_in_viewport()
    await expect(log.get_by_role("button", name="Follow the end")).to_have_attribute("aria-pressed", "true")
    await book.page.keyboard.press("Escape")
    await book.cell(0).prompt.get_by_role("textbox").fill("yes")
    await book.cell(0).prompt.get_by_role("button", name="Send").click()
    log = await log_of(book)
    await expect(line(log, 4199)).to_be_in_viewport(timeout=RUN_MS)
    await book.page.keyboard.press("Escape")
    await book.cell(0).ended_ok()


async def test_a_line_without_end_is_cut_and_says_how_long_it_is(tab: Tab) -> None:
    book = await tab.upload("long.ipynb", ipynb("print('start', 'x' * 300_000)\nprint('line 1 after')"))
    await book.cell(0).run()
    await book.cell(0).ended_ok()
    log = await log_of(book)
    await expect(log.get_by_text("This line has 300,006 characters.")).to_be_attached()
    await expect(line(log, 1)).to_be_in_viewport()
