"""Outputs that the page draws itself: tables, trees, formulas, images, sound, PDF, errors; and what one does with them."""

import base64
import json
import struct

import pytest
from playwright.async_api import Page, expect

from tests.e2e.notebooks import ipynb, shown
from tests.e2e.pages import RUN_MS, Book, Tab

FRAME = (
    "import pandas as pd\ndf = pd.DataFrame({'city': ['Bern', 'Oslo', 'Lima', 'Rome'] * 50, 'height': range(200)})\ndf"
)
WIDE, NARROW = (1440, 900), (390, 844)


def picture(width: int, height: int, colour: str) -> dict[str, object]:
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}'><rect width='100%' height='100%' fill='{colour}'/></svg>"
    return {"image/svg+xml": svg, "text/plain": f"a {colour} picture"}


def sound() -> dict[str, object]:
    samples = b"\x00\x40" * 8000
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(samples), b"WAVE", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16, b"data", len(samples))  # fmt: skip
    return {"audio/wav": base64.b64encode(head + samples).decode()}


def pdf(text: str) -> dict[str, object]:
    """A document of two pages, with an action that would run a script when it is opened."""
    content = f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >>",
        b"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
        *[
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources << /Font << /F1 6 0 R >> >> >>"
        ]
        * 2,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
    body += end % (len(objects) + 1, table, len(objects) + 1, len(body))
    return {"application/pdf": base64.b64encode(body).decode()}


async def sideways(page: Page) -> int:
    """By how many pixels the page itself scrolls to the side."""
    wider: int = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return wider


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_every_kind_is_drawn_by_the_page_as_what_it_is(tab: Tab, size: tuple[int, int]) -> None:
    await tab.page.set_viewport_size({"width": size[0], "height": size[1]})
    value = {"name": "run", "losses": [0.5, 0.25], "deep": {"deeper": {"deepest": "found me"}}}
    cells = (
        shown({"application/json": value}),
        shown({"text/latex": "Euler: $e^{i\\pi} + 1 = 0$"}),
        shown(picture(120, 60, "navy")),
        shown(sound()),
        shown(pdf("Hello from a page")),
        shown({"text/csv": "a,b\n1,2"}),
    )
    book = await tab.upload("kinds.ipynb", ipynb(*cells))
    tree = book.cell(0).place.get_by_role("tree", name="JSON")
    await expect(tree.get_by_role("treeitem").filter(has_text="deepest")).to_contain_text('"found me"')
    await expect(book.cell(1).outputs.locator(".katex-html").first).to_be_visible()
    image = book.cell(2).outputs.get_by_role("img", name="a navy picture")
    await expect(image).to_be_visible()
    assert await image.evaluate("(image) => image.decode().then(() => [image.width, image.height])") == [120, 60]
    audio = book.cell(3).outputs.locator("audio")
    await audio.scroll_into_view_if_needed()
    await expect(audio).to_have_js_property("duration", 1)
    assert await audio.evaluate("(audio) => [audio.paused, audio.autoplay]") == [True, False]
    await book.cell(4).place.scroll_into_view_if_needed()
    page = book.cell(4).outputs.get_by_role("img", name="Page 1")
    await expect(page).to_be_visible()
    await expect(page).not_to_have_js_property("width", 300)
    await expect(book.cell(5).text).to_have_text("a,b 1,2")
    assert await sideways(book.page) <= 0


async def test_a_tree_is_gone_through_by_keyboard_and_searched(tab: Tab) -> None:
    value = {"list": [{"id": f"item {at}"} for at in range(300)], "end": None}
    book = await tab.upload("json.ipynb", ipynb(shown({"application/json": value})))
    tree = book.cell(0).place.get_by_role("tree", name="JSON")
    items = tree.get_by_role("treeitem")
    await expect(items).to_have_count(3)
    await tree.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "ArrowRight"):
        await tree.press(key)
    await expect(items.filter(has_text="item 0")).to_have_count(1)
    await expect(items.filter(has_text="Show more (200 left)")).to_have_count(1)
    search = book.cell(0).place.get_by_role("searchbox", name="Find in JSON")
    await search.fill("item 217")
    await search.press("Enter")
    await expect(tree.locator("[aria-selected=true]")).to_contain_text('"item 217"')


async def test_a_frame_is_a_table_that_sorts_filters_pages_and_comes_whole_from_the_kernel(tab: Tab) -> None:
    book = await tab.upload("table.ipynb", ipynb(FRAME))
    await book.cell(0).run()
    await book.cell(0).ended_ok()
    output = book.cell(0).outputs
    table = output.get_by_role("table")
    await expect(table.get_by_role("cell", name="Bern", exact=True).first).to_be_visible()
    await expect(output).to_contain_text("pandas printed 10 of 200 rows and 2 of 2 columns.")

    await output.get_by_role("button", name="Show all from the kernel").click()
    await expect(output).to_contain_text("1 to 10 of 200 rows")
    await output.get_by_role("button", name="Next rows").click()
    await expect(table.get_by_role("row").nth(1)).to_contain_text("10")
    await table.get_by_role("columnheader", name="height").get_by_role("button").click()
    await table.get_by_role("columnheader", name="height").get_by_role("button").click()
    await expect(table.get_by_role("columnheader", name="height")).to_have_attribute("aria-sort", "descending")
    await expect(table.get_by_role("row").nth(1)).to_contain_text("199")
    await output.get_by_role("combobox", name="Column to filter by").select_option("city")
    await output.get_by_role("searchbox", name="Filter rows").fill("lim")
    await expect(output).to_contain_text("1 to 10 of 50 rows")
    await expect(table.get_by_role("cell", name="Oslo")).to_have_count(0)

    await output.get_by_role("button", name="Show as printed").click()
    await expect(output.get_by_role("button", name="Next rows")).to_have_count(0)
    await output.get_by_role("button", name="Plain table").click()
    await expect(book.cell(0).frame.get_by_role("cell", name="Bern").first).to_be_visible()


async def test_why_a_frame_cannot_be_had_in_full_is_said(tab: Tab) -> None:
    book = await tab.upload("gone.ipynb", ipynb(FRAME, "del df\n_ = __ = ___ = None\nOut.clear()"))
    await book.run_all()
    await book.cell(1).ended_ok()
    output = book.cell(0).outputs
    await output.get_by_role("button", name="Show all from the kernel").click()
    await expect(output.get_by_role("alert")).to_contain_text("The rest cannot be had", timeout=RUN_MS)
    await expect(output.get_by_role("cell", name="Bern", exact=True).first).to_be_visible()


async def test_an_error_leads_to_its_line_and_offers_one_thing_to_do(tab: Tab) -> None:
    defining = "first = 1\nsecond = 2\ndef half(x):\n    return 1 / x"
    book = await tab.upload("errors.ipynb", ipynb(defining, "half(0)", "import not_there_at_all", "late", "late = 3"))
    for index in range(4):
        await book.cell(index).run()
        await (book.cell(index).ended_ok() if index == 0 else book.cell(index).failed())
    await book.cell(1).outputs.get_by_role("button", name="Cell In[1], line 4, in half(x)").click()
    await expect(book.cell(0).editor).to_be_focused()
    line: str = await book.page.evaluate("getSelection().anchorNode.parentElement.closest('.cm-line').textContent")
    assert line == "    return 1 / x"
    await book.cell(3).outputs.get_by_role("button", name="Go to that cell").click()
    await expect(book.cell(4).place).to_be_focused()
    await expect(book.cell(2).outputs.get_by_role("button", name="Install not_there_at_all")).to_be_visible()


async def test_a_long_output_leaves_the_wheel_to_the_page_until_it_has_the_focus(tab: Tab) -> None:
    printed = {"output_type": "stream", "name": "stdout", "text": "".join(f"row {at}\n" for at in range(300))}
    cell = {**shown(), "outputs": [printed]}
    book = await tab.upload("wheel.ipynb", ipynb(cell, *["1"] * 30))
    box = book.cell(0).text
    source = book.cell(0).place.locator(".cm-content, .static-source").first
    await expect(source).to_be_in_viewport()
    await box.hover()
    await book.page.mouse.wheel(0, 600)
    await expect(source).not_to_be_in_viewport()
    await expect(box).to_have_js_property("scrollTop", 0)
    await book.page.mouse.wheel(0, -900)
    await expect(source).to_be_in_viewport()
    await box.click()
    await box.hover()
    await book.page.mouse.wheel(0, 300)
    await expect(box).to_have_js_property("scrollTop", 300)
    await box.press("Home")
    await expect(box).to_have_js_property("scrollTop", 0)
    await book.page.mouse.wheel(0, -50)
    await expect(source).to_be_in_viewport()


async def test_outputs_are_hidden_fitted_and_shown_large_and_the_notebook_remembers(tab: Tab) -> None:
    printed = {"output_type": "stream", "name": "stdout", "text": "".join(f"row {at}\n" for at in range(300))}
    book = await tab.upload("hide.ipynb", ipynb({**shown(), "outputs": [printed]}, shown(picture(300, 200, "teal"))))

    async def choose(index: int, action: str) -> None:
        await book.cell(index).outputs.hover()
        await book.cell(index).outputs.get_by_role("button", name="Output actions").click()
        await book.page.get_by_role("menuitem", name=action).click()

    before = await book.cell(0).text.bounding_box()
    await choose(0, "Show in full height")
    await expect(book.cell(0).text).to_have_class("output-text boxed fit stdout")
    after = await book.cell(0).text.bounding_box()
    assert before is not None
    assert after is not None
    assert after["height"] > 5 * before["height"]
    await choose(0, "Hide outputs")
    await expect(book.cell(0).outputs).to_contain_text("The outputs are hidden.")
    await choose(1, "Full screen")
    dialog = book.page.get_by_role("dialog", name="Output")
    await expect(dialog.get_by_role("img", name="a teal picture")).to_be_visible()
    await book.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await book.all_saved()
    book = await tab.reload()
    await expect(book.cell(0).outputs).to_contain_text("The outputs are hidden.")
    await book.cell(0).outputs.get_by_role("button", name="Show").click()
    await expect(book.cell(0).text).to_have_class("output-text boxed fit stdout")
    assert json.loads(await saved(book))["cells"][0]["metadata"]["scrolled"] is False


async def saved(book: Book) -> str:
    """The file as the server gives it."""
    answer = await book.page.context.request.get(f"{book.tab.server.url}/api/v1{book.path}/file")
    return await answer.text()


WATCH_SHIFTS = """() => {
  window.__shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.__shift += entry.value;
  }).observe({ type: "layout-shift", buffered: false });
}"""
ANIMATED = """import time
from IPython.display import clear_output, display
from IPython.display import SVG
def frame(n):
    return {"image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg' width='300' height='150'><text y='40'>frame {n}</text></svg>"}
handle = display(frame(0), raw=True, display_id=True)
for n in range(20):
    time.sleep(0.02)
    handle.update(frame(n), raw=True)
for n in range(20):
    clear_output(wait=True)
    display(frame(n), raw=True)
    time.sleep(0.02)
display({"text/plain": "done"}, raw=True)"""


async def test_nothing_below_moves_when_a_cell_runs_again_and_when_its_output_is_replaced(tab: Tab) -> None:
    book = await tab.upload("still.ipynb", ipynb(ANIMATED, "'below'"))
    await book.cell(0).run()
    await book.cell(0).ended_ok()
    await expect(book.cell(0).text).to_have_text("done")
    await book.page.evaluate(WATCH_SHIFTS)
    await book.cell(0).run()
    await book.cell(0).runs()
    await book.cell(0).ended_ok()
    await expect(book.cell(0).text).to_have_text("done")
    assert await book.page.evaluate("window.__shift") < 0.05
