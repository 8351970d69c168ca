"""Find and replace: on the model of the whole notebook, while others write, and with expressions that would never end."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.notebooks import ipynb, text
from tests.e2e.pages import Tab, sign_in

SIZES = ((1440, 900), (390, 844))
MANY = [f"value_{number} = {number}" for number in range(60)]


def pane(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Find and replace")


async def look_for(page: Page, wanted: str) -> None:
    await pane(page).get_by_label("Find", exact=True).fill(wanted)


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_match_far_below_is_found_shown_and_marked(tab: Tab, width: int, height: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": height})
    book = await tab.upload("far.ipynb", ipynb(*MANY, "needle = 'the needle'"))
    await book.page.keyboard.press("Escape")
    await book.page.keyboard.press("Control+f")
    field = pane(book.page).get_by_label("Find", exact=True)
    await expect(field).to_be_focused()
    await field.fill("needle")
    await expect(pane(book.page).get_by_role("status")).to_have_text("2 in 1 cell")
    await field.press("Enter")
    await expect(pane(book.page).get_by_role("status")).to_have_text("1 of 2")
    here = book.cell(60).place.locator(".found-at")
    await expect(here).to_have_text("needle")
    await expect(here).to_be_in_viewport()
    await expect(field).to_be_focused()
    box = await here.bounding_box()
    sheet = await pane(book.page).bounding_box()
    assert box is not None
    assert sheet is not None
    assert width > 720 or box["y"] + box["height"] <= sheet["y"], "the sheet covers the match"
    await book.page.keyboard.press("F3")
    await expect(book.cell(60).place.locator(".found-at")).to_have_text("needle")
    await expect(pane(book.page).get_by_role("status")).to_have_text("2 of 2")
    await field.press("Escape")
    await expect(book.cell(60).editor).to_be_focused()
    assert await book.page.evaluate("() => getSelection().toString()") == "needle"


async def test_rendered_text_and_outputs_are_searched_and_marked(tab: Tab) -> None:
    book = await tab.upload("text.ipynb", ipynb(text("About *owls* and bats"), "print('owls at night')"))
    await book.run_all()
    await book.cell(1).ended_ok()
    await book.page.keyboard.press("Control+h")
    await look_for(book.page, "owls")
    await expect(pane(book.page).get_by_role("status")).to_have_text("2 in 2 cells")
    await pane(book.page).get_by_label("Code").uncheck()
    await pane(book.page).get_by_label("Outputs").check()
    await expect(pane(book.page).get_by_role("button", name="output owls at night")).to_be_visible()
    await book.page.wait_for_function("() => [...(CSS.highlights.get('found') ?? [])].join() === 'owls,owls'")


async def test_all_is_replaced_as_one_step_while_another_person_types(tab: Tab) -> None:
    book = await tab.upload("two.ipynb", ipynb("total = 1", "print(total)", "other"))
    other = await sign_in(tab.page.context, tab.server)
    theirs = await other.open(book.path)
    await book.page.keyboard.press("Control+h")
    await look_for(book.page, "(tot)(al)")
    await pane(book.page).get_by_role("button", name="Regular expression").click()
    await pane(book.page).get_by_label("Replace with").fill("$2_$1")
    await expect(pane(book.page).get_by_role("status")).to_have_text("2 in 2 cells")
    await theirs.cell(0).editor.click()
    await theirs.cell(0).editor.press("End")
    await theirs.cell(0).editor.press_sequentially(" + total")
    await expect(pane(book.page).get_by_role("status")).to_have_text("3 in 2 cells")
    await pane(book.page).get_by_role("button", name="Replace all").click()
    await expect(theirs.cell(0).editor).to_have_text("al_tot = 1 + al_tot")
    await expect(theirs.cell(1).editor).to_have_text("print(al_tot)")
    await book.page.get_by_role("button", name="Undo").click()
    await expect(theirs.cell(0).editor).to_have_text("total = 1 + total")
    await expect(theirs.cell(1).editor).to_have_text("print(total)")


async def test_an_expression_that_never_ends_hangs_nothing(tab: Tab) -> None:
    book = await tab.upload("slow.ipynb", ipynb("a" * 60 + "!", "x = 1"))
    await book.page.keyboard.press("Control+h")
    await pane(book.page).get_by_role("button", name="Regular expression").click()
    await look_for(book.page, "(a+)+$")
    await book.cell(1).write("y = 2")
    await expect(book.cell(1).editor).to_have_text("y = 2")
    await expect(pane(book.page).get_by_role("status")).to_contain_text("takes too long")
    await look_for(book.page, "y = \\d")
    await expect(pane(book.page).get_by_role("status")).to_have_text("1 in 1 cell")
    await look_for(book.page, "(")
    await expect(pane(book.page).get_by_role("status")).to_contain_text("This is no regular expression")
