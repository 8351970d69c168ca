"""Comments on cells: written here, read there, at once and after a reload; kept through a cut, a crash, a deleted cell."""

import sqlite3

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.conftest import MakeContext
from tests.e2e.notebooks import ipynb, text
from tests.e2e.pages import Book, Tab, sign_in


def pane(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Comments")


def thread(page: Page, cell: str) -> Locator:
    return pane(page).get_by_role("article", name=f"Comments on: {cell}")


async def say(book: Book, index: int, words: str) -> None:
    """By keys alone, from the cell."""
    await book.cell(index).place.focus()
    await book.page.keyboard.press("Control+Alt+m")
    field = pane(book.page).get_by_role("textbox")
    await expect(field).to_be_focused()
    await book.page.keyboard.insert_text(words)
    await book.page.keyboard.press("Control+Enter")
    await expect(pane(book.page).locator(".comment-text", has_text=words)).to_be_visible()
    await expect(field).to_have_count(0)


async def press(page: Page, cell: str, name: str) -> None:
    await thread(page, cell).get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
async def test_a_thread_is_written_answered_resolved_and_reopened(
    tab: Tab, make_context: MakeContext, width: int, height: int
) -> None:
    await tab.page.set_viewport_size({"width": width, "height": height})
    book = await tab.upload("talk.ipynb", ipynb("x = 40", text("# Notes")))
    page = book.page
    await say(book, 0, "Why 40? @ada, see https://example.org/why.")
    link = pane(page).get_by_role("link", name="https://example.org/why")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await expect(pane(page).locator(".comment-text strong")).to_have_text("@ada")

    other = await (await sign_in(await make_context(), tab.server)).open(book.path)
    await other.cell(0).place.get_by_role("button", name="1 comment").click()
    await press(other.page, "Code cell 1", "Reply")
    await other.page.keyboard.insert_text("It was 41 before")
    await other.page.keyboard.press("Control+Enter")
    await expect(pane(page).get_by_text("It was 41 before")).to_be_visible()
    await expect(book.cell(0).place.locator(".cell-comments")).to_have_text("2")
    assert await page.evaluate("() => document.documentElement.scrollWidth") == width

    await press(page, "Code cell 1", "Resolve this thread")
    await expect(pane(page).get_by_text("No comments yet")).to_be_visible()
    await expect(book.cell(0).place.locator(".cell-comments")).to_have_count(0)
    await pane(other.page).get_by_role("button", name="Resolved (1)").click()
    await expect(thread(other.page, "Code cell 1")).to_contain_text("Resolved by You")
    await press(other.page, "Code cell 1", "Reopen this thread")
    await expect(thread(page, "Code cell 1")).to_be_visible()


async def test_one_edits_and_deletes_what_one_wrote(tab: Tab, make_context: MakeContext) -> None:
    book = await tab.upload("own.ipynb", ipynb("x = 1"))
    other = await (await sign_in(await make_context(), tab.server)).open(book.path)
    await say(book, 0, "Frist")
    await other.cell(0).place.get_by_role("button", name="1 comment").click()
    await pane(book.page).get_by_role("button", name="More for the comment by You").click()
    await book.page.get_by_role("menuitem", name="Edit").click()
    field = pane(book.page).get_by_role("textbox", name="Edit")
    await expect(field).to_have_value("Frist")
    await field.fill("First")
    await pane(book.page).get_by_role("button", name="Save").click()
    await expect(thread(other.page, "Code cell 1").locator(".comment-text")).to_have_text("First")
    await expect(thread(other.page, "Code cell 1")).to_contain_text("edited")

    await pane(book.page).get_by_role("button", name="More for the comment by You").click()
    await book.page.get_by_role("menuitem", name="Delete").click()
    ask = pane(book.page).get_by_role("group", name="Delete this comment for everybody?")
    await ask.get_by_role("button", name="Cancel").click()
    await expect(thread(book.page, "Code cell 1")).to_be_visible()
    await pane(book.page).get_by_role("button", name="More for the comment by You").click()
    await book.page.get_by_role("menuitem", name="Delete").click()
    await ask.get_by_role("button", name="Delete").click()
    for page in (book.page, other.page):
        await expect(pane(page).get_by_text("No comments yet")).to_be_visible()


async def test_a_thread_goes_with_its_cell_and_stays_when_the_cell_is_deleted_and_comes_back(tab: Tab) -> None:
    book = await tab.upload("anchor.ipynb", ipynb("first = 1", "second = 2", "third = 3"))
    page = book.page
    await say(book, 1, "About the second")
    await book.cell(1).tool("Move up")
    await expect(thread(page, "Code cell 1")).to_contain_text("About the second")
    await book.cell(0).tool("Delete cell")
    gone = thread(page, "A cell that was deleted")
    await expect(gone).to_contain_text("second = 2")
    await expect(pane(page).get_by_role("heading", name="Deleted cells")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(thread(page, "Code cell 1")).to_contain_text("About the second")
    await expect(book.cell(0).place.locator(".cell-comments")).to_have_text("1")


async def test_what_is_written_without_a_connection_is_sent_when_it_is_back_and_a_draft_is_kept(own_tab: Tab) -> None:
    book = await own_tab.upload("offline.ipynb", ipynb("x = 1"))
    page = book.page
    await say(book, 0, "Before")
    await own_tab.server.kill()
    await expect(book.connection).not_to_contain_text("Connected")
    await press(page, "Code cell 1", "Reply")
    await page.keyboard.insert_text("Meanwhile")
    await page.keyboard.press("Control+Enter")
    await expect(pane(page).get_by_text("It is sent when the connection is back.")).to_be_visible()
    await own_tab.server.start()
    comments = thread(page, "Code cell 1").locator(".comment-text")
    await expect(comments).to_have_text(["Before", "Meanwhile"], timeout=60_000)
    await press(page, "Code cell 1", "Reply")
    await page.keyboard.insert_text("half a wo")
    await pane(page).get_by_role("button", name="Close pane").click()
    await page.get_by_role("navigation", name="Panes").get_by_role("button", name="Comments").click()
    await press(page, "Code cell 1", "Reply")
    await expect(pane(page).get_by_role("textbox")).to_have_value("half a wo")
    await page.reload()
    await expect(comments).to_have_text(["Before", "Meanwhile"])


async def test_a_comment_that_is_markup_is_text(tab: Tab) -> None:
    book = await tab.upload("hostile.ipynb", ipynb("x = 1"))
    await say(book, 0, "<img src=x onerror=alert(1)> [x](javascript:alert(1)) javascript:alert(1)")
    await expect(pane(book.page).locator("img")).to_have_count(0)
    await expect(pane(book.page).get_by_role("link")).to_have_count(0)


async def renamed(book: Book, names: list[str]) -> None:
    """What was said so far was said by these, as the server knows it. Only one person can sign in to a personal server."""
    server = book.tab.server
    await server.kill()
    with sqlite3.connect(server.data / "noctule.db") as database:
        ids = [row[0] for row in database.execute("SELECT id FROM comment ORDER BY key")]
        database.executemany(
            "INSERT INTO account (id, login, shown, admin, disabled, created_at, plan) VALUES (?, ?, '', 0, 0, 0, '')",
            [(name, name) for name in names],
        )
        database.executemany('UPDATE comment SET "by" = ? WHERE id = ?', zip(names, ids, strict=True))
    await server.start()
    await book.tab.reload()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
async def test_who_took_part_is_offered_behind_an_at_by_keys_and_by_hand(own_tab: Tab, width: int, height: int) -> None:
    await own_tab.page.set_viewport_size({"width": width, "height": height})
    book = await own_tab.upload("mention.ipynb", ipynb("x = 1", "y = 2"))
    page, keys = book.page, book.page.keyboard
    for index in (0, 1):
        await say(book, index, f"About {index}")
    await renamed(book, ["ada", "bob-adams"])
    await book.cell(0).place.focus()
    await keys.press("Control+Alt+m")
    field = pane(page).get_by_role("textbox")
    people = page.get_by_role("listbox", name="People to mention")
    chosen = people.get_by_role("option", selected=True)
    await expect(field).to_be_focused()

    await keys.type("Ask @a")
    await expect(people.get_by_role("option")).to_have_text(["ada", "bob-adams"])
    await expect(pane(page).get_by_text("2 people to mention")).to_have_role("status")
    await expect(chosen).to_have_text("ada")
    await keys.press("ArrowDown")
    await expect(chosen).to_have_text("bob-adams")
    active = await field.get_attribute("aria-activedescendant")
    assert active == await chosen.get_attribute("id")
    await keys.press("ArrowDown")
    await expect(chosen).to_have_text("ada")
    await keys.press("ArrowUp")
    await keys.press("Enter")
    await expect(field).to_have_value("Ask @bob-adams ")
    await expect(people).to_have_count(0)

    await keys.type("and @a")
    await keys.press("Escape")
    await expect(people).to_have_count(0)
    await keys.type("d")
    await expect(people).to_have_count(0)
    await keys.press("Control+z")
    await expect(field).not_to_have_value("Ask @bob-adams and @ad")
    await field.fill("Ask @bob-adams, also @")
    await people.get_by_role("option", name="ada", exact=True).click()
    await expect(field).to_have_value("Ask @bob-adams, also @ada ")
    await expect(field).to_be_focused()
    assert await page.evaluate("() => document.documentElement.scrollWidth") == width
    await keys.press("Control+Enter")
    said = pane(page).locator(".comment-text", has_text="Ask")
    await expect(said.locator("strong")).to_have_text(["@bob-adams", "@ada"])


async def test_a_mention_that_was_taken_is_undone_like_what_is_typed(own_tab: Tab) -> None:
    book = await own_tab.upload("undo.ipynb", ipynb("x = 1"))
    await say(book, 0, "First")
    await renamed(book, ["ada"])
    await book.cell(0).place.focus()
    keys = book.page.keyboard
    await keys.press("Control+Alt+m")
    field = pane(book.page).get_by_role("textbox")
    await expect(field).to_be_focused()
    await keys.type("Dear @a")
    await keys.press("Tab")
    await expect(field).to_have_value("Dear @ada ")
    await keys.press("Control+z")
    await expect(field).to_have_value("Dear @a")
