"""A long notebook: nothing moves under the eye, its end is reached, and a cell that is moved arrives."""

import base64
import random
import struct
import zlib

import pytest
from playwright.async_api import expect

from tests.e2e.notebooks import code, ipynb, text
from tests.e2e.pages import Book, Tab

CELLS = 300
SIZES = ((1440, 900), (390, 844))
SHIFTS = """
  window.shifts = [];
  new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value }) => value)))
    .observe({ type: "layout-shift", buffered: true });
"""


def picture(width: int, height: int) -> str:
    """A PNG in shades of grey of more than 8 KB, which does not travel with the snapshot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    noise = random.Random(1).randbytes(12_000)
    pixels = noise + bytes(width * height - len(noise))
    lines = b"".join(b"\0" + pixels[at : at + width] for at in range(0, len(pixels), width))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + data).decode()


def data_frame(rows: int) -> dict[str, object]:
    """As pandas gives it: a small one travels with the snapshot, one of more than 8 KB does not."""
    columns = "".join(f"<th>feature_{number}</th>" for number in range(6))
    body = "".join(f"<tr><th>{row}</th>{f'<td>{row / 7:.6f}</td>' * 6}</tr>\n" for row in range(rows))
    html = (
        '<div>\n<style scoped>\n.dataframe tbody tr th {\n vertical-align: top;\n}\n</style>\n<table border="1" class="dataframe">'
        f'<thead><tr style="text-align: right;"><th></th>{columns}</tr></thead>\n<tbody>{body}</tbody></table>\n</div>'
    )
    data = {"text/html": html, "text/plain": "   feature_0 ..."}
    return {"output_type": "execute_result", "execution_count": 1, "data": data, "metadata": {}}


def long_notebook() -> bytes:
    figure = {"output_type": "display_data", "data": {"image/png": picture(640, 480)}, "metadata": {}}
    printed = {"output_type": "stream", "name": "stdout", "text": "a line of text\n" * 700}
    few = {"output_type": "stream", "name": "stdout", "text": "one\ntwo\nthree\n"}

    tables = [data_frame(rows) for rows in (3, 60)]

    def cell(number: int) -> dict[str, object]:
        outputs = [[figure], [printed], [few], [tables[0]], [tables[1]], []][number % 6]
        return {**code(f"value = {number}\nvalue + 1"), "outputs": outputs}

    return ipynb(*(cell(number) for number in range(CELLS)))


async def shifts(book: Book) -> float:
    return float(await book.page.evaluate("() => window.shifts.reduce((sum, value) => sum + value, 0)"))


async def rested(book: Book) -> None:
    """What is in sight is drawn, and the editors are made."""
    await book.page.wait_for_function(
        """() => {
          const seen = [...document.querySelectorAll("section.cell")].filter((cell) => {
            const { top, bottom } = cell.getBoundingClientRect();
            return bottom > 100 && top < innerHeight;
          });
          return seen.length > 0 && seen.every((cell) => cell.style.height === "" && cell.querySelector(".cm-editor")
            && !cell.querySelector("[aria-busy=true]")
            && [...cell.querySelectorAll("img")].every((image) => image.complete));
        }"""
    )


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_nothing_moves_under_the_eye_while_one_scrolls_slowly_or_fast(tab: Tab, width: int, height: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": height})
    await tab.page.add_init_script(SHIFTS)
    book = await tab.upload("long.ipynb", long_notebook())
    await expect(book.cells).to_have_count(CELLS)
    await rested(book)
    await book.page.evaluate("() => { window.shifts.length = 0 }")
    await book.page.mouse.move(width / 2, height / 2)
    for turn in (100, 600, 3_000):
        for _ in range(12):
            await book.page.mouse.wheel(0, turn)
            await book.page.evaluate("() => new Promise(requestAnimationFrame)")
        await rested(book)
        assert await shifts(book) < 0.01, f"after turns of {turn} pixels"


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_the_end_is_reached_at_once_and_kept(tab: Tab, width: int, height: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": height})
    book = await tab.upload("end.ipynb", long_notebook())
    await expect(book.cells).to_have_count(CELLS)
    await book.page.evaluate("() => scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' })")
    await rested(book)
    await expect(book.cell(CELLS - 1).place).to_be_in_viewport()
    left = "document.documentElement.scrollHeight - innerHeight - scrollY"
    await book.page.wait_for_function(f"() => Math.abs({left}) <= 2")


async def test_a_cell_that_is_moved_out_of_its_block_arrives_with_the_keys_and_its_outputs(tab: Tab) -> None:
    rows = [text(f"Row {number}") for number in range(CELLS)]
    book = await tab.upload("moved.ipynb", ipynb(*rows))
    await expect(book.cells).to_have_count(CELLS)
    last = await book.page.evaluate("() => document.querySelector('.cell-block').lastElementChild.dataset.cell")
    number = int(str(last).removeprefix("cell-"))
    await book.page.goto(f"{tab.server.url}{book.path}#scrollTo={last}")
    await book.page.reload()
    moved = book.page.locator(f"[data-cell={last}]")
    await expect(moved).to_be_focused()
    for step in (1, 2, 3):
        await book.cell(number + step - 1).tool("Move down")
        await expect(book.cell(number + step).place).to_contain_text(f"Row {number}")
    await expect(moved).to_have_count(1)
    await expect(moved).to_be_in_viewport()
    assert (await book.sources())[number : number + 4] == [
        *(f"Row {number + after}" for after in (1, 2, 3)),
        f"Row {number}",
    ]
    await book.page.keyboard.press("Escape")
    await book.all_saved()
