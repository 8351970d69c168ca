"""Coming back: the view is where it was, an address leads to its cell, and a card says what happened meanwhile."""

from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.notebooks import ipynb
from tests.e2e.pages import Book, Tab

SIZES = ((1440, 900), (390, 844))
MANY = [f"value_{number} = {number}\n" * 5 for number in range(80)]


async def top_of(book: Book, index: int) -> float:
    box = await book.cell(index).place.bounding_box()
    assert box is not None
    return box["y"]


def card(page: Page) -> Locator:
    return page.get_by_role("region", name="While you were away")


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_the_view_returns_to_where_it_was(tab: Tab, width: int, height: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": height})
    book = await tab.upload("place.ipynb", ipynb(*MANY))
    await book.cell(50).place.scroll_into_view_if_needed()
    await book.page.mouse.wheel(0, 130)
    await expect(book.cell(50).place).to_be_in_viewport()
    await book.page.wait_for_function(
        "() => JSON.parse(sessionStorage['noctule.place.' + location.pathname.split('/')[2]] ?? null)?.offset"
    )
    before = await top_of(book, 50)
    book = await tab.reload()
    await expect(book.cell(50).place).to_be_in_viewport()
    await book.page.wait_for_function(
        "(y) => Math.abs(document.querySelector('[data-cell=cell-50]').getBoundingClientRect().y - y) < 2", arg=before
    )


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_link_to_a_cell_shows_selects_and_marks_it(tab: Tab, width: int, height: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": height})
    book = await tab.upload("link.ipynb", ipynb(*MANY))
    path = book.path
    await tab.page.goto("about:blank")
    await tab.page.goto(f"{tab.server.url}{path}#scrollTo=cell-60")
    await expect(book.cell(60).place).to_be_in_viewport()
    await expect(book.cell(60).place).to_be_focused()
    await expect(book.cell(60).place).not_to_have_class("arrived")
    assert 0 < await top_of(book, 60) < height / 2
    await tab.page.evaluate("() => { location.hash = '#scrollTo=cell-3' }")
    await expect(book.cell(3).place).to_be_in_viewport()
    await expect(book.cell(3).place).to_be_focused()


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_card_says_what_happened_while_one_was_away(tab: Tab, tmp_path: Path, width: int, height: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": height})
    go = tmp_path / "go"
    wait = f"import pathlib, time\nwhile not pathlib.Path({str(go)!r}).exists(): time.sleep(0.05)"
    book = await tab.upload(
        "away.ipynb", ipynb(wait, "print('well')", *MANY, "raise ValueError('no')", "print('never')")
    )
    await book.run_all()
    await book.cell(0).runs()
    path = book.path
    await tab.list()
    book = await tab.open(path)
    await expect(card(book.page)).to_contain_text("Still running, since")
    await tab.list()
    running = tab.row("away.ipynb").get_by_role("img", name="Running")
    await expect(running).to_have_count(1)
    go.touch()
    await expect(running).to_have_count(0, timeout=45_000)
    book = await tab.open(path)
    await expect(card(book.page)).to_contain_text("82 cells finished:")
    await expect(card(book.page)).to_contain_text("1 cell failed: cell 83")
    await expect(card(book.page)).to_contain_text("1 cell was stopped or did not run: cell 84")
    await card(book.page).get_by_role("button", name="cell 83").click()
    await expect(book.cell(82).place).to_be_in_viewport()
    await expect(book.cell(82).place).to_contain_text("ValueError")
    await card(book.page).get_by_role("button", name="Close").click()
    await expect(card(book.page)).to_have_count(0)
    book = await tab.reload()
    await expect(book.connection).to_contain_text("Connected")
    await expect(card(book.page)).to_have_count(0)
