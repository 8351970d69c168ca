"""Sections: headings fold what is below them; the table of contents goes, runs and moves."""

import json

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.notebooks import ipynb, text
from tests.e2e.pages import Book, Tab

CELLS = (
    "print('before')",
    text("# First\nabout it"),
    "print('one')",
    text("## Inner"),
    "print('two')",
    text("# Second"),
    "print('three')",
)


def folded(colab: dict[str, object]) -> bytes:
    book = json.loads(ipynb(*CELLS))
    book["metadata"]["colab"] = colab
    return json.dumps(book).encode()


async def visible(book: Book) -> list[str]:
    """Ids of the cells that are shown, in their order."""
    shown: list[str] = await book.page.evaluate(
        """() => [...document.querySelectorAll('section.cell')].filter((cell) => cell.offsetParent !== null)
            .sort((a, b) => a.style.order - b.style.order).map((cell) => cell.dataset.cell)"""
    )
    return shown


def fold(book: Book, index: int, name: str = "Fold this section") -> Locator:
    return book.cell(index).place.get_by_role("button", name=name)


async def in_file(book: Book) -> dict[str, object]:
    response = await book.page.request.get(f"{book.tab.server.url}/api/v1{book.path}/file")
    metadata: dict[str, object] = (await response.json())["metadata"]
    return metadata


@pytest.mark.parametrize("width", [1440, 390])
async def test_a_section_folds_runs_and_stays_folded(tab: Tab, width: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": 900})
    book = await tab.upload("fold.ipynb", ipynb(*CELLS))
    await fold(book, 1).click()
    await expect(book.page.get_by_role("button", name="3 cells hidden")).to_be_visible()
    assert await visible(book) == ["cell-0", "cell-1", "cell-5", "cell-6"]
    await book.page.get_by_role("button", name="Run them").click()
    await book.page.get_by_role("button", name="3 cells hidden").click()
    for index, said in ((2, "one"), (4, "two")):
        await book.cell(index).ended_ok()
        await expect(book.cell(index).text).to_have_text(said)
    await fold(book, 3).click()
    await book.all_saved()
    book = await tab.reload()
    await expect(book.page.get_by_role("button", name="1 cell hidden")).to_be_visible()
    assert await visible(book) == ["cell-0", "cell-1", "cell-2", "cell-3", "cell-5", "cell-6"]
    assert await book.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_what_colab_folded_is_folded_and_its_metadata_stays(tab: Tab) -> None:
    book = await tab.upload("colab.ipynb", folded({"provenance": [], "collapsed_sections": ["cell-3", "gone"]}))
    await expect(book.page.get_by_role("button", name="1 cell hidden")).to_be_visible()
    await fold(book, 5).click()
    await book.all_saved()
    assert (await in_file(book))["colab"] == {"provenance": [], "collapsed_sections": ["cell-3", "gone", "cell-5"]}


async def test_keys_pass_over_what_is_hidden_and_run_all_runs_it(tab: Tab) -> None:
    book = await tab.upload("keys.ipynb", folded({"collapsed_sections": ["cell-1"]}))
    await expect(book.page.get_by_role("button", name="3 cells hidden")).to_be_visible()
    await book.cell(1).place.get_by_text("about it").click()
    await book.page.keyboard.press("ArrowDown")
    await expect(book.cell(5).place).to_be_focused()
    await book.page.keyboard.press("ArrowUp")
    await expect(book.cell(1).place).to_be_focused()
    await book.run_all()
    await book.cell(6).ended_ok()
    await fold(book, 1, "Open this section").click()
    await expect(book.cell(4).text).to_have_text("two")


async def test_a_folded_section_is_moved_and_deleted_whole(tab: Tab) -> None:
    book = await tab.upload("whole.ipynb", folded({"collapsed_sections": ["cell-3"]}))
    await book.cell(3).place.get_by_role("heading", name="Inner").click()
    await book.page.keyboard.press("Alt+ArrowDown")
    await expect(book.cell(3).place.get_by_role("heading", name="Second")).to_be_visible()
    # "Second" and its cell count as two: the folded section now stands between them, and takes the cell behind it.
    assert await visible(book) == ["cell-0", "cell-1", "cell-2", "cell-5", "cell-3"]
    for stroke in ("d", "d"):
        await book.page.keyboard.press(stroke)
    await expect(book.page.get_by_role("heading", name="Inner")).to_have_count(0)
    await book.page.get_by_role("button", name="Undo").click()
    await expect(book.page.get_by_role("heading", name="Inner")).to_be_visible()


async def test_a_link_into_a_folded_section_opens_it(tab: Tab) -> None:
    cells = (text("[go](#Inner)"), *CELLS)
    content = json.loads(ipynb(*cells))
    content["metadata"]["colab"] = {"collapsed_sections": ["cell-2"]}
    book = await tab.upload("link.ipynb", json.dumps(content).encode())
    await expect(book.page.get_by_role("heading", name="Inner")).to_be_hidden()
    await book.cell(0).place.get_by_role("link", name="go").click()
    await expect(book.page.get_by_role("heading", name="Inner")).to_be_in_viewport()


async def test_the_contents_go_run_and_move(tab: Tab) -> None:
    far = [f"x = {number}" for number in range(30)]
    book = await tab.upload("toc.ipynb", ipynb(*CELLS, *far, text("# Third"), "1/0"))
    await book.page.get_by_role("button", name="Contents").click()
    tree = book.page.get_by_role("tree", name="Contents")
    items = tree.get_by_role("treeitem")
    await expect(items).to_have_text(["First", "Inner", "Second", "Third"])
    await expect(items.nth(1)).to_have_attribute("aria-level", "2")
    await items.nth(3).click()
    await expect(book.page.get_by_role("heading", name="Third")).to_be_in_viewport()
    await expect(tree.get_by_role("treeitem", selected=True)).to_have_text("Third")
    await items.nth(3).hover()
    await items.nth(3).get_by_role("button", name="Run section Third").click()
    await expect(tree.get_by_role("treeitem", name="Third, failed")).to_be_visible(timeout=45_000)
    # By keys alone.
    await items.nth(0).focus()
    await book.page.keyboard.press("ArrowRight")
    await expect(items.nth(1)).to_be_focused()
    await book.page.keyboard.press("ArrowLeft")
    await book.page.keyboard.press("Alt+ArrowDown")
    await expect(items).to_have_text(["Second", "First", "Inner", "Third"])
    await book.page.keyboard.press("End")
    await book.page.keyboard.press("Enter")
    await expect(book.page.get_by_role("heading", name="Third")).to_be_in_viewport()
    # By drag.
    await items.nth(3).drag_to(items.nth(0))
    await expect(items).to_have_text(["Third", "Second", "First", "Inner"])
    await book.all_saved()
    book = await tab.reload()
    await expect(items).to_have_text(["Third", "Second", "First", "Inner"])


async def test_an_empty_table_of_contents_says_what_to_do(tab: Tab) -> None:
    book = await tab.upload("none.ipynb", ipynb("x = 1"))
    await book.page.get_by_role("button", name="Contents").click()
    await expect(
        book.page.get_by_text("No headings yet. Begin a line of a text cell with # to make one.")
    ).to_be_visible()
